//! RECVD_CH to WAIT_FLIGHT2: the server's flight (RFC 8446 §4.1.3, §4.3, §4.4).

use std::sync::Arc;

use tlsmith_crypto::Secret;

use super::{Sign, State, WaitCertificate, WaitFinished, psk::SelectedPsk};
use crate::{
    auth::{
        Identity, PeerVerifier,
        proofs::{PeerAuthentication, Signer, crypto},
    },
    config::{ClientAuth, ServerConfig},
    conn::{ClientHelloFacts, Direction, Facts},
    error::{Error, Rule},
    ext::{Extension, KeyShareEntry},
    hello::record_size,
    msg::{CertificateRequest, ClientHello, EncryptedExtensions, Message, ServerHello},
    registry::{CertificateType, ExtensionType, NamedGroup, ProtocolVersion, SignatureScheme},
    tls13::{
        certificate,
        effects::{EarlyData, InstallKeys, RecordSizeLimits, Sink},
        flight::{self, Application, Keys, PendingSignature, handshake_secrets},
        key_schedule::{EarlySecret, HandshakeSecret, Kdf},
        suite::Suite,
        transcript::Transcript,
    },
};

/// The names of authorities are a help for the client's choice; more bytes than this help nobody, and are left out.
const MAX_AUTHORITIES: usize = 16 * 1024;

/// Everything that was chosen.
pub(super) struct Negotiated {
    pub(super) suite: Suite,
    /// None where a PSK is used alone.
    pub(super) exchanged: Option<Exchanged>,
    pub(super) alpn: Option<Vec<u8>>,
    pub(super) authentication: Authentication,
    /// Early data are read, up to this many bytes.
    pub(super) early_data: Option<u32>,
    pub(super) transcript: Transcript,
}

/// What came of the key exchange.
pub(super) struct Exchanged {
    pub(super) group: NamedGroup,
    pub(super) own_share: Vec<u8>,
    pub(super) shared: Secret,
}

/// How this side proves who it is.
pub(super) enum Authentication {
    Certificate(Arc<Identity>, SignatureScheme),
    Psk(SelectedPsk),
}

impl Authentication {
    pub(super) fn note(&self, facts: &mut Facts) {
        match self {
            Self::Certificate(_, scheme) => {
                facts.own_signature_scheme = Some(*scheme);
            }
            Self::Psk(SelectedPsk { session: Some(session), .. }) => {
                facts.resumed = true;
                facts.peer_certificates.clone_from(&session.peer_certificates);
                facts.trusted_until = Some(session.trusted_until);
            }
            Self::Psk(_) => facts.external_psk = true,
        }
    }
}

impl Negotiated {
    /// Sends everything up to the Certificate, then pauses for the signature; with a PSK sends all of it.
    pub(super) fn send_flight(
        mut self,
        config: Arc<ServerConfig>,
        hello: &ClientHello<'_>,
        facts: &ClientHelloFacts,
        sink: &mut dyn Sink,
    ) -> Result<State, Error> {
        let size_limit = record_size::of_client(hello)?;
        let early_traffic = self.early_traffic(&config, hello, sink)?;
        self.send_server_hello(&config, hello, sink)?;
        let Self { suite, alpn, authentication, transcript, exchanged, early_data, .. } = self;
        let kdf = Kdf::new(config.provider.clone(), suite.hash);
        let shared = exchanged.map(|exchanged| exchanged.shared);
        let (early, authentication) = match authentication {
            Authentication::Psk(psk) => (psk.early, Err(psk.proof)),
            Authentication::Certificate(identity, scheme) => {
                (EarlySecret::without_psk(kdf.clone()), Ok((identity, scheme)))
            }
        };
        let (secret, traffic) = handshake_secrets(early, shared, &transcript, &hello.random, sink)?;
        let mut keys = Keys { suite, kdf, client_random: hello.random, transcript, traffic };
        keys.install_handshake(Direction::Sent, &keys.traffic.server, sink)?;
        match early_traffic {
            Some(early) => keys.install_handshake(Direction::Received, &early, sink)?,
            None => keys.install_handshake(Direction::Received, &keys.traffic.client, sink)?,
        }
        sink.early_data(early_data.map_or(EarlyData::NoMore, |limit| EarlyData::Expect { limit }));
        if let Some(sent) = size_limit {
            sink.limit_records(RecordSizeLimits { sent, received: config.record_size_limit })?;
        }
        let asked = match &authentication {
            Ok(_) => ask_for(&config.client_auth, facts)?,
            Err(_) => None,
        };
        sink.facts().client_certificate_type = asked.unwrap_or_default();
        let answers = Answers {
            alpn: alpn.as_deref(),
            // "When resuming a session, the server MUST NOT include a server_name extension" (RFC 6066 §3).
            knows_name: facts.server_name.is_some() && !sink.facts().resumed,
            size_limit: size_limit.map(|_| config.record_size_limit),
            early_data: early_data.is_some(),
            server_type: authentication
                .as_ref()
                .ok()
                .map(|(identity, _)| identity.certificate_type())
                .filter(|_| facts.extensions.contains(&ExtensionType::SERVER_CERTIFICATE_TYPE)),
            client_type: asked.filter(|_| facts.extensions.contains(&ExtensionType::CLIENT_CERTIFICATE_TYPE)),
        };
        answers.send(&mut keys, sink)?;
        let (identity, scheme) = match authentication {
            Ok(certificate) => certificate,
            Err(proof) => {
                let application = send_finished(&mut keys, secret, sink)?;
                let peer = PeerAuthentication::Psk(proof);
                let next = Box::new(WaitFinished { config, keys, application, peer });
                let early_data = early_data.is_some();
                return Ok(if early_data { State::WaitEndOfEarlyData(next) } else { State::WaitFinished(next) });
            }
        };
        if let (Some(verifier), Some(_)) = (config.client_auth.verifier(), asked) {
            sink.facts().client_auth_requested = true;
            send_certificate_request(&config, verifier.as_ref(), &[], &mut keys.transcript, sink)?;
        }
        certificate::send(&identity, &[], facts.into(), &config.certificate_compressions, &mut keys.transcript, sink)?;
        let pending = PendingSignature::new(identity, scheme, Signer::Server, &keys.transcript);
        Ok(State::Sign(Box::new(Sign { config, keys, secret, asked, pending })))
    }

    /// The secret of the early data that are read; it follows from the ClientHello alone.
    fn early_traffic(
        &self,
        config: &ServerConfig,
        hello: &ClientHello<'_>,
        sink: &mut dyn Sink,
    ) -> Result<Option<Secret>, Error> {
        let (Authentication::Psk(psk), Some(_)) = (&self.authentication, self.early_data) else { return Ok(None) };
        let transcript = self.transcript.hash_with(config.provider.as_ref(), self.suite.hash, &[]);
        let secret = psk.early.client_traffic(&transcript).map_err(|error| crypto(&error))?;
        sink.key_log("CLIENT_EARLY_TRAFFIC_SECRET", &hello.random, &secret);
        Ok(Some(secret))
    }

    fn send_server_hello(
        &mut self,
        config: &ServerConfig,
        hello: &ClientHello<'_>,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let mut random = [0; 32];
        config.provider.random(&mut random).map_err(|error| crypto(&error))?;
        let share = self.exchanged.as_ref().map(|exchanged| {
            Extension::KeyShareChoice(KeyShareEntry { group: exchanged.group, key_exchange: &exchanged.own_share })
        });
        let psk = match &self.authentication {
            Authentication::Psk(psk) => Some(Extension::PreSharedKeyChoice(psk.index)),
            Authentication::Certificate(..) => None,
        };
        let version = Extension::SupportedVersionsChoice(ProtocolVersion::TLS1_3);
        let message = ServerHello {
            legacy_version: ProtocolVersion::TLS1_2,
            random,
            session_id: hello.session_id,
            cipher_suite: self.suite.code,
            compression_method: 0,
            extensions: share.into_iter().chain([version]).chain(psk).collect(),
        };
        sink.send(&Message::ServerHello(message), &mut self.transcript)?;
        // Once, after the first message of the server (§D.4): not again after a retry.
        if !hello.session_id.is_empty() && !sink.facts().retried {
            sink.send_change_cipher_spec();
        }
        Ok(())
    }
}

/// What a client is asked to show: what it wants most of what the verifier judges (RFC 7250 §4.2). One that has nothing of
/// it is not asked, unless it has to show something.
fn ask_for(auth: &ClientAuth, facts: &ClientHelloFacts) -> Result<Option<CertificateType>, Error> {
    let Some(verifier) = auth.verifier() else { return Ok(None) };
    let judged = verifier.certificate_types();
    match (facts.client_certificate_types.iter().find(|kind| judged.contains(kind)), auth) {
        (Some(kind), _) => Ok(Some(*kind)),
        (None, ClientAuth::Require(_)) => {
            Err(Error::new(Rule::NoCommonCertificateType, "the client has nothing that its verifier judges"))
        }
        (None, ClientAuth::Request(_) | ClientAuth::None) => Ok(None),
    }
}

/// What EncryptedExtensions answers.
struct Answers<'a> {
    alpn: Option<&'a [u8]>,
    knows_name: bool,
    size_limit: Option<u16>,
    early_data: bool,
    server_type: Option<CertificateType>,
    client_type: Option<CertificateType>,
}

impl Answers<'_> {
    fn send(&self, keys: &mut Keys, sink: &mut dyn Sink) -> Result<(), Error> {
        let answers = [
            self.early_data.then_some(Extension::EarlyData),
            self.knows_name.then_some(Extension::ServerNameAck),
            self.alpn.map(|name| Extension::Alpn(vec![name])),
            self.size_limit.map(Extension::RecordSizeLimit),
            self.client_type.map(Extension::ClientCertificateType),
            self.server_type.map(Extension::ServerCertificateType),
        ];
        let extensions = answers.into_iter().flatten().collect();
        sink.send(&Message::EncryptedExtensions(EncryptedExtensions { extensions }), &mut keys.transcript)
    }
}

/// Asks for a certificate, in the handshake or after it.
pub(super) fn send_certificate_request(
    config: &ServerConfig,
    verifier: &dyn PeerVerifier,
    context: &[u8],
    transcript: &mut Transcript,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let mut extensions = vec![Extension::SignatureAlgorithms(config.signature_schemes.clone())];
    if config.client_ocsp_stapling {
        extensions.push(Extension::StatusRequested);
    }
    if config.client_signed_certificate_timestamps {
        extensions.push(Extension::SctsRequested);
    }
    if !config.certificate_compressions.0.is_empty() {
        extensions.push(Extension::CompressCertificate(config.certificate_compressions.algorithms()));
    }
    let authorities = authorities(verifier);
    if !authorities.is_empty() {
        extensions.push(Extension::CertificateAuthorities(authorities.iter().map(Vec::as_slice).collect()));
    }
    sink.send(&Message::CertificateRequest(CertificateRequest { context, extensions }), transcript)
}

/// The names of authorities for a CertificateRequest, unless they are too many.
pub(crate) fn authorities(verifier: &dyn PeerVerifier) -> Vec<Vec<u8>> {
    let names = verifier.authorities();
    let total: usize = names.iter().map(Vec::len).sum();
    if total <= MAX_AUTHORITIES { names } else { Vec::new() }
}

/// The extensions of a CertificateRequest that a client's Certificate may answer.
pub(super) fn requested(config: &ServerConfig) -> Vec<ExtensionType> {
    let status = config.client_ocsp_stapling.then_some(ExtensionType::STATUS_REQUEST);
    let scts = config.client_signed_certificate_timestamps.then_some(ExtensionType::SIGNED_CERTIFICATE_TIMESTAMP);
    status.into_iter().chain(scts).collect()
}

/// The end of the flight; the application's keys are in force for what follows.
fn send_finished(keys: &mut Keys, secret: HandshakeSecret, sink: &mut dyn Sink) -> Result<Application, Error> {
    keys.send_finished(false, sink)?;
    let application = keys.application(secret, sink)?;
    sink.install_keys(InstallKeys {
        direction: Direction::Sent,
        suite: keys.suite,
        kdf: &keys.kdf,
        secret: &application.traffic.server,
    })?;
    Ok(application)
}

impl Sign {
    /// The rest of the flight.
    pub(super) fn on_signature(mut self, signature: &[u8], sink: &mut dyn Sink) -> Result<State, Error> {
        flight::send_certificate_verify(self.pending.scheme, signature, &mut self.keys, sink)?;
        let Self { config, mut keys, secret, asked, .. } = self;
        let application = send_finished(&mut keys, secret, sink)?;
        Ok(match asked {
            None => {
                let peer = PeerAuthentication::Anonymous;
                State::WaitFinished(Box::new(WaitFinished { config, keys, application, peer }))
            }
            Some(asked) => State::WaitCertificate(Box::new(WaitCertificate { config, keys, application, asked })),
        })
    }
}
