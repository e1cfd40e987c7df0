//! Keys and certificates on disk.

use std::{fs, path::Path};

use posto_net::{CaFingerprint, CertificateAuthority, NetError, NodeIdentity, Ulid, identity::NodeKey};

use crate::desk::{House, NOW};

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_authority_comes_back_from_disk_and_keeps_its_fingerprint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca");
    let authority = CertificateAuthority::create(NOW).unwrap();
    authority.save(&path).unwrap();
    assert_eq!(mode(&path.join("ca.key")), 0o600);
    let back = CertificateAuthority::load(&path).unwrap();
    assert_eq!(back.fingerprint(), authority.fingerprint());
    assert_eq!(back.fingerprint(), CaFingerprint::of(authority.certificate_der()));
    let request = NodeKey::generate().unwrap().request().unwrap();
    let binding = posto_net::NodeBinding { node: Ulid(1), clinic: Ulid(2), locations: vec![] };
    let issued = back.sign_node(&request, &binding, NOW).unwrap();
    assert_eq!(issued.details.binding, binding);
    assert!(issued.der.len() < 420, "a node's certificate has {} bytes", issued.der.len());
}

#[test]
fn a_foreign_key_beside_the_authority_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    CertificateAuthority::create(NOW).unwrap().save(&one).unwrap();
    CertificateAuthority::create(NOW).unwrap().save(&two).unwrap();
    fs::copy(two.join("ca.key"), one.join("ca.key")).unwrap();
    assert!(matches!(CertificateAuthority::load(&one), Err(NetError::Certificate(_))));
    fs::write(one.join("ca.key"), "rubbish").unwrap();
    assert!(matches!(CertificateAuthority::load(&one), Err(NetError::DamagedFile { .. })));
}

#[test]
fn what_a_node_asks_for_in_its_request_is_not_what_it_gets() {
    let authority = CertificateAuthority::create(NOW).unwrap();
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["posto".to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let request = params.serialize_request(&key).unwrap();
    let binding = posto_net::NodeBinding { node: Ulid(1), clinic: Ulid(2), locations: vec![] };
    let issued = authority.sign_node(request.der(), &binding, NOW).unwrap();
    let (_, certificate) = x509_parser::parse_x509_certificate(&issued.der).unwrap();
    assert!(!certificate.is_ca());
    assert_eq!(certificate.subject_alternative_name().unwrap().unwrap().value.general_names.len(), 1);
    assert!(authority.sign_node(b"rubbish", &binding, NOW).is_err());
    let mut forged = request.der().to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    assert!(authority.sign_node(&forged, &binding, NOW).is_err());
}

#[tokio::test]
async fn an_identity_survives_saving_replacing_and_a_crash_in_between() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identity");
    let house = House::open();
    let first = house.desk.identity(Ulid(5));
    assert!(!NodeIdentity::exists(&path));
    first.save(&path).unwrap();
    assert_eq!(mode(&path.join("node.key")), 0o600);
    assert_eq!(mode(&path), 0o700);
    assert_eq!(NodeIdentity::load(&path).unwrap().details(), first.details());

    let second = house.desk.identity(Ulid(5));
    second.save(&path).unwrap();
    assert_eq!(NodeIdentity::load(&path).unwrap().details(), second.details());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");

    // Between the two renames: the old folder is aside, the new one is whole but not in place.
    let third = house.desk.identity(Ulid(5));
    third.save(&folder.path().join("elsewhere")).unwrap();
    fs::rename(&path, path.with_extension("previous")).unwrap();
    fs::rename(folder.path().join("elsewhere"), path.with_extension("next")).unwrap();
    assert!(NodeIdentity::exists(&path));
    assert_eq!(NodeIdentity::load(&path).unwrap().details(), third.details());
}

#[tokio::test]
async fn a_certificate_of_another_node_is_not_accepted_into_an_identity() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let house = House::open();
    house.desk.identity(Ulid(5)).save(&one).unwrap();
    house.desk.identity(Ulid(6)).save(&two).unwrap();
    fs::copy(two.join("node.pem"), one.join("node.pem")).unwrap();
    assert!(matches!(NodeIdentity::load(&one), Err(NetError::Certificate(_))));
}

#[test]
fn signatures_of_a_node_verify_with_its_certificate() {
    let house_authority = CertificateAuthority::create(NOW).unwrap();
    let key = NodeKey::generate().unwrap();
    let binding = posto_net::NodeBinding { node: Ulid(1), clinic: Ulid(2), locations: vec![] };
    let issued = house_authority.sign_node(&key.request().unwrap(), &binding, NOW).unwrap();
    let card = posto_net::identity::IdentityCard {
        node: crate::desk::named(Ulid(1)),
        clinic: crate::desk::named(Ulid(2)),
        locations: vec![],
        server: String::new(),
    };
    let authority = house_authority.certificate_der().to_vec();
    let identity = NodeIdentity::new(key, issued.der, authority, card).unwrap();
    let signature = identity.sign(b"head of the audit chain").unwrap();
    assert!(issued.details.verify(b"head of the audit chain", &signature));
    assert!(!issued.details.verify(b"another head", &signature));
}
