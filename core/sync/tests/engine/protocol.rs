//! One thing at a time: what the protocol promises when nothing, or one thing, goes wrong.

use posto_sync::node::NodeNudge;
use posto_sync::*;

use crate::node_model::Status;
use crate::scenario::{clinic, directory, doc, settle, world, write, write_directory};

#[test]
fn what_one_node_writes_reaches_the_others() {
    let mut world = world(1, 3);
    settle(&mut world, 1);
    for _ in 0..50 {
        write(&mut world, 0, 10);
    }
    settle(&mut world, 1);
    assert_eq!(world.hub.scopes[&clinic()].log.len(), 50);
    assert_eq!(world.incidents, 0);
}

#[test]
fn in_sync_takes_one_round_trip_and_less_than_a_kibibyte_at_any_size() {
    let mut world = world(2, 1);
    for _ in 0..400 {
        write(&mut world, 0, 60);
    }
    write_directory(&mut world);
    settle(&mut world, 2);
    world.set_offline(0, true);
    world.run_for(1_000);
    world.set_offline(0, false);
    settle(&mut world, 2);
    let statistics = world.statistics(0).unwrap();
    assert_eq!(statistics.round_trips, 1);
    let bytes = statistics.bytes_sent + statistics.bytes_received;
    assert!(bytes < 1_024, "{bytes} bytes");
    assert_eq!(statistics.changes_sent + statistics.changes_received, 0);
}

#[test]
fn a_nodes_own_changes_are_not_sent_back() {
    let mut world = world(3, 1);
    settle(&mut world, 3);
    for _ in 0..30 {
        write(&mut world, 0, 5);
    }
    settle(&mut world, 3);
    assert_eq!(world.statistics(0).unwrap().changes_received, 0);
    assert_eq!(world.statistics(0).unwrap().changes_sent, 30);
}

#[test]
fn the_directory_is_read_only() {
    let mut world = world(4, 2);
    write_directory(&mut world);
    write_directory(&mut world);
    settle(&mut world, 4);
    world.nodes[0].store.write(&directory(), doc(1), b"x");
    world.nudge(0, NodeNudge::Committed(directory()));
    world.run_for(5_000);
    assert_eq!(world.hub.scopes[&directory()].log.len(), 2);
}

#[test]
fn what_a_restored_server_lost_of_its_directory_does_not_count_any_more() {
    let mut world = world(19, 2);
    write_directory(&mut world);
    settle(&mut world, 19);
    let backup = world.hub.clone();
    write_directory(&mut world);
    settle(&mut world, 19);
    world.hub = backup;
    write_directory(&mut world);
    world.crash_hub();
    settle(&mut world, 19);
    assert_eq!(world.nodes[0].store.scopes[&directory()].hashes().len(), 2);
}

#[test]
fn a_batch_that_does_not_rebuild_comes_again_verbatim() {
    let mut world = world(5, 2);
    settle(&mut world, 5);
    world.hub.bad_batches = 1;
    world.nodes[1].store.bad_batches = 1;
    for _ in 0..40 {
        write(&mut world, 0, 7);
    }
    settle(&mut world, 5);
    assert_eq!(world.incidents, 0);
}

#[test]
fn the_first_batch_of_a_first_download_may_fail_too() {
    let mut world = world(6, 2);
    world.set_offline(1, true);
    for _ in 0..60 {
        write(&mut world, 0, 20);
    }
    settle(&mut world, 6);
    world.nodes[1].store.bad_batches = 1;
    world.set_offline(1, false);
    settle(&mut world, 6);
}

#[test]
fn a_first_download_that_is_cut_goes_on_where_it_stopped() {
    let mut world = world(7, 2);
    world.set_offline(1, true);
    for _ in 0..400 {
        write(&mut world, 0, 200);
    }
    settle(&mut world, 7);
    world.set_offline(1, false);
    world.faults.latency_ms = 40;
    let mut received = 0;
    while world.nodes[1].store.scopes[&clinic()].bootstrap.is_none_or(|position| position.before.0 > 200) {
        world.run_for(5);
    }
    received += world.statistics(1).unwrap().changes_received;
    world.crash_node(1);
    settle(&mut world, 7);
    received += world.statistics(1).unwrap().changes_received;
    assert!(received < 450, "{received} changes came for 400");
}

#[test]
fn a_server_restored_from_an_old_backup_gets_the_lost_changes_back() {
    for renewed in [false, true] {
        let mut world = world(8, 2);
        settle(&mut world, 8);
        for _ in 0..20 {
            write(&mut world, 0, 5);
        }
        settle(&mut world, 8);
        let backup = world.hub.clone();
        for _ in 0..30 {
            write(&mut world, 0, 5);
            write(&mut world, 1, 5);
        }
        settle(&mut world, 8);
        let all = world.hub.scopes[&clinic()].hashes();
        world.hub = backup;
        if renewed {
            world.hub.scopes.get_mut(&clinic()).unwrap().epoch = Epoch([77; 16]);
        }
        world.crash_hub();
        settle(&mut world, 8);
        assert_eq!(world.hub.scopes[&clinic()].hashes(), all);
    }
}

#[test]
fn a_node_restored_from_a_backup_gets_its_own_changes_back() {
    let mut world = world(9, 2);
    settle(&mut world, 9);
    for _ in 0..20 {
        write(&mut world, 0, 5);
    }
    settle(&mut world, 9);
    let backup = world.nodes[0].store.clone();
    for _ in 0..20 {
        write(&mut world, 0, 5);
    }
    settle(&mut world, 9);
    world.nodes[0].store = backup;
    world.nodes[0].store.renew(1);
    world.crash_node(0);
    write(&mut world, 0, 5);
    settle(&mut world, 9);
    assert_eq!(world.hub.scopes[&clinic()].log.len(), 41);
}

#[test]
fn an_erasure_reaches_every_node_and_the_document_does_not_return() {
    let mut world = world(10, 3);
    settle(&mut world, 10);
    for _ in 0..60 {
        write(&mut world, 0, 6);
    }
    settle(&mut world, 10);
    world.set_offline(2, true);
    world.nodes[2].store.write(&clinic(), doc(3), b"written offline");
    for (number, epoch) in [(3, 40), (4, 41), (5, 42)] {
        world.hub.scopes.get_mut(&clinic()).unwrap().erase(doc(number), epoch);
    }
    world.nudge_hub(&clinic());
    settle(&mut world, 10);
    world.set_offline(2, false);
    settle(&mut world, 10);
    for node in &world.nodes {
        assert!(node.store.scopes[&clinic()].rows.values().all(|row| row.record.doc < doc(3)));
        assert_eq!(node.store.scopes[&clinic()].erasure_cursor, 3);
    }
}

#[test]
fn a_new_node_carries_the_ledger_out_after_its_first_download() {
    let mut world = world(28, 2);
    world.set_offline(1, true);
    for _ in 0..20 {
        write(&mut world, 0, 6);
    }
    settle(&mut world, 28);
    world.nodes[1].store.write(&clinic(), doc(2), b"written before the first contact");
    world.hub.scopes.get_mut(&clinic()).unwrap().erase(doc(2), 9);
    world.nudge_hub(&clinic());
    settle(&mut world, 28);
    world.set_offline(1, false);
    settle(&mut world, 28);
    assert_eq!(world.nodes[1].store.scopes[&clinic()].erasure_cursor, 1);
    assert!(world.nodes[1].store.scopes[&clinic()].rows.values().all(|row| row.record.doc != doc(2)));
}

#[test]
fn a_change_with_a_foreign_actor_is_put_aside_and_the_others_go_on() {
    let mut world = world(11, 2);
    world.hub.foreign_allowed = false;
    settle(&mut world, 11);
    write(&mut world, 0, 1);
    let good = world.nodes[0].store.actor.clone();
    world.nodes[0].store.actor[0] = 0xee;
    let stolen = world.nodes[0].store.write(&clinic(), doc(50), b"stolen").unwrap();
    world.nodes[0].store.actor = good;
    write(&mut world, 0, 1);
    assert!(world.run_until_caught_up(60_000));
    assert_eq!(world.hub.scopes[&clinic()].log.len(), 2);
    let rows = &world.nodes[0].store.scopes[&clinic()].rows;
    let refused = rows.values().find(|row| row.record.hash == stolen).unwrap();
    assert_eq!(refused.status, Status::Refused(ChangeRefusal::ForeignActor));
}

#[test]
fn a_copied_disk_is_refused_and_told_why() {
    let mut world = world(12, 1);
    settle(&mut world, 12);
    let store = world.nodes[0].store.clone();
    let mut clone = simulation::NodeSlot::new(store, world.nodes[0].key, world.nodes[0].actor_prefix);
    clone.boot = BootId(4711);
    let clone = world.add(clone);
    world.nodes[clone].hostile = true;
    world.run_for(30_000);
    assert_eq!(world.nodes[clone].last_end, Some(SessionEnd::Cloned));
    assert!(world.session(0).is_some(), "the original keeps its session");
}

#[test]
fn a_restarted_process_gets_its_place_back_from_a_dead_session() {
    let mut world = world(13, 1);
    settle(&mut world, 13);
    // The line dies without a word, then the process starts anew.
    world.faults.one_way = 1000;
    world.nudge(0, NodeNudge::Verify);
    world.run_for(10);
    world.faults.one_way = 0;
    world.crash_node(0);
    settle(&mut world, 13);
}

#[test]
fn a_revoked_node_is_out_within_a_second() {
    let mut world = world(14, 2);
    settle(&mut world, 14);
    world.revoke(0);
    world.run_for(1_000);
    assert_eq!(world.nodes[0].last_end, Some(SessionEnd::Revoked));
    write(&mut world, 0, 3);
    write(&mut world, 1, 3);
    settle(&mut world, 14);
    assert_eq!(world.hub.scopes[&clinic()].log.len(), 1);
}

#[test]
fn a_malformed_frame_that_overtakes_the_welcome_is_not_lost_sight_of() {
    for seed in 0..100 {
        let mut world = world(seed, 1);
        settle(&mut world, seed);
        world.set_offline(0, true);
        world.run_for(500);
        write_directory(&mut world);
        world.set_offline(0, false);
        world.faults = simulation::Faults { latency_ms: 200, malformed: 150, ..Default::default() };
        world.run_for(600);
        world.faults = simulation::Faults::default();
        settle(&mut world, seed);
    }
}

#[test]
fn older_and_newer_nodes_speak_what_both_know() {
    for (node, hub, admitted) in [(1, 1, true), (1, 3, true), (9, 3, true), (1, 4, false), (3, 1, true)] {
        let mut world = world(15, 1);
        world.nodes[0].version_max = node;
        world.hub_version_max = hub;
        world.run_for(20_000);
        assert_eq!(world.session(0).is_some(), admitted, "node {node}, server {hub}");
        if !admitted {
            assert_eq!(world.nodes[0].last_end, Some(SessionEnd::UnsupportedVersion));
        }
    }
}

#[test]
fn silence_is_noticed_by_both() {
    let mut world = world(16, 1);
    settle(&mut world, 16);
    world.faults.one_way = 1000;
    world.run_for(limits::PING_AFTER_MS + limits::SILENCE_MS_MAX + 1_000);
    assert_eq!(world.nodes[0].last_end, Some(SessionEnd::TimedOut));
    world.faults.one_way = 0;
    settle(&mut world, 16);
}

#[test]
fn a_full_disk_delays_and_loses_nothing() {
    let mut world = world(17, 2);
    settle(&mut world, 17);
    world.faults.full = 1000;
    for _ in 0..20 {
        write(&mut world, 0, 4);
    }
    world.run_for(100_000);
    assert_eq!(world.hub.scopes[&clinic()].log.len(), 0);
    world.faults.full = 0;
    settle(&mut world, 17);
    assert_eq!(world.hub.scopes[&clinic()].log.len(), 20);
}

#[test]
fn a_clock_a_year_off_is_measured_and_hinders_nothing() {
    let mut world = world(18, 2);
    world.nodes[0].clock_offset_ms = 365 * 86_400_000;
    world.nodes[1].clock_offset_ms = -365 * 86_400_000;
    for _ in 0..10 {
        write(&mut world, 0, 4);
        write(&mut world, 1, 4);
    }
    settle(&mut world, 18);
}

#[test]
fn a_peer_that_says_no_hello_is_let_go() {
    let config = hub::HubConfig { node: NodeKey([1; 16]), version_max: 1, wall_clock_ms: 0 };
    let mut session = hub::HubSession::new(config);
    session.handle(0, Input::Connected);
    let noise = Input::Received { channel: Channel::Control, frame: vec![250, 1, 2, 3] };
    assert!(session.handle(9_000, noise).is_empty(), "of a later protocol, perhaps");
    assert_eq!(session.next_timeout(), Some(limits::HELLO_TIMEOUT_MS));
    let effects = session.handle(limits::HELLO_TIMEOUT_MS, Input::Timeout);
    assert!(matches!(effects.last(), Some(Effect::Close { end: SessionEnd::TimedOut })), "{effects:?}");
}
