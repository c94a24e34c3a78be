//! What came of a handshake against what the arguments expect.

use std::fmt::Debug;

use tlsmith::{
    Facts,
    conn::{EarlyDataRefusal, EarlyDataStatus},
    registry::{CertificateType, ExtensionType, ProtocolVersion},
    session::WhyNot,
};

use crate::{
    Failure, Options,
    setup::{Setup, load_certificates},
};

/// Compares, right after the handshake.
pub(crate) fn handshake(options: &Options, facts: &Facts, setup: &Setup, resumes: bool) -> Result<(), Failure> {
    expect("resumed", Some(resumes && !options.expect_session_miss), Some(facts.resumed))?;
    parameters(options, facts)?;
    early_data(options, facts, resumes)?;
    session_id(options, setup, resumes)?;
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
    expect("version", options.expect_version, facts.version)?;
    expect("cipher suite", options.expect_cipher, facts.cipher_suite)?;
    match has_aes_hardware() {
        true => expect("cipher suite, with AES hardware", options.expect_cipher_aes, facts.cipher_suite)?,
        false => expect("cipher suite, without AES hardware", options.expect_cipher_no_aes, facts.cipher_suite)?,
    }
    expect("group", options.expect_curve_id, facts.group)?;
    expect("retried", options.expect_hrr.then_some(true), Some(facts.retried))?;
    expect("retried", options.expect_no_hrr.then_some(false), Some(facts.retried))?;
    let extended = options.expect_extended_master_secret.then_some(true);
    expect("extended_master_secret", extended, Some(facts.extended_main_secret))?;
    // A peer without RFC 5746 is refused: -expect-secure-renegotiation holds of every connection.
    expect("no secure renegotiation", options.expect_no_secure_renegotiation.then_some(true), Some(false))
}

fn early_data(options: &Options, facts: &Facts, resumes: bool) -> Result<(), Failure> {
    let accepted = facts.early_data == EarlyDataStatus::Accepted;
    expect("early data accepted", options.expect_accept_early_data.then_some(true), Some(accepted))?;
    expect("early data accepted", options.expect_reject_early_data.then_some(false), Some(accepted))?;
    match &options.expect_early_data_reason {
        None => Ok(()),
        Some(reason) => expect("reason", Some(reason.as_str()), Some(early_data_reason(options, facts, resumes)?)),
    }
}

/// Whether a server keeps the session by its ID.
fn session_id(options: &Options, setup: &Setup, resumes: bool) -> Result<(), Failure> {
    let kept = setup.kept.store.kept();
    if resumes {
        return Ok(());
    }
    expect("a session was kept", options.expect_session_id.then_some(true), Some(kept))?;
    expect("a session was kept", options.expect_no_session_id.then_some(false), Some(kept))
}

/// What became of early data, in BoringSSL's words.
fn early_data_reason(options: &Options, facts: &Facts, resumes: bool) -> Result<&'static str, Failure> {
    let offered_session =
        || facts.client_hello.as_ref().is_some_and(|hello| hello.extensions.contains(&ExtensionType::PRE_SHARED_KEY));
    Ok(match (facts.early_data, facts.early_data_refusal) {
        (EarlyDataStatus::Accepted, _) => "accept",
        _ if !options.enable_early_data => "disabled",
        _ if facts.version != Some(ProtocolVersion::TLS1_3) => "protocol_version",
        (_, Some(EarlyDataRefusal::Retried)) if facts.resumed => "hello_retry_request",
        (_, Some(EarlyDataRefusal::Retried | EarlyDataRefusal::NotResumed)) => "session_not_resumed",
        (_, Some(EarlyDataRefusal::Session(WhyNot::NoEarlyData))) => "unsupported_for_session",
        (_, Some(EarlyDataRefusal::Session(WhyNot::Alpn))) => "alpn_mismatch",
        (_, Some(EarlyDataRefusal::Session(WhyNot::Age))) => "ticket_age_skew",
        (EarlyDataStatus::Rejected, _) if facts.retried => "hello_retry_request",
        (_, None) if !resumes || options.server && !offered_session() => "no_session_offered",
        (_, None) if !facts.resumed => "session_not_resumed",
        (EarlyDataStatus::Rejected, None) => "peer_declined",
        (_, None) if options.server => "peer_declined",
        // A client does not say why it offered none.
        (_, other) => return Err(Failure::Unimplemented(format!("-expect-early-data-reason: {other:?}"))),
    })
}

/// Compares what sessions came, when the connection comes to its end.
pub(crate) fn sessions_after(options: &Options, facts: &Facts, setup: &Setup) -> Result<(), Failure> {
    let came = setup.kept.client.came();
    if options.server {
        return Ok(());
    }
    if facts.version == Some(ProtocolVersion::TLS1_2) {
        // It comes with the handshake, and is kept if its secret is bound to that (RFC 7627).
        let new = facts.extended_main_secret && (!facts.resumed || options.expect_ticket_renewal);
        return expect("a session came", Some(new && !options.expect_no_session), Some(came.is_some()));
    }
    // Tickets follow the handshake; without a read nobody has seen them.
    // And what a raw key or an external PSK proved leaves no session.
    let leaves_session = facts.peer_raw_key.is_none() && !facts.external_psk;
    let expected = leaves_session && !options.expect_no_session && !options.shim_shuts_down;
    expect("a session came", Some(expected), Some(came.is_some()))?;
    match came {
        Some(max) => expect("early data", Some(options.expect_ticket_supports_early_data), Some(max > 0)),
        None => Ok(()),
    }
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
    // A resumed handshake has neither signature nor judgement; those before it were compared then.
    if !facts.resumed {
        expect("peer's signature", options.expect_peer_signature_algorithm, facts.signature_scheme)?;
    }
    if !options.expect_peer_verify_prefs.is_empty() {
        let schemes = match options.server {
            true => facts.client_hello.as_ref().map(|hello| &hello.signature_schemes),
            false => facts.certificate_request.as_ref().map(|request| &request.signature_schemes),
        };
        expect("peer's schemes", Some(&options.expect_peer_verify_prefs), schemes)?;
    }
    let authorities = facts.certificate_request.as_ref().map(|request| &request.authorities);
    expect("authorities", options.expect_client_ca_list.as_ref(), authorities)?;
    if options.expect_verify_result && !facts.resumed {
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
    let kind = match &facts.peer_raw_key {
        Some(_) => CertificateType::RAW_PUBLIC_KEY,
        None => CertificateType::X509,
    };
    expect("type of the peer's certificate", options.expect_peer_certificate_type, Some(kind))?;
    if options.expect_no_peer_cert || options.expect_peer_rpk_sha256.is_some() || facts.external_psk {
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
    if facts.external_psk {
        return match setup.psks.as_slice() {
            [(only, _)] => expect("credential", Some(number), Some(*only)),
            // The library does not say which.
            _ => Err(Failure::Unimplemented(String::from("-expect-selected-credential of several keys"))),
        };
    }
    let used = setup.credentials.number(facts);
    expect("credential", Some(number), Some(used))
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
