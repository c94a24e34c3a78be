//! `TlsStream` against itself, over pipes and sockets that behave badly.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
#![allow(clippy::duplicate_mod, reason = "each example is a program of its own, and all are included here")]

mod answers;
mod backpressure;
mod cancel;
mod data;
mod early;
mod examples;
mod handshake;
mod idle;
mod pki;
mod shutdown;
mod split;
mod transport;

use std::{sync::Arc, time::Duration};

use tlsmith_tokio::{Acceptor, Connector, TlsStream};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, duplex};

use pki::Pki;

/// A connected pair over the given two ends of a transport.
async fn pair_over<C, S>(client: C, server: S) -> (TlsStream<C>, TlsStream<S>)
where
    C: AsyncRead + AsyncWrite + Unpin,
    S: AsyncRead + AsyncWrite + Unpin,
{
    let pki = Pki::shared();
    let connector = Connector::new(pki.client().build().unwrap());
    let acceptor = Acceptor::new(pki.server().build().unwrap());
    let (client, server) =
        tokio::join!(connector.connect("localhost".parse().unwrap(), client), acceptor.accept(server));
    (client.unwrap(), server.unwrap())
}

/// A connected pair over a pipe that holds `capacity` bytes each way.
async fn pair(capacity: usize) -> (TlsStream<DuplexStream>, TlsStream<DuplexStream>) {
    let (client, server) = duplex(capacity);
    pair_over(client, server).await
}

/// For what would hang if it were wrong.
async fn or_hang<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(120), future).await.expect("hangs")
}

/// Bytes that look like nothing in particular and are the same each time.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

fn sha256(bytes: &[u8]) -> tlsmith_crypto::Digest {
    use tlsmith_crypto::{HashAlgorithm, Provider, aws_lc::AwsLc};
    let mut hash = Arc::new(AwsLc).hash(HashAlgorithm::Sha256);
    hash.update(bytes);
    hash.current()
}
