//! What `/health`, `/live`, `/ready` and `/metrics` answer in both programs. What each of them asks before it says so is the
//! program's.

use std::net::IpAddr;
use std::sync::OnceLock;

use axum::http::header;
use axum::response::IntoResponse;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ErrorCode;

/// The answer of a probe.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    #[schema(example = "ok")]
    status: &'static str,
    version: &'static str,
}

/// All is well.
pub const OK: Health = Health { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// Bounds of the histograms, seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0];

/// The recorder of this process; programs that share one (tests) share it.
pub fn recorder() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let handle = HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
            .unwrap_or_else(|_| PrometheusBuilder::new())
            .build_recorder();
        let handle = recorder.handle();
        // Where another recorder was there first, the figures are that one's.
        drop(metrics::set_global_recorder(recorder));
        handle
    });
    handle.clone()
}

/// Figures say how busy a clinic is: they are for this machine only.
///
/// # Errors
/// [`ErrorCode::NotFound`] for who asks from elsewhere.
pub fn from_this_machine(peer: IpAddr) -> Result<(), ErrorCode> {
    if peer.is_loopback() || peer.is_unspecified() { Ok(()) } else { Err(ErrorCode::NotFound) }
}

/// The figures as Prometheus reads them.
pub fn figures(recorder: &PrometheusHandle) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], recorder.render())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_for_this_machine() {
        for (peer, may) in
            [("127.0.0.1", true), ("::1", true), ("192.168.0.7", false), ("2001:db8::1", false)]
        {
            let peer: IpAddr = peer.parse().unwrap_or(IpAddr::from([1, 1, 1, 1]));
            assert_eq!(from_this_machine(peer).is_ok(), may, "{peer}");
        }
    }
}
