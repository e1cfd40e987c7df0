//! A server with its authority and its answers in memory, and nodes that enrol with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use parking_lot::Mutex;
use posto_net::{
    CertificateAuthority, EnrolmentCode, EnrolmentDesk, NodeBinding, NodeIdentity, PeerCertificate, Server,
    Ulid,
    ca::IssuedCertificate,
    endpoint::client::{self, SelfDescription},
    enroll::{EnrolmentRefusal, Grant, Redemption, Standing},
    identity::{IdentityCard, Named, NodeKey},
};

pub(crate) const NOW: i64 = 1_790_000_000;
pub(crate) const CLINIC: Ulid = Ulid(0xC11);

pub(crate) struct Desk {
    pub(crate) authority: CertificateAuthority,
    pub(crate) now_unix_s: AtomicI64,
    codes: Mutex<BTreeMap<[u8; 32], CodeState>>,
    nodes: Mutex<BTreeSet<Ulid>>,
    revoked: Mutex<BTreeSet<Ulid>>,
    pub(crate) redemptions: Mutex<Vec<Redemption>>,
}

#[derive(Clone)]
pub(crate) enum CodeState {
    Open(Ulid),
    Used,
    Expired,
}

impl Desk {
    fn new(now_unix_s: i64) -> Self {
        Self {
            authority: CertificateAuthority::create(now_unix_s).unwrap(),
            now_unix_s: AtomicI64::new(now_unix_s),
            codes: Mutex::default(),
            nodes: Mutex::default(),
            revoked: Mutex::default(),
            redemptions: Mutex::default(),
        }
    }

    pub(crate) fn code(&self, state: CodeState) -> EnrolmentCode {
        let code = EnrolmentCode::generate(&self.authority.fingerprint()).unwrap();
        self.codes.lock().insert(code.hash(), state);
        code
    }

    pub(crate) fn revoke(&self, node: Ulid) {
        self.revoked.lock().insert(node);
    }

    pub(crate) fn forget(&self, node: Ulid) {
        self.nodes.lock().remove(&node);
    }

    fn binding(node: Ulid) -> NodeBinding {
        NodeBinding { node, clinic: CLINIC, locations: vec![Ulid(0x10C)] }
    }

    fn sign(&self, request: &[u8], node: Ulid) -> Result<IssuedCertificate, EnrolmentRefusal> {
        let now = self.now_unix_s.load(Ordering::SeqCst);
        self.authority.sign_node(request, &Self::binding(node), now).map_err(|_| EnrolmentRefusal::BadRequest)
    }

    /// An identity made without the network.
    pub(crate) fn identity(&self, node: Ulid) -> NodeIdentity {
        self.identity_for(node, self.now_unix_s.load(Ordering::SeqCst), 90 * 86_400)
    }

    pub(crate) fn identity_for(&self, node: Ulid, issued_unix_s: i64, validity_s: i64) -> NodeIdentity {
        self.nodes.lock().insert(node);
        let key = NodeKey::generate().unwrap();
        let request = key.request().unwrap();
        let issued =
            self.authority.sign_node_for(&request, &Self::binding(node), issued_unix_s, validity_s).unwrap();
        let card = IdentityCard {
            node: named(node),
            clinic: named(CLINIC),
            locations: vec![named(Ulid(0x10C))],
            server: String::new(),
        };
        NodeIdentity::new(key, issued.der, self.authority.certificate_der().to_vec(), card).unwrap()
    }
}

impl EnrolmentDesk for Desk {
    fn redeem(&self, redemption: &Redemption) -> Result<Grant, EnrolmentRefusal> {
        self.redemptions.lock().push(redemption.clone());
        let mut codes = self.codes.lock();
        let node = match codes.get(&redemption.code_hash) {
            None => return Err(EnrolmentRefusal::Unknown),
            Some(CodeState::Used) => return Err(EnrolmentRefusal::Used),
            Some(CodeState::Expired) => return Err(EnrolmentRefusal::Expired),
            Some(CodeState::Open(node)) => *node,
        };
        let certificate = self.sign(&redemption.request_der, node)?;
        codes.insert(redemption.code_hash, CodeState::Used);
        self.nodes.lock().insert(node);
        Ok(Grant {
            certificate,
            node: named(node),
            clinic: named(CLINIC),
            locations: vec![named(Ulid(0x10C))],
        })
    }

    fn renew(&self, peer: &PeerCertificate, request: &[u8]) -> Result<IssuedCertificate, EnrolmentRefusal> {
        self.sign(request, peer.binding.node)
    }

    fn standing(&self, peer: &PeerCertificate) -> Standing {
        let node = peer.binding.node;
        if self.revoked.lock().contains(&node) {
            Standing::Revoked
        } else if self.nodes.lock().contains(&node) {
            Standing::Good
        } else {
            Standing::Unknown
        }
    }
}

pub(crate) fn named(id: Ulid) -> Named {
    Named { id, name: format!("name of {id}") }
}

/// A listening server.
pub(crate) struct House {
    pub(crate) desk: Arc<Desk>,
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
}

impl House {
    pub(crate) fn open() -> Self {
        Self::open_in(NOW)
    }

    /// A server whose clock stands elsewhere than this machine's.
    pub(crate) fn open_in(now_unix_s: i64) -> Self {
        Self::of(Arc::new(Desk::new(now_unix_s)))
    }

    /// Another process of the same server.
    pub(crate) fn successor(&self) -> Self {
        Self::of(self.desk.clone())
    }

    fn of(desk: Arc<Desk>) -> Self {
        let clock = {
            let desk = desk.clone();
            Arc::new(move || desk.now_unix_s.load(Ordering::SeqCst))
        };
        let identity = desk.authority.issue_server(desk.now_unix_s.load(Ordering::SeqCst)).unwrap();
        let server = Server::bind((Ipv4Addr::LOCALHOST, 0).into(), &identity, desk.clone(), clock).unwrap();
        let address = server.local_address().unwrap();
        Self { desk, server, address }
    }

    pub(crate) async fn enrol(&self, code: &EnrolmentCode) -> Result<NodeIdentity, posto_net::NetError> {
        let description =
            SelfDescription { software: "posto-test/1".into(), label: "front\u{7} desk".into() };
        client::enrol(&self.address.to_string(), code, &description).await
    }
}
