//! How the sync stands, in facts: fed by the engine's events, read by the desks.

use std::collections::{BTreeMap, VecDeque};

use parking_lot::Mutex;
use posto_api::sync::{StepState, SyncProblem, SyncProgress, SyncState, SyncStep};
use posto_net::driver::Handle;
use posto_sync::StoreFailure;
use posto_sync::node::{NodeEvent, NodeNudge};
use posto_sync::session::Statistics;

use crate::app::time::instant;

/// Problems that are remembered.
const PROBLEMS_MAX: usize = 20;

const STEPS: [&str; 5] = ["connect", "compare", "receive", "send", "verify"];

/// What the node knows about its sync right now.
#[derive(Debug)]
pub struct SyncBoard(Mutex<Board>);

#[derive(Debug)]
struct Board {
    state: SyncState,
    since_ms: u64,
    last_synced_ms: Option<u64>,
    clock_offset_ms: Option<i64>,
    progress: BTreeMap<String, (u64, u64)>,
    problems: VecDeque<(u64, &'static str)>,
    steps: [StepState; STEPS.len()],
    in_sync: BTreeMap<String, bool>,
    session: Option<Handle<NodeNudge>>,
    incidents: u64,
}

/// A copy of the board for one answer.
#[derive(Debug, Clone)]
pub(crate) struct BoardView {
    pub(crate) state: SyncState,
    pub(crate) since_ms: u64,
    pub(crate) last_synced_ms: Option<u64>,
    pub(crate) clock_offset_ms: Option<i64>,
    pub(crate) progress: Option<SyncProgress>,
    pub(crate) problems: Vec<SyncProblem>,
    pub(crate) steps: Vec<SyncStep>,
    pub(crate) in_sync: BTreeMap<String, bool>,
    pub(crate) incidents: u64,
}

impl SyncBoard {
    pub(crate) fn new(state: SyncState, now_ms: u64, last_synced_ms: Option<u64>) -> Self {
        Self(Mutex::new(Board {
            state,
            since_ms: now_ms,
            last_synced_ms,
            clock_offset_ms: None,
            progress: BTreeMap::new(),
            problems: VecDeque::new(),
            steps: [StepState::Waiting; STEPS.len()],
            in_sync: BTreeMap::new(),
            session: None,
            incidents: 0,
        }))
    }

    pub(crate) fn view(&self) -> BoardView {
        let board = self.0.lock();
        let (done, total) =
            board.progress.values().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        BoardView {
            state: board.state,
            since_ms: board.since_ms,
            last_synced_ms: board.last_synced_ms,
            clock_offset_ms: board.clock_offset_ms,
            progress: (total > 0 && done < total).then_some(SyncProgress { done, total }),
            problems: board
                .problems
                .iter()
                .map(|(at_ms, code)| SyncProblem { at: instant(*at_ms), code: (*code).to_owned() })
                .collect(),
            steps: STEPS
                .iter()
                .zip(board.steps)
                .map(|(step, state)| SyncStep { step: (*step).to_owned(), state })
                .collect(),
            in_sync: board.in_sync.clone(),
            incidents: board.incidents,
        }
    }

    /// When both sides last were seen to hold the same.
    pub(crate) fn last_synced_ms(&self) -> Option<u64> {
        self.0.lock().last_synced_ms
    }

    pub(crate) fn synced(&self, now_ms: u64) {
        self.0.lock().last_synced_ms = Some(now_ms);
    }

    pub(crate) fn connecting(&self, now_ms: u64) {
        let mut board = self.0.lock();
        if !matches!(board.state, SyncState::Offline | SyncState::Refused) {
            board.enter(SyncState::Connecting, now_ms);
        }
        board.steps = [StepState::Waiting; STEPS.len()];
        board.steps[0] = StepState::Running;
    }

    pub(crate) fn connected(&self, session: Handle<NodeNudge>) {
        let mut board = self.0.lock();
        board.steps[0] = StepState::Done;
        board.steps[1] = StepState::Running;
        board.session = Some(session);
    }

    pub(crate) fn disconnected(&self, state: SyncState, problem: Option<&'static str>, now_ms: u64) {
        let mut board = self.0.lock();
        board.session = None;
        board.progress.clear();
        for step in &mut board.steps {
            if *step == StepState::Running {
                *step = StepState::Failed;
            }
        }
        board.enter(state, now_ms);
        if let Some(problem) = problem {
            board.note(problem, now_ms);
        }
    }

    /// Tells the running session, if there is one, that something changed.
    pub(crate) fn nudge(&self, nudge: NodeNudge) -> bool {
        let session = self.0.lock().session.clone();
        session.map(|session| session.nudge(nudge)).is_some()
    }

    pub(crate) fn take(&self, event: &NodeEvent, now_ms: u64) {
        let mut board = self.0.lock();
        match event {
            NodeEvent::Admitted { clock_offset_ms, .. } => {
                // The event has the server's clock minus ours; people ask how far their own clock is off.
                board.clock_offset_ms = Some(-clock_offset_ms);
                board.steps[1] = StepState::Done;
                board.enter(SyncState::Syncing, now_ms);
            }
            NodeEvent::Received { .. } => board.steps[2] = StepState::Running,
            NodeEvent::Acknowledged { pending, .. } => {
                board.steps[3] = if *pending == 0 { StepState::Done } else { StepState::Running };
            }
            NodeEvent::Refused { .. } => board.note("change_refused", now_ms),
            NodeEvent::Bootstrap { scope, done, total } => {
                board.progress.insert(scope.to_string(), (*done, *total));
                board.steps[2] = StepState::Running;
            }
            NodeEvent::Mismatch { .. } => {
                board.incidents += 1;
                board.steps[4] = StepState::Running;
                board.note("fingerprint_mismatch", now_ms);
            }
            NodeEvent::InSync { scope } => {
                board.progress.remove(scope.as_str());
                board.last_synced_ms = Some(now_ms);
            }
            NodeEvent::StorageTrouble { failure } => board.note(
                match failure {
                    StoreFailure::Full => "disk_full",
                    StoreFailure::Busy | StoreFailure::Broken => "storage_failed",
                },
                now_ms,
            ),
            NodeEvent::ScopeWithdrawn { .. } => board.note("scope_withdrawn", now_ms),
            NodeEvent::Repaired { .. } | NodeEvent::Blob { .. } | NodeEvent::Ended { .. } => {}
        }
    }

    pub(crate) fn take_statistics(&self, statistics: &Statistics, caught_up: bool, now_ms: u64) {
        let mut board = self.0.lock();
        let same = board.in_sync.len() == statistics.in_sync.len()
            && statistics.in_sync.iter().all(|(scope, ok)| board.in_sync.get(scope.as_str()) == Some(ok));
        if !same {
            board.in_sync = statistics.in_sync.iter().map(|(scope, ok)| (scope.to_string(), *ok)).collect();
        }
        match (board.state, caught_up) {
            (SyncState::Syncing, true) => {
                board.steps = [StepState::Done; STEPS.len()];
                board.last_synced_ms = Some(now_ms);
                board.enter(SyncState::InSync, now_ms);
            }
            (SyncState::InSync, false) => board.enter(SyncState::Syncing, now_ms),
            _ => {}
        }
    }
}

impl Board {
    fn enter(&mut self, state: SyncState, now_ms: u64) {
        if self.state != state {
            self.state = state;
            self.since_ms = now_ms;
        }
    }

    fn note(&mut self, problem: &'static str, now_ms: u64) {
        // A server that is away for a weekend is one problem, not a thousand.
        if let Some(newest) = self.problems.front_mut().filter(|newest| newest.1 == problem) {
            newest.0 = now_ms;
            return;
        }
        self.problems.push_front((now_ms, problem));
        self.problems.truncate(PROBLEMS_MAX);
    }
}
