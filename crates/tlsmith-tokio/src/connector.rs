//! The client's side.

use std::sync::Arc;

use tlsmith::{
    ClientConfig,
    buffered::Buffered,
    conn::{MessageNote, Role},
};
use tlsmith_x509::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{HandshakeFailure, Options, TlsStream, handshake::Handshake};

/// Makes clients' streams.
#[derive(Clone, Debug)]
pub struct Connector {
    config: Arc<ClientConfig>,
    options: Options,
}

impl Connector {
    /// With default [`Options`].
    pub fn new(config: Arc<ClientConfig>) -> Self {
        Self::with_options(config, Options::new())
    }

    /// With the given options.
    pub fn with_options(config: Arc<ClientConfig>, options: Options) -> Self {
        Self { config, options }
    }

    /// Carries out the handshake over `io` with a server that must be `name`.
    ///
    /// # Errors
    /// See [`HandshakeFailure`]; the alert was sent.
    pub async fn connect<IO>(&self, name: ServerName, io: IO) -> Result<TlsStream<IO>, HandshakeFailure<IO>>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        self.connect_with(name, io, |_| {}).await
    }

    /// The same; `notes` is called as it goes, with the messages sent and received since it was called before, so that
    /// the caller can note the time of each.
    ///
    /// # Errors
    /// See [`HandshakeFailure`]; the alert was sent.
    pub async fn connect_with<IO>(
        &self,
        name: ServerName,
        io: IO,
        mut notes: impl FnMut(&[MessageNote]) + Send,
    ) -> Result<TlsStream<IO>, HandshakeFailure<IO>>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let begin =
            |options: &Options| Buffered::client(Arc::clone(&self.config), name, options.clock.now(), &options.pool);
        Handshake::start(io, Role::Client, &self.options, begin)?.complete(&mut notes).await
    }
}
