//! The hybrids of a curve and ML-KEM (draft-ietf-tls-ecdhe-mlkem).

use aws_lc_rs::kem::{Algorithm, Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_768, ML_KEM_1024};

use super::kx::Ecdh;
use crate::{CryptoError, Group, KeyExchange, Secret};

/// What a hybrid is made of.
struct Parts {
    curve: Group,
    /// Length of the curve's share.
    curve_share: usize,
    kem: &'static Algorithm,
    encapsulation_key: usize,
    ciphertext: usize,
    order: Order,
}

/// Which part stands first, on the wire and in the secret (§4.1 to §4.3): the one that the name ends with for X25519,
/// the one that it begins with for the curves of NIST.
#[derive(Clone, Copy)]
enum Order {
    KemFirst,
    CurveFirst,
}

/// Lengths: FIPS 203 §8 table 3 for ML-KEM, RFC 8446 §4.2.8.2 for the curves.
const fn parts(group: Group) -> Result<Parts, CryptoError> {
    match group {
        Group::X25519MlKem768 => Ok(Parts {
            curve: Group::X25519,
            curve_share: 32,
            kem: &ML_KEM_768,
            encapsulation_key: 1184,
            ciphertext: 1088,
            order: Order::KemFirst,
        }),
        Group::Secp256r1MlKem768 => Ok(Parts {
            curve: Group::Secp256r1,
            curve_share: 65,
            kem: &ML_KEM_768,
            encapsulation_key: 1184,
            ciphertext: 1088,
            order: Order::CurveFirst,
        }),
        Group::Secp384r1MlKem1024 => Ok(Parts {
            curve: Group::Secp384r1,
            curve_share: 97,
            kem: &ML_KEM_1024,
            encapsulation_key: 1568,
            ciphertext: 1568,
            order: Order::CurveFirst,
        }),
        _ => Err(CryptoError::Unsupported),
    }
}

impl Order {
    fn join(self, kem: &[u8], curve: &[u8]) -> Vec<u8> {
        match self {
            Self::KemFirst => [kem, curve].concat(),
            Self::CurveFirst => [curve, kem].concat(),
        }
    }

    /// The ML-KEM part and the curve's part of a share; both lengths are exact.
    fn split(self, share: &[u8], kem_len: usize, curve_len: usize) -> Result<(&[u8], &[u8]), CryptoError> {
        if share.len() != kem_len + curve_len {
            return Err(CryptoError::InvalidInput);
        }
        let parts = match self {
            Self::KemFirst => share.split_at_checked(kem_len),
            Self::CurveFirst => share.split_at_checked(curve_len).map(|(curve, kem)| (kem, curve)),
        };
        parts.ok_or(CryptoError::InvalidInput)
    }

    /// The secret, written in place, so that no copy is left behind.
    fn secret(self, kem: &[u8], curve: &Secret) -> Secret {
        let (first, second) = match self {
            Self::KemFirst => (kem, curve.expose()),
            Self::CurveFirst => (curve.expose(), kem),
        };
        let mut secret = Secret::zero(first.len() + second.len());
        for (to, from) in secret.expose_mut().iter_mut().zip(first.iter().chain(second)) {
            *to = *from;
        }
        secret
    }
}

/// The client's side.
struct Hybrid {
    group: Group,
    parts: Parts,
    kem: DecapsulationKey,
    curve: Ecdh,
    share: Vec<u8>,
}

/// The client's share has the encapsulation key and the curve's share (§4.1).
pub(super) fn start(group: Group) -> Result<Box<dyn KeyExchange>, CryptoError> {
    let parts = parts(group)?;
    let kem = DecapsulationKey::generate(parts.kem).map_err(|_| CryptoError::Backend)?;
    let encapsulation = kem.encapsulation_key().and_then(|key| key.key_bytes()).map_err(|_| CryptoError::Backend)?;
    let curve = Ecdh::generate(parts.curve)?;
    let share = parts.order.join(encapsulation.as_ref(), &curve.share);
    Ok(Box::new(Hybrid { group, parts, kem, curve, share }))
}

impl KeyExchange for Hybrid {
    fn group(&self) -> Group {
        self.group
    }

    fn share(&self) -> &[u8] {
        &self.share
    }

    /// The server's share has the ciphertext and the curve's share (§4.2).
    fn complete(self: Box<Self>, peer_share: &[u8]) -> Result<Secret, CryptoError> {
        let Parts { order, ciphertext, curve_share, .. } = self.parts;
        let (ciphertext, peer_curve) = order.split(peer_share, ciphertext, curve_share)?;
        let curve = self.curve.agree(peer_curve)?;
        let kem = self.kem.decapsulate(Ciphertext::from(ciphertext)).map_err(|_| CryptoError::InvalidInput)?;
        Ok(order.secret(kem.as_ref(), &curve))
    }
}

/// The server's side. An encapsulation key that fails the check of FIPS 203 §7.2 is refused.
pub(super) fn accept(group: Group, peer_share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError> {
    let Parts { curve, curve_share, kem, encapsulation_key, order, .. } = parts(group)?;
    let (encapsulation, peer_curve) = order.split(peer_share, encapsulation_key, curve_share)?;
    let own = Ecdh::generate(curve)?;
    let curve = own.agree(peer_curve)?;
    let (ciphertext, kem) = EncapsulationKey::new(kem, encapsulation)
        .ok()
        .and_then(|key| key.encapsulate().ok())
        .ok_or(CryptoError::InvalidInput)?;
    Ok((order.join(ciphertext.as_ref(), &own.share), order.secret(kem.as_ref(), &curve)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Group; 3] = [Group::X25519MlKem768, Group::Secp256r1MlKem768, Group::Secp384r1MlKem1024];

    /// Where the curve's part stands in the client's share, the server's share and the secret, written down from the
    /// draft (§4.1, §4.2, §4.3) and not taken from `parts`.
    fn curve_places(group: Group) -> [std::ops::Range<usize>; 3] {
        match group {
            Group::X25519MlKem768 => [1184..1216, 1088..1120, 32..64],
            Group::Secp256r1MlKem768 => [0..65, 0..65, 0..32],
            Group::Secp384r1MlKem1024 => [0..97, 0..97, 0..48],
            _ => unreachable!(),
        }
    }

    /// The rest of `all` without the curve's part.
    fn without(all: &[u8], curve: &std::ops::Range<usize>) -> Vec<u8> {
        [&all[..curve.start], &all[curve.end..]].concat()
    }

    /// Puts the curve's part back.
    fn with(kem: &[u8], curve: &[u8], place: &std::ops::Range<usize>) -> Vec<u8> {
        let mut all = kem.to_vec();
        all.splice(place.start..place.start, curve.iter().copied());
        assert_eq!(&all[place.clone()], curve);
        all
    }

    fn algorithms(group: Group) -> (Group, &'static Algorithm) {
        match group {
            Group::X25519MlKem768 => (Group::X25519, &ML_KEM_768),
            Group::Secp256r1MlKem768 => (Group::Secp256r1, &ML_KEM_768),
            _ => (Group::Secp384r1, &ML_KEM_1024),
        }
    }

    /// A server put together by hand from the two mechanisms understands the client.
    #[test]
    fn the_client_against_its_parts() {
        for group in ALL {
            let [offered, answered, agreed] = curve_places(group);
            let (curve, kem) = algorithms(group);
            let client = start(group).unwrap();
            let key = EncapsulationKey::new(kem, &without(client.share(), &offered)).unwrap();
            let (ciphertext, kem_secret) = key.encapsulate().unwrap();
            let own = Ecdh::generate(curve).unwrap();
            let curve_secret = own.agree(&client.share()[offered]).unwrap();
            let share = with(ciphertext.as_ref(), &own.share, &answered);
            let expected = with(kem_secret.as_ref(), curve_secret.expose(), &agreed);
            assert_eq!(client.complete(&share).unwrap().expose(), expected, "{group:?}");
        }
    }

    /// And a client put together by hand understands the server.
    #[test]
    fn the_server_against_its_parts() {
        for group in ALL {
            let [offered, answered, agreed] = curve_places(group);
            let (curve, kem) = algorithms(group);
            let key = DecapsulationKey::generate(kem).unwrap();
            let own = Ecdh::generate(curve).unwrap();
            let encapsulation = key.encapsulation_key().unwrap().key_bytes().unwrap().as_ref().to_vec();
            let (share, secret) = accept(group, &with(&encapsulation, &own.share, &offered)).unwrap();
            let curve_secret = own.agree(&share[answered.clone()]).unwrap();
            let ciphertext = without(&share, &answered);
            let kem_secret = key.decapsulate(Ciphertext::from(&ciphertext[..])).unwrap();
            assert_eq!(secret.expose(), with(kem_secret.as_ref(), curve_secret.expose(), &agreed), "{group:?}");
        }
    }

    /// FIPS 203 §7.2, modulus check: coefficients of 12 bits that are not below q = 3329.
    #[test]
    fn mlkem_keys_out_of_range_are_refused() {
        for group in ALL {
            let [offered, ..] = curve_places(group);
            let share = start(group).unwrap().share().to_vec();
            let mut kem = without(&share, &offered);
            let coefficients = kem.len() - 32;
            kem[..coefficients].fill(0xff);
            let bad = with(&kem, &share[offered.clone()], &offered);
            assert_eq!(accept(group, &bad).unwrap_err(), CryptoError::InvalidInput);
        }
    }

    /// Points off the curve, at infinity, compressed or of small order, beside a good ML-KEM part.
    #[test]
    fn the_curve_is_checked_as_it_is_by_itself() {
        for group in ALL {
            let [offered, answered, _] = curve_places(group);
            let client = start(group).unwrap().share().to_vec();
            let (server, _) = accept(group, &client).unwrap();
            let len = offered.len();
            let mut off = client[offered.clone()].to_vec();
            off[len - 1] ^= 1;
            let mut compressed = client[offered.clone()].to_vec();
            compressed[0] = 2;
            // X25519 has no point off the curve and no form; its zero is of small order.
            let bad = if len == 32 { vec![vec![0; len]] } else { vec![off, compressed, vec![0; len]] };
            for point in bad {
                let share = with(&without(&client, &offered), &point, &offered);
                assert_eq!(accept(group, &share).unwrap_err(), CryptoError::InvalidInput, "{group:?} {point:02x?}");
                let share = with(&without(&server, &answered), &point, &answered);
                assert_eq!(start(group).unwrap().complete(&share).unwrap_err(), CryptoError::InvalidInput);
            }
        }
    }

    /// ML-KEM rejects implicitly (FIPS 203 §6.3): another ciphertext gives another secret, not an error.
    #[test]
    fn a_tampered_ciphertext_gives_another_secret() {
        for group in ALL {
            let [_, answered, agreed] = curve_places(group);
            let client = start(group).unwrap();
            let (share, secret) = accept(group, client.share()).unwrap();
            let mut ciphertext = without(&share, &answered);
            ciphertext[100] ^= 1;
            let got = client.complete(&with(&ciphertext, &share[answered.clone()], &answered)).unwrap();
            assert_ne!(got, secret);
            // The curve's half is untouched.
            assert_eq!(got.expose()[agreed.clone()], secret.expose()[agreed]);
        }
    }

    /// Parts in the other order, a client's share where a server's belongs, and the share of another hybrid.
    #[test]
    fn shares_of_something_else_are_refused() {
        for group in ALL {
            let [offered, answered, _] = curve_places(group);
            let client = start(group).unwrap();
            let share = client.share().to_vec();
            let (server, _) = accept(group, &share).unwrap();
            let (curve, kem) = (share[offered.clone()].to_vec(), without(&share, &offered));
            let turned = if offered.start == 0 { [kem, curve].concat() } else { [curve, kem].concat() };
            assert_eq!(accept(group, &turned).unwrap_err(), CryptoError::InvalidInput, "{group:?}");
            if share.len() != server.len() {
                assert_eq!(accept(group, &server).unwrap_err(), CryptoError::InvalidInput);
                assert_eq!(client.complete(&share).unwrap_err(), CryptoError::InvalidInput);
            }
            for other in ALL.into_iter().filter(|other| *other != group) {
                assert_eq!(accept(other, &share).unwrap_err(), CryptoError::InvalidInput);
            }
            for alone in [&share[offered], &server[answered]] {
                assert_eq!(accept(group, alone).unwrap_err(), CryptoError::InvalidInput);
            }
        }
        assert_eq!(start(Group::X25519).err(), Some(CryptoError::Unsupported));
        assert_eq!(accept(Group::Ffdhe2048, &[2; 256]).unwrap_err(), CryptoError::Unsupported);
    }
}
