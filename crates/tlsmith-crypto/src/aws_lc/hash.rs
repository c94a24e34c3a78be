//! SHA-2 and HMAC.

use aws_lc_rs::{
    digest::{self, Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA384, SHA512},
    hmac::{self, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512},
};

use crate::{Digest, HashAlgorithm, HashContext};

struct Running {
    algorithm: HashAlgorithm,
    context: Context,
}

pub(super) fn start(algorithm: HashAlgorithm) -> Box<dyn HashContext> {
    let backend: &'static digest::Algorithm = match algorithm {
        HashAlgorithm::Sha256 => &SHA256,
        HashAlgorithm::Sha384 => &SHA384,
        HashAlgorithm::Sha512 => &SHA512,
    };
    Box::new(Running { algorithm, context: Context::new(backend) })
}

/// SHA-1, for identifiers.
pub(super) fn sha1(data: &[u8]) -> [u8; 20] {
    let digest = digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, data);
    let mut out = [0; 20];
    out.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
    out
}

impl HashContext for Running {
    fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    fn update(&mut self, data: &[u8]) {
        self.context.update(data);
    }

    fn current(&self) -> Digest {
        Digest::new(self.context.clone().finish().as_ref())
    }

    fn fork(&self) -> Box<dyn HashContext> {
        Box::new(Self { algorithm: self.algorithm, context: self.context.clone() })
    }
}

pub(super) fn hmac(algorithm: HashAlgorithm, key: &[u8], parts: &[&[u8]]) -> Digest {
    let backend = match algorithm {
        HashAlgorithm::Sha256 => HMAC_SHA256,
        HashAlgorithm::Sha384 => HMAC_SHA384,
        HashAlgorithm::Sha512 => HMAC_SHA512,
    };
    let mut context = hmac::Context::with_key(&hmac::Key::new(backend, key));
    for part in parts {
        context.update(part);
    }
    Digest::new(context.sign().as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_util::hex;

    const ALL: [HashAlgorithm; 3] = [HashAlgorithm::Sha256, HashAlgorithm::Sha384, HashAlgorithm::Sha512];

    /// The "abc" examples of FIPS 180-4.
    #[test]
    fn abc() {
        let want = [
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ];
        for (algorithm, want) in ALL.into_iter().zip(want) {
            let mut context = start(algorithm);
            assert_eq!(context.algorithm(), algorithm);
            context.update(b"a");
            let fork = context.fork();
            let before = context.current();
            context.update(b"bc");
            assert_eq!(context.current().as_ref(), hex(want));
            assert_eq!(context.current().as_ref().len(), algorithm.output_len());
            // Neither `current` nor the fork's life touch one another.
            assert_eq!(fork.current(), before);
        }
    }

    /// RFC 3174 §7.3, TEST1.
    #[test]
    fn sha1_rfc3174() {
        assert_eq!(sha1(b"abc").to_vec(), hex("a9993e364706816aba3e25717850c26c9cd0d89d"));
    }

    #[test]
    fn of_nothing() {
        for algorithm in ALL {
            assert_eq!(start(algorithm).current(), algorithm.of_nothing());
        }
    }

    /// RFC 4231 §4.3 (test case 2).
    #[test]
    fn hmac_rfc4231() {
        let want = [
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ];
        for (algorithm, want) in ALL.into_iter().zip(want) {
            let tag = hmac(algorithm, b"Jefe", &[b"what do ya want ", b"", b"for nothing?"]);
            assert_eq!(tag.as_ref(), hex(want));
        }
    }

    /// An empty key is the zero key: HMAC pads.
    #[test]
    fn hmac_with_an_empty_key() {
        for algorithm in ALL {
            let zeros = vec![0; algorithm.output_len()];
            assert_eq!(hmac(algorithm, &[], &[b"x"]), hmac(algorithm, &zeros, &[b"x"]));
        }
    }
}
