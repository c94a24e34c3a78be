//! HTTP in and out: what happens on a connection once TLS stands.
//!
//! [`serve`] runs HTTP/1.1 or HTTP/2 over any stream; [`Application`] answers each request, by forwarding it to a
//! backend ([`forward`]) or with the demonstration page.

pub(crate) mod answer;
pub(crate) mod backend;
mod body;
mod flights;
pub(crate) mod forward;
mod headers;
pub(crate) mod negotiate;
pub(crate) mod serve;
pub(crate) mod stall;
mod upgrade;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use hyper::body::Incoming;
use tlsmith::Facts;

use crate::{demo::service::Demo, shutdown::Token};
use forward::Forwarder;

pub use backend::{Backend, InvalidBackend};
pub use forward::BackendTimeouts;

/// What goes wrong in a body on its way.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body on its way, in either direction.
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

/// A body that is all here.
pub(crate) fn full(content: impl Into<Bytes>) -> Body {
    Full::new(content.into()).map_err(|never| match never {}).boxed_unsync()
}

/// The connection that requests come in on.
#[derive(Debug)]
pub(crate) struct Peer {
    /// The client's address.
    pub(crate) address: SocketAddr,
    /// The address that it reached.
    pub(crate) local: SocketAddr,
    /// What TLS negotiated.
    pub(crate) facts: Arc<Facts>,
    /// How long the handshake took.
    pub(crate) handshake: Duration,
    /// Counts the connection, for the limit and for the drain, until the last holder lets go.
    pub(crate) _token: Token,
}

/// What answers requests.
#[derive(Debug)]
pub(crate) enum Application {
    /// A backend.
    Forward(Box<Forwarder>),
    /// The page that shows the connection.
    Demo(Demo),
}

impl Application {
    /// How long a client may have to wait for an answer to begin.
    pub(crate) fn patience(&self) -> Duration {
        match self {
            Self::Forward(forwarder) => forwarder.patience(),
            Self::Demo(_) => Duration::from_secs(60),
        }
    }

    /// Answers one request; whatever goes wrong becomes an answer too.
    pub(crate) async fn answer(&self, request: Request<Incoming>, peer: &Arc<Peer>) -> Response<Body> {
        match self {
            Self::Forward(forwarder) => forwarder.forward(request, peer).await,
            Self::Demo(demo) => demo.answer(&request, peer),
        }
    }
}
