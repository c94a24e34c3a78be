//! One connection: HTTP/1.1 or HTTP/2 over a stream that is there already.

use std::{convert::Infallible, future::Future, pin::Pin, sync::Arc, time::Duration};

use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::{
    body::Incoming,
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
};

use super::{
    Application, Body, Peer,
    body::Holding,
    stall::{Pulse, WriteStall},
};
use crate::shutdown::Shutdown;

/// How long clients are waited for, and how much they may ask for at once.
const HEADERS: Duration = Duration::from_secs(30);
const IDLE: Duration = Duration::from_secs(75);
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_PATIENCE: Duration = Duration::from_secs(20);
const MAX_HEADER_BYTES: u32 = 64 * 1024;
const MAX_STREAMS: u32 = 128;

/// The version that ALPN agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// `http/1.1`, and clients without ALPN.
    Http1,
    /// `h2`.
    Http2,
}

impl Protocol {
    /// By the protocol that was agreed.
    pub(crate) fn by_alpn(alpn: Option<&[u8]>) -> Self {
        match alpn {
            Some(b"h2") => Self::Http2,
            _ => Self::Http1,
        }
    }
}

/// Answers all requests on `stream`, until either side ends it.
pub(crate) async fn serve<S>(
    stream: WriteStall<S>,
    protocol: Protocol,
    application: Arc<Application>,
    peer: Arc<Peer>,
    shutdown: Shutdown,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let in_flight = Arc::new(watch::Sender::new(0));
    let pulse = stream.pulse();
    let patience = application.patience();
    let address = peer.address;
    let service = {
        let in_flight = Arc::clone(&in_flight);
        service_fn(move |request: Request<Incoming>| {
            let (application, peer) = (Arc::clone(&application), Arc::clone(&peer));
            let flight = Flight::begin(&in_flight);
            async move { Ok::<_, Infallible>(answer(&application, request, &peer, flight).await) }
        })
    };
    let watch = Watch { in_flight: &in_flight, pulse: &pulse, patience, shutdown: &shutdown };
    let io = TokioIo::new(stream);
    let result = match protocol {
        Protocol::Http1 => {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS)
                .max_buf_size(MAX_HEADER_BYTES as usize)
                // Who has said all may close its side and wait for the answer (RFC 8446 §6.1).
                .half_close(true)
                .serve_connection(io, service)
                .with_upgrades();
            drive(connection, |connection| connection.graceful_shutdown(), &watch).await
        }
        Protocol::Http2 => {
            let connection = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .keep_alive_interval(PING_INTERVAL)
                .keep_alive_timeout(PING_PATIENCE)
                .max_header_list_size(MAX_HEADER_BYTES)
                .max_concurrent_streams(MAX_STREAMS)
                .serve_connection(io, service);
            drive(connection, |connection| connection.graceful_shutdown(), &watch).await
        }
    };
    match result {
        Ok(()) => tracing::debug!(peer = %address, "connection ended"),
        Err(error) => tracing::debug!(peer = %address, "connection broke: {error}"),
    }
}

async fn answer(
    application: &Application,
    request: Request<Incoming>,
    peer: &Arc<Peer>,
    flight: Flight,
) -> Response<Body> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let response = application.answer(request, peer).await;
    tracing::debug!(peer = %peer.address, status = response.status().as_u16(), "{method} {}", path.escape_debug());
    response.map(|body| Holding { body, _kept: flight }.boxed_unsync())
}

/// What a connection is watched for.
struct Watch<'w> {
    in_flight: &'w watch::Sender<usize>,
    pulse: &'w Pulse,
    /// How long a client that closed its side is kept while nothing is sent to it.
    patience: Duration,
    shutdown: &'w Shutdown,
}

/// Runs a connection; asks it to end when the terminator drains or nothing happens any more; drops it at the end.
async fn drive<C, E>(connection: C, finish: impl Fn(Pin<&mut C>), watch: &Watch<'_>) -> Result<(), E>
where
    C: Future<Output = Result<(), E>>,
{
    tokio::pin!(connection);
    tokio::select! {
        result = &mut connection => return result,
        () = watch.shutdown.draining() => {}
        () = idle(watch.in_flight.subscribe()) => {}
        () = watch.pulse.stopped(watch.patience) => return Ok(()),
    }
    finish(connection.as_mut());
    tokio::select! {
        result = connection => result,
        () = watch.shutdown.ended() => Ok(()),
    }
}

/// Returns when no request has been in flight for [`IDLE`].
async fn idle(mut in_flight: watch::Receiver<usize>) {
    loop {
        if in_flight.wait_for(|count| *count == 0).await.is_err() {
            return;
        }
        match tokio::time::timeout(IDLE, in_flight.changed()).await {
            Ok(Ok(())) => {}
            _ => return,
        }
    }
}

/// A request in flight, from its head until the last byte of its answer.
struct Flight(Arc<watch::Sender<usize>>);

impl Flight {
    fn begin(in_flight: &Arc<watch::Sender<usize>>) -> Self {
        in_flight.send_modify(|count| *count += 1);
        Self(Arc::clone(in_flight))
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}
