//! A plain HTTP/1.1 server for behind `tlsmith serve --to`: says what it was sent, takes and gives bytes.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
};

use crate::{config::Sha256, server::give};

/// Starts it for as long as the test runs and returns its port.
///
/// `GET /bytes/N` gives N bytes; anything else is answered with the SHA-256 of the request's body, in hexadecimal, and the
/// request's header lines.
pub fn start() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            thread::spawn(move || while matches!(answer(&socket), Ok(true)) {});
        }
    });
    port
}

/// One request; true if another may follow.
fn answer(mut socket: &TcpStream) -> io::Result<bool> {
    let mut reader = BufReader::new(socket);
    let mut head = String::new();
    loop {
        let before = head.len();
        if reader.read_line(&mut head)? == 0 {
            return Ok(false);
        }
        if head[before..].trim().is_empty() {
            break;
        }
    }
    let header = |name: &str| {
        head.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case(name))
    };
    let mut hash = Sha256::default();
    if let Some((_, length)) = header("content-length") {
        body(&mut reader, length.trim().parse().unwrap(), &mut hash)?;
    } else if header("transfer-encoding").is_some() {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let size = u64::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
            body(&mut reader, size, &mut hash)?;
            reader.read_line(&mut String::new())?;
            if size == 0 {
                break;
            }
        }
    }
    let path = head.split(' ').nth(1).unwrap_or_default();
    if let Some(count) = path.strip_prefix("/bytes/").and_then(|count| count.parse().ok()) {
        write!(socket, "HTTP/1.1 200 OK\r\nContent-Length: {count}\r\n\r\n")?;
        give(&mut socket, count, &mut Sha256::default())?;
    } else {
        let text = format!("{}\n{head}", hash.hex());
        write!(socket, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len())?;
    }
    Ok(true)
}

fn body(from: &mut impl Read, mut left: u64, hash: &mut Sha256) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 16];
    while left > 0 {
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let count = from.read(&mut buffer[..most])?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        hash.update(&buffer[..count]);
        left -= count as u64;
    }
    Ok(())
}
