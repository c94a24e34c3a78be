//! Every argument that is understood.

use tlsmith::registry::{CertificateType, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
use tlsmith_crypto::HashAlgorithm;

use super::{
    Credential, CredentialKind, Options, Policy,
    values::Take::{self, Base64, Byte, Bytes, Code, Count, HexList, Nothing, Path, Protocols, Signed, Text},
};

/// The arguments, and what they do.
pub(super) const FLAGS: &[(&str, Take)] = &[
    // The runner.
    ("-port", Code(|o, port| o.port = port)),
    ("-shim-id", Count(|o, id| o.shim_id = id)),
    ("-ipv6", Nothing(|o| o.ipv6 = true)),
    ("-server", Nothing(|o| o.server = true)),
    ("-resume-count", Count(|o, count| o.resume_count = count)),
    // Versions. What tlsmith does not speak anyway need not be switched off.
    ("-no-tls1", Nothing(|_| {})),
    ("-no-tls11", Nothing(|_| {})),
    ("-no-tls12", Nothing(|o| o.no_tls12 = true)),
    ("-no-tls13", Nothing(|o| o.no_tls13 = true)),
    ("-min-version", Code(|o, version| o.min_version = Some(ProtocolVersion(version)))),
    ("-max-version", Code(|o, version| o.max_version = Some(ProtocolVersion(version)))),
    // Credentials. They belong to the newest of the list, or to the one that is not in it.
    ("-new-x509-credential", Nothing(|o| push(o, CredentialKind::Certificate))),
    ("-new-rpk-credential", Nothing(|o| push(o, CredentialKind::RawKey))),
    ("-new-psk-credential", Nothing(|o| push(o, CredentialKind::Psk))),
    ("-cert-file", Path(|o, path| last(o).certificates = Some(path))),
    ("-key-file", Path(|o, path| last(o).key = Some(path))),
    ("-signing-prefs", Code(|o, scheme| last(o).schemes.push(SignatureScheme(scheme)))),
    ("-ocsp-response", Base64(|o, response| last(o).ocsp_response = Some(response))),
    ("-signed-cert-timestamps", Base64(|o, list| last(o).sct_list = Some(list))),
    ("-must-match-issuer", Nothing(|o| last(o).must_match_issuer = true)),
    ("-psk-importer-key", Base64(|o, key| last(o).psk = key)),
    ("-psk-importer-identity", Base64(|o, identity| last(o).psk_identity = identity)),
    ("-psk-importer-context", Base64(|o, context| last(o).psk_context = context)),
    ("-psk-importer-sha256", Nothing(|o| last(o).psk_hash = Some(HashAlgorithm::Sha256))),
    ("-psk-importer-sha384", Nothing(|o| last(o).psk_hash = Some(HashAlgorithm::Sha384))),
    ("-use-old-client-cert-callback", Nothing(|o| o.use_old_client_cert_callback = true)),
    // Algorithms.
    ("-verify-prefs", Code(|o, scheme| o.verify_prefs.push(SignatureScheme(scheme)))),
    ("-curves", Code(|o, group| o.curves.push(NamedGroup(group)))),
    ("-key-shares", Code(|o, group| o.key_shares.get_or_insert_default().push(NamedGroup(group)))),
    ("-no-key-shares", Nothing(|o| o.key_shares = Some(Vec::new()))),
    ("-server-preference", Nothing(|o| o.server_preference = true)),
    ("-fips-202205", Nothing(|o| o.policy = Some(Policy::Fips202205))),
    ("-wpa-202304", Nothing(|o| o.policy = Some(Policy::Wpa202304))),
    ("-cnsa1-202603", Nothing(|o| o.policy = Some(Policy::Cnsa1202603))),
    ("-cnsa2-202603", Nothing(|o| o.policy = Some(Policy::Cnsa2202603))),
    // The peer's certificates. They are judged by -verify-fail alone, as in BoringSSL's own shim, which has two places
    // for a verifier where tlsmith has one.
    ("-trust-cert", Path(|_, _| {})),
    ("-use-custom-verify-callback", Nothing(|_| {})),
    ("-verify-fail", Nothing(|o| o.verify_fail = true)),
    ("-verify-peer", Nothing(|o| o.verify_peer = true)),
    ("-require-any-client-certificate", Nothing(|o| o.require_any_client_certificate = true)),
    ("-accepted-peer-cert-types", Byte(|o, kind| o.accepted_peer_cert_types.push(CertificateType(kind)))),
    ("-available-client-cert-types", Byte(|o, kind| o.available_client_cert_types.push(CertificateType(kind)))),
    ("-use-client-ca-list", HexList(|o, names| o.use_client_ca_list = names)),
    ("-enable-ocsp-stapling", Nothing(|o| o.enable_ocsp_stapling = true)),
    ("-enable-signed-cert-timestamps", Nothing(|o| o.enable_signed_cert_timestamps = true)),
    // Responses are stapled to an identity; BoringSSL also asks a callback, which may set the one that is given here.
    ("-use-ocsp-callback", Nothing(|_| {})),
    ("-set-ocsp-in-callback", Nothing(|_| {})),
    ("-decline-ocsp-callback", Nothing(|o| o.decline_ocsp_callback = true)),
    // Hellos.
    ("-host-name", Text(|o, name| o.host_name = Some(name))),
    ("-advertise-alpn", Protocols(|o, protocols| o.advertise_alpn = protocols)),
    ("-select-alpn", Bytes(|o, protocol| o.select_alpn = Some(protocol).filter(|protocol| !protocol.is_empty()))),
    ("-decline-alpn", Nothing(|o| o.decline_alpn = true)),
    ("-reject-alpn", Nothing(|o| o.reject_alpn = true)),
    ("-enable-grease", Nothing(|o| o.enable_grease = true)),
    ("-use-early-callback", Nothing(|o| o.use_early_callback = true)),
    // What concerns QUIC alone, which these connections are not.
    ("-quic-use-legacy-codepoint", Signed(|_, _| {})),
    // Renegotiation, which never is; and servers without RFC 5746, which are always refused.
    ("-renegotiate-freely", Nothing(|_| {})),
    ("-no-legacy-server-connect", Nothing(|_| {})),
    // Sessions.
    ("-no-ticket", Nothing(|o| o.no_ticket = true)),
    ("-skip-ticket", Nothing(|o| o.skip_ticket = true)),
    // Tickets are always sealed by an object of the shim's; BoringSSL has two more places for one.
    ("-use-ticket-callback", Nothing(|_| {})),
    ("-use-ticket-aead-callback", Nothing(|_| {})),
    ("-enable-early-data", Nothing(|o| o.enable_early_data = true)),
    ("-resumption-delay", Signed(|o, seconds| o.resumption_delay = seconds)),
    // What is done.
    ("-async", Nothing(|o| o.is_async = true)),
    ("-implicit-handshake", Nothing(|o| o.implicit_handshake = true)),
    ("-no-op-extra-handshake", Nothing(|o| o.no_op_extra_handshake = true)),
    ("-shim-writes-first", Nothing(|o| o.shim_writes_first = true)),
    ("-shim-initial-write", Bytes(|o, data| o.shim_initial_write = Some(data))),
    ("-repeat-shim-initial-write", Count(|o, count| o.repeat_shim_initial_write = Some(count))),
    ("-read-with-unfinished-write", Nothing(|o| o.read_with_unfinished_write = true)),
    ("-write-different-record-sizes", Nothing(|o| o.write_different_record_sizes = true)),
    ("-read-size", Code(|o, size| o.read_size = Some(size.into()))),
    ("-use-exporter-between-reads", Nothing(|o| o.use_exporter_between_reads = true)),
    ("-shim-shuts-down", Nothing(|o| o.shim_shuts_down = true)),
    ("-check-close-notify", Nothing(|o| o.check_close_notify = true)),
    ("-key-update", Nothing(|o| o.key_update = true)),
    ("-key-update-before-read", Nothing(|o| o.key_update_before_read = true)),
    ("-export-keying-material", Code(|o, length| o.export_keying_material = length.into())),
    ("-export-label", Bytes(|o, label| o.export_label = label)),
    ("-export-context", Bytes(|o, context| o.export_context = context)),
    ("-use-export-context", Nothing(|o| o.use_export_context = true)),
    ("-export-traffic-secrets", Nothing(|o| o.export_traffic_secrets = true)),
    // What is expected.
    ("-expect-version", Code(|o, version| o.expect_version = Some(ProtocolVersion(version)))),
    ("-expect-cipher", Code(|o, suite| o.expect_cipher = Some(CipherSuite(suite)))),
    ("-expect-cipher-aes", Code(|o, suite| o.expect_cipher_aes = Some(CipherSuite(suite)))),
    ("-expect-cipher-no-aes", Code(|o, suite| o.expect_cipher_no_aes = Some(CipherSuite(suite)))),
    ("-expect-curve-id", Code(|o, group| o.expect_curve_id = Some(NamedGroup(group)))),
    (
        "-expect-peer-signature-algorithm",
        Code(|o, scheme| o.expect_peer_signature_algorithm = Some(SignatureScheme(scheme))),
    ),
    ("-expect-peer-verify-pref", Code(|o, scheme| o.expect_peer_verify_prefs.push(SignatureScheme(scheme)))),
    ("-expect-server-name", Text(|o, name| o.expect_server_name = Some(name))),
    ("-expect-no-server-name", Nothing(|o| o.expect_no_server_name = true)),
    ("-expect-alpn", Bytes(|o, protocol| o.expect_alpn = Some(protocol).filter(|protocol| !protocol.is_empty()))),
    ("-expect-advertised-alpn", Protocols(|o, protocols| o.expect_advertised_alpn = protocols)),
    ("-expect-client-ca-list", HexList(|o, names| o.expect_client_ca_list = Some(names))),
    ("-expect-verify-result", Nothing(|o| o.expect_verify_result = true)),
    ("-expect-peer-cert-file", Path(|o, path| o.expect_peer_cert_file = Some(path))),
    ("-expect-no-peer-cert", Nothing(|o| o.expect_no_peer_cert = true)),
    ("-expect-peer-certificate-type", Byte(|o, kind| o.expect_peer_certificate_type = Some(CertificateType(kind)))),
    ("-expect-peer-rpk-sha256", Base64(|o, digest| o.expect_peer_rpk_sha256 = Some(digest))),
    ("-expect-ocsp-response", Base64(|o, response| o.expect_ocsp_response = Some(response))),
    ("-expect-signed-cert-timestamps", Base64(|o, list| o.expect_signed_cert_timestamps = Some(list))),
    ("-expect-selected-credential", Signed(|o, number| o.expect_selected_credential = Some(number))),
    ("-expect-hrr", Nothing(|o| o.expect_hrr = true)),
    ("-expect-no-hrr", Nothing(|o| o.expect_no_hrr = true)),
    ("-expect-extended-master-secret", Nothing(|o| o.expect_extended_master_secret = true)),
    ("-expect-secure-renegotiation", Nothing(|o| o.expect_secure_renegotiation = true)),
    ("-expect-no-secure-renegotiation", Nothing(|o| o.expect_no_secure_renegotiation = true)),
    ("-expect-session-miss", Nothing(|o| o.expect_session_miss = true)),
    ("-expect-no-session", Nothing(|o| o.expect_no_session = true)),
    ("-expect-ticket-renewal", Nothing(|o| o.expect_ticket_renewal = true)),
    ("-expect-session-id", Nothing(|o| o.expect_session_id = true)),
    ("-expect-no-session-id", Nothing(|o| o.expect_no_session_id = true)),
    ("-expect-ticket-supports-early-data", Nothing(|o| o.expect_ticket_supports_early_data = true)),
    ("-expect-accept-early-data", Nothing(|o| o.expect_accept_early_data = true)),
    ("-expect-reject-early-data", Nothing(|o| o.expect_reject_early_data = true)),
    ("-expect-no-offer-early-data", Nothing(|o| o.expect_no_offer_early_data = true)),
    ("-expect-early-data-reason", Text(|o, reason| o.expect_early_data_reason = Some(reason))),
];

fn push(options: &mut Options, kind: CredentialKind) {
    options.credentials.push(Credential { kind, ..Credential::default() });
}

/// The credential that an argument is about: the newest of the list, or the one that is not in it.
fn last(options: &mut Options) -> &mut Credential {
    match options.credentials.last_mut() {
        Some(credential) => credential,
        None => &mut options.credential,
    }
}
