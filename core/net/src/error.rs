//! What can go wrong between a node and its server.

use std::path::PathBuf;

use crate::{close::CloseReason, enroll::EnrolmentRefusal};

/// Errors of this crate; each names the operation that failed.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// A key could not be made or used.
    #[error("cannot make or use a certificate key")]
    Key(#[source] rcgen::Error),
    /// A certificate could not be issued.
    #[error("cannot issue a certificate")]
    Issue(#[source] rcgen::Error),
    /// A signing request does not parse or is not signed by its own key.
    #[error("the certificate request is not valid")]
    Request(#[source] rcgen::Error),
    /// A certificate is not one of ours.
    #[error("the certificate is not valid: {0}")]
    Certificate(#[from] CertificateProblem),
    /// TLS refused its configuration.
    #[error("cannot configure TLS")]
    Tls(#[from] rustls::Error),
    /// A certificate verifier could not be built.
    #[error("cannot build the certificate verifier")]
    Verifier(#[from] rustls::client::VerifierBuilderError),
    /// TLS lacks the cipher suite that QUIC starts with.
    #[error("TLS lacks the first cipher suite of QUIC")]
    InitialCipherSuite(#[from] quinn::crypto::rustls::NoInitialCipherSuite),
    /// Random bytes are not available.
    #[error("the system gives no random bytes")]
    Entropy(getrandom::Error),
    /// A file could not be read or written.
    #[error("cannot {what} {}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// A file of the identity or the authority has unexpected content.
    #[error("{} is damaged", path.display())]
    DamagedFile {
        /// The file.
        path: PathBuf,
    },
    /// An endpoint could not be opened.
    #[error("cannot open the UDP socket")]
    Bind(#[source] std::io::Error),
    /// The name of the server does not resolve.
    #[error("cannot resolve the server's name")]
    Resolve(#[source] std::io::Error),
    /// The name of the server resolves to nothing.
    #[error("the server's name has no address")]
    NoAddress,
    /// A connection attempt could not start.
    #[error("cannot connect")]
    Connect(#[from] quinn::ConnectError),
    /// The connection broke or was never made.
    #[error("the connection is lost")]
    Connection(#[source] quinn::ConnectionError),
    /// The peer closed the connection and said why.
    #[error("the peer closed the connection: {0}")]
    Closed(CloseReason),
    /// The peer took longer than its limit.
    #[error("the peer did not {0} in time")]
    Timeout(&'static str),
    /// The server has a certificate that does not belong to the authority in the code or on file.
    #[error("the server is not the one this node trusts")]
    WrongServer,
    /// The peer sent something that is not of the protocol.
    #[error("the peer broke the protocol: {0}")]
    Protocol(&'static str),
    /// A stream broke.
    #[error("a stream broke")]
    Stream(#[source] std::io::Error),
    /// Enrolment or renewal was refused.
    #[error("refused: {0}")]
    Refused(EnrolmentRefusal),
    /// A blocking task ended early.
    #[error("a task of this process ended early")]
    Task(#[from] tokio::task::JoinError),
}

/// Why a certificate is not acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertificateProblem {
    /// Not parseable as X.509.
    #[error("it does not parse")]
    Unreadable,
    /// No or more than one Posto name in it.
    #[error("it carries no Posto name")]
    NoBinding,
    /// The Posto name is malformed or over its limits.
    #[error("its Posto name is malformed")]
    BadBinding,
    /// The key and the certificate do not belong together.
    #[error("it does not belong to the key")]
    KeyMismatch,
}

impl From<quinn::ConnectionError> for NetError {
    fn from(error: quinn::ConnectionError) -> Self {
        use quinn::ConnectionError as E;
        match error {
            E::ApplicationClosed(close) => Self::Closed(CloseReason::from_code(close.error_code)),
            // 0x100 + TLS alert: the peer or we did not accept a certificate.
            E::TransportError(ref e) if crate::close::is_certificate_alert(e.code) => Self::WrongServer,
            E::ConnectionClosed(ref e) if crate::close::is_certificate_alert(e.error_code) => {
                Self::Closed(CloseReason::BadCertificate)
            }
            other => Self::Connection(other),
        }
    }
}

impl NetError {
    /// The reason that the peer gave for closing, if it gave one.
    pub fn close_reason(&self) -> Option<CloseReason> {
        match self {
            Self::Closed(reason) => Some(*reason),
            _ => None,
        }
    }
}
