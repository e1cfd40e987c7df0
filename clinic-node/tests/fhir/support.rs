//! A store in a folder of its own, and HL7's schema.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use clinic_node::fhir::{Progress, Report, Target, export, import};
use posto_documents::{Hlc, WriteContext};
use posto_domain::{ClinicId, DocumentId, Patient, Record, Scope, UserId};
use posto_store::{Clock, LocalCommit, Store, StoreKey, StoreOptions};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct TestClock;

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        1_800_000_000_000
    }
}

/// A node's store without the node.
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) folder: TempDir,
    actor: [u8; 16],
    ticks: AtomicI64,
}

pub(crate) fn scope() -> Scope {
    Scope::Clinic(ClinicId::from_bytes([1; 16]))
}

impl Desk {
    pub(crate) fn open(node: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("db.key");
        StoreKey::generate(&posto_store::SystemEntropy).unwrap().create_file(&key).unwrap();
        let key = StoreKey::read_file(&key).unwrap();
        let store = Store::open(folder.path(), key, StoreOptions::new(Arc::new(TestClock))).unwrap();
        store.write(|tx| tx.ensure_scope(scope())).unwrap();
        Self { store, folder, actor: [node; 16], ticks: AtomicI64::new(0) }
    }

    pub(crate) fn context(&self) -> WriteContext {
        let ms = 1_800_000_000_000 + self.ticks.fetch_add(1, Ordering::Relaxed);
        WriteContext { actor: self.actor, author: UserId::IMPORT, time_ms: ms, hlc: Hlc::new(ms, 0) }
    }

    pub(crate) fn import(&self, path: impl Into<PathBuf>) -> Report {
        let context = || self.context();
        let target = Target { store: &self.store, scope: scope(), context: &context, number: &|| Ok(None) };
        import::import(target, &[path.into()], &mut Progress::silent()).unwrap()
    }

    /// Imports one text under a file name.
    pub(crate) fn import_text(&self, name: &str, text: &str) -> Report {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        self.import(path)
    }

    /// Exports and answers every resource.
    pub(crate) fn export(&self, name: &str) -> Vec<Value> {
        let text = self.export_text(name);
        if name.ends_with(".ndjson") {
            return text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        }
        let bundle: Value = serde_json::from_str(&text).unwrap();
        entries(&bundle).into_iter().cloned().collect()
    }

    pub(crate) fn export_text(&self, name: &str) -> String {
        self.export_with(name, export::Restricted::Included).0
    }

    pub(crate) fn export_with(&self, name: &str, restricted: export::Restricted) -> (String, export::Report) {
        let context = || self.context();
        let target = Target { store: &self.store, scope: scope(), context: &context, number: &|| Ok(None) };
        let out = self.folder.path().join(name);
        let report = export::export(target, &out, restricted).unwrap();
        (std::fs::read_to_string(out).unwrap(), report)
    }

    /// Writes a record as it comes to a node from elsewhere.
    pub(crate) fn create<R: Record>(&self, scope: Scope, record: &R) {
        let change = posto_documents::Document::first_change(&self.context(), record).unwrap();
        let commit = LocalCommit::create(scope, record, change).unwrap();
        self.store
            .write(move |tx| {
                tx.ensure_scope(scope)?;
                tx.commit_local(commit)
            })
            .unwrap();
    }

    pub(crate) fn edit<R: Record>(&self, id: DocumentId, change: impl FnOnce(&mut R)) {
        let mut opened = self.store.read(|read| read.open(id)).unwrap();
        let edit = opened.document.edit::<R, posto_documents::Error>(None, &self.context(), |record| {
            change(record);
            Ok(())
        });
        let commit = LocalCommit::edit(&opened, vec![edit.unwrap().unwrap()]).unwrap();
        self.store.write(move |tx| tx.commit_local(commit)).unwrap();
    }

    pub(crate) fn patients(&self) -> Vec<Patient> {
        let ids = self.store.read(|read| read.documents_of_kind(posto_domain::Kind::Patient)).unwrap();
        ids.into_iter().map(|id| self.store.read(|read| read.record(id)).unwrap()).collect()
    }
}

/// The resources of a bundle.
pub(crate) fn entries(bundle: &Value) -> Vec<&Value> {
    let entries = bundle["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
    entries.iter().filter_map(|entry| entry.get("resource")).collect()
}

/// Real data beside the project (`POSTO_TEST_DATA` where it lies elsewhere).
pub(crate) fn data(name: &str) -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    std::env::var_os("POSTO_TEST_DATA").map_or_else(beside, PathBuf::from).join(name)
}

/// Every file of an archive with its name.
pub(crate) fn unpacked(archive: &Path) -> Vec<(String, String)> {
    let file = std::fs::File::open(archive).expect("the shared data is needed: see CONTRIBUTING");
    let mut archive = tar::Archive::new(liblzma::read::XzDecoder::new(file));
    let mut files = Vec::new();
    for member in archive.entries().unwrap() {
        let mut member = member.unwrap();
        let name = member.path().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            let mut text = String::new();
            std::io::Read::read_to_string(&mut member, &mut text).unwrap();
            files.push((name, text));
        }
    }
    files
}

/// HL7's schema for R4.
pub(crate) struct Schema(jsonschema::Validator);

impl Schema {
    pub(crate) fn read() -> Self {
        let file =
            std::fs::File::open(data("fhir/schema/fhir.schema.json.xz")).expect("the shared data is needed");
        let mut schema: Value =
            serde_json::from_reader(liblzma::read::XzDecoder::new(std::io::BufReader::new(file))).unwrap();
        // The file refers to a few definitions that it does not have: they allow anything.
        let mut wanted = Vec::new();
        references(&schema, &mut wanted);
        let definitions = schema["definitions"].as_object_mut().unwrap();
        for name in wanted {
            definitions.entry(name).or_insert(Value::Bool(true));
        }
        Self(jsonschema::draft6::new(&schema).unwrap())
    }

    pub(crate) fn accepts(&self, resource: &Value) -> bool {
        self.0.is_valid(resource)
    }

    pub(crate) fn check(&self, resource: &Value) {
        if let Err(error) = self.0.validate(resource) {
            panic!("{} {}: {error} at {}", resource["resourceType"], resource["id"], error.instance_path());
        }
    }
}

fn references(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            let name =
                map.get("$ref").and_then(|reference| reference.as_str()?.strip_prefix("#/definitions/"));
            found.extend(name.map(str::to_owned));
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
