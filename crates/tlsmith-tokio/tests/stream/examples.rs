//! The examples, each against each.

#[allow(dead_code, reason = "its main is for `cargo run --example`")]
#[path = "../../examples/axum_server.rs"]
mod axum_server;
#[allow(dead_code, reason = "its main is for `cargo run --example`")]
#[path = "../../examples/hyper_client.rs"]
mod hyper_client;
#[allow(dead_code, reason = "its main is for `cargo run --example`")]
#[path = "../../examples/hyper_server.rs"]
mod hyper_server;
#[path = "../../examples/support/mod.rs"]
mod support;

use std::sync::Arc;

use hyper::Version;
use tlsmith::ClientConfig;
use tlsmith_tokio::Connector;
use tlsmith_x509::TrustAnchors;
use tokio::net::{TcpListener, TcpStream};

use crate::{
    or_hang,
    pki::{Pki, provider},
};

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// A client that only speaks HTTP/1.1.
fn http1_only(anchors: TrustAnchors) -> Connector {
    let verifier = tlsmith::auth::ChainVerifier::new(provider(), Arc::new(anchors));
    Connector::new(ClientConfig::builder(provider(), Arc::new(verifier)).alpn(&[b"http/1.1"]).build().unwrap())
}

#[tokio::test]
async fn hyper_serves_hyper_in_both_versions() {
    let demo = support::demo().unwrap();
    let anchors = TrustAnchors::from_pem(demo.ca_pem.as_bytes()).unwrap();
    for (connector, version) in [
        (hyper_client::connector(anchors.clone()).unwrap(), Version::HTTP_2),
        (http1_only(anchors.clone()), Version::HTTP_11),
    ] {
        let listener = listen().await;
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(hyper_server::serve(listener, demo.acceptor.clone(), true));
        let socket = TcpStream::connect(address).await.unwrap();
        let (spoken, body) = or_hang(hyper_client::get(&connector, socket, "localhost", "/path")).await.unwrap();
        assert_eq!(spoken, version);
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.starts_with(&format!("{version:?} /path: Hello over TLS")), "{body}");
        or_hang(server).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn axum_serves_hyper_in_both_versions() {
    let demo = support::demo().unwrap();
    let anchors = TrustAnchors::from_pem(demo.ca_pem.as_bytes()).unwrap();
    for (connector, version) in [
        (hyper_client::connector(anchors.clone()).unwrap(), Version::HTTP_2),
        (http1_only(anchors.clone()), Version::HTTP_11),
    ] {
        let listener = listen().await;
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(axum_server::serve(listener, demo.acceptor.clone(), true));
        // One that says nothing keeps nobody waiting.
        let _silent = TcpStream::connect(address).await.unwrap();
        let socket = TcpStream::connect(address).await.unwrap();
        let (spoken, body) = or_hang(hyper_client::get(&connector, socket, "localhost", "/you")).await.unwrap();
        assert_eq!(spoken, version);
        assert!(body.starts_with(b"Hello, you, over TLS"), "{body:?}");
        or_hang(server).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn the_client_refuses_a_server_of_another_ca() {
    let demo = support::demo().unwrap();
    let anchors = TrustAnchors::from_pem(Pki::shared().ca_pem.as_bytes()).unwrap();
    let listener = listen().await;
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(hyper_server::serve(listener, demo.acceptor, true));
    let connector = hyper_client::connector(anchors).unwrap();
    let socket = TcpStream::connect(address).await.unwrap();
    let error = or_hang(hyper_client::get(&connector, socket, "localhost", "/")).await.unwrap_err();
    assert!(error.to_string().contains("[certificate."), "{error}");
    or_hang(server).await.unwrap().unwrap();
}
