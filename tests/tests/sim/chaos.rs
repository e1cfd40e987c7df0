//! Everything goes wrong, then every replica must hold the same.

use std::path::PathBuf;

use posto_sync::limits::{PING_AFTER_MS, SILENCE_MS_MAX};
use posto_sync::simulation::Faults;

use crate::clinic::Clinic;

const NODES: u8 = 3;

fn env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// One part of the seeds; nextest runs the parts beside each other.
fn part(part: u64, parts: u64) {
    if let Some(seed) = env("POSTO_SIM_SEED") {
        if part == 0 {
            run(seed);
        }
        return;
    }
    let seeds = env("POSTO_SIM_SEEDS").unwrap_or(300);
    for seed in (0..seeds).filter(|seed| seed % parts == part) {
        let outcome = std::panic::catch_unwind(|| run(seed));
        assert!(outcome.is_ok(), "replay with POSTO_SIM_SEED={seed}");
    }
}

#[test]
fn seeds_first_part() {
    part(0, 2);
}

#[test]
fn seeds_second_part() {
    part(1, 2);
}

fn run(seed: u64) {
    let mut clinic = Clinic::new(seed, NODES);
    if seed.is_multiple_of(4) {
        clinic.settle();
    }
    let mut backups: Vec<(usize, PathBuf)> = Vec::new();
    let mut server_backup = None;
    for _ in 0..clinic.world.dice.below(3) + 1 {
        clinic.world.faults = draw(&mut clinic);
        for _ in 0..clinic.world.dice.below(25) + 5 {
            act(&mut clinic, &mut backups, &mut server_backup);
            let pause_ms = clinic.world.dice.below(400);
            clinic.world.run_for(pause_ms);
        }
    }
    clinic.world.faults = Faults { latency_ms: 20, ..Faults::default() };
    for node in 0..usize::from(NODES) {
        clinic.world.set_offline(node, false);
    }
    // A connection that went deaf is noticed by its silence only.
    clinic.world.run_for(PING_AFTER_MS + SILENCE_MS_MAX);
    clinic.settle();
}

fn draw(clinic: &mut Clinic) -> Faults {
    let dice = &mut clinic.world.dice;
    let mut maybe = |bound| if dice.happens(400) { dice.below(bound) } else { 0 };
    Faults {
        latency_ms: maybe(300),
        cut: maybe(20),
        one_way: maybe(6),
        crash: maybe(15),
        full: maybe(150),
        mangled: 0,
    }
}

fn act(clinic: &mut Clinic, backups: &mut Vec<(usize, PathBuf)>, server_backup: &mut Option<PathBuf>) {
    let node = clinic.world.dice.below(u64::from(NODES)) as usize;
    let act = clinic.world.dice.below(100);
    if env("POSTO_SIM_SEED").is_some() {
        eprintln!("{:>7} ms: act {act} on node {node}, {:?}", clinic.world.now_ms, clinic.world.faults);
    }
    match act {
        0..=24 => clinic.register(node),
        25..=64 => clinic.edit(node),
        65..=68 => clinic.write_directory(),
        69..=73 => clinic.world.crash_node(node),
        74..=76 => clinic.world.crash_hub(),
        77..=82 => {
            let offline = clinic.world.nodes[node].offline;
            clinic.world.set_offline(node, !offline);
        }
        83..=85 => clinic.erase(node),
        86..=88 => {
            let backup = clinic.world.nodes[node].store.backup();
            backups.push((node, backup));
        }
        89..=91 => {
            if let Some((node, backup)) = backups.pop() {
                clinic.restore_node(node, &backup);
            }
        }
        92..=93 => *server_backup = Some(clinic.world.hub.backup()),
        94..=95 => {
            if let Some(backup) = server_backup.take() {
                let renew = clinic.world.dice.happens(700);
                clinic.restore_server(&backup, renew);
            }
        }
        _ => {
            let year_ms = 365 * 86_400_000;
            clinic.world.nodes[node].clock_offset_ms =
                clinic.world.dice.below(2 * year_ms) as i64 - year_ms as i64;
        }
    }
}
