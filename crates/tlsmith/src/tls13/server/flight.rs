//! RECVD_CH to WAIT_FLIGHT2: the server's flight (RFC 8446 §4.1.3, §4.3, §4.4).

use std::sync::Arc;

use tlsmith_crypto::Secret;

use super::{Sign, State, WaitCertificate, WaitFinished};
use crate::{
    auth::{
        Identity, PeerVerifier,
        proofs::{PeerAuthentication, Signer, crypto},
    },
    config::{ClientAuth, ServerConfig},
    conn::{ClientHelloFacts, Direction},
    error::Error,
    ext::{Extension, KeyShareEntry},
    hello::record_size,
    msg::{CertificateRequest, ClientHello, EncryptedExtensions, Message, ServerHello},
    registry::{ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme},
    tls13::{
        certificate,
        effects::{InstallKeys, RecordSizeLimits, Sink},
        flight::{self, Keys, PendingSignature, handshake_secrets},
        key_schedule::Kdf,
        suite::Suite,
        transcript::Transcript,
    },
};

/// The names of authorities are a help for the client's choice; more bytes than this help nobody, and are left out.
const MAX_AUTHORITIES: usize = 16 * 1024;

/// Everything that was chosen.
pub(super) struct Negotiated {
    pub(super) suite: Suite,
    pub(super) group: NamedGroup,
    pub(super) own_share: Vec<u8>,
    pub(super) shared: Secret,
    pub(super) alpn: Option<Vec<u8>>,
    pub(super) identity: Arc<Identity>,
    pub(super) scheme: SignatureScheme,
    pub(super) transcript: Transcript,
}

impl Negotiated {
    /// Sends everything up to the Certificate, then pauses for the signature.
    pub(super) fn send_flight(
        mut self,
        config: Arc<ServerConfig>,
        hello: &ClientHello<'_>,
        facts: &ClientHelloFacts,
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let size_limit = record_size::of_client(hello)?;
        self.send_server_hello(&config, hello, sink)?;
        let Self { suite, alpn, identity, scheme, transcript, shared, .. } = self;
        let kdf = Kdf::new(config.provider.clone(), suite.hash);
        let (secret, traffic) = handshake_secrets(&kdf, shared, &transcript, &hello.random, sink)?;
        let mut keys = Keys { suite, kdf, client_random: hello.random, transcript, traffic };
        keys.install_handshake(Direction::Sent, &keys.traffic.server, sink)?;
        keys.install_handshake(Direction::Received, &keys.traffic.client, sink)?;

        if let Some(sent) = size_limit {
            sink.limit_records(RecordSizeLimits { sent, received: config.record_size_limit })?;
        }
        let own_limit = size_limit.map(|_| config.record_size_limit);
        send_encrypted_extensions(alpn.as_deref(), facts.server_name.is_some(), own_limit, &mut keys, sink)?;
        if let Some(verifier) = config.client_auth.verifier() {
            sink.facts().client_auth_requested = true;
            send_certificate_request(&config, verifier.as_ref(), &mut keys, sink)?;
        }
        certificate::send(&identity, &[], facts.into(), &mut keys.transcript, sink)?;
        let pending = PendingSignature::new(identity, scheme, Signer::Server, &keys.transcript);
        Ok(State::Sign(Box::new(Sign { config, keys, secret, pending })))
    }

    fn send_server_hello(
        &mut self,
        config: &ServerConfig,
        hello: &ClientHello<'_>,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let mut random = [0; 32];
        config.provider.random(&mut random).map_err(|error| crypto(&error))?;
        let share = KeyShareEntry { group: self.group, key_exchange: &self.own_share };
        let message = ServerHello {
            legacy_version: ProtocolVersion::TLS1_2,
            random,
            session_id: hello.session_id,
            cipher_suite: self.suite.code,
            compression_method: 0,
            extensions: vec![
                Extension::KeyShareChoice(share),
                Extension::SupportedVersionsChoice(ProtocolVersion::TLS1_3),
            ],
        };
        sink.send(&Message::ServerHello(message), &mut self.transcript)?;
        // Once, after the first message of the server (§D.4): not again after a retry.
        if !hello.session_id.is_empty() && !sink.facts().retried {
            sink.send_change_cipher_spec();
        }
        Ok(())
    }
}

fn send_encrypted_extensions(
    alpn: Option<&[u8]>,
    knows_name: bool,
    size_limit: Option<u16>,
    keys: &mut Keys,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let mut extensions = Vec::new();
    if knows_name {
        extensions.push(Extension::ServerNameAck);
    }
    extensions.extend(alpn.map(|name| Extension::Alpn(vec![name])));
    extensions.extend(size_limit.map(Extension::RecordSizeLimit));
    sink.send(&Message::EncryptedExtensions(EncryptedExtensions { extensions }), &mut keys.transcript)
}

fn send_certificate_request(
    config: &ServerConfig,
    verifier: &dyn PeerVerifier,
    keys: &mut Keys,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let mut extensions = vec![Extension::SignatureAlgorithms(config.signature_schemes.clone())];
    if config.client_ocsp_stapling {
        extensions.push(Extension::StatusRequested);
    }
    if config.client_signed_certificate_timestamps {
        extensions.push(Extension::SctsRequested);
    }
    let authorities = verifier.authorities();
    let total: usize = authorities.iter().map(Vec::len).sum();
    if !authorities.is_empty() && total <= MAX_AUTHORITIES {
        extensions.push(Extension::CertificateAuthorities(authorities.iter().map(Vec::as_slice).collect()));
    }
    sink.send(&Message::CertificateRequest(CertificateRequest { context: &[], extensions }), &mut keys.transcript)
}

/// The extensions of a CertificateRequest that a client's Certificate may answer.
pub(super) fn requested(config: &ServerConfig) -> Vec<ExtensionType> {
    let status = config.client_ocsp_stapling.then_some(ExtensionType::STATUS_REQUEST);
    let scts = config.client_signed_certificate_timestamps.then_some(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP);
    status.into_iter().chain(scts).collect()
}

impl Sign {
    /// The rest of the flight.
    pub(super) fn on_signature(mut self, signature: &[u8], sink: &mut dyn Sink) -> Result<State, Error> {
        flight::send_certificate_verify(self.pending.scheme, signature, &mut self.keys, sink)?;
        self.keys.send_finished(false, sink)?;
        let Self { config, keys, secret, .. } = self;
        let application = keys.application(secret, sink)?;
        sink.install_keys(InstallKeys {
            direction: Direction::Sent,
            suite: keys.suite,
            kdf: &keys.kdf,
            secret: &application.traffic.server,
        })?;
        Ok(match config.client_auth {
            ClientAuth::None => {
                let peer = PeerAuthentication::Anonymous;
                State::WaitFinished(Box::new(WaitFinished { keys, application, peer }))
            }
            ClientAuth::Request(_) | ClientAuth::Require(_) => {
                State::WaitCertificate(Box::new(WaitCertificate { config, keys, application }))
            }
        })
    }
}
