//! HKDF (RFC 5869) on the provider's HMAC.

use std::iter;

use zeroize::Zeroize;

use crate::{CryptoError, Digest, HashAlgorithm, Provider, Secret};

/// HKDF-Extract (RFC 5869 §2.2).
///
/// An absent salt is a string of zeros as long as the digest there; HMAC pads its key with zeros, so an empty `salt`
/// is the same.
pub fn extract(provider: &dyn Provider, hash: HashAlgorithm, salt: &[u8], ikm: &[u8]) -> Secret {
    let mut prk = provider.hmac(hash, salt, &[ikm]);
    let secret = Secret::new(prk.as_ref());
    prk.zeroize();
    secret
}

/// As many parts as an `HkdfLabel` has (RFC 8446 §7.1): length, label's length, "tls13 ", label, context's length, context.
const MAX_INFO_PARTS: usize = 6;

/// HKDF-Expand (RFC 5869 §2.3); `info` is the concatenation of its parts, at most six. More than 255 digests of output are
/// refused.
pub fn expand(
    provider: &dyn Provider,
    hash: HashAlgorithm,
    prk: &Secret,
    info: &[&[u8]],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    // §2.3: L <= 255*HashLen, because the counter is one octet that starts at 1.
    if out.len() > 255 * hash.output_len() || info.len() > MAX_INFO_PARTS {
        return Err(CryptoError::InvalidInput);
    }
    provider.hkdf_expand(hash, prk.expose(), info, out)
}

/// The same, by an HMAC whose key is the PRK.
pub(crate) fn expand_by_hmac(
    hash: HashAlgorithm,
    hmac: impl Fn(&[&[u8]]) -> Digest,
    info: &[&[u8]],
    out: &mut [u8],
) -> Result<(), CryptoError> {
    if info.len() > MAX_INFO_PARTS {
        return Err(CryptoError::InvalidInput);
    }
    // T(0) is empty, T(n) = HMAC(PRK, T(n-1) | info | n).
    let mut block = Digest::new(&[]);
    for (counter, chunk) in (1..=u8::MAX).zip(out.chunks_mut(hash.output_len())) {
        let counter = [counter];
        // Parts that stay empty change nothing.
        let mut parts: [&[u8]; MAX_INFO_PARTS + 2] = [&[]; MAX_INFO_PARTS + 2];
        let sequence = iter::once(block.as_ref()).chain(info.iter().copied()).chain(iter::once(counter.as_slice()));
        for (part, from) in parts.iter_mut().zip(sequence) {
            *part = from;
        }
        let mut next = hmac(parts.get(..info.len() + 2).unwrap_or(&parts));
        for (to, from) in chunk.iter_mut().zip(next.as_ref()) {
            *to = *from;
        }
        block.zeroize();
        block = next;
        next.zeroize();
    }
    block.zeroize();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{aws_lc::AwsLc, test_util::hex};

    fn check(ikm: &[u8], salt: &[u8], info: &[u8], prk: &str, okm: &str) {
        let got = extract(&AwsLc, HashAlgorithm::Sha256, salt, ikm);
        assert_eq!(got.expose(), hex(prk));
        let want = hex(okm);
        let mut out = vec![0; want.len()];
        expand(&AwsLc, HashAlgorithm::Sha256, &got, &[info], &mut out).unwrap();
        assert_eq!(out, want);
        // By HMAC, for a provider that has nothing better.
        out.fill(0);
        let hmac = |parts: &[&[u8]]| AwsLc.hmac(HashAlgorithm::Sha256, got.expose(), parts);
        expand_by_hmac(HashAlgorithm::Sha256, hmac, &[info], &mut out).unwrap();
        assert_eq!(out, want);
        // In parts, it is the same string.
        let (a, b) = info.split_at(info.len() / 2);
        out.fill(0);
        expand(&AwsLc, HashAlgorithm::Sha256, &got, &[a, &[], b], &mut out).unwrap();
        assert_eq!(out, want);
    }

    #[test]
    fn rfc5869_test_case_1() {
        check(
            &[0x0b; 22],
            &hex("000102030405060708090a0b0c"),
            &hex("f0f1f2f3f4f5f6f7f8f9"),
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        );
    }

    #[test]
    fn rfc5869_test_case_2_longer_inputs() {
        let ikm: Vec<u8> = (0x00..=0x4f).collect();
        let salt: Vec<u8> = (0x60..=0xaf).collect();
        let info: Vec<u8> = (0xb0..=0xff).collect();
        check(
            &ikm,
            &salt,
            &info,
            "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        );
    }

    #[test]
    fn rfc5869_test_case_3_no_salt_no_info() {
        check(
            &[0x0b; 22],
            &[],
            &[],
            "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        );
    }

    /// The backend's way and that by HMAC give the same, whatever the lengths.
    #[test]
    fn both_ways_agree() {
        for hash in [HashAlgorithm::Sha256, HashAlgorithm::Sha384, HashAlgorithm::Sha512] {
            for prk_len in [0, 1, hash.output_len(), 64, 65, 200] {
                let prk = Secret::new(&vec![0x5a; prk_len]);
                for (info_len, out_len) in
                    [(0, 1), (10, 12), (54, 32), (79, 48), (80, 49), (81, 64), (300, 200), (5, 0)]
                {
                    let info = vec![7; info_len];
                    let (mut one, mut other) = (vec![1; out_len], vec![2; out_len]);
                    expand(&AwsLc, hash, &prk, &[&info, b"x"], &mut one).unwrap();
                    let hmac = |parts: &[&[u8]]| AwsLc.hmac(hash, prk.expose(), parts);
                    expand_by_hmac(hash, hmac, &[&info, b"x"], &mut other).unwrap();
                    assert_eq!(one, other, "{hash:?} {prk_len} {info_len} {out_len}");
                }
            }
        }
    }

    #[test]
    fn output_is_bounded_by_255_digests() {
        let prk = Secret::new(&[7; 48]);
        let mut out = vec![0; 255 * 48];
        assert_eq!(expand(&AwsLc, HashAlgorithm::Sha384, &prk, &[b"x"], &mut out), Ok(()));
        assert!(out.chunks(48).all(|c| c.iter().any(|b| *b != 0)));
        out.push(0);
        assert_eq!(expand(&AwsLc, HashAlgorithm::Sha384, &prk, &[b"x"], &mut out), Err(CryptoError::InvalidInput));
        assert_eq!(expand(&AwsLc, HashAlgorithm::Sha384, &prk, &[], &mut []), Ok(()));
    }
}
