//! Reads and writes that are given up half way.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use tokio::{
    io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex},
    task::yield_now,
};

use crate::{noise, or_hang, pair, pair_over, transport::Choppy};

#[tokio::test]
async fn reads_that_are_given_up_lose_nothing() {
    let (client, server) = duplex(777);
    let (mut client, mut server) = pair_over(Choppy::new(client, 17), Choppy::new(server, 19)).await;
    let data = noise(200_000, 1);
    let mut got = Vec::new();
    let mut given_up = 0;
    or_hang(async {
        tokio::join!(
            async {
                client.write_all(&data).await.unwrap();
                client.shutdown().await.unwrap();
            },
            async {
                let mut part = [0; 1000];
                loop {
                    tokio::select! {
                        biased;
                        read = server.read(&mut part) => match read.unwrap() {
                            0 => break,
                            count => got.extend_from_slice(&part[..count]),
                        },
                        () = yield_now() => given_up += 1,
                    }
                }
            }
        )
    })
    .await;
    assert!(got == data);
    assert!(given_up > 100, "{given_up}");
}

#[tokio::test]
async fn a_read_polled_by_a_waker_that_is_gone_does_not_keep_the_next_from_waking() {
    let (mut client, mut server) = pair(4096).await;
    let mut part = [0; 16];
    {
        let read = std::pin::pin!(server.read(&mut part));
        assert!(read.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let (read, ()) = or_hang(async {
        tokio::join!(server.read(&mut part), async {
            yield_now().await;
            client.write_all(b"awake").await.unwrap();
            client.flush().await.unwrap();
        })
    })
    .await;
    assert_eq!(&part[..read.unwrap()], b"awake");
}

#[tokio::test]
async fn a_write_that_is_given_up_accepted_nothing() {
    let (mut client, mut server) = pair(100).await;
    let data = noise(1 << 20, 2);
    // Fill up, then poll writes that have to wait and give them up.
    let mut accepted = 0;
    let full = poll_fn(|cx| {
        loop {
            match Pin::new(&mut client).poll_write(cx, &data[accepted..accepted + 1000]) {
                Poll::Ready(count) => accepted += count.unwrap(),
                Poll::Pending => return Poll::Ready(accepted),
            }
        }
    })
    .await;
    for _ in 0..10 {
        let write = std::pin::pin!(client.write(&data[full..]));
        assert!(write.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let mut got = Vec::new();
    or_hang(async {
        tokio::join!(
            async {
                client.write_all(&data[full..]).await.unwrap();
                client.shutdown().await.unwrap();
            },
            async { server.read_to_end(&mut got).await.unwrap() }
        )
    })
    .await;
    assert!(got == data);
}
