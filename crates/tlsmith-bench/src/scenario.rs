//! What is measured.

use crate::{
    Result, bulk, handshake, idle,
    pki::{KeyKind, Pki},
    report::{Row, Side},
    stack::{Aead, Group, Setup, Version},
    turns::Turns,
};

/// A scenario gives a few rows: client and server, or send and receive.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scenario {
    Handshake { version: Version, resumed: bool, key: KeyKind, group: Group },
    Bulk { version: Version, aead: Aead, size: usize },
    Idle { version: Version },
    Allocations { version: Version, resumed: bool },
}

const VERSIONS: [Version; 2] = [Version::Tls13, Version::Tls12];

/// All of them, in the order of the table.
pub(crate) fn all() -> Vec<Scenario> {
    let mut all = Vec::new();
    for version in VERSIONS {
        for resumed in [false, true] {
            for key in [KeyKind::P256, KeyKind::Rsa2048] {
                all.push(Scenario::Handshake { version, resumed, key, group: Group::X25519 });
                if version == Version::Tls13 {
                    // TLS 1.2 has no hybrid groups.
                    all.push(Scenario::Handshake { version, resumed, key, group: Group::X25519MlKem768 });
                }
            }
        }
    }
    for version in VERSIONS {
        for aead in [Aead::Aes128Gcm, Aead::Aes256Gcm, Aead::ChaCha20Poly1305] {
            for size in [16 << 10, 1 << 10, 100] {
                all.push(Scenario::Bulk { version, aead, size });
            }
        }
    }
    all.extend(VERSIONS.map(|version| Scenario::Idle { version }));
    for version in VERSIONS {
        all.extend([false, true].map(|resumed| Scenario::Allocations { version, resumed }));
    }
    all
}

impl Scenario {
    /// What its rows' names begin with.
    fn name(self) -> String {
        let kind = |resumed| if resumed { "resumed" } else { "full" };
        match self {
            Self::Handshake { version, resumed, key, group } => {
                format!("handshake/{}/{}/{}/{}", version.name(), kind(resumed), key.name(), group.name())
            }
            Self::Bulk { version, aead, size } => format!("bulk/{}/{}/{size}", version.name(), aead.name()),
            Self::Idle { version } => format!("idle/{}", version.name()),
            Self::Allocations { version, resumed } => format!("allocations/{}/{}", version.name(), kind(resumed)),
        }
    }

    /// Whether one of its rows has these letters in its name.
    pub(crate) fn matches(self, filter: &str) -> bool {
        let ends = match self {
            Self::Handshake { .. } | Self::Allocations { .. } => Side::BOTH.map(Side::name),
            Self::Bulk { .. } => bulk::DIRECTIONS,
            Self::Idle { .. } => ["client/allocated client/resident", "server/allocated server/resident"],
        };
        ends.iter().any(|end| format!("{}/{end}", self.name()).contains(filter))
    }

    /// Measures it.
    pub(crate) fn run(self, certificates: &Certificates, turns: &Turns) -> Result<Vec<Row>> {
        let name = self.name();
        let setup = self.setup(certificates);
        match self {
            Self::Handshake { .. } => handshake::times(&name, &setup, turns),
            Self::Bulk { size, .. } => bulk::rates(&name, &setup, size, turns),
            Self::Idle { .. } => idle::sizes(&name, &setup, turns),
            Self::Allocations { .. } => handshake::allocations(&name, &setup, turns),
        }
    }

    fn setup(self, certificates: &Certificates) -> Setup<'_> {
        let (version, aead, group, key, resume) = match self {
            Self::Handshake { version, resumed, key, group } => (version, Aead::Aes128Gcm, group, key, resumed),
            Self::Bulk { version, aead, .. } => (version, aead, Group::X25519, KeyKind::P256, false),
            Self::Idle { version } => (version, Aead::Aes128Gcm, Group::X25519, KeyKind::P256, false),
            Self::Allocations { version, resumed } => (version, Aead::Aes128Gcm, Group::X25519, KeyKind::P256, resumed),
        };
        let pki = match key {
            KeyKind::P256 => &certificates.p256,
            KeyKind::Rsa2048 => &certificates.rsa2048,
        };
        Setup { pki, version, aead, group, resume }
    }

    /// In a process of its own: by how much it grows for an idle connection.
    pub(crate) fn resident(version: &str, stack: &str, side: &str, certificates: &Certificates) -> Result<f64> {
        let version = VERSIONS.into_iter().find(|known| known.name() == version).ok_or("no such version")?;
        let side = Side::BOTH.into_iter().find(|known| known.name() == side).ok_or("no such side")?;
        idle::resident(stack, side, &Self::Idle { version }.setup(certificates))
    }
}

/// The chains of both types, made once.
#[derive(Debug)]
pub(crate) struct Certificates {
    p256: Pki,
    rsa2048: Pki,
}

impl Certificates {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { p256: Pki::new(KeyKind::P256)?, rsa2048: Pki::new(KeyKind::Rsa2048)? })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        let names: HashSet<String> = all().into_iter().map(Scenario::name).collect();
        assert_eq!(names.len(), all().len());
        let matching = |filter: &str| all().into_iter().filter(|scenario| scenario.matches(filter)).count();
        assert_eq!(matching(""), all().len());
        assert_eq!(matching("handshake/1.3/full/p256/x25519/server"), 1);
        assert_eq!(matching("receive"), 18);
        assert_eq!(matching("server/resident"), 2);
        assert_eq!(matching("nothing of the kind"), 0);
    }
}
