//! Single promises on the real storages; also seeds that failed once, by name.

use posto_sync::SessionEnd;

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
