//! The node's data folder: where each file is.
//!
//! ```text
//! node.toml        configuration (may be absent)
//! posto.db, db.key encrypted database and its key (0600)
//! identity/        node.pem, node.key, ca.pem, identity.json of an enrolled node
//! standalone.json  who this node is, where the clinic has no server
//! blobs/           attachments, encrypted
//! lock             held while a process uses the folder
//! control.json     where a running node answers the command line, and with which token (0600)
//! ```

use std::path::{Path, PathBuf};

/// A data folder. Nothing is checked or created by naming it.
#[derive(Debug, Clone)]
pub struct DataDir(PathBuf);

impl DataDir {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn config(&self) -> PathBuf {
        self.0.join("node.toml")
    }

    pub fn database_key(&self) -> PathBuf {
        self.0.join("db.key")
    }

    pub fn database(&self) -> PathBuf {
        self.0.join("posto.db")
    }

    pub fn identity(&self) -> PathBuf {
        self.0.join("identity")
    }

    pub fn standalone(&self) -> PathBuf {
        self.0.join("standalone.json")
    }

    pub fn control(&self) -> PathBuf {
        self.0.join("control.json")
    }

    /// Makes the folder, readable by its owner only.
    ///
    /// # Errors
    /// Of the file system.
    pub fn create(&self) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.0)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&self.0, std::fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }
}
