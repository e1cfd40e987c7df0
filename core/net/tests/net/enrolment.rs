//! Codes: redeemed once, refused for a reason, guessed in vain.

use std::sync::atomic::Ordering;

use posto_net::{
    CertificateAuthority, EnrolmentCode, NetError, Ulid,
    enroll::EnrolmentRefusal,
    limits::{GUESS_REFILL_S, GUESSES_BURST_MAX},
};

use crate::desk::{CLINIC, CodeState, House, NOW, named};

#[tokio::test]
async fn a_node_enrols_with_a_code_and_gets_names_certificate_and_authority() {
    let house = House::open();
    let code = house.desk.code(CodeState::Open(Ulid(7)));
    let typed: EnrolmentCode = code.to_string().to_lowercase().replace('-', " ").parse().unwrap();
    let identity = house.enrol(&typed).await.unwrap();
    assert_eq!(identity.card.node, named(Ulid(7)));
    assert_eq!(identity.card.clinic, named(CLINIC));
    assert_eq!(identity.card.server, house.address.to_string());
    assert_eq!(identity.details().binding.locations, vec![Ulid(0x10C)]);
    assert_eq!(identity.authority_fingerprint(), house.desk.authority.fingerprint());
    assert!(identity.details().is_valid_at(NOW));
    assert!(!identity.details().is_due_for_renewal(NOW + 50 * 86_400));
    assert!(identity.details().is_due_for_renewal(NOW + 62 * 86_400));
    let redemption = house.desk.redemptions.lock()[0].clone();
    assert_eq!((redemption.software.as_str(), redemption.label.as_str()), ("posto-test/1", "front desk"));
}

#[tokio::test]
async fn used_expired_and_unknown_codes_are_refused_by_name() {
    let house = House::open();
    let code = house.desk.code(CodeState::Open(Ulid(7)));
    house.enrol(&code).await.unwrap();
    let expired = house.desk.code(CodeState::Expired);
    let unknown = EnrolmentCode::generate(&house.desk.authority.fingerprint()).unwrap();
    for (code, expected) in [
        (&code, EnrolmentRefusal::Used),
        (&expired, EnrolmentRefusal::Expired),
        (&unknown, EnrolmentRefusal::Unknown),
    ] {
        match house.enrol(code).await {
            Err(NetError::Refused(refusal)) => assert_eq!(refusal, expected),
            other => panic!("{expected:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn guessing_ends_after_a_burst_and_the_desk_is_not_even_asked() {
    let house = House::open();
    let right = house.desk.code(CodeState::Open(Ulid(7)));
    for _ in 0..GUESSES_BURST_MAX {
        let guess = EnrolmentCode::generate(&house.desk.authority.fingerprint()).unwrap();
        assert!(matches!(house.enrol(&guess).await, Err(NetError::Refused(EnrolmentRefusal::Unknown))));
    }
    let asked = house.desk.redemptions.lock().len();
    assert!(matches!(house.enrol(&right).await, Err(NetError::Refused(EnrolmentRefusal::TooManyTries))));
    assert_eq!(house.desk.redemptions.lock().len(), asked);
    house.desk.now_unix_s.store(NOW + GUESS_REFILL_S, Ordering::SeqCst);
    house.enrol(&right).await.unwrap();
}

#[tokio::test]
async fn a_code_for_another_authority_sends_no_secret_to_this_server() {
    let house = House::open();
    let other = CertificateAuthority::create(NOW).unwrap();
    let code = EnrolmentCode::generate(&other.fingerprint()).unwrap();
    assert!(matches!(house.enrol(&code).await, Err(NetError::WrongServer)));
    assert!(house.desk.redemptions.lock().is_empty());
}

#[tokio::test]
async fn clocks_that_are_years_apart_do_not_stop_a_node() {
    for years in [-15, 15] {
        let house = House::open_in(NOW + years * 365 * 86_400);
        let identity = house.enrol(&house.desk.code(CodeState::Open(Ulid(9)))).await.unwrap();
        let client = posto_net::Client::open(&identity).unwrap();
        let _link = client.connect(&house.address.to_string()).await.unwrap();
        assert_eq!(house.server.next_session().await.unwrap().peer.binding.node, Ulid(9));
    }
}
