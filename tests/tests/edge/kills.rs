//! `kill -9` at any moment, of a node that is being written to and of the server it syncs with: what was acknowledged is
//! found again, and afterwards all agree.
//!
//! `make test` kills a few dozen times; `make kills KILLS=500` as often as it is told.

use std::{sync::Arc, time::Duration};

use posto_net::testing::LAN;
use posto_tests::processes::run;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::{
    clinic::{Branch, Clinic},
    console::Console,
    desk::{Desk, is_in_sync},
    ledger::Ledger,
};

/// Kills of a node when nothing else is said.
const NODE_KILLS: usize = 36;
/// Kills of the server for each of the node's.
const NODE_KILLS_PER_SERVER_KILL: usize = 4;
/// Kills in one world; then a new one, so that the thousandth kill takes as long as the first.
const KILLS_PER_WORLD: usize = 100;
/// Desks that write at one node.
const WRITERS: usize = 3;
/// Longest that a node or server works before it is killed.
const WORK_MS_MAX: u64 = 120;
/// Longest that a process which is killed while it starts has for that.
const START_MS_MAX: u64 = 120;
/// Writes of a desk whose node is about to be killed: more than it can make until then.
const WRITES_MAX: usize = 10_000;
/// Writes of a desk at a node that lives on, for each kill.
const WRITES_BESIDE: usize = 4;

fn kills() -> usize {
    std::env::var("POSTO_KILLS").map_or(NODE_KILLS, |kills| kills.parse().expect("POSTO_KILLS is a number"))
}

/// Decides when to kill. The machine decides what was under way just then.
fn generator() -> ChaCha8Rng {
    let seed = match std::env::var("POSTO_KILLS_SEED") {
        Ok(seed) => seed.parse().expect("POSTO_KILLS_SEED is a number"),
        Err(_) => u64::from_le_bytes(posto_tests::clock::random()),
    };
    println!("POSTO_KILLS_SEED={seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_killed_at_any_moment_still_has_what_it_acknowledged() {
    let mut random = generator();
    let mut left = kills();
    while left > 0 {
        let now = left.min(KILLS_PER_WORLD);
        let mut world = World::open().await;
        world.kill_a_node(now, &mut random).await;
        world.agrees().await;
        left -= now;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_while_its_nodes_sync_loses_nothing_and_all_agree() {
    let mut random = generator();
    let mut left = kills().div_ceil(NODE_KILLS_PER_SERVER_KILL);
    while left > 0 {
        let now = left.min(KILLS_PER_WORLD);
        let mut world = World::open().await;
        world.kill_the_server(now, &mut random).await;
        world.agrees().await;
        left -= now;
    }
}

/// A clinic with two nodes, and what they acknowledged.
struct World {
    clinic: Clinic,
    a: Branch,
    b: Branch,
    ledger: Arc<Ledger>,
}

impl World {
    async fn open() -> Self {
        let clinic = Clinic::open();
        let (a, b) = tokio::join!(clinic.branch("a", LAN), clinic.branch("b", LAN));
        Self { clinic, a, b, ledger: Arc::default() }
    }

    /// First without a server; then with one, while the other node works, too.
    async fn kill_a_node(&mut self, kills: usize, random: &mut ChaCha8Rng) {
        drop(self.clinic.running.take());
        let (at_a, at_b) = tokio::join!(self.a.serve(), self.b.serve());
        let (a, b) = tokio::join!(self.clinic.sign_in(&at_a), self.clinic.sign_in(&at_b));
        at_a.kill();
        for kill in 0..kills {
            if kill == kills / 3 {
                self.clinic.running = Some(self.clinic.server.serve().unwrap());
                b.sync_now().await;
            }
            if random.random_bool(0.25) {
                let starting = self.a.node.launch().unwrap();
                pause(random, START_MS_MAX).await;
                starting.kill();
                continue;
            }
            let running = self.a.serve().await;
            self.ledger.check_at_home(&a, "a").await;
            let mut writers = self.writers(&a, "a", WRITES_MAX, random);
            let colleagues = self.writers(&b, "b", WRITES_BESIDE, random);
            pause(random, WORK_MS_MAX).await;
            running.kill();
            while let Some(done) = writers.join_next().await {
                done.unwrap();
            }
            colleagues.join_all().await;
        }
    }

    /// Both nodes work on, and send whenever there is a server.
    async fn kill_the_server(&mut self, kills: usize, random: &mut ChaCha8Rng) {
        let (at_a, at_b) = tokio::join!(self.a.serve(), self.b.serve());
        let (a, b) = tokio::join!(self.clinic.sign_in(&at_a), self.clinic.sign_in(&at_b));
        let mut within_a_session = 0;
        for _ in 0..kills {
            let running = self.clinic.running.take().map_or_else(|| self.clinic.server.serve(), Ok).unwrap();
            let mut writers = self.writers(&a, "a", WRITES_BESIDE, random);
            let others = self.writers(&b, "b", WRITES_BESIDE, random);
            tokio::join!(a.sync_now(), b.sync_now());
            pause(random, 2 * WORK_MS_MAX).await;
            let state = a.sync_status().await["state"].clone();
            running.kill();
            within_a_session += usize::from(state == "syncing" || state == "in_sync");
            while let Some(done) = writers.join_next().await {
                done.unwrap();
            }
            others.join_all().await;
        }
        println!("{within_a_session} of {kills} kills within a session");
        assert!(within_a_session > 0, "the server never had a session to lose");
        tokio::join!(self.ledger.check_at_home(&a, "a"), self.ledger.check_at_home(&b, "b"));
        self.clinic.running = Some(self.clinic.server.serve().unwrap());
        for desk in [&a, &b] {
            desk.sync_now().await;
            let status = desk.sees(|status| is_in_sync(status) && status["waiting"] == 0).await;
            // A server that had forgotten what it acknowledged would have been found out by its fingerprint.
            let problems = status["recent_errors"].as_array().unwrap();
            let known = |problem: &Value| {
                ["connection_lost", "server_unreachable"].contains(&problem["code"].as_str().unwrap())
            };
            assert!(problems.iter().all(known), "{status}");
        }
    }

    /// Desks that write at a node until it stops answering, each its own records.
    fn writers(
        &self,
        desk: &Desk,
        node: &'static str,
        writes_max: usize,
        random: &mut ChaCha8Rng,
    ) -> JoinSet<()> {
        let mut writers = JoinSet::new();
        for n in 0..WRITERS {
            let (ledger, desk) = (self.ledger.clone(), desk.clone());
            let mut random = ChaCha8Rng::seed_from_u64(random.random());
            writers.spawn(async move { ledger.write(&desk, node, n, &mut random, writes_max).await });
        }
        writers
    }

    /// With everything running again, both nodes and one that was never there before hold everything; the databases are
    /// sound; and nothing that the server had acknowledged had to be found missing and be repaired.
    async fn agrees(mut self) {
        if self.clinic.running.is_none() {
            self.clinic.running = Some(self.clinic.server.serve().unwrap());
        }
        let mut desks = Vec::new();
        for branch in [&self.a, &self.b] {
            let running = branch.serve().await;
            let desk = self.clinic.sign_in(&running).await;
            desk.sync_now().await;
            desk.sees(|status| is_in_sync(status) && status["waiting"] == 0).await;
            desks.push((desk, running));
        }
        self.ledger.check_at_home(&desks[0].0, "a").await;
        self.ledger.check_at_home(&desks[1].0, "b").await;
        let fresh = self.clinic.branch("c", LAN).await;
        let at_fresh = fresh.serve().await;
        desks.push((self.clinic.sign_in(&at_fresh).await, at_fresh));
        for (desk, _) in &desks {
            self.ledger.arrives_at(desk).await;
        }
        println!("{} records, found at every node", self.ledger.len());
        assert!(self.ledger.len() > 0);
        let console = Console::sign_in(self.clinic.running.as_ref().unwrap()).await;
        for branch in [&self.a, &self.b, &fresh] {
            let shown = console.node(&branch.id()).await;
            assert_eq!((&shown["repairs"], &shown["refused"]), (&0.into(), &0.into()), "{shown}");
        }
        drop(desks);
        for branch in [&self.a, &self.b, &fresh] {
            run(&mut branch.node.command("doctor")).unwrap();
        }
    }
}

async fn pause(random: &mut ChaCha8Rng, ms_max: u64) {
    tokio::time::sleep(Duration::from_millis(random.random_range(0..=ms_max))).await;
}
