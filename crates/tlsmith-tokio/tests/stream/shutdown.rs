//! Ends: clean, half, and cut off.

use std::io::ErrorKind;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{noise, or_hang, pair, pair_over, transport::Throttle};

#[tokio::test]
async fn half_closed_by_either_side_the_other_goes_on() {
    for client_first in [true, false] {
        let (client, server) = pair(4096).await;
        let (mut first, mut second) = if client_first { (client, server) } else { (server, client) };
        first.write_all(b"question").await.unwrap();
        first.shutdown().await.unwrap();
        first.shutdown().await.unwrap();
        let mut got = Vec::new();
        second.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, b"question");
        assert!(second.connection().is_peer_closed());

        let answer = noise(100_000, 1);
        got.clear();
        let (sent, read) = or_hang(async {
            tokio::join!(
                async {
                    second.write_all(&answer).await?;
                    second.shutdown().await
                },
                first.read_to_end(&mut got)
            )
        })
        .await;
        sent.unwrap();
        read.unwrap();
        assert!(got == answer);
        assert_eq!(first.read(&mut [0; 4]).await.unwrap(), 0, "the end stays the end");
    }
}

#[tokio::test]
async fn writing_after_shutdown_is_an_error() {
    let (mut client, _server) = pair(4096).await;
    client.shutdown().await.unwrap();
    assert_eq!(client.write(b"more").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    client.flush().await.unwrap();
}

#[tokio::test]
async fn a_transport_that_just_ends_is_truncation() {
    let (mut client, mut server) = pair(4096).await;
    client.write_all(b"part of it").await.unwrap();
    client.flush().await.unwrap();
    drop(client.into_inner());
    let mut got = Vec::new();
    let error = server.read_to_end(&mut got).await.unwrap_err();
    assert_eq!(got, b"part of it", "what came before is not lost");
    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    assert_eq!(tlsmith::Error::from_io(&error).unwrap().code(), "transport.truncated");
    let again = server.read(&mut [0; 4]).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::UnexpectedEof, "it never turns into a clean end");
}

#[tokio::test]
async fn a_record_cut_in_the_middle_is_truncation() {
    let (client, server) = tokio::io::duplex(1 << 16);
    let (mut client, mut server) = pair_over(Throttle::new(client), server).await;
    client.get_ref().write.set(100);
    client.write_all(&noise(1000, 1)).await.unwrap();
    drop(client);
    let mut got = Vec::new();
    let error = server.read_to_end(&mut got).await.unwrap_err();
    assert_eq!((error.kind(), got.len()), (ErrorKind::UnexpectedEof, 0));
}

#[tokio::test]
async fn what_cannot_be_decrypted_is_answered_with_an_alert() {
    let (mut client, mut server) = pair(4096).await;
    client.get_mut().write_all(&[23, 3, 3, 0, 20]).await.unwrap();
    client.get_mut().write_all(&[0; 20]).await.unwrap();
    let error = server.read(&mut [0; 4]).await.unwrap_err();
    assert_eq!(tlsmith::Error::from_io(&error).unwrap().code(), "record.bad_mac");
    assert!(server.write(b"x").await.is_err(), "a failed connection takes no data");
    let error = client.read(&mut [0; 4]).await.unwrap_err();
    let error = tlsmith::Error::from_io(&error).unwrap();
    assert_eq!(error.received_alert(), Some(tlsmith::registry::AlertDescription::BAD_RECORD_MAC));
}

#[tokio::test]
async fn data_before_an_error_is_read_before_the_error() {
    let (mut client, mut server) = pair(1 << 16).await;
    client.write_all(b"good").await.unwrap();
    client.flush().await.unwrap();
    client.get_mut().write_all(&[23, 3, 3, 0, 17]).await.unwrap();
    client.get_mut().write_all(&[0; 17]).await.unwrap();
    let mut got = [0; 64];
    assert_eq!(server.read(&mut got).await.unwrap(), 4);
    assert!(server.read(&mut got).await.is_err());
}
