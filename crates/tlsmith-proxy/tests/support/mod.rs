//! What the tests share: certificates, a terminator on a free port, a backend, clients that speak HTTP over TLS.

#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, combinators::BoxBody};
use hyper::{
    body::{Frame, Incoming},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tlsmith::{
    ClientConfig, ServerConfig,
    auth::{ChainVerifier, Identity},
    config::{ClientAuth, ServerConfigBuilder},
};
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_proxy::{BackendTimeouts, Limits, Service, Shutdown, SystemClock, Terminator, listen};
use tlsmith_tokio::{Connector, TlsStream};
use tlsmith_x509::{Certificate, TrustAnchors};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};

/// A body of the tests.
pub(crate) type Body = BoxBody<Bytes, Infallible>;

/// A stream of a test's client.
pub(crate) type Stream = TlsStream<TcpStream>;

/// All of a body at once.
pub(crate) fn full(content: impl Into<Bytes>) -> Body {
    Full::new(content.into()).boxed()
}

/// A body that comes as it is sent into a channel.
pub(crate) fn streamed() -> (mpsc::Sender<Frame<Bytes>>, Body) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, Streamed(receiver).boxed())
}

struct Streamed(mpsc::Receiver<Frame<Bytes>>);

impl hyper::body::Body for Streamed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|frame| frame.map(Ok))
    }
}

/// The provider.
pub(crate) fn provider() -> Arc<dyn Provider> {
    Arc::new(AwsLc)
}

/// A CA of the tests.
pub(crate) struct Ca {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Ca {
    /// A new one.
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let certificate = params.self_signed(&key).unwrap();
        Self { certificate: Certificate::from_der(certificate.der()).unwrap(), issuer: Issuer::new(params, key) }
    }

    fn issue(&self, names: &[&str], usage: ExtendedKeyUsagePurpose) -> Arc<Identity> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names.clone()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(rcgen::DnType::CommonName, names[0].as_str());
        params.extended_key_usages = vec![usage];
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let signer = provider().load_key(&key.serialize_der()).unwrap();
        Arc::new(Identity::new(vec![Certificate::from_der(certificate.der()).unwrap()], signer).unwrap())
    }

    /// A server's certificate.
    pub(crate) fn server(&self, names: &[&str]) -> Arc<Identity> {
        self.issue(names, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A client's certificate.
    pub(crate) fn client(&self, name: &str) -> Arc<Identity> {
        self.issue(&[name], ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// This CA as the only anchor.
    pub(crate) fn anchors(&self) -> Arc<TrustAnchors> {
        let mut anchors = TrustAnchors::new();
        anchors.add(self.certificate.clone());
        Arc::new(anchors)
    }

    /// A verifier that trusts this CA.
    pub(crate) fn verifier(&self) -> Arc<ChainVerifier> {
        Arc::new(ChainVerifier::new(provider(), self.anchors()))
    }
}

/// A terminator that runs.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: Shutdown,
    pub(crate) done: JoinHandle<()>,
    pub(crate) ca: Ca,
}

/// Limits that let no test hang for long, and bind none.
pub(crate) fn limits() -> Limits {
    Limits { drain: Duration::from_secs(20), ..Limits::default() }
}

/// Starts a terminator; `change` has the last word about its configuration.
pub(crate) async fn start(
    service: Service,
    limits: Limits,
    change: impl FnOnce(ServerConfigBuilder, &Ca) -> ServerConfigBuilder,
) -> Running {
    let ca = Ca::new("server CA");
    let builder = ServerConfig::builder(provider()).alpn(&[b"h2", b"http/1.1"]);
    let config = change(builder, &ca).build().unwrap();
    let listeners = listen(&["127.0.0.1:0".parse().unwrap()]).await.unwrap();
    let address = listeners[0].local_addr().unwrap();
    let shutdown = Shutdown::new();
    let terminator = Terminator::new(config, service, Arc::new(SystemClock), limits, shutdown.clone());
    Running { address, shutdown, done: tokio::spawn(terminator.run(listeners)), ca }
}

/// Starts a terminator for `localhost` in front of `backend`.
pub(crate) async fn start_for(backend: SocketAddr) -> Running {
    start(to(backend), limits(), |builder, ca| builder.identity(ca.server(&["localhost"]))).await
}

/// Forwards to `backend`.
pub(crate) fn to(backend: SocketAddr) -> Service {
    Service::Backend(format!("http://{backend}").parse().unwrap(), BackendTimeouts::default())
}

/// Demands or asks for certificates of `ca`.
pub(crate) fn client_auth(ca: &Ca, require: bool) -> ClientAuth {
    match require {
        true => ClientAuth::Require(ca.verifier()),
        false => ClientAuth::Request(ca.verifier()),
    }
}

impl Running {
    /// A TLS connection that offers `alpn`.
    pub(crate) async fn connect(&self, alpn: &[&[u8]]) -> Stream {
        self.connect_as("localhost", alpn, None).await.unwrap()
    }

    /// The same for a name, and with a client certificate.
    pub(crate) async fn connect_as(
        &self,
        name: &str,
        alpn: &[&[u8]],
        identity: Option<Arc<Identity>>,
    ) -> Result<Stream, tlsmith_tokio::HandshakeFailure<TcpStream>> {
        let mut builder = ClientConfig::builder(provider(), self.ca.verifier()).alpn(alpn);
        if let Some(identity) = identity {
            builder = builder.identity(identity);
        }
        let tcp = TcpStream::connect(self.address).await.unwrap();
        Connector::new(builder.build().unwrap()).connect(name.parse().unwrap(), tcp).await
    }

    /// A connection that speaks HTTP/1.1.
    pub(crate) async fn http1(&self) -> hyper::client::conn::http1::SendRequest<Body> {
        http1(self.connect(&[b"http/1.1"]).await).await
    }

    /// A connection that speaks HTTP/2.
    pub(crate) async fn http2(&self) -> hyper::client::conn::http2::SendRequest<Body> {
        let stream = self.connect(&[b"h2"]).await;
        assert_eq!(stream.facts().alpn.as_deref(), Some(b"h2".as_slice()));
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        sender
    }

    /// Ends it and waits until it is done.
    pub(crate) async fn stop(self) {
        self.shutdown.begin();
        self.done.await.unwrap();
    }
}

/// HTTP/1.1 over a stream.
pub(crate) async fn http1(stream: Stream) -> hyper::client::conn::http1::SendRequest<Body> {
    let (sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection.with_upgrades());
    sender
}

/// A GET over HTTP/1.1.
pub(crate) fn get(path: &str) -> Request<Body> {
    Request::get(path).header("host", "localhost").body(full("")).unwrap()
}

/// The whole body of a response, as text.
pub(crate) async fn text(response: Response<Incoming>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

/// An HTTP/1.1 backend on a free port that answers with `answer`.
pub(crate) async fn backend<F, R>(answer: F) -> SocketAddr
where
    F: Fn(Request<Incoming>) -> R + Clone + Send + 'static,
    R: Future<Output = Response<Body>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (tcp, _) = listener.accept().await.unwrap();
            let answer = answer.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let answer = answer.clone();
                    async move { Ok::<_, Infallible>(answer(request).await) }
                });
                // What clients do to the connection is not the backend's affair.
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(tcp), service)
                    .with_upgrades()
                    .await;
            });
        }
    });
    address
}
