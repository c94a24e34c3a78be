//! Peers that do not speak TLS: who speaks HTTP is told, in HTTP, where he is.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tlsmith::{Connection, Error, Rule, ServerConfig};
use tlsmith_x509::UnixTime;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};

/// So much of a plain request is read, for the library to name what it is and the client to be done with sending.
const HEAD: usize = 8 * 1024;

/// How long a peer that was turned away is still read from.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 256 * 1024;

/// Whether a connection begins with what no TLS record does. Reads nothing; none if it ended before it said anything.
pub(super) async fn is_not_tls(tcp: &TcpStream) -> std::io::Result<Option<bool>> {
    let mut first = [0];
    let read = tcp.peek(&mut first).await?;
    // Content types of TLS end at 24 (RFC 8446 §B.1, RFC 6520), and 0x80 begins an SSLv2 hello. Both are the
    // library's to judge, in a handshake; text begins neither way.
    Ok((read > 0).then_some(first[0].is_ascii_graphic() || first[0].is_ascii_whitespace()))
}

/// Reads what the peer says: the head of an HTTP request, or the beginning of whatever it is.
pub(super) async fn head<S>(stream: &mut S, patience: Duration) -> Vec<u8>
where
    S: AsyncRead + Unpin,
{
    let mut head = Vec::with_capacity(1024);
    let reading = async {
        while head.len() < HEAD {
            let mut chunk = [0; 1024];
            let read = match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => break,
                Ok(read) => read,
            };
            // An end may lie across two pieces; what lies before was looked at.
            let fresh = head.len().saturating_sub(3);
            head.extend_from_slice(chunk.get(..read).unwrap_or_default());
            let ends = |part: &[u8]| part.windows(4).any(|end| end == b"\r\n\r\n");
            let http = |head: &[u8]| head.windows(5).take(1024).any(|part| part == b"HTTP/");
            if head.get(fresh..).is_some_and(ends) || (head.len() >= 1024 && !http(&head)) {
                break;
            }
        }
    };
    // Whoever stops in the middle is judged by what he said.
    let _ = tokio::time::timeout(patience, reading).await;
    head
}

/// Has the library name what the peer said. None if it is too little to tell.
pub(super) fn name(head: &mut [u8], config: Arc<ServerConfig>, now: UnixTime) -> Option<Error> {
    let mut connection = Connection::server(config, now).ok()?;
    connection.handle_input(head, &mut Vec::new()).err()
}

/// Answers a plain HTTP request, if that is what the library called it.
pub(super) async fn turn_away<S>(stream: &mut S, error: &Error, local: SocketAddr)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if error.rule() == Rule::PlainHttp {
        let body = format!(
            "This port speaks TLS, and your client spoke plain HTTP to it.\nUse https:// instead: https://{local}/\n"
        );
        let head = format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
             Connection: close\r\nCache-Control: no-store\r\n\r\n",
            body.len()
        );
        if stream.write_all(format!("{head}{body}").as_bytes()).await.is_err() {
            return;
        }
    }
    linger(stream).await;
}

/// Ends a connection so that the peer can read what was said last: closing with bytes unread would make its kernel
/// throw that away.
pub(super) async fn linger<S>(stream: &mut S)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let reading = async {
        stream.shutdown().await?;
        let mut scratch = [0; 4096];
        let mut left = LINGER_BYTES;
        while left > 0 {
            match stream.read(&mut scratch).await? {
                0 => break,
                read => left = left.saturating_sub(read),
            }
        }
        Ok::<_, std::io::Error>(())
    };
    // Whether the peer took the time is its affair.
    let _ = tokio::time::timeout(LINGER, reading).await;
}
