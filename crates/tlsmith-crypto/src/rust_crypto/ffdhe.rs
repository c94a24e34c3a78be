//! Diffie-Hellman in the finite fields of RFC 7919, on the constant-time arithmetic of `crypto-bigint`.

use crypto_bigint::{
    U2048, U3072, Uint,
    modular::{FixedMontyForm, FixedMontyParams},
};
use zeroize::{Zeroize, Zeroizing};

use super::{Random, primes};
use crate::{CryptoError, Group, KeyExchange, Secret};

/// What Montgomery's multiplication wants to know of each prime, worked out by the compiler.
static PARAMS_2048: FixedMontyParams<{ U2048::LIMBS }> = FixedMontyParams::new_vartime(primes::FFDHE2048);
static PARAMS_3072: FixedMontyParams<{ U3072::LIMBS }> = FixedMontyParams::new_vartime(primes::FFDHE3072);

/// The prime of a group, big-endian; `None` for a group that is not of this kind.
pub(crate) fn prime(group: Group) -> Option<&'static [u8]> {
    match group {
        Group::Ffdhe2048 => Some(primes::FFDHE2048_BYTES.as_ref()),
        Group::Ffdhe3072 => Some(primes::FFDHE3072_BYTES.as_ref()),
        _ => None,
    }
}

/// Bytes of a private exponent. RFC 7919 §5.2 lets it be short, of no less than twice the strength of the group: 225 bits
/// for ffdhe2048 (§A.1) and 275 for ffdhe3072 (§A.2), here to the next byte.
const EXPONENT_2048: usize = 29;
const EXPONENT_3072: usize = 35;

/// Makes a key pair.
pub(crate) fn start(group: Group, random: Random<'_>) -> Result<Box<dyn KeyExchange>, CryptoError> {
    match group {
        Group::Ffdhe2048 => Ok(Box::new(Ffdhe::generate(group, &PARAMS_2048, EXPONENT_2048, random)?)),
        Group::Ffdhe3072 => Ok(Box::new(Ffdhe::generate(group, &PARAMS_3072, EXPONENT_3072, random)?)),
        _ => Err(CryptoError::Unsupported),
    }
}

/// Answers a share. It is checked first: a bad one costs nothing.
pub(crate) fn accept(group: Group, peer_share: &[u8], random: Random<'_>) -> Result<(Vec<u8>, Secret), CryptoError> {
    match group {
        Group::Ffdhe2048 => accept_in(group, &PARAMS_2048, EXPONENT_2048, peer_share, random),
        Group::Ffdhe3072 => accept_in(group, &PARAMS_3072, EXPONENT_3072, peer_share, random),
        _ => Err(CryptoError::Unsupported),
    }
}

fn accept_in<const LIMBS: usize>(
    group: Group,
    params: &'static FixedMontyParams<LIMBS>,
    exponent_len: usize,
    peer_share: &[u8],
    random: Random<'_>,
) -> Result<(Vec<u8>, Secret), CryptoError> {
    let peer = element(params, peer_share)?;
    let own = Ffdhe::generate(group, params, exponent_len, random)?;
    let secret = own.agree(&peer);
    Ok((own.share, secret))
}

/// A peer's share. RFC 7919 §5.1: it is above 1 and below p - 1. In a safe prime's group nothing else has a small order.
fn element<const LIMBS: usize>(
    params: &'static FixedMontyParams<LIMBS>,
    share: &[u8],
) -> Result<FixedMontyForm<LIMBS>, CryptoError> {
    let number: Uint<LIMBS> = number(share)?;
    let highest = params.modulus().as_ref().wrapping_sub(&Uint::ONE);
    match number > Uint::ONE && number < highest {
        true => Ok(FixedMontyForm::new(&number, params)),
        false => Err(CryptoError::InvalidInput),
    }
}

/// A key pair in a field of `LIMBS` words.
struct Ffdhe<const LIMBS: usize> {
    group: Group,
    params: &'static FixedMontyParams<LIMBS>,
    exponent: Zeroizing<Uint<LIMBS>>,
    /// Its length, which is no secret.
    exponent_bits: u32,
    share: Vec<u8>,
}

impl<const LIMBS: usize> Ffdhe<LIMBS> {
    /// The highest bit of the exponent is set, so that it is neither zero nor short.
    fn generate(
        group: Group,
        params: &'static FixedMontyParams<LIMBS>,
        exponent_len: usize,
        random: Random<'_>,
    ) -> Result<Self, CryptoError> {
        let mut exponent = Zeroizing::new(vec![0; exponent_len]);
        random(&mut exponent)?;
        if let Some(first) = exponent.first_mut() {
            *first |= 0x80;
        }
        Self::new(group, params, &exponent)
    }

    fn new(group: Group, params: &'static FixedMontyParams<LIMBS>, exponent: &[u8]) -> Result<Self, CryptoError> {
        let exponent_bits = u32::try_from(exponent.len() * 8).map_err(|_| CryptoError::InvalidInput)?;
        let zeros = Uint::<LIMBS>::BYTES.checked_sub(exponent.len()).ok_or(CryptoError::InvalidInput)?;
        let padded = Zeroizing::new([&vec![0; zeros], exponent].concat());
        let exponent = Zeroizing::new(number(&padded)?);
        let generator = FixedMontyForm::new(&Uint::from(2_u8), params);
        let share = generator.pow_amm_bounded_exp(&exponent, exponent_bits).retrieve().to_be_bytes();
        Ok(Self { group, params, exponent, exponent_bits, share: share.as_ref().to_vec() })
    }

    fn agree(&self, peer: &FixedMontyForm<LIMBS>) -> Secret {
        let mut power = peer.pow_amm_bounded_exp(&self.exponent, self.exponent_bits);
        let number = Zeroizing::new(power.retrieve());
        // RFC 8446 §7.4.1: as long as the prime, zeros to the left.
        let bytes = Zeroizing::new(number.to_be_bytes());
        power.zeroize();
        Secret::new(bytes.as_ref())
    }
}

impl<const LIMBS: usize> KeyExchange for Ffdhe<LIMBS> {
    fn group(&self) -> Group {
        self.group
    }

    fn share(&self) -> &[u8] {
        &self.share
    }

    fn complete(self: Box<Self>, peer_share: &[u8]) -> Result<Secret, CryptoError> {
        Ok(self.agree(&element(self.params, peer_share)?))
    }
}

/// A number of exactly so many bytes, big-endian.
fn number<const LIMBS: usize>(bytes: &[u8]) -> Result<Uint<LIMBS>, CryptoError> {
    match bytes.len() == Uint::<LIMBS>::BYTES {
        true => Ok(Uint::from_be_slice(bytes)),
        false => Err(CryptoError::InvalidInput),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_util::hex;

    const ALL: [Group; 2] = [Group::Ffdhe2048, Group::Ffdhe3072];

    /// A key pair of a known exponent.
    fn known(group: Group, exponent: &[u8]) -> Box<dyn KeyExchange> {
        match group {
            Group::Ffdhe2048 => Box::new(Ffdhe::new(group, &PARAMS_2048, exponent).unwrap()),
            _ => Box::new(Ffdhe::new(group, &PARAMS_3072, exponent).unwrap()),
        }
    }

    fn random(out: &mut [u8]) -> Result<(), CryptoError> {
        aws_lc_rs::rand::fill(out).map_err(|_| CryptoError::Backend)
    }

    /// A share that is `below` less than the prime.
    fn below_prime(group: Group, below: u8) -> Vec<u8> {
        let mut share = prime(group).unwrap().to_vec();
        *share.last_mut().unwrap() -= below;
        share
    }

    /// A share of a small number.
    fn small(group: Group, number: u8) -> Vec<u8> {
        let mut share = vec![0; prime(group).unwrap().len()];
        *share.last_mut().unwrap() = number;
        share
    }

    #[test]
    fn as_python_computes_it() {
        let mut count = 0;
        for line in include_str!("../../tests/data/ffdhe.txt").lines().filter(|line| !line.starts_with('#')) {
            let (name, values) = line.split_once(' ').unwrap();
            let group = if name == "ffdhe2048" { Group::Ffdhe2048 } else { Group::Ffdhe3072 };
            let [exponent, share, peer, secret] = values.split(' ').map(hex).collect::<Vec<_>>().try_into().unwrap();
            let own = known(group, &exponent);
            assert_eq!((own.group(), own.share()), (group, &share[..]));
            assert_eq!(own.complete(&peer).unwrap().expose(), secret, "{line}");
            count += 1;
        }
        assert_eq!(count, 6);
        // The secret with a zero in front kept its length: 2 rows of each group are of that kind or another.
        assert!(include_str!("../../tests/data/ffdhe.txt").lines().any(|line| line.contains(" 00")));
    }

    /// RFC 7919 Appendix A: p and (p - 1) / 2 are primes. By Fermat's test to the bases 2, 3 and 5, which the compiler's
    /// parameters have to carry as well.
    #[test]
    fn the_primes_are_safe() {
        fn check<const LIMBS: usize>(params: &'static FixedMontyParams<LIMBS>) {
            let one = FixedMontyForm::one(params);
            let minus_one = -one;
            let half = params.modulus().as_ref().shr(1);
            let mut non_residues = 0;
            for base in [2_u8, 3, 5, 7, 11, 13] {
                let power = FixedMontyForm::new(&Uint::from(base), params).pow_vartime(&half);
                assert!(power == one || power == minus_one, "{base}");
                non_residues += usize::from(power == minus_one);
            }
            // 2 generates the half of order q (RFC 7919 §A), so that shares tell nothing about the exponent's last bit.
            assert_eq!(FixedMontyForm::new(&Uint::from(2_u8), params).pow_vartime(&half), one);
            assert!(non_residues > 0);
            // q is a prime as well.
            let q = crypto_bigint::Odd::new(half).unwrap();
            let params = FixedMontyParams::new_vartime(q);
            let below = half.wrapping_sub(&Uint::ONE);
            for base in [2_u8, 3, 5] {
                let power = FixedMontyForm::new(&Uint::from(base), &params).pow_vartime(&below);
                assert_eq!(power, FixedMontyForm::one(&params), "{base}");
            }
        }
        check(&PARAMS_2048);
        check(&PARAMS_3072);
        assert_eq!(prime(Group::X25519), None);
    }

    #[test]
    fn both_sides_agree() {
        for (group, len) in ALL.into_iter().zip([256, 384]) {
            let client = start(group, &random).unwrap();
            let (share, secret) = accept(group, client.share(), &random).unwrap();
            assert_eq!((client.share().len(), share.len(), secret.expose().len()), (len, len, len));
            assert_ne!(client.share(), share);
            assert_eq!(client.complete(&share).unwrap(), secret);
        }
        assert_eq!(start(Group::X25519, &random).err(), Some(CryptoError::Unsupported));
    }

    #[test]
    fn shares_out_of_range_are_refused() {
        for group in ALL {
            let highest = vec![0xff; prime(group).unwrap().len()];
            let mut over = prime(group).unwrap().to_vec();
            // p + 2^64, whose last 8 bytes are those of p.
            let at = over.len() - 9;
            over[at] += 1;
            let unused = |_: &mut [u8]| panic!("a key pair for a bad share");
            for bad in [small(group, 0), small(group, 1), below_prime(group, 1), below_prime(group, 0), over, highest] {
                assert_eq!(accept(group, &bad, &unused).unwrap_err(), CryptoError::InvalidInput, "{bad:02x?}");
                let own = start(group, &random).unwrap();
                assert_eq!(own.complete(&bad).unwrap_err(), CryptoError::InvalidInput);
            }
            // The least and the greatest that are shares.
            for good in [small(group, 2), below_prime(group, 2)] {
                accept(group, &good, &random).unwrap();
            }
        }
    }

    #[test]
    fn shares_of_another_length_are_refused() {
        for group in ALL {
            let share = start(group, &random).unwrap().share().to_vec();
            let len = share.len();
            let without_zeros = share.iter().copied().skip(1).collect::<Vec<_>>();
            for bad in [
                &[][..],
                &[2],
                &share[..len - 1],
                &without_zeros,
                &[&share[..], &[0]].concat(),
                &[&[0], &share[..]].concat(),
            ] {
                assert_eq!(accept(group, bad, &random).unwrap_err(), CryptoError::InvalidInput);
                assert_eq!(start(group, &random).unwrap().complete(bad).unwrap_err(), CryptoError::InvalidInput);
            }
        }
        let other = start(Group::Ffdhe3072, &random).unwrap().share().to_vec();
        assert_eq!(accept(Group::Ffdhe2048, &other, &random).unwrap_err(), CryptoError::InvalidInput);
    }

    /// The exponent comes from the source of randomness, whole, and never is one that gives itself away.
    #[test]
    fn exponents() {
        let zeros = |out: &mut [u8]| {
            out.fill(0);
            Ok(())
        };
        for (group, len) in ALL.into_iter().zip([29, 35]) {
            let mut lowest = vec![0; len];
            lowest[0] = 0x80;
            assert_eq!(start(group, &zeros).unwrap().share(), known(group, &lowest).share());
            assert_ne!(start(group, &random).unwrap().share(), start(group, &random).unwrap().share());
            let broken = |_: &mut [u8]| Err(CryptoError::Backend);
            assert_eq!(start(group, &broken).err(), Some(CryptoError::Backend));
        }
    }
}
