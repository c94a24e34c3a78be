//! Forwarding one request to the backend and its answer back, streaming both ways.

use std::{sync::Arc, time::Duration};

use http::{
    HeaderValue, Method, Request, Response, StatusCode, Uri, Version, header,
    uri::{Authority, PathAndQuery, Scheme},
};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Incoming};
use hyper_util::client::legacy::{Client, Error as ClientError, connect::HttpConnector};

use super::{
    Body, Peer,
    answer::Problem,
    backend::{self, Backend},
    body::{GateKeeper, Holding, Progress, RequestBody},
    headers::{self, Framing, Origin},
    upgrade,
};
use crate::shutdown::Shutdown;

/// How long backends are waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackendTimeouts {
    /// For a connection to be accepted.
    pub connect: Duration,
    /// For an answer to begin, counted from the last progress of the request.
    pub answer: Duration,
}

impl Default for BackendTimeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), answer: Duration::from_secs(60) }
    }
}

/// Forwards requests to one backend.
#[derive(Debug)]
pub(crate) struct Forwarder {
    backend: Backend,
    client: Client<HttpConnector, Body>,
    timeouts: BackendTimeouts,
    shutdown: Shutdown,
}

impl Forwarder {
    pub(crate) fn new(backend: Backend, timeouts: BackendTimeouts, shutdown: Shutdown) -> Self {
        Self { backend, client: backend::client(timeouts.connect), timeouts, shutdown }
    }

    /// How long a client may have to wait for an answer to begin.
    pub(crate) fn patience(&self) -> Duration {
        self.timeouts.connect + self.timeouts.answer
    }

    /// Forwards `request`. Failures become answers here, and lines in the log.
    pub(crate) async fn forward(&self, request: Request<Incoming>, peer: &Arc<Peer>) -> Response<Body> {
        let asked = request.headers().clone();
        match self.attempt(request, peer).await {
            Ok(response) => response,
            Err(problem) => problem.answer(&asked),
        }
    }

    async fn attempt(&self, mut request: Request<Incoming>, peer: &Arc<Peer>) -> Result<Response<Body>, Problem> {
        if matches!(*request.method(), Method::CONNECT | Method::TRACE) {
            return Err(Problem::METHOD);
        }
        if !headers::is_chunked_at_most(request.headers()) {
            return Err(Problem::TRANSFER_CODING);
        }
        let host = host(&request)?;
        let upgrade = upgrade::asks_for_websocket(&request).then(|| hyper::upgrade::on(&mut request));
        let (parts, incoming) = request.into_parts();

        let framing = match (upgrade.is_some() || incoming.is_end_stream(), incoming.size_hint().exact()) {
            (true, _) => Framing::Empty,
            (false, Some(length)) => Framing::Length(length),
            (false, None) => Framing::Chunked,
        };
        let mut outgoing = self.outgoing(&parts, host.as_ref(), upgrade.is_some(), peer);
        headers::frame(outgoing.headers_mut(), framing);
        let progress = Progress::new();
        let (response, gate) = match framing == Framing::Empty {
            true => (self.send_empty(outgoing, &progress).await?, None),
            false => self.send_body(outgoing, &parts, incoming, &progress).await?,
        };
        match response.status() {
            _ if !headers::is_chunked_at_most(response.headers()) => {
                tracing::warn!(backend = %self.backend, "an answer in a transfer coding that was not asked for");
                Err(Problem::BROKEN)
            }
            StatusCode::SWITCHING_PROTOCOLS => match upgrade {
                Some(client) => upgrade::switch(client, response, Arc::clone(peer), self.shutdown.clone()),
                None => Err(Problem::BROKEN),
            },
            _ => Ok(answer(response, gate, Arc::clone(peer))),
        }
    }

    /// The head of the request as the backend gets it.
    fn outgoing(
        &self,
        parts: &http::request::Parts,
        host: Option<&HeaderValue>,
        upgrade: bool,
        peer: &Peer,
    ) -> Request<()> {
        let mut outgoing = Request::new(());
        *outgoing.method_mut() = parts.method.clone();
        *outgoing.uri_mut() = self.uri(&parts.uri);
        let mut fields = parts.headers.clone();
        let trailers_welcome = headers::has_token(&fields, &header::TE, "trailers");
        headers::remove_hop_by_hop(&mut fields);
        headers::remove_spoofed(&mut fields);
        headers::join_cookies(&mut fields);
        let certificate = match &peer.facts.verification {
            Some(report) if report.is_trusted() => peer.facts.peer_certificates.first(),
            _ => None,
        };
        let origin = Origin {
            client: peer.address.ip(),
            host,
            version: parts.version,
            certificate: certificate.map(|certificate| certificate.der()),
        };
        headers::add_origin(&mut fields, &origin);
        if let Some(host) = host.cloned().or_else(|| HeaderValue::from_str(self.backend.authority().as_str()).ok()) {
            fields.insert(header::HOST, host);
        }
        if upgrade {
            fields.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
            fields.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        } else if trailers_welcome {
            // RFC 9110 §10.1.4: TE is of this connection, and says so.
            fields.insert(header::CONNECTION, HeaderValue::from_static("TE"));
            fields.insert(header::TE, HeaderValue::from_static("trailers"));
        }
        *outgoing.headers_mut() = fields;
        outgoing
    }

    fn uri(&self, asked: &Uri) -> Uri {
        let path = asked.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(self.backend.authority().clone());
        parts.path_and_query = Some(path);
        // Three parts that were parsed before make a URI; what does not asks for the root.
        Uri::from_parts(parts).unwrap_or_default()
    }

    /// A request without a body may be sent again: to a backend that closed an idle connection just then, and only
    /// where that does no harm (RFC 9110 §9.2.2).
    async fn send_empty(&self, head: Request<()>, progress: &Progress) -> Result<Response<Incoming>, Problem> {
        let body = || Empty::new().map_err(|never| match never {}).boxed_unsync();
        let again = matches!(*head.method(), Method::GET | Method::HEAD | Method::OPTIONS).then(|| head.clone());
        match (self.exchange(head.map(|()| body()), progress).await, again) {
            (Err(Failure::Client(error)), Some(head)) if closed_before_answer(&error) => {
                tracing::debug!("the backend closed the connection, trying once more");
                self.exchange(head.map(|()| body()), progress).await.map_err(|failure| self.problem(failure))
            }
            (result, _) => result.map_err(|failure| self.problem(failure)),
        }
    }

    async fn send_body(
        &self,
        head: Request<()>,
        parts: &http::request::Parts,
        incoming: Incoming,
        progress: &Arc<Progress>,
    ) -> Result<(Response<Incoming>, Option<Arc<GateKeeper>>), Problem> {
        let expects =
            parts.version == Version::HTTP_11 && headers::has_token(&parts.headers, &header::EXPECT, "100-continue");
        let (body, gate) = match expects {
            true => {
                let (body, gate) = RequestBody::gated(incoming, Arc::clone(progress));
                (body, Some(Arc::new(gate)))
            }
            false => (RequestBody::new(incoming, Arc::clone(progress)), None),
        };
        let mut request = head.map(|()| body.boxed_unsync());
        if let Some(gate) = &gate {
            // Weak: the request must not keep alive what waits for its end.
            let gate = Arc::downgrade(gate);
            hyper::ext::on_informational(&mut request, move |response| {
                if let (StatusCode::CONTINUE, Some(gate)) = (response.status(), gate.upgrade()) {
                    gate.open();
                }
            });
        }
        let response = self.exchange(request, progress).await.map_err(|failure| self.problem(failure))?;
        if let Some(gate) = &gate {
            gate.answered();
        }
        Ok((response, gate))
    }

    /// Sends and waits for the head of the answer, as long as something moves.
    async fn exchange(&self, request: Request<Body>, progress: &Progress) -> Result<Response<Incoming>, Failure> {
        let answer = self.client.request(request);
        tokio::pin!(answer);
        loop {
            let deadline = progress.since() + self.timeouts.answer;
            tokio::select! {
                result = &mut answer => return result.map_err(Failure::Client),
                () = tokio::time::sleep_until(deadline) => {}
            }
            if progress.since() + self.timeouts.answer <= tokio::time::Instant::now() {
                return Err(match progress.waits_for_client() {
                    true => Failure::ClientStalled,
                    false => Failure::Timeout,
                });
            }
        }
    }

    /// Tells the operator what happened, and chooses what the client is told.
    fn problem(&self, failure: Failure) -> Problem {
        let (problem, cause) = match failure {
            Failure::Timeout => (Problem::TIMEOUT, format!("no answer in {} s", self.timeouts.answer.as_secs_f32())),
            Failure::ClientStalled => return Problem::CLIENT_STALLED,
            Failure::Client(error) => {
                let problem = match (error.is_connect(), timed_out(&error)) {
                    (true, true) => Problem::CONNECT_TIMEOUT,
                    (true, false) => Problem::UNREACHABLE,
                    (false, _) => Problem::BROKEN,
                };
                (problem, chain(&error))
            }
        };
        tracing::warn!(code = problem.code, backend = %self.backend, "{}", cause);
        problem
    }
}

/// Why there is no answer.
enum Failure {
    Timeout,
    ClientStalled,
    Client(ClientError),
}

/// The host that a request is for: `:authority` or an absolute target before `Host` (RFC 9112 §3.2.2, RFC 9113 §8.3.1).
fn host(request: &Request<Incoming>) -> Result<Option<HeaderValue>, Problem> {
    let mut fields = request.headers().get_all(header::HOST).iter();
    let field = fields.next();
    if fields.next().is_some() {
        return Err(Problem::BAD_HOST);
    }
    let target = request.uri().authority();
    if target.is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(Problem::BAD_HOST);
    }
    match (target, field) {
        (Some(authority), Some(field))
            if request.version() == Version::HTTP_2
                && !authority.as_str().as_bytes().eq_ignore_ascii_case(field.as_bytes()) =>
        {
            Err(Problem::BAD_HOST)
        }
        (Some(authority), _) => HeaderValue::from_str(authority.as_str()).map(Some).map_err(|_| Problem::BAD_HOST),
        (None, Some(field)) => match field.is_empty() || is_host(field) {
            true => Ok(Some(field.clone())),
            false => Err(Problem::BAD_HOST),
        },
        (None, None) if request.version() == Version::HTTP_10 => Ok(None),
        (None, None) => Err(Problem::BAD_HOST),
    }
}

/// `uri-host [ ":" port ]` (RFC 9110 §7.2): nobody's user name stands in it.
fn is_host(field: &HeaderValue) -> bool {
    Authority::try_from(field.as_bytes()).is_ok_and(|authority| !authority.as_str().contains('@'))
}

/// The answer as the client gets it.
fn answer(response: Response<Incoming>, gate: Option<Arc<GateKeeper>>, peer: Arc<Peer>) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    headers::remove_hop_by_hop(&mut parts.headers);
    // The version is this connection's own, not the backend's.
    parts.version = Version::default();
    // What hyper's client noted about the backend's connection is of no use here.
    parts.extensions.clear();
    Response::from_parts(parts, Holding { body, _kept: (gate, peer) }.boxed_unsync())
}

/// The backend ended the connection before it said anything.
fn closed_before_answer(error: &ClientError) -> bool {
    sources(error).any(|source| {
        source.downcast_ref::<hyper::Error>().is_some_and(|error| error.is_incomplete_message() || error.is_canceled())
            || source
                .downcast_ref::<std::io::Error>()
                .is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset)
    })
}

fn timed_out(error: &ClientError) -> bool {
    sources(error).any(|source| {
        source.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut)
    })
}

fn sources(error: &ClientError) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |error| error.source())
}

/// The error with all that caused it, one line.
fn chain(error: &ClientError) -> String {
    sources(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
