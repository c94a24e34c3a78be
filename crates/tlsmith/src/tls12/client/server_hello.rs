//! The ServerHello that chose TLS 1.2 (RFC 5246 §7.4.1.3).

use std::sync::Arc;

use tlsmith_x509::ServerName;

use super::{Common, Memory, State, WaitCertificate, WaitFinished, WaitServerKeyExchange};
use crate::{
    auth::proofs::{PeerAuthentication, PskAuthenticated},
    config::ClientConfig,
    conn::Role,
    error::{Error, Rule},
    ext::{self, Extension},
    hello::{offer::Offer, record_size},
    msg::ServerHello,
    registry::{CertificateType, CipherSuite, ExtensionType, ProtocolVersion},
    session::ClientSession,
    tls12::{flight::Handshake, key_schedule::Randoms, suite::Suite},
    tls13::{
        effects::{RecordSizeLimits, Sink},
        transcript::Transcript,
    },
};

/// What WAIT_SH owned.
pub(crate) struct Start {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) name: ServerName,
    pub(crate) offer: Offer,
    /// The extensions that were offered; only they may be answered.
    pub(crate) offered: Vec<ExtensionType>,
    pub(crate) transcript: Transcript,
}

/// Takes the ServerHello.
pub(crate) fn start(start: Start, hello: &ServerHello<'_>, raw: &[u8], sink: &mut dyn Sink) -> Result<State, Error> {
    let resumes = resumes(&start, hello)?;
    let suite = check(&start, hello)?;
    let answers = Answers::read(&start, hello)?;
    if let Some(sent) = answers.record_size_limit {
        let received = start.config.record_size_limit.min(record_size::MAX_TLS12);
        sink.limit_records(RecordSizeLimits { sent, received })?;
    }
    let facts = sink.facts();
    (facts.version, facts.cipher_suite) = (Some(ProtocolVersion::TLS1_2), Some(suite.code));
    facts.extended_main_secret = answers.extended_main_secret;
    facts.alpn = answers.alpn.map(<[u8]>::to_vec);
    facts.sct_list = answers.scts.map(<[u8]>::to_vec);

    let Start { config, name, mut offer, mut transcript, .. } = start;
    let memory = Memory::new(&config, &name, hello.session_id, answers.ticket);
    let session = offer.session.take().filter(|_| resumes);
    match session {
        // Whether this side will sign is not known yet.
        None => transcript.choose_hash_and_keep(config.provider.as_ref(), suite.hash),
        Some(_) => transcript.choose_hash(config.provider.as_ref(), suite.hash),
    }
    transcript.add(raw);
    let handshake = Handshake {
        role: Role::Client,
        provider: config.provider.clone(),
        suite,
        randoms: Randoms { client: offer.random, server: hello.random },
        transcript,
        extended_main_secret: answers.extended_main_secret,
    };
    if let Some(session) = session {
        return resume(*session, handshake, memory, sink);
    }
    let common = Common { config, name, memory, handshake };
    if suite.key_exchange.is_psk() {
        let next = WaitServerKeyExchange { common, leaf: None, status: false };
        return Ok(State::WaitServerKeyExchange(Box::new(next)));
    }
    Ok(State::WaitCertificate(Box::new(WaitCertificate { common, status: answers.status })))
}

/// Whether the server resumes a session, which it says by the echo of the ID (RFC 5246 §7.4.1.3, RFC 5077 §3.4).
fn resumes(start: &Start, hello: &ServerHello<'_>) -> Result<bool, Error> {
    match !hello.session_id.is_empty() && hello.session_id == start.offer.session_id {
        // The session that middlebox compatibility makes up cannot be resumed.
        true if start.offer.session.is_none() => {
            Err(Error::new(Rule::IllegalParameter, "the server resumes a session that does not exist"))
        }
        echo => Ok(echo),
    }
}

/// Goes on with the session's secret; the server finishes first.
fn resume(session: ClientSession, handshake: Handshake, memory: Memory, sink: &mut dyn Sink) -> Result<State, Error> {
    if handshake.suite.code != session.cipher_suite {
        return Err(Error::new(
            Rule::IllegalParameter,
            format!("the session is of {}, the server resumes it with {}", session.cipher_suite, handshake.suite.code),
        ));
    }
    // Only sessions that were made with it are offered.
    if !handshake.extended_main_secret {
        return Err(Error::new(Rule::ExtendedMainSecretDropped, "by the server"));
    }
    let facts = sink.facts();
    facts.resumed = true;
    (facts.group, facts.peer_certificates) = (session.group, session.peer_certificates);
    (facts.ocsp_response, facts.sct_list) = (session.ocsp_response, session.sct_list);
    facts.trusted_until = Some(session.trusted_until);
    let peer = PeerAuthentication::Psk(PskAuthenticated::by_finished());
    let keyed = handshake.resume(session.secret, sink)?;
    Ok(WaitFinished { memory, keyed, peer, resumed: true }.await_ticket())
}

fn check(start: &Start, hello: &ServerHello<'_>) -> Result<Suite, Error> {
    if hello.compression_method != 0 {
        return Err(Error::new(Rule::CompressionOffered, format!("method {}", hello.compression_method)));
    }
    chosen_suite(&start.config, hello.cipher_suite)
}

fn chosen_suite(config: &ClientConfig, code: CipherSuite) -> Result<Suite, Error> {
    Some(code).filter(|code| config.cipher_suites.contains(code)).and_then(Suite::new).ok_or_else(|| {
        let why = match code.refused_for() {
            Some(flaw) => format!("; it is refused on purpose: {flaw}"),
            None => String::new(),
        };
        Error::new(Rule::IllegalParameter, format!("the server chose {code}, which was not offered for TLSv1.2{why}"))
    })
}

/// What the extensions of the ServerHello say.
#[derive(Default)]
struct Answers<'a> {
    extended_main_secret: bool,
    secure_renegotiation: bool,
    alpn: Option<&'a [u8]>,
    scts: Option<&'a [u8]>,
    status: bool,
    ticket: bool,
    record_size_limit: Option<u16>,
}

impl<'a> Answers<'a> {
    fn read(start: &Start, hello: &ServerHello<'a>) -> Result<Self, Error> {
        let extensions = ext::of_tls12(&hello.extensions)?;
        let record_size_limit = record_size::of_server(&extensions, record_size::MAX_TLS12)?;
        let mut answers = Self { record_size_limit, ..Self::default() };
        for extension in extensions {
            let kind = extension.extension_type();
            // Servers are known that send supported_groups, as they would in TLS 1.3; it says nothing here.
            if !start.offered.contains(&kind) {
                return Err(Error::new(Rule::UnsolicitedExtension, format!("{kind} in the ServerHello of TLSv1.2")));
            }
            answers.take(&start.config, extension)?;
        }
        // RFC 9325 §3.5: without it somebody could have put this handshake behind one of his own.
        match answers.secure_renegotiation {
            true => Ok(answers),
            false => Err(Error::new(Rule::NoSecureRenegotiation, "")),
        }
    }

    fn take(&mut self, config: &ClientConfig, extension: Extension<'a>) -> Result<(), Error> {
        match extension {
            Extension::ExtendedMainSecret => self.extended_main_secret = true,
            // RFC 5746 §3.4: in a first handshake there is nothing to be renegotiated.
            Extension::RenegotiationInfo(&[]) => self.secure_renegotiation = true,
            Extension::RenegotiationInfo(_) => {
                return Err(Error::new(Rule::BadRenegotiationInfo, "in the ServerHello of a first handshake"));
            }
            Extension::EcPointFormats(formats) if !formats.contains(&ext::UNCOMPRESSED_POINTS) => {
                return Err(Error::new(Rule::IllegalParameter, "ec_point_formats without uncompressed"));
            }
            Extension::Alpn(names) => {
                let chosen = names.first().copied().unwrap_or_default();
                // RFC 7301 §3.1: one of the offered names.
                if !config.alpn.iter().any(|name| name == chosen) {
                    let name = chosen.escape_ascii();
                    return Err(Error::new(
                        Rule::IllegalParameter,
                        format!("the server chose ALPN \"{name}\", not offered"),
                    ));
                }
                self.alpn = Some(chosen);
            }
            // Raw public keys (RFC 7250) are shown and taken in TLS 1.3 alone.
            Extension::ServerCertificateType(kind) | Extension::ClientCertificateType(kind)
                if kind != CertificateType::X509 =>
            {
                return Err(Error::new(Rule::IllegalParameter, format!("certificates of type {kind} in TLSv1.2")));
            }
            Extension::Scts(list) => self.scts = Some(list),
            Extension::StatusRequested => self.status = true,
            // Empty: a ticket follows (RFC 5077 §3.2).
            Extension::SessionTicket(&[]) => self.ticket = true,
            Extension::SessionTicket(_) => {
                return Err(Error::new(Rule::Decode, "session_ticket of a ServerHello is not empty"));
            }
            _ => (),
        }
        Ok(())
    }
}
