//! Workload W of docs/PERFORMANCE.md: N patients and the edits made to them offline, from a fixed seed.
//!
//! The same numbers in the same order as the generator that the peers were measured with, so that both systems carry
//! the same people.

use std::fmt::Write as _;

pub mod record;

const GIVEN: &str = "Maria José João Ana Antônio Francisca Carlos Adriana Paulo Juliana Pedro Márcia Lucas Fernanda Luiz Patrícia Marcos Aline Luís Sandra Gabriel Camila Rafael Amanda Daniel Bruna Marcelo Jéssica Bruno Letícia";
const FAMILY: &str = "Silva Santos Oliveira Souza Rodrigues Ferreira Alves Pereira Lima Gomes Costa Ribeiro Martins Carvalho Almeida Lopes Soares Fernandes Vieira Barbosa Rocha Dias Nascimento Andrade Moreira Nunes Marques Machado Mendes Freitas";
const CITIES: &[&str] = &[
    "Manaus",
    "Belém",
    "Santarém",
    "Parintins",
    "Tefé",
    "Coari",
    "Itacoatiara",
    "Tabatinga",
    "Breves",
    "Óbidos",
];
const STREETS: &[&str] = &[
    "Rua das Flores",
    "Av. Brasil",
    "Rua Sete de Setembro",
    "Travessa do Porto",
    "Rua São João",
    "Estrada do Aeroporto",
    "Rua da Matriz",
    "Beco do Rio",
];
const ALLERGIES: &[&str] = &[
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
const MEDICATIONS: &[&str] = &[
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

/// One generated person.
#[derive(Debug, Clone)]
pub struct Person {
    pub name: String,
    pub birth_date: String,
    pub sex: &'static str,
    pub cpf: String,
    pub cns: String,
    pub mother_name: String,
    pub phones: [String; 2],
    pub street: String,
    pub district: String,
    pub city: &'static str,
    pub state: &'static str,
    pub zip: String,
    pub blood_type: &'static str,
    pub allergies: Vec<&'static str>,
    pub medications: Vec<&'static str>,
    pub consent_research: bool,
    pub consent_sms: bool,
    pub facility: String,
    pub last_visit: String,
    pub notes: String,
    /// The identifier the person had in the system they came from.
    pub source_id: String,
}

/// Node A's three field edits of one record.
#[derive(Debug, Clone)]
pub struct EditA {
    /// Position of the person in the workload.
    pub person: usize,
    pub phone: String,
    pub allergy: &'static str,
    pub note: String,
}

/// Node B's three field edits of one record.
#[derive(Debug, Clone)]
pub struct EditB {
    /// Position of the person in the workload.
    pub person: usize,
    pub street: String,
    pub medication: &'static str,
    pub consent_sms: bool,
}

/// N people and the edits of both nodes; half of the edited records are the same ones, in other fields.
#[derive(Debug)]
pub struct Workload {
    pub people: Vec<Person>,
    pub edits_a: Vec<EditA>,
    pub edits_b: Vec<EditB>,
}

impl Workload {
    /// The workload of `n` people.
    pub fn generate(n: usize) -> Self {
        let mut dice = Dice { state: 42 };
        let people: Vec<Person> = (0..n).map(|_| dice.person()).collect();
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            order.swap(i, dice.below(i + 1));
        }
        let edited = n / 10;
        let edits_a = order[..edited]
            .iter()
            .map(|&person| EditA {
                person,
                phone: dice.phone(),
                allergy: dice.pick(ALLERGIES),
                note: format!(" | {}", dice.words(40)),
            })
            .collect();
        let edits_b = order[edited / 2..edited / 2 + edited]
            .iter()
            .map(|&person| EditB {
                person,
                street: dice.street(),
                medication: dice.pick(MEDICATIONS),
                consent_sms: dice.chance(0.5),
            })
            .collect();
        Self { people, edits_a, edits_b }
    }
}

/// mulberry32, as the peers' generator draws it.
struct Dice {
    state: u32,
}

impl Dice {
    fn roll(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x6D2B_79F5);
        let s = self.state;
        let mut t = (s ^ (s >> 15)).wrapping_mul(1 | s);
        t = t.wrapping_add((t ^ (t >> 7)).wrapping_mul(61 | t)) ^ t;
        f64::from(t ^ (t >> 14)) / 4_294_967_296.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.roll() * n as f64) as usize
    }

    fn chance(&mut self, p: f64) -> bool {
        self.roll() < p
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn digits(&mut self, n: usize) -> String {
        (0..n).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    fn hex(&mut self, n: usize) -> String {
        (0..n).fold(String::new(), |mut text, _| {
            let _ = write!(text, "{:x}", self.below(16));
            text
        })
    }

    fn words(&mut self, bytes: usize) -> String {
        let words: Vec<&str> = WORDS.split(' ').collect();
        let mut text = String::new();
        // The peers' generator counts UTF-16 units, not bytes.
        while text.encode_utf16().count() < bytes {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(self.pick(&words));
        }
        text
    }

    fn date(&mut self, from: usize, to: usize) -> String {
        format!("{}-{:02}-{:02}", from + self.below(to - from), 1 + self.below(12), 1 + self.below(28))
    }

    fn phone(&mut self) -> String {
        format!("+55 9{} 9{}-{}", self.below(10), self.digits(4), self.digits(4))
    }

    fn street(&mut self) -> String {
        format!("{}, {}", self.pick(STREETS), 1 + self.below(2000))
    }

    fn full_name(&mut self) -> String {
        let given: Vec<&str> = GIVEN.split(' ').collect();
        let family: Vec<&str> = FAMILY.split(' ').collect();
        format!("{} {} {}", self.pick(&given), self.pick(&family), self.pick(&family))
    }

    fn person(&mut self) -> Person {
        let name = self.full_name();
        let _created = self.date(2019, 2024);
        let source_id =
            format!("{}-{}-4{}-a{}-{}", self.hex(8), self.hex(4), self.hex(3), self.hex(3), self.hex(12));
        let family: Vec<&str> = FAMILY.split(' ').collect();
        let person = Person {
            name,
            birth_date: self.date(1935, 2023),
            sex: self.pick(&["F", "M"]),
            cpf: format!("{}.{}.{}-{}", self.digits(3), self.digits(3), self.digits(3), self.digits(2)),
            cns: self.digits(15),
            mother_name: self.full_name(),
            phones: [self.phone(), self.phone()],
            street: self.street(),
            district: format!("Bairro {}", self.pick(&family)),
            city: self.pick(CITIES),
            state: self.pick(&["AM", "PA", "RR"]),
            zip: format!("{}-{}", self.digits(5), self.digits(3)),
            blood_type: self.pick(&["O+", "A+", "B+", "O-", "A-", "AB+"]),
            allergies: (0..self.below(4)).map(|_| self.pick(ALLERGIES)).collect(),
            medications: (0..self.below(5)).map(|_| self.pick(MEDICATIONS)).collect(),
            consent_research: self.chance(0.5),
            consent_sms: self.chance(0.7),
            facility: format!("UBS-{:03}", 1 + self.below(40)),
            last_visit: self.date(2023, 2026),
            notes: self.words(115),
            source_id,
        };
        let _created_minute = self.digits(1);
        let _updated = (self.date(2024, 2026), self.digits(1));
        person
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workload_is_the_same_at_every_run() {
        let (a, b) = (Workload::generate(100), Workload::generate(100));
        assert_eq!(a.people[99].notes, b.people[99].notes);
        assert_eq!((a.edits_a.len(), a.edits_b.len()), (10, 10));
    }

    #[test]
    fn the_people_are_those_of_the_peers_generator() {
        let first = &Workload::generate(10).people[0];
        assert_eq!(first.name, "Luís Carvalho Nunes");
        assert_eq!(first.source_id, "49d73eb4-38a9-407d-a090-402c802d7c57");
        assert_eq!((first.cpf.as_str(), first.zip.as_str()), ("262.378.522-20", "21637-904"));
        assert_eq!((first.allergies.len(), first.medications.len()), (0, 4));
        assert_eq!(first.facility, "UBS-027");
        assert!(first.notes.ends_with("pela hemograma retorno"));
        assert_eq!(Workload::generate(10).people[1].name, "Pedro Silva Alves");
    }

    #[test]
    fn half_of_the_edited_records_are_edited_on_both_nodes() {
        let w = Workload::generate(1000);
        let on_a: std::collections::BTreeSet<_> = w.edits_a.iter().map(|e| e.person).collect();
        assert_eq!(w.edits_b.iter().filter(|e| on_a.contains(&e.person)).count(), 50);
    }
}
