//! Key exchange: X25519 and the NIST curves here, the hybrids in `hybrid.rs`, ML-KEM alone in `ml_kem.rs`, what aws-lc does not have in `rust_crypto`.

use aws_lc_rs::agreement::{Algorithm, ECDH_P256, ECDH_P384, ECDH_P521, PrivateKey, UnparsedPublicKey, X25519, agree};

use super::{hybrid, ml_kem, random};
#[cfg(feature = "x448")]
use crate::rust_crypto::x448;
use crate::{CryptoError, Group, KeyExchange, Secret, rust_crypto::ffdhe};

/// The defaults, best first: the hybrids outlive a quantum computer, X25519 is the fastest of the others.
pub(super) const GROUPS: &[Group] = &[
    Group::X25519MlKem768,
    Group::Secp256r1MlKem768,
    Group::Secp384r1MlKem1024,
    Group::X25519,
    Group::Secp256r1,
    Group::Secp384r1,
    Group::Secp521r1,
];

/// What else a configuration may name: slow, not audited, or without a curve beside what is young, and nobody needs it
/// who has one of the others.
const ON_REQUEST: &[Group] = &[
    Group::MlKem1024,
    Group::Ffdhe2048,
    Group::Ffdhe3072,
    #[cfg(feature = "x448")]
    Group::X448,
];

/// RFC 7748 §5.
const X25519_LEN: usize = 32;

pub(super) fn supports(group: Group) -> bool {
    GROUPS.contains(&group) || ON_REQUEST.contains(&group)
}

pub(super) fn start(group: Group) -> Result<Box<dyn KeyExchange>, CryptoError> {
    match group {
        Group::X25519 | Group::Secp256r1 | Group::Secp384r1 | Group::Secp521r1 => Ok(Box::new(Ecdh::generate(group)?)),
        Group::X25519MlKem768 | Group::Secp256r1MlKem768 | Group::Secp384r1MlKem1024 => hybrid::start(group),
        Group::MlKem1024 => ml_kem::start(),
        Group::Ffdhe2048 | Group::Ffdhe3072 => ffdhe::start(group, &random),
        #[cfg(feature = "x448")]
        Group::X448 => x448::start(&random),
        #[cfg(not(feature = "x448"))]
        Group::X448 => Err(CryptoError::Unsupported),
    }
}

pub(super) fn accept(group: Group, peer_share: &[u8]) -> Result<(Vec<u8>, Secret), CryptoError> {
    match group {
        Group::X25519 | Group::Secp256r1 | Group::Secp384r1 | Group::Secp521r1 => {
            let own = Ecdh::generate(group)?;
            let secret = own.agree(peer_share)?;
            Ok((own.share, secret))
        }
        Group::X25519MlKem768 | Group::Secp256r1MlKem768 | Group::Secp384r1MlKem1024 => {
            hybrid::accept(group, peer_share)
        }
        Group::MlKem1024 => ml_kem::accept(peer_share),
        Group::Ffdhe2048 | Group::Ffdhe3072 => ffdhe::accept(group, peer_share, &random),
        #[cfg(feature = "x448")]
        Group::X448 => x448::accept(peer_share, &random),
        #[cfg(not(feature = "x448"))]
        Group::X448 => Err(CryptoError::Unsupported),
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

/// The same on any curve that stands alone, X25519 included: published vectors are about all of them.
///
/// The private key is as long as the curve's field ([`CryptoError::InvalidInput`] otherwise), big-endian on the NIST curves.
/// A group that is not one such curve is [`CryptoError::Unsupported`].
pub fn ecdh_from_private(group: Group, private: &[u8]) -> Result<Box<dyn KeyExchange>, CryptoError> {
    Ok(Box::new(Ecdh::from_private(group, private)?))
}

/// Diffie-Hellman on one curve (RFC 8446 §7.4.2).
pub(super) struct Ecdh {
    group: Group,
    private: PrivateKey,
    pub(super) share: Vec<u8>,
}

impl Ecdh {
    pub(super) fn generate(group: Group) -> Result<Self, CryptoError> {
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

    pub(super) fn agree(&self, peer_share: &[u8]) -> Result<Secret, CryptoError> {
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
        _ => Err(CryptoError::Unsupported),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_util::hex;

    /// Share lengths: the client's, the server's, the secret's.
    fn lengths(group: Group) -> (usize, usize, usize) {
        match group {
            Group::X25519MlKem768 => (1216, 1120, 64),
            Group::Secp256r1MlKem768 => (1249, 1153, 64),
            Group::Secp384r1MlKem1024 => (1665, 1665, 80),
            Group::MlKem1024 => (1568, 1568, 32),
            Group::X25519 => (32, 32, 32),
            Group::Secp256r1 => (65, 65, 32),
            Group::Secp384r1 => (97, 97, 48),
            Group::Secp521r1 => (133, 133, 66),
            Group::X448 => (56, 56, 56),
            Group::Ffdhe2048 => (256, 256, 256),
            Group::Ffdhe3072 => (384, 384, 384),
        }
    }

    #[test]
    fn both_sides_agree_in_every_group() {
        for &group in GROUPS.iter().chain(ON_REQUEST) {
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

    /// What is offered works, what is not is refused; the feature adds no default.
    #[test]
    fn what_is_supported() {
        for group in [
            Group::X25519MlKem768,
            Group::Secp256r1MlKem768,
            Group::Secp384r1MlKem1024,
            Group::MlKem1024,
            Group::X25519,
            Group::Secp256r1,
            Group::Secp384r1,
            Group::Secp521r1,
            Group::X448,
            Group::Ffdhe2048,
            Group::Ffdhe3072,
        ] {
            assert_eq!(supports(group), start(group).is_ok(), "{group:?}");
            assert_eq!(supports(group), group != Group::X448 || cfg!(feature = "x448"));
            assert_eq!(group.is_post_quantum(), format!("{group:?}").contains("MlKem"));
            assert_eq!(
                group.prime().map(<[u8]>::len),
                (lengths(group).0 == lengths(group).2 && lengths(group).0 > 200).then(|| lengths(group).0)
            );
        }
        assert!(GROUPS.iter().all(|group| supports(*group) && !ON_REQUEST.contains(group)));
        assert!(!GROUPS.contains(&Group::X448));
        if !supports(Group::X448) {
            assert_eq!(accept(Group::X448, &[5; 56]).unwrap_err(), CryptoError::Unsupported);
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
        for (group, length) in
            [(Group::X25519, 32), (Group::Secp256r1, 32), (Group::Secp384r1, 48), (Group::Secp521r1, 66)]
        {
            // Below the order of every group: the first octet of P-521 holds one bit.
            assert_eq!(ecdh_from_private(group, &vec![1; length]).unwrap().group(), group);
            for other in [0, length - 1, length + 1] {
                let refused = ecdh_from_private(group, &vec![1; other]).err();
                assert_eq!(refused, Some(CryptoError::InvalidInput), "{group:?} {other}");
            }
        }
        for group in [Group::X448, Group::Ffdhe2048, Group::MlKem1024, Group::X25519MlKem768] {
            assert_eq!(ecdh_from_private(group, &[1; 32]).err(), Some(CryptoError::Unsupported), "{group:?}");
        }
    }

    #[test]
    fn every_other_length_is_refused() {
        for &group in GROUPS.iter().chain(ON_REQUEST) {
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
        for &group in GROUPS.iter().filter(|group| !group.is_post_quantum()) {
            let share = start(group).unwrap().share().to_vec();
            for len in 0..share.len() {
                assert_eq!(accept(group, &share[..len]).unwrap_err(), CryptoError::InvalidInput, "{group:?} {len}");
            }
        }
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
}
