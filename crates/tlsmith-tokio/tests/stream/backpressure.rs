//! Peers that do not read.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use tlsmith::conn::MAX_RECORD;
use tlsmith_tokio::OUTPUT_LIMIT;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    task::yield_now,
};

use crate::{noise, or_hang, pair, pair_over, transport::Throttle};

/// What may wait besides data: KeyUpdates.
const SLACK: usize = 1024;

#[tokio::test]
async fn what_waits_to_be_sent_is_bounded() {
    for size in [1, 1000, 1 << 14, 1 << 20] {
        let (mut client, mut server) = pair(500).await;
        let data = noise(1 << 20, 1);
        let mut accepted = 0;
        let mut waited = false;
        while !waited {
            let piece = &data[accepted..data.len().min(accepted + size)];
            let polled = poll_fn(|cx| Poll::Ready(Pin::new(&mut client).poll_write(cx, piece))).await;
            match polled {
                Poll::Ready(count) => accepted += count.unwrap(),
                Poll::Pending => waited = true,
            }
            assert!(client.pending_output() < OUTPUT_LIMIT + MAX_RECORD + SLACK, "{}", client.pending_output());
        }
        assert!(accepted < data.len());
        // All that was accepted arrives.
        let mut got = vec![0; accepted];
        or_hang(async {
            tokio::join!(async { client.flush().await.unwrap() }, async { server.read_exact(&mut got).await.unwrap() })
        })
        .await;
        assert!(got == data[..accepted]);
        assert_eq!(client.pending_output(), 0);
    }
}

/// A peer that asks for ever new keys, with data in between, and never reads the answers.
#[tokio::test]
async fn answers_to_a_peer_that_does_not_read_are_bounded() {
    let (mut client, mut server) = pair(200).await;
    let cx = &mut Context::from_waker(Waker::noop());
    // The server waits to write as much as it may.
    while Pin::new(&mut server).poll_write(cx, &noise(1 << 16, 1)).is_ready() {}
    let mut read = 0;
    while read < 3000 {
        // Or tokio's budget for one turn of a task runs out and nothing is ever ready.
        yield_now().await;
        if client.pending_output() == 0 {
            client.update_keys(true).unwrap();
            let _ = Pin::new(&mut client).poll_write(cx, b"x");
        }
        let _ = Pin::new(&mut client).poll_flush(cx);
        if let Poll::Ready(result) = Pin::new(&mut server).poll_read(cx, &mut ReadBuf::new(&mut [0])) {
            result.unwrap();
            read += 1;
        }
        assert!(server.pending_output() < OUTPUT_LIMIT + MAX_RECORD + SLACK, "{}", server.pending_output());
    }
}

/// Whatever else piles up output: beyond a limit nothing is received until some of it is taken.
#[tokio::test]
async fn too_much_output_keeps_from_reading_until_it_is_taken() {
    let (client, server) = tokio::io::duplex(1 << 20);
    let (mut client, mut server) = pair_over(client, Throttle::new(server)).await;
    let allowance = server.get_ref().write.clone();
    allowance.set(0);
    client.write_all(b"data").await.unwrap();
    client.flush().await.unwrap();
    while server.pending_output() < OUTPUT_LIMIT + 2 * MAX_RECORD {
        server.update_keys(false).unwrap();
    }
    let mut got = [0; 4];
    {
        let read = std::pin::pin!(server.read(&mut got));
        assert!(read.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let (read, ()) = or_hang(async {
        tokio::join!(server.read(&mut got), async {
            yield_now().await;
            allowance.add(usize::MAX);
        })
    })
    .await;
    assert_eq!((read.unwrap(), &got), (4, b"data"));
    assert_eq!(server.pending_output(), 0);
}

/// Both write first and read later; the pipe holds next to nothing. Reading has to go on for one that waits to write.
#[tokio::test]
async fn who_waits_to_write_can_still_read() {
    let (mut client, mut server) = pair(300).await;
    let data = noise(1 << 20, 1);
    for stream in [&mut client, &mut server] {
        let mut accepted = 0;
        while let Poll::Ready(count) =
            Pin::new(&mut *stream).poll_write(&mut Context::from_waker(Waker::noop()), &data[accepted..])
        {
            accepted += count.unwrap();
        }
    }
    let (mut at_client, mut at_server) = (vec![0; 50_000], vec![0; 50_000]);
    or_hang(async {
        tokio::join!(async { client.read_exact(&mut at_client).await.unwrap() }, async {
            server.read_exact(&mut at_server).await.unwrap()
        })
    })
    .await;
    assert!(at_client == data[..50_000] && at_server == data[..50_000]);
}
