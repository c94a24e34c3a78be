//! The checks that both builders make.

use std::{fmt::Display, sync::Arc};

use tlsmith_crypto::Provider;

use super::{ConfigError, Padding};
use crate::{
    auth::schemes,
    hello::record_size,
    registry::{CipherSuite, NamedGroup, SignatureScheme},
    session::ExternalPsk,
    tls13::{compress::Compressions, suite},
};

/// The groups that the provider offers by default.
pub(crate) fn default_groups(provider: &dyn Provider) -> Vec<NamedGroup> {
    provider.groups().iter().filter_map(|group| NamedGroup::from_group(*group)).collect()
}

pub(super) fn check_suites(suites: &[CipherSuite]) -> Result<(), ConfigError> {
    check_list("cipher suite", suites, suite::SUPPORTED)
}

pub(super) fn check_groups(provider: &dyn Provider, groups: &[NamedGroup]) -> Result<(), ConfigError> {
    let supported = |group: &NamedGroup| group.to_group().is_some_and(|group| provider.supports_group(group));
    check_list("group", groups, &NamedGroup::KNOWN.iter().copied().filter(supported).collect::<Vec<_>>())
}

/// A list of schemes for CertificateVerify needs one that TLS 1.3 allows there; RSA-PKCS#1 is not (RFC 8446 §4.2.3).
pub(super) fn check_schemes(list: &[SignatureScheme]) -> Result<(), ConfigError> {
    check_list("signature scheme", list, schemes::SUPPORTED)?;
    let pkcs1 = |scheme: &SignatureScheme| {
        matches!(schemes::algorithm(*scheme), Some(tlsmith_crypto::SignatureAlgorithm::RsaPkcs1(_)))
    };
    match list.iter().all(pkcs1) {
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
