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
    flights::{Flight, Flights, Taken},
    stall::{Pulse, WriteStall},
};
use crate::shutdown::Shutdown;

/// How long clients are waited for, and how much they may ask for at once.
const HEADERS: Duration = Duration::from_secs(30);
const IDLE: Duration = Duration::from_secs(75);
/// How long the last bytes of a connection may take that is closed because nothing happens on it.
const TAIL: Duration = Duration::from_secs(600);
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
    let flights = Arc::new(Flights::default());
    let pulse = stream.pulse();
    let patience = application.patience();
    let address = peer.address;
    let service = {
        let flights = Arc::clone(&flights);
        service_fn(move |request: Request<Incoming>| {
            let (application, peer) = (Arc::clone(&application), Arc::clone(&peer));
            let flight = flights.begin();
            async move { Ok::<_, Infallible>(answer(&application, request, &peer, flight).await) }
        })
    };
    let watch = Watch { flights: &flights, pulse: &pulse, patience, shutdown: &shutdown };
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
    response.map(|body| Taken { body, flight }.boxed_unsync())
}

/// What a connection is watched for.
struct Watch<'w> {
    flights: &'w Flights,
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
        () = idle(watch.flights.count.subscribe()) => {}
        () = watch.pulse.stopped(watch.patience) => return Ok(()),
        () = watch.flights.stalled() => return Ok(()),
    }
    finish(connection.as_mut());
    tokio::select! {
        result = connection => result,
        () = watch.shutdown.ended() => Ok(()),
        // All that was asked for has been handed over; a client that does not take it is not waited for any longer.
        () = tokio::time::sleep(TAIL), if !watch.shutdown.is_draining() => Ok(()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        demo::service::{self, Demo},
        http::flights::STALL,
    };
    use http_body_util::Empty;
    use std::path::PathBuf;
    use tlsmith_crypto::aws_lc::AwsLc;

    /// A client over HTTP/2 that takes `window` bytes of an answer, and answers pings for ever.
    async fn serve_one_who_takes(window: u32) -> Duration {
        let (near, far) = tokio::io::duplex(1 << 16);
        let demo = Application::Demo(Demo::new(Arc::new(AwsLc), PathBuf::from("/ca.pem")));
        let peer = Arc::new(service::tests::peer(service::tests::facts()));
        let stream = WriteStall::new(near, Duration::from_secs(60));
        let serving = tokio::spawn(serve(stream, Protocol::Http2, Arc::new(demo), peer, Shutdown::new()));
        let begun = tokio::time::Instant::now();
        let mut client = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
        client.initial_stream_window_size(window);
        let (mut sender, connection) = client.handshake(TokioIo::new(far)).await.unwrap();
        tokio::spawn(connection);
        let request = Request::get("https://localhost/").body(Empty::<bytes::Bytes>::new()).unwrap();
        let response = sender.send_request(request).await.unwrap();
        let limit = tokio::time::timeout(Duration::from_secs(86_400), serving);
        limit.await.expect("it is kept for ever").unwrap();
        drop(response);
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_asks_for_nothing_more_is_let_go() {
        assert!(serve_one_who_takes(1 << 20).await <= IDLE + PING_PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_take_its_answer_is_given_up() {
        assert!(serve_one_who_takes(1).await <= IDLE + TAIL + STALL);
    }
}
