//! Finding patients: names in any order, with or without accents, whole or begun, by a piece or with
//! a typing mistake; telephone and document digits; record numbers; birth dates.
//!
//! A search runs through *tiers*, best answers first. Every tier excludes those before it, each has
//! an order of its own, and a cursor says in which tier and where a page ended. Every step reads an
//! index in its own order and stops when the page is full.

use posto_domain::date::PartialDate;
use posto_domain::normalise::{digits, normalise_document, normalise_email, normalise_name};
use rusqlite::params;

use super::patient::{COLUMNS, FIRST_NAME_WORD, Mark, PatientRow, marked, quoted, squash};
use crate::error::Result;
use crate::transaction::ReadTx;

/// A search as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatientQuery {
    /// Empty: those changed last.
    pub text: String,
    /// `next_cursor` of the page before. One that is not of this search starts from the beginning.
    pub cursor: Option<String>,
    /// Rows of a page, at least 1.
    pub limit: usize,
}

/// A page of patients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundPatients {
    pub rows: Vec<PatientRow>,
    /// Where the next page starts; absent on the last one.
    pub next_cursor: Option<String>,
}

/// How many words of a query count.
const TERMS_MAX: usize = 8;

/// Fewer digits are not taken for a part of a longer number.
const DIGITS_MIN: usize = 3;

/// How many newest changes the list of those changed last looks through for one page.
const RECENT_CHANGES_MAX: usize = 2_000;

/// Where the next page starts: in which tier, after which key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Cursor {
    tier: usize,
    /// Of the last row.
    document: i64,
    /// Of the last row, in the tier that is ordered by names.
    name_key: String,
}

impl Cursor {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let tier = parts.next()?.parse().ok()?;
        let document = parts.next()?.parse().ok()?;
        let name_key = String::from_utf8(hex::decode(parts.next()?).ok()?).ok()?;
        Some(Self { tier, document, name_key })
    }

    fn text(&self) -> String {
        format!("{}.{}.{}", self.tier, self.document, hex::encode(&self.name_key))
    }

    fn start_of(tier: usize) -> Self {
        Self { tier, document: i64::MAX, name_key: String::new() }
    }
}

/// One way to look, with its own order.
enum Tier {
    /// Names that begin with what was typed, in alphabetical order.
    Beginning(String),
    /// Patients whose words satisfy the expression, newest first; those in the tier of names are
    /// skipped.
    Words(String),
    /// Nobody that an earlier tier has not.
    Nothing,
}

impl ReadTx<'_> {
    /// Finds patients.
    ///
    /// # Errors
    /// Of the database.
    pub fn find_patients(&self, query: &PatientQuery) -> Result<FoundPatients> {
        let limit = query.limit.max(1);
        let cursor = query.cursor.as_deref().and_then(Cursor::parse);
        let terms = terms(&query.text);
        if terms.is_empty() {
            return self.recent_patients(cursor, limit);
        }
        let mut cursor = cursor.unwrap_or_else(|| Cursor::start_of(0));
        let mut found = FoundPatients::default();
        let mut tiers = self.likely_tiers(&query.text, &terms)?;
        let likely = tiers.len();
        loop {
            if cursor.tier == likely && tiers.len() == likely {
                // Only when nothing else is left: what was typed may be a piece of a word, or wrong.
                tiers.extend(self.guessed_tier(&terms));
            }
            let Some(tier) = tiers.get(cursor.tier) else { return Ok(found) };
            let wanted = limit - found.rows.len();
            let mut rows = match tier {
                Tier::Nothing => Vec::new(),
                Tier::Beginning(key) => self.beginning(key, &cursor, wanted + 1)?,
                Tier::Words(expression) => {
                    self.matching(expression, beginning_of(&tiers), &cursor, wanted + 1)?
                }
            };
            if rows.len() > wanted {
                rows.truncate(wanted);
                if let Some((document, name_key, _)) = rows.last() {
                    let at = Cursor { tier: cursor.tier, document: *document, name_key: name_key.clone() };
                    found.next_cursor = Some(at.text());
                }
                found.rows.extend(rows.into_iter().map(|(_, _, row)| row));
                return Ok(found);
            }
            found.rows.extend(rows.into_iter().map(|(_, _, row)| row));
            cursor = Cursor::start_of(cursor.tier + 1);
            if found.rows.len() == limit {
                found.next_cursor = Some(cursor.text());
                return Ok(found);
            }
        }
    }

    fn likely_tiers(&self, text: &str, terms: &[Term]) -> Result<Vec<Tier>> {
        self.load_vocabulary()?;
        let mut tiers = Vec::with_capacity(4);
        if terms.iter().all(|term| matches!(term, Term::Word(_))) {
            tiers.push(Tier::Beginning(normalise_name(text)));
        }
        let whole = conjunction(terms.iter().map(Term::whole));
        let begun = conjunction(terms.iter().map(|term| self.begun(term)));
        tiers.push(Tier::Words(whole.clone()));
        // Always there, so that a cursor means the same tier on every page.
        tiers.push(match begun == whole {
            true => Tier::Nothing,
            false => Tier::Words(format!("({begun}) NOT ({whole})")),
        });
        Ok(tiers)
    }

    fn guessed_tier(&self, terms: &[Term]) -> Option<Tier> {
        let begun = conjunction(terms.iter().map(|term| self.begun(term)));
        let guessed = conjunction(terms.iter().map(|term| match term {
            Term::Word(word) => {
                let meanings = self.shared.vocabulary.meanings(word);
                let meanings = meanings.iter().map(|meaning| quoted(meaning));
                std::iter::once(self.begun(term)).chain(meanings).collect::<Vec<_>>().join(" OR ")
            }
            _ => self.begun(term),
        }));
        (guessed != begun).then(|| Tier::Words(format!("({guessed}) NOT ({begun})")))
    }

    /// As an expression that a word's beginning satisfies. Asked for one by one, the words with that
    /// beginning are merged in the order of the answer and only as far as the page goes; asked for as
    /// a prefix, all of them are read first.
    fn begun(&self, term: &Term) -> String {
        let Term::Word(word) = term else { return term.begun() };
        match self.shared.vocabulary.beginning_with(word) {
            Some(words) if words.is_empty() => term.whole(),
            Some(words) => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" OR "),
            None => term.begun(),
        }
    }

    fn beginning(&self, key: &str, cursor: &Cursor, limit: usize) -> Result<Vec<(i64, String, PatientRow)>> {
        let mut statement = self.statement(&format!(
            "SELECT {COLUMNS}, p.document, p.name_key
             FROM patient p INDEXED BY patient_name JOIN document d ON d.id = p.document
             WHERE p.name_key >= ?1 AND p.name_key < ?2 AND (p.name_key, p.document) > (?3, ?4)
             ORDER BY p.name_key, p.document LIMIT ?5"
        ))?;
        let after =
            if cursor.name_key.is_empty() { (key, 0) } else { (cursor.name_key.as_str(), cursor.document) };
        let end = format!("{key}\u{10FFFF}");
        let rows = statement.query_map(params![key, end, after.0, after.1, limit as i64], |row| {
            Ok((row.get(11)?, row.get(12)?, PatientRow::read(row)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn matching(
        &self,
        expression: &str,
        beginning: Option<&str>,
        cursor: &Cursor,
        limit: usize,
    ) -> Result<Vec<(i64, String, PatientRow)>> {
        let mut statement = self.statement(&format!(
            "SELECT {COLUMNS}, p.document, p.name_key
             FROM patient_words w JOIN patient p ON p.document = w.rowid JOIN document d ON d.id = w.rowid
             WHERE patient_words MATCH ?1 AND w.rowid < ?2 ORDER BY w.rowid DESC"
        ))?;
        let mut rows = statement.query(params![expression, cursor.document])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let name_key: String = row.get(12)?;
            if beginning.is_some_and(|beginning| name_key.starts_with(beginning)) {
                continue;
            }
            found.push((row.get(11)?, name_key, PatientRow::read(row)?));
            if found.len() == limit {
                break;
            }
        }
        Ok(found)
    }

    /// Those changed last: the log read backwards, each patient where its newest change stands.
    /// Segments of the word index: the more there are, the more a search has to open.
    ///
    /// # Errors
    /// Of the database.
    pub fn index_segments(&self) -> Result<i64> {
        let mut statement = self.statement("SELECT COUNT(DISTINCT segid) FROM patient_words_idx")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    fn recent_patients(&self, cursor: Option<Cursor>, limit: usize) -> Result<FoundPatients> {
        let before = cursor.map_or(i64::MAX, |cursor| cursor.document);
        let mut statement = self.statement(&format!(
            "SELECT {COLUMNS}, c.local_seq FROM (
                 SELECT local_seq, document FROM change WHERE local_seq < ?1 ORDER BY local_seq DESC LIMIT ?2
             ) c JOIN document d ON d.id = c.document AND d.last_change = c.local_seq
             JOIN patient p ON p.document = d.id ORDER BY c.local_seq DESC LIMIT ?3"
        ))?;
        let rows = statement
            .query_map(params![before, RECENT_CHANGES_MAX as i64, limit as i64 + 1], |row| {
                Ok((row.get::<_, i64>(11)?, PatientRow::read(row)?))
            })?
            .collect::<Result<Vec<_>, _>>()?;
        let mut found = FoundPatients::default();
        let more = rows.len() > limit;
        for (local_seq, row) in rows.into_iter().take(limit) {
            found.next_cursor = more.then(|| Cursor { document: local_seq, ..Cursor::default() }.text());
            found.rows.push(row);
        }
        Ok(found)
    }

    fn load_vocabulary(&self) -> Result<()> {
        if self.shared.vocabulary.is_complete() {
            return Ok(());
        }
        let mut statement = self.statement("SELECT term FROM patient_vocabulary WHERE term >= ?1")?;
        let words = statement
            .query_map([FIRST_NAME_WORD], |row| row.get::<_, String>(0))?
            .collect::<Result<Vec<_>, _>>()?;
        self.shared.vocabulary.complete(self.generation, words.into_iter());
        Ok(())
    }
}

fn beginning_of(tiers: &[Tier]) -> Option<&str> {
    match tiers.first() {
        Some(Tier::Beginning(key)) => Some(key),
        _ => None,
    }
}

fn conjunction(parts: impl Iterator<Item = String>) -> String {
    parts.map(|part| format!("({part})")).collect::<Vec<_>>().join(" AND ")
}

/// One thing that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// A word of a name.
    Word(String),
    /// Digits of a telephone number, a document or a record number.
    Digits(String),
    /// Days that a written date may mean, as `YYYYMMDD`.
    Day(Vec<String>),
    /// A document with letters in it.
    Document(String),
    Email(String),
}

impl Term {
    /// As an expression that only the whole word satisfies.
    fn whole(&self) -> String {
        match self {
            Self::Word(word) => quoted(word),
            Self::Digits(digits) => {
                format!("{} OR {}", marked(Mark::Number, digits), marked(Mark::RecordNumber, digits))
            }
            Self::Day(days) => {
                days.iter().map(|day| marked(Mark::BirthDate, day)).collect::<Vec<_>>().join(" OR ")
            }
            Self::Document(document) => marked(Mark::Document, document),
            Self::Email(address) => marked(Mark::Email, address),
        }
    }

    /// As an expression that a word's beginning satisfies (for digits, its end too).
    fn begun(&self) -> String {
        match self {
            Self::Word(word) => format!("{} *", quoted(word)),
            // One or two digits begin or end every tenth number: they can only be a record number.
            Self::Digits(digits) if digits.len() < DIGITS_MIN => self.whole(),
            Self::Digits(digits) => {
                let backwards: String = digits.chars().rev().collect();
                format!(
                    "{} * OR {} * OR {}",
                    marked(Mark::Number, digits),
                    marked(Mark::NumberBackwards, &backwards),
                    marked(Mark::RecordNumber, digits)
                )
            }
            Self::Day(_) => self.whole(),
            Self::Document(document) => format!("{} *", marked(Mark::Document, document)),
            Self::Email(address) => format!("{} *", marked(Mark::Email, address)),
        }
    }
}

/// What was typed, taken apart. Digits that follow one another are one number, however they are
/// grouped: `(11) 98765-4321`.
fn terms(text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut number = String::new();
    for piece in text.split_whitespace() {
        let days = days(piece);
        let has_letters = piece.chars().any(char::is_alphabetic);
        let has_digits = piece.chars().any(|c| c.is_ascii_digit());
        if days.is_empty() && has_digits && !has_letters {
            number.push_str(&digits(piece));
            continue;
        }
        flush(&mut number, &mut terms);
        if !days.is_empty() {
            terms.push(Term::Day(days));
        } else if piece.contains('@') {
            push_unless_empty(&mut terms, squash(&normalise_email(piece)), Term::Email);
        } else if has_digits {
            push_unless_empty(&mut terms, squash(&normalise_document(piece)), Term::Document);
        } else {
            let words = normalise_name(piece);
            words.split(' ').for_each(|word| push_unless_empty(&mut terms, word.to_owned(), Term::Word));
        }
    }
    flush(&mut number, &mut terms);
    terms.truncate(TERMS_MAX);
    terms
}

fn flush(number: &mut String, terms: &mut Vec<Term>) {
    push_unless_empty(terms, std::mem::take(number), Term::Digits);
}

fn push_unless_empty(terms: &mut Vec<Term>, word: String, term: fn(String) -> Term) {
    if !word.is_empty() {
        terms.push(term(word));
    }
}

/// Days that a written date can mean: `1980-03-02`, `02/03/1980` (2 March, or 3 February where the
/// month comes first), `2.3.1980`.
fn days(piece: &str) -> Vec<String> {
    let parts: Vec<&str> = piece.split(['-', '/', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return Vec::new() };
    let orders = if a.len() == 4 {
        vec![(a, b, c)]
    } else if c.len() == 4 {
        vec![(c, b, a), (c, a, b)]
    } else {
        return Vec::new();
    };
    let mut days = Vec::new();
    for (year, month, day) in orders {
        let iso = format!("{year}-{month:0>2}-{day:0>2}");
        if let PartialDate::Day(_) = PartialDate::from(iso.as_str()) {
            let day = digits(&iso);
            if !days.contains(&day) {
                days.push(day);
            }
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_taken_apart() {
        assert_eq!(
            terms("João (11) 98765-4321"),
            [Term::Word("joao".into()), Term::Digits("11987654321".into())]
        );
        assert_eq!(terms("123.456.789-09"), [Term::Digits("12345678909".into())]);
        assert_eq!(terms("02/03/1980"), [Term::Day(vec!["19800302".into(), "19800203".into()])]);
        assert_eq!(terms("1980-03-02 ana"), [Term::Day(vec!["19800302".into()]), Term::Word("ana".into())]);
        assert_eq!(terms("AB-123456"), [Term::Document("ab123456".into())]);
        assert_eq!(terms("Ana@Example.com"), [Term::Email("anaexamplecom".into())]);
        assert_eq!(terms(" \" ' * - "), []);
    }

    #[test]
    fn a_cursor_survives_its_text() {
        let cursor = Cursor { tier: 2, document: 77, name_key: "d.avila".into() };
        assert_eq!(Cursor::parse(&cursor.text()), Some(cursor));
        for text in ["", "1", "x.1.", "1.1.zz"] {
            assert_eq!(Cursor::parse(text), None);
        }
    }
}
