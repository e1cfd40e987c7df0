//! The matrix of who may do what, and the walls that no policy opens.

use super::*;

const CLINIC: ClinicId = ClinicId::from_bytes([1; 16]);
const OTHER_CLINIC: ClinicId = ClinicId::from_bytes([2; 16]);
const HERE: LocationId = LocationId::from_bytes([3; 16]);
const ELSEWHERE: LocationId = LocationId::from_bytes([4; 16]);
const PATIENT: PatientId = PatientId::from_bytes([5; 16]);
const USER: UserId = UserId::from_bytes([6; 16]);

fn actor(role: Role) -> Actor {
    Actor::new(USER, vec![HeldRole { role, clinic: Some(CLINIC), location: Some(HERE) }])
}

fn policies() -> Policies {
    Policies::builtin().expect("the policy files are valid")
}

/// One letter an answer, for each of the situations that conditions speak of.
fn situations(policies: &Policies, role: &Role, action: Action, kind: ResourceKind) -> String {
    let here = Resource::of(kind, CLINIC).at(Some(HERE)).about(PATIENT);
    let elsewhere = here.clone().at(Some(ELSEWHERE));
    let mut himself = actor(role.clone());
    himself.patient = Some(PATIENT);
    himself.cares_for = vec![PATIENT];
    let own = here.clone().owned_by(Some(USER));
    [
        (actor(role.clone()), here.clone()),
        (actor(role.clone()), elsewhere),
        (himself, own),
        (actor(role.clone()), here.safety_critical(true)),
    ]
    .iter()
    .map(|(actor, resource)| match policies.authorize(actor, action, resource) {
        Decision::Allow => 'Y',
        Decision::DenyUnlessBreakGlass => '!',
        Decision::Deny => '.',
        Decision::AllowByBreakGlass => '?',
    })
    .collect()
}

#[test]
fn the_matrix_of_who_may_do_what() {
    let policies = policies();
    let mut matrix = String::from(
        "role / resource: action=here,elsewhere,own,safety-critical (Y yes, . no, ! only in a declared emergency)\n",
    );
    for role in Role::KNOWN {
        for kind in ResourceKind::ALL {
            let cells: Vec<String> = Action::ALL
                .iter()
                .map(|action| (action, situations(&policies, role, *action, *kind)))
                .filter(|(_, answers)| answers != "....")
                .map(|(action, answers)| format!("{}={answers}", action.name()))
                .collect();
            if !cells.is_empty() {
                matrix.push_str(&format!("{role} / {}: {}\n", kind.name(), cells.join(" ")));
            }
        }
    }
    insta::assert_snapshot!("who_may_do_what", matrix);
}

#[test]
fn no_role_reaches_another_clinic() {
    let policies = policies();
    for role in Role::KNOWN {
        let mut insider = actor(role.clone());
        insider.break_glass = true;
        insider.patient = Some(PATIENT);
        insider.cares_for = vec![PATIENT];
        for kind in ResourceKind::ALL {
            for action in Action::ALL {
                let target = Resource::of(*kind, OTHER_CLINIC).about(PATIENT).owned_by(Some(USER));
                assert_eq!(
                    policies.authorize(&insider, *action, &target),
                    Decision::Deny,
                    "{role} {action:?} {kind:?}"
                );
                let system = Resource::of_system(*kind);
                assert_eq!(
                    policies.authorize(&insider, *action, &system),
                    Decision::Deny,
                    "{role} {action:?} {kind:?}"
                );
            }
        }
    }
}

#[test]
fn a_grant_without_clinic_counts_for_central_roles_only() {
    let policies = policies();
    let central = |role| Actor::new(USER, vec![HeldRole { role, clinic: None, location: None }]);
    let patient = Resource::of(ResourceKind::Patient, CLINIC);
    assert_eq!(policies.authorize(&central(Role::Doctor), Action::Read, &patient), Decision::Deny);
    let device = Resource::of(ResourceKind::Device, CLINIC);
    assert_eq!(policies.authorize(&central(Role::SystemAdmin), Action::Revoke, &device), Decision::Allow);
    assert_eq!(policies.authorize(&central(Role::SuperAdmin), Action::Read, &patient), Decision::Deny);
}

#[test]
fn breaking_the_glass_opens_what_treatment_needs_and_is_flagged() {
    let policies = policies();
    let chart = Resource::of(ResourceKind::Chart, CLINIC).at(Some(ELSEWHERE)).about(PATIENT);
    let mut doctor = actor(Role::Doctor);
    assert_eq!(policies.authorize(&doctor, Action::Read, &chart), Decision::DenyUnlessBreakGlass);
    doctor.break_glass = true;
    assert_eq!(policies.authorize(&doctor, Action::Read, &chart), Decision::AllowByBreakGlass);
    let mut receptionist = actor(Role::Receptionist);
    receptionist.break_glass = true;
    assert_eq!(policies.authorize(&receptionist, Action::Read, &chart), Decision::Deny);
}

#[test]
fn a_signed_record_is_closed_for_everybody() {
    let policies = policies();
    let mut chart = Resource::of(ResourceKind::Chart, CLINIC).at(Some(HERE));
    assert_eq!(policies.authorize(&actor(Role::Doctor), Action::Update, &chart), Decision::Allow);
    chart.signed = true;
    for role in Role::KNOWN {
        let mut somebody = actor(role.clone());
        somebody.break_glass = true;
        assert_eq!(policies.authorize(&somebody, Action::Update, &chart), Decision::Deny, "{role}");
    }
}

#[test]
fn a_restricted_record_is_for_its_team() {
    let policies = policies();
    let practitioner = PractitionerId::from_bytes([7; 16]);
    let mut patient =
        Resource::of(ResourceKind::Patient, CLINIC).at(Some(HERE)).in_charge(Some(practitioner));
    patient.restricted = true;
    let mut doctor = actor(Role::Doctor);
    doctor.break_glass = true;
    assert_eq!(policies.authorize(&doctor, Action::Read, &patient), Decision::AllowByBreakGlass);
    assert_eq!(
        policies.authorize(&doctor, Action::Restrict, &patient),
        Decision::Deny,
        "an emergency lifts nothing"
    );
    doctor.break_glass = false;
    assert_eq!(policies.authorize(&doctor, Action::Read, &patient), Decision::DenyUnlessBreakGlass);
    doctor.practitioner = Some(practitioner);
    assert_eq!(policies.authorize(&doctor, Action::Read, &patient), Decision::Allow);
    assert_eq!(policies.authorize(&actor(Role::Receptionist), Action::Read, &patient), Decision::Deny);
    assert_eq!(policies.authorize(&actor(Role::Receptionist), Action::Search, &patient), Decision::Allow);
    let admin = actor(Role::ClinicAdmin);
    for action in [Action::Read, Action::Update, Action::Merge, Action::Export, Action::Restrict] {
        assert_eq!(policies.authorize(&admin, action, &patient), Decision::Deny, "{action:?}");
        let own = patient.clone().owned_by(Some(USER));
        assert_eq!(
            policies.authorize(&admin, action, &own),
            Decision::Allow,
            "{action:?}: restricted by themselves"
        );
    }
    assert_eq!(
        policies.authorize(&actor(Role::ComplianceOfficer), Action::Restrict, &patient),
        Decision::Allow
    );
    patient.restricted = false;
    for role in [Role::Receptionist, Role::Nurse, Role::BillingSpecialist, Role::Auditor] {
        assert_eq!(policies.authorize(&actor(role), Action::Restrict, &patient), Decision::Deny);
    }
    assert_eq!(policies.authorize(&admin, Action::Restrict, &patient), Decision::Allow);
}

#[test]
fn an_unknown_role_grants_nothing() {
    let policies = policies();
    let sync = Resource::of(ResourceKind::Sync, CLINIC);
    let newer = actor(Role::Other("WIZARD".to_owned()));
    assert_eq!(policies.authorize(&newer, Action::ReadStatus, &sync), Decision::Deny);
    assert_eq!(policies.authorize(&Actor::new(USER, vec![]), Action::ReadStatus, &sync), Decision::Deny);
}

#[test]
fn files_that_do_not_fit_are_refused_with_their_name() {
    let broken = Policies::from_files(&[("mine.cedar", "permit (principal")]);
    assert!(matches!(broken, Err(PolicyError::Parse { file, .. }) if file == "mine.cedar"));
    let unknown =
        "permit (principal in Posto::Role::\"DOCTOR\", action == Posto::Action::\"fly\", resource);";
    assert!(matches!(Policies::from_files(&[("mine.cedar", unknown)]), Err(PolicyError::Invalid(_))));
    let twice = "@id(\"a\") permit (principal, action, resource is Posto::Room);";
    assert!(matches!(
        Policies::from_files(&[("a.cedar", twice), ("b.cedar", twice)]),
        Err(PolicyError::Twice { .. })
    ));
}
