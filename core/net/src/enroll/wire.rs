//! Messages of `posto-enroll/1` and of renewal: CBOR maps with numbered keys; unknown keys are skipped.

use minicbor::{Decode, Encode};
use ulid::Ulid;
use zeroize::Zeroize as _;

use super::desk::{EnrolmentRefusal, Grant};
use crate::{
    error::NetError,
    identity::{IdentityCard, Named},
    limits,
};

/// The protocol of enrolment on a connection of its own.
pub(crate) const ENROL_ALPN: &[u8] = b"posto-enroll/1";

/// What a node sends: with a secret to enrol, without one to renew.
#[derive(Encode, Decode)]
#[cbor(map)]
pub(crate) struct Request {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) secret: Vec<u8>,
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub(crate) request_der: Vec<u8>,
    #[n(2)]
    pub(crate) software: String,
    #[n(3)]
    pub(crate) label: String,
}

impl Drop for Request {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Place {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    id: Vec<u8>,
    #[n(1)]
    name: String,
}

/// What the server answers: a refusal, or a certificate (and, when enrolling, who the node is).
#[derive(Default, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Answer {
    #[n(0)]
    refusal: Option<u8>,
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    certificate: Option<Vec<u8>>,
    #[n(2)]
    node: Option<Place>,
    #[n(3)]
    clinic: Option<Place>,
    #[n(4)]
    locations: Option<Vec<Place>>,
}

impl Answer {
    pub(crate) fn refused(refusal: EnrolmentRefusal) -> Self {
        Self { refusal: Some(refusal.code()), ..Self::default() }
    }

    pub(crate) fn renewed(certificate_der: Vec<u8>) -> Self {
        Self { certificate: Some(certificate_der), ..Self::default() }
    }

    pub(crate) fn granted(grant: Grant) -> Self {
        Self {
            refusal: None,
            certificate: Some(grant.certificate.der),
            node: Some(grant.node.into()),
            clinic: Some(grant.clinic.into()),
            locations: Some(grant.locations.into_iter().map(Place::from).collect()),
        }
    }

    /// The certificate, or why there is none.
    pub(crate) fn certificate(&mut self) -> Result<Vec<u8>, NetError> {
        if let Some(code) = self.refusal {
            return Err(NetError::Refused(EnrolmentRefusal::from_code(code)));
        }
        self.certificate.take().ok_or(NetError::Protocol("an answer without a certificate"))
    }

    /// Who the node is now.
    pub(crate) fn card(self, server: String) -> Result<IdentityCard, NetError> {
        let missing = NetError::Protocol("an answer without names");
        let (Some(node), Some(clinic)) = (self.node, self.clinic) else { return Err(missing) };
        let locations = self.locations.unwrap_or_default();
        Ok(IdentityCard {
            node: node.try_into()?,
            clinic: clinic.try_into()?,
            locations: locations.into_iter().map(Named::try_from).collect::<Result<_, _>>()?,
            server,
        })
    }
}

impl From<Named> for Place {
    fn from(named: Named) -> Self {
        Self { id: named.id.to_bytes().to_vec(), name: named.name }
    }
}

impl TryFrom<Place> for Named {
    type Error = NetError;

    fn try_from(place: Place) -> Result<Self, NetError> {
        let id: [u8; 16] = place.id.try_into().map_err(|_| NetError::Protocol("an id of wrong length"))?;
        Ok(Self { id: Ulid::from_bytes(id), name: place.name })
    }
}

/// Text that came from outside, cut to its limit and without control characters.
pub(crate) fn label(text: &str) -> String {
    let mut label: String = text.chars().filter(|c| !c.is_control()).collect();
    while label.len() > limits::LABEL_BYTES_MAX {
        label.pop();
    }
    label
}

/// Encodes a message.
pub(crate) fn encode<M: Encode<()>>(message: &M) -> Result<Vec<u8>, NetError> {
    minicbor::to_vec(message).map_err(|_| NetError::Protocol("a message that cannot be encoded"))
}

/// Decodes a message.
pub(crate) fn decode<'b, M: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<M, NetError> {
    minicbor::decode(bytes).map_err(|_| NetError::Protocol("a malformed enrolment message"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = decode::<Request>(&bytes);
            let _ = decode::<Answer>(&bytes);
        }
    }

    #[test]
    fn labels_are_cut_at_a_character_and_lose_control_characters() {
        assert_eq!(label("desk\u{7}\n 1"), "desk 1");
        assert!(label(&"é".repeat(200)).len() <= limits::LABEL_BYTES_MAX);
    }

    #[test]
    fn messages_survive_the_wire() {
        let request = Request {
            secret: vec![1; 13],
            request_der: vec![2; 90],
            software: "posto/0.1".into(),
            label: "x".into(),
        };
        let back: Request = decode(&encode(&request).unwrap()).unwrap();
        assert_eq!((&back.secret, &back.request_der), (&request.secret, &request.request_der));
        let mut refused: Answer = decode(&encode(&Answer::refused(EnrolmentRefusal::Used)).unwrap()).unwrap();
        assert!(matches!(refused.certificate(), Err(NetError::Refused(EnrolmentRefusal::Used))));
    }
}
