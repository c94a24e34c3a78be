//! The handshake over tokio.

use std::{
    future::poll_fn,
    io::{self, ErrorKind},
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tlsmith::{
    Error, ServerConfig,
    auth::Verdict,
    buffered::{Buffered, Step},
    conn::{Facts, MessageNote, Need, Reply, Role},
};
use tlsmith_x509::Report;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, timeout_at},
};

use crate::{Failure, HandshakeFailure, Options, TlsStream, stream::unanswered, wakers::Half};

/// Told of the messages that were sent and received since it was called last.
pub(crate) type Notes<'n> = &'n mut (dyn FnMut(&[MessageNote]) + Send);

/// How far to go.
#[derive(Clone, Copy)]
enum Until {
    /// A server has read the ClientHello and needs its configuration.
    Hello,
    Complete,
}

/// A handshake under way.
pub(crate) struct Handshake<IO> {
    pub(crate) stream: TlsStream<IO>,
    options: Options,
    deadline: Option<(Instant, Duration)>,
    /// How many messages [`Notes`] was told of.
    told: usize,
}

/// Where a handshake stands.
enum Stand {
    Complete,
    Needs,
}

impl<IO: AsyncRead + AsyncWrite + Unpin> Handshake<IO> {
    /// Starts with what `begin` makes of the options.
    pub(crate) fn start(
        io: IO,
        role: Role,
        options: &Options,
        begin: impl FnOnce(&Options) -> Result<Buffered, Error>,
    ) -> Result<Self, HandshakeFailure<IO>> {
        let tls = match begin(options) {
            Ok(tls) => tls,
            Err(error) => {
                let facts = Box::new(Facts::new(role));
                return Err(HandshakeFailure { error: Failure::Tls(error), facts, io });
            }
        };
        // A limit beyond what the clock can say is none.
        let deadline = options.timeout.and_then(|limit| Some((Instant::now().checked_add(limit)?, limit)));
        Ok(Self { stream: TlsStream::new(io, tls, options.clock.clone()), options: options.clone(), deadline, told: 0 })
    }

    /// Goes on until it is complete.
    pub(crate) async fn complete(self, notes: Notes<'_>) -> Result<TlsStream<IO>, HandshakeFailure<IO>> {
        self.in_time(None, notes, Until::Complete).await.map(|done| done.stream)
    }

    /// Goes on until the ClientHello was read; its note is kept for [`Handshake::decide`].
    pub(crate) async fn read_hello(self) -> Result<Self, HandshakeFailure<IO>> {
        let mut read = self.in_time(None, &mut |_| {}, Until::Hello).await?;
        read.told = 0;
        Ok(read)
    }

    /// Goes on with the configuration that was chosen, until it is complete.
    pub(crate) async fn decide(
        self,
        config: Arc<ServerConfig>,
        notes: Notes<'_>,
    ) -> Result<TlsStream<IO>, HandshakeFailure<IO>> {
        self.in_time(Some(Reply::Config(config)), notes, Until::Complete).await.map(|done| done.stream)
    }

    /// Goes on within the limit of time.
    async fn in_time(
        mut self,
        reply: Option<Reply>,
        notes: Notes<'_>,
        until: Until,
    ) -> Result<Self, HandshakeFailure<IO>> {
        let deadline = self.deadline;
        let steps = self.steps(reply, notes, until);
        let result = match deadline {
            Some((deadline, limit)) => timeout_at(deadline, steps).await.unwrap_or(Err(Failure::TimedOut(limit))),
            None => steps.await,
        };
        match result {
            Ok(()) => Ok(self),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn failed(self, error: Failure) -> HandshakeFailure<IO> {
        HandshakeFailure { error, facts: Box::new(self.stream.facts().clone()), io: self.stream.into_inner() }
    }

    async fn steps(&mut self, reply: Option<Reply>, notes: Notes<'_>, until: Until) -> Result<(), Failure> {
        if let Some(reply) = reply {
            self.reply(reply, notes).await?;
        }
        loop {
            match (poll_fn(|cx| self.poll_steps(cx, notes)).await?, until) {
                (Stand::Complete, _) | (Stand::Needs, Until::Hello) => return Ok(()),
                (Stand::Needs, Until::Complete) => self.answer(notes).await?,
            }
        }
    }

    /// One record after the other, until it is complete or needs an answer.
    fn poll_steps(&mut self, cx: &mut Context<'_>, notes: Notes<'_>) -> Poll<Result<Stand, Failure>> {
        self.tell(notes);
        while self.stream.connection().is_handshaking() {
            let step = self.stream.tls.process();
            self.tell(notes);
            match step {
                Ok(Step::Progress | Step::Data | Step::Closed) => {}
                Ok(Step::WantsReply) => return Poll::Ready(Ok(Stand::Needs)),
                Ok(Step::WantsOutput) => ready!(self.stream.poll_drain(Half::Writer, cx)).map_err(Failure::Io)?,
                Ok(Step::WantsInput) => {
                    let sent = self.stream.poll_send(Half::Writer, cx);
                    may_read_on(sent).map_err(Failure::Io)?;
                    ready!(self.stream.poll_receive(cx)).map_err(Failure::Io)?;
                }
                Err(error) => {
                    // The alert first; that it cannot be sent is the lesser news.
                    let _ = ready!(self.stream.poll_send(Half::Writer, cx));
                    return Poll::Ready(Err(Failure::Tls(error)));
                }
            }
        }
        ready!(self.stream.poll_send(Half::Writer, cx)).map_err(Failure::Io)?;
        self.stream.tls.release();
        Poll::Ready(Ok(Stand::Complete))
    }

    fn tell(&mut self, notes: Notes<'_>) {
        let messages = &self.stream.facts().messages;
        if let Some(new) = messages.get(self.told..).filter(|new| !new.is_empty()) {
            notes(new);
            self.told = messages.len();
        }
    }

    async fn answer(&mut self, notes: Notes<'_>) -> Result<(), Failure> {
        let answering = match (&self.options.answers, self.stream.connection().need()) {
            (Some(answers), Some(need)) => answers.answer(need),
            (None, Some(_)) => return Err(Failure::Io(unanswered())),
            (_, None) => return Ok(()),
        };
        match answering.await {
            Ok(reply) => self.reply(reply, notes).await,
            Err(error) => {
                // The peer gets the alert for what is missing, the caller the reason.
                if let Some(refusal) = self.stream.connection().need().and_then(refusal) {
                    let _ = self.reply(refusal, notes).await;
                }
                Err(Failure::Io(error))
            }
        }
    }

    /// Hands an answer over.
    async fn reply(&mut self, reply: Reply, notes: Notes<'_>) -> Result<(), Failure> {
        let replied = self.stream.tls.reply(reply);
        self.tell(notes);
        if replied.is_err() {
            let _ = poll_fn(|cx| self.stream.poll_send(Half::Writer, cx)).await;
        }
        replied.map_err(Failure::Tls)
    }
}

/// The answer to `need` that ends the handshake.
fn refusal(need: Need<'_>) -> Option<Reply> {
    match need {
        Need::Sign { .. } => Some(Reply::Signature(None)),
        Need::VerifyPeer(_) => Some(Reply::Verdict(Verdict::judge(Report::default()))),
        // A full handshake does without.
        Need::DecryptTicket(_) => Some(Reply::Ticket(None)),
        Need::ChooseConfig(_) => None,
    }
}

/// A peer that hung up has often said why before: then reading on gives the better error.
fn may_read_on(sent: Poll<io::Result<()>>) -> io::Result<()> {
    match sent {
        Poll::Ready(Err(error)) if !is_hang_up(error.kind()) => Err(error),
        _ => Ok(()),
    }
}

fn is_hang_up(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted)
}
