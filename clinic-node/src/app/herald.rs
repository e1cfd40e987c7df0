//! From committed documents to live events: on a thread of its own, because a listener of the store may neither
//! block nor ask the store.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TrySendError, sync_channel};
use std::sync::{Arc, Weak};

use posto_api::event::LiveEvent;
use posto_domain::{DocumentId, Kind};
use posto_store::StoreEvent;

use super::App;

/// Documents that may wait; beyond it (a first sync, an import) the desks are told to fetch everything.
const WAITING_MAX: usize = 512;

impl App {
    /// Starts telling the desks what changes. Ends when the node is dropped.
    ///
    /// # Errors
    /// When the machine gives no thread.
    pub(crate) fn start_herald(self: &Arc<Self>) -> std::io::Result<()> {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let overflow = Arc::new(AtomicBool::new(false));
        let flooded = overflow.clone();
        self.store.listen(move |event| {
            if let StoreEvent::DocumentChanged { id, kind, .. } = event
                && let Err(TrySendError::Full(_)) = sender.try_send((*id, *kind))
            {
                flooded.store(true, Ordering::Relaxed);
            }
        });
        let app = Arc::downgrade(self);
        std::thread::Builder::new()
            .name("posto-herald".into())
            .spawn(move || run(&app, &receiver, &overflow))?;
        Ok(())
    }

    fn tell(&self, id: DocumentId, kind: Kind) -> Result<(), posto_store::Error> {
        match kind {
            Kind::Patient => self.live.publish(LiveEvent::PatientChanged { patient_id: id.to_string() }),
            Kind::Attachment => {
                let patient =
                    self.store.read(|r| r.attachment(id.cast()))?.and_then(|attachment| attachment.patient);
                if let Some(patient) = patient {
                    self.live.publish(LiveEvent::AttachmentChanged {
                        attachment_id: id.to_string(),
                        patient_id: patient.to_string(),
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn run(app: &Weak<App>, changed: &Receiver<(DocumentId, Kind)>, overflow: &AtomicBool) {
    let mut open_conflicts = None;
    while let Ok(first) = changed.recv() {
        let Some(app) = app.upgrade() else { return };
        // What came meanwhile is told together, and counted once.
        let waiting = std::iter::once(first).chain(changed.try_iter().take(WAITING_MAX)).collect::<Vec<_>>();
        if overflow.swap(false, Ordering::Relaxed) {
            app.live.publish(LiveEvent::Resync);
        } else {
            for (id, kind) in waiting {
                if let Err(error) = app.tell(id, kind) {
                    tracing::warn!(%error, "a live event could not be told");
                }
            }
        }
        let open = app.store.read(|r| r.conflict_counts()).ok().map(|(open, _)| open);
        if open != open_conflicts {
            if let (Some(open), true) = (open, open_conflicts.is_some() || open != Some(0)) {
                app.live.publish(LiveEvent::ConflictChanged { open });
            }
            open_conflicts = open;
        }
    }
}
