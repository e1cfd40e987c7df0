//! `erase`: a document and what is about it, everywhere and for good.

use anyhow::Context as _;
use clap::Args;
use posto_domain::{DocumentId, Scope, UserId};

use super::{Data, Format, outcome};
use crate::erasure::{self, ErasureError, Ledger, LedgerLine, LegalBasis};
use crate::storage::DbError;
use crate::storage::table::audit::{self, Entry};

/// Arguments of `erase`.
#[derive(Args)]
pub(super) struct Erase {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// Where the document is: clinic/ID or location/ID
    #[arg(long, value_name = "SCOPE")]
    scope: String,
    /// Its id; with a patient, everything recorded about that patient goes too
    #[arg(long, value_name = "ID")]
    document: DocumentId,
    /// On what ground
    #[arg(long, value_enum)]
    basis: LegalBasis,
    /// The user id of the person who decided; default: the operator of this machine
    #[arg(long, value_name = "ID")]
    decided_by: Option<UserId>,
    /// Really erase: nothing brings it back
    #[arg(long, required = true)]
    yes: bool,
}

impl Erase {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let scope: Scope = self.scope.parse().context("--scope is clinic/ID or location/ID")?;
        let installation = self.data.open()?;
        let ledger = Ledger::of(&installation.folder);
        // Removed before, or the ledger's numbers would differ from those of a finished crash.
        ledger.apply(&installation.db)?;
        let documents = installation
            .db
            .read_blocking::<_, ErasureError, _>(|tx| erasure::with_dependants(tx, scope, self.document))?;
        let at_ms = installation.clock.now_ms();
        let lines: Vec<LedgerLine> = documents
            .iter()
            .map(|document| LedgerLine {
                scope: scope.to_string(),
                document: *document,
                basis: self.basis,
                decided_by: self.decided_by.unwrap_or(UserId::OPERATOR),
                at_ms: at_ms.max(0).cast_unsigned(),
            })
            .collect();
        let erased = ledger.erase(&installation.db, &lines)?;
        let resource = format!("{scope}/{}", self.document);
        installation.db.write_blocking::<_, DbError, _>(move |tx| {
            let entry = Entry {
                at_ms,
                actor: "operator",
                action: "document.erase",
                resource: &resource,
                outcome: "done",
                correlation: "",
            };
            audit::append(tx, &entry)
        })?;
        let answer = serde_json::json!({ "erased": erased, "documents": documents });
        outcome::print(self.format, &answer, |_| {
            println!("Erased {erased} documents here. Each node erases them at its next contact.");
        })
    }
}
