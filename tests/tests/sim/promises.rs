//! Single promises on the real storages; also seeds that failed once, by name.

use posto_sync::SessionEnd;
use posto_sync::limits::BLOB_CHUNK_BYTES;
use posto_sync::node::NodeRequest;
use posto_sync::simulation::NodeStore as _;

use crate::clinic::Clinic;

#[test]
fn what_is_registered_on_one_node_is_known_on_the_others() {
    let mut clinic = Clinic::new(1, 3);
    clinic.settle();
    for _ in 0..6 {
        clinic.register(0);
        clinic.edit(1);
        clinic.edit(2);
    }
    clinic.settle();
    assert!(clinic.world.nodes[2].store.patients().len() >= 6);
    assert_eq!(clinic.world.incidents, 0);
}

#[test]
fn a_node_in_sync_says_so_in_one_round_trip_and_less_than_a_kibibyte() {
    let mut clinic = Clinic::new(2, 2);
    for _ in 0..20 {
        clinic.register(0);
    }
    clinic.settle();
    clinic.world.set_offline(1, true);
    clinic.world.run_for(1_000);
    clinic.world.set_offline(1, false);
    clinic.settle();
    let statistics = clinic.world.statistics(1).unwrap();
    let bytes = statistics.bytes_sent + statistics.bytes_received;
    assert_eq!(statistics.round_trips, 1);
    assert!(bytes < 1_024, "{bytes} bytes");
}

#[test]
fn a_server_restored_from_an_old_backup_gets_the_lost_changes_back() {
    for renew in [true, false] {
        let mut clinic = Clinic::new(3, 2);
        clinic.register(0);
        clinic.settle();
        let backup = clinic.world.hub.backup();
        for _ in 0..8 {
            clinic.edit(0);
            clinic.register(1);
        }
        clinic.settle();
        clinic.restore_server(&backup, renew);
        clinic.settle();
        assert_eq!(clinic.world.nodes[0].store.patients().len(), 9);
    }
}

#[test]
fn a_node_restored_from_a_backup_gets_its_own_changes_back() {
    let mut clinic = Clinic::new(4, 2);
    clinic.register(0);
    clinic.settle();
    let backup = clinic.world.nodes[0].store.backup();
    for _ in 0..5 {
        clinic.register(0);
        clinic.edit(0);
    }
    clinic.settle();
    clinic.restore_node(0, &backup);
    clinic.edit(0);
    clinic.settle();
    assert_eq!(clinic.world.nodes[0].store.patients().len(), 6);
}

#[test]
fn an_erased_patient_is_gone_everywhere_and_stays_away() {
    let mut clinic = Clinic::new(5, 3);
    for _ in 0..5 {
        clinic.register(0);
    }
    clinic.settle();
    clinic.world.set_offline(2, true);
    for _ in 0..5 {
        clinic.edit(2);
    }
    clinic.erase(0);
    clinic.settle();
    clinic.world.set_offline(2, false);
    clinic.settle();
    for node in &clinic.world.nodes {
        assert_eq!(node.store.patients().len(), 4);
    }
}

#[test]
fn a_revoked_node_is_out_within_a_second() {
    let mut clinic = Clinic::new(6, 2);
    clinic.settle();
    clinic.world.revoke(0);
    clinic.world.run_for(1_000);
    assert_eq!(clinic.world.nodes[0].last_end, Some(SessionEnd::Revoked));
    clinic.register(0);
    clinic.register(1);
    clinic.settle();
    assert_eq!(clinic.world.nodes[1].store.patients().len(), 1);
}

#[test]
fn a_revoked_node_stays_out_when_an_older_backup_of_the_server_is_put_back() {
    for renew in [true, false] {
        let mut clinic = Clinic::new(11, 3);
        // The server's storage alone says who may come in.
        clinic.world.handshake_refuses = false;
        clinic.settle();
        let backup = clinic.world.hub.backup();
        clinic.revoke(1);
        clinic.restore_server(&backup, renew);
        clinic.register(0);
        clinic.register(1);
        clinic.settle();
        clinic.judge_revoked();
        assert_eq!(clinic.world.nodes[2].store.patients().len(), 1);
    }
}

#[test]
fn a_file_reaches_the_nodes_that_are_connected_and_those_that_were_not() {
    let mut clinic = Clinic::new(8, 3);
    clinic.settle();
    clinic.world.set_offline(2, true);
    clinic.attach(0, 5_000);
    clinic.attach(0, BLOB_CHUNK_BYTES + 1);
    clinic.settle();
    clinic.world.set_offline(2, false);
    clinic.settle();
    assert_eq!(clinic.files_of(1).len(), 2);
}

#[test]
fn an_empty_file_is_whole_everywhere_and_on_the_server_also_after_both_were_put_back() {
    let mut clinic = Clinic::new(14, 2);
    clinic.register(0);
    clinic.settle();
    let backup = clinic.world.hub.backup();
    let file = clinic.attach(0, 0);
    clinic.settle();
    clinic.restore_server(&backup, true);
    clinic.settle();
    let backup = clinic.world.nodes[0].store.backup();
    clinic.restore_node(0, &backup);
    clinic.files_lost = false;
    clinic.settle();
    assert_eq!(clinic.files_of(1), [file]);
}

#[test]
fn a_half_fetched_file_is_fetched_whole_after_its_node_was_put_back() {
    let mut clinic = Clinic::new(15, 2);
    clinic.settle();
    clinic.world.set_offline(1, true);
    let file = clinic.attach(0, 2 * BLOB_CHUNK_BYTES + 7);
    clinic.settle();
    clinic.world.set_offline(1, false);
    let fetched = |clinic: &Clinic| {
        let progress = clinic.world.nodes[1].store.store().read(|r| r.blob_progress(file)).unwrap();
        progress.map_or(0, |(held, _)| held)
    };
    while fetched(&clinic) == 0 {
        clinic.world.run_for(1);
        clinic.project();
    }
    assert!(fetched(&clinic) <= 2 * BLOB_CHUNK_BYTES as u64, "not whole yet");
    let backup = clinic.world.nodes[1].store.backup();
    clinic.restore_node(1, &backup);
    clinic.settle();
}

#[test]
fn files_that_a_restored_server_lacks_come_back() {
    for renew in [true, false] {
        let mut clinic = Clinic::new(9, 2);
        clinic.register(0);
        clinic.settle();
        let backup = clinic.world.hub.backup();
        clinic.attach(0, 5_000);
        clinic.settle();
        clinic.restore_server(&backup, renew);
        clinic.settle();
        clinic.enrol(9);
        clinic.settle();
    }
}

#[test]
fn a_file_asked_for_before_it_was_there_is_asked_for_in_the_next_session() {
    let mut clinic = Clinic::new(10, 2);
    clinic.settle();
    let file = clinic.attach(0, 700);
    clinic.settle();
    clinic.world.nodes[1].store.answer(NodeRequest::MarkBlobUnavailable { blob: file }).unwrap();
    clinic.reconnect(1);
    clinic.settle();
}

#[test]
fn a_copied_disk_is_refused_and_told_why() {
    let mut clinic = Clinic::new(11, 2);
    clinic.register(1);
    clinic.settle();
    clinic.copy_disk(1);
    clinic.register(1);
    clinic.register(2);
    clinic.world.run_for(30_000);
    assert_eq!(clinic.world.nodes[2].last_end, Some(SessionEnd::Cloned));
    clinic.end_copy();
    clinic.settle();
    assert_eq!(clinic.world.nodes[0].store.patients().len(), 2);
}

#[test]
fn clinics_of_one_server_know_nothing_of_each_other() {
    let mut clinic = Clinic::new(12, 2);
    let other = clinic.enrol_elsewhere(60);
    for node in [0, 1, other] {
        clinic.register(node);
        clinic.attach(node, 300);
    }
    clinic.settle();
    assert_eq!(clinic.world.nodes[other].store.patients().len(), 1);
    assert_eq!(clinic.world.nodes[0].store.patients().len(), 2);
}

#[test]
fn a_node_too_old_for_the_server_is_told_so_and_loses_nothing() {
    let mut clinic = Clinic::new(13, 2);
    clinic.settle();
    clinic.world.hub_version_max = 4;
    clinic.world.nodes[0].version_max = 3;
    clinic.reconnect(1);
    clinic.register(1);
    clinic.world.run_for(1_000);
    assert_eq!(clinic.world.nodes[1].last_end, Some(SessionEnd::UnsupportedVersion));
    clinic.update_nodes();
    clinic.settle();
    assert_eq!(clinic.world.nodes[0].store.patients().len(), 1);
}

#[test]
fn a_new_node_gets_everything() {
    let mut clinic = Clinic::new(7, 1);
    for _ in 0..15 {
        clinic.register(0);
        clinic.edit(0);
    }
    clinic.settle();
    clinic.enrol(9);
    clinic.write_directory();
    clinic.settle();
    assert_eq!(clinic.world.nodes[1].store.patients().len(), 15);
}
