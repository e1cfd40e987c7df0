//! Everything goes wrong, then every replica must hold the same.

use std::path::PathBuf;

use posto_sync::limits::BLOB_CHUNK_BYTES;
use posto_sync::simulation::Faults;

use crate::clinic::Clinic;

const NODES: u8 = 3;
/// So many failed seeds are enough to go on with.
const FAILURES_MAX: usize = 20;

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
    let from = env("POSTO_SIM_FROM").unwrap_or(0);
    let seeds = from..from + env("POSTO_SIM_SEEDS").unwrap_or(300);
    let failed = |seed: &u64| std::panic::catch_unwind(|| run(*seed)).is_err();
    let failed: Vec<u64> =
        seeds.filter(|seed| seed % parts == part).filter(failed).take(FAILURES_MAX).collect();
    assert!(failed.is_empty(), "replay with POSTO_SIM_SEED={failed:?}");
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
    clinic.draw_cast();
    if seed.is_multiple_of(4) && !(0..clinic.world.nodes.len()).any(|node| clinic.is_too_old(node)) {
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
            if clinic.world.dice.happens(300) {
                clinic.project();
            }
        }
    }
    clinic.heal();
    clinic.settle();
    clinic.judge_revoked();
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
        // Frames of a hostile node only, if there is one.
        mangled: maybe(60),
        malformed: maybe(6),
        unknown: maybe(60),
        slow_ms: maybe(400),
    }
}

fn act(clinic: &mut Clinic, backups: &mut Vec<(usize, PathBuf)>, server_backup: &mut Option<PathBuf>) {
    let node = clinic.world.dice.below(clinic.world.nodes.len() as u64) as usize;
    let act = clinic.world.dice.below(100);
    if env("POSTO_SIM_SEED").is_some() {
        eprintln!("{:>7} ms: act {act} on node {node}, {:?}", clinic.world.now_ms, clinic.world.faults);
    }
    match act {
        0..=21 => clinic.register(node),
        22..=61 => clinic.edit(node),
        62..=64 => attach(clinic, node),
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
            if let Some((node, backup)) = backups.pop().filter(|(node, _)| !clinic.is_revoked(*node)) {
                clinic.restore_node(node, &backup);
            }
        }
        92 => *server_backup = Some(clinic.world.hub.backup()),
        93..=94 => {
            if let Some(backup) = server_backup.take() {
                let renew = clinic.world.dice.happens(700);
                if env("POSTO_SIM_SEED").is_some() {
                    eprintln!("the server was put back, its scopes have new epochs: {renew}");
                }
                clinic.restore_server(&backup, renew);
            }
        }
        95 if clinic.world.dice.happens(400) => clinic.copy_disk(node),
        96 if clinic.world.dice.happens(400) => clinic.revoke(node),
        _ => {
            let year_ms = 365 * 86_400_000;
            clinic.world.nodes[node].clock_offset_ms =
                clinic.world.dice.below(2 * year_ms) as i64 - year_ms as i64;
        }
    }
}

/// Most files are small; some have more than one chunk.
fn attach(clinic: &mut Clinic, node: usize) {
    let dice = &mut clinic.world.dice;
    let size =
        if dice.happens(40) { BLOB_CHUNK_BYTES as u64 + dice.below(2_000) } else { dice.below(20_000) };
    clinic.attach(node, size as usize);
}
