//! The pseudorandom function of TLS 1.2 (RFC 5246 §5) on the provider's HMAC.

use zeroize::Zeroize;

use crate::{Digest, HashAlgorithm, Provider, Secret};

/// PRF(secret, label, seed) = P_hash(secret, label + seed); `seed` is the concatenation of its parts, `out` says how
/// much is wanted.
pub fn prf(
    provider: &dyn Provider,
    hash: HashAlgorithm,
    secret: &Secret,
    label: &[u8],
    seed: &[&[u8]],
    out: &mut [u8],
) {
    provider.tls12_prf(hash, secret.expose(), label, seed, out);
}

/// The same, by an HMAC whose key is the secret.
pub(crate) fn by_hmac(
    hash: HashAlgorithm,
    hmac: impl Fn(&[&[u8]]) -> Digest,
    label: &[u8],
    seed: &[&[u8]],
    out: &mut [u8],
) {
    let mut seeded = Vec::with_capacity(seed.len() + 1);
    seeded.push(label);
    seeded.extend_from_slice(seed);
    // A(0) = label + seed, A(i) = HMAC(secret, A(i-1)).
    let mut a = hmac(&seeded);
    let mut chunks = out.chunks_mut(hash.output_len()).peekable();
    while let Some(chunk) = chunks.next() {
        let mut parts = Vec::with_capacity(seeded.len() + 1);
        parts.push(a.as_ref());
        parts.extend_from_slice(&seeded);
        let mut block = hmac(&parts);
        for (to, from) in chunk.iter_mut().zip(block.as_ref()) {
            *to = *from;
        }
        block.zeroize();
        if chunks.peek().is_some() {
            let next = hmac(&[a.as_ref()]);
            a.zeroize();
            a = next;
        }
    }
    a.zeroize();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{aws_lc::AwsLc, test_util::hex};

    /// The vectors that implementers exchanged on the TLS working group's list; RFC 5246 has none.
    fn check(hash: HashAlgorithm, secret: &str, seed: &str, expected: &str) {
        let (secret, seed, expected) = (Secret::new(&hex(secret)), hex(seed), hex(expected));
        let mut out = vec![0; expected.len()];
        prf(&AwsLc, hash, &secret, b"test label", &[&seed], &mut out);
        assert_eq!(out, expected);
        // By HMAC, for a provider that has nothing better.
        out.fill(0);
        by_hmac(hash, |parts| AwsLc.hmac(hash, secret.expose(), parts), b"test label", &[&seed], &mut out);
        assert_eq!(out, expected);
        // In parts it is the same, and a shorter output is a prefix of a longer one.
        let (front, back) = seed.split_at(5);
        let mut short = vec![0; 21];
        prf(&AwsLc, hash, &secret, b"test label", &[front, &[], back], &mut short);
        assert_eq!(short, expected[..21]);
    }

    /// The backend's way and that by HMAC give the same, whatever the lengths.
    #[test]
    fn both_ways_agree() {
        for hash in [HashAlgorithm::Sha256, HashAlgorithm::Sha384, HashAlgorithm::Sha512] {
            for (secret_len, seed_len, out_len) in [(0, 5, 9), (1, 0, 12), (48, 64, 48), (200, 77, 104), (32, 64, 0)] {
                let (secret, seed) = (Secret::new(&vec![3; secret_len]), vec![4; seed_len]);
                let (mut one, mut other) = (vec![1; out_len], vec![2; out_len]);
                prf(&AwsLc, hash, &secret, b"key expansion", &[&seed, b"y"], &mut one);
                let hmac = |parts: &[&[u8]]| AwsLc.hmac(hash, secret.expose(), parts);
                by_hmac(hash, hmac, b"key expansion", &[&seed, b"y"], &mut other);
                assert_eq!(one, other, "{hash:?} {secret_len} {seed_len} {out_len}");
            }
        }
    }

    #[test]
    fn sha256() {
        check(
            HashAlgorithm::Sha256,
            "9bbe436ba940f017b17652849a71db35",
            "a0ba9f936cda311827a6f796ffd5198c",
            "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7
             077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66",
        );
    }

    #[test]
    fn sha384() {
        check(
            HashAlgorithm::Sha384,
            "b80b733d6ceefcdc71566ea48e5567df",
            "cd665cf6a8447dd6ff8b27555edb7465",
            "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb40
             0fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d
             31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f",
        );
    }

    #[test]
    fn sha512() {
        check(
            HashAlgorithm::Sha512,
            "b0323523c1853599584d88568bbb05eb",
            "d4640e12e4bcdbfb437f03e6ae418ee5",
            "1261f588c798c5c201ff036e7a9cb5edcd7fe3f94c669a122a4638d7d508b283042df6789875c7147e906d868bc75c45e20eb40c
             1cf4a1713b27371f68432592f7dc8ea8ef223e12ea8507841311bf68653d0cfc4056d811f025c45ddfa6e6fec702f054b409d6f
             28dd0a3233e498da41a3e75c5630eedbe22fe254e33a1b0e9f6b9826675bec7d01a845658dc9c397545401d40b9f46c7a400ee1b
             8f81ca0a60d1a397a1028bff5d2ef5066126842fb8da4197632bdb54ff6633f86bbc836e640d4d898",
        );
    }
}
