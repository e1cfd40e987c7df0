//! What a machine keeps about people: sessions, tries, drafts, record numbers.

use posto_domain::id::{DocumentId, UserId};
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
fn a_number_is_spent_with_the_write_that_uses_it_and_no_sooner() {
    let folder = folder();
    let desk = Desk::open(folder.path(), 1);
    let (one, two) = (DocumentId::from_bytes([1; 16]), DocumentId::from_bytes([2; 16]));
    desk.store.write(|tx| tx.add_numbers("patient", &[NumberRange { next: 7, end: 9 }])).unwrap();
    let refused = desk.store.write(move |tx| {
        tx.note_number("patient", one, Some(7))?;
        Err::<(), _>(Error::NoSuchBlob)
    });
    assert!(refused.is_err());
    let next = || desk.store.read(|r| r.number_supply("patient")).unwrap().take();
    assert_eq!(next(), Some(7), "a write that was refused spends nothing");
    desk.store.write(move |tx| tx.note_number("patient", one, Some(8))).unwrap();
    assert_eq!(next(), None, "8 is spent, and 7 is a gap");
    let again = desk.store.write(|tx| tx.add_numbers("patient", &[NumberRange { next: 8, end: 9 }])).unwrap();
    assert_eq!((again, next()), (vec![], None), "the same grant again brings nothing");

    desk.store
        .write(move |tx| {
            tx.note_number("patient", one, None).and_then(|()| tx.note_number("patient", two, None))
        })
        .unwrap();
    let waiting = || desk.store.read(|r| r.waiting_for_number("patient", None, 9)).unwrap();
    assert_eq!(waiting(), [one, two]);
    desk.store.write(|tx| tx.add_numbers("patient", &[NumberRange { next: 20, end: 30 }])).unwrap();
    desk.store.write(move |tx| tx.note_number("patient", one, Some(20))).unwrap();
    desk.store.write(move |tx| tx.number_not_wanted("patient", two)).unwrap();
    assert_eq!((waiting(), next()), (vec![], Some(21)));
}
