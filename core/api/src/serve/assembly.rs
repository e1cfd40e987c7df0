//! A program's routes with everything around them, in the one order that holds for both programs.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::Route;
use tower::{Layer, Service};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

use super::guard::{Policy, headers};

/// A layer that a router takes.
pub trait Around:
    Layer<
        Route,
        Service: Service<
            Request,
            Response: IntoResponse + 'static,
            Error: Into<Infallible> + 'static,
            Future: Send + 'static,
        > + Clone
                     + Send
                     + Sync
                     + 'static,
    > + Clone
    + Send
    + Sync
    + 'static
{
}

impl<L> Around for L where
    L: Layer<
            Route,
            Service: Service<
                Request,
                Response: IntoResponse + 'static,
                Error: Into<Infallible> + 'static,
                Future: Send + 'static,
            > + Clone
                         + Send
                         + Sync
                         + 'static,
        > + Clone
        + Send
        + Sync
        + 'static
{
}

/// Puts the layers on, from the inside out: the largest ordinary body; a panic is an answer; `limits`, how much may be
/// asked; compression of what gains by it; `outermost`, which names the request, writes error bodies, counts and logs; the
/// headers that every answer has.
pub fn assembled<S: Clone + Send + Sync + 'static>(
    routes: Router<S>,
    body_bytes_max: usize,
    limits: impl Around,
    outermost: impl Around,
    policy: Policy,
) -> Router<S> {
    // Events must flow, and files are compressed already.
    let compressible = DefaultPredicate::new()
        .and(NotForContentType::new("application/octet-stream"))
        .and(NotForContentType::new("application/pdf"))
        .and(NotForContentType::SSE);
    routes
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(CatchPanicLayer::new())
        .layer(limits)
        .layer(CompressionLayer::new().compress_when(compressible))
        .layer(outermost)
        .layer(from_fn_with_state(policy, headers))
}
