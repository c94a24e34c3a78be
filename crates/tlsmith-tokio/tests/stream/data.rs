//! Data in both directions.

use std::io::IoSlice;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, duplex, split};

use crate::{noise, or_hang, pair, pair_over, sha256, transport::Choppy};

const MEBIBYTE: usize = 1 << 20;

/// Sends `data` and ends the direction, while all that comes is read.
async fn exchange<IO: AsyncRead + AsyncWrite>(stream: IO, data: &[u8]) -> Vec<u8> {
    let (mut reader, mut writer) = split(stream);
    let mut got = Vec::new();
    let (sent, read) = tokio::join!(
        async {
            writer.write_all(data).await?;
            writer.shutdown().await
        },
        reader.read_to_end(&mut got)
    );
    sent.unwrap();
    read.unwrap();
    got
}

#[tokio::test]
async fn ten_mebibytes_each_way_at_once() {
    let (client, server) = pair(1 << 15).await;
    let (up, down) = (noise(10 * MEBIBYTE, 1), noise(10 * MEBIBYTE, 2));
    let (at_client, at_server) = or_hang(async { tokio::join!(exchange(client, &up), exchange(server, &down)) }).await;
    assert_eq!(sha256(&at_server), sha256(&up));
    assert_eq!(sha256(&at_client), sha256(&down));
}

#[tokio::test]
async fn data_survives_a_choppy_transport() {
    let (client, server) = duplex(1000);
    let (client, server) = pair_over(Choppy::new(client, 3), Choppy::new(server, 5)).await;
    let (up, down) = (noise(MEBIBYTE / 4, 3), noise(MEBIBYTE / 4 + 1, 4));
    let (at_client, at_server) = or_hang(async { tokio::join!(exchange(client, &up), exchange(server, &down)) }).await;
    assert!(at_server == up && at_client == down);
}

#[tokio::test]
async fn many_small_writes() {
    let (mut client, mut server) = pair(4096).await;
    let data = noise(70_000, 5);
    let mut got = Vec::new();
    let (sent, read) = or_hang(async {
        tokio::join!(
            async {
                for piece in data.chunks(7) {
                    client.write_all(piece).await?;
                }
                client.shutdown().await
            },
            server.read_to_end(&mut got)
        )
    })
    .await;
    sent.unwrap();
    read.unwrap();
    assert!(got == data);
}

#[tokio::test]
async fn pieces_are_put_together() {
    let (mut client, mut server) = pair(1 << 20).await;
    assert!(client.is_write_vectored());
    let pieces = [IoSlice::new(b"one "), IoSlice::new(b""), IoSlice::new(b"record "), IoSlice::new(b"of three")];
    let count = client.write_vectored(&pieces).await.unwrap();
    assert_eq!(count, 19);
    let mut got = [0; 64];
    // One record: one read gets it all.
    let read = server.read(&mut got).await.unwrap();
    assert_eq!(&got[..read], b"one record of three");

    // Pieces longer than a record, and what is accepted is told.
    let (long, short) = (noise(40_000, 6), noise(300, 7));
    let all = [short.as_slice(), &long, &short].concat();
    let mut sent = 0;
    let mut got = vec![0; all.len()];
    let write = async {
        while sent < all.len() {
            let rest = [
                IoSlice::new(&short[sent.min(300)..]),
                IoSlice::new(&long[sent.saturating_sub(300).min(40_000)..]),
                IoSlice::new(&short[sent.saturating_sub(40_300).min(300)..]),
            ];
            sent += client.write_vectored(&rest).await.unwrap();
        }
        client.flush().await.unwrap();
    };
    tokio::join!(write, async { server.read_exact(&mut got).await.unwrap() });
    assert!(got == all);
    assert_eq!(client.write_vectored(&[]).await.unwrap(), 0);
}

#[tokio::test]
async fn keys_change_under_way_in_both_directions() {
    let (mut client, mut server) = pair(8192).await;
    for round in 0..50_u64 {
        let (up, down) = (noise(3000, round), noise(2000, round + 1000));
        if round % 3 == 0 {
            client.update_keys(round % 2 == 0).unwrap();
        }
        if round % 5 == 0 {
            server.update_keys(round % 2 == 1).unwrap();
        }
        let (mut at_server, mut at_client) = (vec![0; up.len()], vec![0; down.len()]);
        client.write_all(&up).await.unwrap();
        server.write_all(&down).await.unwrap();
        or_hang(async {
            client.flush().await.unwrap();
            server.read_exact(&mut at_server).await.unwrap();
            server.flush().await.unwrap();
            client.read_exact(&mut at_client).await.unwrap();
        })
        .await;
        assert!(at_server == up && at_client == down, "round {round}");
    }
    let updates = |stream: &tlsmith_tokio::TlsStream<_>| {
        stream.facts().messages.iter().filter(|note| note.name == "KeyUpdate").count()
    };
    assert!(updates(&client) > 10 && updates(&server) > 10);
}
