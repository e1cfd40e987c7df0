//! The channels of one connection and the streams that carry them.

use std::{collections::BTreeMap, sync::Arc};

use posto_sync::{Channel, limits as sync_limits};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinSet,
};

use super::{
    RenewalDesk,
    frames::{End, Frames},
    preface::{self, Purpose},
    writer::{self, Outbox},
};
use crate::{endpoint::exchange, error::NetError, limits, transport::Side};

/// What comes from the peer.
#[derive(Debug)]
pub(super) enum Arrival {
    /// A frame for the engine.
    Frame {
        /// On this channel.
        channel: Channel,
        /// Its content.
        frame: Vec<u8>,
    },
    /// The peer broke the protocol.
    Violation(&'static str),
}

/// All streams of one connection. Its tasks end with it.
pub(super) struct Streams {
    side: Side,
    connection: quinn::Connection,
    outboxes: BTreeMap<Channel, Outbox>,
    control: mpsc::Receiver<Message>,
    bulk: mpsc::Receiver<Message>,
    senders: Senders,
    tasks: JoinSet<()>,
}

#[derive(Clone)]
struct Senders {
    control: mpsc::Sender<Message>,
    bulk: mpsc::Sender<Message>,
    budget: Arc<Semaphore>,
}

enum Message {
    Frame { channel: Channel, frame: Vec<u8>, room: Option<OwnedSemaphorePermit> },
    Opened { channel: Channel, stream: quinn::SendStream, frames: Frames },
    Violation(&'static str),
}

impl Streams {
    pub(super) fn new(side: Side, connection: quinn::Connection, desk: Option<RenewalDesk>) -> Self {
        let (control_sender, control) = mpsc::channel(limits::INBOUND_FRAMES_MAX);
        let (bulk_sender, bulk) = mpsc::channel(limits::INBOUND_FRAMES_MAX);
        let budget = Arc::new(Semaphore::new(limits::INBOUND_BYTES_MAX));
        let senders = Senders { control: control_sender, bulk: bulk_sender, budget };
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(side, connection.clone(), senders.clone(), desk));
        if side == Side::Node {
            tasks.spawn(answer_probes(connection.clone()));
        }
        Self { side, connection, outboxes: BTreeMap::new(), control, bulk, senders, tasks }
    }

    /// Queues a frame; opens the channel's stream if that is this side's to do and not done yet.
    pub(super) fn send(&mut self, channel: Channel, frame: Vec<u8>) {
        let opens = channel.opened_by_node() == (self.side == Side::Node);
        let outbox = self.outboxes.entry(channel.clone()).or_insert_with(Outbox::new);
        outbox.push(frame);
        if opens && let Some(queue) = outbox.take_queue() {
            let (connection, senders) = (self.connection.clone(), self.senders.clone());
            outbox.writer = Some(tokio::spawn(async move {
                let Ok((stream, receive)) = connection.open_bi().await else { return };
                let reader = tokio::spawn(read(channel.clone(), Frames::new(receive), senders));
                writer::write(stream, channel, queue, true).await;
                // The reader ends with the stream or the connection, whichever is first.
                drop(reader);
            }));
        }
    }

    /// The next thing from the peer, control frames first. Safe to cancel.
    pub(super) async fn next(&mut self) -> Arrival {
        loop {
            let message = tokio::select! {
                biased;
                Some(message) = self.control.recv() => message,
                Some(message) = self.bulk.recv() => message,
            };
            match message {
                Message::Frame { channel, frame, room } => {
                    drop(room);
                    if let Some(outbox) = self.outboxes.get_mut(&channel) {
                        outbox.unanswered = 0;
                    }
                    return Arrival::Frame { channel, frame };
                }
                Message::Opened { channel, stream, frames } => {
                    if let Some(violation) = self.opened(channel, stream, frames) {
                        return Arrival::Violation(violation);
                    }
                }
                Message::Violation(what) => return Arrival::Violation(what),
            }
        }
    }

    /// The peer opened a channel's stream.
    fn opened(
        &mut self,
        channel: Channel,
        stream: quinn::SendStream,
        frames: Frames,
    ) -> Option<&'static str> {
        let outbox = self.outboxes.entry(channel.clone()).or_insert_with(Outbox::new);
        let Some(queue) = outbox.take_queue() else { return Some("a channel opened twice") };
        self.tasks.spawn(read(channel.clone(), frames, self.senders.clone()));
        outbox.writer = Some(tokio::spawn(writer::write(stream, channel, queue, false)));
        None
    }

    /// Lets what was sent and not answered arrive, at most for [`limits::GOODBYE_TIMEOUT`]. The last control frame is the
    /// engine's goodbye, which the close code repeats: not worth the 25 ms that an acknowledgement may take.
    pub(super) async fn flush(&mut self) {
        let outboxes = std::mem::take(&mut self.outboxes);
        let spared = |channel: &Channel| usize::from(*channel == Channel::Control);
        let writers: Vec<_> =
            outboxes.into_iter().filter_map(|(channel, outbox)| outbox.close(spared(&channel))).collect();
        let all = async {
            for writer in writers {
                let _ = writer.await;
            }
        };
        let _ = tokio::time::timeout(limits::GOODBYE_TIMEOUT, all).await;
    }
}

/// Takes the streams that the peer opens. Each is identified in a task of its own: a silent one holds up nobody.
async fn accept(side: Side, connection: quinn::Connection, senders: Senders, desk: Option<RenewalDesk>) {
    let mut tasks = JoinSet::new();
    while let Ok((stream, receive)) = connection.accept_bi().await {
        while tasks.try_join_next().is_some() {}
        tasks.spawn(identify(side, stream, receive, senders.clone(), desk.clone()));
    }
}

async fn identify(
    side: Side,
    mut stream: quinn::SendStream,
    mut receive: quinn::RecvStream,
    senders: Senders,
    desk: Option<RenewalDesk>,
) {
    let message = match preface::read(&mut receive).await {
        Ok(Purpose::Channel(channel)) if channel.opened_by_node() == (side == Side::Server) => {
            Message::Opened { channel, stream, frames: Frames::new(receive) }
        }
        Ok(Purpose::Channel(_)) => Message::Violation("a channel opened by the wrong side"),
        Ok(Purpose::Renewal) => {
            if let Some((peer, desk)) = desk {
                let renewal = exchange::answer_renewal(stream, receive, &peer, desk);
                let _ = tokio::time::timeout(limits::ENROL_TIMEOUT, renewal).await;
            }
            return;
        }
        Ok(Purpose::Unknown) => {
            // Newer software: that stream is refused, the rest goes on.
            let _ = stream.reset(0_u32.into());
            let _ = receive.stop(0_u32.into());
            return;
        }
        Err(NetError::Protocol(what)) => Message::Violation(what),
        Err(_) => return,
    };
    // Fails only when the session is over.
    let _ = senders.control.send(message).await;
}

/// Reads a channel's frames until it ends.
async fn read(channel: Channel, mut frames: Frames, senders: Senders) {
    let is_control = channel == Channel::Control;
    let (sender, budget) =
        if is_control { (&senders.control, None) } else { (&senders.bulk, Some(&senders.budget)) };
    // The first control frame is the hello of a peer that has not been admitted yet.
    let mut bytes_max = if is_control { sync_limits::HELLO_BYTES_MAX } else { sync_limits::FRAME_BYTES_MAX };
    loop {
        let message = match frames.next(bytes_max, budget).await {
            Ok(received) => {
                Message::Frame { channel: channel.clone(), frame: received.frame, room: received.room }
            }
            Err(End::Violation(what)) => Message::Violation(what),
            Err(End::Gone) => return,
        };
        let over = matches!(message, Message::Violation(_));
        if sender.send(message).await.is_err() || over {
            return;
        }
        bytes_max = sync_limits::FRAME_BYTES_MAX;
    }
}

/// Takes the server's sign-of-life probes off the connection; QUIC has answered them already.
async fn answer_probes(connection: quinn::Connection) {
    while let Ok(mut probe) = connection.accept_uni().await {
        let _ = probe.stop(0_u32.into());
    }
}
