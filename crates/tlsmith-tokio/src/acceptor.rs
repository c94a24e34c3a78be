//! The server's side.

use std::sync::Arc;

use tlsmith::{
    ServerConfig,
    buffered::Buffered,
    conn::{MessageNote, Role},
};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{HandshakeFailure, Options, TlsStream, handshake::Handshake};

/// Makes servers' streams.
#[derive(Clone, Debug)]
pub struct Acceptor {
    config: Arc<ServerConfig>,
    options: Options,
}

impl Acceptor {
    /// With default [`Options`].
    pub fn new(config: Arc<ServerConfig>) -> Self {
        Self::with_options(config, Options::new())
    }

    /// With the given options.
    pub fn with_options(config: Arc<ServerConfig>, options: Options) -> Self {
        Self { config, options }
    }

    /// Carries out the handshake over `io` with whoever connected.
    ///
    /// # Errors
    /// See [`HandshakeFailure`]; the alert was sent.
    pub async fn accept<IO>(&self, io: IO) -> Result<TlsStream<IO>, HandshakeFailure<IO>>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        self.accept_with(io, |_| {}).await
    }

    /// The same; `notes` is called as it goes, with the messages sent and received since it was called before.
    ///
    /// # Errors
    /// See [`HandshakeFailure`]; the alert was sent.
    pub async fn accept_with<IO>(
        &self,
        io: IO,
        mut notes: impl FnMut(&[MessageNote]) + Send,
    ) -> Result<TlsStream<IO>, HandshakeFailure<IO>>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let begin = |options: &Options| Buffered::server(Arc::clone(&self.config), options.clock.now(), &options.pool);
        Handshake::start(io, Role::Server, &self.options, begin)?.complete(&mut notes).await
    }
}
