//! Our side as a client, over [`tlsmith::blocking`].

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, TcpStream},
    sync::Arc,
};

use tlsmith::{ClientConfig, blocking::Stream};
use tlsmith_x509::UnixTime;

use crate::{
    certs::HOST,
    config::{Sha256, hex},
    process::PATIENCE,
    server::give,
};

/// Connects to a port of 127.0.0.1 as `localhost`; the handshake is still to be done.
pub fn connect(port: u16, config: Arc<ClientConfig>) -> Stream<TcpStream> {
    connect_as(port, HOST, config)
}

/// The same with another name.
pub fn connect_as(port: u16, name: &str, config: Arc<ClientConfig>) -> Stream<TcpStream> {
    let socket = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    socket.set_nodelay(true).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    Stream::connect(socket, config, name.parse().unwrap(), UnixTime::now()).unwrap()
}

/// The digests of a transfer, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digests {
    /// Of what was sent.
    pub sent: String,
    /// Of what was received.
    pub received: String,
}

/// The client's side of the transfer of [`crate::peers::script`], up to a clean end of both directions.
pub fn transfer(stream: &mut Stream<TcpStream>, up: usize, down: usize) -> io::Result<Digests> {
    stream.handshake()?;
    let mut header = [0; 16];
    header[..8].copy_from_slice(&(up as u64).to_be_bytes());
    header[8..].copy_from_slice(&(down as u64).to_be_bytes());
    stream.write_all(&header)?;
    let mut sent = Sha256::default();
    give(stream, up, &mut sent)?;
    let sent = sent.finish();
    let mut theirs = [0; 32];
    stream.read_exact(&mut theirs)?;
    if theirs.as_slice() != sent {
        return Err(io::Error::other("the server received something else than was sent"));
    }
    let received = take(stream, down)?;
    stream.shutdown_write()?;
    match stream.read(&mut [0; 64])? {
        0 => Ok(Digests { sent: hex(&sent), received }),
        _ => Err(io::Error::other("the peer sent more than announced")),
    }
}

/// Reads so many bytes and returns their digest.
pub fn take(from: &mut impl Read, count: usize) -> io::Result<String> {
    let mut digest = Sha256::default();
    let mut buffer = vec![0; 1 << 16];
    let mut left = count;
    while left > 0 {
        let most = left.min(buffer.len());
        let part = from.read(&mut buffer[..most])?;
        if part == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        digest.update(&buffer[..part]);
        left -= part;
    }
    Ok(digest.hex())
}
