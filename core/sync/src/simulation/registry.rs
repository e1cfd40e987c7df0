//! Which node has which live session: the rule of [`crate::hub::HubRequest::Admit`], for a world without a transport that could
//! be asked for a sign of life. A session in the way is probed by its engine ([`crate::hub::HubNudge::Probe`]): the newcomer of
//! another process is told to come back, and is a clone when the probe was answered.

use std::collections::BTreeMap;

use crate::types::{BootId, NodeKey, SessionEnd};

/// A session in the registry.
#[derive(Debug, Clone, Copy)]
struct Live {
    session: u64,
    boot: BootId,
    connection: u64,
    /// The process whose hello caused the last probe, and whether it was answered.
    probed_for: Option<(BootId, bool)>,
}

/// What the registry wants done besides its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Stop(u64, SessionEnd),
    Probe(u64),
}

/// The live sessions of a server.
#[derive(Debug, Default)]
pub struct LiveSessions {
    live: BTreeMap<NodeKey, Live>,
}

impl LiveSessions {
    /// Decides, and says what to do to the session in the way.
    pub(super) fn claim(
        &mut self,
        session: u64,
        node: NodeKey,
        boot: BootId,
        connection: u64,
    ) -> (Result<(), SessionEnd>, Option<Order>) {
        let newcomer = Live { session, boot, connection, probed_for: None };
        let Some(live) = self.live.get_mut(&node) else {
            self.live.insert(node, newcomer);
            return (Ok(()), None);
        };
        if live.boot == boot {
            if live.connection >= connection {
                return (Err(SessionEnd::Superseded), None);
            }
            let order = Order::Stop(live.session, SessionEnd::Superseded);
            *live = newcomer;
            return (Ok(()), Some(order));
        }
        match live.probed_for {
            Some((probed, true)) if probed == boot => (Err(SessionEnd::Cloned), None),
            Some((probed, false)) if probed == boot => (Err(SessionEnd::Busy), None),
            _ => {
                live.probed_for = Some((boot, false));
                (Err(SessionEnd::Busy), Some(Order::Probe(live.session)))
            }
        }
    }

    pub(super) fn probe_answered(&mut self, session: u64) {
        for live in self.live.values_mut().filter(|live| live.session == session) {
            live.probed_for = live.probed_for.map(|(boot, _)| (boot, true));
        }
    }

    pub(super) fn end(&mut self, session: u64) {
        self.live.retain(|_, live| live.session != session);
    }

    pub(super) fn clear(&mut self) {
        self.live.clear();
    }
}
