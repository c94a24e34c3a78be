//! The key schedule against values that an independent implementation of RFC 5246 §5 gave (Python's `hmac`).

use std::sync::Arc;

use tlsmith_crypto::{Digest, HashAlgorithm, Secret, aws_lc::AwsLc};

use super::{
    key_schedule::{MainSecret, PremasterSecret, Prf, Randoms},
    suite::{self, Suite},
};
use crate::{conn::Role, registry::CipherSuite, rfc8448::unhex};

fn prf(hash: HashAlgorithm) -> Prf {
    Prf::new(Arc::new(AwsLc), hash)
}

/// 0, 1, ... 31 and 0x70, 0x71, ... 0x8f.
fn randoms() -> Randoms {
    let counted = |from: u8| std::array::from_fn(|at| from + u8::try_from(at).unwrap());
    Randoms { client: counted(0), server: counted(0x70) }
}

fn premaster() -> PremasterSecret {
    PremasterSecret::ecdhe(Secret::new(&[0x5a; 32]))
}

fn extended(hash: HashAlgorithm) -> MainSecret {
    premaster().into_extended_main(prf(hash), &Digest::new(&[7; 32]))
}

#[test]
fn main_secrets() {
    for (hash, plain, covering) in [
        (
            HashAlgorithm::Sha256,
            "8d9ff23e7cbe1ba65996bbbb423c56e5b2d610da549958ddaa1ebe0624cce41bccfd3d876b9d50d2576b6f50a1679efd",
            "8f2e432588ae8aa08b48843a3977af2eb399bd9a73d2532987801d9aab7a50759651ea3cc5d436f64e8370a144d7f208",
        ),
        (
            HashAlgorithm::Sha384,
            "e7a803215cc3c3cef38870f4bdc413bc6197d9fb0d7110b7a30bfd5460ed88e2402790374dabcfc25e944f0adc73aa1d",
            "166934e4abddb21f9fe3d199405d6b937fe6cba0b1daea168cd7d896c15a0982c7c3d2c88445f404643dfbac235389ca",
        ),
    ] {
        assert_eq!(premaster().into_main(prf(hash), &randoms()).secret.expose(), unhex(plain));
        assert_eq!(extended(hash).secret.expose(), unhex(covering));
    }
}

/// RFC 5246 §8.1.2, RFC 4279 §2: the same secret by another way of writing it.
#[test]
fn premaster_secrets() {
    let main = |premaster: PremasterSecret| {
        let main = premaster.into_main(prf(HashAlgorithm::Sha256), &randoms());
        main.secret.expose().to_vec()
    };
    let raw = |bytes: &[u8]| main(PremasterSecret::ecdhe(Secret::new(bytes)));
    assert_eq!(main(PremasterSecret::dhe(&Secret::new(&[0, 0, 7, 0, 8]))), raw(&[7, 0, 8]));
    // A secret of X25519 keeps its zeros (RFC 8422 §5.11).
    assert_ne!(raw(&[0, 0, 7, 0, 8]), raw(&[7, 0, 8]));
    let psk = Secret::new(&[9; 3]);
    assert_eq!(main(PremasterSecret::psk(&psk, None).unwrap()), raw(&[0, 3, 0, 0, 0, 0, 3, 9, 9, 9]));
    let other = Secret::new(&[5; 2]);
    assert_eq!(main(PremasterSecret::psk(&psk, Some(&other)).unwrap()), raw(&[0, 2, 5, 5, 0, 3, 9, 9, 9]));
}

#[test]
fn key_blocks() {
    for (code, block) in [
        (
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            "b053904b2151df924b1de824ef10b0711315275618fed7f63aa3a46a41401ce5cc08e34abd3634f9",
        ),
        (
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            "f27e6bb7ae3197264a700afd8cd8d57461c0aa41effb44b3534b9c802723915c4171a9c97bca130da423c6308915ac14a295e4c5d9\
             0958f861085aaa5ef487b070a6254fceec7a63",
        ),
    ] {
        let suite = Suite::new(code).unwrap();
        let keys = extended(suite.hash).key_block(suite, &randoms()).unwrap();
        let parts = [&keys.client.key, &keys.server.key, &keys.client.fixed_iv, &keys.server.fixed_iv];
        assert_eq!(parts.map(Secret::expose).concat(), unhex(block));
    }
    for code in suite::SUPPORTED {
        let suite = Suite::new(*code).unwrap();
        let keys = extended(suite.hash).key_block(suite, &randoms()).unwrap();
        assert_eq!(keys.client.key.expose().len(), suite.aead.key_len());
        assert_eq!(keys.server.fixed_iv.expose().len(), suite.fixed_iv_len());
        assert_ne!(keys.client.key, keys.server.key);
    }
}

#[test]
fn finished() {
    for (hash, client, server) in [
        (HashAlgorithm::Sha256, "885dc19067f3300df583fc9e", "724a5e0e66999fc056824439"),
        (HashAlgorithm::Sha384, "b185b7296b8abfd1683f4150", "cb4c937d1cf5493d967b61db"),
    ] {
        let transcript = Digest::new(&[7; 32]);
        let main = extended(hash);
        assert_eq!(main.verify_data(Role::Client, &transcript).expose(), unhex(client));
        assert_eq!(main.verify_data(Role::Server, &transcript).expose(), unhex(server));
    }
}

#[test]
fn exporters() {
    let main = extended(HashAlgorithm::Sha256);
    let export = |label: &[u8], context: Option<&[u8]>| {
        let mut out = [0; 20];
        main.export(&randoms(), label, context, &mut out).map(|()| out.to_vec())
    };
    for (context, expected) in [
        (None, "ff86dfd2ab04ad55025f0d908c65508b15bff247"),
        (Some(&b""[..]), "40c08dc596653b01234cecad5271a1cdecb93dc1"),
        (Some(b"abc"), "2066d0ef265a042864785326234c62fa3b881aa4"),
    ] {
        assert_eq!(export(b"EXPORTER-x", context).unwrap(), unhex(expected));
    }
    // RFC 5705 §4: what the protocol itself uses, and a context that its length cannot say.
    for reserved in ["client finished", "server finished", "master secret", "extended master secret", "key expansion"] {
        assert!(export(reserved.as_bytes(), None).is_err(), "{reserved}");
    }
    assert!(export(b"EXPORTER-x", Some(&[0; 0x1_0000])).is_err());
}
