//! Runs a replication engine on a connection: frames to and from QUIC streams, storage requests on blocking threads.
//!
//! One task owns the engine, so the engine needs no lock; everything that can wait (reading, writing, storing) waits in a
//! task of its own and reports back. While one batch is being stored the next is being received, and the control channel
//! overtakes both.

use std::{sync::Arc, time::Duration};

use posto_sync::{Effect, Input, Session, SessionEnd, session::Statistics};
use tokio::time::Instant;

use crate::{
    binding::PeerCertificate,
    close::CloseReason,
    endpoint::{
        link::{Link, UdpTraffic},
        server,
    },
    enroll::EnrolmentDesk,
    error::NetError,
    transport::Side,
};

mod executor;
mod frames;
mod handle;
mod streams;
mod writer;

pub(crate) mod preface;

pub use executor::{Executor, Pool};
pub use handle::Handle;

use executor::Work;
use streams::{Arrival, Streams};

/// An engine on a connection, ready to [`run`](Self::run).
pub struct Driver<S: Session, E> {
    engine: S,
    executor: Arc<E>,
    link: Link,
    streams: Streams,
    work: Work<S>,
    handle: Handle<S::Nudge>,
    side: Side,
    started: Instant,
    /// Kept until the end: the place in the registry, the counted connection.
    _session: Option<server::Session>,
}

/// How a session went.
#[derive(Debug)]
pub struct SessionReport {
    /// Why it ended.
    pub end: SessionClosed,
    /// The engine's counters; bytes are those inside QUIC.
    pub statistics: Statistics,
    /// Bytes on the wire, the handshake included.
    pub udp: UdpTraffic,
}

/// Which side ended a session, and why.
#[derive(Debug)]
pub enum SessionClosed {
    /// This side's engine did.
    Here(SessionEnd),
    /// The peer did, or the line broke.
    There(NetError),
}

impl SessionClosed {
    /// The reason as a stable code, if one was given.
    pub fn reason(&self) -> Option<CloseReason> {
        match self {
            Self::Here(end) => Some((*end).into()),
            Self::There(error) => error.close_reason(),
        }
    }

    /// True when connecting again can help without a person doing something first.
    pub fn worth_retrying(&self) -> bool {
        self.reason().is_none_or(CloseReason::worth_retrying)
    }
}

/// Who answers renewals on this connection.
pub(crate) type RenewalDesk = (PeerCertificate, Arc<dyn EnrolmentDesk>);

impl<S: Session, E: Executor<S>> Driver<S, E>
where
    S::Nudge: PartialEq,
{
    /// A node's engine on its connection to the server.
    pub fn for_node(link: Link, engine: S, executor: Arc<E>, pool: &Pool) -> Self {
        Self::new(Side::Node, link, engine, executor, pool, None)
    }

    /// A server's engine on the connection of a node; answers that node's renewals, too.
    pub fn for_server(session: server::Session, engine: S, executor: Arc<E>, pool: &Pool) -> Self {
        let link = session.link.clone();
        let desk = Some((session.peer.clone(), session.desk.clone()));
        let mut driver = Self::new(Side::Server, link, engine, executor, pool, desk);
        driver._session = Some(session);
        driver
    }

    fn new(
        side: Side,
        link: Link,
        engine: S,
        executor: Arc<E>,
        pool: &Pool,
        desk: Option<RenewalDesk>,
    ) -> Self {
        Self {
            engine,
            executor,
            streams: Streams::new(side, link.connection.clone(), desk),
            work: Work::new(pool),
            handle: Handle::default(),
            side,
            started: Instant::now(),
            link,
            _session: None,
        }
    }

    /// For nudges and the wish to stop; may be cloned and kept by anyone.
    pub fn handle(&self) -> Handle<S::Nudge> {
        self.handle.clone()
    }

    /// Runs the session to its end. All storage requests that were begun are finished when this returns.
    pub async fn run(mut self) -> SessionReport {
        let mut end = self.feed(Input::Connected);
        while end.is_none() {
            let input = self.next_input().await;
            end = match input {
                Ok(input) => self.feed(input),
                Err(lost) => Some(SessionClosed::There(lost)),
            };
        }
        let end = end.unwrap_or(SessionClosed::Here(SessionEnd::Done));
        self.finish(end).await
    }

    /// Waits for whatever happens first, control frames before everything else.
    async fn next_input(&mut self) -> Result<Input<S::Answer, S::Nudge>, NetError> {
        let due = self.engine.next_timeout().map(|at_ms| self.started + Duration::from_millis(at_ms));
        tokio::select! {
            biased;
            lost = self.link.closed() => Err(lost),
            arrival = self.streams.next() => Ok(match arrival {
                Arrival::Frame { channel, frame } => Input::Received { channel, frame },
                Arrival::Violation(what) => {
                    tracing::debug!(what, "the peer broke the protocol");
                    Input::Stop(SessionEnd::ProtocolViolation)
                }
            }),
            Some((op, answer)) = self.work.next() => Ok(Input::Stored { op, answer }),
            wish = self.handle.next() => Ok(match wish {
                handle::Wish::Nudge(nudge) => Input::Nudge(nudge),
                handle::Wish::Stop(end) => Input::Stop(end),
            }),
            () = sleep_until(due) => Ok(Input::Timeout),
        }
    }

    /// Gives the engine an input and carries its effects out; `Some` when it closed the session.
    fn feed(&mut self, input: Input<S::Answer, S::Nudge>) -> Option<SessionClosed> {
        if let Some(end) = self.handle_one(input) {
            return Some(end);
        }
        let wish = self.executor.after(&self.engine)?;
        self.handle_one(Input::Stop(wish))
    }

    fn handle_one(&mut self, input: Input<S::Answer, S::Nudge>) -> Option<SessionClosed> {
        let now_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        for effect in self.engine.handle(now_ms, input) {
            match effect {
                Effect::Send { channel, frame } => self.streams.send(channel, frame),
                Effect::Store { op, request } => self.work.begin(op, request, &self.executor),
                Effect::Event(event) => self.executor.event(event),
                Effect::Close { end } => return Some(SessionClosed::Here(end)),
            }
        }
        None
    }

    fn whose(&self, end: SessionClosed) -> SessionClosed {
        match end {
            SessionClosed::Here(end) if self.side == Side::Node && is_word_of_server(end) => {
                SessionClosed::There(NetError::Closed(end.into()))
            }
            end => end,
        }
    }

    async fn finish(mut self, end: SessionClosed) -> SessionReport {
        match &end {
            SessionClosed::Here(reason) => {
                let before = self.link.sent_datagrams();
                self.streams.flush().await;
                self.link.sent_more_than(before).await;
                self.link.say_goodbye((*reason).into()).await;
            }
            SessionClosed::There(_) => {
                // The engine's last words are events only; there is nobody left to send to.
                self.handle_one(Input::Disconnected);
            }
        }
        let end = self.whose(end);
        self.work.drain().await;
        self.executor.after(&self.engine);
        SessionReport { end, statistics: self.engine.statistics().clone(), udp: self.link.udp_traffic() }
    }
}

/// Ends that only a server decides on. A node's engine repeats what the server's goodbye said; whether that or the close
/// code arrives first is chance, and must make no difference to who is told.
fn is_word_of_server(end: SessionEnd) -> bool {
    use SessionEnd as E;
    matches!(end, E::Revoked | E::UnknownNode | E::Cloned | E::Busy | E::Superseded | E::GoingAway)
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
