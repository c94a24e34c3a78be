//! What matters in a message, for a person: `connect --trace`.

use crate::{
    ext::Extension,
    msg::{ClientHello, Message, ServerHello},
    registry::NamedGroup,
};

/// The message's name in the RFC.
pub(super) fn name(message: &Message<'_>) -> &'static str {
    match message {
        Message::ServerHello(hello) if hello.is_retry() => "HelloRetryRequest",
        other => other.handshake_type().message(),
    }
}

/// What matters in it, a phrase each.
pub(super) fn describe(message: &Message<'_>) -> Vec<String> {
    match message {
        Message::ClientHello(hello) => client_hello(hello),
        Message::ServerHello(hello) => server_hello(hello),
        Message::EncryptedExtensions(message) => extensions(&message.extensions),
        Message::CertificateRequest(message) => extensions(&message.extensions),
        Message::Certificate(message) => {
            certificates(message.entries.len(), message.entries.iter().map(|entry| entry.data.len()).sum())
        }
        Message::CompressedCertificate(message) => {
            let (packed, unpacked) = (message.data.len(), message.uncompressed_length);
            vec![format!("{}, {packed} bytes for {unpacked}", message.algorithm)]
        }
        Message::CertificateVerify(message) => vec![message.scheme.to_string()],
        Message::Finished(message) => vec![format!("verify_data, {} bytes", message.verify_data.len())],
        Message::NewSessionTicket(message) => {
            vec![format!("lifetime {} s", message.lifetime), format!("ticket, {} bytes", message.ticket.len())]
        }
        Message::KeyUpdate(message) => {
            vec![String::from(if message.request_update { "update_requested" } else { "update_not_requested" })]
        }
        Message::EndOfEarlyData | Message::HelloRequest | Message::ServerHelloDone => Vec::new(),
        Message::CertificateTls12(message) => {
            certificates(message.chain.len(), message.chain.iter().map(|certificate| certificate.len()).sum())
        }
        Message::CertificateStatus(message) => vec![format!("OCSP response, {} bytes", message.response.len())],
        Message::ServerKeyExchange(message) => vec![format!("{} bytes", message.body.len())],
        Message::ClientKeyExchange(message) => vec![format!("{} bytes", message.body.len())],
        Message::CertificateRequestTls12(message) => {
            vec![
                format!("certificate_types {}", join(message.types.iter())),
                format!("signature_algorithms {}", join(message.schemes.iter())),
                format!("certificate_authorities {} names", message.authorities.len()),
            ]
        }
        Message::NewSessionTicketTls12(message) => {
            vec![format!("lifetime {} s", message.lifetime_hint), format!("ticket, {} bytes", message.ticket.len())]
        }
        Message::Unknown(_, body) => vec![format!("{} bytes", body.len())],
    }
}

fn certificates(count: usize, bytes: usize) -> Vec<String> {
    match count {
        1 => vec![format!("1 certificate, {bytes} bytes")],
        _ => vec![format!("{count} certificates, {bytes} bytes")],
    }
}

fn client_hello(hello: &ClientHello<'_>) -> Vec<String> {
    let suites = hello.cipher_suites.iter().filter(|suite| !suite.is_grease());
    let mut lines = vec![format!("cipher_suites {}", join(suites))];
    lines.extend(extensions(&hello.extensions));
    lines
}

fn server_hello(hello: &ServerHello<'_>) -> Vec<String> {
    let mut lines = vec![format!("cipher_suite {}", hello.cipher_suite)];
    lines.extend(extensions(&hello.extensions));
    lines
}

fn extensions(list: &[Extension<'_>]) -> Vec<String> {
    list.iter().filter(|extension| !extension.extension_type().is_grease()).map(extension).collect()
}

fn extension(extension: &Extension<'_>) -> String {
    // The name of the registry is longer than anything that it could say.
    let name = match extension {
        Extension::Alpn(_) => String::from("alpn"),
        other => other.extension_type().to_string(),
    };
    let share = |group: NamedGroup, len: usize| format!("{group} ({len} bytes)");
    let value = match extension {
        Extension::ServerName(name) => name.escape_ascii().to_string(),
        Extension::SupportedGroups(groups) => join(groups.iter().filter(|group| !group.is_grease())),
        Extension::SignatureAlgorithms(schemes) | Extension::SignatureAlgorithmsCert(schemes) => {
            join(schemes.iter().filter(|scheme| !scheme.is_grease()))
        }
        Extension::Alpn(names) => join(names.iter().map(|name| name.escape_ascii())),
        Extension::SupportedVersionsOffer(versions) => join(versions.iter().filter(|version| !version.is_grease())),
        Extension::SupportedVersionsChoice(version) => version.to_string(),
        Extension::KeyShareOffer(shares) => {
            let real = shares.iter().filter(|entry| !entry.group.is_grease());
            join(real.map(|entry| share(entry.group, entry.key_exchange.len())))
        }
        Extension::KeyShareChoice(entry) => share(entry.group, entry.key_exchange.len()),
        Extension::KeyShareRetry(group) => group.to_string(),
        Extension::RecordSizeLimit(limit) => limit.to_string(),
        Extension::Cookie(cookie) => format!("{} bytes", cookie.len()),
        Extension::CertificateStatus(response) => format!("{} bytes", response.len()),
        Extension::Scts(list) => format!("{} bytes", list.len()),
        Extension::CompressCertificate(algorithms) => join(algorithms.iter()),
        Extension::ClientCertificateTypes(types) | Extension::ServerCertificateTypes(types) => join(types.iter()),
        Extension::ClientCertificateType(kind) | Extension::ServerCertificateType(kind) => kind.to_string(),
        Extension::OidFilters(filters) => format!("{} filters", filters.len()),
        Extension::CertificateAuthorities(names) => format!("{} names", names.len()),
        _ => String::new(),
    };
    match value.is_empty() {
        true => name,
        false => format!("{name} {value}"),
    }
}

/// Enough to see what is going on; a hostile hello lists thousands.
fn join<T: ToString>(items: impl Iterator<Item = T>) -> String {
    items.take(24).map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}
