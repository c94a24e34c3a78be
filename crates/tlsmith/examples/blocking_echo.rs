//! A server that says back what it hears, a thread a connection.
//!
//! `cargo run -p tlsmith --example blocking_echo -- 127.0.0.1:8443 chain.pem key.pem [--once]`

use std::{
    error::Error,
    fs,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use tlsmith::{ServerConfig, auth::Identity, blocking::Stream, buffered::BufferPool, session::UnixMillis};
use tlsmith_crypto::aws_lc::AwsLc;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (address, chain, key, once) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [address, chain, key] => (address, chain, key, false),
        [address, chain, key, "--once"] => (address, chain, key, true),
        _ => return Err("usage: blocking_echo ADDRESS:PORT CHAIN.pem KEY.pem [--once]".into()),
    };
    let identity = Identity::from_pem(&AwsLc, &fs::read(chain)?, &fs::read(key)?)?;
    let config = ServerConfig::builder(Arc::new(AwsLc)).identity(Arc::new(identity)).build()?;
    let pool = BufferPool::default();
    let listener = TcpListener::bind(address)?;
    println!("listening on {}", listener.local_addr()?);
    for socket in listener.incoming() {
        let socket = socket?;
        let (config, pool) = (Arc::clone(&config), pool.clone());
        let connection = thread::spawn(move || {
            if let Err(error) = echo(socket, config, &pool) {
                eprintln!("{error}");
            }
        });
        if once {
            return connection.join().map_err(|_| "the connection's thread panicked".into());
        }
    }
    Ok(())
}

/// Says back what `socket` brings until the client ends its direction, then ends this one.
pub(crate) fn echo(socket: TcpStream, config: Arc<ServerConfig>, pool: &BufferPool) -> io::Result<()> {
    socket.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut stream = Stream::accept_with_pool(socket, config, UnixMillis::now(), pool)?;
    let mut heard = [0; 4096];
    loop {
        let count = stream.read(&mut heard)?;
        match heard.get(..count) {
            Some([]) | None => return stream.shutdown_write(),
            Some(heard) => stream.write_all(heard)?,
        }
    }
}
