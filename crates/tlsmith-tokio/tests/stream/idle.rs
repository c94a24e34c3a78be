//! Buffers: lent while something is under way, in the pool otherwise.

use std::task::{Context, Waker};

use tlsmith_tokio::{Acceptor, BufferPool, Connector, Options};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use crate::{noise, pair, pair_over, pki::Pki, transport::Throttle};

#[tokio::test]
async fn an_idle_stream_holds_no_buffer() {
    let (mut client, mut server) = pair(4096).await;
    assert_eq!((client.held_buffers(), server.held_buffers()), (0, 0), "after the handshake");
    client.write_all(b"question").await.unwrap();
    client.flush().await.unwrap();
    assert_eq!(client.held_buffers(), 0, "after a write");
    let mut got = [0; 8];
    server.read_exact(&mut got).await.unwrap();
    assert_eq!(server.held_buffers(), 0, "after a read");
    {
        let read = std::pin::pin!(server.read(&mut got));
        assert!(read.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(server.held_buffers(), 0, "while a read waits");
}

#[tokio::test]
async fn a_buffer_is_held_for_a_partial_record_and_for_unread_data() {
    let (client, server) = duplex(1 << 16);
    let (mut client, mut server) = pair_over(client, Throttle::new(server)).await;
    client.write_all(&noise(100, 1)).await.unwrap();
    client.flush().await.unwrap();
    let allowance = server.get_ref().read.clone();
    allowance.set(50);
    let mut got = [0; 60];
    {
        let read = std::pin::pin!(server.read(&mut got));
        assert!(read.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(server.held_buffers(), 1, "half a record");
    allowance.add(usize::MAX);
    server.read_exact(&mut got).await.unwrap();
    assert_eq!(server.held_buffers(), 1, "40 bytes unread");
    server.read_exact(&mut got[..40]).await.unwrap();
    assert_eq!(server.held_buffers(), 0);
}

#[tokio::test]
async fn many_streams_share_few_buffers() {
    let pool = BufferPool::new(3);
    let options = Options::new().pool(pool.clone());
    let connector = Connector::with_options(Pki::shared().client().build().unwrap(), options.clone());
    let acceptor = Acceptor::with_options(Pki::shared().server().build().unwrap(), options);
    let mut streams = Vec::new();
    for _ in 0..20 {
        let (client, server) = duplex(4096);
        let (client, server) =
            tokio::join!(connector.connect("localhost".parse().unwrap(), client), acceptor.accept(server));
        let (mut client, mut server) = (client.unwrap(), server.unwrap());
        client.write_all(b"hello").await.unwrap();
        server.read_exact(&mut [0; 5]).await.unwrap();
        streams.push((client, server));
    }
    assert!(streams.iter().all(|(client, server)| client.held_buffers() + server.held_buffers() == 0));
    assert!((1..=6).contains(&pool.kept()), "{}", pool.kept());
}
