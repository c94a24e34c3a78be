//! What both sides send and receive alike: the authentication messages (RFC 8446 §4.4) and the secrets around them.

use std::sync::Arc;

use tlsmith_crypto::Secret;

use super::{
    effects::{InstallKeys, Sink},
    key_schedule::{self, EarlySecret, Exporter, HandshakeSecret, Kdf, MainSecret, TrafficSecrets},
    suite::Suite,
    transcript::Transcript,
};
use crate::{
    auth::{
        Identity, IdentityKey,
        proofs::{self, crypto},
    },
    conn::Direction,
    error::{Error, Rule},
    msg::{CertificateVerify, Finished, Message},
    registry::SignatureScheme,
};

/// What every state after the ServerHello owns.
pub(crate) struct Keys {
    pub(crate) suite: Suite,
    pub(crate) kdf: Kdf,
    pub(crate) client_random: [u8; 32],
    pub(crate) transcript: Transcript,
    /// The handshake traffic secrets, for the Finished messages.
    pub(crate) traffic: TrafficSecrets,
}

impl Keys {
    /// The handshake keys of one direction go into force.
    pub(crate) fn install_handshake(
        &self,
        direction: Direction,
        secret: &Secret,
        sink: &mut dyn Sink,
    ) -> Result<(), Error> {
        sink.install_keys(InstallKeys { direction, suite: self.suite, kdf: &self.kdf, secret })
    }

    /// The secrets that follow from the transcript up to the server's Finished.
    pub(crate) fn application(&self, secret: HandshakeSecret, sink: &mut dyn Sink) -> Result<Application, Error> {
        let main = secret.into_main().map_err(|error| crypto(&error))?;
        let transcript = self.transcript.current();
        let traffic = main.traffic_secrets(&transcript).map_err(|error| crypto(&error))?;
        let exporter = main.exporter(&transcript).map_err(|error| crypto(&error))?;
        sink.key_log("CLIENT_TRAFFIC_SECRET_0", &self.client_random, &traffic.client);
        sink.key_log("SERVER_TRAFFIC_SECRET_0", &self.client_random, &traffic.server);
        sink.key_log("EXPORTER_SECRET", &self.client_random, &exporter.secret);
        Ok(Application { traffic, exporter, main })
    }

    /// Sends Finished, made with this side's handshake traffic secret.
    pub(crate) fn send_finished(&mut self, client: bool, sink: &mut dyn Sink) -> Result<(), Error> {
        let base = if client { &self.traffic.client } else { &self.traffic.server };
        send_finished(&self.kdf, base, &mut self.transcript, sink)
    }
}

/// Sends Finished over this transcript, made with this secret (RFC 8446 §4.4.4).
pub(crate) fn send_finished(
    kdf: &Kdf,
    base: &Secret,
    transcript: &mut Transcript,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let data = key_schedule::verify_data(kdf, base, &transcript.current()).map_err(|error| crypto(&error))?;
    sink.send(&Message::Finished(Finished { verify_data: data.as_ref() }), transcript)
}

/// Adds a message to a transcript that is sent later.
pub(crate) fn add_unsent(message: &Message<'_>, transcript: &mut Transcript) -> Result<(), Error> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes).map_err(|error| Error::new(Rule::Internal, format!("{} is too long", error.what)))?;
    transcript.add(&bytes);
    Ok(())
}

/// The secrets of the application data and the exporter's.
pub(crate) struct Application {
    pub(crate) traffic: TrafficSecrets,
    pub(crate) exporter: Exporter,
    /// For the resumption secret, which follows from the rest of the handshake.
    pub(crate) main: MainSecret,
}

/// The handshake secret, and the traffic secrets, logged.
pub(crate) fn handshake_secrets(
    early: EarlySecret,
    shared: Option<Secret>,
    transcript: &Transcript,
    client_random: &[u8; 32],
    sink: &mut dyn Sink,
) -> Result<(HandshakeSecret, TrafficSecrets), Error> {
    let secret = early.into_handshake(shared).map_err(|error| crypto(&error))?;
    let traffic = secret.traffic_secrets(&transcript.current()).map_err(|error| crypto(&error))?;
    sink.key_log("CLIENT_HANDSHAKE_TRAFFIC_SECRET", client_random, &traffic.client);
    sink.key_log("SERVER_HANDSHAKE_TRAFFIC_SECRET", client_random, &traffic.server);
    Ok((secret, traffic))
}

/// Sends the CertificateVerify that proves the possession of the key.
pub(crate) fn send_certificate_verify(
    scheme: SignatureScheme,
    signature: &[u8],
    keys: &mut Keys,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    sink.send(&Message::CertificateVerify(CertificateVerify { scheme, signature }), &mut keys.transcript)
}

/// A signature that is about to be made.
pub(crate) struct PendingSignature {
    pub(crate) identity: Arc<Identity>,
    pub(crate) scheme: SignatureScheme,
    pub(crate) content: Vec<u8>,
}

impl PendingSignature {
    pub(crate) fn new(
        identity: Arc<Identity>,
        scheme: SignatureScheme,
        signer: proofs::Signer,
        transcript: &Transcript,
    ) -> Self {
        Self { identity, scheme, content: proofs::signed_content(signer, &transcript.current()) }
    }

    /// Signs with the key in this process; `None` if it is elsewhere.
    pub(crate) fn sign_here(&self) -> Option<Result<Vec<u8>, Error>> {
        let IdentityKey::Here(key) = self.identity.key() else { return None };
        let signed = match crate::auth::schemes::algorithm(self.scheme) {
            Some(algorithm) => key.sign(algorithm, &self.content).map_err(|error| sign_failed(&error.to_string())),
            None => Err(sign_failed("the scheme is not implemented")),
        };
        Some(signed)
    }
}

pub(crate) fn sign_failed(reason: &str) -> Error {
    Error::new(Rule::SignFailed, reason)
}
