//! The compiled policy files, and answers remembered: an answer depends only on the roles, the action,
//! the kind of resource and the facts, of which there are few.

use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock};

use cedar_policy::{
    Authorizer, Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Policy, PolicyId, PolicySet,
    Request, RestrictedExpression, Schema, ValidationMode, Validator,
};

use super::facts::{Facts, roles_for};
use super::{Action, Actor, Decision, Resource, ResourceKind};
use crate::embedded;
use crate::role_grant::Role;

/// Why policy files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("the policy schema cannot be read")]
    Schema(#[source] Box<cedar_policy::CedarSchemaError>),
    #[error("the policy file {file} cannot be read")]
    Parse {
        file: String,
        #[source]
        source: Box<cedar_policy::ParseErrors>,
    },
    #[error("the policy {id} is there twice")]
    Twice {
        id: String,
        #[source]
        source: Box<cedar_policy::PolicySetError>,
    },
    #[error("the policies do not fit the schema")]
    Invalid(#[source] Box<cedar_policy::ValidationError>),
    #[error("a name in the code is none in the policy language")]
    Name(#[source] Box<cedar_policy::ParseErrors>),
}

/// More answers than exist for any real mix of roles; beyond it the memory starts afresh.
const REMEMBERED_MAX: usize = 65_536;

/// What an answer depends on: roles, action, kind of resource, facts.
type Question = (u32, Action, ResourceKind, Facts);

/// The compiled policies. Share one per process.
pub struct Policies {
    authorizer: Authorizer,
    policies: PolicySet,
    schema: Schema,
    user_type: EntityTypeName,
    role_type: EntityTypeName,
    action_type: EntityTypeName,
    /// What the schema lets be asked at all: nobody merges a room.
    askable: HashSet<(EntityUid, EntityTypeName)>,
    answers: RwLock<HashMap<Question, bool>>,
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policies")
            .field("policies", &self.policies.policies().count())
            .finish_non_exhaustive()
    }
}

impl Policies {
    /// The policies that come with Posto, checked against their schema.
    pub fn builtin() -> Result<Self, PolicyError> {
        Self::from_files(embedded::POLICIES)
    }

    /// Policies from (file name, text) pairs. A policy's name is its `@id`, or file and position.
    pub fn from_files(files: &[(&str, &str)]) -> Result<Self, PolicyError> {
        let (schema, _) = Schema::from_cedarschema_str(embedded::POLICY_SCHEMA)
            .map_err(|source| PolicyError::Schema(Box::new(source)))?;
        let mut policies = PolicySet::new();
        for (file, text) in files {
            let parsed: PolicySet = text.parse().map_err(|source| PolicyError::Parse {
                file: (*file).to_owned(),
                source: Box::new(source),
            })?;
            for policy in parsed.policies() {
                let id = policy_name(file, policy);
                let named = policy.new_id(PolicyId::new(&id));
                policies.add(named).map_err(|source| PolicyError::Twice { id, source: Box::new(source) })?;
            }
        }
        let validator = Validator::new(schema);
        if let Some(error) = validator.validate(&policies, ValidationMode::Strict).validation_errors().next()
        {
            return Err(PolicyError::Invalid(Box::new(error.clone())));
        }
        let type_name =
            |name: &str| name.parse::<EntityTypeName>().map_err(|source| PolicyError::Name(Box::new(source)));
        let schema = validator.schema().clone();
        let askable =
            schema.request_envs().map(|env| (env.action().clone(), env.resource().clone())).collect();
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            schema,
            askable,
            user_type: type_name("Posto::User")?,
            role_type: type_name("Posto::Role")?,
            action_type: type_name("Posto::Action")?,
            answers: RwLock::default(),
        })
    }

    /// Whether `actor` may do `action` to `resource`.
    pub fn authorize(&self, actor: &Actor, action: Action, resource: &Resource) -> Decision {
        let roles = roles_for(actor, resource);
        if roles == 0 {
            return Decision::Deny;
        }
        let facts = Facts::of(actor, resource);
        if self.allows((roles, action, resource.kind, facts)) {
            return Decision::Allow;
        }
        let in_emergency = self.allows((roles, action, resource.kind, facts.with_break_glass()));
        match (in_emergency, actor.break_glass) {
            (false, _) => Decision::Deny,
            (true, true) => Decision::AllowByBreakGlass,
            (true, false) => Decision::DenyUnlessBreakGlass,
        }
    }

    fn allows(&self, question: Question) -> bool {
        let known = self.answers.read().unwrap_or_else(PoisonError::into_inner).get(&question).copied();
        if let Some(answer) = known {
            return answer;
        }
        // What cannot even be asked is refused like anything else.
        let answer = self.ask(question).unwrap_or(false);
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= REMEMBERED_MAX {
            answers.clear();
        }
        answers.insert(question, answer);
        answer
    }

    fn ask(&self, (roles, action, kind, facts): Question) -> Option<bool> {
        let user = uid(&self.user_type, "asking");
        let resource_type: EntityTypeName = format!("Posto::{}", kind.name()).parse().ok()?;
        let wanted = (uid(&self.action_type, action.name()), resource_type);
        if !self.askable.contains(&wanted) {
            return None;
        }
        let (action, resource_type) = wanted;
        let context = Context::from_pairs(
            Facts::NAMES
                .iter()
                .map(|(name, bit)| ((*name).to_owned(), RestrictedExpression::new_bool(facts.holds(*bit)))),
        )
        .ok()?;
        let request =
            Request::new(user.clone(), action, uid(&resource_type, "asked-for"), context, Some(&self.schema))
                .ok()?;
        let entities = self.entities(user, roles)?;
        let response = self.authorizer.is_authorized(&request, &self.policies, &entities);
        Some(response.decision() == cedar_policy::Decision::Allow)
    }

    /// The person who asks, as a member of their roles.
    fn entities(&self, user: EntityUid, roles: u32) -> Option<Entities> {
        let mut held = HashSet::new();
        for (index, role) in Role::KNOWN.iter().enumerate() {
            if roles & (1 << index) != 0 {
                held.insert(uid(&self.role_type, role.as_str()));
            }
        }
        let mut entities: Vec<Entity> =
            held.iter().map(|role| Entity::new_no_attrs(role.clone(), HashSet::new())).collect();
        entities.push(Entity::new_no_attrs(user, held));
        Entities::from_entities(entities, Some(&self.schema)).ok()
    }
}

fn uid(of: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(of.clone(), EntityId::new(id))
}

fn policy_name(file: &str, policy: &Policy) -> String {
    policy.annotation("id").map_or_else(|| format!("{file}/{}", policy.id()), str::to_owned)
}
