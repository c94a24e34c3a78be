//! Which PSK a server takes, if any, and whether it reads early data (RFC 8446 §4.2.9 to §4.2.11, §8).

use std::sync::Arc;

use tlsmith_crypto::{HashAlgorithm, Secret};
use zeroize::Zeroizing;

use super::{ChooseConfig, DecryptTicket, State, client_hello};
use crate::{
    auth::{Answer, proofs::PskAuthenticated},
    config::ServerConfig,
    conn::{ClientHelloFacts, EarlyDataRefusal},
    error::{Error, Rule},
    ext::{OfferedPsks, PskIdentity},
    hello::{
        choice,
        offer::{PSK_DHE_KE, PSK_KE},
    },
    msg::ClientHello,
    registry::{NamedGroup, ProtocolVersion},
    session::{
        ServerSession, UnixMillis,
        rights::{self, ServerNow},
    },
    tls13::{
        effects::Sink,
        key_schedule::{EarlySecret, Kdf, PskKind},
        suite::Suite,
        transcript::Transcript,
    },
};

/// How many identities are looked at: each may cost the opening of a ticket. Clients offer one or two.
const MAX_IDENTITIES: usize = 8;

/// A ClientHello for which everything is chosen but the PSK.
pub(crate) struct Pending {
    pub(super) config: Arc<ServerConfig>,
    pub(super) suite: Suite,
    /// None: only a PSK alone can be used.
    pub(super) group: Option<NamedGroup>,
    /// What came before this hello.
    pub(super) transcript: Transcript,
    /// It answers a HelloRetryRequest, which fixed the suite.
    pub(super) retried: bool,
}

/// The PSK that was chosen.
pub(super) struct SelectedPsk {
    pub(super) index: u16,
    pub(super) early: EarlySecret,
    pub(super) proof: PskAuthenticated,
    /// The session that it is the ticket of; none: an external one.
    pub(super) session: Option<Box<ServerSession>>,
    /// Without a key exchange (`psk_ke`).
    pub(super) alone: bool,
}

/// A key for one of the identities, before its binder is held against it.
struct Candidate {
    kind: PskKind,
    secret: Secret,
    hash: HashAlgorithm,
    session: Option<Box<ServerSession>>,
}

impl Pending {
    /// Looks for a PSK from the identity at `from` on, whose ticket the caller may have opened; then answers.
    pub(super) fn go_on(
        mut self,
        hello: &ClientHello<'_>,
        raw: &[u8],
        facts: &ClientHelloFacts,
        (from, mut opened): (usize, Option<Opened>),
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let offered = hello.pre_shared_key().filter(|_| self.mode(hello).is_some());
        let identities = offered.map(|psks| psks.identities.as_slice()).unwrap_or_default();
        for (index, identity) in identities.iter().enumerate().take(MAX_IDENTITIES).skip(from) {
            let candidate = match opened.take() {
                Some(opened) => opened.and_then(|bytes| self.resumable(&bytes, facts, sink)),
                None => match self.candidate(identity, facts, sink) {
                    Answer::Now(candidate) => candidate,
                    Answer::Later => {
                        let hello = ChooseConfig { raw: raw.to_vec(), facts: facts.clone() };
                        let ticket = identity.identity.to_vec();
                        return Ok(State::DecryptTicket(Box::new(DecryptTicket {
                            pending: self,
                            hello,
                            index,
                            ticket,
                        })));
                    }
                },
            };
            let Some(candidate) = candidate else { continue };
            let Some(suite) = self.suite_for(candidate.hash, facts) else { continue };
            self.suite = suite;
            let alone = self.mode(hello) == Some(PSK_KE);
            let selected = self.select(index, candidate, alone, offered, raw)?;
            return client_hello::answer(self, Some(selected), hello, raw, facts, sink);
        }
        client_hello::answer(self, None, hello, raw, facts, sink)
    }

    /// How a PSK would be used: with a key exchange if the client knows how, else alone where that is allowed.
    fn mode(&self, hello: &ClientHello<'_>) -> Option<u8> {
        let modes = hello.psk_key_exchange_modes().unwrap_or_default();
        let together = self.group.is_some() && modes.contains(&PSK_DHE_KE);
        if together { Some(PSK_DHE_KE) } else { may_stand_alone(&self.config, hello).then_some(PSK_KE) }
    }

    fn candidate(
        &self,
        identity: &PskIdentity<'_>,
        facts: &ClientHelloFacts,
        sink: &mut dyn Sink,
    ) -> Answer<Option<Candidate>> {
        if let Some(psk) = self.config.psks.as_ref().and_then(|psks| psks.find(identity.identity)) {
            let kind = if psk.imported { PskKind::Imported } else { PskKind::External };
            let secret = psk.secret().duplicate();
            return Answer::Now(Some(Candidate { kind, secret, hash: psk.hash(), session: None }));
        }
        let Some(ticketer) = &self.config.ticketer else { return Answer::Now(None) };
        match ticketer.open(self.config.provider.as_ref(), identity.identity, sink.now().seconds()) {
            Answer::Now(opened) => Answer::Now(opened.and_then(|bytes| self.resumable(&bytes, facts, sink))),
            Answer::Later => Answer::Later,
        }
    }

    /// The session of an opened ticket, if it may be resumed here and now.
    fn resumable(&self, bytes: &[u8], facts: &ClientHelloFacts, sink: &mut dyn Sink) -> Option<Candidate> {
        let session = ServerSession::decode(bytes)?;
        let suite = Suite::new(session.cipher_suite)?;
        let now_here = ServerNow {
            version: ProtocolVersion::TLS1_3,
            cipher_suite: self.suite_for(suite.hash, facts)?.code,
            server_name: facts.server_name.as_deref(),
            context: &self.config.session_context,
            client_auth: &self.config.client_auth,
            policy: self.config.client_policy(),
            extended_main_secret: true,
            now: sink.now(),
        };
        if let Err(why_not) = rights::server(&session, &now_here) {
            sink.facts().not_resumed.get_or_insert(why_not);
            return None;
        }
        Some(Candidate {
            kind: PskKind::Resumption,
            secret: session.secret.duplicate(),
            hash: suite.hash,
            session: Some(Box::new(session)),
        })
    }

    /// The suite to use the PSK with: the one that is chosen already, or the most wanted one of its hash.
    fn suite_for(&self, hash: HashAlgorithm, facts: &ClientHelloFacts) -> Option<Suite> {
        match (self.suite.hash == hash, self.retried) {
            (true, _) => Some(self.suite),
            (false, true) => None,
            (false, false) => choice::suite_of_hash(&self.config, &facts.cipher_suites, hash),
        }
    }

    /// Holds the binder against the PSK. A wrong one ends the handshake: "the server MUST abort" (§4.2.11).
    fn select(
        &self,
        index: usize,
        candidate: Candidate,
        alone: bool,
        offered: Option<&OfferedPsks<'_>>,
        raw: &[u8],
    ) -> Result<SelectedPsk, Error> {
        let Candidate { kind, secret, hash, session } = candidate;
        let missing = || Error::new(Rule::Internal, "a PSK without a binder");
        let offered = offered.ok_or_else(missing)?;
        let binder = offered.binders.get(index).ok_or_else(missing)?;
        let bound = raw.get(..raw.len().saturating_sub(offered.binders_len())).unwrap_or_default();
        let transcript = self.transcript.hash_with(self.config.provider.as_ref(), hash, bound);
        let early = EarlySecret::with_psk(Kdf::new(self.config.provider.clone(), hash), &secret);
        let proof = PskAuthenticated::check_binder(&early, kind, &transcript, binder)?;
        // Fewer than MAX_IDENTITIES.
        let index = u16::try_from(index).map_err(|_| missing())?;
        Ok(SelectedPsk { index, early, proof, session, alone })
    }
}

/// Whether a PSK may be used without a key exchange, as both sides say.
pub(super) fn may_stand_alone(config: &ServerConfig, hello: &ClientHello<'_>) -> bool {
    config.psk_without_dhe && hello.psk_key_exchange_modes().unwrap_or_default().contains(&PSK_KE)
}

/// What became of a ticket: the encoded session, or that there is none in it.
pub(super) type Opened = Option<Zeroizing<Vec<u8>>>;

impl DecryptTicket {
    pub(super) fn on_ticket(self, opened: Opened, sink: &mut dyn Sink) -> Result<State, Error> {
        let Self { pending, hello, index, .. } = self;
        pending.go_on(&client_hello::decode(&hello.raw)?, &hello.raw, &hello.facts, (index, Some(opened)), sink)
    }
}

/// How many bytes of early data are read, or why none: none unless everything is as it was in the session, and the
/// ClientHello is fresh and was not seen before (§4.2.10, §8). On any doubt none.
pub(super) fn early_data_limit(
    pending: &Pending,
    psk: Option<&SelectedPsk>,
    hello: &ClientHello<'_>,
    alpn: Option<&[u8]>,
    now: UnixMillis,
) -> Result<u32, EarlyDataRefusal> {
    let acceptance = pending.config.early_data.as_ref().filter(|acceptance| acceptance.max > 0);
    let acceptance = acceptance.ok_or(EarlyDataRefusal::Disabled)?;
    if pending.retried {
        return Err(EarlyDataRefusal::Retried);
    }
    let first = psk.filter(|psk| psk.index == 0).and_then(|psk| psk.session.as_ref());
    let session = first.ok_or(EarlyDataRefusal::NotResumed)?;
    let offered = hello.pre_shared_key().ok_or(EarlyDataRefusal::NotResumed)?;
    let age = offered.identities.first().ok_or(EarlyDataRefusal::NotResumed)?.obfuscated_ticket_age;
    rights::server_early_data(session, pending.suite.code, alpn, age, now).map_err(EarlyDataRefusal::Session)?;
    // A binder is at least 32 bytes, and differs wherever the hello does (§8.2).
    let id = offered.binders.first().and_then(|binder| binder.first_chunk::<32>()).ok_or(EarlyDataRefusal::Replay)?;
    match acceptance.anti_replay.first_time(id, session.expected_arrival(age), now) {
        true => Ok(acceptance.max.min(session.max_early_data)),
        false => Err(EarlyDataRefusal::Replay),
    }
}
