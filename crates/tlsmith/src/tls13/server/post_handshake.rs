//! Post-handshake authentication, as the server asks for it (RFC 8446 §4.6.2).
//!
//! ```text
//!   Idle -- Send CertificateRequest --> WaitCertificate
//!                                         | Recv Certificate          | Recv empty Certificate
//!                                         v                           |
//!                                       WaitVerify                    |
//!                                         | Recv CertificateVerify    |
//!                                         v                           |
//!                                       (Judge)    a pause            |
//!                                         v                           v
//!                                       WaitFinished <----------------+
//!                                         | Recv Finished
//!                                         v
//!                                       Idle: from here on the facts tell who the client is
//! ```

use std::sync::Arc;

use tlsmith_crypto::Secret;
use tlsmith_x509::{Report, UnixTime};

use super::flight::{requested, send_certificate_request};
use crate::{
    auth::{
        Answer, PeerCertificates, PeerKey, Verdict,
        proofs::{self, FinishedVerified, PeerAuthentication, PeerVerified, SignatureVerified, Signer, crypto},
    },
    config::{ClientAuth, ServerConfig},
    conn::{Facts, PostHandshakeAuth},
    error::{Error, Rule},
    msg::{CertificateMessage, CertificateVerify, Finished, Message},
    registry::{ExtensionType, SignatureScheme},
    tls13::{certificate::Shown, effects::Sink, key_schedule::Kdf, transcript::Transcript},
};

/// Length of a context: random, so that no answer fits another request or connection.
const CONTEXT_LEN: usize = 32;

/// What a server that may ask keeps for it.
pub(crate) struct Asker {
    config: Arc<ServerConfig>,
    /// ClientHello ... client Finished, which each exchange begins with (§4.4).
    transcript: Transcript,
    step: Step,
}

/// How far the one request that may be open has got.
enum Step {
    Idle,
    WaitCertificate { context: [u8; CONTEXT_LEN], transcript: Transcript },
    WaitVerify { transcript: Transcript, shown: Shown, key: PeerKey },
    Judge { transcript: Transcript, shown: Shown, scheme: SignatureScheme, signature: SignatureVerified },
    WaitFinished { transcript: Transcript, proved: Option<Proved> },
}

/// Who the client is, if its Finished fits.
struct Proved {
    shown: Shown,
    scheme: SignatureScheme,
    report: Option<Report>,
    peer: PeerAuthentication,
}

impl Asker {
    /// None where the server never asks, or the client does not offer to answer.
    pub(super) fn new(config: &Arc<ServerConfig>, facts: &Facts, transcript: &Transcript) -> Option<Box<Self>> {
        let hello = facts.client_hello.as_ref()?;
        let offered = hello.extensions.contains(&ExtensionType::POST_HANDSHAKE_AUTH);
        let asks = config.post_handshake_auth.verifier().is_some();
        let (config, transcript) = (Arc::clone(config), transcript.fork());
        (offered && asks).then(|| Box::new(Self { config, transcript, step: Step::Idle }))
    }

    /// Asks. One request at a time: each keeps a transcript of its own.
    pub(crate) fn request(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        let refuse = |why: &str| Err(Error::new(Rule::PostHandshakeAuthRefused, why));
        if !matches!(self.step, Step::Idle) {
            return refuse("the client has not answered the last request yet");
        }
        let Some(verifier) = self.config.post_handshake_auth.verifier() else { return refuse("no verifier") };
        if !verifier.certificate_types().contains(&sink.facts().client_certificate_type) {
            return refuse("the verifier does not judge what the client shows");
        }
        let mut context = [0; CONTEXT_LEN];
        self.config.provider.random(&mut context).map_err(|error| crypto(&error))?;
        let mut transcript = self.transcript.fork();
        send_certificate_request(&self.config, verifier.as_ref(), &context, &mut transcript, sink)?;
        let facts = sink.facts();
        (facts.client_auth_requested, facts.post_handshake_auth) = (true, PostHandshakeAuth::Requested);
        self.step = Step::WaitCertificate { context, transcript };
        Ok(())
    }

    /// The client's messages of one answer follow each other: nothing may come between them.
    pub(crate) fn is_in_flight(&self) -> bool {
        !matches!(self.step, Step::Idle | Step::WaitCertificate { .. })
    }

    /// A message of the answer. `base` is the client's traffic secret of now. The end of it tells how the client is known.
    pub(crate) fn handle(
        &mut self,
        message: &Message<'_>,
        raw: &[u8],
        (kdf, base): (&Kdf, &Secret),
        sink: &mut dyn Sink,
    ) -> Result<Option<PeerAuthentication>, Error> {
        self.step = match (std::mem::replace(&mut self.step, Step::Idle), message) {
            (Step::WaitCertificate { context, transcript }, Message::Certificate(message)) => {
                self.on_certificate(&context, transcript, message, raw, sink)?
            }
            (Step::WaitCertificate { context, transcript }, Message::CompressedCertificate(message)) => {
                let body = self.config.certificate_compressions.unpack(message)?;
                self.on_certificate(&context, transcript, &CertificateMessage::decode(&body)?, raw, sink)?
            }
            (Step::WaitVerify { transcript, shown, key }, Message::CertificateVerify(message)) => {
                self.on_verify(transcript, shown, &key, message, raw)?
            }
            (Step::WaitFinished { transcript, proved }, Message::Finished(message)) => {
                return on_finished(&transcript, proved, message, (kdf, base), sink);
            }
            (_, message) => {
                let detail = format!("{} after the handshake", message.handshake_type().message());
                return Err(Error::new(Rule::UnexpectedMessage, detail));
            }
        };
        Ok(None)
    }

    fn on_certificate(
        &self,
        context: &[u8],
        mut transcript: Transcript,
        message: &CertificateMessage<'_>,
        raw: &[u8],
        sink: &mut dyn Sink,
    ) -> Result<Step, Error> {
        if message.context != context {
            return Err(Error::new(Rule::IllegalParameter, "a Certificate that answers another request"));
        }
        let shown = Shown::read(message, sink.facts().client_certificate_type, &requested(&self.config))?;
        transcript.add(raw);
        match (shown.key(), &self.config.post_handshake_auth) {
            (Some(key), _) => {
                proofs::check_key(&key)?;
                Ok(Step::WaitVerify { transcript, shown, key })
            }
            (None, ClientAuth::Require(_)) => Err(Error::new(Rule::CertificateRequired, "")),
            (None, ClientAuth::Request(_) | ClientAuth::None) => Ok(Step::WaitFinished { transcript, proved: None }),
        }
    }

    fn on_verify(
        &self,
        mut transcript: Transcript,
        shown: Shown,
        key: &PeerKey,
        message: &CertificateVerify<'_>,
        raw: &[u8],
    ) -> Result<Step, Error> {
        let signature = SignatureVerified::check(
            self.config.provider.as_ref(),
            &self.config.signature_schemes,
            key,
            message.scheme,
            &proofs::signed_content(Signer::Client, &transcript.current()),
            message.signature,
        )?;
        transcript.add(raw);
        Ok(Step::Judge { transcript, shown, scheme: message.scheme, signature })
    }

    /// What the verifier is to judge, if it is its turn.
    pub(crate) fn judged(&self, now: UnixTime) -> Option<PeerCertificates<'_>> {
        match &self.step {
            Step::Judge { shown, .. } => Some(shown.to_judge(self.config.client_ocsp_stapling, now)),
            _ => None,
        }
    }

    pub(crate) fn ask(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        match self.config.post_handshake_auth.verifier() {
            Some(verifier) => verifier.verify(peer),
            None => Answer::Later,
        }
    }

    pub(crate) fn on_verdict(&mut self, verdict: Verdict, sink: &mut dyn Sink) -> Result<(), Error> {
        let Step::Judge { transcript, shown, scheme, signature } = std::mem::replace(&mut self.step, Step::Idle) else {
            return Err(Error::new(Rule::NothingNeeded, "a verdict"));
        };
        let report = (!verdict.of_key).then(|| verdict.report.clone());
        let verified = match PeerVerified::by(verdict) {
            Ok(verified) => verified,
            Err(error) => {
                // There to be looked at.
                shown.keep(sink.facts());
                sink.facts().verification = report;
                return Err(error);
            }
        };
        let peer = PeerAuthentication::Certificate(verified, signature);
        self.step = Step::WaitFinished { transcript, proved: Some(Proved { shown, scheme, report, peer }) };
        Ok(())
    }
}

/// Only now the facts tell of the new client: what is read meanwhile is not its.
fn on_finished(
    transcript: &Transcript,
    proved: Option<Proved>,
    message: &Finished<'_>,
    (kdf, base): (&Kdf, &Secret),
    sink: &mut dyn Sink,
) -> Result<Option<PeerAuthentication>, Error> {
    FinishedVerified::check(kdf, base, &transcript.current(), message.verify_data)?;
    let facts = sink.facts();
    let Some(Proved { shown, scheme, report, peer }) = proved else {
        facts.post_handshake_auth = PostHandshakeAuth::Declined;
        return Ok(None);
    };
    shown.keep(facts);
    facts.signature_scheme = Some(scheme);
    facts.verification = report;
    facts.post_handshake_auth = PostHandshakeAuth::Authenticated;
    Ok(Some(peer))
}
