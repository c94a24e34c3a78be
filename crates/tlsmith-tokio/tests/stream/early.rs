//! Sessions and early data through the adapter.

use std::sync::Arc;

use tlsmith::{
    ClientConfig, ServerConfig,
    conn::EarlyDataStatus,
    session::{AntiReplay, MemorySessions, TicketKeys, UnixMillis},
};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_tokio::{Acceptor, Connector, EarlyStream, ReplaySafe, TlsStream};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use crate::{or_hang, pki::Pki};

/// Says the same of every ClientHello.
#[derive(Debug)]
struct Always(bool);

impl AntiReplay for Always {
    fn first_time(&self, _: &[u8; 32], _: UnixMillis, _: UnixMillis) -> bool {
        self.0
    }
}

/// How much early data the server takes.
const MAX: u32 = 1000;

fn server(keys: &Arc<TicketKeys>, fresh: bool) -> Arc<ServerConfig> {
    let server = Pki::shared().server().ticketer(keys.clone());
    server.early_data(MAX, Arc::new(Always(fresh))).build().unwrap()
}

fn client(sessions: &Arc<MemorySessions>, early: bool) -> Arc<ClientConfig> {
    Pki::shared().client().sessions(sessions.clone()).early_data(early).build().unwrap()
}

/// Connects with this data; both ends.
async fn connect(
    client: &Arc<ClientConfig>,
    server: &Arc<ServerConfig>,
    data: &[u8],
) -> (EarlyStream<DuplexStream>, TlsStream<DuplexStream>) {
    let (near, far) = duplex(1 << 16);
    let (connector, acceptor) = (Connector::new(client.clone()), Acceptor::new(server.clone()));
    let connecting = connector.connect_early("localhost".parse().unwrap(), near, ReplaySafe::declare(data));
    let (connected, accepted) = or_hang(async { tokio::join!(connecting, acceptor.accept(far)) }).await;
    let (mut connected, mut accepted) = (connected.unwrap(), accepted.unwrap());
    // The tickets come with the first byte.
    accepted.write_all(b"!").await.unwrap();
    assert_eq!(connected.stream.read_u8().await.unwrap(), b'!');
    (connected, accepted)
}

#[tokio::test]
async fn early_data_are_accepted_apart_from_the_rest() {
    let (keys, sessions) = (Arc::new(TicketKeys::generate(&AwsLc).unwrap()), Arc::new(MemorySessions::default()));
    let (client, server) = (client(&sessions, true), server(&keys, true));
    let (first, mut accepted) = connect(&client, &server, b"nothing to resume").await;
    assert_eq!((first.sent, first.accepted, first.stream.facts().resumed), (0, 0, false));
    assert_eq!(accepted.take_early_data(), b"");

    let (mut second, mut accepted) = connect(&client, &server, b"safe to do twice").await;
    assert_eq!((second.sent, second.accepted, second.stream.facts().resumed), (16, 16, true));
    second.stream.write_all(b"later").await.unwrap();
    let mut later = [0; 5];
    accepted.read_exact(&mut later).await.unwrap();
    assert_eq!((accepted.take_early_data().as_slice(), &later), (b"safe to do twice".as_slice(), b"later"));
    assert_eq!(accepted.take_early_data(), b"", "they are handed out once");
    assert_eq!(accepted.facts().early_data, EarlyDataStatus::Accepted);
}

#[tokio::test]
async fn no_more_goes_early_than_the_session_allows() {
    let (keys, sessions) = (Arc::new(TicketKeys::generate(&AwsLc).unwrap()), Arc::new(MemorySessions::default()));
    let (client, server) = (client(&sessions, true), server(&keys, true));
    connect(&client, &server, b"").await;
    let data = vec![7; 1500];
    let (early, mut accepted) = connect(&client, &server, &data).await;
    assert_eq!((early.sent, early.accepted), (1000, 1000));
    assert_eq!(accepted.take_early_data(), data[..1000]);
}

#[tokio::test]
async fn what_is_rejected_is_not_taken_and_the_connection_goes_on() {
    let (keys, sessions) = (Arc::new(TicketKeys::generate(&AwsLc).unwrap()), Arc::new(MemorySessions::default()));
    let (client, server) = (client(&sessions, true), server(&keys, false));
    connect(&client, &server, b"").await;
    let (mut early, mut accepted) = connect(&client, &server, b"a replay, perhaps").await;
    assert_eq!((early.sent, early.accepted), (17, 0));
    assert_eq!((early.stream.facts().resumed, early.stream.facts().early_data), (true, EarlyDataStatus::Rejected));
    assert_eq!(accepted.take_early_data(), b"");
    early.stream.write_all(b"again").await.unwrap();
    let mut again = [0; 5];
    accepted.read_exact(&mut again).await.unwrap();
    assert_eq!(&again, b"again");
}

#[tokio::test]
async fn nothing_goes_early_that_the_configuration_does_not_allow() {
    let (keys, sessions) = (Arc::new(TicketKeys::generate(&AwsLc).unwrap()), Arc::new(MemorySessions::default()));
    let (client, server) = (client(&sessions, false), server(&keys, true));
    connect(&client, &server, b"").await;
    let (early, _) = connect(&client, &server, b"data").await;
    assert_eq!((early.sent, early.accepted, early.stream.facts().resumed), (0, 0, true));
    assert_eq!(early.stream.facts().early_data, EarlyDataStatus::None);
}
