//! What the example servers have in common: a private CA made on the spot, and the command line.

use std::{error::Error, fs, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tlsmith::{ServerConfig, auth::Identity};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_tokio::{Acceptor, Options};
use tokio::net::TcpListener;

/// A server for localhost, and the certificate of the CA that vouches for it.
pub(crate) struct Demo {
    pub(crate) acceptor: Acceptor,
    pub(crate) ca_pem: String,
}

/// Makes a CA and a certificate for localhost, both for this run only.
pub(crate) fn demo() -> Result<Demo, Box<dyn Error>> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.distinguished_name.push(DnType::CommonName, "tlsmith example CA");
    let ca_key = KeyPair::generate()?;
    let ca_pem = params.self_signed(&ca_key)?.pem();

    let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
    let key = KeyPair::generate()?;
    let chain = CertificateParams::new(names)?.signed_by(&key, &Issuer::new(params, ca_key))?.pem();

    let identity = Identity::from_pem(&AwsLc, chain.as_bytes(), key.serialize_pem().as_bytes())?;
    let config =
        ServerConfig::builder(Arc::new(AwsLc)).identity(Arc::new(identity)).alpn(&[b"h2", b"http/1.1"]).build()?;
    // A client that connects and says nothing must not stay for ever.
    let options = Options::new().handshake_timeout(Duration::from_secs(10));
    Ok(Demo { acceptor: Acceptor::with_options(config, options), ca_pem })
}

/// `[ADDRESS] [--once]`: where to listen, and whether to end after the first connection.
#[allow(dead_code, reason = "the tests include the examples and start them by themselves")]
pub(crate) async fn from_arguments(demo: &Demo) -> Result<(TcpListener, bool), Box<dyn Error>> {
    let mut address: SocketAddr = "127.0.0.1:8443".parse()?;
    let mut once = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--once" => once = true,
            other => address = other.parse().map_err(|_| format!("{other:?} is not ADDRESS:PORT or --once"))?,
        }
    }
    let listener = TcpListener::bind(address).await?;
    let port = listener.local_addr()?.port();
    let ca: PathBuf = std::env::temp_dir().join(format!("tlsmith-example-ca-{port}.pem"));
    fs::write(&ca, &demo.ca_pem)?;
    println!("curl --cacert {} https://localhost:{port}/", ca.display());
    Ok((listener, once))
}
