//! What the screens must know of the clinic: names, jurisdiction, document types; and today's date there.

use std::sync::Arc;

use chrono::NaiveDate;
use posto_api::session::Named;
use posto_api::settings::{DocumentType, Settings};
use posto_domain::clinic::Clinic;
use posto_domain::jurisdiction::{Holder, Jurisdictions, Pack};

use super::time::instant;
use super::{App, AppError, AppResult};
use crate::identity::Membership;

/// The jurisdiction of a clinic whose directory has not arrived yet.
const FALLBACK: &str = "BR";

/// Codes of the jurisdictions that this program knows.
pub(crate) fn known_jurisdictions() -> Vec<String> {
    Jurisdictions::builtin().map(|all| all.iter().map(|pack| pack.code.clone()).collect()).unwrap_or_default()
}

impl App {
    /// Whether the clinic has no server.
    pub(crate) fn is_standalone(&self) -> bool {
        matches!(self.identity.membership, Membership::Standalone)
    }

    /// All jurisdiction packs, read when first asked for.
    pub(crate) fn jurisdictions(&self) -> AppResult<&Jurisdictions> {
        let packs = self.packs.get_or_init(|| {
            Jurisdictions::builtin()
                .inspect_err(|error| tracing::error!(%error, "the jurisdictions cannot be used"))
                .ok()
        });
        packs.as_ref().ok_or(AppError::Policy)
    }

    /// The clinic's record, once the directory has arrived.
    fn clinic_record(&self) -> AppResult<Option<Clinic>> {
        let id = self.identity.place.clinic.id;
        Ok(self.store.read(|r| r.record_row::<Clinic>(id.cast()))?)
    }

    /// The code of the clinic's jurisdiction.
    pub(crate) fn jurisdiction(&self) -> AppResult<String> {
        let from_directory = self.clinic_record()?.map(|clinic| clinic.jurisdiction);
        Ok(from_directory
            .or_else(|| self.identity.place.jurisdiction.clone())
            .unwrap_or_else(|| FALLBACK.to_owned()))
    }

    /// The clinic's jurisdiction pack. A newer one that this program does not know is replaced by the fallback.
    pub(crate) fn pack(&self) -> AppResult<Arc<Pack>> {
        if let Some(pack) = self.lobby.pack() {
            return Ok(pack);
        }
        let packs = self.jurisdictions()?;
        let pack =
            packs.get(&self.jurisdiction()?).or_else(|| packs.get(FALLBACK)).ok_or(AppError::Policy)?;
        let pack = Arc::new(pack.clone());
        self.lobby.remember_pack(pack.clone());
        Ok(pack)
    }

    /// Today at the clinic.
    pub(crate) fn today(&self) -> AppResult<NaiveDate> {
        let zone = self.pack()?.time_zones.first().and_then(|zone| zone.parse::<chrono_tz::Tz>().ok());
        let now = instant(self.pen.now_ms());
        Ok(now.with_timezone(&zone.unwrap_or(chrono_tz::UTC)).date_naive())
    }

    /// The clinic as the screens need it.
    ///
    /// # Errors
    /// Of the store.
    pub fn settings(&self) -> AppResult<Settings> {
        let place = &self.identity.place;
        let (pack, clinic) = (self.pack()?, self.clinic_record()?);
        let first = |list: &[String]| list.first().cloned().unwrap_or_default();
        let language = clinic
            .as_ref()
            .and_then(|clinic| clinic.language.clone())
            .unwrap_or_else(|| first(&pack.languages));
        let of_people = pack.documents.iter().filter(|kind| kind.holder == Holder::Person);
        let document_types = of_people.map(|kind| DocumentType {
            code: kind.kind.clone(),
            label: kind
                .label
                .get(&language)
                .or_else(|| kind.label.values().next())
                .cloned()
                .unwrap_or_default(),
        });
        Ok(Settings {
            clinic: Named {
                id: place.clinic.id.to_string(),
                name: clinic.as_ref().map_or_else(|| place.clinic.name.clone(), |clinic| clinic.name.clone()),
            },
            locations: place
                .locations
                .iter()
                .map(|l| Named { id: l.id.to_string(), name: l.name.clone() })
                .collect(),
            jurisdiction: pack.code.clone(),
            document_types: document_types.collect(),
            default_phone_region: pack.phone_region.clone(),
            time_zone: clinic.and_then(|clinic| clinic.time_zone).unwrap_or_else(|| first(&pack.time_zones)),
            default_language: language,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
}
