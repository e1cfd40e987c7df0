//! A node that asks for what is another clinic's gets nothing, whatever it asks.

use posto_domain::Scope;
use posto_sync::hub::{HubAnswer, HubRequest};
use posto_sync::{Instance, NodeKey, ScopeName, Seq};

use crate::clinic::Clinic;

const BYTES_MAX: usize = 1 << 20;

impl Clinic {
    /// Asks for all there is of a foreign scope, as a hostile session of this node could.
    pub(crate) fn knock(&self, node: usize, foreign: Scope) {
        let scope = ScopeName::new(&foreign.to_string()).unwrap();
        let (hub, slot) = (&self.world.hub, &self.world.nodes[node]);
        let key = NodeKey(slot.key.0);
        let requests = [
            HubRequest::ReadFeed {
                scope: scope.clone(),
                after: Seq(0),
                max_bytes: BYTES_MAX,
                exclude: Instance(0),
                verbatim: true,
            },
            HubRequest::BootstrapPage {
                scope: scope.clone(),
                as_of: Seq(1_000_000),
                before: Seq(1_000_000),
                max_bytes: BYTES_MAX,
                verbatim: true,
            },
            HubRequest::ListHashes { scope: scope.clone() },
            HubRequest::ReadByHash {
                scope: scope.clone(),
                hashes: Vec::new(),
                max_bytes: BYTES_MAX,
                verbatim: true,
            },
            HubRequest::ReadErasures { scope: scope.clone(), after: 0, max: 10 },
            HubRequest::ConfirmErasures { scope: scope.clone(), node: key, cursor: 1 },
            HubRequest::AppendPush {
                scope,
                batch: Vec::new(),
                node: key,
                actor_prefix: slot.actor_prefix,
                instance: Instance(1),
            },
        ];
        for request in requests {
            let asked = format!("seed {}: node {node} asks {request:?}", self.seed);
            assert!(hub.ask(node, request).is_err(), "{asked}");
        }
        let own = self.files_of(node);
        for blob in self.files.iter().map(|(_, file)| *file).filter(|file| !own.contains(file)) {
            let got = hub.ask(node, HubRequest::ReadBlobChunk { node: key, blob, index: 0 });
            let nothing = matches!(got, Err(_) | Ok(HubAnswer::ReadBlobChunk { chunk: None }));
            assert!(nothing, "seed {}: node {node} gets a file of another clinic", self.seed);
        }
    }
}
