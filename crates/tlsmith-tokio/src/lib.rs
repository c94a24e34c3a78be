//! TLS streams over tokio.
//!
//! [`Connector`] makes a client's stream, [`Acceptor`] a server's, [`LazyAcceptor`] a server's whose configuration is
//! chosen when the ClientHello was read. All three give a [`TlsStream`], which is `AsyncRead` and `AsyncWrite` over
//! whatever transport it was given.
//!
//! ```no_run
//! # async fn connect(config: std::sync::Arc<tlsmith::ClientConfig>) -> Result<(), Box<dyn std::error::Error>> {
//! use tokio::{io::AsyncWriteExt, net::TcpStream};
//!
//! let socket = TcpStream::connect("example.com:443").await?;
//! let mut stream = tlsmith_tokio::Connector::new(config).connect("example.com".parse()?, socket).await?;
//! println!("{:?}", stream.facts().cipher_suite);
//! stream.write_all(b"hello").await?;
//! stream.shutdown().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Buffers come from a [`BufferPool`] and go back as soon as nothing is under way: an idle stream holds none.

mod acceptor;
mod answers;
mod connector;
mod failure;
mod handshake;
mod lazy;
mod options;
mod stream;
mod wakers;

pub use acceptor::Acceptor;
pub use answers::{Answers, BoxFuture};
pub use connector::{Connector, EarlyStream};
pub use failure::{Failure, HandshakeFailure};
pub use lazy::{LazyAcceptor, Undecided};
pub use options::Options;
pub use stream::TlsStream;
pub use tlsmith::{
    buffered::{BufferPool, OUTPUT_LIMIT},
    conn::ReplaySafe,
};
