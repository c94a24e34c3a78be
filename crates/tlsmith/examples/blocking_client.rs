//! Fetches a page over `std::net`, and says what was negotiated.
//!
//! `cargo run -p tlsmith --example blocking_client -- example.com:443 [CA.pem]`

use std::{
    error::Error,
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
};

use tlsmith::{ClientConfig, auth::ChainVerifier, blocking::Stream, session::UnixMillis};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_x509::TrustAnchors;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let target = arguments.next().ok_or("usage: blocking_client HOST:PORT [CA.pem]")?;
    let anchors = match arguments.next() {
        Some(file) => TrustAnchors::from_pem(&std::fs::read(file)?)?,
        None => TrustAnchors::system()?,
    };
    let (host, _) = target.rsplit_once(':').ok_or("the target has no port")?;

    let socket = TcpStream::connect(target.as_str())?;
    let page = fetch(host, socket, anchors)?;
    std::io::stdout().write_all(&page)?;
    Ok(())
}

/// Fetches the page at `/` of `host`, to which `socket` is connected.
pub(crate) fn fetch(host: &str, socket: TcpStream, anchors: TrustAnchors) -> Result<Vec<u8>, Box<dyn Error>> {
    let verifier = ChainVerifier::new(Arc::new(AwsLc), Arc::new(anchors));
    let config = ClientConfig::builder(Arc::new(AwsLc), Arc::new(verifier)).alpn(&[b"http/1.1"]).build()?;
    let mut stream = Stream::connect(socket, config, host.parse()?, UnixMillis::now())?;
    if let Err(error) = stream.handshake() {
        for certificate in &stream.facts().peer_certificates {
            eprintln!("the server showed: {}", certificate.subject());
        }
        if let Some(fix) = tlsmith::Error::from_io(&error).map(tlsmith::Error::fix) {
            eprintln!("{fix}");
        }
        return Err(error.into());
    }
    let facts = stream.facts();
    eprintln!("{:?}, {:?}, {:?}", facts.version, facts.cipher_suite, facts.group);

    write!(stream, "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    // Ends only with the server's close_notify; a connection that was cut is an error here, not a short page.
    let mut page = Vec::new();
    stream.read_to_end(&mut page)?;
    // Who is done may be gone already.
    let _ = stream.shutdown_write();
    Ok(page)
}
