//! A clinic in the simulated world: its server, its nodes, and what people do there.

use std::path::Path;

use posto_domain::{NodeId, Scope};
use posto_sync::node::NodeNudge;
use posto_sync::simulation::{NodeSlot, World};
use posto_sync::{BlobHash, NodeKey, ScopeName};

use crate::cast::Revoked;
use crate::node::SimNode;
use crate::server::SimServer;

pub(crate) struct Clinic {
    pub(crate) world: World<SimNode, SimServer>,
    pub(crate) seed: u64,
    pub(crate) scope: Scope,
    pub(crate) name: ScopeName,
    /// The clinic's scope that each node writes into.
    pub(crate) homes: Vec<Scope>,
    /// The server was put back: nodes may show directory entries that it lost. They no longer count.
    pub(crate) directory_lost: bool,
    /// A node that was put back, turned hostile or was shut out may have been the only one with some file.
    pub(crate) files_lost: bool,
    /// Every file that anybody took in, and who.
    pub(crate) files: Vec<(usize, BlobHash)>,
    pub(crate) revoked: Option<Revoked>,
    /// Original and copy, while both run.
    pub(crate) copied: Option<(usize, usize)>,
    pub(crate) folder: tempfile::TempDir,
}

impl Clinic {
    pub(crate) fn new(seed: u64, nodes: u8) -> Self {
        // Files in memory where there is such a place: a simulated disk need not be a slow one.
        let place = Path::new("/dev/shm");
        let place = if place.is_dir() { place.to_owned() } else { std::env::temp_dir() };
        let folder = tempfile::tempdir_in(place).unwrap();
        let server = SimServer::new(folder.path());
        let scope = server.storage().clinic_scope();
        let name = ScopeName::new(&scope.to_string()).unwrap();
        let mut clinic = Self {
            world: World::new(seed, server),
            seed,
            scope,
            name,
            homes: Vec::new(),
            directory_lost: false,
            files_lost: false,
            files: Vec::new(),
            revoked: None,
            copied: None,
            folder,
        };
        for number in 0..nodes {
            clinic.enrol(number);
        }
        clinic
    }

    pub(crate) fn enrol(&mut self, number: u8) -> usize {
        let id = id_of(number);
        let prefix = self.world.hub.enrol(id);
        self.homes.push(self.scope);
        let node = SimNode::new(self.folder.path(), id, prefix, self.seed);
        self.world.add(NodeSlot::new(node, NodeKey(id.to_bytes()), prefix))
    }

    /// A node of another clinic on the same server.
    pub(crate) fn enrol_elsewhere(&mut self, number: u8) -> usize {
        let id = id_of(number);
        let (prefix, home) = self.world.hub.enrol_elsewhere(id);
        self.homes.push(home);
        let node = SimNode::new(self.folder.path(), id, prefix, self.seed);
        self.world.add(NodeSlot::new(node, NodeKey(id.to_bytes()), prefix))
    }

    fn home_name(&self, node: usize) -> ScopeName {
        ScopeName::new(&self.homes[node].to_string()).unwrap()
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
        self.world.nodes[node].store.register(self.homes[node], &name);
        self.world.nudge(node, NodeNudge::Committed(self.home_name(node)));
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
        self.world.nudge(node, NodeNudge::Committed(self.home_name(node)));
    }

    /// Somebody puts a file into a record.
    pub(crate) fn attach(&mut self, node: usize, size: usize) -> BlobHash {
        self.tick(node);
        let file = self.world.nodes[node].store.attach(self.homes[node], size);
        self.files.push((node, file));
        self.world.nudge(node, NodeNudge::Committed(self.home_name(node)));
        self.world.nudge(node, NodeNudge::Blobs);
        file
    }

    /// Read models follow; sessions hear of files that came up in them, as in a node's process.
    pub(crate) fn project(&mut self) {
        for node in 0..self.world.nodes.len() {
            self.world.nodes[node].store.store().project().unwrap();
            if self.world.nodes[node].store.was_attached() {
                self.world.nudge(node, NodeNudge::Blobs);
            }
        }
    }

    /// Erases a patient that a node knows.
    pub(crate) fn erase(&mut self, node: usize) {
        let known = self.world.nodes[node].store.patients();
        let Some(id) = known.get(self.world.dice.below(known.len() as u64) as usize) else { return };
        if self.homes[node] == self.scope {
            self.world.hub.erase(*id);
            self.world.nudge_hub(&self.name.clone());
        }
    }

    /// The server's operator adds a location: a change of the directory.
    pub(crate) fn write_directory(&mut self) {
        let name = format!("Sala {}", self.world.dice.below(1_000));
        self.world.hub.storage().add_location(&name).unwrap();
        self.nudge_all();
    }

    /// The server's sessions hear that its directory grew.
    pub(crate) fn nudge_all(&mut self) {
        for scope in self.world.hub.storage().scopes().unwrap() {
            self.world.nudge_hub(&ScopeName::new(&scope.to_string()).unwrap());
        }
    }

    pub(crate) fn restore_server(&mut self, backup: &Path, renew: bool) {
        self.directory_lost = true;
        self.world.hub.restore(backup, renew);
        self.world.crash_hub();
    }

    pub(crate) fn restore_node(&mut self, node: usize, backup: &Path) {
        self.files_lost = true;
        self.world.nodes[node].store.restore(backup);
        self.world.crash_node(node);
    }
}

fn id_of(number: u8) -> NodeId {
    let mut bytes = [0; 16];
    bytes[0] = number + 1;
    bytes[15] = number;
    NodeId::from_bytes(bytes)
}
