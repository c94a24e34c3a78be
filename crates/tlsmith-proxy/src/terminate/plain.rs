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

/// Reads what the peer says, and has the library name it. None if it is TLS after all, or too little to tell.
pub(super) async fn name<S>(stream: &mut S, config: Arc<ServerConfig>, now: UnixTime) -> Option<Error>
where
    S: AsyncRead + Unpin,
{
    let mut head = Vec::with_capacity(1024);
    while head.len() < HEAD && !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut chunk = [0; 1024];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(read) => head.extend_from_slice(chunk.get(..read)?),
        }
        // What is not HTTP need not send a whole head.
        if !head.windows(5).any(|part| part == b"HTTP/") && head.len() >= 1024 {
            break;
        }
    }
    let mut connection = Connection::server(config, now).ok()?;
    connection.handle_input(&mut head, &mut Vec::new()).err()
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
