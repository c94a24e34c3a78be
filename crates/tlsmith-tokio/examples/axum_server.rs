//! An HTTPS server with axum: a listener that carries handshakes out beside each other, and handlers that see what was
//! negotiated.
//!
//! `cargo run -p tlsmith-tokio --example axum_server -- 127.0.0.1:8443`

mod support;

use std::{error::Error, io, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{ConnectInfo, Path, connect_info::Connected},
    routing::get,
    serve::{IncomingStream, Listener},
};
use tlsmith_tokio::{Acceptor, TlsStream};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, mpsc},
    task::JoinHandle,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = support::demo()?;
    let (listener, once) = support::from_arguments(&demo).await?;
    serve(listener, demo.acceptor, once).await?;
    Ok(())
}

/// Serves for ever, or until the first request is answered.
pub(crate) async fn serve(listener: TcpListener, acceptor: Acceptor, once: bool) -> io::Result<()> {
    let answered = Arc::new(Notify::new());
    let done = Arc::clone(&answered);
    let hello = move |ConnectInfo(tls): ConnectInfo<Negotiated>, name: Option<Path<String>>| async move {
        if once {
            answered.notify_one();
        }
        let name = name.map_or_else(|| String::from("whoever you are"), |Path(name)| name);
        format!("Hello, {name}, over {} with {}.\n", tls.version, tls.suite)
    };
    let routes = Router::new().route("/", get(hello.clone())).route("/{name}", get(hello));
    let service = routes.into_make_service_with_connect_info::<Negotiated>();
    axum::serve(TlsListener::new(listener, acceptor)?, service)
        .with_graceful_shutdown(async move { done.notified().await })
        .await
}

/// What handlers see of a connection.
#[derive(Clone)]
struct Negotiated {
    version: String,
    suite: String,
}

impl Connected<IncomingStream<'_, TlsListener>> for Negotiated {
    fn connect_info(incoming: IncomingStream<'_, TlsListener>) -> Self {
        let facts = incoming.io().facts();
        let or_none = |fact: Option<String>| fact.unwrap_or_else(|| String::from("none"));
        Self {
            version: or_none(facts.version.map(|version| version.to_string())),
            suite: or_none(facts.cipher_suite.map(|suite| suite.to_string())),
        }
    }
}

/// Gives out connections whose handshake is complete. Each handshake is a task of its own, so that a client which is slow
/// does not keep the others waiting.
struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    accepting: JoinHandle<()>,
    address: SocketAddr,
}

impl TlsListener {
    fn new(listener: TcpListener, acceptor: Acceptor) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(16);
        let accepting = tokio::spawn(async move {
            let mut listener = listener;
            while !sender.is_closed() {
                // axum's listener waits out what passes, such as too many open files.
                let (socket, peer) = Listener::accept(&mut listener).await;
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    match acceptor.accept(socket).await {
                        // Nobody takes it any more when the server has ended.
                        Ok(stream) => drop(sender.send((stream, peer)).await),
                        Err(failure) => eprintln!("{peer}: {failure}"),
                    }
                });
            }
        });
        Ok(Self { ready, accepting, address })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            // The accepting task ends only when this end is dropped.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
