//! The checks that both builders make.

use std::{fmt::Display, sync::Arc};

use tlsmith_crypto::Provider;

use super::{ConfigError, Padding};
use crate::{
    auth::schemes,
    hello::{choice::VERSIONS, record_size},
    msg::tls12::Exchange,
    registry::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
    session::ExternalPsk,
    tls12,
    tls13::{self, compress::Compressions},
};

/// The groups that the provider offers by default.
pub(crate) fn default_groups(provider: &dyn Provider) -> Vec<NamedGroup> {
    provider.groups().iter().filter_map(|group| NamedGroup::from_group(*group)).collect()
}

/// TLS 1.2 and TLS 1.3.
pub(super) const ALL_VERSIONS: (ProtocolVersion, ProtocolVersion) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);

/// The suites of a configuration that names none.
pub(super) fn default_suites() -> Vec<CipherSuite> {
    [tls13::suite::DEFAULT, tls12::suite::DEFAULT].concat()
}

/// The version that a suite is of, if it is implemented.
pub(super) fn version_of(suite: CipherSuite) -> Option<ProtocolVersion> {
    let tls12 = || tls12::suite::Suite::new(suite).map(|_| ProtocolVersion::TLS1_2);
    tls13::suite::Suite::new(suite).map(|_| ProtocolVersion::TLS1_3).or_else(tls12)
}

/// Whether keys can be agreed in the group in TLS 1.2.
pub(super) fn is_tls12_group(group: NamedGroup) -> bool {
    [Exchange::Ecdhe, Exchange::Dhe].iter().any(|exchange| exchange.allows(group))
}

/// The versions that are spoken, highest first: those of the range that a suite is allowed of, with a group for it.
pub(super) fn versions(
    (min, max): (ProtocolVersion, ProtocolVersion),
    suites: &[CipherSuite],
    groups: &[NamedGroup],
) -> Result<Vec<ProtocolVersion>, ConfigError> {
    if min > max || [min, max].iter().any(|version| !VERSIONS.contains(version)) {
        return Err(ConfigError {
            code: "config.versions",
            message: format!("the versions {min} to {max} cannot be spoken"),
            fix: "use TLS 1.2 to TLS 1.3; older versions are refused on purpose",
        });
    }
    let usable = |suite: &CipherSuite| match tls12::suite::Suite::new(*suite).map(|suite| suite.key_exchange.exchange())
    {
        Some(Some(exchange)) => groups.iter().any(|group| exchange.allows(*group)),
        Some(None) | None => true,
    };
    let spoken =
        |version: &ProtocolVersion| suites.iter().any(|suite| version_of(*suite) == Some(*version) && usable(suite));
    let list: Vec<_> =
        VERSIONS.iter().copied().filter(|version| (min..=max).contains(version) && spoken(version)).collect();
    match list.is_empty() {
        false => Ok(list),
        true => Err(ConfigError {
            code: "config.no_suite",
            message: format!("no cipher suite of {min} to {max} is allowed with a group that it can use"),
            fix: "allow a suite of a version that is to be spoken, and for TLS 1.2 a group such as x25519 or secp256r1",
        }),
    }
}

pub(super) fn check_suites(suites: &[CipherSuite]) -> Result<(), ConfigError> {
    let supported = [tls13::suite::SUPPORTED, tls12::suite::SUPPORTED].concat();
    check_list("cipher suite", suites, &supported)
}

pub(super) fn check_groups(provider: &dyn Provider, groups: &[NamedGroup]) -> Result<(), ConfigError> {
    let supported = |group: &NamedGroup| group.to_group().is_some_and(|group| provider.supports_group(group));
    check_list("group", groups, &NamedGroup::KNOWN.iter().copied().filter(supported).collect::<Vec<_>>())
}

/// A list of schemes for CertificateVerify needs one that TLS 1.3 allows there, where that is spoken; RSA-PKCS#1 is not
/// (RFC 8446 §4.2.3).
pub(super) fn check_schemes(list: &[SignatureScheme], versions: &[ProtocolVersion]) -> Result<(), ConfigError> {
    check_list("signature scheme", list, schemes::SUPPORTED)?;
    let pkcs1 = |scheme: &SignatureScheme| {
        matches!(schemes::algorithm(*scheme), Some(tlsmith_crypto::SignatureAlgorithm::RsaPkcs1(_)))
    };
    match versions.contains(&ProtocolVersion::TLS1_3) && list.iter().all(pkcs1) {
        true => Err(ConfigError {
            code: "config.no_common_scheme",
            message: String::from("only RSA-PKCS#1 schemes are allowed, and TLS 1.3 has them in certificates only"),
            fix: "add rsa_pss_rsae_sha256 or another scheme that TLS 1.3 signs with",
        }),
        false => Ok(()),
    }
}

pub(super) fn check_schemes_cert(list: &[SignatureScheme]) -> Result<(), ConfigError> {
    check_list("signature scheme", list, schemes::SUPPORTED)
}

fn check_list<T: PartialEq + Display>(what: &str, list: &[T], supported: &[T]) -> Result<(), ConfigError> {
    if list.is_empty() {
        return Err(ConfigError {
            code: "config.empty_list",
            message: format!("no {what} is allowed"),
            fix: "allow at least one, or leave the default",
        });
    }
    if let Some(unknown) = list.iter().find(|item| !supported.contains(item)) {
        let known: Vec<String> = supported.iter().map(ToString::to_string).collect();
        return Err(ConfigError {
            code: "config.unsupported",
            message: format!("the {what} {unknown} is not implemented (there are {})", known.join(", ")),
            fix: "choose among those",
        });
    }
    check_duplicates(what, list)
}

fn check_duplicates<T: PartialEq + Display>(what: &str, list: &[T]) -> Result<(), ConfigError> {
    let twice = list.iter().enumerate().find(|(at, item)| list.iter().take(*at).any(|earlier| earlier == *item));
    match twice {
        Some((_, item)) => Err(ConfigError {
            code: "config.duplicate",
            message: format!("the {what} {item} is listed twice"),
            fix: "list it once, at the place of its preference",
        }),
        None => Ok(()),
    }
}

/// A ClientHello has to hold the names beside everything else, and a server to read them.
pub(super) fn check_authorities(names: &[Vec<u8>]) -> Result<(), ConfigError> {
    const MAX: usize = 16 * 1024;
    let total: usize = names.iter().map(Vec::len).sum();
    match names.iter().any(Vec::is_empty) || total > MAX {
        true => Err(ConfigError {
            code: "config.authorities",
            message: format!("{} names of authorities of {total} bytes in all, or an empty one", names.len()),
            fix: "give the DER names of a few authorities, 16 KiB at most",
        }),
        false => Ok(()),
    }
}

/// `compress_certificate` has room for 127 algorithms, each once (RFC 8879 §3).
pub(super) fn check_compressions(compressions: &Compressions) -> Result<(), ConfigError> {
    let algorithms = compressions.algorithms();
    if algorithms.len() > 127 {
        return Err(ConfigError {
            code: "config.compressions",
            message: format!("{} algorithms for certificate compression", algorithms.len()),
            fix: "give at most 127",
        });
    }
    check_duplicates("certificate compression", &algorithms)
}

/// ALPN names are 1 to 255 bytes (RFC 7301 §3.1), and all of them have to fit one extension.
pub(super) fn check_alpn(protocols: &[Vec<u8>]) -> Result<(), ConfigError> {
    let total: usize = protocols.iter().map(|name| name.len() + 1).sum();
    let names: Vec<String> = protocols.iter().map(|name| name.escape_ascii().to_string()).collect();
    if protocols.iter().any(|name| name.is_empty() || name.len() > 255) || total > 0x7fff {
        return Err(ConfigError {
            code: "config.alpn",
            message: String::from("an application protocol's name is empty or too long"),
            fix: "use names of 1 to 255 bytes such as h2 and http/1.1",
        });
    }
    check_duplicates("application protocol", &names)
}

/// RFC 8449 §4.
pub(super) fn check_record_size_limit(limit: u16) -> Result<(), ConfigError> {
    match (record_size::MIN..=record_size::MAX_TLS13).contains(&limit) {
        true => Ok(()),
        false => Err(ConfigError {
            code: "config.record_size_limit",
            message: format!("records cannot be limited to {limit} bytes"),
            fix: "use 64 to 16385",
        }),
    }
}

/// Each PSK costs every handshake a binder, and all of them have to fit the ClientHello beside everything else.
pub(super) fn check_psks(psks: &[Arc<ExternalPsk>]) -> Result<(), ConfigError> {
    const MAX_PSKS: usize = 8;
    if psks.len() > MAX_PSKS {
        return Err(ConfigError {
            code: "config.psk",
            message: format!("{} pre-shared keys are to be offered", psks.len()),
            fix: "offer at most 8: those that this server knows",
        });
    }
    let names: Vec<String> = psks.iter().map(|psk| psk.identity().escape_ascii().to_string()).collect();
    check_duplicates("pre-shared key", &names)
}

/// Suites of TLS 1.2 that need a pre-shared key are of no use without one.
pub(super) fn check_psk_suites(suites: &[CipherSuite], has_psk: bool) -> Result<(), ConfigError> {
    let is_psk =
        |suite: &&CipherSuite| tls12::suite::Suite::new(**suite).is_some_and(|suite| suite.key_exchange.is_psk());
    match suites.iter().find(is_psk).filter(|_| !has_psk) {
        Some(suite) => Err(ConfigError {
            code: "config.no_psk",
            message: format!("{suite} needs a pre-shared key, and there is none for TLS 1.2"),
            fix: "give one (not an imported one, which is bound to TLS 1.3), or leave the suite out",
        }),
        None => Ok(()),
    }
}

/// A ticket is made at each handshake: more of them than a browser opens connections help nobody.
pub(super) fn check_tickets(count: u8) -> Result<(), ConfigError> {
    const MAX_TICKETS: u8 = 16;
    match count <= MAX_TICKETS {
        true => Ok(()),
        false => Err(ConfigError {
            code: "config.tickets",
            message: format!("{count} tickets are to be sent at each handshake"),
            fix: "send at most 16; 2 is usual",
        }),
    }
}

pub(super) fn check_padding(padding: Padding) -> Result<(), ConfigError> {
    let (amount, allowed) = match padding {
        Padding::None => return Ok(()),
        Padding::MultipleOf(step) => (step, 1..=crate::record::MAX_PLAINTEXT),
        Padding::Bytes(count) => (count, 0..=crate::record::MAX_PLAINTEXT),
    };
    match allowed.contains(&usize::from(amount)) {
        true => Ok(()),
        false => Err(ConfigError {
            code: "config.padding",
            message: format!("records cannot be padded by {amount} bytes, nor to a multiple of it"),
            fix: "use 1 to 16384",
        }),
    }
}
