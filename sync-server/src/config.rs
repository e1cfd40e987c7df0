//! What the server is told: command line, then environment, then `server.toml`, then defaults.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::data_folder::DataFolder;

/// Where nodes connect when nothing else is said.
pub const QUIC_ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 7443);
/// Where the console is when nothing else is said: this machine only.
pub const HTTP_ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7080);

/// Everything a running server needs to know.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    pub data: DataFolder,
    pub quic: SocketAddr,
    pub http: SocketAddr,
    pub http_options: HttpOptions,
}

/// How the console is served.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpOptions {
    /// PEM chain and key with which the console speaks TLS itself.
    pub tls_certificate: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    /// A proxy in front speaks TLS. Without it or a certificate the console listens on loopback only.
    pub behind_tls_proxy: bool,
}

impl HttpOptions {
    /// The files of the console's own TLS, when it speaks it.
    #[must_use]
    pub fn tls(&self) -> Option<(&Path, &Path)> {
        self.tls_certificate.as_deref().zip(self.tls_key.as_deref())
    }

    /// Whether browsers reach the console over TLS only.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.behind_tls_proxy || self.tls().is_some()
    }
}

/// `server.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConfigFile {
    quic: Option<SocketAddr>,
    http: Option<SocketAddr>,
    console: HttpOptions,
}

/// A configuration that cannot be used; the message says where and why.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path} cannot be read")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    Parse { path: PathBuf, source: Box<toml::de::Error> },
    #[error(
        "the console would be reachable at {0} without TLS; give it `tls_certificate` and `tls_key` under \
         `[console]` in server.toml, or put a TLS proxy in front and set `behind_tls_proxy = true`, \
         or listen on 127.0.0.1"
    )]
    PlainOffLoopback(SocketAddr),
    #[error("`tls_certificate` and `tls_key` under `[console]` belong together: one of them is missing")]
    HalfTls,
}

impl ServerConfig {
    /// Puts the configuration together; what the command line and environment say goes before the file.
    ///
    /// # Errors
    /// When `server.toml` is malformed or the console would be open to the network without TLS.
    pub fn load(
        data: DataFolder,
        quic: Option<SocketAddr>,
        http: Option<SocketAddr>,
    ) -> Result<Self, ConfigError> {
        let file = read_file(&data.config())?;
        let http = http.or(file.http).unwrap_or(HTTP_ADDRESS);
        if file.console.tls_certificate.is_some() != file.console.tls_key.is_some() {
            return Err(ConfigError::HalfTls);
        }
        if !http.ip().is_loopback() && !file.console.is_secure() {
            return Err(ConfigError::PlainOffLoopback(http));
        }
        Ok(Self { data, quic: quic.or(file.quic).unwrap_or(QUIC_ADDRESS), http, http_options: file.console })
    }
}

fn read_file(path: &Path) -> Result<ConfigFile, ConfigError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(ConfigFile::default()),
        Err(source) => return Err(ConfigError::Read { path: path.to_owned(), source }),
    };
    toml::from_str(&text)
        .map_err(|source| ConfigError::Parse { path: path.to_owned(), source: Box::new(source) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn load(text: &str, http: Option<&str>) -> Result<ServerConfig, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("server.toml"), text).unwrap();
        ServerConfig::load(DataFolder::new(dir.path()), None, http.map(|http| http.parse().unwrap()))
    }

    #[test]
    fn the_command_line_goes_before_the_file() {
        let config = load("http = '127.0.0.1:1'\nquic = '127.0.0.1:2'", Some("127.0.0.1:3")).unwrap();
        assert_eq!((config.http.port(), config.quic.port()), (3, 2));
    }

    #[test]
    fn a_misspelt_setting_is_an_error_that_names_it() {
        let error = load("htpp = '127.0.0.1:1'", None).unwrap_err().to_string();
        assert!(error.contains("htpp") && error.contains("server.toml"), "{error}");
    }

    #[test]
    fn the_console_stays_on_loopback_unless_somebody_speaks_tls() {
        assert!(matches!(load("", Some("0.0.0.0:80")), Err(ConfigError::PlainOffLoopback(_))));
        assert!(load("[console]\nbehind_tls_proxy = true", Some("0.0.0.0:80")).is_ok());
        let both = "[console]\ntls_certificate = 'c.pem'\ntls_key = 'k.pem'";
        assert!(load(both, Some("0.0.0.0:80")).unwrap().http_options.is_secure());
        let half = "[console]\ntls_certificate = 'c.pem'";
        assert!(matches!(load(half, None), Err(ConfigError::HalfTls)));
    }
}
