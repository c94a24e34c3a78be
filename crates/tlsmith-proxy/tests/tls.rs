//! The TLS side of the terminator: names, client certificates, and peers that speak something else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use support::{Body, Ca, backend, client_auth, full, get, http1, limits, start, start_for, text, to};
use tlsmith::auth::UnknownName;
use tlsmith_proxy::Limits;
use tlsmith_tokio::Failure;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

async fn who(request: Request<Incoming>) -> Response<Body> {
    let certificate = request.headers().get("client-cert").map(|value| value.to_str().unwrap().to_owned());
    Response::new(full(certificate.unwrap_or_else(|| String::from("nobody"))))
}

#[tokio::test]
async fn the_certificate_is_chosen_by_name() {
    let backend = backend(who).await;
    for refuse in [false, true] {
        let running = start(to(backend), limits(), |builder, ca| {
            builder
                .identity(ca.server(&["a.test", "localhost"]))
                .identity(ca.server(&["b.test", "*.b.test"]))
                .unknown_name(if refuse { UnknownName::Refuse } else { UnknownName::Default })
        })
        .await;
        for (name, leaf) in [("a.test", "CN=a.test"), ("b.test", "CN=b.test"), ("x.b.test", "CN=b.test")] {
            let stream = running.connect_as(name, &[b"h2"], None).await.unwrap();
            assert_eq!(stream.facts().peer_certificates[0].subject(), leaf);
        }
        let failure = running.connect_as("c.test", &[b"h2"], None).await.unwrap_err();
        let Failure::Tls(error) = failure.error else { panic!("{failure}") };
        match refuse {
            true => assert_eq!(error.code(), "alert.unrecognized_name"),
            false => assert_eq!(error.code(), "certificate.name_mismatch"),
        }
        running.stop().await;
    }
}

#[tokio::test]
async fn clients_show_certificates_where_they_must_and_backends_learn_whose() {
    let backend = backend(who).await;
    let staff = Ca::new("staff");
    let strangers = Ca::new("strangers");
    for require in [true, false] {
        let running = start(to(backend), limits(), |builder, ca| {
            builder.identity(ca.server(&["localhost"])).client_auth(client_auth(&staff, require))
        })
        .await;
        let member = staff.client("member");
        let stream = running.connect_as("localhost", &[b"http/1.1"], Some(member.clone())).await.unwrap();
        let answer = text(http1(stream).await.send_request(get("/")).await.unwrap()).await;
        use base64::Engine as _;
        let expected = base64::engine::general_purpose::STANDARD.encode(member.chain()[0].der());
        assert_eq!(answer, format!(":{expected}:"));

        // In TLS 1.3 the client is done before the server has judged it: it learns the outcome when it reads.
        for (identity, served) in [(None, !require), (Some(strangers.client("stranger")), false)] {
            let mut stream = running.connect_as("localhost", &[b"http/1.1"], identity).await.unwrap();
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
            let mut answer = Vec::new();
            let result = stream.read_to_end(&mut answer).await;
            let answer = String::from_utf8(answer).unwrap();
            match served {
                true => assert!(answer.ends_with("nobody"), "{answer}"),
                false => assert!(result.is_err() && answer.is_empty(), "{result:?} {answer}"),
            }
        }
        running.stop().await;
    }
}

#[tokio::test]
async fn plain_http_is_answered_in_plain_http() {
    let running = start_for(backend(who).await).await;
    for request in ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /y HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc"] {
        let mut tcp = TcpStream::connect(running.address).await.unwrap();
        tcp.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tcp.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
        assert!(answer.contains(&format!("https://{}/", running.address)), "{answer}");
    }
    running.stop().await;
}

#[tokio::test]
async fn other_protocols_are_not_answered_in_http() {
    let running = start_for(backend(who).await).await;
    for (greeting, answers) in
        [("SSH-2.0-x\r\n", false), ("\x16\x03\x01\x00\x05junk!", true), ("\0\0\0\0\0\0\0\0", true)]
    {
        let mut tcp = TcpStream::connect(running.address).await.unwrap();
        tcp.write_all(greeting.as_bytes()).await.unwrap();
        tcp.shutdown().await.unwrap();
        let mut answer = Vec::new();
        tcp.read_to_end(&mut answer).await.unwrap();
        assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
        // An alert record, for what could have been TLS.
        assert_eq!(answer.first() == Some(&21), answers, "{greeting:?} {answer:?}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_peer_that_stalls_is_given_up() {
    let short = Limits { handshake: Duration::from_millis(100), ..limits() };
    let address = backend(who).await;
    let running = start(to(address), short, |builder, ca| builder.identity(ca.server(&["localhost"]))).await;
    for greeting in ["", "\x16\x03\x01\x02\0", "GET /"] {
        let mut tcp = TcpStream::connect(running.address).await.unwrap();
        tcp.write_all(greeting.as_bytes()).await.unwrap();
        // Ends without this side doing anything; how, is of no matter.
        let _ = tcp.read_to_end(&mut Vec::new()).await;
    }
    running.stop().await;
}

#[tokio::test]
async fn only_protocols_of_the_list_are_agreed_on() {
    let running = start_for(backend(who).await).await;
    let failure = running.connect_as("localhost", &[b"h3"], None).await.unwrap_err();
    let Failure::Tls(error) = failure.error else { panic!("{failure}") };
    assert_eq!(error.code(), "alert.no_application_protocol");
    // No ALPN at all is HTTP/1.1.
    let stream = running.connect(&[]).await;
    assert_eq!(text(http1(stream).await.send_request(get("/")).await.unwrap()).await, "nobody");
    running.stop().await;
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_their_turn() {
    let few = Limits { connections: 2, ..limits() };
    let address = backend(who).await;
    let running = start(to(address), few, |builder, ca| builder.identity(ca.server(&["localhost"]))).await;
    let first = running.connect(&[b"http/1.1"]).await;
    let second = running.connect(&[b"http/1.1"]).await;
    let mut third = Box::pin(running.connect(&[b"http/1.1"]));
    tokio::select! {
        biased;
        _ = &mut third => panic!("a third connection was accepted"),
        () = tokio::time::sleep(Duration::from_millis(200)) => {}
    }
    drop(first);
    let third = third.await;
    assert_eq!(text(http1(third).await.send_request(get("/")).await.unwrap()).await, "nobody");
    drop(second);
    running.stop().await;
}
