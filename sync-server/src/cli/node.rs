//! `node list|revoke`.

use anyhow::bail;
use clap::{Args, Subcommand};
use posto_domain::{ClinicId, LocationId, NodeId, UserId};
use serde::Serialize;

use super::{Data, Format, outcome};
use crate::directory::DirectoryError;
use crate::revocation::{Revocation, Revocations};
use crate::storage::DbError;
use crate::storage::table::node::{self, NodeRow};

/// Nodes.
#[derive(Subcommand)]
pub(super) enum Node {
    /// List nodes with their standing and how they are doing
    List(List),
    /// Take a node's right to connect away, for good; a live session ends within a second
    Revoke(Revoke),
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// Only this clinic's
    #[arg(long, value_name = "ID")]
    clinic: Option<ClinicId>,
}

#[derive(Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    format: Format,
    /// Which node
    #[arg(long, value_name = "ID")]
    node: NodeId,
    /// Why, for the record
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    id: NodeId,
    clinic: ClinicId,
    location: Option<LocationId>,
    name: String,
    status: &'static str,
    online: bool,
    software: Option<String>,
    enrolled_at_ms: i64,
    last_seen_at_ms: Option<i64>,
    revoked_at_ms: Option<i64>,
    certificate_until_ms: i64,
    clock_offset_ms: Option<i64>,
}

impl From<NodeRow> for Answer {
    fn from(row: NodeRow) -> Self {
        Self {
            id: row.id,
            clinic: row.clinic,
            location: row.location,
            name: row.name,
            status: if row.revoked_at_ms.is_some() { "revoked" } else { "enrolled" },
            online: row.online,
            software: row.software,
            enrolled_at_ms: row.enrolled_at_ms,
            last_seen_at_ms: row.last_seen_at_ms,
            revoked_at_ms: row.revoked_at_ms,
            certificate_until_ms: row.certificate_until_ms,
            clock_offset_ms: row.clock_offset_ms,
        }
    }
}

impl Node {
    pub(super) fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(list) => list.run(),
            Self::Revoke(revoke) => revoke.run(),
        }
    }
}

impl List {
    fn run(self) -> anyhow::Result<()> {
        let clinic = self.clinic;
        let rows = self.data.open()?.db.read_blocking::<_, DbError, _>(|tx| node::list(tx, clinic))?;
        let answers: Vec<Answer> = rows.into_iter().map(Answer::from).collect();
        outcome::print(self.format, &answers, |nodes| {
            for node in nodes {
                let seen = node.last_seen_at_ms.map_or_else(|| "never connected".into(), outcome::moment);
                let line = if node.online { "online" } else { "offline" };
                println!("{}  {}  {line}  last seen {seen}  {}", node.id, node.status, node.name);
            }
        })
    }
}

impl Revoke {
    fn run(self) -> anyhow::Result<()> {
        let installation = self.data.open()?;
        let directory = installation.directory.clone();
        let revocations = Revocations::of(&installation.folder);
        let (id, reason) = (self.node, self.reason);
        let revocation =
            Revocation { node: id, decided_by: UserId::OPERATOR, at_ms: installation.clock.now_ms() };
        let revoked = installation.write_as_operator("node.revoke", move |tx| {
            let revoked = revocations.revoke(tx, &directory, &revocation, reason.as_deref())?;
            Ok::<_, DirectoryError>((revoked, format!("node/{id}")))
        })?;
        if !revoked {
            bail!("this node was revoked before");
        }
        let answer = serde_json::json!({ "id": id, "status": "revoked" });
        outcome::print(self.format, &answer, |_| println!("{id} is revoked."))
    }
}
