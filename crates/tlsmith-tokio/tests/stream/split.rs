//! Both halves at work in tasks of their own.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, split};

use crate::{noise, or_hang, pair};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn halves_in_tasks_of_their_own() {
    let (client, server) = pair(3000).await;
    let (up, down) = (noise(1 << 20, 1), noise(1 << 20, 2));
    let mut tasks = Vec::new();
    for (stream, data, expected) in [(client, up.clone(), down.clone()), (server, down, up)] {
        let (mut reader, mut writer) = split(stream);
        tasks.push(tokio::spawn(async move {
            writer.write_all(&data).await.unwrap();
            writer.shutdown().await.unwrap();
        }));
        tasks.push(tokio::spawn(async move {
            let mut got = Vec::new();
            reader.read_to_end(&mut got).await.unwrap();
            assert!(got == expected);
        }));
    }
    for task in tasks {
        or_hang(task).await.unwrap();
    }
}

/// The reader wants to write what is pending while the writer waits for the same transport: the transport knows one waker only,
/// and must not forget the writer for the reader.
#[tokio::test]
async fn a_reader_that_writes_does_not_make_the_writer_sleep_for_ever() {
    let (client, mut server) = pair(1024).await;
    let (mut reader, mut writer) = split(client);
    let data = noise(1 << 20, 1);
    let expected = data.clone();
    let writing = tokio::spawn(async move {
        writer.write_all(&data).await.unwrap();
        writer.shutdown().await.unwrap();
    });
    // Let the writer fill everything and wait.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let reading = tokio::spawn(async move {
        let mut got = Vec::new();
        reader.read_to_end(&mut got).await.unwrap();
        got
    });
    // The reader gets something to do, and waits behind the writer.
    server.write_all(b"hello").await.unwrap();
    server.flush().await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut got = Vec::new();
    or_hang(server.read_to_end(&mut got)).await.unwrap();
    assert!(got == expected);
    or_hang(writing).await.unwrap();
    server.shutdown().await.unwrap();
    assert_eq!(or_hang(reading).await.unwrap(), b"hello");
}
