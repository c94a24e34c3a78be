//! What a client offers besides certificates: the ticket of an earlier session, external PSKs, early data
//! (RFC 8446 §4.2.9, §4.2.10, §4.2.11).

use tlsmith_crypto::{Digest, HashAlgorithm, Provider};
use tlsmith_x509::ServerName;

use crate::{
    auth::proofs::crypto,
    config::ClientConfig,
    conn::{Direction, EarlyDataStatus},
    error::{Error, Rule},
    ext::{Extension, OfferedPsks, PskIdentity},
    hello::offer::Offer,
    msg::Message,
    registry::{CipherSuite, ProtocolVersion},
    session::{
        ClientSession, IdentityId, SessionKey, UnixMillis,
        rights::{self, ClientNow},
    },
    tls13::{
        effects::{EarlyData, InstallKeys, Sink},
        key_schedule::{EarlySecret, Kdf, PskKind},
        suite::Suite,
        transcript::Transcript,
    },
};

/// A PSK that is offered.
pub(crate) struct OfferedPsk {
    identity: Vec<u8>,
    obfuscated_ticket_age: u32,
    pub(super) kind: PskKind,
    pub(super) early: EarlySecret,
    /// The session that the PSK is the ticket of.
    pub(super) session: Option<Box<ClientSession>>,
}

/// The promise under which early data were sent: the server accepts them under the same or not at all (§4.2.10).
pub(super) struct EarlyDataOffer {
    pub(super) suite: CipherSuite,
    pub(super) alpn: Option<Vec<u8>>,
}

/// What sessions with this server are kept under.
pub(crate) fn session_key(config: &ClientConfig, name: &ServerName) -> SessionKey {
    SessionKey { name: name.clone(), scope: config.session_scope.clone() }
}

/// Who this client is able to say it is; `None`: it cannot tell, and resumes nothing.
pub(crate) fn own_identity(config: &ClientConfig) -> Option<IdentityId> {
    match &config.identities {
        Some(identities) => identities.id(config.provider.as_ref()),
        None => Some(IdentityId::NOBODY),
    }
}

/// A session for this server that may be resumed under this configuration. What is handed out and does not fit is
/// dropped, and so is one that fits nobody any more.
fn session(config: &ClientConfig, name: &ServerName, sink: &mut dyn Sink) -> Option<Box<ClientSession>> {
    // As many as are kept of a server, commonly: a cache may hold those of other configurations.
    const TRIES: usize = 4;
    let sessions = config.sessions.as_ref()?;
    let key = session_key(config, name);
    let now = sink.now();
    let now_here = ClientNow {
        name,
        policy: config.policy(),
        own_identity: own_identity(config),
        versions: config.versions.last().copied()?..=config.versions.first().copied()?,
        cipher_suites: &config.cipher_suites,
        now,
    };
    let fits = |session: &ClientSession| match rights::client(session, &now_here) {
        Ok(()) => true,
        Err(why_not) => {
            sink.facts().not_resumed.get_or_insert(why_not);
            false
        }
    };
    (0..TRIES).map_while(|_| sessions.take(&key, now)).find(fits).map(Box::new)
}

impl OfferedPsk {
    /// The ticket of a session.
    pub(super) fn resumption(config: &ClientConfig, session: Box<ClientSession>, now: UnixMillis) -> Option<Self> {
        let suite = Suite::new(session.cipher_suite)?;
        let kdf = Kdf::new(config.provider.clone(), suite.hash);
        Some(Self {
            identity: session.ticket.clone(),
            obfuscated_ticket_age: session.obfuscated_age(now),
            kind: PskKind::Resumption,
            early: EarlySecret::with_psk(kdf, &session.secret),
            session: Some(session),
        })
    }

    /// Those of the configuration whose hash has a suite.
    pub(super) fn external(config: &ClientConfig) -> impl Iterator<Item = Self> {
        let has_suite = |hash: HashAlgorithm| {
            config.cipher_suites.iter().any(|code| Suite::new(*code).is_some_and(|suite| suite.hash == hash))
        };
        config.psks.iter().filter(move |psk| has_suite(psk.hash())).map(|psk| Self {
            identity: psk.identity().to_vec(),
            // "For identities established externally, an obfuscated_ticket_age of 0 SHOULD be used."
            obfuscated_ticket_age: 0,
            kind: if psk.imported { PskKind::Imported } else { PskKind::External },
            early: EarlySecret::with_psk(Kdf::new(config.provider.clone(), psk.hash()), psk.secret()),
            session: None,
        })
    }

    pub(super) fn hash(&self) -> HashAlgorithm {
        self.early.kdf().hash()
    }
}

/// The binders of what is offered (§4.2.11.2). Each signs the ClientHello up to the binders, so that it is written once
/// with zeros in their place.
pub(super) fn binders(offer: &Offer, config: &ClientConfig, transcript: &Transcript) -> Result<Vec<Digest>, Error> {
    let provider = config.provider.as_ref();
    let blank: Vec<Digest> = offer.psks.iter().map(|psk| blank(provider, psk.hash())).collect();
    let mut draft = offer.client_hello(config);
    let offered = pre_shared_key(&offer.psks, &blank);
    let binders_len = offered.binders_len();
    draft.extensions.push(Extension::PreSharedKeyOffer(offered));
    let mut encoded = Vec::new();
    Message::ClientHello(draft)
        .encode(&mut encoded)
        .map_err(|error| Error::new(Rule::Internal, format!("{} is too long", error.what)))?;
    let bound = encoded.get(..encoded.len().saturating_sub(binders_len)).unwrap_or_default();
    let binder = |psk: &OfferedPsk| {
        let hash = transcript.hash_with(provider, psk.hash(), bound);
        psk.early.binder(psk.kind, &hash).map_err(|error| crypto(&error))
    };
    offer.psks.iter().map(binder).collect()
}

/// As long as a binder; its bytes count for nothing.
fn blank(provider: &dyn Provider, hash: HashAlgorithm) -> Digest {
    provider.hash(hash).current()
}

pub(super) fn pre_shared_key<'a>(psks: &'a [OfferedPsk], binders: &'a [Digest]) -> OfferedPsks<'a> {
    let identity =
        |psk: &'a OfferedPsk| PskIdentity { identity: &psk.identity, obfuscated_ticket_age: psk.obfuscated_ticket_age };
    OfferedPsks {
        identities: psks.iter().map(identity).collect(),
        binders: binders.iter().map(AsRef::as_ref).collect(),
    }
}

/// The keys for early data go into force, right behind the ClientHello (§4.2.10, §D.4).
pub(super) fn install_early_keys(
    offer: &Offer,
    config: &ClientConfig,
    transcript: &Transcript,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let Some((psk, session)) = offer.psks.first().and_then(|psk| Some((psk, psk.session.as_ref()?))) else {
        return Err(Error::new(Rule::Internal, "early data without a session"));
    };
    let suite = Suite::new(session.cipher_suite).ok_or_else(|| Error::new(Rule::Internal, "an unknown suite"))?;
    let hello = transcript.hash_with(config.provider.as_ref(), suite.hash, &[]);
    let secret = psk.early.client_traffic(&hello).map_err(|error| crypto(&error))?;
    sink.key_log("CLIENT_EARLY_TRAFFIC_SECRET", &offer.random, &secret);
    if config.middlebox_compatibility {
        sink.send_change_cipher_spec();
    }
    sink.install_keys(InstallKeys { direction: Direction::Sent, suite, kdf: psk.early.kdf(), secret: &secret })?;
    sink.early_data(EarlyData::MaySend { limit: session.max_early_data });
    sink.facts().early_data = EarlyDataStatus::Offered;
    Ok(())
}

impl Offer {
    /// Adds what an earlier session and the configuration's PSKs allow.
    pub(super) fn add_psks(&mut self, config: &ClientConfig, name: &ServerName, sink: &mut dyn Sink) {
        let now = sink.now();
        let session = session(config, name, sink);
        let (ticket, older) = match session {
            Some(session) if session.version == ProtocolVersion::TLS1_3 => (Some(session), None),
            other => (None, other),
        };
        if let Some(session) = older {
            self.offer_tls12(session);
        }
        let resumption = ticket.and_then(|session| OfferedPsk::resumption(config, session, now));
        let allows =
            |session: &ClientSession| rights::client_early_data(session, &config.cipher_suites, &config.alpn).is_ok();
        let session = resumption.as_ref().and_then(|psk| psk.session.as_deref());
        self.early_data = config.early_data && session.is_some_and(allows);
        self.psks = resumption.into_iter().chain(OfferedPsk::external(config)).collect();
    }

    /// Offers a session of TLS 1.2: by its ID, or by its ticket. With a ticket the ID is one of this client's own, which a
    /// server that resumes echoes (RFC 5077 §3.4); that of middlebox compatibility serves.
    fn offer_tls12(&mut self, session: Box<ClientSession>) {
        if session.ticket.is_empty() {
            self.session_id.clone_from(&session.session_id);
        }
        self.session = Some(session);
    }

    /// What early data were sent under, if they were.
    pub(super) fn early_data_offer(&self) -> Option<EarlyDataOffer> {
        let session = self.psks.first().and_then(|psk| psk.session.as_deref()).filter(|_| self.early_data)?;
        Some(EarlyDataOffer { suite: session.cipher_suite, alpn: session.alpn.clone() })
    }

    /// What is still offered after a HelloRetryRequest: PSKs whose hash is that of the suite, no early data (§4.1.4).
    pub(super) fn keep_psks(&mut self, hash: HashAlgorithm) {
        self.psks.retain(|psk| psk.hash() == hash);
        self.early_data = false;
    }
}
