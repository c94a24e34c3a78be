//! What a ClientHello says, as facts that outlive it.

use crate::{
    conn::{CertificateFilter, ClientHelloFacts},
    error::{Error, Rule},
    ext::{Extension, OidFilter, StatusRequest},
    msg::ClientHello,
    registry::{CertificateType, ProtocolVersion},
};

/// How many names of one kind (protocols, authorities) are kept and looked at. A peer can put tens of thousands into a
/// message, and each would cost an allocation for as long as the connection lives.
pub(crate) const MAX_NAMES: usize = 1024;

/// Copies names that outlive their message.
pub(crate) fn keep_names(names: &[&[u8]]) -> Vec<Vec<u8>> {
    names.iter().take(MAX_NAMES).map(|name| name.to_vec()).collect()
}

/// The first filters of a list, to be kept.
pub(crate) fn keep_filters(filters: &[OidFilter<'_>]) -> Vec<CertificateFilter> {
    let keep = |filter: &OidFilter<'_>| CertificateFilter { oid: filter.oid.to_vec(), values: filter.values.to_vec() };
    filters.iter().take(MAX_NAMES).map(keep).collect()
}

/// Gathers the facts; reserved values (RFC 8701) are left out of the lists.
pub(crate) fn client_hello_facts(hello: &ClientHello<'_>) -> ClientHelloFacts {
    let schemes = hello.signature_algorithms().unwrap_or_default();
    let schemes_cert = hello.signature_algorithms_cert().unwrap_or(schemes);
    ClientHelloFacts {
        version: ProtocolVersion::default(),
        // Escaped: until it is judged, it can hold anything, and what is kept may be shown on a terminal.
        server_name: hello.server_name().map(|name| name.escape_ascii().to_string()),
        alpn: keep_names(hello.alpn().unwrap_or_default()),
        versions: match hello.supported_versions() {
            Some(versions) => versions.iter().copied().filter(|version| !version.is_grease()).collect(),
            None => vec![hello.legacy_version],
        },
        cipher_suites: hello.cipher_suites.iter().copied().filter(|suite| !suite.is_grease()).collect(),
        groups: hello
            .supported_groups()
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|group| !group.is_grease())
            .collect(),
        key_shares: hello
            .key_share()
            .unwrap_or_default()
            .iter()
            .map(|share| share.group)
            .filter(|group| !group.is_grease())
            .collect(),
        signature_schemes: schemes.iter().copied().filter(|scheme| !scheme.is_grease()).collect(),
        signature_schemes_cert: schemes_cert.iter().copied().filter(|scheme| !scheme.is_grease()).collect(),
        authorities: keep_names(hello.certificate_authorities().unwrap_or_default()),
        wants_ocsp_response: hello
            .extensions
            .iter()
            .any(|extension| matches!(extension, Extension::StatusRequest(StatusRequest::Ocsp { .. }))),
        wants_sct_list: hello.extensions.contains(&Extension::SctsRequested),
        psk_key_exchange_modes: hello.psk_key_exchange_modes().unwrap_or_default().to_vec(),
        server_certificate_types: certificate_types(hello, |extension| match extension {
            Extension::ServerCertificateTypes(types) => Some(types),
            _ => None,
        }),
        client_certificate_types: certificate_types(hello, |extension| match extension {
            Extension::ClientCertificateTypes(types) => Some(types),
            _ => None,
        }),
        certificate_compressions: hello.compressions().unwrap_or_default().to_vec(),
        extensions: hello.extensions.iter().map(|extension| extension.extension_type()).collect(),
    }
}

/// Certificates are what counts where nothing is said (RFC 7250 §4.1).
fn certificate_types(
    hello: &ClientHello<'_>,
    list: impl for<'e> Fn(&'e Extension<'_>) -> Option<&'e Vec<CertificateType>>,
) -> Vec<CertificateType> {
    hello.extensions.iter().find_map(list).cloned().unwrap_or_else(|| vec![CertificateType::X509])
}

/// Judges the `host_name` (RFC 6066 §3): ASCII, 1 to 255 bytes, no trailing dot. An address is no name; clients that
/// send one all the same are served as if they had sent nothing.
///
/// Labels are not held to LDH: names with underscores are in use, and an unknown name harms nobody.
pub(crate) fn host_name(bytes: &[u8]) -> Result<Option<String>, Error> {
    // Enough to recognise it; a hostile hello has room for 64 KiB.
    let shown = bytes.get(..64).unwrap_or(bytes);
    let invalid =
        || Error::new(Rule::InvalidServerName, format!("\"{}\", {} bytes", shown.escape_ascii(), bytes.len()));
    let name = std::str::from_utf8(bytes).map_err(|_| invalid())?;
    if name.parse::<std::net::IpAddr>().is_ok() {
        return Ok(None);
    }
    let plain = name.len() <= 255 && name.bytes().all(|byte| byte.is_ascii_graphic());
    let labels = name.split('.').all(|label| !label.is_empty() && label.len() <= 63);
    if plain && labels { Ok(Some(name.to_ascii_lowercase())) } else { Err(invalid()) }
}

#[cfg(test)]
mod tests {
    use super::host_name;

    #[test]
    fn names_addresses_and_what_is_neither() {
        assert_eq!(host_name(b"WWW.Example.com").unwrap().as_deref(), Some("www.example.com"));
        assert_eq!(host_name(b"a_b.example").unwrap().as_deref(), Some("a_b.example"));
        assert_eq!(host_name(b"192.0.2.1").unwrap(), None);
        assert_eq!(host_name(b"2001:db8::1").unwrap(), None);
        for bad in [b"example.com.".as_slice(), b".", b"a..b", b"a b", b"a\0b", b"\xff", &[b'a'; 64]] {
            assert_eq!(host_name(bad).unwrap_err().code(), "hello.invalid_server_name", "{}", bad.escape_ascii());
        }
        assert!(host_name(&[0xff; 60_000]).unwrap_err().message().len() < 500);
    }
}
