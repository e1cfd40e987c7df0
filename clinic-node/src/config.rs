//! Configuration: built-in values, then `node.toml`, then `POSTO_*` variables, then the command line.
//!
//! Every value has a default that suits one desk on one machine. A wrong value is an error that names
//! the file or variable and the key, never a silent default.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// What a clinic may configure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub http: Http,
    pub sync: Sync,
    pub log: Log,
    pub session: Session,
    pub limits: Limits,
}

/// `[http]`: where desks reach the node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// `POSTO_HTTP_LISTEN`. Off loopback only with a certificate.
    pub listen: SocketAddr,
    /// `POSTO_HTTP_TLS_CERTIFICATE`: PEM chain, for desks on the LAN.
    pub tls_certificate: Option<PathBuf>,
    /// `POSTO_HTTP_TLS_KEY`: PEM key.
    pub tls_key: Option<PathBuf>,
}

/// `[sync]`: the connection to the server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sync {
    /// `POSTO_SYNC_SERVER`: `host:port` instead of the one of the enrolment.
    pub server: Option<String>,
    /// `POSTO_SYNC_DISABLED`: works as if the cable were cut.
    pub disabled: bool,
}

/// `[log]`: what goes to standard error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `POSTO_LOG`: `error`, `warn`, `info`, `debug` or a filter such as `info,posto_sync=debug`.
    pub filter: String,
    /// One JSON object a line. `POSTO_LOG_FORMAT`: `json` or `text`.
    pub json: bool,
}

/// `[session]`: who may work at the desk, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// Minutes without a request after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    pub hours_max: u32,
    /// Days without contact to the server after which an administrator has to sign in.
    pub offline_days_max: u32,
}

/// `[limits]`: what one client may ask of the node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests a second that one session or address may make on average; twice as many in a burst. Far above what
    /// screens ask, far below what would keep others waiting.
    pub requests_per_second: u32,
    /// Requests worked on at once.
    pub requests_at_once: usize,
    /// Largest attachment, MiB.
    pub attachment_mib_max: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            http: Http::default(),
            sync: Sync { server: None, disabled: false },
            log: Log { filter: "info,automerge=warn".into(), json: false },
            session: Session::default(),
            limits: Limits::default(),
        }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 7410)), tls_certificate: None, tls_key: None }
    }
}

impl Default for Sync {
    fn default() -> Self {
        Config::default().sync
    }
}

impl Default for Log {
    fn default() -> Self {
        Config::default().log
    }
}

impl Default for Session {
    fn default() -> Self {
        Self { idle_minutes: 60, hours_max: 14, offline_days_max: 30 }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { requests_per_second: 5_000, requests_at_once: 512, attachment_mib_max: 100 }
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// The message of the parser names line, column and key.
    #[error("{} is not a valid configuration:\n{message}", path.display())]
    File { path: PathBuf, message: String },
    #[error("the environment variable {name} has a value that is not {expected}")]
    Variable { name: &'static str, expected: &'static str },
    #[error(
        "{0} is not on this machine only: desks on the LAN need TLS (http.tls_certificate and http.tls_key)"
    )]
    PlainLan(SocketAddr),
    #[error("http.tls_certificate and http.tls_key belong together: one of them is missing")]
    HalfTls,
}

impl Config {
    /// The configuration of a data folder, with the variables of the environment.
    ///
    /// # Errors
    /// [`ConfigError`], which names the file or variable.
    pub fn load(path: &Path, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut config = Self::read(path)?;
        config.take_variables(variable)?;
        config.check()?;
        Ok(config)
    }

    fn read(path: &Path) -> Result<Self, ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text)
                .map_err(|error| ConfigError::File { path: path.to_owned(), message: error.to_string() }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(ConfigError::Read { path: path.to_owned(), source }),
        }
    }

    fn take_variables(&mut self, variable: impl Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
        if let Some(text) = variable("POSTO_HTTP_LISTEN") {
            let wrong = ConfigError::Variable {
                name: "POSTO_HTTP_LISTEN",
                expected: "an address such as 127.0.0.1:7410",
            };
            self.http.listen = text.parse().map_err(|_| wrong)?;
        }
        if let Some(path) = variable("POSTO_HTTP_TLS_CERTIFICATE") {
            self.http.tls_certificate = Some(path.into());
        }
        if let Some(path) = variable("POSTO_HTTP_TLS_KEY") {
            self.http.tls_key = Some(path.into());
        }
        if let Some(server) = variable("POSTO_SYNC_SERVER") {
            self.sync.server = Some(server);
        }
        if let Some(text) = variable("POSTO_SYNC_DISABLED") {
            self.sync.disabled = flag("POSTO_SYNC_DISABLED", &text)?;
        }
        if let Some(filter) = variable("POSTO_LOG") {
            self.log.filter = filter;
        }
        if let Some(format) = variable("POSTO_LOG_FORMAT") {
            self.log.json = match format.as_str() {
                "json" => true,
                "" | "text" => false,
                _ => {
                    return Err(ConfigError::Variable { name: "POSTO_LOG_FORMAT", expected: "json or text" });
                }
            };
        }
        Ok(())
    }

    /// Whether the values go together.
    ///
    /// # Errors
    /// [`ConfigError::PlainLan`], [`ConfigError::HalfTls`].
    pub fn check(&self) -> Result<(), ConfigError> {
        match (&self.http.tls_certificate, &self.http.tls_key) {
            (None, None) if !self.http.listen.ip().is_loopback() => {
                Err(ConfigError::PlainLan(self.http.listen))
            }
            (Some(_), None) | (None, Some(_)) => Err(ConfigError::HalfTls),
            _ => Ok(()),
        }
    }
}

fn flag(name: &'static str, text: &str) -> Result<bool, ConfigError> {
    match text {
        "1" | "true" | "yes" => Ok(true),
        "" | "0" | "false" | "no" => Ok(false),
        _ => Err(ConfigError::Variable { name, expected: "true or false" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_misspelt_key_is_named() {
        let error = parse("[http]\nlitsen = \"127.0.0.1:1\"").unwrap_err();
        assert!(error.contains("litsen") && error.contains("line 2"), "{error}");
    }

    #[test]
    fn what_is_not_written_keeps_its_default() {
        let config = parse("[session]\nidle_minutes = 5").unwrap();
        assert_eq!(config.session.hours_max, 14);
        assert_eq!(config.http, Http::default());
    }

    #[test]
    fn the_environment_wins_and_its_mistakes_are_named() {
        let mut config = Config::default();
        config.take_variables(|name| (name == "POSTO_HTTP_LISTEN").then(|| "[::1]:9".to_owned())).unwrap();
        assert_eq!(config.http.listen, "[::1]:9".parse().unwrap());
        let error = config
            .take_variables(|name| (name == "POSTO_LOG_FORMAT").then(|| "maybe".to_owned()))
            .unwrap_err();
        assert!(error.to_string().contains("POSTO_LOG_FORMAT"));
    }

    #[test]
    fn the_lan_needs_tls() {
        let mut config = Config::default();
        config.http.listen = "0.0.0.0:7410".parse().unwrap();
        assert!(matches!(config.check(), Err(ConfigError::PlainLan(_))));
        config.http.tls_certificate = Some("c.pem".into());
        assert!(matches!(config.check(), Err(ConfigError::HalfTls)));
        config.http.tls_key = Some("k.pem".into());
        assert!(config.check().is_ok());
    }
}
