//! The client's offer: everything that its ClientHello says, kept so that a second one can repeat it
//! (RFC 8446 §4.1.2).

use tlsmith_crypto::{CryptoError, KeyExchange, Secret};
use tlsmith_x509::ServerName;

use super::{grease::Grease, record_size};
use crate::{
    auth::proofs::crypto,
    config::ClientConfig,
    error::{Error, Rule},
    ext::{self, Extension, KeyShareEntry, StatusRequest},
    msg::ClientHello,
    registry::{CertificateType, CipherSuite, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme},
    session::ClientSession,
    tls13::client::OfferedPsk,
};

/// A PSK alone (RFC 8446 §4.2.9).
pub(crate) const PSK_KE: u8 = 0;
/// A PSK with (EC)DHE.
pub(crate) const PSK_DHE_KE: u8 = 1;

/// An offer with its private halves.
pub(crate) struct Offer {
    pub(crate) random: [u8; 32],
    /// 32 random bytes in compatibility mode (RFC 8446 §D.4), else none.
    pub(crate) session_id: Vec<u8>,
    /// The name to send, if any.
    pub(crate) server_name: Option<String>,
    pub(crate) shares: Vec<Box<dyn KeyExchange>>,
    pub(crate) cookie: Option<Vec<u8>>,
    pub(crate) grease: Option<Grease>,
    /// The PSKs that are offered; the ticket of a session first.
    pub(crate) psks: Vec<OfferedPsk>,
    /// The session of TLS 1.2 that is offered.
    pub(crate) session: Option<Box<ClientSession>>,
    /// Early data follow, protected by the first PSK.
    pub(crate) early_data: bool,
    /// A retry asked for one share: nothing reserved stands beside it any more (RFC 8446 §4.1.2).
    only_share: bool,
}

impl Offer {
    /// Draws everything that the first ClientHello needs.
    pub(crate) fn new(config: &ClientConfig, name: &ServerName) -> Result<Self, Error> {
        let provider = config.provider.as_ref();
        let mut random = [0; 32];
        provider.random(&mut random).map_err(|error| crypto(&error))?;
        let compatible = config.middlebox_compatibility && config.versions.contains(&ProtocolVersion::TLS1_3);
        // By its echo a resumption of TLS 1.2 is known where a ticket is offered (RFC 5077 §3.4).
        let tickets = config.sessions.is_some() && config.versions.contains(&ProtocolVersion::TLS1_2);
        let mut session_id = vec![0; if compatible || tickets { 32 } else { 0 }];
        provider.random(&mut session_id).map_err(|error| crypto(&error))?;
        let grease = config.grease.then(|| Grease::draw(provider)).transpose().map_err(|error| crypto(&error))?;
        let mut offer = Self {
            random,
            session_id,
            server_name: match name {
                ServerName::Dns(name) if config.send_server_name => Some(name.as_str().to_owned()),
                ServerName::Dns(_) | ServerName::Ip(_) => None,
            },
            shares: Vec::new(),
            cookie: None,
            grease,
            psks: Vec::new(),
            session: None,
            early_data: false,
            only_share: false,
        };
        if config.versions.contains(&ProtocolVersion::TLS1_3) {
            for group in &config.key_shares {
                offer.add_share(config, *group)?;
            }
        }
        Ok(offer)
    }

    /// Makes the offer that a HelloRetryRequest asks for: the share of one group instead of those sent, the cookie.
    pub(crate) fn retry(
        &mut self,
        config: &ClientConfig,
        group: Option<NamedGroup>,
        cookie: Option<&[u8]>,
    ) -> Result<(), Error> {
        if let Some(group) = group {
            self.shares.clear();
            self.add_share(config, group)?;
            self.only_share = true;
        }
        self.cookie = cookie.map(<[u8]>::to_vec);
        Ok(())
    }

    fn add_share(&mut self, config: &ClientConfig, group: NamedGroup) -> Result<(), Error> {
        let unknown = || Error::new(Rule::Internal, format!("a share of {group} is not possible"));
        let group = group.to_group().ok_or_else(unknown)?;
        self.shares.push(config.provider.start_key_exchange(group).map_err(|error| crypto(&error))?);
        Ok(())
    }

    /// Whether a share of the group was sent.
    pub(crate) fn has_share(&self, group: NamedGroup) -> bool {
        self.shares.iter().any(|share| NamedGroup::from_group(share.group()) == Some(group))
    }

    /// Agrees on the secret with the server's share.
    pub(crate) fn agree(&mut self, group: NamedGroup, share: &[u8]) -> Result<Secret, Error> {
        let at = self.shares.iter().position(|share| NamedGroup::from_group(share.group()) == Some(group));
        let private = at.map(|at| self.shares.swap_remove(at));
        self.shares.clear();
        let private = private.ok_or_else(|| {
            Error::new(Rule::IllegalParameter, format!("the server's share is of {group}, not offered"))
        })?;
        private.complete(share).map_err(|error| bad_share(group, share, &error))
    }

    /// The ClientHello.
    pub(crate) fn client_hello<'a>(&'a self, config: &'a ClientConfig) -> ClientHello<'a> {
        let grease = self.grease.as_ref();
        let suites = config.cipher_suites.iter().copied().filter(|suite| config.speaks(*suite));
        // "The client SHOULD put TLS_FALLBACK_SCSV after all cipher suites" (RFC 7507 §4).
        let suites = suites.chain(config.fallback.then_some(CipherSuite::TLS_FALLBACK_SCSV));
        ClientHello {
            legacy_version: ProtocolVersion::TLS1_2,
            random: self.random,
            session_id: &self.session_id,
            cipher_suites: grease.map(|grease| CipherSuite(grease.suite)).into_iter().chain(suites).collect(),
            compression_methods: &[0],
            extensions: self.extensions(config),
        }
    }

    fn extensions<'a>(&'a self, config: &'a ClientConfig) -> Vec<Extension<'a>> {
        let mut list = Vec::with_capacity(12);
        if let Some(grease) = &self.grease {
            list.push(Extension::Unknown(ExtensionType(grease.first_extension), &[]));
        }
        if let Some(name) = &self.server_name {
            list.push(Extension::ServerName(name.as_bytes()));
        }
        if config.ocsp_stapling {
            list.push(Extension::StatusRequest(StatusRequest::ANY_OCSP));
        }
        if config.signed_certificate_timestamps {
            list.push(Extension::SctsRequested);
        }
        let types = config.verifier.certificate_types();
        if types != [CertificateType::X509] {
            list.push(Extension::ServerCertificateTypes(types));
        }
        let types = config.identities.as_ref().map(|identities| identities.certificate_types());
        if let Some(types) = types.filter(|types| *types != [CertificateType::X509]) {
            list.push(Extension::ClientCertificateTypes(types));
        }
        if !config.certificate_authorities.is_empty() {
            let names = config.certificate_authorities.iter().map(Vec::as_slice);
            list.push(Extension::CertificateAuthorities(names.collect()));
        }
        if config.post_handshake_auth {
            list.push(Extension::PostHandshakeAuth);
        }
        if !config.certificate_compressions.0.is_empty() {
            list.push(Extension::CompressCertificate(config.certificate_compressions.algorithms()));
        }
        let speaks = |version| config.versions.contains(&version);
        if speaks(ProtocolVersion::TLS1_2) {
            list.push(Extension::ExtendedMainSecret);
            list.push(Extension::RenegotiationInfo(&[]));
            list.push(Extension::EcPointFormats(&[ext::UNCOMPRESSED_POINTS]));
            if config.sessions.is_some() {
                // Empty: a ticket is welcome (RFC 5077 §3.2).
                let ticket = self.session.as_ref().map(|session| session.ticket.as_slice());
                list.push(Extension::SessionTicket(ticket.unwrap_or_default()));
            }
        }
        let groups = config.offered_groups();
        list.push(Extension::SupportedGroups(self.with_grease(|grease| NamedGroup(grease.group), &groups)));
        let schemes = self.with_grease(|grease| SignatureScheme(grease.scheme), &config.offered_schemes());
        list.push(Extension::SignatureAlgorithms(schemes));
        if !config.signature_schemes_cert.is_empty() {
            list.push(Extension::SignatureAlgorithmsCert(config.signature_schemes_cert.clone()));
        }
        if !config.alpn.is_empty() {
            list.push(Extension::Alpn(config.alpn.iter().map(Vec::as_slice).collect()));
        }
        let most = if speaks(ProtocolVersion::TLS1_3) { record_size::MAX_TLS13 } else { record_size::MAX_TLS12 };
        list.push(Extension::RecordSizeLimit(config.record_size_limit.min(most)));
        if speaks(ProtocolVersion::TLS1_3) {
            let versions = self.with_grease(|grease| ProtocolVersion(grease.version), &config.versions);
            list.push(Extension::SupportedVersionsOffer(versions));
            list.push(Extension::KeyShareOffer(self.key_share()));
            if config.sessions.is_some() || !self.psks.is_empty() {
                // Without them a server issues no tickets either (RFC 8446 §4.2.9).
                list.push(Extension::PskKeyExchangeModes(psk_modes(config)));
            }
        }
        if self.early_data {
            list.push(Extension::EarlyData);
        }
        if let Some(cookie) = &self.cookie {
            list.push(Extension::Cookie(cookie));
        }
        if let Some(grease) = &self.grease {
            // The second reserved extension has content, the first has none (RFC 8701 §3.1 leaves it free).
            list.push(Extension::Unknown(ExtensionType(grease.last_extension), &[0]));
        }
        list
    }

    fn with_grease<T: Copy>(&self, reserved: impl Fn(&Grease) -> T, list: &[T]) -> Vec<T> {
        self.grease.as_ref().map(reserved).into_iter().chain(list.iter().copied()).collect()
    }

    /// The shares; in a first ClientHello a reserved one before them. A second one carries exactly the share that was
    /// asked for (RFC 8446 §4.1.2).
    fn key_share(&self) -> Vec<KeyShareEntry<'_>> {
        let reserved = self
            .grease
            .as_ref()
            .filter(|_| !self.only_share)
            .map(|grease| KeyShareEntry { group: NamedGroup(grease.group), key_exchange: &[0] });
        let real = self.shares.iter().filter_map(|share| {
            Some(KeyShareEntry { group: NamedGroup::from_group(share.group())?, key_exchange: share.share() })
        });
        reserved.into_iter().chain(real).collect()
    }
}

/// How a PSK may be used, most wanted first (RFC 8446 §4.2.9).
fn psk_modes(config: &ClientConfig) -> &'static [u8] {
    if config.psk_without_dhe { &[PSK_DHE_KE, PSK_KE] } else { &[PSK_DHE_KE] }
}

/// Agreeing on a secret failed: the peer's share is to blame, unless the provider says that it is not.
pub(crate) fn bad_share(group: NamedGroup, share: &[u8], error: &CryptoError) -> Error {
    match error {
        CryptoError::Backend => crypto(error),
        _ => Error::new(Rule::BadKeyShare, format!("{group}, {} bytes", share.len())),
    }
}

#[cfg(test)]
impl Offer {
    /// The offer of a recorded ClientHello, with the private half of its one share.
    pub(crate) fn recorded(hello: &ClientHello<'_>, share: Box<dyn KeyExchange>) -> Self {
        Self {
            random: hello.random,
            session_id: hello.session_id.to_vec(),
            server_name: None,
            shares: vec![share],
            cookie: None,
            grease: None,
            psks: Vec::new(),
            session: None,
            early_data: false,
            only_share: false,
        }
    }
}
