//! Attachments: who has their content, and that it is whole.

use std::collections::BTreeMap;

use posto_domain::{AttachmentId, Kind};
use posto_sync::BlobHash;
use posto_sync::hub::{HubAnswer, HubRequest};

use crate::clinic::Clinic;
use crate::node::SimNode;

impl Clinic {
    /// Files that were taken in at this node's clinic.
    pub(crate) fn files_of(&self, node: usize) -> Vec<BlobHash> {
        let here = |owner: &usize| self.homes[*owner] == self.homes[node];
        self.files.iter().filter(|(owner, _)| here(owner)).map(|(_, file)| *file).collect()
    }

    /// Every file that a record names is whole on every node; and so it is on the server.
    pub(crate) fn judge_files(&self) {
        let seed = self.seed;
        let judged = || self.world.nodes.iter().enumerate().filter(|(_, slot)| slot.must_converge());
        let held: BTreeMap<usize, _> = judged().map(|(number, slot)| (number, files(&slot.store))).collect();
        for (number, _) in judged() {
            for (file, whole) in &held[&number] {
                let on_server = self.is_on_server(number, *file);
                let elsewhere = held.values().any(|files| files.get(file) == Some(&true));
                let lost = self.files_lost && !on_server && !elsewhere;
                assert!(
                    *whole || lost,
                    "seed {seed}: node {number} lacks file {file}, server has it: {on_server}"
                );
                assert!(on_server || lost, "seed {seed}: the server lacks file {file} of node {number}");
            }
        }
    }

    fn is_on_server(&self, node: usize, blob: BlobHash) -> bool {
        let key = self.world.nodes[node].key;
        let got = self.world.hub.ask(node, HubRequest::ReadBlobChunk { node: key, blob, index: 0 });
        matches!(got, Ok(HubAnswer::ReadBlobChunk { chunk: Some(_) }))
    }
}

/// The files that a node's records name, and whether each is there and what it should be.
fn files(node: &SimNode) -> BTreeMap<BlobHash, bool> {
    let ids = node.store().read(|r| r.documents_of_kind(Kind::Attachment)).unwrap();
    let named = ids.into_iter().filter_map(|id| {
        let id = AttachmentId::from_bytes(id.to_bytes());
        let record = node.store().read(|r| r.attachment(id)).unwrap()?;
        let mut hash = [0; 32];
        // A hostile node may name what is no hash.
        hex::decode_to_slice(&record.blake3, &mut hash).ok()?;
        Some(BlobHash(hash))
    });
    named.map(|hash| (hash, is_whole(node, hash))).collect()
}

fn is_whole(node: &SimNode, hash: BlobHash) -> bool {
    let Ok(content) = node.store().blob(hash) else { return false };
    let mut hasher = blake3::Hasher::new();
    let mut offset = 0;
    while offset < content.size() {
        let bytes = content.read(offset, 1 << 20).unwrap();
        hasher.update(&bytes);
        offset += bytes.len() as u64;
    }
    hasher.finalize().as_bytes() == &hash.0
}
