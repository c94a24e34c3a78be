//! What both sides send and receive alike: certificates, ChangeCipherSpec, Finished (RFC 5246 §7.4), and the secrets
//! around them.

use std::{borrow::Cow, sync::Arc};

use tlsmith_crypto::{Group, Provider, Secret};
use tlsmith_x509::Certificate;

use super::{
    key_schedule::{self, KeyBlock, MainSecret, PremasterSecret, Prf, Randoms},
    suite::Suite,
};
use crate::{
    auth::proofs::{FinishedVerified, crypto},
    conn::{Direction, Role},
    error::{Error, Rule},
    msg::{
        CertificateVerify, Finished, Message,
        tls12::{CertificateTls12, Exchange},
    },
    registry::{NamedGroup, SignatureScheme},
    session::ExternalPsk,
    tls13::{
        effects::{InstallTls12Keys, Sink},
        transcript::Transcript,
    },
};

/// What every state after the ServerHello owns.
pub(crate) struct Handshake {
    pub(crate) role: Role,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) suite: Suite,
    pub(crate) randoms: Randoms,
    pub(crate) transcript: Transcript,
    /// Both sides said so: the main secret covers the handshake (RFC 7627).
    pub(crate) extended_main_secret: bool,
}

impl Handshake {
    /// What a ServerKeyExchange's signature covers (RFC 5246 §7.4.3).
    pub(crate) fn signed_params(&self, params: &[u8]) -> Vec<u8> {
        [self.randoms.client.as_slice(), &self.randoms.server, params].concat()
    }

    /// The main secret of a session that is resumed, and new keys.
    pub(crate) fn resume(self, secret: Secret, sink: &mut dyn Sink) -> Result<Keyed, Error> {
        let prf = Prf::new(Arc::clone(&self.provider), self.suite.hash);
        Keyed::new(self, MainSecret::resumed(prf, secret), sink)
    }

    /// The main secret and the keys; the transcript reaches up to the ClientKeyExchange.
    pub(crate) fn into_keyed(self, premaster: PremasterSecret, sink: &mut dyn Sink) -> Result<Keyed, Error> {
        let prf = Prf::new(Arc::clone(&self.provider), self.suite.hash);
        let main = match self.extended_main_secret {
            true => premaster.into_extended_main(prf, &self.transcript.current()),
            false => premaster.into_main(prf, &self.randoms),
        };
        Keyed::new(self, main, sink)
    }
}

/// A handshake whose main secret is known.
pub(crate) struct Keyed {
    pub(crate) handshake: Handshake,
    pub(crate) main: MainSecret,
    keys: KeyBlock,
}

impl Keyed {
    fn new(handshake: Handshake, main: MainSecret, sink: &mut dyn Sink) -> Result<Self, Error> {
        sink.key_log("CLIENT_RANDOM", &handshake.randoms.client, &main.secret);
        let keys = main.key_block(handshake.suite, &handshake.randoms).map_err(|error| crypto(&error))?;
        Ok(Self { handshake, main, keys })
    }

    /// Sends ChangeCipherSpec and Finished (RFC 5246 §7.1, §7.4.9).
    pub(crate) fn send_finished(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        sink.send_change_cipher_spec();
        self.install(Direction::Sent, sink)?;
        let transcript = &mut self.handshake.transcript;
        let data = self.main.verify_data(self.handshake.role, &transcript.current());
        sink.send(&Message::Finished(Finished { verify_data: data.expose() }), transcript)
    }

    /// The peer's ChangeCipherSpec came: what follows is protected.
    pub(crate) fn on_change_cipher_spec(&self, sink: &mut dyn Sink) -> Result<(), Error> {
        self.install(Direction::Received, sink)
    }

    fn install(&self, direction: Direction, sink: &mut dyn Sink) -> Result<(), Error> {
        let keys = match (self.handshake.role, direction) {
            (Role::Client, Direction::Sent) | (Role::Server, Direction::Received) => &self.keys.client,
            (Role::Client, Direction::Received) | (Role::Server, Direction::Sent) => &self.keys.server,
        };
        let suite = self.handshake.suite;
        let aead = key_schedule::aead(self.handshake.provider.as_ref(), suite, &keys.key);
        let key = aead.map_err(|error| crypto(&error))?;
        sink.install_tls12_keys(InstallTls12Keys { direction, suite, key, fixed_iv: keys.fixed_iv.expose() })
    }

    /// Verifies the peer's Finished, and adds it to the transcript.
    pub(crate) fn check_finished(&mut self, message: &Finished<'_>, raw: &[u8]) -> Result<FinishedVerified, Error> {
        let sender = match self.handshake.role {
            Role::Client => Role::Server,
            Role::Server => Role::Client,
        };
        let expected = self.main.verify_data(sender, &self.handshake.transcript.current());
        let verified = FinishedVerified::check_tls12(&expected, message.verify_data)?;
        self.handshake.transcript.add(raw);
        Ok(verified)
    }
}

/// What a key exchange comes to, from its parts: the shared secret of the public values, the pre-shared key, or both.
pub(crate) fn premaster(
    suite: Suite,
    shared: Option<Secret>,
    psk: Option<&ExternalPsk>,
) -> Result<PremasterSecret, Error> {
    match (suite.key_exchange.exchange(), shared, psk) {
        (_, shared, Some(psk)) => PremasterSecret::psk(psk.secret(), shared.as_ref()).map_err(|error| crypto(&error)),
        (Some(Exchange::Ecdhe), Some(shared), None) => Ok(PremasterSecret::ecdhe(shared)),
        (Some(Exchange::Dhe), Some(shared), None) => Ok(PremasterSecret::dhe(&shared)),
        _ => Err(Error::new(Rule::Internal, "a key exchange without a secret")),
    }
}

/// The peer's public value as the provider takes it: in a finite field as long as the prime (RFC 7919 §3), where TLS 1.2
/// leaves leading zeros out.
pub(crate) fn padded(group: NamedGroup, public: &[u8]) -> Cow<'_, [u8]> {
    let length = group.to_group().and_then(Group::prime).map_or(0, <[u8]>::len);
    match length.checked_sub(public.len()) {
        None | Some(0) => Cow::Borrowed(public),
        Some(missing) => Cow::Owned([&vec![0; missing][..], public].concat()),
    }
}

/// Sends a certificate chain, or none.
pub(crate) fn send_certificate(
    chain: &[Certificate],
    transcript: &mut Transcript,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    let chain = chain.iter().map(Certificate::der).collect();
    sink.send(&Message::CertificateTls12(CertificateTls12 { chain }), transcript)
}

/// Sends the CertificateVerify that proves the possession of the key.
pub(crate) fn send_certificate_verify(
    scheme: SignatureScheme,
    signature: &[u8],
    transcript: &mut Transcript,
    sink: &mut dyn Sink,
) -> Result<(), Error> {
    sink.send(&Message::CertificateVerify(CertificateVerify { scheme, signature }), transcript)
}

/// Reads the certificates of a Certificate message (RFC 5246 §7.4.2).
pub(crate) fn read_certificates(message: &CertificateTls12<'_>) -> Result<Vec<Certificate>, Error> {
    let parse = |(at, der): (usize, &&[u8])| {
        Certificate::from_der(der).map_err(|error| {
            Error::new(Rule::CertificateUndecodable, format!("certificate {at} of the chain: {error}"))
        })
    };
    message.chain.iter().enumerate().map(parse).collect()
}
