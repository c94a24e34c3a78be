//! Answers that are awaited, and configurations chosen by the ClientHello.

use std::{io, sync::Arc};

use tlsmith::{
    ClientConfig,
    auth::{Answer, ChainVerifier, Identity, PeerCertificates, PeerVerifier, Verdict},
    conn::{Need, Reply},
};
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_tokio::{Acceptor, Answers, BoxFuture, Connector, Failure, LazyAcceptor, Options};
use tlsmith_x509::pem;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    task::yield_now,
};

use crate::{
    or_hang,
    pki::{Pki, provider},
};

/// Signs as a KMS would: elsewhere, later.
struct Kms {
    key: Arc<dyn tlsmith_crypto::SigningKey>,
    broken: bool,
}

impl Answers for Kms {
    fn answer<'a>(&'a self, need: Need<'a>) -> BoxFuture<'a, io::Result<Reply>> {
        Box::pin(async move {
            yield_now().await;
            match need {
                Need::Sign { .. } if self.broken => Err(io::Error::other("the KMS is down")),
                Need::Sign { scheme, message, .. } => {
                    let algorithm = scheme.algorithm().ok_or_else(|| io::Error::other("unknown scheme"))?;
                    Ok(Reply::Signature(self.key.sign(algorithm, message).ok()))
                }
                other => Err(io::Error::other(format!("{other:?}"))),
            }
        })
    }
}

/// A server whose key is in the KMS.
fn kms_acceptor(broken: bool) -> Acceptor {
    let (chain, key) = Pki::shared().issue("localhost");
    let identity = Identity::with_external_key(pem::certificates(chain.as_bytes()).unwrap()).unwrap();
    let config = tlsmith::ServerConfig::builder(provider()).identity(Arc::new(identity)).build().unwrap();
    let key = pem::private_key(&AwsLc, key.as_bytes()).unwrap();
    Acceptor::with_options(config, Options::new().answers(Arc::new(Kms { key, broken })))
}

#[tokio::test]
async fn a_signature_may_take_its_time() {
    let connector = Connector::new(Pki::shared().client().build().unwrap());
    let (client, server) = duplex(4096);
    let acceptor = kms_acceptor(false);
    let (client, server) = or_hang(async {
        tokio::join!(connector.connect("localhost".parse().unwrap(), client), acceptor.accept(server))
    })
    .await;
    let (mut client, mut server) = (client.unwrap(), server.unwrap());
    server.write_all(b"signed").await.unwrap();
    let mut got = [0; 6];
    client.read_exact(&mut got).await.unwrap();
    assert_eq!(&got, b"signed");
}

#[tokio::test]
async fn a_signature_that_fails_ends_both_sides_with_their_reasons() {
    let connector = Connector::new(Pki::shared().client().build().unwrap());
    let (client, server) = duplex(4096);
    let acceptor = kms_acceptor(true);
    let (client, server) = or_hang(async {
        tokio::join!(connector.connect("localhost".parse().unwrap(), client), acceptor.accept(server))
    })
    .await;
    match server.unwrap_err().error {
        Failure::Io(error) => assert_eq!(error.to_string(), "the KMS is down"),
        other => panic!("{other:?}"),
    }
    match client.unwrap_err().error {
        Failure::Tls(error) => assert!(error.received_alert().is_some(), "{error}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_need_that_nobody_answers_is_said_not_waited_for() {
    let (chain, _) = Pki::shared().issue("localhost");
    let identity = Identity::with_external_key(pem::certificates(chain.as_bytes()).unwrap()).unwrap();
    let config = tlsmith::ServerConfig::builder(provider()).identity(Arc::new(identity)).build().unwrap();
    let acceptor = Acceptor::new(config);
    let connector = Connector::new(Pki::shared().client().build().unwrap());
    let (client, server) = duplex(4096);
    let (_, server) = or_hang(async {
        tokio::join!(connector.connect("localhost".parse().unwrap(), client), async {
            let failure = acceptor.accept(server).await.unwrap_err();
            failure.error
        })
    })
    .await;
    assert!(server.to_string().contains("Options::answers"), "{server}");
}

/// Decides later.
#[derive(Debug)]
struct Later;

impl PeerVerifier for Later {
    fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Later
    }
}

/// Looks it up.
struct Lookup(Arc<ChainVerifier>);

impl Answers for Lookup {
    fn answer<'a>(&'a self, need: Need<'a>) -> BoxFuture<'a, io::Result<Reply>> {
        Box::pin(async move {
            yield_now().await;
            match need {
                Need::VerifyPeer(peer) => match self.0.verify(&peer) {
                    Answer::Now(verdict) => Ok(Reply::Verdict(verdict)),
                    Answer::Later => Err(io::Error::other("still later")),
                },
                other => Err(io::Error::other(format!("{other:?}"))),
            }
        })
    }
}

#[tokio::test]
async fn a_verdict_may_take_its_time() {
    let config = ClientConfig::builder(provider(), Arc::new(Later)).build().unwrap();
    let acceptor = Acceptor::new(Pki::shared().server().build().unwrap());
    for (name, good) in [("localhost", true), ("elsewhere.example", false)] {
        let options = Options::new().answers(Arc::new(Lookup(Pki::shared().verifier())));
        let connector = Connector::with_options(Arc::clone(&config), options);
        let (client, server) = duplex(4096);
        let (client, server) =
            or_hang(async { tokio::join!(connector.connect(name.parse().unwrap(), client), acceptor.accept(server)) })
                .await;
        assert_eq!(client.is_ok(), good);
        assert_eq!(server.is_ok(), good);
        if let Err(failure) = client {
            assert!(failure.error.to_string().contains("certificate.name_mismatch"), "{failure}");
        }
    }
}

#[tokio::test]
async fn the_client_hello_chooses_the_configuration() {
    let pki = Pki::shared();
    let configs = |name: &str| tlsmith::ServerConfig::builder(provider()).identity(pki.identity(name)).build().unwrap();
    for name in ["one.example", "two.example"] {
        let connector = Connector::new(pki.client().build().unwrap());
        let (client, server) = duplex(4096);
        let mut told = Vec::new();
        let (client, server) = or_hang(async {
            tokio::join!(connector.connect(name.parse().unwrap(), client), async {
                let undecided = LazyAcceptor::new().accept(server).await.unwrap();
                assert!(!undecided.client_hello().cipher_suites.is_empty());
                let config = configs(undecided.client_hello().server_name.as_deref().unwrap());
                undecided.into_stream_with(config, |new| told.extend(new.iter().map(|note| note.name))).await
            })
        })
        .await;
        let (mut client, mut server) = (client.unwrap(), server.unwrap());
        assert_eq!(told[0], "ClientHello");
        server.write_all(name.as_bytes()).await.unwrap();
        let mut got = vec![0; name.len()];
        client.read_exact(&mut got).await.unwrap();
        assert_eq!(got, name.as_bytes());
    }
}

#[tokio::test]
async fn a_lazy_acceptor_names_what_is_no_client_hello() {
    let (mut client, server) = duplex(4096);
    client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let failure = LazyAcceptor::new().accept(server).await.unwrap_err();
    assert!(failure.error.to_string().contains("record.plain_http"), "{failure}");
}
