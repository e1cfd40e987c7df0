//! Live events: what changed, told to every desk that listens, with a short memory for those that were cut off.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use posto_api::event::LiveEvent;
use tokio::sync::broadcast;

/// Events that a desk may miss and still get.
const REMEMBERED: usize = 512;

/// An event with its number in this run of the process.
pub(crate) type Numbered = (u64, Arc<LiveEvent>);

/// The hub of live events.
#[derive(Debug)]
pub(crate) struct Live {
    sender: broadcast::Sender<Numbered>,
    memory: Mutex<Memory>,
    /// Names this run: numbers of another run mean nothing here.
    run: u64,
}

#[derive(Debug, Default)]
struct Memory {
    next: u64,
    events: VecDeque<Numbered>,
}

impl Live {
    pub(crate) fn new(run: u64) -> Self {
        Self { sender: broadcast::channel(REMEMBERED).0, memory: Mutex::default(), run }
    }

    pub(crate) fn publish(&self, event: LiveEvent) {
        let mut memory = self.memory.lock();
        let numbered = (memory.next, Arc::new(event));
        memory.next += 1;
        if memory.events.len() == REMEMBERED {
            memory.events.pop_front();
        }
        memory.events.push_back(numbered.clone());
        // Sent under the lock, so that numbers arrive in order. Nobody listening is no failure.
        drop(self.sender.send(numbered));
    }

    pub(crate) fn sync_changed(&self) {
        self.publish(LiveEvent::SyncChanged);
    }

    /// What came after `last_id` (or [`LiveEvent::Resync`] where that is not known any more), and everything to come.
    pub(crate) fn listen(&self, last_id: Option<&str>) -> (Vec<Numbered>, broadcast::Receiver<Numbered>) {
        let memory = self.memory.lock();
        let receiver = self.sender.subscribe();
        let Some(last_id) = last_id else { return (Vec::new(), receiver) };
        let seen = last_id.split_once('-').and_then(|(run, number)| {
            let run = u64::from_str_radix(run, 16).ok()?;
            (run == self.run).then(|| number.parse::<u64>().ok())?
        });
        let oldest = memory.events.front().map_or(memory.next, |(number, _)| *number);
        let missed = match seen {
            Some(seen) if seen + 1 >= oldest && seen < memory.next => {
                memory.events.iter().filter(|(number, _)| *number > seen).cloned().collect()
            }
            _ => vec![(memory.next.saturating_sub(1), Arc::new(LiveEvent::Resync))],
        };
        (missed, receiver)
    }

    /// The text of an event's number, for `id:` lines.
    pub(crate) fn id(&self, number: u64) -> String {
        format!("{:x}-{number}", self.run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patient(id: &str) -> LiveEvent {
        LiveEvent::PatientChanged { patient_id: id.to_owned() }
    }

    #[test]
    fn a_desk_that_was_cut_off_gets_what_it_missed() {
        let live = Live::new(7);
        live.publish(patient("a"));
        live.publish(patient("b"));
        let (missed, _) = live.listen(Some(&live.id(0)));
        assert_eq!(missed.iter().map(|(_, event)| (**event).clone()).collect::<Vec<_>>(), [patient("b")]);
    }

    #[test]
    fn what_is_forgotten_or_of_another_run_asks_for_everything() {
        let live = Live::new(7);
        (0..=REMEMBERED).for_each(|_| live.publish(LiveEvent::SyncChanged));
        for id in [live.id(0).replace("7-", "8-"), "rubbish".to_owned(), "7-99999".to_owned()] {
            let (missed, _) = live.listen(Some(&id));
            assert_eq!(*missed[0].1, LiveEvent::Resync, "{id}");
        }
        live.publish(LiveEvent::SyncChanged);
        assert_eq!(*live.listen(Some(&live.id(0))).0[0].1, LiveEvent::Resync, "the oldest is gone");
        assert!(live.listen(None).0.is_empty());
    }
}
