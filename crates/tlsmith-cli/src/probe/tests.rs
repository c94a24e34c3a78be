use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread,
};

use tlsmith_crypto::aws_lc::AwsLc;

use super::*;

fn provider() -> Arc<dyn Provider> {
    Arc::new(AwsLc)
}

/// A server that reads something, says `words` and closes.
fn says(words: &'static [u8]) -> Target {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let _ = socket.read(&mut [0; 4096]);
        let _ = socket.write_all(words);
    });
    Target { host: String::from("127.0.0.1"), port }
}

async fn seen(words: &'static [u8]) -> Seen {
    let name = "example.com".parse().unwrap();
    probe(&provider(), &Probe::new(says(words), Some(name), Duration::from_secs(10))).await
}

#[tokio::test(flavor = "current_thread")]
async fn what_is_no_tls_is_kept_to_be_looked_at() {
    let seen = seen(b"SSH-2.0-OpenSSH_9.2p1\r\n").await;
    assert_eq!(seen.first_bytes, b"SSH-2.0-OpenSSH_9.2p1\r\n");
    assert_eq!(seen.outcome.unwrap_err().code, "record.not_tls");
    assert!(seen.address.is_some() && !seen.completed);
}

#[tokio::test(flavor = "current_thread")]
async fn an_alert_is_an_outcome() {
    let seen = seen(&[0x15, 3, 3, 0, 2, 2, 70]).await;
    let error = seen.outcome.unwrap_err();
    assert_eq!((error.alert.as_deref(), error.alert_direction), (Some("protocol_version"), Some("received")));
    assert_eq!(seen.received, ["Alert"]);
}

#[tokio::test(flavor = "current_thread")]
async fn the_bytes_that_are_kept_are_bounded() {
    static LONG: [u8; 100_000] = [b'x'; 100_000];
    assert!(seen(&LONG).await.first_bytes.len() <= 256);
}
