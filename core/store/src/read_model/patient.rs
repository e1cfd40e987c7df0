//! Patients as lists show them and as search finds them.

use std::fmt::Write;

use posto_domain::Patient;
use posto_domain::date::PartialDate;
use posto_domain::id::{AttachmentId, PatientId};
use posto_domain::normalise::{digits, normalise_document, normalise_email, normalise_name, search_words};
use posto_domain::patient::ClinicalStatus;
use rusqlite::{OptionalExtension, Row as SqlRow, params};
use serde_json::Value;

use super::Before;
use crate::error::Result;
use crate::transaction::{ReadTx, WriteTx};

/// The index holds words only: which of them stand where is never asked, so positions are left out
/// (`detail=none`), and the text itself is in the documents (`content=''`).
///
/// Eight segments of a size are merged into one, instead of four: every word is written less often, and what a search reads
/// stays about the same.
///
/// Words of names are written as they are. Everything else begins with a digit that says what it is
/// ([`Mark`]), which keeps it apart from names and lets a search for digits be one prefix.
pub(super) const TABLES: &str = "
    CREATE TABLE patient (
        document      INTEGER PRIMARY KEY,
        name_key      TEXT NOT NULL,
        name          TEXT NOT NULL,
        civil_name    TEXT,
        birth_date    TEXT,
        sex           TEXT,
        record_number INTEGER,
        phone         TEXT,
        official      TEXT,
        flags         INTEGER NOT NULL,
        merged_into   BLOB,
        photo         BLOB,
        words_hash    INTEGER NOT NULL
    );
    CREATE INDEX patient_name ON patient (name_key);
    CREATE VIRTUAL TABLE patient_words USING fts5 (
        words, content='', contentless_delete=1, detail=none,
        tokenize=\"unicode61 remove_diacritics 2\"
    );
    INSERT INTO patient_words (patient_words, rank) VALUES ('automerge', 0);
    INSERT INTO patient_words (patient_words, rank) VALUES ('crisismerge', 64);
    CREATE VIRTUAL TABLE patient_vocabulary USING fts5vocab (patient_words, row);
";

/// First character of an index word that is no word of a name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mark {
    /// A telephone number's or document's digits from the front.
    Number = 0,
    /// The same digits from the back, so that the end of a number is a beginning too.
    NumberBackwards = 1,
    RecordNumber = 2,
    /// `YYYYMMDD`.
    BirthDate = 3,
    /// A document with letters in it.
    Document = 4,
    /// An e-mail address without its punctuation.
    Email = 5,
}

/// The first word of a name in the index's order: everything before it carries a mark.
pub(super) const FIRST_NAME_WORD: &str = ":";

const DECEASED: i64 = 1;
const ALERTS: i64 = 2;
const INACTIVE: i64 = 4;
const RESTRICTED: i64 = 8;

/// One line of a list of patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatientRow {
    pub id: PatientId,
    /// The name to show and to call.
    pub name: String,
    /// The civil name, where it differs.
    pub civil_name: Option<String>,
    /// As [`PartialDate`] writes it.
    pub birth_date: Option<String>,
    pub sex: Option<String>,
    pub record_number: Option<i64>,
    /// The telephone number preferred for calls.
    pub phone: Option<String>,
    /// An official document's value, unmasked.
    pub document: Option<String>,
    pub deceased: bool,
    /// Active allergies or alerts are on record.
    pub has_alerts: bool,
    pub inactive: bool,
    /// Only the patient's own team opens the record.
    pub restricted: bool,
    pub merged_into: Option<PatientId>,
    pub photo: Option<AttachmentId>,
}

/// What is written for one patient.
#[derive(Debug)]
pub(super) struct Rows {
    row: PatientRow,
    name_key: String,
    words: String,
    /// Length of the part of `words` that are words of names.
    name_words_len: usize,
    words_hash: i64,
}

pub(super) fn fold(value: Value) -> Option<Rows> {
    let patient: Patient = serde_json::from_value(value).ok()?;
    let name = patient.display_name();
    let civil = patient.name.display();
    let (words, name_words_len) = words(&patient);
    let hash = blake3::hash(words.as_bytes());
    let mut head = [0; 8];
    head.copy_from_slice(&hash.as_bytes()[..8]);
    let preferred = patient.phones.values().min_by_key(|phone| phone.rank.unwrap_or(i64::MAX));
    let row = PatientRow {
        id: patient.id,
        civil_name: (civil != name && !civil.is_empty()).then_some(civil),
        birth_date: patient.birth_date.as_ref().map(PartialDate::to_string),
        sex: patient.sex.as_ref().map(|sex| sex.as_str().to_owned()),
        record_number: patient.record_number,
        phone: preferred.map(|phone| phone.number.clone()),
        document: patient.documents.values().next().map(|document| document.value.clone()),
        deceased: patient.deceased || patient.deceased_on.is_some(),
        has_alerts: !patient.alerts.is_empty()
            || patient.allergies.values().any(|a| is_active(a.status.as_ref())),
        inactive: patient.inactive,
        restricted: patient.restricted,
        merged_into: patient.merged_into,
        photo: patient.photo,
        name,
    };
    let name_key = normalise_name(&row.name);
    Some(Rows { name_key, words, name_words_len, words_hash: i64::from_be_bytes(head), row })
}

fn is_active(status: Option<&ClinicalStatus>) -> bool {
    use ClinicalStatus as Status;
    !matches!(status, Some(Status::Inactive | Status::Resolved | Status::Refuted | Status::EnteredInError))
}

/// All index words of a patient, separated by spaces, and how much of it are words of names.
fn words(patient: &Patient) -> (String, usize) {
    let mut text = String::with_capacity(256);
    for name in patient.all_names() {
        for word in search_words(&name) {
            push(&mut text, &word);
        }
    }
    let name_words_len = text.len();
    if let Some(number) = patient.record_number {
        push_marked(&mut text, Mark::RecordNumber, &number.to_string());
    }
    if let Some(PartialDate::Day(_)) = &patient.birth_date {
        let day = patient.birth_date.as_ref().map(|day| digits(&day.to_string())).unwrap_or_default();
        push_marked(&mut text, Mark::BirthDate, &day);
    }
    for phone in patient.phones.values() {
        push_phone(&mut text, &phone.number);
    }
    for document in patient.documents.values() {
        push_document(&mut text, &document.value);
    }
    for email in patient.emails.values() {
        push_marked(&mut text, Mark::Email, &squash(&normalise_email(&email.address)));
    }
    (text, name_words_len)
}

fn push(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

fn push_marked(text: &mut String, mark: Mark, word: &str) {
    if !word.is_empty() {
        // Writing into a text cannot fail.
        let _ = write!(text, "{}{}{word}", if text.is_empty() { "" } else { " " }, mark as u8);
    }
}

/// Digits of a telephone number that the national number leaves out: people type it without them.
const BRAZIL: &str = "55";

/// A number from the front, with and without what people leave out, and from the back.
fn push_phone(text: &mut String, number: &str) {
    let all = digits(number);
    push_marked(text, Mark::Number, &all);
    push_marked(text, Mark::NumberBackwards, &all.chars().rev().collect::<String>());
    let Some(national) = number.starts_with('+').then(|| national_part(&all)).flatten() else { return };
    push_marked(text, Mark::Number, national);
    // Without the area code: two digits in Brazil, three in North America.
    let area = if all.starts_with(BRAZIL) { 2 } else { 3 };
    if let Some(local) = national.get(area..).filter(|local| local.len() >= 6) {
        push_marked(text, Mark::Number, local);
    }
}

/// The number without its country calling code, for the codes whose length is known.
fn national_part(all: &str) -> Option<&str> {
    let code = match all.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'3', b'5' | b'7' | b'8', ..] | [b'4', b'2', ..] | [b'5', b'0' | b'9', ..] => 3,
        _ => 2,
    };
    all.get(code..).filter(|rest| rest.len() >= 6)
}

fn push_document(text: &mut String, value: &str) {
    let plain = normalise_document(value).to_lowercase();
    if plain.bytes().all(|byte| byte.is_ascii_digit()) {
        push_marked(text, Mark::Number, &plain);
        push_marked(text, Mark::NumberBackwards, &plain.chars().rev().collect::<String>());
    } else {
        push_marked(text, Mark::Document, &squash(&plain));
    }
}

/// Letters and digits only, so that the tokenizer keeps it in one piece.
pub(super) fn squash(text: &str) -> String {
    normalise_name(text).replace(' ', "")
}

pub(super) const COLUMNS: &str = "d.uid, p.name, p.civil_name, p.birth_date, p.sex, p.record_number, p.phone,
     p.official, p.flags, p.merged_into, p.photo";

impl PatientRow {
    pub(super) fn read(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        let flags: i64 = row.get(8)?;
        Ok(Self {
            id: PatientId::from_bytes(row.get(0)?),
            name: row.get(1)?,
            civil_name: row.get(2)?,
            birth_date: row.get(3)?,
            sex: row.get(4)?,
            record_number: row.get(5)?,
            phone: row.get(6)?,
            document: row.get(7)?,
            deceased: flags & DECEASED != 0,
            has_alerts: flags & ALERTS != 0,
            inactive: flags & INACTIVE != 0,
            restricted: flags & RESTRICTED != 0,
            merged_into: row.get::<_, Option<[u8; 16]>>(9)?.map(PatientId::from_bytes),
            photo: row.get::<_, Option<[u8; 16]>>(10)?.map(AttachmentId::from_bytes),
        })
    }

    fn flags(&self) -> i64 {
        let flag = |on, bit| if on { bit } else { 0 };
        flag(self.deceased, DECEASED)
            | flag(self.has_alerts, ALERTS)
            | flag(self.inactive, INACTIVE)
            | flag(self.restricted, RESTRICTED)
    }
}

impl ReadTx<'_> {
    /// A patient as lists show them.
    ///
    /// # Errors
    /// Of the database.
    pub fn patient_row(&self, id: PatientId) -> Result<Option<PatientRow>> {
        let mut statement = self.statement(&format!(
            "SELECT {COLUMNS} FROM document d JOIN patient p ON p.document = d.id WHERE d.uid = ?1"
        ))?;
        Ok(statement.query_row([id.to_bytes()], PatientRow::read).optional()?)
    }

    /// How many patients there are.
    ///
    /// # Errors
    /// Of the database.
    pub fn patient_count(&self) -> Result<u64> {
        let mut statement = self.statement("SELECT count(*) FROM patient")?;
        Ok(statement.query_row([], |row| row.get::<_, i64>(0))? as u64)
    }
}

/// An index word as the query language takes it literally.
pub(super) fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', ""))
}

/// A word with its mark, quoted.
pub(super) fn marked(mark: Mark, word: &str) -> String {
    quoted(&format!("{}{word}", mark as u8))
}

impl WriteTx<'_> {
    /// Most edits change neither what lists show nor what search finds: then nothing is written.
    pub(super) fn put_patient(&self, document: i64, rows: &Rows, before: Before) -> Result<()> {
        let row = &rows.row;
        let columns = params![
            document,
            rows.name_key,
            row.name,
            row.civil_name,
            row.birth_date,
            row.sex,
            row.record_number,
            row.phone,
            row.document,
            row.flags(),
            row.merged_into.map(PatientId::to_bytes),
            row.photo.map(AttachmentId::to_bytes),
            rows.words_hash,
        ];
        let held: Option<(i64, bool)> = match before {
            Before::Nothing => None,
            Before::Unknown => self
                .statement(
                    "SELECT words_hash, (name_key, name, civil_name, birth_date, sex, record_number, phone, official,
                         flags, merged_into, photo, words_hash)
                         IS (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                     FROM patient WHERE document = ?1",
                )?
                .query_row(columns, |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?,
        };
        if held.is_some_and(|(_, is_same)| is_same) {
            return Ok(());
        }
        if held.is_some() {
            self.statement("DELETE FROM patient WHERE document = ?1")?.execute([document])?;
        }
        // Not OR REPLACE: a statement that may be undone halfway begins a savepoint, at which the index of words is
        // written out, a segment for every patient.
        self.statement(
            "INSERT INTO patient (document, name_key, name, civil_name, birth_date, sex, record_number,
                 phone, official, flags, merged_into, photo, words_hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(columns)?;
        match held {
            Some((words_hash, _)) if words_hash == rows.words_hash => Ok(()),
            held => self.put_words(document, rows, held.is_some()),
        }
    }

    fn put_words(&self, document: i64, rows: &Rows, had_others: bool) -> Result<()> {
        self.note_words();
        if had_others {
            self.statement("DELETE FROM patient_words WHERE rowid = ?1")?.execute([document])?;
        }
        self.statement("INSERT INTO patient_words (rowid, words) VALUES (?1, ?2)")?
            .execute(params![document, rows.words])?;
        let names = rows.words.get(..rows.name_words_len).unwrap_or_default();
        self.shared.vocabulary.add(names.split(' ').filter(|word| !word.is_empty()));
        Ok(())
    }

    pub(super) fn remove_patient(&self, document: i64) -> Result<()> {
        let removed = self.statement("DELETE FROM patient WHERE document = ?1")?.execute([document])?;
        if removed > 0 {
            self.note_words();
            self.statement("DELETE FROM patient_words WHERE rowid = ?1")?.execute([document])?;
        }
        Ok(())
    }

    /// Deleted words stay in the index's older segments until it is merged; an erasure does not
    /// wait for that.
    pub(crate) fn erase_search_remains(&self) -> Result<()> {
        self.statement("INSERT INTO patient_words (patient_words) VALUES ('optimize')")?.execute([])?;
        self.shared.vocabulary.clear();
        Ok(())
    }
}
