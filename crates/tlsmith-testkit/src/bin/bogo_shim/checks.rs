//! What came of a handshake against what the arguments expect.

use std::fmt::Debug;

use tlsmith::{Facts, registry::ProtocolVersion};

use crate::{
    Failure, Options,
    setup::{Setup, load_certificates},
};

/// Compares, right after the handshake.
pub(crate) fn handshake(options: &Options, facts: &Facts, setup: &Setup) -> Result<(), Failure> {
    parameters(options, facts)?;
    names(options, facts)?;
    authentication(options, facts, setup)
}

/// Fails if an expectation is there and the value is another.
fn expect<T: PartialEq + Debug>(what: &str, expected: Option<T>, actual: Option<T>) -> Result<(), Failure> {
    match expected {
        Some(_) if expected != actual => {
            Err(Failure::Unexpected(format!("{what}: wanted {expected:?}, got {actual:?}")))
        }
        _ => Ok(()),
    }
}

fn parameters(options: &Options, facts: &Facts) -> Result<(), Failure> {
    expect("version", Some(ProtocolVersion::TLS1_3), facts.version)?;
    expect("version", options.expect_version, facts.version)?;
    expect("resumed", Some(false), Some(facts.resumed))?;
    expect("cipher suite", options.expect_cipher, facts.cipher_suite)?;
    match has_aes_hardware() {
        true => expect("cipher suite, with AES hardware", options.expect_cipher_aes, facts.cipher_suite)?,
        false => expect("cipher suite, without AES hardware", options.expect_cipher_no_aes, facts.cipher_suite)?,
    }
    expect("group", options.expect_curve_id, facts.group)?;
    expect("retried", options.expect_hrr.then_some(true), Some(facts.retried))?;
    expect("retried", options.expect_no_hrr.then_some(false), Some(facts.retried))?;
    // TLS 1.3 always has what these extensions brought.
    if options.expect_extended_master_secret || options.expect_secure_renegotiation {
        expect("version", Some(ProtocolVersion::TLS1_3), facts.version)?;
    }
    expect("no secure renegotiation", options.expect_no_secure_renegotiation.then_some(true), Some(false))
}

fn names(options: &Options, facts: &Facts) -> Result<(), Failure> {
    expect("server name", options.expect_server_name.as_ref(), facts.server_name.as_ref())?;
    if options.expect_no_server_name && facts.server_name.is_some() {
        return Err(Failure::Unexpected(format!("a server name: {:?}", facts.server_name)));
    }
    let alpn = match (options.server, options.decline_alpn) {
        (true, true) => None,
        (true, false) => options.select_alpn.as_ref(),
        (false, _) => options.expect_alpn.as_ref(),
    };
    if alpn != facts.alpn.as_ref() {
        return Err(Failure::Unexpected(format!("ALPN: wanted {alpn:?}, got {:?}", facts.alpn)));
    }
    if !options.expect_advertised_alpn.is_empty() {
        let offered = facts.client_hello.as_ref().map(|hello| &hello.alpn);
        expect("offered ALPN", Some(&options.expect_advertised_alpn), offered)?;
    }
    Ok(())
}

fn authentication(options: &Options, facts: &Facts, setup: &Setup) -> Result<(), Failure> {
    expect("peer's signature", options.expect_peer_signature_algorithm, facts.signature_scheme)?;
    if !options.expect_peer_verify_prefs.is_empty() {
        let schemes = match options.server {
            true => facts.client_hello.as_ref().map(|hello| &hello.signature_schemes),
            false => facts.certificate_request.as_ref().map(|request| &request.signature_schemes),
        };
        expect("peer's schemes", Some(&options.expect_peer_verify_prefs), schemes)?;
    }
    let authorities = facts.certificate_request.as_ref().map(|request| &request.authorities);
    expect("authorities", options.expect_client_ca_list.as_ref(), authorities)?;
    if options.expect_verify_result {
        // A peer that shows no certificate leaves nothing to be found wrong.
        let nothing_shown = facts.peer_certificates.is_empty();
        let trusted = facts.verification.as_ref().map_or(nothing_shown, |report| report.is_trusted());
        expect("trusted", Some(!options.verify_fail), Some(trusted))?;
    }
    expect("OCSP response", options.expect_ocsp_response.as_ref(), facts.ocsp_response.as_ref())?;
    expect("SCT list", options.expect_signed_cert_timestamps.as_ref(), facts.sct_list.as_ref())?;
    peer_certificates(options, facts)?;
    own_certificates(options, facts, setup)
}

fn peer_certificates(options: &Options, facts: &Facts) -> Result<(), Failure> {
    let shown = !facts.peer_certificates.is_empty();
    if options.expect_no_peer_cert {
        expect("peer showed a certificate", Some(false), Some(shown))?;
    } else if !options.server || options.require_any_client_certificate {
        expect("peer showed a certificate", Some(true), Some(shown))?;
    }
    if let Some(path) = &options.expect_peer_cert_file {
        let wanted = load_certificates(path)?;
        let wanted = wanted.iter().map(|certificate| certificate.der());
        if !wanted.eq(facts.peer_certificates.iter().map(|certificate| certificate.der())) {
            return Err(Failure::Unexpected(String::from("the peer showed other certificates")));
        }
    }
    Ok(())
}

fn own_certificates(options: &Options, facts: &Facts, setup: &Setup) -> Result<(), Failure> {
    let Some(number) = options.expect_selected_credential else {
        return Ok(());
    };
    let shown = facts.own_certificates.iter().map(|certificate| certificate.der());
    let used =
        setup.credentials.0.iter().find(|credential| {
            credential.identity.chain().iter().map(|certificate| certificate.der()).eq(shown.clone())
        });
    expect("credential", Some(number), Some(used.map_or(-1, |credential| credential.number)))
}

/// Whether this machine computes AES in hardware, as the runner's expectations go.
fn has_aes_hardware() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("aes")
    }
    #[cfg(target_arch = "aarch64")]
    {
        std::arch::is_aarch64_feature_detected!("aes")
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        false
    }
}
