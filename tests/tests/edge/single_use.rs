//! A code enrols one node.

use posto_net::{
    EnrolmentCode, NetError,
    endpoint::client::{SelfDescription, enrol},
    enroll::EnrolmentRefusal,
    limits::GUESSES_BURST_MAX,
};

use crate::clinic::Clinic;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_enrols_once_and_guessing_is_cut_off() {
    let clinic = Clinic::open();
    let server = clinic.server.quic_address();
    let code: EnrolmentCode = clinic.server.enroll_code(&clinic.server.location).unwrap().parse().unwrap();
    let about = SelfDescription { software: "edge".into(), label: "desk".into() };
    let identity = enrol(&server, &code, &about).await.unwrap();
    assert_eq!(identity.card.clinic.id.to_string(), clinic.server.clinic);
    assert_eq!(clinic.listed(&identity.card.node.id.to_string())["id"], identity.card.node.id.to_string());

    let again = enrol(&server, &code, &about).await;
    assert!(matches!(again, Err(NetError::Refused(EnrolmentRefusal::Used))), "{again:?}");

    let authority = identity.authority_fingerprint();
    for _ in 0..GUESSES_BURST_MAX {
        let guess = EnrolmentCode::generate(&authority).unwrap();
        let refused = enrol(&server, &guess, &about).await;
        assert!(matches!(refused, Err(NetError::Refused(EnrolmentRefusal::Unknown))), "{refused:?}");
    }
    let fresh: EnrolmentCode = clinic.server.enroll_code(&clinic.server.location).unwrap().parse().unwrap();
    let refused = enrol(&server, &fresh, &about).await;
    assert!(matches!(refused, Err(NetError::Refused(EnrolmentRefusal::TooManyTries))), "{refused:?}");
}
