//! The limit: the primitives that a handshake or a record cannot do without, called through aws-lc-rs and nothing else.

use std::hint::black_box;

use aws_lc_rs::{
    aead::{AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    agreement::{PrivateKey, UnparsedPublicKey as PublicShare, X25519, agree},
    digest::{self, SHA256},
    error::Unspecified,
    hmac,
    kem::{Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_768},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_2048_8192_SHA256,
        RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256, RSA_PSS_SHA256, RsaKeyPair, UnparsedPublicKey,
    },
};

use crate::{
    Result,
    pki::KeyKind,
    stack::{Aead, Group, Setup, Version},
};

/// What passed in a real handshake: so much is hashed, protected and verified at least.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flights {
    pub(crate) client_hello: usize,
    /// The server's whole first answer.
    pub(crate) server: usize,
}

/// The length of a CertificateVerify's content in TLS 1.3: 64 spaces, a string, a zero, a digest (RFC 8446 §4.4.3).
const SIGNED_CONTENT: usize = 64 + 33 + 1 + 32;
/// A Finished of SHA-256 with the inner content type, and a ticket without certificates: roughly.
const FINISHED: usize = 4 + 32 + 1;
const TICKET: usize = 160;
/// The unprotected part of the server's answer in TLS 1.3 without its share.
const SERVER_HELLO: usize = 95;

/// The keys and inputs of the primitives of one handshake.
pub(crate) struct Limit {
    version: Version,
    resumed: bool,
    group: Group,
    aead: &'static Algorithm,
    signer: Signer,
    /// The certificates that have to be verified, by their lengths.
    certificates: [Vec<u8>; 2],
    certificate_signatures: Vec<Vec<u8>>,
    signature: Vec<u8>,
    peer: PeerShares,
    transcript: Vec<u8>,
    ticket_key: LessSafeKey,
    /// What is protected of the server's answer.
    protected: usize,
}

/// What the other side of the key exchange sent.
struct PeerShares {
    x25519: Vec<u8>,
    encapsulation: Vec<u8>,
    /// The decapsulation key that `ciphertext` was made for.
    decapsulation: DecapsulationKey,
    ciphertext: Vec<u8>,
}

enum Signer {
    Ecdsa(EcdsaKeyPair),
    Rsa(Box<RsaKeyPair>),
}

impl Limit {
    pub(crate) fn new(setup: &Setup<'_>, resumed: bool, flights: Flights) -> Result<Self> {
        let signer = Signer::new(setup.pki.kind)?;
        let certificates = setup.pki.certificate_lens.map(|len| vec![0x5a; len]);
        let certificate_signatures =
            certificates.iter().map(|content| signer.sign_certificate(content)).collect::<Result<_, _>>()?;
        let signature = signer.sign(&[0x5a; SIGNED_CONTENT])?;
        let clear = match (setup.version, setup.group) {
            // Only the Finished messages are protected.
            (Version::Tls12, _) => flights.server,
            (Version::Tls13, Group::X25519) => SERVER_HELLO + 32,
            (Version::Tls13, Group::X25519MlKem768) => SERVER_HELLO + 1088 + 32,
        };
        Ok(Self {
            version: setup.version,
            resumed,
            group: setup.group,
            aead: algorithm(setup.aead),
            signer,
            certificates,
            certificate_signatures,
            signature,
            peer: PeerShares::new()?,
            transcript: vec![0x5a; flights.client_hello + flights.server + FINISHED],
            ticket_key: key(setup.aead)?,
            protected: flights.server.saturating_sub(clear),
        })
    }

    pub(crate) fn client(&self) -> Result<(), Unspecified> {
        if self.exchanges_keys() {
            let private = PrivateKey::generate(&X25519)?;
            private.compute_public_key()?;
            if self.group == Group::X25519MlKem768 {
                let made = DecapsulationKey::generate(&ML_KEM_768)?;
                made.encapsulation_key()?.key_bytes()?;
                self.peer.decapsulation.decapsulate(Ciphertext::from(self.peer.ciphertext.as_slice()))?;
            }
            self.agree(&private)?;
        }
        if !self.resumed {
            for (content, signature) in self.certificates.iter().zip(&self.certificate_signatures) {
                self.signer.verify_certificate(content, signature)?;
            }
            self.signer.verify(&[0x5a; SIGNED_CONTENT], &self.signature)?;
        }
        self.common()
    }

    pub(crate) fn server(&self) -> Result<(), Unspecified> {
        if self.exchanges_keys() {
            let private = PrivateKey::generate(&X25519)?;
            private.compute_public_key()?;
            self.agree(&private)?;
            if self.group == Group::X25519MlKem768 {
                EncapsulationKey::new(&ML_KEM_768, &self.peer.encapsulation).map_err(|_| Unspecified)?.encapsulate()?;
            }
        }
        if self.resumed {
            // The client's ticket opened, a new one sealed.
            seal(&self.ticket_key, &mut [0x5a; TICKET])?;
            seal(&self.ticket_key, &mut [0x5a; TICKET])?;
        } else {
            self.signer.sign(&[0x5a; SIGNED_CONTENT])?;
        }
        self.common()
    }

    /// TLS 1.2 resumes without a key exchange.
    fn exchanges_keys(&self) -> bool {
        self.version == Version::Tls13 || !self.resumed
    }

    fn agree(&self, private: &PrivateKey) -> Result<(), Unspecified> {
        agree(private, PublicShare::new(&X25519, &self.peer.x25519), Unspecified, |_| Ok(()))
    }

    /// What both sides do alike: the transcript's hash, the key schedule, the records.
    fn common(&self) -> Result<(), Unspecified> {
        let mut hash = digest::Context::new(&SHA256);
        hash.update(&self.transcript);
        // ClientHello...ServerHello, ...Certificate, ...CertificateVerify, ...server Finished; in TLS 1.2 before either Finished.
        let (snapshots, directions) = match self.version {
            Version::Tls13 => (4, 4),
            Version::Tls12 => (2, 2),
        };
        for _ in 0..snapshots {
            black_box(hash.clone().finish());
        }
        let (keys, macs) = self.key_schedule();
        for _ in 0..keys {
            black_box(hmac::Key::new(hmac::HMAC_SHA256, &[0x5a; 32]));
        }
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &[0x5a; 32]);
        for _ in 0..macs {
            black_box(hmac::sign(&secret, &[0x5a; 50]));
        }
        let mut buffer = vec![0x5a; self.protected.max(FINISHED)];
        for direction in 0..directions {
            let key = self.new_key()?;
            match direction {
                0 => seal(&key, &mut buffer)?,
                1 => seal(&key, buffer.get_mut(..FINISHED).unwrap_or_default())?,
                _ => {}
            }
        }
        Ok(())
    }

    /// How many secrets are made ready to be keys of HMAC, and how often HMAC is used, at least (RFC 8446 §7.1; the first
    /// extract and its "derived" are the same in every connection without a PSK. RFC 5246 §5).
    const fn key_schedule(&self) -> (usize, usize) {
        match (self.version, self.resumed) {
            (Version::Tls13, false) => (10, 19),
            // The binder, and the PSK of the next ticket.
            (Version::Tls13, true) => (15, 26),
            (Version::Tls12, false) => (2, 12),
            (Version::Tls12, true) => (1, 8),
        }
    }

    fn new_key(&self) -> Result<LessSafeKey, Unspecified> {
        let bytes = vec![0x5a; self.aead.key_len()];
        Ok(LessSafeKey::new(UnboundKey::new(self.aead, &bytes)?))
    }
}

impl PeerShares {
    fn new() -> Result<Self> {
        let decapsulation = DecapsulationKey::generate(&ML_KEM_768)?;
        let encapsulation = decapsulation.encapsulation_key()?.key_bytes()?.as_ref().to_vec();
        let (ciphertext, _) = EncapsulationKey::new(&ML_KEM_768, &encapsulation)?.encapsulate()?;
        let ciphertext = ciphertext.as_ref().to_vec();
        let x25519 = PrivateKey::generate(&X25519)?.compute_public_key()?.as_ref().to_vec();
        Ok(Self { x25519, encapsulation, decapsulation, ciphertext })
    }
}

impl Signer {
    fn new(kind: KeyKind) -> Result<Self> {
        Ok(match kind {
            KeyKind::P256 => Self::Ecdsa(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?),
            KeyKind::Rsa2048 => Self::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048)?)),
        })
    }

    fn sign(&self, content: &[u8]) -> Result<Vec<u8>, Unspecified> {
        self.sign_with(content, &RSA_PSS_SHA256)
    }

    fn sign_certificate(&self, content: &[u8]) -> Result<Vec<u8>, Unspecified> {
        self.sign_with(content, &RSA_PKCS1_SHA256)
    }

    fn sign_with(
        &self,
        content: &[u8],
        rsa: &'static dyn aws_lc_rs::signature::RsaEncoding,
    ) -> Result<Vec<u8>, Unspecified> {
        let random = SystemRandom::new();
        match self {
            Self::Ecdsa(pair) => Ok(pair.sign(&random, content)?.as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(rsa, &random, content, &mut signature)?;
                Ok(signature)
            }
        }
    }

    fn verify(&self, content: &[u8], signature: &[u8]) -> Result<(), Unspecified> {
        match self {
            Self::Ecdsa(pair) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, pair.public_key()).verify(content, signature)
            }
            Self::Rsa(pair) => {
                UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, pair.public_key()).verify(content, signature)
            }
        }
    }

    fn verify_certificate(&self, content: &[u8], signature: &[u8]) -> Result<(), Unspecified> {
        match self {
            Self::Ecdsa(_) => self.verify(content, signature),
            Self::Rsa(pair) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key()).verify(content, signature)
            }
        }
    }
}

/// A key for whole records.
pub(crate) struct Records {
    key: LessSafeKey,
    buffer: Vec<u8>,
    sealed: Vec<u8>,
    tag: Vec<u8>,
}

impl Records {
    /// Of `size` bytes of data each.
    pub(crate) fn new(aead: Aead, size: usize) -> Result<Self> {
        let key = key(aead)?;
        let mut sealed = vec![0x5a; size];
        let tag = key.seal_in_place_separate_tag(nonce(), Aad::from(HEADER), &mut sealed)?.as_ref().to_vec();
        Ok(Self { key, buffer: vec![0; size], sealed, tag })
    }

    pub(crate) fn send(&mut self) -> Result<(), Unspecified> {
        seal(&self.key, &mut self.buffer)
    }

    pub(crate) fn receive(&mut self) -> Result<(), Unspecified> {
        self.key.open_separate_gather(nonce(), Aad::from(HEADER), &self.sealed, &self.tag, &mut self.buffer)
    }
}

/// As long as the additional data of TLS 1.3 (RFC 8446 §5.2).
const HEADER: [u8; 5] = [0x5a; 5];

/// Nothing secret is protected here: it may be the same again and again.
fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0x5a; NONCE_LEN])
}

fn seal(key: &LessSafeKey, buffer: &mut [u8]) -> Result<(), Unspecified> {
    key.seal_in_place_separate_tag(nonce(), Aad::from(HEADER), buffer).map(drop)
}

fn key(aead: Aead) -> Result<LessSafeKey, Unspecified> {
    let algorithm = algorithm(aead);
    Ok(LessSafeKey::new(UnboundKey::new(algorithm, &vec![0x5a; algorithm.key_len()])?))
}

fn algorithm(aead: Aead) -> &'static Algorithm {
    match aead {
        Aead::Aes128Gcm => &AES_128_GCM,
        Aead::Aes256Gcm => &AES_256_GCM,
        Aead::ChaCha20Poly1305 => &CHACHA20_POLY1305,
    }
}
