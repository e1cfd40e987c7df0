//! Who this node is: enrolled at a server, or the only node of a clinic without one.

use std::path::Path;
use std::sync::Arc;

use posto_domain::{ClinicId, LocationId, NodeId, Scope};
use posto_net::NodeIdentity;
use serde::{Deserialize, Serialize};

use crate::data_dir::DataDir;

/// A place with the name people know it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<I> {
    pub id: I,
    pub name: String,
}

/// Where this node belongs, whoever says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub node: Named<NodeId>,
    pub clinic: Named<ClinicId>,
    pub locations: Vec<Named<LocationId>>,
    /// Code of the jurisdiction pack, where it is known without the directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jurisdiction: Option<String>,
}

/// Who vouches for the node.
#[derive(Debug, Clone)]
pub enum Membership {
    /// A server, with the certificate it gave.
    Enrolled(Arc<NodeIdentity>),
    /// Nobody: the clinic has no server.
    Standalone,
}

/// The node's identity.
#[derive(Debug, Clone)]
pub struct Identity {
    pub place: Place,
    pub membership: Membership,
}

/// Why a data folder has no usable identity.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("{} holds no node yet: run `clinic-node enroll` or `clinic-node init` first", path.display())]
    None { path: std::path::PathBuf },
    #[error("{} already holds a node", path.display())]
    Taken { path: std::path::PathBuf },
    #[error("the node's certificate cannot be used")]
    Certificate(#[from] posto_net::NetError),
    #[error("cannot read or write {}", path.display())]
    File {
        path: std::path::PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} is damaged", path.display())]
    Damaged {
        path: std::path::PathBuf,
        #[source]
        source: serde_json::Error,
    },
}

impl Identity {
    /// Reads the identity of a data folder.
    ///
    /// # Errors
    /// [`IdentityError::None`] when the folder was never enrolled or initialised.
    pub fn load(data: &DataDir) -> Result<Self, IdentityError> {
        if NodeIdentity::exists(&data.identity()) {
            return Ok(Self::enrolled(NodeIdentity::load(&data.identity())?));
        }
        let path = data.standalone();
        let text = match std::fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(IdentityError::None { path: data.path().to_owned() });
            }
            Err(source) => return Err(IdentityError::File { path, source }),
        };
        let place =
            serde_json::from_slice(&text).map_err(|source| IdentityError::Damaged { path, source })?;
        Ok(Self { place, membership: Membership::Standalone })
    }

    /// The identity that a server gave.
    pub fn enrolled(identity: NodeIdentity) -> Self {
        let card = &identity.card;
        let place = Place {
            node: named(&card.node),
            clinic: named(&card.clinic),
            locations: card.locations.iter().map(named).collect(),
            jurisdiction: None,
        };
        Self { place, membership: Membership::Enrolled(Arc::new(identity)) }
    }

    /// Refuses a folder that already belongs to a node.
    ///
    /// # Errors
    /// [`IdentityError::Taken`].
    pub fn refuse_if_taken(data: &DataDir) -> Result<(), IdentityError> {
        if NodeIdentity::exists(&data.identity()) || data.standalone().exists() {
            return Err(IdentityError::Taken { path: data.path().to_owned() });
        }
        Ok(())
    }

    /// The scopes this node holds, the local one last.
    pub fn scopes(&self) -> Vec<Scope> {
        let clinic = self.place.clinic.id;
        let mut scopes = vec![Scope::Clinic(clinic)];
        if matches!(self.membership, Membership::Enrolled(_)) {
            scopes.push(Scope::Directory(clinic));
        }
        scopes.extend(self.place.locations.iter().map(|location| Scope::Location(location.id)));
        scopes.push(self.local_scope());
        scopes
    }

    /// The scope that never leaves this node.
    pub fn local_scope(&self) -> Scope {
        Scope::Local(self.place.node.id)
    }
}

impl Place {
    /// Writes the place of a standalone node, durably.
    ///
    /// # Errors
    /// [`IdentityError::File`].
    pub fn save_standalone(&self, path: &Path) -> Result<(), IdentityError> {
        use std::io::Write as _;
        let failed = |source| IdentityError::File { path: path.to_owned(), source };
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        let mut file = std::fs::File::create_new(path).map_err(failed)?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(failed)
    }
}

fn named<I: posto_domain::id::UlidNewtype>(named: &posto_net::identity::Named) -> Named<I> {
    Named { id: I::of(named.id.to_bytes()), name: named.name.clone() }
}
