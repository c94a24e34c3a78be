//! The server's side where the ClientHello decides on the configuration.

use std::{fmt, sync::Arc};

use tlsmith::{
    Facts, ServerConfig,
    buffered::Buffered,
    conn::{ClientHelloFacts, MessageNote, Need, Role},
};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{HandshakeFailure, Options, TlsStream, handshake::Handshake};

/// Reads ClientHellos.
#[derive(Clone, Debug, Default)]
pub struct LazyAcceptor {
    options: Options,
}

impl LazyAcceptor {
    /// With default [`Options`].
    pub fn new() -> Self {
        Self::default()
    }

    /// With the given options. The limit of time counts for all of the handshake, the wait for
    /// [`Undecided::into_stream`] included.
    pub fn with_options(options: Options) -> Self {
        Self { options }
    }

    /// Reads the ClientHello from `io`.
    ///
    /// # Errors
    /// See [`HandshakeFailure`]; the alert was sent.
    pub async fn accept<IO>(&self, io: IO) -> Result<Undecided<IO>, HandshakeFailure<IO>>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let begin = |options: &Options| Ok(Buffered::server_undecided(options.clock.now(), &options.pool));
        let handshake = Handshake::start(io, Role::Server, &self.options, begin)?.read_hello().await?;
        let hello = match handshake.stream.connection().need() {
            Some(Need::ChooseConfig(hello)) => hello.clone(),
            _ => ClientHelloFacts::default(),
        };
        Ok(Undecided { handshake, hello })
    }
}

/// A server that has read the ClientHello and has no configuration yet.
pub struct Undecided<IO> {
    handshake: Handshake<IO>,
    hello: ClientHelloFacts,
}

impl<IO> Undecided<IO> {
    /// What the client offered.
    pub fn client_hello(&self) -> &ClientHelloFacts {
        &self.hello
    }

    /// What is known so far.
    pub fn facts(&self) -> &Facts {
        self.handshake.stream.facts()
    }

    /// The transport.
    pub fn get_ref(&self) -> &IO {
        self.handshake.stream.get_ref()
    }

    /// Gives up; nothing was sent to the client.
    pub fn into_inner(self) -> IO {
        self.handshake.stream.into_inner()
    }
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Undecided<IO> {
    /// Carries out the rest of the handshake with `config`.
    ///
    /// # Errors
    /// See [`HandshakeFailure`]; the alert was sent.
    pub async fn into_stream(self, config: Arc<ServerConfig>) -> Result<TlsStream<IO>, HandshakeFailure<IO>> {
        self.into_stream_with(config, |_| {}).await
    }

    /// The same; `notes` is called as it goes, with the messages sent and received since it was called before, the first
    /// time with the ClientHello.
    ///
    /// # Errors
    /// See [`HandshakeFailure`]; the alert was sent.
    pub async fn into_stream_with(
        self,
        config: Arc<ServerConfig>,
        mut notes: impl FnMut(&[MessageNote]) + Send,
    ) -> Result<TlsStream<IO>, HandshakeFailure<IO>> {
        self.handshake.decide(config, &mut notes).await
    }
}

impl<IO> fmt::Debug for Undecided<IO> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undecided").field("client_hello", &self.hello).finish_non_exhaustive()
    }
}
