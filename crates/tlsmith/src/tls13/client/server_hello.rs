//! WAIT_SH: ServerHello and HelloRetryRequest (RFC 8446 §4.1.3, §4.1.4).

use tlsmith_crypto::Secret;

use super::{
    ChosenPsk, OfferedPsk, Retried, State, WaitEncryptedExtensions, WaitServerHello, hello::send_client_hello,
};
use crate::{
    conn::{Direction, EarlyDataStatus},
    error::{Error, Rule},
    hello::{choice::list, downgrade},
    msg::ServerHello,
    registry::{CipherSuite, ExtensionType, NamedGroup, ProtocolVersion},
    tls12,
    tls13::{
        effects::{EarlyData, Sink},
        flight::{Keys, handshake_secrets},
        key_schedule::{EarlySecret, Kdf},
        suite::Suite,
    },
};

impl WaitServerHello {
    /// HelloRetryRequest: sends a second ClientHello.
    pub(super) fn on_retry(mut self, hello: &ServerHello<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<State, Error> {
        if self.retry.is_some() {
            return Err(Error::new(Rule::SecondRetry, ""));
        }
        sink.end_of_flight()?;
        if self.version(hello)? != ProtocolVersion::TLS1_3 {
            return Err(Error::new(Rule::PeerVersion, "a HelloRetryRequest that does not choose TLSv1.3"));
        }
        let suite = self.check(hello, &[ExtensionType::COOKIE])?;
        let (group, cookie) = (hello.retry_group(), hello.cookie());
        self.check_retry_group(group, cookie.is_some())?;
        self.transcript.choose_hash(self.common.provider(), suite.hash);
        self.transcript.replace_by_message_hash(self.common.provider());
        self.transcript.add(raw);
        if self.offer.early_data {
            // "the client MUST NOT" send more (§4.2.10); the second ClientHello goes in the clear.
            sink.early_data(EarlyData::Rejected);
            sink.facts().early_data = EarlyDataStatus::Rejected;
        } else if self.common.config.middlebox_compatibility {
            sink.send_change_cipher_spec();
        }
        self.offer.retry(&self.common.config, group, cookie)?;
        self.offer.keep_psks(suite.hash);
        sink.facts().retried = true;
        self.common.offered = send_client_hello(&self.offer, &self.common.config, &mut self.transcript, sink)?;
        self.retry = Some(Retried { suite: suite.code, group });
        Ok(State::WaitServerHello(Box::new(self)))
    }

    /// A retry asks for a group that was offered without a share, or brings a cookie, or both (§4.1.4, §4.2.8).
    fn check_retry_group(&self, group: Option<NamedGroup>, cookie: bool) -> Result<(), Error> {
        match group {
            Some(group) if !self.common.config.groups.contains(&group) => Err(Error::new(
                Rule::IllegalParameter,
                format!("a HelloRetryRequest for {group}, which was not offered"),
            )),
            Some(group) if self.offer.has_share(group) => {
                Err(Error::new(Rule::RetryUnneeded, format!("it asks for {group}, whose share was sent")))
            }
            None if !cookie => Err(Error::new(Rule::RetryUnneeded, "neither key_share nor cookie")),
            Some(_) | None => Ok(()),
        }
    }

    /// ServerHello: goes on with the version that it chooses.
    pub(super) fn on_server_hello(
        self,
        hello: &ServerHello<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        if self.version(hello)? == ProtocolVersion::TLS1_3 {
            return self.on_tls13(hello, raw, sink);
        }
        if self.offer.early_data {
            // "it MUST fail the connection" (§D.3): what was sent early cannot be taken back.
            return Err(Error::new(Rule::PeerVersion, "the server answers early data with TLSv1.2"));
        }
        let Self { common, offer, transcript, .. } = self;
        let start = tls12::client::Start {
            config: common.config,
            name: common.name,
            offer,
            offered: common.offered,
            transcript,
        };
        Ok(State::Tls12(Box::new(tls12::client::start(start, hello, raw, sink)?)))
    }

    /// Agrees on the handshake keys.
    fn on_tls13(mut self, hello: &ServerHello<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<State, Error> {
        let suite = self.check(hello, &[ExtensionType::KEY_SHARE, ExtensionType::PRE_SHARED_KEY])?;
        let early_data = self.offer.early_data_offer();
        let chosen = self.chosen_psk(hello, suite)?;
        let shared = self.agree(hello, chosen.is_some(), sink)?;
        let facts = sink.facts();
        (facts.version, facts.cipher_suite) = (Some(ProtocolVersion::TLS1_3), Some(suite.code));
        facts.extended_main_secret = true;

        self.transcript.choose_hash(self.common.provider(), suite.hash);
        self.transcript.add(raw);
        let kdf = Kdf::new(self.common.config.provider.clone(), suite.hash);
        let client_random = self.offer.random;
        let (psk, early) = match chosen {
            Some((index, psk)) => (Some(ChosenPsk { index, session: psk.session }), psk.early),
            None => (None, EarlySecret::without_psk(kdf.clone())),
        };
        let (secret, traffic) = handshake_secrets(early, shared, &self.transcript, &client_random, sink)?;
        let keys = Keys { suite, kdf, client_random, transcript: self.transcript, traffic };
        keys.install_handshake(Direction::Received, &keys.traffic.server, sink)?;
        if early_data.is_none() {
            // Else it was sent before the early data, and the keys for those are still in force.
            if self.common.config.middlebox_compatibility && self.retry.is_none() {
                sink.send_change_cipher_spec();
            }
            keys.install_handshake(Direction::Sent, &keys.traffic.client, sink)?;
        }
        let next = WaitEncryptedExtensions { common: self.common, keys, secret, psk, early_data };
        Ok(State::WaitEncryptedExtensions(Box::new(next)))
    }

    /// The PSK that the server took: one that was offered, of the suite's hash (§4.2.11).
    fn chosen_psk(&mut self, hello: &ServerHello<'_>, suite: Suite) -> Result<Option<(usize, OfferedPsk)>, Error> {
        let Some(index) = hello.selected_psk().map(usize::from) else { return Ok(None) };
        if index >= self.offer.psks.len() {
            return Err(Error::new(
                Rule::UnknownPsk,
                format!("the server chose PSK {index} of {}", self.offer.psks.len()),
            ));
        }
        let psk = self.offer.psks.swap_remove(index);
        match psk.hash() == suite.hash {
            true => Ok(Some((index, psk))),
            false => Err(Error::new(Rule::PskHashMismatch, format!("PSK {index} with {}", suite.code))),
        }
    }

    /// The secret of the key exchange. It may be missing only where a PSK is used alone, as this side allowed (§4.2.9).
    fn agree(&mut self, hello: &ServerHello<'_>, psk: bool, sink: &mut dyn Sink) -> Result<Option<Secret>, Error> {
        let Some(share) = hello.key_share() else {
            return match psk && self.common.config.psk_without_dhe {
                true => Ok(None),
                false => Err(Error::new(Rule::MissingExtension, "key_share in the ServerHello")),
            };
        };
        let retry_group = self.retry.as_ref().and_then(|retry| retry.group);
        if retry_group.is_some_and(|group| group != share.group) {
            return Err(Error::new(Rule::RetryMismatch, format!("the server's share is of {}", share.group)));
        }
        sink.facts().group = Some(share.group);
        self.offer.agree(share.group, share.key_exchange).map(Some)
    }

    /// What both kinds of hello have to hold; `besides` are the extensions that are allowed besides `supported_versions`
    /// and `key_share`, as far as they were offered.
    fn check(&self, hello: &ServerHello<'_>, besides: &[ExtensionType]) -> Result<Suite, Error> {
        hello.check_places()?;
        for extension in hello.extensions.iter().map(crate::ext::Extension::extension_type) {
            let allowed = [ExtensionType::SUPPORTED_VERSIONS, ExtensionType::KEY_SHARE].contains(&extension)
                || besides.contains(&extension);
            let unasked = extension == ExtensionType::PRE_SHARED_KEY && self.offer.psks.is_empty();
            if !allowed || unasked {
                return Err(Error::new(Rule::UnsolicitedExtension, format!("{extension} in the ServerHello")));
            }
        }
        if hello.legacy_version != ProtocolVersion::TLS1_2 {
            return Err(Error::new(
                Rule::IllegalParameter,
                format!("ServerHello.legacy_version {}", hello.legacy_version),
            ));
        }
        if hello.session_id != self.offer.session_id {
            return Err(Error::new(Rule::IllegalParameter, "the ServerHello does not echo legacy_session_id"));
        }
        if hello.compression_method != 0 {
            return Err(Error::new(Rule::CompressionOffered, format!("method {}", hello.compression_method)));
        }
        self.check_suite(hello.cipher_suite)
    }

    fn check_suite(&self, code: CipherSuite) -> Result<Suite, Error> {
        if self.retry.as_ref().is_some_and(|retry| retry.suite != code) {
            return Err(Error::new(Rule::RetryMismatch, format!("the ServerHello changed the cipher suite to {code}")));
        }
        Some(code).filter(|code| self.common.config.cipher_suites.contains(code)).and_then(Suite::new).ok_or_else(
            || {
                Error::new(
                    Rule::IllegalParameter,
                    format!("the server chose {code}, which was not offered for TLSv1.3"),
                )
            },
        )
    }
}

impl WaitServerHello {
    /// The version that the server chose, if it is one that was offered. TLS 1.3 is chosen by `supported_versions`, older
    /// ones without it (§4.2.1).
    fn version(&self, hello: &ServerHello<'_>) -> Result<ProtocolVersion, Error> {
        if hello.legacy_version <= ProtocolVersion::SSL3_0 {
            // §D.5, whatever else it says.
            return Err(Error::new(Rule::PeerVersion, "the server's legacy_version is that of SSLv3"));
        }
        let versions = &self.common.config.versions;
        let offered_tls13 = versions.contains(&ProtocolVersion::TLS1_3);
        match hello.supported_version() {
            Some(_) if !offered_tls13 => {
                Err(Error::new(Rule::UnsolicitedExtension, "supported_versions in the ServerHello"))
            }
            Some(ProtocolVersion::TLS1_3) => Ok(ProtocolVersion::TLS1_3),
            // §4.1.4: the version of the HelloRetryRequest has to stay.
            other if self.retry.is_some() => {
                let version = other.unwrap_or(hello.legacy_version);
                Err(Error::new(Rule::RetryMismatch, format!("the ServerHello changed the version to {version}")))
            }
            Some(other) => {
                Err(Error::new(Rule::IllegalParameter, format!("the server chose {other} by supported_versions")))
            }
            None if offered_tls13 && downgrade::is_marked(&hello.random) => {
                Err(Error::new(Rule::Downgrade, format!("the ServerHello says {}", hello.legacy_version)))
            }
            None if hello.legacy_version == ProtocolVersion::TLS1_2 && versions.contains(&ProtocolVersion::TLS1_2) => {
                Ok(ProtocolVersion::TLS1_2)
            }
            None => {
                let (theirs, ours) = (hello.legacy_version, list(versions));
                Err(Error::new(Rule::PeerVersion, format!("the server answers with {theirs}; this side speaks {ours}")))
            }
        }
    }
}
