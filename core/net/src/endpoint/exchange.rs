//! One request and one answer on a bidirectional stream: enrolment and renewal, both sides.

use std::{net::SocketAddr, sync::Arc};

use minicbor::{Decode, Encode};

use crate::{
    binding::PeerCertificate,
    enroll::{
        code::hash_secret,
        desk::{EnrolmentDesk, EnrolmentRefusal, Redemption},
        wire::{self, Answer, Request},
    },
    error::NetError,
    limits,
};

/// The asking side: writes the request, reads the whole answer.
pub(crate) async fn ask(
    mut send: quinn::SendStream,
    mut receive: quinn::RecvStream,
    request: &Request,
) -> Result<Answer, NetError> {
    let exchange = async {
        write(&mut send, request).await?;
        read::<Answer>(&mut receive, limits::ENROL_ANSWER_BYTES_MAX).await
    };
    tokio::time::timeout(limits::ENROL_TIMEOUT, exchange).await.map_err(|_| NetError::Timeout("answer"))?
}

/// The server's side of enrolment. Tells whether the code was wrong, for the count of guesses.
pub(crate) async fn answer_enrolment(
    connection: &quinn::Connection,
    desk: Arc<dyn EnrolmentDesk>,
    may_try: bool,
) -> Result<Option<EnrolmentRefusal>, NetError> {
    let (mut send, mut receive) = connection.accept_bi().await?;
    let request = read::<Request>(&mut receive, limits::ENROL_REQUEST_BYTES_MAX).await?;
    let outcome = if may_try {
        let redemption = redemption(&request, connection.remote_address());
        tokio::task::spawn_blocking(move || desk.redeem(&redemption)).await?
    } else {
        Err(EnrolmentRefusal::TooManyTries)
    };
    let refusal = outcome.as_ref().err().copied();
    answer(&mut send, &outcome.map_or_else(Answer::refused, Answer::granted)).await?;
    Ok(refusal)
}

/// The server's side of a renewal, once the stream was opened for it.
pub(crate) async fn answer_renewal(
    mut send: quinn::SendStream,
    mut receive: quinn::RecvStream,
    peer: &PeerCertificate,
    desk: Arc<dyn EnrolmentDesk>,
) -> Result<(), NetError> {
    let request = read::<Request>(&mut receive, limits::ENROL_REQUEST_BYTES_MAX).await?;
    let peer = peer.clone();
    let outcome = tokio::task::spawn_blocking(move || desk.renew(&peer, &request.request_der)).await?;
    answer(&mut send, &outcome.map_or_else(Answer::refused, |issued| Answer::renewed(issued.der))).await
}

fn redemption(request: &Request, address: SocketAddr) -> Redemption {
    Redemption {
        code_hash: hash_secret(&request.secret),
        request_der: request.request_der.clone(),
        software: wire::label(&request.software),
        label: wire::label(&request.label),
        address,
    }
}

/// Waits until the peer has the answer: the connection may be closed right behind it.
async fn answer(send: &mut quinn::SendStream, answer: &Answer) -> Result<(), NetError> {
    write(send, answer).await?;
    send.stopped().await.map_err(|error| NetError::Stream(error.into()))?;
    Ok(())
}

async fn write<M: Encode<()>>(send: &mut quinn::SendStream, message: &M) -> Result<(), NetError> {
    let bytes = wire::encode(message)?;
    send.write_all(&bytes).await.map_err(|error| NetError::Stream(error.into()))?;
    send.finish().map_err(|error| NetError::Stream(error.into()))
}

async fn read<M: for<'b> Decode<'b, ()>>(
    receive: &mut quinn::RecvStream,
    bytes_max: usize,
) -> Result<M, NetError> {
    let bytes = receive.read_to_end(bytes_max).await.map_err(|error| match error {
        quinn::ReadToEndError::TooLong => NetError::Protocol("a message over its limit"),
        quinn::ReadToEndError::Read(quinn::ReadError::ConnectionLost(lost)) => lost.into(),
        quinn::ReadToEndError::Read(error) => NetError::Stream(error.into()),
    })?;
    wire::decode(&bytes)
}
