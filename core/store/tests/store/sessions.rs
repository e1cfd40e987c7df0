//! What a machine keeps about people: sessions, tries, drafts, record numbers.

use posto_domain::id::UserId;
use posto_domain::lockout::Tries;
use posto_domain::record_number::NumberRange;
use posto_store::{Credential, Error, SessionRow};

use crate::support::{Desk, folder};

const USER: UserId = UserId::from_bytes([5; 16]);

fn session(token: u8, expires_ms: u64) -> SessionRow {
    SessionRow {
        token_hash: [token; 32],
        user: USER,
        desk: "desk 1".into(),
        csrf: [1; 32],
        created_ms: 1,
        last_seen_ms: 1,
        expires_ms,
        body: "{}".into(),
    }
}

#[test]
fn sessions_end_one_by_one_all_together_or_by_time() {
    let folder = folder();
    let desk = Desk::open(folder.path(), 1);
    desk.store
        .write(|tx| {
            for token in 1..=4 {
                tx.put_session(&session(token, u64::from(token) * 100))?;
            }
            tx.touch_session(&[1; 32], 50, 1_000)?;
            assert!(tx.end_session(&[4; 32])?);
            assert!(!tx.end_session(&[9; 32])?);
            tx.end_expired_sessions(250)
        })
        .unwrap();
    let left = desk.store.read(|r| r.sessions_of(USER)).unwrap();
    assert_eq!(left.iter().map(|s| s.token_hash[0]).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(desk.store.read(|r| r.session(&[1; 32])).unwrap().unwrap().expires_ms, 1_000);
    assert_eq!(desk.store.write(|tx| tx.end_sessions_of(USER)).unwrap(), 2);
}

#[test]
fn tries_and_pins_stay_on_the_machine() {
    let folder = folder();
    let desk = Desk::open(folder.path(), 1);
    assert_eq!(desk.store.read(|r| r.credential(USER)).unwrap(), Credential::default());
    let credential = Credential {
        pin_hash: Some("$argon2id$x".into()),
        pin_tries: Tries { failed: 2, last_failed_at_ms: 7 },
        password_tries: Tries::default(),
        last_login_ms: Some(3),
    };
    let kept = credential.clone();
    desk.store.write(move |tx| tx.put_credential(USER, &kept)).unwrap();
    assert_eq!(desk.store.read(|r| r.credential(USER)).unwrap(), credential);
    assert_eq!(desk.store.read(|r| r.users_with_pin()).unwrap(), [USER]);
}

#[test]
fn drafts_are_kept_replaced_and_thrown_away() {
    let folder = folder();
    let desk = Desk::open(folder.path(), 1);
    desk.store
        .write(|tx| {
            tx.put_draft(USER, "patient", "1")?;
            tx.put_draft(USER, "patient", "2")?;
            tx.put_draft(USER, "other", "3")?;
            tx.remove_draft(USER, "other")
        })
        .unwrap();
    let drafts = desk.store.read(|r| r.drafts(USER)).unwrap();
    assert_eq!((drafts.len(), drafts[0].body.as_str()), (1, "2"));
}

#[test]
fn a_record_number_of_a_refused_write_is_not_lost() {
    let folder = folder();
    let desk = Desk::open(folder.path(), 1);
    desk.store.write(|tx| tx.add_numbers("patient", NumberRange { next: 7, end: 9 })).unwrap();
    let taken = desk.store.write(|tx| {
        tx.take_number("patient")?;
        Err::<(), _>(Error::NoSuchBlob)
    });
    assert!(taken.is_err());
    let mut numbers = Vec::new();
    for _ in 0..3 {
        numbers.push(desk.store.write(|tx| tx.take_number("patient")).unwrap());
    }
    assert_eq!(numbers, [Some(7), Some(8), None]);
}
