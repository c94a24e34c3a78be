//! START and RECVD_CH: the ClientHello, the choices, the HelloRetryRequest (RFC 8446 §4.1.1, §4.1.2, §4.1.4).

use std::sync::Arc;

use super::{ChooseConfig, State, WaitClientHello, WaitSecondClientHello, flight::Negotiated};
use crate::{
    auth::{IdentityChoice, proofs::crypto},
    config::ServerConfig,
    conn::ClientHelloFacts,
    error::{Error, Rule},
    ext::{Extension, KeyShareEntry},
    hello::{choice, client_hello_facts, host_name, offer::bad_share},
    msg::{ClientHello, Message, RETRY_RANDOM, ServerHello},
    registry::{HandshakeType, NamedGroup, ProtocolVersion},
    tls13::{
        effects::{Sink, SkipEarlyData},
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
        // The name as it came stays in the facts even where it is refused.
        sink.facts().client_hello = Some(facts.clone());
        choice::check_version(hello, &facts)?;
        choice::check_hello(hello)?;
        facts.server_name = hello.server_name().map(host_name).transpose()?.flatten();
        sink.facts().server_name.clone_from(&facts.server_name);
        sink.facts().client_hello = Some(facts.clone());
        match self.config {
            Some(config) => negotiate(config, hello, &facts, raw, sink),
            None => Ok(State::ChooseConfig(Box::new(ChooseConfig { raw: raw.to_vec(), facts }))),
        }
    }
}

impl ChooseConfig {
    pub(super) fn on_config(self, config: Arc<ServerConfig>, sink: &mut dyn Sink) -> Result<State, Error> {
        negotiate(config, &decode(&self.raw)?, &self.facts, &self.raw, sink)
    }
}

/// A ClientHello that was decoded before.
fn decode(raw: &[u8]) -> Result<ClientHello<'_>, Error> {
    // The header: type and length.
    let body = raw.get(4..).unwrap_or_default();
    match Message::decode(HandshakeType::CLIENT_HELLO, body)? {
        Message::ClientHello(hello) => Ok(hello),
        _ => Err(Error::new(Rule::Internal, "a stored ClientHello is none")),
    }
}

/// Chooses everything from the first ClientHello, and retries if a share is missing.
fn negotiate(
    config: Arc<ServerConfig>,
    hello: &ClientHello<'_>,
    facts: &ClientHelloFacts,
    raw: &[u8],
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    let suite = choice::suite(&config, &facts.cipher_suites)?;
    let (group, has_share) = choice::group(&config, facts)?;
    let mut transcript = Transcript::new();
    transcript.add(raw);
    transcript.choose_hash(config.provider.as_ref(), suite.hash);
    if hello.cookie().is_some() {
        return Err(Error::new(Rule::IllegalParameter, "a cookie in the first ClientHello"));
    }
    match has_share {
        true => {
            if hello.early_data() {
                sink.skip_early_data(SkipEarlyData::Undecryptable);
            }
            answer(config, suite, group, hello, facts, transcript, sink)
        }
        false => retry(config, suite, group, hello, raw, transcript, sink),
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
        sink.skip_early_data(SkipEarlyData::Protected);
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
        mut self,
        hello: &ClientHello<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        choice::check_hello(hello)?;
        choice::check_second(&decode(&self.first)?, hello)?;
        self.check_answer(hello)?;
        let mut facts = client_hello_facts(hello);
        facts.server_name = hello.server_name().map(host_name).transpose()?.flatten();
        sink.facts().client_hello = Some(facts.clone());
        self.transcript.add(raw);
        answer(self.config, self.suite, self.group, hello, &facts, self.transcript, sink)
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
fn answer(
    config: Arc<ServerConfig>,
    suite: Suite,
    group: NamedGroup,
    hello: &ClientHello<'_>,
    facts: &ClientHelloFacts,
    transcript: Transcript,
    sink: &mut dyn Sink,
) -> Result<State, Error> {
    let alpn = choice::alpn(&config, facts)?;
    let (identity, scheme) = match config.identities.choose(facts) {
        IdentityChoice::Use(identity, scheme) => (identity, scheme),
        IdentityChoice::UnknownName => {
            let name = facts.server_name.as_deref().unwrap_or("(none)");
            return Err(Error::new(Rule::UnknownServerName, format!("\"{name}\"")));
        }
        IdentityChoice::NoCommonScheme => {
            let offered: Vec<String> = facts.signature_schemes.iter().take(16).map(ToString::to_string).collect();
            return Err(Error::new(Rule::NoCommonScheme, format!("the client accepts {}", offered.join(", "))));
        }
    };
    let share = client_share(hello, group)?;
    let known = group.to_group().ok_or_else(|| Error::new(Rule::Internal, format!("{group} was chosen")))?;
    let (own_share, shared) = config
        .provider
        .accept_key_exchange(known, share.key_exchange)
        .map_err(|error| bad_share(group, share.key_exchange, &error))?;
    let facts_now = sink.facts();
    (facts_now.version, facts_now.cipher_suite) = (Some(ProtocolVersion::TLS1_3), Some(suite.code));
    facts_now.group = Some(group);
    facts_now.alpn.clone_from(&alpn);
    facts_now.own_signature_scheme = Some(scheme);
    let negotiated = Negotiated { suite, group, own_share, shared, alpn, identity, scheme, transcript };
    negotiated.send_flight(config, hello, facts, sink)
}

fn client_share<'a>(hello: &ClientHello<'a>, group: NamedGroup) -> Result<KeyShareEntry<'a>, Error> {
    let shares = hello.key_share().unwrap_or_default();
    shares
        .iter()
        .find(|share| share.group == group)
        .copied()
        .ok_or_else(|| Error::new(Rule::Internal, "the chosen share is gone"))
}
