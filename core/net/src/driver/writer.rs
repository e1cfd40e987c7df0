//! Writes one channel's frames to its stream, in order, as fast as the peer's window allows.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use bytes::Bytes;
use posto_sync::{Channel, frame};
use tokio::sync::mpsc;

/// Frames on their way to a stream. The engine's own limit on batches in flight bounds how many wait here.
pub(super) struct Outbox {
    queue: mpsc::UnboundedSender<Vec<u8>>,
    /// Until the stream exists.
    waiting: Option<mpsc::UnboundedReceiver<Vec<u8>>>,
    /// Frames sent here since the last one from the peer.
    pub(super) unanswered: usize,
    /// Set by the writer when everything was acknowledged or cannot be any more.
    pub(super) writer: Option<tokio::task::JoinHandle<()>>,
    hurry: Arc<AtomicBool>,
}

impl Outbox {
    pub(super) fn new() -> Self {
        let (queue, waiting) = mpsc::unbounded_channel();
        Self { queue, waiting: Some(waiting), unanswered: 0, writer: None, hurry: Arc::default() }
    }

    pub(super) fn push(&mut self, frame: Vec<u8>) {
        self.unanswered += 1;
        // Fails when the peer refused the stream; the connection decides what becomes of that.
        let _ = self.queue.send(frame);
    }

    /// Takes the queue for a writer; `None` when the channel has its stream already.
    pub(super) fn take_queue(&mut self) -> Option<Queue> {
        Some(Queue { frames: self.waiting.take()?, hurry: self.hurry.clone() })
    }

    /// Ends the queue: the writer finishes the stream, and waits for its acknowledgement only if somebody cares. Nobody does
    /// when all that may be missing is `spared` frames.
    pub(super) fn close(self, spared: usize) -> Option<tokio::task::JoinHandle<()>> {
        self.hurry.store(self.unanswered <= spared, Ordering::Relaxed);
        self.writer
    }
}

/// The writer's end of an [`Outbox`].
pub(super) struct Queue {
    frames: mpsc::UnboundedReceiver<Vec<u8>>,
    hurry: Arc<AtomicBool>,
}

/// Writes frames until the queue ends; then finishes the stream and waits until the peer has it all.
pub(super) async fn write(
    mut stream: quinn::SendStream,
    channel: Channel,
    mut queue: Queue,
    with_preface: bool,
) {
    let _ = stream.set_priority(channel.priority());
    let mut head = Vec::new();
    if with_preface {
        frame::write_frame(&channel.preface(), &mut head);
    }
    while let Some(frame) = queue.frames.recv().await {
        write_length(frame.len(), &mut head);
        let mut pieces = [Bytes::from(std::mem::take(&mut head)), Bytes::from(frame)];
        if stream.write_all_chunks(&mut pieces).await.is_err() {
            return;
        }
    }
    if stream.finish().is_ok() && !queue.hurry.load(Ordering::Relaxed) {
        let _ = stream.stopped().await;
    }
}

/// The prefix of [`frame::write_frame`], without copying the frame behind it.
fn write_length(mut length: usize, out: &mut Vec<u8>) {
    while length >= 0x80 {
        out.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_the_frame_format() {
        for length in [0, 1, 127, 128, 300, 16_383, 16_384, 70_000] {
            let (mut whole, mut prefix) = (Vec::new(), Vec::new());
            frame::write_frame(&vec![7; length], &mut whole);
            write_length(length, &mut prefix);
            assert_eq!(whole[..prefix.len()], prefix);
            assert_eq!(whole.len(), prefix.len() + length);
        }
    }
}
