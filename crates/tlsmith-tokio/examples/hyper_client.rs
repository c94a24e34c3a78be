//! An HTTPS client with hyper: HTTP/2 or HTTP/1.1, whichever ALPN agreed on.
//!
//! `cargo run -p tlsmith-tokio --example hyper_client -- localhost:8443 CA.pem`; without a CA the system's roots count.

use std::{error::Error, io::Write, sync::Arc};

use http_body_util::{BodyExt, Empty};
use hyper::{
    Request, Response, Uri, Version,
    body::{Bytes, Incoming},
    client::conn,
    header::HOST,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tlsmith::{ClientConfig, auth::ChainVerifier};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_tokio::{Connector, TlsStream};
use tlsmith_x509::{ServerName, TrustAnchors};
use tokio::net::TcpStream;

type AnyError = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let mut arguments = std::env::args().skip(1);
    let target = arguments.next().ok_or("usage: hyper_client HOST:PORT [CA.pem]")?;
    let anchors = match arguments.next() {
        Some(file) => TrustAnchors::from_pem(&std::fs::read(file)?)?,
        None => TrustAnchors::system()?,
    };
    let (host, _) = target.rsplit_once(':').ok_or("the target has no port")?;
    let socket = TcpStream::connect(target.as_str()).await?;
    let (version, body) = get(&connector(anchors)?, socket, host, "/").await?;
    println!("{version:?}");
    std::io::stdout().write_all(&body)?;
    Ok(())
}

/// A client that trusts `anchors` and speaks both versions of HTTP.
pub(crate) fn connector(anchors: TrustAnchors) -> Result<Connector, AnyError> {
    let verifier = ChainVerifier::new(Arc::new(AwsLc), Arc::new(anchors));
    let config = ClientConfig::builder(Arc::new(AwsLc), Arc::new(verifier)).alpn(&[b"h2", b"http/1.1"]).build()?;
    Ok(Connector::new(config))
}

/// Fetches `path` from `host`, to which `socket` is connected.
pub(crate) async fn get(
    connector: &Connector,
    socket: TcpStream,
    host: &str,
    path: &str,
) -> Result<(Version, Bytes), AnyError> {
    let name: ServerName = host.parse()?;
    let stream = connector.connect(name, socket).await?;
    let response = match stream.facts().alpn.as_deref() {
        Some(b"h2") => http2(stream, host, path).await?,
        _ => http1(stream, host, path).await?,
    };
    let version = response.version();
    Ok((version, response.into_body().collect().await?.to_bytes()))
}

async fn http2(stream: TlsStream<TcpStream>, host: &str, path: &str) -> Result<Response<Incoming>, AnyError> {
    let (mut sender, connection) = conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let uri = Uri::builder().scheme("https").authority(host).path_and_query(path).build()?;
    Ok(sender.send_request(Request::get(uri).body(Empty::<Bytes>::new())?).await?)
}

async fn http1(stream: TlsStream<TcpStream>, host: &str, path: &str) -> Result<Response<Incoming>, AnyError> {
    let (mut sender, connection) = conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender.send_request(Request::get(path).header(HOST, host).body(Empty::<Bytes>::new())?).await?)
}
