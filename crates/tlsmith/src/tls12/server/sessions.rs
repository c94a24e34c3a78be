//! Sessions that a server resumes and makes: by tickets (RFC 5077), or by IDs in a store (RFC 5246 §7.4.1.2).

use std::sync::Arc;

use tlsmith_x509::Report;
use zeroize::Zeroizing;

use super::{DecryptTicket, State, WaitFinished, client_hello};
use crate::{
    auth::{
        Answer,
        proofs::{PeerAuthentication, PskAuthenticated, crypto},
    },
    config::ServerConfig,
    conn::{ClientHelloFacts, Facts},
    error::{Error, Rule},
    ext::Extension,
    msg::{ClientHello, Message, tls12::NewSessionTicketTls12},
    registry::{CipherSuite, ExtensionType, ProtocolVersion},
    session::{
        MAX_LIFETIME, ServerSession, UnixMillis,
        rights::{self, ServerNow},
        trusted_until,
    },
    tls12::{
        established::Remembered,
        flight::{Handshake, Keyed},
    },
    tls13::effects::Sink,
};

/// The longest ticket that is opened: no session is longer (see [`ServerSession::MAX_ENCODED`]), but for what sealing adds.
const MAX_TICKET: usize = ServerSession::MAX_ENCODED + 1024;

/// How long a session stays in the store: "an upper limit of 24 hours is suggested" (RFC 5246 §F.1.4).
const STORED_LIFETIME: u32 = 24 * 60 * 60;

/// How the client may come back.
pub(super) enum Issue {
    /// Not at all.
    Nothing,
    /// By a ticket, which the ServerHello promised.
    Ticket,
    /// By an ID, which the ServerHello brought.
    Id(Vec<u8>),
    /// By the ID that it came with: the session is resumed, and stays where it is.
    Same(Vec<u8>),
}

impl Issue {
    /// What is promised to this client. Without extended_master_secret, or where the client is judged by what cannot be
    /// named, nobody could come back.
    pub(super) fn promise(config: &ServerConfig, hello: &ClientHello<'_>) -> Result<Self, Error> {
        let unnamed = config.client_auth.verifier().is_some() && config.client_policy().is_none();
        if unnamed || hello.find(ExtensionType::EXTENDED_MAIN_SECRET).is_none() {
            return Ok(Self::Nothing);
        }
        let lifetime = config.ticketer.as_ref().map(|ticketer| ticketer.lifetime()).unwrap_or_default();
        if lifetime > 0 && hello.find(ExtensionType::SESSION_TICKET).is_some() {
            return Ok(Self::Ticket);
        }
        if config.session_store.is_none() {
            return Ok(Self::Nothing);
        }
        let mut id = vec![0; 32];
        config.provider.random(&mut id).map_err(|error| crypto(&error))?;
        Ok(Self::Id(id))
    }

    /// The ID for the ServerHello.
    pub(super) fn session_id(&self) -> &[u8] {
        match self {
            Self::Id(id) => id,
            Self::Nothing | Self::Ticket | Self::Same(_) => &[],
        }
    }

    /// Where the session stands then.
    pub(super) fn remembered(self, config: &ServerConfig) -> Remembered {
        match (self, &config.session_store) {
            (Self::Id(id) | Self::Same(id), Some(store)) => Remembered::InStore(Arc::clone(store), id),
            (Self::Nothing | Self::Ticket | Self::Id(_) | Self::Same(_), _) => Remembered::Nowhere,
        }
    }

    /// Sends the ticket, or puts the session into the store. A ticketer that fails costs the client a full handshake the next
    /// time, not its connection: it gets an empty ticket (RFC 5077 §3.3).
    pub(super) fn carry_out(&self, config: &ServerConfig, keyed: &mut Keyed, sink: &mut dyn Sink) -> Result<(), Error> {
        let now = sink.now();
        match self {
            Self::Nothing | Self::Same(_) => Ok(()),
            Self::Id(id) => {
                let session = session(config, keyed, sink.facts(), STORED_LIFETIME, now);
                let encoded = session.encode();
                if let Some(store) =
                    config.session_store.as_ref().filter(|_| encoded.len() <= ServerSession::MAX_ENCODED)
                {
                    store.put(id, &encoded, session.expires_at(), now.seconds());
                }
                Ok(())
            }
            Self::Ticket => {
                let lifetime = config.ticketer.as_ref().map(|ticketer| ticketer.lifetime()).unwrap_or_default();
                let session = session(config, keyed, sink.facts(), lifetime, now);
                let encoded = session.encode();
                let sealed = config.ticketer.as_ref().filter(|_| encoded.len() <= ServerSession::MAX_ENCODED).and_then(
                    |ticketer| ticketer.seal(config.provider.as_ref(), &encoded, now.seconds()).ok().flatten(),
                );
                let ticket = sealed.unwrap_or_default();
                let message = NewSessionTicketTls12 { lifetime_hint: session.lifetime, ticket: &ticket };
                sink.send(&Message::NewSessionTicketTls12(message), &mut keyed.handshake.transcript)
            }
        }
    }
}

/// What this handshake comes to.
fn session(config: &ServerConfig, keyed: &Keyed, facts: &Facts, lifetime: u32, now: UnixMillis) -> ServerSession {
    ServerSession {
        version: ProtocolVersion::TLS1_2,
        cipher_suite: keyed.handshake.suite.code,
        secret: keyed.main.secret.duplicate(),
        issued_at: now,
        lifetime: lifetime.min(MAX_LIFETIME),
        age_add: 0,
        trusted_until: facts.trusted_until.unwrap_or_else(|| trusted_until(now.seconds(), &Report::default())),
        server_name: facts.server_name.clone(),
        alpn: facts.alpn.clone(),
        extended_main_secret: keyed.handshake.extended_main_secret,
        group: facts.group,
        peer_certificates: facts.peer_certificates.clone(),
        policy: config.client_policy(),
        max_early_data: 0,
        context: config.session_context.clone(),
    }
}

/// Looks for the session that the client offers: in its ticket, else by its ID. `Later`: its ticket is opened elsewhere.
pub(super) fn offered(
    config: &ServerConfig,
    hello: &ClientHello<'_>,
    facts: &ClientHelloFacts,
    sink: &mut dyn Sink,
) -> Result<Answer<Option<ServerSession>>, Error> {
    if let (Some(ticket), Some(ticketer)) = (ticket(hello), &config.ticketer) {
        return match ticketer.open(config.provider.as_ref(), ticket, sink.now().seconds()) {
            Answer::Now(opened) => resumable(config, opened, hello, facts, sink).map(Answer::Now),
            Answer::Later => Ok(Answer::Later),
        };
    }
    let now = sink.now().seconds();
    let stored = config.session_store.as_ref().filter(|_| !hello.session_id.is_empty());
    let stored = stored.and_then(|store| store.get(hello.session_id, now));
    resumable(config, stored, hello, facts, sink).map(Answer::Now)
}

/// The ticket of the ClientHello, if it has one that can be of this server.
pub(super) fn ticket<'a>(hello: &ClientHello<'a>) -> Option<&'a [u8]> {
    let ticket = hello.extensions.iter().find_map(|extension| match extension {
        Extension::SessionTicket(ticket) => Some(*ticket),
        _ => None,
    })?;
    (1..=MAX_TICKET).contains(&ticket.len()).then_some(ticket)
}

/// The session in these bytes, if it may be resumed here and now.
pub(super) fn resumable(
    config: &ServerConfig,
    encoded: Option<Zeroizing<Vec<u8>>>,
    hello: &ClientHello<'_>,
    facts: &ClientHelloFacts,
    sink: &mut dyn Sink,
) -> Result<Option<ServerSession>, Error> {
    let Some(session) = encoded.and_then(|bytes| ServerSession::decode(&bytes)) else { return Ok(None) };
    let both = |suite: &CipherSuite| config.cipher_suites.contains(suite) && facts.cipher_suites.contains(suite);
    let cipher_suite = Some(session.cipher_suite).filter(both).unwrap_or(CipherSuite(0));
    let now_here = ServerNow {
        version: ProtocolVersion::TLS1_2,
        cipher_suite,
        server_name: facts.server_name.as_deref(),
        context: &config.session_context,
        client_auth: &config.client_auth,
        policy: config.client_policy(),
        extended_main_secret: hello.find(ExtensionType::EXTENDED_MAIN_SECRET).is_some(),
        now: sink.now(),
    };
    match rights::server(&session, &now_here) {
        Ok(()) => Ok(Some(session)),
        Err(why_not) if why_not.is_fatal() => Err(Error::new(Rule::ExtendedMainSecretDropped, "by the client")),
        Err(why_not) => {
            sink.facts().not_resumed.get_or_insert(why_not);
            Ok(None)
        }
    }
}

impl DecryptTicket {
    pub(super) fn on_ticket(self, opened: Option<Zeroizing<Vec<u8>>>, sink: &mut dyn Sink) -> Result<State, Error> {
        let Self { config, raw, facts, .. } = self;
        let hello = crate::tls13::server::decode(&raw)?;
        let session = resumable(&config, opened, &hello, &facts, sink)?;
        client_hello::answer(config, &hello, &facts, &raw, session, sink)
    }
}

/// The abbreviated handshake: this side finishes first (RFC 5246 §7.3, figure 2). A new ticket takes the place of the old
/// one, which the client may not be able to use for long.
pub(super) fn resume(
    config: Arc<ServerConfig>,
    session: ServerSession,
    handshake: Handshake,
    issue: Issue,
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    let facts = sink.facts();
    facts.resumed = true;
    facts.group = session.group;
    facts.trusted_until = Some(session.trusted_until);
    facts.peer_certificates = session.peer_certificates;
    let mut keyed = handshake.resume(session.secret, sink)?;
    issue.carry_out(&config, &mut keyed, sink)?;
    keyed.send_finished(sink)?;
    let peer = PeerAuthentication::Psk(PskAuthenticated::by_finished());
    Ok(State::WaitChangeCipherSpec(Box::new(WaitFinished { config, keyed, peer, issue, resumed: true })))
}
