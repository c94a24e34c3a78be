//! The proofs that a handshake ends with. Only the functions here make them, and an established connection cannot be
//! made without them.

use tlsmith_crypto::{CryptoError, Digest, Provider, Secret, SignatureAlgorithm};
use tlsmith_x509::Certificate;
use zeroize::Zeroizing;

use super::{HoldsKey, PeerKey, Verdict, schemes};
use crate::{
    error::{Error, Rule},
    registry::SignatureScheme,
    tls13::key_schedule::{self, EarlySecret, Kdf, PskKind},
};

/// The verifier of this side accepted the peer's certificates.
#[derive(Debug)]
pub(crate) struct PeerVerified(());

/// The peer proved that it holds the private key of its certificate.
#[derive(Debug)]
pub(crate) struct SignatureVerified(());

/// The peer proved that it saw the same handshake.
#[derive(Debug)]
pub(crate) struct FinishedVerified(());

/// The peer knows a pre-shared key: one of a session whose handshake proved who it is, or one that it was given.
#[derive(Debug)]
pub(crate) struct PskAuthenticated(());

/// How the peer is known.
#[derive(Debug)]
pub(crate) enum PeerAuthentication {
    /// By a certificate, accepted, and a signature with its key.
    Certificate(PeerVerified, SignatureVerified),
    /// By a pre-shared key.
    Psk(PskAuthenticated),
    /// Not at all: a client that was not asked, or asked and not required.
    Anonymous,
}

impl PeerVerified {
    /// Takes the verifier's word.
    pub(crate) fn by(verdict: Verdict) -> Result<Self, Error> {
        match verdict.accepted {
            true => Ok(Self(())),
            false if verdict.of_key => Err(Error::new(Rule::UnexpectedRawKey, "")),
            false => Err(Error::untrusted(verdict.report)),
        }
    }
}

impl PskAuthenticated {
    /// A session or a pre-shared key of TLS 1.2; that the peer knows the secret is proved by its Finished, which follows from
    /// it, and without which there is no established connection.
    pub(crate) fn by_finished() -> Self {
        Self(())
    }

    /// A server that took the PSK; that it knows it is proved by its Finished, which follows from the PSK.
    pub(crate) fn by_server_choice() -> Self {
        Self(())
    }

    /// Holds the client's binder against the PSK (RFC 8446 §4.2.11.2), in constant time; `transcript` is the hash of
    /// everything up to the binders.
    pub(crate) fn check_binder(
        early: &EarlySecret,
        kind: PskKind,
        transcript: &Digest,
        binder: &[u8],
    ) -> Result<Self, Error> {
        // Wiped in the end: where they differ, it is a proof that the peer could not give.
        let expected = Zeroizing::new(early.binder(kind, transcript).map_err(|error| crypto(&error))?);
        // A digest holds 64 bytes; a binder may have up to 255.
        match binder.len() == expected.as_ref().len() && Digest::new(binder) == *expected {
            true => Ok(Self(())),
            false => Err(Error::new(Rule::BadBinder, "")),
        }
    }
}

/// Who signs: the context string keeps one side's signature from serving as the other's (RFC 8446 §4.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signer {
    Server,
    Client,
}

/// What a CertificateVerify signs (RFC 8446 §4.4.3).
pub(crate) fn signed_content(signer: Signer, transcript: &Digest) -> Vec<u8> {
    const PAD: [u8; 64] = [0x20; 64];
    let context: &[u8] = match signer {
        Signer::Server => b"TLS 1.3, server CertificateVerify",
        Signer::Client => b"TLS 1.3, client CertificateVerify",
    };
    [PAD.as_slice(), context, &[0], transcript.as_ref()].concat()
}

impl SignatureVerified {
    /// Verifies the peer's CertificateVerify; `offered` is what this side accepts.
    pub(crate) fn check(
        provider: &dyn Provider,
        offered: &[SignatureScheme],
        leaf: &impl HoldsKey,
        scheme: SignatureScheme,
        content: &[u8],
        signature: &[u8],
    ) -> Result<Self, Error> {
        let algorithm = schemes::of_leaf(scheme, leaf).filter(|_| offered.contains(&scheme));
        Self::verify(provider, leaf, (scheme, algorithm), content, signature)
    }

    /// The same by the rules of TLS 1.2: a ServerKeyExchange's signature (RFC 5246 §7.4.3) or a CertificateVerify.
    pub(crate) fn check_tls12(
        provider: &dyn Provider,
        offered: &[SignatureScheme],
        leaf: &Certificate,
        scheme: SignatureScheme,
        content: &[u8],
        signature: &[u8],
    ) -> Result<Self, Error> {
        let algorithm = schemes::of_leaf_tls12(scheme, leaf).filter(|_| offered.contains(&scheme));
        Self::verify(provider, leaf, (scheme, algorithm), content, signature)
    }

    fn verify(
        provider: &dyn Provider,
        leaf: &impl HoldsKey,
        (scheme, algorithm): (SignatureScheme, Option<SignatureAlgorithm>),
        content: &[u8],
        signature: &[u8],
    ) -> Result<Self, Error> {
        let key = leaf.key_type().ok_or_else(|| unsupported_key(leaf))?;
        let algorithm = algorithm.ok_or_else(|| {
            Error::new(Rule::SchemeNotOffered, format!("the peer signed with {scheme}; its key is {key}"))
        })?;
        match provider.verify(algorithm, leaf.public_key(), content, signature) {
            Ok(()) => Ok(Self(())),
            // An RSA key that is too short or too long: whether the signature holds, nobody asked.
            Err(CryptoError::Unsupported) => Err(unsupported_key(leaf)),
            Err(_) => Err(Error::new(Rule::BadSignature, format!("{scheme}, {key}"))),
        }
    }
}

/// What was shown has to be a key that can sign.
pub(crate) fn check_key(key: &PeerKey) -> Result<(), Error> {
    match key {
        PeerKey::Certificate(leaf) => check_leaf(leaf),
        // The length of an RSA key is the verifier's matter in a certificate; here nobody else looks.
        PeerKey::Raw(key) => match key.usable() {
            Ok(_) => Ok(()),
            Err(complaint) => {
                Err(Error::new(Rule::CertificateKeyUnsupported, format!("a raw public key, {complaint}")))
            }
        },
    }
}

/// The leaf has to be one that can sign (RFC 8446 §4.4.2.2): a supported key, and a key usage that allows it.
pub(crate) fn check_leaf(leaf: &Certificate) -> Result<(), Error> {
    if leaf.key_type().is_none() {
        return Err(unsupported_key(leaf));
    }
    match leaf.allows_digital_signature() {
        true => Ok(()),
        false => Err(Error::new(Rule::CertificateKeyUnsupported, "its key usage lacks digitalSignature")),
    }
}

fn unsupported_key(leaf: &impl HoldsKey) -> Error {
    Error::new(Rule::CertificateKeyUnsupported, leaf.key_description())
}

impl FinishedVerified {
    /// Compares the peer's `verify_data`, in constant time; `base` is the peer's handshake traffic secret.
    pub(crate) fn check(kdf: &Kdf, base: &Secret, transcript: &Digest, received: &[u8]) -> Result<Self, Error> {
        // Wiped in the end: where they differ, it is a proof that the peer could not give.
        let expected =
            Zeroizing::new(key_schedule::verify_data(kdf, base, transcript).map_err(|error| crypto(&error))?);
        let length = expected.as_ref().len();
        match received.len() == length && Digest::new(received) == *expected {
            true => Ok(Self(())),
            false if received.len() != length => {
                Err(Error::new(Rule::Decode, format!("Finished of {} bytes, not {length}", received.len())))
            }
            false => Err(Error::new(Rule::BadFinished, "")),
        }
    }
}

impl FinishedVerified {
    /// The same of TLS 1.2, against what the peer should have sent (RFC 5246 §7.4.9).
    pub(crate) fn check_tls12(expected: &Secret, received: &[u8]) -> Result<Self, Error> {
        let length = expected.expose().len();
        match received.len() == length && Secret::new(received) == *expected {
            true => Ok(Self(())),
            false if received.len() != length => {
                Err(Error::new(Rule::Decode, format!("Finished of {} bytes, not {length}", received.len())))
            }
            false => Err(Error::new(Rule::BadFinished, "")),
        }
    }
}

/// The provider failed where the peer has no part in it.
pub(crate) fn crypto(error: &tlsmith_crypto::CryptoError) -> Error {
    Error::new(Rule::Crypto, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 8446 §4.4.3, and its counterpart of a client.
    #[test]
    fn what_is_signed() {
        let spaces = "20".repeat(64);
        let server = "544c5320312e332c207365727665722043657274696669636174655665726966790";
        let client = "544c5320312e332c20636c69656e742043657274696669636174655665726966790";
        for (signer, context) in [(Signer::Server, server), (Signer::Client, client)] {
            let expected = format!("{spaces}{context}0{}", "01".repeat(32));
            assert_eq!(signed_content(signer, &Digest::new(&[1; 32])), crate::rfc8448::unhex(&expected));
        }
    }
    /// Whoever shows a short RSA key signed well enough; it is the key that is not taken.
    #[test]
    fn a_short_key_is_not_called_a_bad_signature() {
        let tlv = |tag: u8, content: &[u8]| {
            let length = content.len();
            let head = if length < 128 { vec![tag, length as u8] } else { vec![tag, 0x81, length as u8] };
            [head, content.to_vec()].concat()
        };
        // 1024 bits, and the exponent 65537.
        let modulus = tlv(2, &[&[0][..], &[0xff; 128]].concat());
        let key = tlv(0x30, &[modulus, tlv(2, &[1, 0, 1])].concat());
        let rsa = tlv(0x30, &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0]);
        let spki = tlv(0x30, &[rsa, tlv(3, &[vec![0], key].concat())].concat());
        let leaf = tlsmith_x509::SubjectPublicKeyInfo::from_der(&spki).unwrap();
        let scheme = SignatureScheme::RSA_PSS_RSAE_SHA256;
        let provider = &tlsmith_crypto::aws_lc::AwsLc;
        let error = SignatureVerified::check(provider, &[scheme], &leaf, scheme, b"content", &[1; 128]).unwrap_err();
        assert_eq!((error.rule(), error.to_string().contains("RSA 1024")), (Rule::CertificateKeyUnsupported, true));
    }
}
