//! Imported external PSKs (RFC 9258), against a computation of our own and between both sides.

use std::sync::Arc;

use tlsmith_crypto::{HashAlgorithm, Secret};

use super::{Pair, World};
use crate::{registry::CipherSuite, session::ExternalPsk};

fn key() -> Secret {
    Secret::new(&(0..32).collect::<Vec<u8>>())
}

fn import(world: &World, hash: HashAlgorithm, context: &[u8]) -> Vec<Arc<ExternalPsk>> {
    ExternalPsk::import(&world.provider, b"client-1", &key(), hash, context).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 9258 has no test vectors: these were computed by the formulas of its section 5.1 with Python's `hmac`.
#[test]
fn keys_by_the_formulas() {
    let world = World::new();
    let identity = |kdf: &str| format!("0008636c69656e742d310003637478030400{kdf}");
    for (hash, kdf, secret) in [
        (HashAlgorithm::Sha256, "01", "dadaabfb9fb2d9205e960af9fd217aa22282f11b975e4e4423a4a809006f5448"),
        (
            HashAlgorithm::Sha256,
            "02",
            "315051493e171fb75cea55c937c13a2eee3fd4c653edcbb651bfdde232a468680989a23abd98fd2450486679242584f6",
        ),
        (HashAlgorithm::Sha384, "01", "5bbfcde1a09b265d20c56fbdf5bd54934bf4071c827a4dbd643a2b082fd0a30c"),
        (
            HashAlgorithm::Sha384,
            "02",
            "4c887984818e79016174194ffc78c48b782191ddecdc50e0b4cbf42118bf4832d8bce351f730a7144a66dbd4eb8be228",
        ),
    ] {
        let imported = import(&world, hash, b"ctx");
        let psk = imported.iter().find(|psk| hex(psk.identity()) == identity(kdf)).unwrap();
        assert_eq!(hex(psk.secret().expose()), secret);
        let target = if kdf == "01" { HashAlgorithm::Sha256 } else { HashAlgorithm::Sha384 };
        assert!(psk.hash() == target && psk.is_imported());
    }
}

/// Both sides import the same; the suite's hash decides which of the keys is used.
#[test]
fn both_sides_import() {
    let world = World::new();
    let known = |by_client: &[Arc<ExternalPsk>], by_server: &[Arc<ExternalPsk>], suite| {
        let client = world.client().cipher_suites(&[suite]).psks(by_client.to_vec()).build().unwrap();
        let server = world.server().psks(Arc::new(by_server.to_vec())).build().unwrap();
        let mut pair = Pair::new(client, server);
        pair.run().unwrap();
        pair.exchange();
        assert_eq!(pair.client.facts().external_psk, pair.server.facts().external_psk);
        pair.server.facts().external_psk
    };
    let bare = [ExternalPsk::new(b"client-1", key(), HashAlgorithm::Sha256).unwrap()];
    let (one, other) = (import(&world, HashAlgorithm::Sha256, b"one"), import(&world, HashAlgorithm::Sha256, b"other"));
    for suite in [CipherSuite::TLS_AES_128_GCM_SHA256, CipherSuite::TLS_AES_256_GCM_SHA384] {
        assert!(known(&one, &one, suite));
        // Another context is another key, and so is the key itself: nobody knows it by that name.
        assert!(!known(&one, &other, suite));
        assert!(!known(&one, &bare, suite));
    }
}

/// The name is the same, and the key another: the binder tells.
#[test]
fn another_key_under_the_same_name() {
    let world = World::new();
    let other = ExternalPsk::import(&world.provider, b"client-1", &Secret::new(&[7; 32]), HashAlgorithm::Sha256, b"");
    let client = world.client().psks(import(&world, HashAlgorithm::Sha256, b"")).build().unwrap();
    let server = world.server().psks(Arc::new(other.unwrap())).build().unwrap();
    assert_eq!(Pair::new(client, server).run().unwrap_err().code(), "psk.bad_binder");
}

#[test]
fn what_cannot_be_imported() {
    let world = World::new();
    let refused = |identity: &[u8], secret: &[u8], context: &[u8]| {
        let made = ExternalPsk::import(&world.provider, identity, &Secret::new(secret), HashAlgorithm::Sha256, context);
        made.unwrap_err().code
    };
    assert_eq!(refused(b"", b"secret", b""), "config.psk");
    assert_eq!(refused(b"name", b"", b""), "config.psk");
    assert_eq!(refused(b"name", b"secret", &[0; 4096]), "config.psk");
    assert_eq!(refused(b"name", b"secret", &[0; 0x1_0000]), "config.psk");
}
