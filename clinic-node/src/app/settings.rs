//! What the screens must know of the clinic: names, jurisdiction, document types.

use posto_api::session::Named;
use posto_api::settings::{DocumentType, Settings};
use posto_domain::clinic::Clinic;

use super::{App, AppResult};

/// Codes of the jurisdictions that this program knows.
pub(crate) fn jurisdictions() -> Vec<String> {
    vec!["BR".to_owned(), "US".to_owned()]
}

impl App {
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
            .unwrap_or_else(|| "BR".to_owned()))
    }

    /// The clinic as the screens need it.
    ///
    /// # Errors
    /// Of the store.
    pub fn settings(&self) -> AppResult<Settings> {
        let place = &self.identity.place;
        let named = |id: String, name: &str| Named { id, name: name.to_owned() };
        Ok(Settings {
            clinic: named(place.clinic.id.to_string(), &place.clinic.name),
            locations: place.locations.iter().map(|l| named(l.id.to_string(), &l.name)).collect(),
            jurisdiction: self.jurisdiction()?,
            document_types: Vec::<DocumentType>::new(),
            default_language: "pt-BR".to_owned(),
            default_phone_region: "BR".to_owned(),
            time_zone: "America/Sao_Paulo".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
}
