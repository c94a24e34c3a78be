//! Key exchange: X25519, the NIST curves, and X25519MLKEM768.

use aws_lc_rs::{
    agreement::{Algorithm, ECDH_P256, ECDH_P384, ECDH_P521, PrivateKey, UnparsedPublicKey, X25519, agree},
    kem::{Ciphertext, DecapsulationKey, EncapsulationKey, ML_KEM_768},
};

use crate::{CryptoError, Group, KeyExchange, Secret};

/// Best first: the hybrid outlives a quantum computer, X25519 is the fastest of the others.
pub(super) const GROUPS: &[Group] =
    &[Group::X25519MlKem768, Group::X25519, Group::Secp256r1, Group::Secp384r1, Group::Secp521r1];

/// FIPS 203 §8, table 3, ML-KEM-768.
const MLKEM_ENCAPSULATION_KEY_LEN: usize = 1184;
/// The same table.
const MLKEM_CIPHERTEXT_LEN: usize = 1088;
/// RFC 7748 §5.
const X25519_LEN: usize = 32;

pub(super) fn start(group: Group) -> Result<Box<dyn KeyExchange>, CryptoError> {
    Ok(match group {
        Group::X25519MlKem768 => Box::new(Hybrid::generate()?),
        Group::X25519 | Group::Secp256r1 | Group::Secp384r1 | Group::Secp521r1 => Box::new(Ecdh::generate(group)?),
    })
}

pub(super) fn accept(group: Group, peer_share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError> {
    match group {
        Group::X25519MlKem768 => accept_hybrid(peer_share),
        Group::X25519 | Group::Secp256r1 | Group::Secp384r1 | Group::Secp521r1 => {
            let own = Ecdh::generate(group)?;
            let secret = own.agree(peer_share)?;
            Ok((own.share, secret))
        }
    }
}

/// An X25519 key exchange with a private key that is known, to replay published traces (RFC 8448 §3).
///
/// Only for that: a private key that is used twice, or that anybody else knows, protects nothing.
pub fn x25519_from_private(private: &[u8; 32]) -> Result<Box<dyn KeyExchange>, CryptoError> {
    Ok(Box::new(Ecdh::from_private(Group::X25519, private)?))
}

/// A P-256 key exchange with a private key (big-endian) that is known, to replay published traces (RFC 8448 §5).
///
/// Only for that, as [`x25519_from_private`].
pub fn p256_from_private(private: &[u8; 32]) -> Result<Box<dyn KeyExchange>, CryptoError> {
    Ok(Box::new(Ecdh::from_private(Group::Secp256r1, private)?))
}

/// Diffie-Hellman on one curve (RFC 8446 §7.4.2).
struct Ecdh {
    group: Group,
    private: PrivateKey,
    share: Vec<u8>,
}

impl Ecdh {
    fn generate(group: Group) -> Result<Self, CryptoError> {
        let private = PrivateKey::generate(algorithm(group)?).map_err(|_| CryptoError::Backend)?;
        Self::new(group, private)
    }

    fn from_private(group: Group, private: &[u8]) -> Result<Self, CryptoError> {
        let private =
            PrivateKey::from_private_key(algorithm(group)?, private).map_err(|_| CryptoError::InvalidInput)?;
        Self::new(group, private)
    }

    fn new(group: Group, private: PrivateKey) -> Result<Self, CryptoError> {
        let public = private.compute_public_key().map_err(|_| CryptoError::Backend)?;
        Ok(Self { group, private, share: public.as_ref().to_vec() })
    }

    fn agree(&self, peer_share: &[u8]) -> Result<Secret, CryptoError> {
        // The backend would take compressed points and whole SubjectPublicKeyInfos, too; RFC 8446 §4.2.8.2 has
        // uncompressed points only. It checks that the point is on the curve and that X25519 does not give zero.
        let form = match (self.group, peer_share) {
            (Group::X25519, share) => share.len() == X25519_LEN,
            (_, share) => share.len() == self.share.len() && share.first() == Some(&0x04),
        };
        if !form {
            return Err(CryptoError::InvalidInput);
        }
        let peer = UnparsedPublicKey::new(algorithm(self.group)?, peer_share);
        agree(&self.private, peer, CryptoError::InvalidInput, |secret| Ok(Secret::new(secret)))
    }
}

impl KeyExchange for Ecdh {
    fn group(&self) -> Group {
        self.group
    }

    fn share(&self) -> &[u8] {
        &self.share
    }

    fn complete(self: Box<Self>, peer_share: &[u8]) -> Result<Secret, CryptoError> {
        self.agree(peer_share)
    }
}

fn algorithm(group: Group) -> Result<&'static Algorithm, CryptoError> {
    match group {
        Group::X25519 => Ok(&X25519),
        Group::Secp256r1 => Ok(&ECDH_P256),
        Group::Secp384r1 => Ok(&ECDH_P384),
        Group::Secp521r1 => Ok(&ECDH_P521),
        Group::X25519MlKem768 => Err(CryptoError::Unsupported),
    }
}

/// The client's side of X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem §4).
struct Hybrid {
    mlkem: DecapsulationKey,
    x25519: Ecdh,
    share: Vec<u8>,
}

impl Hybrid {
    /// §4.1: the client's share is the encapsulation key, then the X25519 share.
    fn generate() -> Result<Self, CryptoError> {
        let mlkem = DecapsulationKey::generate(&ML_KEM_768).map_err(|_| CryptoError::Backend)?;
        let encapsulation =
            mlkem.encapsulation_key().and_then(|key| key.key_bytes()).map_err(|_| CryptoError::Backend)?;
        let x25519 = Ecdh::generate(Group::X25519)?;
        let share = [encapsulation.as_ref(), &x25519.share].concat();
        Ok(Self { mlkem, x25519, share })
    }
}

impl KeyExchange for Hybrid {
    fn group(&self) -> Group {
        Group::X25519MlKem768
    }

    fn share(&self) -> &[u8] {
        &self.share
    }

    /// §4.2: the server's share is the ciphertext, then the X25519 share.
    fn complete(self: Box<Self>, peer_share: &[u8]) -> Result<Secret, CryptoError> {
        let (ciphertext, peer_x25519) = split(peer_share, MLKEM_CIPHERTEXT_LEN)?;
        let mlkem = self.mlkem.decapsulate(Ciphertext::from(ciphertext)).map_err(|_| CryptoError::InvalidInput)?;
        let x25519 = self.x25519.agree(peer_x25519)?;
        Ok(concatenate(mlkem.as_ref(), &x25519))
    }
}

/// The server's side. An encapsulation key that fails the check of FIPS 203 §7.2 is refused.
fn accept_hybrid(peer_share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError> {
    let (encapsulation, peer_x25519) = split(peer_share, MLKEM_ENCAPSULATION_KEY_LEN)?;
    let own = Ecdh::generate(Group::X25519)?;
    let x25519 = own.agree(peer_x25519)?;
    let (ciphertext, mlkem) = EncapsulationKey::new(&ML_KEM_768, encapsulation)
        .ok()
        .and_then(|key| key.encapsulate().ok())
        .ok_or(CryptoError::InvalidInput)?;
    let share = [ciphertext.as_ref(), &own.share].concat();
    Ok((share, concatenate(mlkem.as_ref(), &x25519)))
}

/// The two parts of a hybrid share; both lengths are exact.
fn split(share: &[u8], mlkem_len: usize) -> Result<(&[u8], &[u8]), CryptoError> {
    match share.split_at_checked(mlkem_len) {
        Some((mlkem, x25519)) if x25519.len() == X25519_LEN => Ok((mlkem, x25519)),
        _ => Err(CryptoError::InvalidInput),
    }
}

/// §4.3: the ML-KEM secret, then the X25519 secret. Written in place, so that no copy is left behind.
fn concatenate(mlkem: &[u8], x25519: &Secret) -> Secret {
    let mut secret = Secret::zero(mlkem.len() + x25519.expose().len());
    for (to, from) in secret.expose_mut().iter_mut().zip(mlkem.iter().chain(x25519.expose())) {
        *to = *from;
    }
    secret
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_util::hex;

    /// Share lengths: the client's, the server's, the secret's.
    fn lengths(group: Group) -> (usize, usize, usize) {
        match group {
            Group::X25519MlKem768 => (1216, 1120, 64),
            Group::X25519 => (32, 32, 32),
            Group::Secp256r1 => (65, 65, 32),
            Group::Secp384r1 => (97, 97, 48),
            Group::Secp521r1 => (133, 133, 66),
        }
    }

    #[test]
    fn both_sides_agree_in_every_group() {
        for &group in GROUPS {
            let client = start(group).unwrap();
            assert_eq!(client.group(), group);
            let (server_share, server_secret) = accept(group, client.share()).unwrap();
            assert_eq!((client.share().len(), server_share.len(), server_secret.expose().len()), lengths(group));
            let client_secret = client.complete(&server_share).unwrap();
            assert_eq!(client_secret, server_secret);
            // A second exchange has another secret.
            let (_, other) = accept(group, start(group).unwrap().share()).unwrap();
            assert_ne!(other, server_secret);
        }
    }

    fn known(group: Group, private: [&str; 2], public: [&str; 2], secret: &str) {
        let [alice, bob] = private.map(|key| Box::new(Ecdh::from_private(group, &hex(key)).unwrap()));
        assert_eq!([alice.share(), bob.share()], public.map(hex));
        let bob_share = bob.share().to_vec();
        assert_eq!(bob.complete(alice.share()).unwrap().expose(), hex(secret));
        assert_eq!(alice.complete(&bob_share).unwrap().expose(), hex(secret));
    }

    #[test]
    fn x25519_rfc7748_section_6_1() {
        known(
            Group::X25519,
            [
                "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
                "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
            ],
            [
                "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
                "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
            ],
            "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
        );
    }

    #[test]
    fn p256_rfc5903_section_8_1() {
        known(
            Group::Secp256r1,
            [
                "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433",
                "C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53",
            ],
            [
                "04DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C37725811805271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3",
                "04D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF6356FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB",
            ],
            "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE",
        );
    }

    #[test]
    fn private_keys_out_of_range_are_refused() {
        assert!(p256_from_private(&[0; 32]).is_err());
        assert!(p256_from_private(&[0xff; 32]).is_err());
        assert_eq!(x25519_from_private(&[7; 32]).unwrap().group(), Group::X25519);
        assert_eq!(p256_from_private(&[7; 32]).unwrap().group(), Group::Secp256r1);
    }

    #[test]
    fn every_other_length_is_refused() {
        for &group in GROUPS {
            let client = start(group).unwrap();
            let (server_share, _) = accept(group, client.share()).unwrap();
            let short = &client.share()[..client.share().len() - 1];
            assert_eq!(accept(group, short).unwrap_err(), CryptoError::InvalidInput);
            assert_eq!(accept(group, &[client.share(), &[0]].concat()).unwrap_err(), CryptoError::InvalidInput);
            for share in [&server_share[..server_share.len() - 1], &[&server_share[..], &[0]].concat(), &[], &[4]] {
                assert_eq!(start(group).unwrap().complete(share).unwrap_err(), CryptoError::InvalidInput);
            }
        }
        // Every length below, for the small groups.
        for &group in GROUPS.iter().filter(|g| **g != Group::X25519MlKem768) {
            let share = start(group).unwrap().share().to_vec();
            for len in 0..share.len() {
                assert_eq!(accept(group, &share[..len]).unwrap_err(), CryptoError::InvalidInput, "{group:?} {len}");
            }
        }
        // A client's share where a server's belongs, and the other way round.
        let client = start(Group::X25519MlKem768).unwrap();
        let (server_share, _) = accept(Group::X25519MlKem768, client.share()).unwrap();
        assert!(accept(Group::X25519MlKem768, &server_share).is_err());
        let own = client.share().to_vec();
        assert!(client.complete(&own).is_err());
    }

    /// Points of small order (RFC 7748 §6.1 asks for the check of the all-zero result).
    #[test]
    fn x25519_low_order_points_are_refused() {
        let order_8 = hex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
        let p_minus_1 = hex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
        let mut one = vec![0; 32];
        one[0] = 1;
        for point in [vec![0; 32], one, order_8, p_minus_1] {
            assert_eq!(accept(Group::X25519, &point).unwrap_err(), CryptoError::InvalidInput);
            assert_eq!(start(Group::X25519).unwrap().complete(&point).unwrap_err(), CryptoError::InvalidInput);
            // Inside the hybrid, too.
            let mut share = start(Group::X25519MlKem768).unwrap().share().to_vec();
            share.splice(1184.., point);
            assert_eq!(accept(Group::X25519MlKem768, &share).unwrap_err(), CryptoError::InvalidInput);
        }
    }

    #[test]
    fn points_off_the_curve_and_other_encodings_are_refused() {
        for group in [Group::Secp256r1, Group::Secp384r1, Group::Secp521r1] {
            let share = start(group).unwrap().share().to_vec();
            let half = share.len() / 2;

            let mut off = share.clone();
            *off.last_mut().unwrap() ^= 1;
            let mut hybrid = share.clone();
            hybrid[0] = 6 | (share[share.len() - 1] & 1);
            let mut compressed = share[..=half].to_vec();
            compressed[0] = 2 | (share[share.len() - 1] & 1);
            let mut zeros = vec![0; share.len()];
            zeros[0] = 4;
            let mut too_large = vec![0xff; share.len()];
            too_large[0] = 4;
            for bad in [off, hybrid, compressed, zeros, too_large, vec![0], vec![0; share.len()]] {
                assert_eq!(accept(group, &bad).unwrap_err(), CryptoError::InvalidInput, "{group:?} {bad:02x?}");
                assert_eq!(start(group).unwrap().complete(&bad).unwrap_err(), CryptoError::InvalidInput);
            }
        }
    }

    /// FIPS 203 §7.2, modulus check: coefficients of 12 bits that are not below q = 3329.
    #[test]
    fn mlkem_keys_out_of_range_are_refused() {
        let mut share = start(Group::X25519MlKem768).unwrap().share().to_vec();
        share[..1152].fill(0xff);
        assert_eq!(accept(Group::X25519MlKem768, &share).unwrap_err(), CryptoError::InvalidInput);
    }

    /// ML-KEM rejects implicitly (FIPS 203 §6.3): another ciphertext gives another secret, not an error.
    #[test]
    fn a_tampered_ciphertext_gives_another_secret() {
        let client = start(Group::X25519MlKem768).unwrap();
        let (mut share, secret) = accept(Group::X25519MlKem768, client.share()).unwrap();
        share[100] ^= 1;
        let got = client.complete(&share).unwrap();
        assert_ne!(got, secret);
        // The X25519 half is untouched.
        assert_eq!(got.expose()[32..], secret.expose()[32..]);
    }
}
