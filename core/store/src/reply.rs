//! An answer that arrives later: waited for by a thread, or awaited by any async runtime.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use parking_lot::{Condvar, Mutex};

use crate::error::Error;

struct Slot<T> {
    value: Option<T>,
    waker: Option<Waker>,
    sender_gone: bool,
}

struct Shared<T> {
    slot: Mutex<Slot<T>>,
    arrived: Condvar,
}

/// The end that answers.
pub(crate) struct Sender<T>(Arc<Shared<T>>);

/// The end that waits. Resolves to the error [`Error::Closed`] when the store goes away first.
#[must_use = "a write that nobody waits for may still fail"]
pub struct Pending<T, E> {
    shared: Arc<Shared<Result<T, E>>>,
}

/// Both ends.
pub(crate) fn channel<T, E>() -> (Sender<Result<T, E>>, Pending<T, E>) {
    let slot = Slot { value: None, waker: None, sender_gone: false };
    let shared = Arc::new(Shared { slot: Mutex::new(slot), arrived: Condvar::new() });
    (Sender(shared.clone()), Pending { shared })
}

impl<T> Sender<T> {
    pub(crate) fn send(self, value: T) {
        self.0.slot.lock().value = Some(value);
        // The drop below wakes whoever waits.
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let waker = {
            let mut slot = self.0.slot.lock();
            slot.sender_gone = true;
            slot.waker.take()
        };
        self.0.arrived.notify_one();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T, E: From<Error>> Pending<T, E> {
    /// Blocks this thread until the answer is there.
    ///
    /// # Errors
    /// The write's own error, or [`Error::Closed`].
    pub fn wait(self) -> Result<T, E> {
        let mut slot = self.shared.slot.lock();
        loop {
            if let Some(value) = slot.value.take() {
                return value;
            }
            if slot.sender_gone {
                return Err(Error::Closed.into());
            }
            self.shared.arrived.wait(&mut slot);
        }
    }
}

impl<T, E: From<Error>> Future for Pending<T, E> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut slot = self.shared.slot.lock();
        if let Some(value) = slot.value.take() {
            return Poll::Ready(value);
        }
        if slot.sender_gone {
            return Poll::Ready(Err(Error::Closed.into()));
        }
        slot.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl<T, E> std::fmt::Debug for Pending<T, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pending(…)")
    }
}
