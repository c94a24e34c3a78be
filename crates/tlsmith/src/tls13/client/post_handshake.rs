//! Post-handshake authentication, as the client answers it (RFC 8446 §4.6.2).

use std::sync::Arc;

use tlsmith_crypto::Secret;

use super::certificate::request_facts;
use crate::{
    auth::{Identity, proofs::Signer},
    config::ClientConfig,
    conn::{CertificateRequestFacts, PostHandshakeAuth},
    error::{Error, Rule},
    msg::{CertificateMessage, CertificateRequest, CertificateVerify, Message},
    tls13::{
        certificate,
        effects::Sink,
        flight::{self, PendingSignature},
        key_schedule::Kdf,
        transcript::Transcript,
    },
};

/// What a client that offered `post_handshake_auth` keeps for it.
pub(crate) struct Answerer {
    config: Arc<ClientConfig>,
    /// ClientHello ... client Finished, which each answer begins with (§4.4).
    transcript: Transcript,
    answering: Option<Answering>,
}

/// The pause for the signature. Nothing is sent before it: "All of the client's messages for a given response MUST appear
/// consecutively on the wire".
struct Answering {
    /// The Certificate's body, as it is signed: the staples may change meanwhile.
    certificate: Vec<u8>,
    transcript: Transcript,
    pending: PendingSignature,
}

impl Answerer {
    /// None for a client that does not offer it.
    pub(super) fn new(config: &Arc<ClientConfig>, transcript: &Transcript) -> Option<Box<Self>> {
        let (config, transcript) = (Arc::clone(config), transcript.fork());
        config.post_handshake_auth.then(|| Box::new(Self { config, transcript, answering: None }))
    }

    /// The server asks; what there is to show is shown once it is signed. `base` is the client's traffic secret of now.
    pub(crate) fn on_request(
        &mut self,
        message: &CertificateRequest<'_>,
        raw: &[u8],
        (kdf, base): (&Kdf, &Secret),
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        if message.context.is_empty() {
            return Err(Error::new(
                Rule::IllegalParameter,
                "a CertificateRequest without a context after the handshake",
            ));
        }
        let certificate_type = sink.facts().client_certificate_type;
        let request = CertificateRequestFacts { certificate_type, ..request_facts(message)? };
        sink.facts().client_auth_requested = true;
        sink.facts().certificate_request = Some(request.clone());
        let mut transcript = self.transcript.fork();
        transcript.add(raw);
        let identities = self.config.identities.as_ref();
        let chosen = identities.and_then(|identities| identities.choose(&request));
        match chosen.filter(|(identity, _)| identity.certificate_type() == certificate_type) {
            None => {
                certificate::send_none(message.context, &mut transcript, sink)?;
                flight::send_finished(kdf, base, &mut transcript, sink)?;
                sink.facts().post_handshake_auth = PostHandshakeAuth::Declined;
            }
            Some((identity, scheme)) => {
                let certificate = certificate::body(&identity, message.context, (&request).into())?;
                let whole = Message::Certificate(CertificateMessage::decode(&certificate)?);
                flight::add_unsent(&whole, &mut transcript)?;
                let pending = PendingSignature::new(identity, scheme, Signer::Client, &transcript);
                self.answering = Some(Answering { certificate, transcript, pending });
            }
        }
        Ok(())
    }

    pub(crate) fn pending(&self) -> Option<&PendingSignature> {
        self.answering.as_ref().map(|answering| &answering.pending)
    }

    /// The whole answer.
    pub(crate) fn on_signature(
        &mut self,
        signature: &[u8],
        (kdf, base): (&Kdf, &Secret),
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        let answering = self.answering.take().ok_or_else(|| Error::new(Rule::NothingNeeded, "a signature"))?;
        let Answering { certificate, mut transcript, pending } = answering;
        // It is in the transcript already.
        sink.send(&Message::Certificate(CertificateMessage::decode(&certificate)?), &mut Transcript::new())?;
        let verify = CertificateVerify { scheme: pending.scheme, signature };
        sink.send(&Message::CertificateVerify(verify), &mut transcript)?;
        flight::send_finished(kdf, base, &mut transcript, sink)?;
        note_shown(&pending.identity, sink);
        let facts = sink.facts();
        facts.own_signature_scheme = Some(pending.scheme);
        facts.post_handshake_auth = PostHandshakeAuth::Authenticated;
        Ok(())
    }
}

fn note_shown(identity: &Identity, sink: &mut dyn Sink) {
    let facts = sink.facts();
    facts.own_certificates = identity.chain().to_vec();
    facts.own_raw_key = identity.shown_key().cloned();
    facts.own_certificate_compression = None;
}
