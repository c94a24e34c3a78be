//! WebSocket (RFC 6455): after the handshake over HTTP/1.1, bytes both ways.

use std::{sync::Arc, time::Duration};

use http::{HeaderValue, Method, Request, Response, StatusCode, Version, header};
use hyper::{
    body::{Body as _, Incoming},
    upgrade::OnUpgrade,
};
use hyper_util::rt::TokioIo;

use super::{Body, Peer, answer::Problem, full, headers};
use crate::shutdown::Shutdown;

/// How long the two ends may take to hand over their connections after the 101.
const HANDOVER: Duration = Duration::from_secs(10);

/// Whether a request asks for a WebSocket. Other protocols are not switched to: `h2c` would carry requests past the
/// rules for header fields, and whoever asks for one goes on without (RFC 9110 §7.8).
pub(super) fn asks_for_websocket(request: &Request<Incoming>) -> bool {
    request.version() == Version::HTTP_11
        && request.method() == Method::GET
        && request.body().is_end_stream()
        && headers::has_token(request.headers(), &header::CONNECTION, "upgrade")
        && headers::has_token(request.headers(), &header::UPGRADE, "websocket")
}

/// The backend agreed: passes its 101 on and joins the two connections.
pub(super) fn switch(
    client: OnUpgrade,
    mut response: Response<Incoming>,
    peer: Arc<Peer>,
    shutdown: Shutdown,
) -> Result<Response<Body>, Problem> {
    if !headers::has_token(response.headers(), &header::UPGRADE, "websocket") {
        return Err(Problem::BROKEN);
    }
    let backend = hyper::upgrade::on(&mut response);
    tokio::spawn(async move {
        tokio::select! {
            () = join(client, backend) => {}
            () = shutdown.ended() => {}
        }
        // The connection counts as long as the tunnel stands.
        drop(peer);
    });

    let mut fields = response.headers().clone();
    headers::remove_hop_by_hop(&mut fields);
    fields.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    fields.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    let mut answer = Response::new(full(""));
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    *answer.headers_mut() = fields;
    Ok(answer)
}

async fn join(client: OnUpgrade, backend: OnUpgrade) {
    let both = async { tokio::try_join!(client, backend) };
    let (client, backend) = match tokio::time::timeout(HANDOVER, both).await {
        Ok(Ok(both)) => both,
        Ok(Err(error)) => return tracing::debug!("no WebSocket after all: {error}"),
        Err(_) => return tracing::debug!("no WebSocket after all: the connection was not handed over in time"),
    };
    let (mut client, mut backend) = (TokioIo::new(client), TokioIo::new(backend));
    match tokio::io::copy_bidirectional(&mut client, &mut backend).await {
        Ok((up, down)) => tracing::debug!("WebSocket ended after {up} bytes up, {down} down"),
        Err(error) => tracing::debug!("WebSocket broke: {error}"),
    }
}
