//! START and RECVD_CH: the ClientHello, the choices, the HelloRetryRequest (RFC 8446 §4.1.1, §4.1.2, §4.1.4).

use std::sync::Arc;

use super::{
    ChooseConfig, State, WaitClientHello, WaitSecondClientHello,
    flight::{Authentication, Exchanged, Negotiated},
    psk::{self, Pending, SelectedPsk},
};
use crate::{
    auth::{IdentityChoice, proofs::crypto},
    config::ServerConfig,
    conn::{ClientHelloFacts, EarlyDataRefusal, EarlyDataStatus, Facts},
    error::{Error, Rule},
    ext::{Extension, KeyShareEntry},
    hello::{choice, client_hello_facts, host_name, offer::bad_share},
    msg::{ClientHello, Message, RETRY_RANDOM, ServerHello},
    registry::{HandshakeType, NamedGroup, ProtocolVersion},
    tls12,
    tls13::{
        effects::{EarlyData, Sink, SkipEarlyData},
        suite::Suite,
        transcript::Transcript,
    },
};

/// Length of a cookie: as many random bytes as a hello's random.
pub(super) const COOKIE_LEN: usize = 32;

impl WaitClientHello {
    pub(super) fn on_client_hello(
        self,
        hello: &ClientHello<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let mut facts = client_hello_facts(hello);
        let result = self.judge(hello, &mut facts, raw, sink);
        // Whatever came of it, what was offered stays in the facts; the name as it came where it was refused.
        sink.facts().client_hello = Some(facts);
        result
    }

    fn judge(
        self,
        hello: &ClientHello<'_>,
        facts: &mut ClientHelloFacts,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        // Whoever speaks nothing that is implemented needs no configuration to be told so.
        choice::version(hello, facts, choice::VERSIONS)?;
        facts.server_name = hello.server_name().map(host_name).transpose()?.flatten();
        sink.facts().server_name.clone_from(&facts.server_name);
        match self.config {
            Some(config) => negotiate(config, hello, facts, raw, sink),
            None => Ok(State::ChooseConfig(Box::new(ChooseConfig { raw: raw.to_vec(), facts: facts.clone() }))),
        }
    }
}

impl ChooseConfig {
    pub(super) fn on_config(self, config: Arc<ServerConfig>, sink: &mut dyn Sink) -> Result<State, Error> {
        negotiate(config, &decode(&self.raw)?, &self.facts, &self.raw, sink)
    }
}

/// A ClientHello that was decoded before.
pub(crate) fn decode(raw: &[u8]) -> Result<ClientHello<'_>, Error> {
    // The header: type and length.
    let body = raw.get(4..).unwrap_or_default();
    match Message::decode(HandshakeType::CLIENT_HELLO, body)? {
        Message::ClientHello(hello) => Ok(hello),
        _ => Err(Error::new(Rule::Internal, "a stored ClientHello is none")),
    }
}

/// Chooses the version; the rest is its own.
fn negotiate(
    config: Arc<ServerConfig>,
    hello: &ClientHello<'_>,
    facts: &ClientHelloFacts,
    raw: &[u8],
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    let version = choice::version(hello, facts, &config.versions)?;
    choice::check_fallback(facts, version, &config.versions)?;
    if version == ProtocolVersion::TLS1_2 {
        return Ok(State::Tls12(Box::new(tls12::server::start(config, hello, facts, raw, sink)?)));
    }
    choice::check_hello(hello)?;
    negotiate_tls13(config, hello, facts, raw, sink)
}

/// Chooses everything else from the first ClientHello, and retries if a share is missing.
fn negotiate_tls13(
    config: Arc<ServerConfig>,
    hello: &ClientHello<'_>,
    facts: &ClientHelloFacts,
    raw: &[u8],
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    let suite = choice::suite(&config, &facts.cipher_suites)?;
    let (group, has_share) = match choice::group(&config, facts) {
        Ok((group, has_share)) => (Some(group), has_share),
        // A PSK alone does without; where none is taken, the group is missed later.
        Err(_) if psk::may_stand_alone(&config, hello) && hello.key_share().is_none() => (None, true),
        Err(error) => return Err(error),
    };
    if hello.cookie().is_some() {
        return Err(Error::new(Rule::IllegalParameter, "a cookie in the first ClientHello"));
    }
    let transcript = Transcript::new();
    match group {
        Some(group) if !has_share => retry(config, suite, group, hello, raw, transcript, sink),
        group => {
            let pending = Pending { config, suite, group, transcript, retried: false };
            pending.go_on(hello, raw, facts, (0, None), sink)
        }
    }
}

/// Sends a HelloRetryRequest (RFC 8446 §4.1.4).
fn retry(
    config: Arc<ServerConfig>,
    suite: Suite,
    group: NamedGroup,
    hello: &ClientHello<'_>,
    raw: &[u8],
    mut transcript: Transcript,
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    sink.end_of_flight()?;
    let provider = config.provider.as_ref();
    transcript.add(raw);
    transcript.choose_hash(provider, suite.hash);
    let mut cookie = None;
    if config.retry_with_cookie {
        let mut bytes = [0; COOKIE_LEN];
        provider.random(&mut bytes).map_err(|error| crypto(&error))?;
        cookie = Some(bytes);
    }
    let mut extensions =
        vec![Extension::SupportedVersionsChoice(ProtocolVersion::TLS1_3), Extension::KeyShareRetry(group)];
    extensions.extend(cookie.as_ref().map(|cookie| Extension::Cookie(cookie)));
    let request = ServerHello {
        legacy_version: ProtocolVersion::TLS1_2,
        random: RETRY_RANDOM,
        session_id: hello.session_id,
        cipher_suite: suite.code,
        compression_method: 0,
        extensions,
    };
    transcript.replace_by_message_hash(provider);
    sink.facts().retried = true;
    sink.send(&Message::ServerHello(request), &mut transcript)?;
    if !hello.session_id.is_empty() {
        sink.send_change_cipher_spec();
    }
    if hello.early_data() {
        sink.early_data(EarlyData::Skip(SkipEarlyData::Protected, skipped(&config)));
        refuse_early_data(sink.facts(), EarlyDataRefusal::Retried);
    }
    let first = raw.to_vec();
    Ok(State::WaitSecondClientHello(Box::new(WaitSecondClientHello {
        config,
        first,
        suite,
        group,
        cookie,
        transcript,
    })))
}

impl WaitSecondClientHello {
    pub(super) fn on_client_hello(
        self,
        hello: &ClientHello<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        choice::check_hello(hello)?;
        choice::check_second(&decode(&self.first)?, hello)?;
        self.check_answer(hello)?;
        let mut facts = client_hello_facts(hello);
        facts.server_name = hello.server_name().map(host_name).transpose()?.flatten();
        let Self { config, suite, group, transcript, .. } = self;
        let pending = Pending { config, suite, group: Some(group), transcript, retried: true };
        let result = pending.go_on(hello, raw, &facts, (0, None), sink);
        sink.facts().client_hello = Some(facts);
        result
    }

    /// The share that was asked for and no other, and the cookie (§4.1.2, §4.2.2).
    fn check_answer(&self, hello: &ClientHello<'_>) -> Result<(), Error> {
        let shares = hello.key_share().unwrap_or_default();
        if !matches!(shares, [only] if only.group == self.group) {
            return Err(Error::new(
                Rule::RetryMismatch,
                format!("the second ClientHello does not bring exactly a share of {}", self.group),
            ));
        }
        match (&self.cookie, hello.cookie()) {
            (None, None) => Ok(()),
            (Some(sent), Some(received)) if received == sent => Ok(()),
            (Some(_), None) => Err(Error::new(Rule::MissingExtension, "cookie in the second ClientHello")),
            (Some(_) | None, Some(_)) => Err(Error::new(Rule::RetryMismatch, "a cookie that was not sent")),
        }
    }
}

/// The remaining choices, then the server's flight.
pub(super) fn answer(
    mut pending: Pending,
    psk: Option<SelectedPsk>,
    hello: &ClientHello<'_>,
    raw: &[u8],
    facts: &ClientHelloFacts,
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    let alpn = choice::alpn(&pending.config, facts)?;
    let limit = match hello.early_data() {
        true => Some(psk::early_data_limit(&pending, psk.as_ref(), hello, alpn.as_deref(), sink.now())),
        false => None,
    };
    pending.transcript.add(raw);
    pending.transcript.choose_hash(pending.config.provider.as_ref(), pending.suite.hash);
    let alone = psk.as_ref().is_some_and(|psk| psk.alone);
    let exchanged = match (alone, pending.group) {
        (true, _) => None,
        (false, Some(group)) => Some(exchange(&pending.config, hello, group)?),
        (false, None) => return Err(Error::new(Rule::MissingExtension, "key_share, and no pre-shared key is known")),
    };
    let authentication = match psk {
        Some(psk) => Authentication::Psk(psk),
        None => choose_identity(&pending.config, hello, facts)?,
    };
    if matches!(limit, Some(Err(_))) {
        sink.early_data(EarlyData::Skip(SkipEarlyData::Undecryptable, skipped(&pending.config)));
    }
    let Pending { config, suite, transcript, .. } = pending;
    let facts_now = sink.facts();
    (facts_now.version, facts_now.cipher_suite) = (Some(ProtocolVersion::TLS1_3), Some(suite.code));
    facts_now.extended_main_secret = true;
    facts_now.group = exchanged.as_ref().map(|exchanged| exchanged.group);
    facts_now.alpn.clone_from(&alpn);
    match limit {
        Some(Ok(_)) => facts_now.early_data = EarlyDataStatus::Accepted,
        Some(Err(refusal)) => refuse_early_data(facts_now, refusal),
        None => (),
    }
    let early_data = limit.and_then(Result::ok);
    authentication.note(facts_now);
    let negotiated = Negotiated { suite, exchanged, alpn, authentication, early_data, transcript };
    negotiated.send_flight(config, hello, facts, sink)
}

/// Answers the client's share: this side's, and the secret.
fn exchange(config: &ServerConfig, hello: &ClientHello<'_>, group: NamedGroup) -> Result<Exchanged, Error> {
    let share = client_share(hello, group)?;
    let known = group.to_group().ok_or_else(|| Error::new(Rule::Internal, format!("{group} was chosen")))?;
    let (own_share, shared) = config
        .provider
        .accept_key_exchange(known, share.key_exchange)
        .map_err(|error| bad_share(group, share.key_exchange, &error))?;
    Ok(Exchanged { group, own_share, shared })
}

/// The certificate to show.
fn choose_identity(
    config: &ServerConfig,
    hello: &ClientHello<'_>,
    facts: &ClientHelloFacts,
) -> Result<Authentication, Error> {
    if hello.signature_algorithms().is_none() {
        // Only a PSK does without (§9.2), and none was taken.
        return Err(Error::new(Rule::MissingExtension, "signature_algorithms, and no pre-shared key is known"));
    }
    match config.identities.choose(facts) {
        IdentityChoice::Use(identity, scheme) => {
            let (shown, accepted) = (identity.certificate_type(), &facts.server_certificate_types);
            match accepted.contains(&shown) {
                true => Ok(Authentication::Certificate(identity, scheme)),
                // RFC 7250 §4.2.
                false => Err(Error::new(Rule::NoCommonCertificateType, format!("this server shows {shown}"))),
            }
        }
        IdentityChoice::UnknownName => {
            let name = facts.server_name.as_deref().unwrap_or("(none)");
            Err(Error::new(Rule::UnknownServerName, format!("\"{name}\"")))
        }
        IdentityChoice::NoCommonScheme => {
            let offered: Vec<String> = facts.signature_schemes.iter().take(16).map(ToString::to_string).collect();
            Err(Error::new(Rule::NoCommonScheme, format!("the client accepts {}", offered.join(", "))))
        }
    }
}

fn refuse_early_data(facts: &mut Facts, refusal: EarlyDataRefusal) {
    (facts.early_data, facts.early_data_refusal) = (EarlyDataStatus::Rejected, Some(refusal));
}

/// How many bytes of early data that is not read are skipped: as many as a ticket of this server can have allowed, or what
/// servers announce at most, commonly (2^14).
///
/// A ticket allows so many bytes of content (RFC 8446 §4.6.1), and what is skipped is ciphertext: for the type and the tag of
/// each record a seventh is added, as BoringSSL does (it allows 14,336 bytes and skips 16,384). That is enough for records of
/// 120 bytes.
fn skipped(config: &ServerConfig) -> usize {
    const COMMON: usize = 1 << 14;
    let own = config.early_data.as_ref().and_then(|early_data| usize::try_from(early_data.max).ok());
    let own = own.unwrap_or_default();
    own.saturating_add(own.div_ceil(7)).max(COMMON)
}

fn client_share<'a>(hello: &ClientHello<'a>, group: NamedGroup) -> Result<KeyShareEntry<'a>, Error> {
    let shares = hello.key_share().unwrap_or_default();
    shares
        .iter()
        .find(|share| share.group == group)
        .copied()
        .ok_or_else(|| Error::new(Rule::Internal, "the chosen share is gone"))
}
