//! An HTTPS server with hyper: HTTP/2 or HTTP/1.1, whichever ALPN agreed on.
//!
//! `cargo run -p tlsmith-tokio --example hyper_server -- 127.0.0.1:8443`

mod support;

use std::{convert::Infallible, error::Error, io};

use http_body_util::Full;
use hyper::{Request, Response, body::Bytes, body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use tlsmith_tokio::Acceptor;
use tokio::net::{TcpListener, TcpStream};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = support::demo()?;
    let (listener, once) = support::from_arguments(&demo).await?;
    serve(listener, demo.acceptor, once).await?;
    Ok(())
}

/// Serves whoever connects, or only the first.
pub(crate) async fn serve(listener: TcpListener, acceptor: Acceptor, once: bool) -> io::Result<()> {
    loop {
        let (socket, peer) = listener.accept().await?;
        let acceptor = acceptor.clone();
        let connection = tokio::spawn(async move {
            if let Err(error) = serve_one(socket, acceptor).await {
                eprintln!("{peer}: {error}");
            }
        });
        if once {
            return connection.await.map_err(io::Error::other);
        }
    }
}

async fn serve_one(socket: TcpStream, acceptor: Acceptor) -> Result<(), Box<dyn Error + Send + Sync>> {
    let stream = acceptor.accept(socket).await?;
    let facts = stream.facts();
    let greeting = match (facts.version, facts.cipher_suite, facts.group) {
        (Some(version), Some(suite), Some(group)) => format!("Hello over {version}, {suite}, {group}.\n"),
        _ => return Err("a handshake is complete and nothing was negotiated".into()),
    };
    let answer = service_fn(move |request: Request<Incoming>| {
        let body = format!("{:?} {}: {greeting}", request.version(), request.uri().path());
        async { Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(body)))) }
    });
    auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), answer).await
}
