//! Real Automerge changes for tests and the size example: patients like those of workload W.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code)]

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, ObjType, ROOT, ReadDoc};

use crate::batch::{BaseHashes, DependencyResolver, HeldChange};
use crate::types::{ChangeHash, ChangeRecord, DocId, KindCode};

pub(crate) const PATIENT: KindCode = KindCode(16);
const CONTAINERS: [&str; 8] =
    ["name", "documents", "phones", "addresses", "allergies", "medications", "notes", "external_ids"];

/// A small seeded generator (splitmix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    fn hex(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from_digit(self.below(16) as u32, 16).unwrap()).collect()
    }

    fn date(&mut self, from: u64, to: u64) -> String {
        format!("{}-{:02}-{:02}", from + self.below(to - from), 1 + self.below(12), 1 + self.below(28))
    }
}

const FIRST: &str = "Maria José João Ana Antônio Francisca Carlos Adriana Paulo Juliana Pedro Márcia Lucas Fernanda Luiz Patrícia Marcos Aline Luís Sandra Gabriel Camila Rafael Amanda Daniel Bruna Marcelo Jéssica Bruno Letícia";
const LAST: &str = "Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins Carvalho Almeida Lopes Soares Fernandes Vieira Barbosa Rocha Dias Nascimento Andrade Moreira Nunes Marques Machado Mendes Freitas";
const CITIES: &str = "Manaus Belém Santarém Parintins Tefé Coari Itacoatiara Tabatinga Breves Óbidos";
const STREETS: [&str; 8] = [
    "Rua das Flores",
    "Av. Brasil",
    "Rua Sete de Setembro",
    "Travessa do Porto",
    "Rua São João",
    "Estrada do Aeroporto",
    "Rua da Matriz",
    "Beco do Rio",
];
const ALLERGIES: [&str; 10] = [
    "penicilina",
    "dipirona",
    "látex",
    "amendoim",
    "camarão",
    "sulfa",
    "iodo",
    "AAS",
    "ovo",
    "picada de abelha",
];
const DRUGS: [&str; 10] = [
    "losartana 50mg 12/12h",
    "metformina 850mg 2x/dia",
    "AAS 100mg 1x/dia",
    "omeprazol 20mg jejum",
    "sinvastatina 20mg noite",
    "hidroclorotiazida 25mg",
    "enalapril 10mg 12/12h",
    "insulina NPH 20UI",
    "salbutamol spray SOS",
    "levotiroxina 50mcg",
];
const WORDS: &str = "paciente refere dor abdominal leve sem febre retorno em trinta dias pressão controlada orientada dieta hipossódica exame físico normal solicitado hemograma vacinação em dia acompanhamento pela equipe de saúde da família visita domiciliar realizada gestante queixa cefaleia tosse seca melhora após medicação";

/// The one base change of the only kind here.
pub(crate) fn genesis() -> (ChangeHash, AutoCommit) {
    let mut doc = AutoCommit::new().with_actor(ActorId::from([0_u8; 16]));
    for container in CONTAINERS {
        doc.put_object(ROOT, container, ObjType::Map).unwrap();
    }
    doc.put(ROOT, "schema", 1).unwrap();
    let hash = doc.commit_with(CommitOptions::default().with_time(0)).unwrap();
    (ChangeHash(hash.0), doc)
}

pub(crate) struct Bases(ChangeHash);

impl Bases {
    pub(crate) fn new() -> Self {
        Self(genesis().0)
    }
}

impl BaseHashes for Bases {
    fn base(&self, kind: KindCode, index: u8) -> Option<ChangeHash> {
        (kind == PATIENT && index == 0).then_some(self.0)
    }

    fn index(&self, kind: KindCode, hash: &ChangeHash) -> Option<u8> {
        (kind == PATIENT && *hash == self.0).then_some(0)
    }
}

/// Resolves prefixes among the records of a log.
pub(crate) struct Held<'a>(pub(crate) &'a [ChangeRecord]);

impl DependencyResolver for Held<'_> {
    fn resolve(&mut self, prefix: &[u8]) -> Option<HeldChange> {
        let mut found = self.0.iter().filter(|held| held.hash.0.starts_with(prefix));
        let first = found.next()?;
        let unique = found.all(|other| other.hash == first.hash);
        unique.then_some(HeldChange { doc: first.doc, kind: first.kind, hash: first.hash })
    }
}

struct Ids {
    generator: u64,
    counter: u16,
    ms: u64,
}

impl Ids {
    fn bytes(&mut self) -> [u8; 16] {
        self.counter = self.counter.wrapping_add(1);
        let value = u128::from(self.ms) << 80 | u128::from(self.generator) << 16 | u128::from(self.counter);
        value.to_be_bytes()
    }

    fn text(&mut self) -> String {
        ulid_text(self.bytes())
    }
}

fn ulid_text(bytes: [u8; 16]) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let value = u128::from_be_bytes(bytes);
    (0..26).rev().map(|i| char::from(ALPHABET[(value >> (5 * i)) as usize & 31])).collect()
}

pub(crate) struct Clinic {
    dice: Dice,
    ids: Ids,
    base: AutoCommit,
    now_ms: i64,
    actor: [u8; 16],
    pub(crate) docs: Vec<(DocId, AutoCommit)>,
    pub(crate) log: Vec<ChangeRecord>,
}

impl Clinic {
    pub(crate) fn new(seed: u64) -> Self {
        let mut actor = [0; 16];
        actor[..8].copy_from_slice(b"nodepref");
        actor[8..].copy_from_slice(&Dice(seed).next().to_be_bytes());
        Self {
            dice: Dice(seed),
            ids: Ids { generator: Dice(seed ^ 99).next(), counter: 0, ms: 1_790_000_000_000 },
            base: genesis().1,
            now_ms: 1_790_000_000_000,
            actor,
            docs: Vec::new(),
            log: Vec::new(),
        }
    }

    fn commit(&mut self, doc: DocId, auto: &mut AutoCommit) {
        let message = format!("{} 0.{}", ulid_text([7; 16]), self.dice.below(3));
        let options = CommitOptions::default().with_time(self.now_ms).with_message(message);
        let Some(hash) = auto.commit_with(options) else { return };
        let change = auto.get_change_by_hash(&hash).unwrap();
        self.log.push(ChangeRecord {
            doc,
            kind: PATIENT,
            hash: ChangeHash(hash.0),
            bytes: change.raw_bytes().to_vec(),
        });
    }

    /// Registers one patient: its first change.
    pub(crate) fn register(&mut self) {
        self.now_ms += self.dice.below(3) as i64;
        self.ids.ms = self.now_ms as u64;
        let id = self.ids.bytes();
        let mut auto = self.base.fork().with_actor(ActorId::from(self.actor));
        let doc = &mut auto;
        let (dice, ids) = (&mut self.dice, &mut self.ids);
        let (first, last): (Vec<_>, Vec<_>) = (FIRST.split(' ').collect(), LAST.split(' ').collect());
        let full =
            |dice: &mut Dice| format!("{} {} {}", dice.pick(&first), dice.pick(&last), dice.pick(&last));
        doc.put(ROOT, "id", ulid_text(id)).unwrap();
        put(doc, "name", "text", full(dice));
        doc.put(ROOT, "birth_date", dice.date(1935, 2023)).unwrap();
        doc.put(ROOT, "sex", dice.pick(&["female", "male"])).unwrap();
        doc.put(ROOT, "mother_name", full(dice)).unwrap();
        doc.put(ROOT, "blood_type", dice.pick(&["O+", "A+", "B+", "O-", "A-", "AB+"])).unwrap();
        let cpf = dice.digits(11);
        entry(doc, ids, "documents", &[("kind", "cpf".into()), ("value", cpf)]);
        let cns = dice.digits(15);
        entry(doc, ids, "documents", &[("kind", "cns".into()), ("value", cns)]);
        for _ in 0..2 {
            let number = format!("+559{}9{}", dice.below(10), dice.digits(8));
            entry(doc, ids, "phones", &[("number", number)]);
        }
        let street = format!("{}, {}", dice.pick(&STREETS), 1 + dice.below(2000));
        let district = format!("Bairro {}", dice.pick(&last));
        let city = dice.pick(&CITIES.split(' ').collect::<Vec<_>>()).to_owned();
        let state = dice.pick(&["AM", "PA", "RR"]).to_owned();
        let zip = dice.digits(8);
        let address = [
            ("street", street),
            ("district", district),
            ("city", city),
            ("state", state),
            ("postal_code", zip),
        ];
        entry(doc, ids, "addresses", &address);
        for _ in 0..dice.below(4) {
            entry(doc, ids, "allergies", &[("substance", dice.pick(&ALLERGIES).to_owned())]);
        }
        for _ in 0..dice.below(5) {
            entry(doc, ids, "medications", &[("name", dice.pick(&DRUGS).to_owned())]);
        }
        let uuid =
            format!("{}-{}-4{}-a{}-{}", dice.hex(8), dice.hex(4), dice.hex(3), dice.hex(3), dice.hex(12));
        entry(doc, ids, "external_ids", &[("system", "urn:w".into()), ("value", uuid)]);
        let mut note = String::new();
        while note.len() < 115 {
            note.push_str(dice.pick(&WORDS.split(' ').collect::<Vec<_>>()));
            note.push(' ');
        }
        let holder = child(doc, "notes");
        let made = doc.put_object(&holder, ids.text(), ObjType::Map).unwrap();
        let text = doc.put_object(&made, "text", ObjType::Text).unwrap();
        doc.splice_text(&text, 0, 0, &note).unwrap();
        let doc_id = DocId(id);
        self.commit(doc_id, &mut auto);
        self.docs.push((doc_id, auto));
    }

    /// Edits a random patient: a telephone, an allergy, the mother's name.
    pub(crate) fn edit(&mut self) {
        let index = self.dice.below(self.docs.len() as u64) as usize;
        self.edit_at(index);
    }

    pub(crate) fn edit_at(&mut self, index: usize) {
        self.now_ms += self.dice.below(900) as i64;
        self.ids.ms = self.now_ms as u64;
        let (doc_id, mut auto) = self.docs[index].clone();
        let (dice, ids) = (&mut self.dice, &mut self.ids);
        match dice.below(3) {
            0 => {
                let phones = child(&auto, "phones");
                let key = auto.keys(&phones).next().unwrap();
                let phone = auto.get(&phones, key).unwrap().unwrap().1;
                auto.put(&phone, "number", format!("+559{}9{}", dice.below(10), dice.digits(8))).unwrap();
            }
            1 => entry(&mut auto, ids, "allergies", &[("substance", dice.pick(&ALLERGIES).to_owned())]),
            _ => auto.put(ROOT, "mother_name", format!("Nova {}", dice.below(1000))).unwrap(),
        }
        self.commit(doc_id, &mut auto);
        self.docs[index].1 = auto;
    }

    /// Two concurrent edits and one that depends on both.
    pub(crate) fn edit_concurrently(&mut self, index: usize) {
        let (doc_id, mut ours) = self.docs[index].clone();
        let mut actor = self.actor;
        actor[15] ^= 0x55;
        let mut theirs = ours.fork().with_actor(ActorId::from(actor));
        ours.put(ROOT, "sex", "male").unwrap();
        theirs.put(ROOT, "sex", "female").unwrap();
        self.commit(doc_id, &mut ours);
        self.commit(doc_id, &mut theirs);
        ours.merge(&mut theirs).unwrap();
        ours.put(ROOT, "sex", "unknown").unwrap();
        self.commit(doc_id, &mut ours);
        self.docs[index].1 = ours;
    }
}

fn child(doc: &AutoCommit, key: &str) -> automerge::ObjId {
    doc.get(ROOT, key).unwrap().unwrap().1
}

fn put(doc: &mut AutoCommit, container: &str, key: &str, value: String) {
    let holder = child(doc, container);
    doc.put(&holder, key, value).unwrap();
}

fn entry(doc: &mut AutoCommit, ids: &mut Ids, container: &str, fields: &[(&str, String)]) {
    let holder = child(doc, container);
    let made = doc.put_object(&holder, ids.text(), ObjType::Map).unwrap();
    for (key, value) in fields {
        doc.put(&made, *key, value.as_str()).unwrap();
    }
}

/// A log of `count` first changes and then `edits` edits.
pub(crate) fn patients(count: usize, edits: usize) -> Vec<ChangeRecord> {
    let mut clinic = Clinic::new(42);
    for _ in 0..count {
        clinic.register();
    }
    for _ in 0..edits {
        clinic.edit();
    }
    clinic.log
}
