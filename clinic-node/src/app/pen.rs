//! What every write needs from this process: fresh ids, the hybrid clock, the actor of this run.

use std::sync::Arc;

use parking_lot::Mutex;
use posto_documents::{Document, WriteContext};
use posto_domain::hlc::{Hlc, HlcClock};
use posto_domain::id::{IdGenerator, UlidNewtype};
use posto_domain::{NodeId, UserId};
use posto_store::Clock;
use posto_sync::{ActorPrefix, NodeKey};

use crate::ports::Ports;

/// Draws ids and clock readings. One per process, renewed at each start, so that a restored backup never
/// repeats what it wrote before.
pub struct Pen {
    actor: [u8; 16],
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    ids: IdGenerator,
    hlc: HlcClock,
}

impl Pen {
    /// # Errors
    /// When the machine gives no randomness.
    pub fn new(node: NodeId, ports: &Ports) -> Result<Self, posto_store::Error> {
        let (mut random, mut ids) = ([0; 8], [0; 8]);
        ports.entropy.fill(&mut random)?;
        ports.entropy.fill(&mut ids)?;
        let mut actor = [0; 16];
        actor[..8].copy_from_slice(&ActorPrefix::of_node(NodeKey(node.to_bytes())).0);
        actor[8..].copy_from_slice(&random);
        let state = State { ids: IdGenerator::new(ids), hlc: HlcClock::default() };
        Ok(Self { actor, clock: ports.clock.clone(), state: Mutex::new(state) })
    }

    /// Wall time, Unix milliseconds.
    pub fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// A fresh id.
    pub fn id<I: UlidNewtype>(&self) -> I {
        let now_ms = self.now_ms();
        self.state.lock().ids.draw(now_ms)
    }

    /// A reading of the hybrid clock for something that happens now.
    pub fn reading(&self) -> Hlc {
        let now_ms = self.now_ms() as i64;
        self.state.lock().hlc.tick(now_ms)
    }

    /// The context of a write that rests on nothing yet.
    pub fn context(&self, author: UserId) -> WriteContext {
        let time_ms = self.now_ms() as i64;
        WriteContext { actor: self.actor, author, time_ms, hlc: self.state.lock().hlc.tick(time_ms) }
    }

    /// The context of a write to `document`: its clock reading is later than everything it can have seen there.
    pub fn context_on(&self, author: UserId, document: &Document) -> WriteContext {
        let now_ms = self.now_ms() as i64;
        let newest =
            document.heads().iter().filter_map(|head| document.change_info(head)).map(|info| info.hlc).max();
        if let Some(newest) = newest {
            self.state.lock().hlc.observe(newest, now_ms);
        }
        self.context(author)
    }
}

impl std::fmt::Debug for Pen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pen")
    }
}
