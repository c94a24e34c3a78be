//! The end: what is in flight is finished, what is not is told, and patience is bounded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::{Frame, Incoming};
use support::{Body, Running, backend, full, get, limits, start, start_for, streamed, to};
use tlsmith_proxy::Limits;
use tokio::{io::AsyncReadExt as _, net::TcpStream, sync::Semaphore};

/// A backend that sends a first piece, and the second when it may.
async fn gated() -> (Running, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(0));
    let running = start_for(gated_backend(&gate).await).await;
    (running, gate)
}

async fn gated_backend(gate: &Arc<Semaphore>) -> std::net::SocketAddr {
    let gate = Arc::clone(gate);
    backend(move |_: Request<Incoming>| {
        let gate = Arc::clone(&gate);
        async move {
            let (sender, body) = streamed();
            tokio::spawn(async move {
                let _ = sender.send(Frame::data(Bytes::from("first "))).await;
                gate.acquire().await.unwrap().forget();
                let _ = sender.send(Frame::data(Bytes::from("second"))).await;
            });
            Response::<Body>::new(body)
        }
    })
    .await
}

async fn finish(response: Response<Incoming>, running: Running, gate: &Semaphore) {
    assert_eq!(response.status(), StatusCode::OK);
    let mut body = response.into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "first ");
    running.shutdown.begin();
    // The port is free, and the answer still under way.
    while TcpStream::connect(running.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!running.done.is_finished());
    gate.add_permits(1);
    assert_eq!(body.collect().await.unwrap().to_bytes(), "second");
    running.done.await.unwrap();
}

#[tokio::test]
async fn an_answer_over_http1_is_finished() {
    let (running, gate) = gated().await;
    let response = running.http1().await.send_request(get("/")).await.unwrap();
    finish(response, running, &gate).await;
}

#[tokio::test]
async fn an_answer_over_http2_is_finished_and_the_client_told_to_go_away() {
    let (running, gate) = gated().await;
    let mut http2 = running.http2().await;
    let request = || Request::get("https://localhost/").body(full("")).unwrap();
    let response = http2.send_request(request()).await.unwrap();
    finish(response, running, &gate).await;
    assert!(http2.send_request(request()).await.is_err());
}

#[tokio::test]
async fn idle_connections_end_at_once_and_cleanly() {
    let (running, _gate) = gated().await;
    let mut silent = TcpStream::connect(running.address).await.unwrap();
    let mut idle = running.connect(&[b"http/1.1"]).await;
    // Served, so that the server is surely done with the handshake.
    tokio::io::AsyncWriteExt::write_all(&mut idle, b"TRACE / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert_ne!(idle.read(&mut [0; 4096]).await.unwrap(), 0);
    running.stop().await;
    let mut rest = Vec::new();
    // A clean end: close_notify, where a cut would be an error.
    idle.read_to_end(&mut rest).await.unwrap();
    assert!(matches!(silent.read(&mut [0]).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn patience_with_what_does_not_end_is_bounded() {
    let gate = Arc::new(Semaphore::new(0));
    let short = Limits { drain: Duration::from_millis(100), ..limits() };
    let address = gated_backend(&gate).await;
    let running = start(to(address), short, |builder, ca| builder.identity(ca.server(&["localhost"]))).await;
    let response = running.http1().await.send_request(get("/")).await.unwrap();
    running.stop().await;
    assert!(response.into_body().collect().await.is_err());
}

#[tokio::test]
async fn the_second_word_ends_it_at_once() {
    let (running, _gate) = gated().await;
    let response = running.http1().await.send_request(get("/")).await.unwrap();
    running.shutdown.begin();
    running.shutdown.end();
    running.done.await.unwrap();
    assert!(response.into_body().collect().await.is_err());
}
