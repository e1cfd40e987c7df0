//! The first frame of a stream says what it is for.

use posto_sync::Channel;

use crate::{endpoint::server::RENEWAL_PREFACE, error::NetError, limits};

/// Longest preface: one byte of kind and a scope's name.
const PREFACE_BYTES_MAX: usize = 1 + posto_sync::limits::SCOPE_NAME_BYTES_MAX;

/// What a stream that the peer opened is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A channel of the engine.
    Channel(Channel),
    /// A request for a new certificate.
    Renewal,
    /// Something newer than this software.
    Unknown,
}

/// Reads a preface, and not a byte more. A peer that dawdles over these few bytes holds the stream for nothing.
pub(crate) async fn read(stream: &mut quinn::RecvStream) -> Result<Purpose, NetError> {
    let bytes = tokio::time::timeout(limits::STREAM_HEADER_TIMEOUT, read_bytes(stream))
        .await
        .map_err(|_| NetError::Timeout("say what a stream is for"))??;
    Ok(if bytes == RENEWAL_PREFACE {
        Purpose::Renewal
    } else {
        Channel::from_preface(&bytes).map_or(Purpose::Unknown, Purpose::Channel)
    })
}

/// True when the stream is for a renewal.
pub(crate) async fn is_renewal(stream: &mut quinn::RecvStream) -> Result<bool, NetError> {
    Ok(read(stream).await? == Purpose::Renewal)
}

async fn read_bytes(stream: &mut quinn::RecvStream) -> Result<Vec<u8>, NetError> {
    let failed = |error: quinn::ReadExactError| match error {
        quinn::ReadExactError::FinishedEarly(_) => {
            NetError::Protocol("a stream that ends within its preface")
        }
        quinn::ReadExactError::ReadError(error) => NetError::Stream(error.into()),
    };
    let mut length = [0];
    stream.read_exact(&mut length).await.map_err(failed)?;
    let mut bytes = vec![0; usize::from(length[0])];
    if bytes.len() > PREFACE_BYTES_MAX {
        return Err(NetError::Protocol("a stream with an overlong preface"));
    }
    stream.read_exact(&mut bytes).await.map_err(failed)?;
    Ok(bytes)
}
