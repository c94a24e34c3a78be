//! The client's side.

use std::sync::Arc;

use tlsmith::{
    ClientConfig,
    buffered::Buffered,
    conn::{EarlyDataStatus, MessageNote, ReplaySafe, Role},
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

    /// The same, and as much of `data` as the session allows goes with the ClientHello (0-RTT, RFC 8446 §2.3): none without a
    /// session that was kept and allows it, or if the configuration does not.
    ///
    /// Anybody who sees early data can send them again, so the caller has to declare them to be safe to act on twice. What the
    /// server took of them comes back with the stream; **the rest has to be written**, if it is still what should be said under
    /// the protocol that was agreed on: a server that rejects early data may have chosen another one (§4.2.10).
    ///
    /// # Errors
    /// See [`HandshakeFailure`]; the alert was sent.
    pub async fn connect_early<IO>(
        &self,
        name: ServerName,
        io: IO,
        data: ReplaySafe<'_>,
    ) -> Result<EarlyStream<IO>, HandshakeFailure<IO>>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let mut sent = 0;
        let begin = |options: &Options| {
            let mut tls = Buffered::client(Arc::clone(&self.config), name, options.clock.now(), &options.pool)?;
            sent = tls.connection().early_data_left().min(data.len());
            if sent > 0 {
                tls.write_early_data(data.first(sent))?;
            }
            Ok(tls)
        };
        let handshake = Handshake::start(io, Role::Client, &self.options, begin)?;
        let stream = handshake.complete(&mut |_| {}).await?;
        let accepted = if stream.facts().early_data == EarlyDataStatus::Accepted { sent } else { 0 };
        Ok(EarlyStream { stream, sent, accepted })
    }
}

/// What came of [`Connector::connect_early`].
#[derive(Debug)]
pub struct EarlyStream<IO> {
    /// The stream.
    pub stream: TlsStream<IO>,
    /// How many bytes went with the ClientHello.
    pub sent: usize,
    /// How many of them the server took: all or none. What is after them is still to be written.
    pub accepted: usize,
}
