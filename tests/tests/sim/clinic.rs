//! A clinic in the simulated world: its server, its nodes, and what people do there.

use posto_domain::{NodeId, Scope};
use posto_sync::node::NodeNudge;
use posto_sync::simulation::{NodeSlot, World};
use posto_sync::{NodeKey, ScopeName};

use crate::node::SimNode;
use crate::server::SimServer;

pub(crate) struct Clinic {
    pub(crate) world: World<SimNode, SimServer>,
    pub(crate) seed: u64,
    pub(crate) scope: Scope,
    pub(crate) name: ScopeName,
    /// The server was put back: nodes may show directory entries that it lost. They no longer count.
    pub(crate) directory_lost: bool,
    folder: tempfile::TempDir,
}

impl Clinic {
    pub(crate) fn new(seed: u64, nodes: u8) -> Self {
        // Files in memory where there is such a place: a simulated disk need not be a slow one.
        let place = std::path::Path::new("/dev/shm");
        let place = if place.is_dir() { place.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::tempdir_in(place).unwrap();
        let server = SimServer::new(folder.path());
        let scope = server.storage().clinic_scope();
        let name = ScopeName::new(&scope.to_string()).unwrap();
        let mut clinic =
            Self { world: World::new(seed, server), seed, scope, name, directory_lost: false, folder };
        for number in 0..nodes {
            clinic.enrol(number);
        }
        clinic
    }

    pub(crate) fn enrol(&mut self, number: u8) -> usize {
        let mut bytes = [0; 16];
        bytes[0] = number + 1;
        bytes[15] = number;
        let id = NodeId::from_bytes(bytes);
        let prefix = self.world.hub.enrol(id);
        let node = SimNode::new(self.folder.path(), id, prefix, self.seed);
        self.world.add(NodeSlot::new(node, NodeKey(bytes), prefix))
    }

    /// The node's clock shows the world's time, as far off as it is.
    fn tick(&self, node: usize) {
        let slot = &self.world.nodes[node];
        let now_ms = (self.world.epoch_ms + self.world.now_ms).saturating_add_signed(slot.clock_offset_ms);
        slot.store.set_clock(now_ms);
    }

    pub(crate) fn register(&mut self, node: usize) {
        self.tick(node);
        let name = format!("Paciente {}", self.world.dice.below(10_000));
        self.world.nodes[node].store.register(self.scope, &name);
        self.world.nudge(node, NodeNudge::Committed(self.name.clone()));
    }

    /// Edits a patient the node knows; registers one when it knows none.
    pub(crate) fn edit(&mut self, node: usize) {
        self.tick(node);
        let known = self.world.nodes[node].store.patients();
        let Some(id) = known.get(self.world.dice.below(known.len() as u64) as usize).copied() else {
            self.register(node);
            return;
        };
        self.world.nodes[node].store.edit(id);
        self.world.nudge(node, NodeNudge::Committed(self.name.clone()));
    }

    /// Erases a patient that a node knows.
    pub(crate) fn erase(&mut self, node: usize) {
        let known = self.world.nodes[node].store.patients();
        if let Some(id) = known.get(self.world.dice.below(known.len() as u64) as usize) {
            self.world.hub.erase(*id);
            self.world.nudge_hub(&self.name.clone());
        }
    }

    /// The server's operator adds a location: a change of the directory.
    pub(crate) fn write_directory(&mut self) {
        let name = format!("Sala {}", self.world.dice.below(1_000));
        self.world.hub.storage().add_location(&name).unwrap();
        for scope in self.world.hub.storage().scopes().unwrap() {
            self.world.nudge_hub(&ScopeName::new(&scope.to_string()).unwrap());
        }
    }

    pub(crate) fn restore_server(&mut self, backup: &std::path::Path, renew: bool) {
        self.directory_lost = true;
        self.world.hub.restore(backup, renew);
        self.world.crash_hub();
    }

    pub(crate) fn restore_node(&mut self, node: usize, backup: &std::path::Path) {
        self.world.nodes[node].store.restore(backup);
        self.world.crash_node(node);
    }
}
