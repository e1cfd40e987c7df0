//! Everything goes wrong, then everything must agree.

use posto_sync::simulation::Faults;
use posto_sync::*;

use crate::scenario::{TestWorld, clinic, doc, settle, world, write, write_directory};

fn env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn seeds() {
    let seeds = match env("POSTO_SIM_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..env("POSTO_SIM_SEEDS").unwrap_or(120),
    };
    for seed in seeds {
        let outcome = std::panic::catch_unwind(|| run(seed));
        assert!(outcome.is_ok(), "replay with POSTO_SIM_SEED={seed}");
    }
}

fn run(seed: u64) {
    let mut world = world(seed, 3);
    if seed.is_multiple_of(4) {
        settle(&mut world, seed);
    }
    let mut backups: Vec<(usize, crate::node_model::NodeModel)> = Vec::new();
    let mut hub_backup = None;
    for _ in 0..world.dice.below(4) + 1 {
        world.faults = draw(&mut world);
        for _ in 0..world.dice.below(40) + 5 {
            act(&mut world, &mut backups, &mut hub_backup);
            let pause_ms = world.dice.below(400);
            world.run_for(pause_ms);
        }
    }
    world.faults = Faults { latency_ms: 20, ..Faults::default() };
    for node in 0..3 {
        world.set_offline(node, false);
    }
    // A connection that went deaf is noticed by its silence only.
    world.run_for(limits::PING_AFTER_MS + limits::SILENCE_MS_MAX);
    settle(&mut world, seed);
    assert_eq!(world.misjudged, 0, "seed {seed}: an odd frame was taken wrongly");
    assert!(world.queue_max < 2_000, "seed {seed}: {} entries waited at once", world.queue_max);
}

fn draw(world: &mut TestWorld) -> Faults {
    let dice = &mut world.dice;
    let mut maybe = |bound| if dice.happens(400) { dice.below(bound) } else { 0 };
    Faults {
        latency_ms: maybe(300),
        cut: maybe(20),
        one_way: maybe(6),
        crash: maybe(15),
        full: maybe(150),
        malformed: maybe(6),
        unknown: maybe(100),
        slow_ms: maybe(400),
        ..Faults::default()
    }
}

fn act(
    world: &mut TestWorld,
    backups: &mut Vec<(usize, crate::node_model::NodeModel)>,
    hub_backup: &mut Option<crate::hub_model::HubModel>,
) {
    let node = world.dice.below(3) as usize;
    match world.dice.below(100) {
        0..=59 => write(world, node, 12),
        60..=64 => (0..30).for_each(|_| write(world, node, 40)),
        65..=69 => write_directory(world),
        70..=74 => world.crash_node(node),
        75..=77 => world.crash_hub(),
        78..=83 => {
            let offline = world.nodes[node].offline;
            world.set_offline(node, !offline);
        }
        84..=86 => {
            let target = doc(world.dice.below(12));
            let epoch = world.dice.below(250) as u8;
            world.hub.scopes.get_mut(&clinic()).unwrap().erase(target, epoch);
            world.nudge_hub(&clinic());
        }
        87..=89 => backups.push((node, world.nodes[node].store.clone())),
        90..=91 => restore_node(world, backups),
        92..=93 => *hub_backup = Some(world.hub.clone()),
        94..=95 => restore_hub(world, hub_backup),
        96..=97 => world.nodes[node].store.bad_batches = 1,
        98 => world.hub.bad_batches = 1,
        _ => {
            let year_ms = 365 * 86_400_000;
            world.nodes[node].clock_offset_ms = world.dice.below(2 * year_ms) as i64 - year_ms as i64;
        }
    }
}

fn restore_node(world: &mut TestWorld, backups: &mut Vec<(usize, crate::node_model::NodeModel)>) {
    if let Some((node, backup)) = backups.pop() {
        world.nodes[node].store = backup;
        let by = world.dice.roll();
        world.nodes[node].store.renew(by % 1_000_000);
        world.crash_node(node);
    }
}

/// The ledger lives outside backups and is applied again after a restore.
fn restore_hub(world: &mut TestWorld, backup: &mut Option<crate::hub_model::HubModel>) {
    let Some(mut restored) = backup.take() else { return };
    let renew = world.dice.happens(700);
    for (name, scope) in &mut restored.scopes {
        let known = world.hub.scopes[name].ledger[scope.ledger.len()..].to_vec();
        for entry in known {
            let epoch = world.dice.roll() as u8;
            scope.erase(entry.doc, epoch);
        }
        if renew {
            scope.epoch = Epoch(u128::from(world.dice.roll()).to_be_bytes());
        }
    }
    world.hub = restored;
    world.crash_hub();
}
