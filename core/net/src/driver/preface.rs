//! The first frame of a stream says what it is for.

use posto_sync::Channel;

use crate::{endpoint::server::RENEWAL_PREFACE, error::NetError};

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

/// Reads a preface, and not a byte more. Waits for it as long as the connection lives: on a bad line it may come long after
/// the stream is known to exist, and a peer that withholds it holds one of its own few streams and nothing else.
pub(crate) async fn read(stream: &mut quinn::RecvStream) -> Result<Purpose, NetError> {
    let bytes = read_bytes(stream).await?;
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
