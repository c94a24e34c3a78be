//! Handshakes, good and bad.

use std::{sync::Arc, time::Duration};

use tlsmith::{
    ClientConfig,
    auth::ChainVerifier,
    conn::{Direction, Role},
    registry::AlertDescription,
};
use tlsmith_tokio::{Acceptor, Connector, Failure, HandshakeFailure, LazyAcceptor, Options};
use tlsmith_x509::{TrustAnchors, UnixTime};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    net::{TcpListener, TcpStream},
};

use crate::{
    or_hang, pair, pair_over,
    pki::{Pki, provider},
    transport::{Choppy, OneByte},
};

#[tokio::test]
async fn both_roles_come_to_the_same() {
    let (client, server) = pair(4096).await;
    let (c, s) = (client.facts(), server.facts());
    assert_eq!((c.role, s.role), (Role::Client, Role::Server));
    assert!(c.cipher_suite.is_some());
    assert_eq!(c.cipher_suite, s.cipher_suite);
    assert_eq!(c.group, s.group);
    assert_eq!(c.version, s.version);
    assert_eq!(s.server_name.as_deref(), Some("localhost"));
    assert_eq!(c.peer_certificates.len(), 1);
    assert!(c.verification.as_ref().unwrap().is_trusted());

    let (mut ours, mut theirs) = ([0; 40], [0; 40]);
    client.export(b"EXPORTER-test", Some(b"context"), &mut ours).unwrap();
    server.export(b"EXPORTER-test", Some(b"context"), &mut theirs).unwrap();
    assert_eq!(ours, theirs);
    assert_ne!(ours, [0; 40]);
}

#[tokio::test]
async fn over_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (client, server) =
        tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), async { listener.accept().await.unwrap().0 });
    let (mut client, mut server) = pair_over(client.unwrap(), server).await;
    client.write_all(b"over tcp").await.unwrap();
    let mut got = [0; 8];
    server.read_exact(&mut got).await.unwrap();
    assert_eq!(&got, b"over tcp");
}

#[tokio::test]
async fn one_byte_a_segment() {
    let (client, server) = duplex(1);
    let (mut client, mut server) = or_hang(pair_over(OneByte(client), OneByte(server))).await;
    let exchange = async {
        let (mut to_server, mut to_client) = ([0; 4], [0; 4]);
        let (sent, got) = tokio::join!(
            async {
                client.write_all(b"ping").await?;
                client.flush().await
            },
            server.read_exact(&mut to_server)
        );
        sent.unwrap();
        got.unwrap();
        let (sent, got) = tokio::join!(
            async {
                server.write_all(b"pong").await?;
                server.flush().await
            },
            client.read_exact(&mut to_client)
        );
        sent.unwrap();
        got.unwrap();
        (to_server, to_client)
    };
    assert_eq!(or_hang(exchange).await, (*b"ping", *b"pong"));
}

#[tokio::test]
async fn over_a_choppy_transport() {
    let (client, server) = duplex(64);
    let (client, server) = or_hang(pair_over(Choppy::new(client, 7), Choppy::new(server, 11))).await;
    assert_eq!(client.facts().cipher_suite, server.facts().cipher_suite);
}

fn failure<T>(result: Result<T, HandshakeFailure<DuplexStream>>) -> HandshakeFailure<DuplexStream> {
    result.err().expect("the handshake has to fail")
}

fn tls(failure: &HandshakeFailure<DuplexStream>) -> &tlsmith::Error {
    match &failure.error {
        Failure::Tls(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_does_not_trust_shows_why_and_tells_the_peer() {
    let nobody = ChainVerifier::new(provider(), Arc::new(TrustAnchors::new()));
    let connector = Connector::new(ClientConfig::builder(provider(), Arc::new(nobody)).build().unwrap());
    let acceptor = Acceptor::new(Pki::shared().server().build().unwrap());
    let (client, server) = duplex(1 << 16);
    let (client, server) = or_hang(async {
        tokio::join!(connector.connect("localhost".parse().unwrap(), client), acceptor.accept(server))
    })
    .await;

    let (client, server) = (failure(client), failure(server));
    assert!(tls(&client).code().starts_with("certificate."), "{}", tls(&client));
    assert_eq!(client.facts.peer_certificates.len(), 1, "the chain is still there to look at");
    assert!(!client.facts.verification.as_ref().unwrap().is_trusted());
    assert!(client.facts.messages.iter().any(|note| note.name == "CertificateVerify"));
    assert_eq!(tls(&server).received_alert(), tls(&client).alert(), "the alert was written before the error came");
    assert!(tls(&server).received_alert().is_some());
    assert_eq!(server.facts.server_name.as_deref(), Some("localhost"));
}

#[tokio::test]
async fn the_time_comes_from_the_clock_that_was_given() {
    let options = Options::new().clock(|| UnixTime(253_402_300_700));
    let connector = Connector::with_options(Pki::shared().client().build().unwrap(), options);
    let acceptor = Acceptor::new(Pki::shared().server().build().unwrap());
    let (client, server) = duplex(1 << 16);
    let (client, _) = tokio::join!(connector.connect("localhost".parse().unwrap(), client), acceptor.accept(server));
    assert_eq!(tls(&failure(client)).code(), "certificate.expired");
}

#[tokio::test]
async fn what_is_no_handshake_is_named_and_the_transport_comes_back() {
    // No alert for plain HTTP: who speaks it cannot read one.
    for (sent, code, alert) in [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".as_slice(), "record.plain_http", None),
        (&[22, 3, 1, 0, 0], "record.empty", Some(AlertDescription::UNEXPECTED_MESSAGE)),
    ] {
        let acceptor = Acceptor::new(Pki::shared().server().build().unwrap());
        let (mut client, server) = duplex(4096);
        client.write_all(sent).await.unwrap();
        let mut failure = failure(acceptor.accept(server).await);
        assert_eq!(tls(&failure).code(), code);
        assert_eq!(tls(&failure).alert(), alert);
        // For a page in plain HTTP, or to linger.
        failure.io.write_all(b"bye").await.unwrap();
        drop(failure);
        let mut got = Vec::new();
        client.read_to_end(&mut got).await.unwrap();
        let expected: Vec<u8> = alert.iter().flat_map(|alert| [21, 3, 3, 0, 2, 2, alert.0]).chain(*b"bye").collect();
        assert_eq!(got, expected);
    }
}

#[tokio::test]
async fn a_peer_that_hangs_up_in_the_handshake_is_no_clean_end() {
    let connector = Connector::new(Pki::shared().client().build().unwrap());
    let (client, server) = duplex(1 << 16);
    drop(server);
    let failure = failure(connector.connect("localhost".parse().unwrap(), client).await);
    assert_eq!(tls(&failure).code(), "transport.closed_in_handshake");
    assert_eq!(failure.facts.messages[0].name, "ClientHello");
    let error = std::io::Error::from(failure);
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn a_peer_that_hung_up_after_an_alert_is_understood() {
    let connector = Connector::new(Pki::shared().client().build().unwrap());
    let (client, mut server) = duplex(64);
    // Fatal handshake_failure; then nobody reads the rest of the ClientHello.
    server.write_all(&[21, 3, 3, 0, 2, 2, 40]).await.unwrap();
    drop(server);
    let failure = failure(connector.connect("localhost".parse().unwrap(), client).await);
    assert_eq!(tls(&failure).received_alert(), Some(AlertDescription::HANDSHAKE_FAILURE));
}

#[tokio::test]
async fn a_peer_that_stalls_runs_out_of_time() {
    let options = Options::new().handshake_timeout(Duration::from_millis(20));
    let (mut client, server) = duplex(4096);
    client.write_all(&[22, 3, 1, 0, 100, 1]).await.unwrap();
    let acceptor = Acceptor::with_options(Pki::shared().server().build().unwrap(), options.clone());
    let stalled = failure(or_hang(acceptor.accept(server)).await);
    assert!(matches!(stalled.error, Failure::TimedOut(limit) if limit == Duration::from_millis(20)));
    assert_eq!(std::io::Error::from(stalled).kind(), std::io::ErrorKind::TimedOut);

    let (_silent, server) = duplex(4096);
    let stalled = failure(or_hang(LazyAcceptor::with_options(options).accept(server)).await);
    assert!(matches!(stalled.error, Failure::TimedOut(_)));
}

#[tokio::test]
async fn each_message_is_told_once_and_in_order() {
    let connector = Connector::new(Pki::shared().client().trace(true).build().unwrap());
    let acceptor = Acceptor::new(Pki::shared().server().build().unwrap());
    let (client, server) = duplex(1 << 16);
    let (mut calls, mut told) = (0, Vec::new());
    let notes = |new: &[tlsmith::conn::MessageNote]| {
        calls += 1;
        told.extend(new.iter().map(|note| (note.direction, note.name, note.size)));
    };
    let (client, server) =
        tokio::join!(connector.connect_with("localhost".parse().unwrap(), client, notes), acceptor.accept(server));
    let (client, _server) = (client.unwrap(), server.unwrap());
    let all: Vec<_> = client.facts().messages.iter().map(|note| (note.direction, note.name, note.size)).collect();
    assert_eq!(told, all);
    assert!(calls > 3, "told as it goes, not at the end: {calls}");
    assert_eq!((told[0].0, told[0].1), (Direction::Sent, "ClientHello"));
    assert!(told.iter().any(|(direction, name, _)| (*direction, *name) == (Direction::Received, "Finished")));
}

#[test]
fn futures_and_streams_go_between_threads() {
    fn send<T: Send>(value: T) -> T {
        value
    }
    fn send_sync<T: Send + Sync>() {}
    send_sync::<Connector>();
    send_sync::<Acceptor>();
    send_sync::<LazyAcceptor>();
    send_sync::<tlsmith_tokio::TlsStream<TcpStream>>();
    let connector = Connector::new(Pki::shared().client().build().unwrap());
    let acceptor = Acceptor::new(Pki::shared().server().build().unwrap());
    let lazy = LazyAcceptor::new();
    let (client, server) = duplex(1);
    drop(send(connector.connect("localhost".parse().unwrap(), client)));
    drop(send(acceptor.accept(server)));
    drop(send(lazy.accept(duplex(1).0)));
}
