//! WebSocket through the terminator.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use support::{Body, Running, backend, full, get, http1, start_for};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Agrees to a WebSocket and echoes bytes; says no on `/no`, and switches to something else on `/else`.
async fn echo(mut request: Request<Incoming>) -> Response<Body> {
    let mut response = Response::new(full(""));
    if request.uri().path() == "/no" || request.headers().get("upgrade").is_none_or(|upgrade| upgrade != "websocket") {
        *response.status_mut() = StatusCode::UPGRADE_REQUIRED;
        return response;
    }
    let protocol = if request.uri().path() == "/else" { "other" } else { "websocket" };
    let key = request.headers()["sec-websocket-key"].clone();
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let mut io = TokioIo::new(upgrade.await.unwrap());
        let mut buffer = [0; 1024];
        loop {
            match io.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(read) => io.write_all(&buffer[..read]).await.unwrap(),
            }
        }
        let _ = io.write_all(b"bye").await;
        let _ = io.shutdown().await;
    });
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    response.headers_mut().insert("connection", "Upgrade".parse().unwrap());
    response.headers_mut().insert("upgrade", protocol.parse().unwrap());
    response.headers_mut().insert("sec-websocket-accept", key);
    response
}

async fn ask(running: &Running, path: &str, protocol: &str) -> Response<Incoming> {
    let mut sender = http1(running.connect(&[b"http/1.1"]).await).await;
    let mut request = get(path);
    for (name, value) in [
        ("connection", "keep-alive, Upgrade"),
        ("upgrade", protocol),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    sender.send_request(request).await.unwrap()
}

#[tokio::test]
async fn bytes_pass_both_ways_and_the_end_too() {
    let running = start_for(backend(echo).await).await;
    let mut response = ask(&running, "/", "WebSocket").await;
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    assert_eq!(response.headers()["upgrade"], "websocket");
    assert_eq!(response.headers()["sec-websocket-accept"], "dGhlIHNhbXBsZSBub25jZQ==");
    let mut io = TokioIo::new(hyper::upgrade::on(&mut response).await.unwrap());
    for message in ["one", "two"] {
        io.write_all(message.as_bytes()).await.unwrap();
        let mut back = [0; 3];
        io.read_exact(&mut back).await.unwrap();
        assert_eq!(&back, message.as_bytes());
    }
    // The client is done: the backend learns it, and can still answer.
    io.shutdown().await.unwrap();
    let mut rest = Vec::new();
    io.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"bye");
    drop(io);
    running.stop().await;
}

#[tokio::test]
async fn a_refusal_passes_as_an_answer() {
    let running = start_for(backend(echo).await).await;
    assert_eq!(ask(&running, "/no", "websocket").await.status(), StatusCode::UPGRADE_REQUIRED);
    // Asked for something else: it never gets there, the backend sees a plain request.
    assert_eq!(ask(&running, "/", "h2c").await.status(), StatusCode::UPGRADE_REQUIRED);
    running.stop().await;
}

#[tokio::test]
async fn a_backend_that_switches_to_what_was_not_asked_for_is_a_502() {
    let running = start_for(backend(echo).await).await;
    assert_eq!(ask(&running, "/else", "websocket").await.status(), StatusCode::BAD_GATEWAY);
    running.stop().await;
}

#[tokio::test]
async fn an_open_websocket_does_not_outlive_the_end() {
    let running = start_for(backend(echo).await).await;
    let mut response = ask(&running, "/", "websocket").await;
    let mut io = TokioIo::new(hyper::upgrade::on(&mut response).await.unwrap());
    io.write_all(b"x").await.unwrap();
    io.read_exact(&mut [0]).await.unwrap();
    running.shutdown.begin();
    // Still there while the terminator drains.
    io.write_all(b"y").await.unwrap();
    io.read_exact(&mut [0]).await.unwrap();
    running.shutdown.end();
    running.done.await.unwrap();
    assert!(matches!(io.read(&mut [0]).await, Ok(0) | Err(_)));
}
