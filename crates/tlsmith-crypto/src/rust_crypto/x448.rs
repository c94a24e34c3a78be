//! X448 (RFC 7748), from a crate that nobody has audited: for interoperability, off unless the feature `x448` is on.

use zeroize::Zeroizing;

use super::Random;
use crate::{CryptoError, Group, KeyExchange, Secret};

/// Length of keys, shares and secrets (RFC 7748 §5).
const LEN: usize = 56;

/// The u-coordinate of the base point, 5, little-endian (RFC 7748 §4.2).
const BASE: [u8; LEN] = {
    let mut base = [0; LEN];
    base[0] = 5;
    base
};

/// Makes a key pair.
pub(crate) fn start(random: Random<'_>) -> Result<Box<dyn KeyExchange>, CryptoError> {
    let mut private = Zeroizing::new([0; LEN]);
    random(private.as_mut_slice())?;
    Ok(Box::new(X448::new(private)))
}

/// Answers a share.
pub(crate) fn accept(peer_share: &[u8], random: Random<'_>) -> Result<(Vec<u8>, Secret), CryptoError> {
    let own = start(random)?;
    let share = own.share().to_vec();
    Ok((share, own.complete(peer_share)?))
}

struct X448 {
    private: Zeroizing<[u8; LEN]>,
    share: [u8; LEN],
}

impl X448 {
    /// The private key is any 56 bytes: the function clamps them (RFC 7748 §5).
    fn new(private: Zeroizing<[u8; LEN]>) -> Self {
        let share = ::x448::x448_unchecked(*private, BASE);
        Self { private, share }
    }
}

impl KeyExchange for X448 {
    fn group(&self) -> Group {
        Group::X448
    }

    fn share(&self) -> &[u8] {
        &self.share
    }

    /// RFC 8446 §7.4.2: a result of zeros comes from a point of small order, and is refused. The crate's own check looks at
    /// the encoding of the point instead, which has more than one.
    fn complete(self: Box<Self>, peer_share: &[u8]) -> Result<Secret, CryptoError> {
        let peer: [u8; LEN] = peer_share.try_into().map_err(|_| CryptoError::InvalidInput)?;
        let secret = Secret::new(Zeroizing::new(::x448::x448_unchecked(*self.private, peer)).as_slice());
        match secret == Secret::zero(LEN) {
            true => Err(CryptoError::InvalidInput),
            false => Ok(secret),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_util::hex;

    fn random(out: &mut [u8]) -> Result<(), CryptoError> {
        aws_lc_rs::rand::fill(out).map_err(|_| CryptoError::Backend)
    }

    fn known(private: &[u8]) -> Box<dyn KeyExchange> {
        Box::new(X448::new(Zeroizing::new(private.try_into().unwrap())))
    }

    /// RFC 7748 §5.2, both vectors.
    #[test]
    fn rfc7748_section_5_2() {
        for (scalar, u, result) in [
            (
                "3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a779c984c24f8cdd78fbff44943eba368f54b29259a4f1c600ad3",
                "06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031ddbdc38c19c6da2583fa5429db94ada18aa7a7fb4ef8a086",
                "ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaadeb445fc66a01b0779d98223961111e21766282f73dd96b6f",
            ),
            (
                "203d494428b8399352665ddca42f9de8fef600908e0d461cb021f8c538345dd77c3e4806e25f46d3315c44e0a5b4371282dd2c8d5be3095f",
                "0fbcc2f993cd56d3305b0b7d9e55d4c1a8fb5dbb52f8e9a1e9b6201b165d015894e56c4d3570bee52fe205e28a78b91cdfbde71ce8d157db",
                "884a02576239ff7a2f2f63b2db6a9ff37047ac13568e1e30fe63c4a7ad1b3ee3a5700df34321d62077e63633c575c1c954514e99da7c179d",
            ),
        ] {
            assert_eq!(known(&hex(scalar)).complete(&hex(u)).unwrap().expose(), hex(result));
        }
    }

    /// RFC 7748 §6.2.
    #[test]
    fn rfc7748_section_6_2() {
        let alice = known(&hex(
            "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
        ));
        let bob = known(&hex(
            "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
        ));
        assert_eq!(
            alice.share(),
            hex(
                "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0"
            )
        );
        assert_eq!(
            bob.share(),
            hex(
                "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609"
            )
        );
        let secret = hex(
            "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d",
        );
        let bob_share = bob.share().to_vec();
        assert_eq!(bob.complete(alice.share()).unwrap().expose(), secret);
        assert_eq!(alice.complete(&bob_share).unwrap().expose(), secret);
    }

    /// Shares above the prime, small ones and ones on the twist among them.
    #[test]
    fn as_openssl_computes_it() {
        let mut count = 0;
        for line in include_str!("../../tests/data/x448.txt").lines().filter(|line| !line.starts_with('#')) {
            let [private, share, peer, secret] = line.split(' ').map(hex).collect::<Vec<_>>().try_into().unwrap();
            let own = known(&private);
            assert_eq!((own.group(), own.share()), (Group::X448, &share[..]));
            assert_eq!(own.complete(&peer).unwrap().expose(), secret, "{line}");
            count += 1;
        }
        assert_eq!(count, 12);
    }

    #[test]
    fn both_sides_agree() {
        let client = start(&random).unwrap();
        let (share, secret) = accept(client.share(), &random).unwrap();
        assert_eq!((client.share().len(), share.len(), secret.expose().len()), (LEN, LEN, LEN));
        assert_eq!(client.complete(&share).unwrap(), secret);
    }

    /// 0, 1 and p - 1, and their encodings above p: p, p + 1 (RFC 7748 §6.2 asks for the check of the all-zero result).
    #[test]
    fn points_of_small_order_are_refused() {
        let mut prime = [0xff; LEN];
        prime[28] = 0xfe;
        let mut one = [0; LEN];
        one[0] = 1;
        let mut below = prime;
        below[0] -= 1;
        // p + 1 = 2^448 - 2^224.
        let mut above = [0; LEN];
        above[28..].fill(0xff);
        for point in [[0; LEN], one, below, prime, above] {
            assert_eq!(accept(&point, &random).unwrap_err(), CryptoError::InvalidInput, "{point:02x?}");
            assert_eq!(start(&random).unwrap().complete(&point).unwrap_err(), CryptoError::InvalidInput);
        }
    }

    #[test]
    fn every_other_length_is_refused() {
        let share = start(&random).unwrap().share().to_vec();
        for len in (0..LEN).chain([LEN + 1, 2 * LEN]) {
            let bad: Vec<u8> = share.iter().copied().cycle().take(len).collect();
            assert_eq!(accept(&bad, &random).unwrap_err(), CryptoError::InvalidInput, "{len}");
        }
        assert_eq!(start(&|_| Err(CryptoError::Backend)).err(), Some(CryptoError::Backend));
    }
}
