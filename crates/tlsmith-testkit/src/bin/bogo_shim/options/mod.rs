//! The shim's arguments. What is not in the [table](table::FLAGS) is not implemented, and the runner is told so.

mod table;
mod values;

use std::{ffi::OsString, path::PathBuf};

use tlsmith::registry::{CertificateType, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
use tlsmith_crypto::HashAlgorithm;

use self::values::Values;
use crate::Failure;

/// What the runner wants.
#[derive(Debug)]
pub(crate) enum Command {
    /// It asks whether the shim can hand a handshake over to another process.
    IsHandshakerSupported,
    /// It wants connections.
    Connect(Box<Plan>),
}

/// The connections that are wanted, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Of the first one.
    pub(crate) initial: Options,
    /// Of those that follow.
    pub(crate) resume: Options,
    /// Of those that follow, from when their early data were rejected on.
    pub(crate) retry: Options,
}

/// What a credential is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum CredentialKind {
    /// A certificate chain with its key.
    #[default]
    Certificate,
    /// A key without a certificate (RFC 7250).
    RawKey,
    /// A key that both sides have, imported (RFC 9258).
    Psk,
}

/// A credential.
#[derive(Debug, Default)]
pub(crate) struct Credential {
    pub(crate) kind: CredentialKind,
    pub(crate) certificates: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) schemes: Vec<SignatureScheme>,
    pub(crate) ocsp_response: Option<Vec<u8>>,
    pub(crate) sct_list: Option<Vec<u8>>,
    pub(crate) must_match_issuer: bool,
    pub(crate) psk: Vec<u8>,
    pub(crate) psk_identity: Vec<u8>,
    pub(crate) psk_context: Vec<u8>,
    pub(crate) psk_hash: Option<HashAlgorithm>,
}

/// A set of algorithms that a rule book demands, under BoringSSL's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    /// `-fips-202205`: SP 800-52r2.
    Fips202205,
    /// `-wpa-202304`: WPA 3.1, §3.5, of 192 bits.
    Wpa202304,
    /// `-cnsa1-202603`: CNSA 1.0 (RFC 9151), with ML-KEM-1024 beside it.
    Cnsa1202603,
    /// `-cnsa2-202603`: CNSA 2.0 (draft-becker-cnsa2-tls-profile), about: TLS 1.3 alone.
    Cnsa2202603,
}

/// How a connection is to be made and what is expected of it. A field is named like its argument.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) port: u16,
    pub(crate) shim_id: u64,
    pub(crate) ipv6: bool,
    pub(crate) server: bool,
    /// How many connections follow the first; counts in [`Plan::initial`].
    pub(crate) resume_count: u64,

    // What is configured.
    pub(crate) min_version: Option<ProtocolVersion>,
    pub(crate) max_version: Option<ProtocolVersion>,
    pub(crate) no_tls12: bool,
    pub(crate) no_tls13: bool,
    /// The credential that is not in a list, and whether there is one.
    pub(crate) credential: Credential,
    /// `-new-x509-credential` and its like, in order.
    pub(crate) credentials: Vec<Credential>,
    pub(crate) verify_prefs: Vec<SignatureScheme>,
    pub(crate) curves: Vec<NamedGroup>,
    pub(crate) key_shares: Option<Vec<NamedGroup>>,
    pub(crate) policy: Option<Policy>,
    pub(crate) require_any_client_certificate: bool,
    pub(crate) verify_peer: bool,
    pub(crate) verify_fail: bool,
    pub(crate) accepted_peer_cert_types: Vec<CertificateType>,
    pub(crate) available_client_cert_types: Vec<CertificateType>,
    pub(crate) use_old_client_cert_callback: bool,
    pub(crate) use_early_callback: bool,
    pub(crate) use_client_ca_list: Vec<Vec<u8>>,
    pub(crate) host_name: Option<String>,
    pub(crate) advertise_alpn: Vec<Vec<u8>>,
    pub(crate) select_alpn: Option<Vec<u8>>,
    pub(crate) decline_alpn: bool,
    pub(crate) reject_alpn: bool,
    pub(crate) enable_grease: bool,
    pub(crate) server_preference: bool,
    pub(crate) enable_ocsp_stapling: bool,
    pub(crate) enable_signed_cert_timestamps: bool,
    pub(crate) decline_ocsp_callback: bool,
    pub(crate) no_ticket: bool,
    pub(crate) skip_ticket: bool,
    pub(crate) enable_early_data: bool,

    // What is done.
    pub(crate) is_async: bool,
    pub(crate) implicit_handshake: bool,
    pub(crate) no_op_extra_handshake: bool,
    pub(crate) shim_writes_first: bool,
    pub(crate) shim_initial_write: Option<Vec<u8>>,
    pub(crate) repeat_shim_initial_write: Option<u64>,
    pub(crate) read_with_unfinished_write: bool,
    pub(crate) write_different_record_sizes: bool,
    pub(crate) read_size: Option<usize>,
    pub(crate) use_exporter_between_reads: bool,
    pub(crate) shim_shuts_down: bool,
    pub(crate) check_close_notify: bool,
    pub(crate) key_update: bool,
    pub(crate) key_update_before_read: bool,
    pub(crate) export_keying_material: usize,
    pub(crate) export_label: Vec<u8>,
    pub(crate) export_context: Vec<u8>,
    pub(crate) use_export_context: bool,
    pub(crate) export_traffic_secrets: bool,
    /// Seconds that pass after the connection.
    pub(crate) resumption_delay: i64,

    // What is expected.
    pub(crate) expect_version: Option<ProtocolVersion>,
    pub(crate) expect_cipher: Option<CipherSuite>,
    pub(crate) expect_cipher_aes: Option<CipherSuite>,
    pub(crate) expect_cipher_no_aes: Option<CipherSuite>,
    pub(crate) expect_curve_id: Option<NamedGroup>,
    pub(crate) expect_peer_signature_algorithm: Option<SignatureScheme>,
    pub(crate) expect_peer_verify_prefs: Vec<SignatureScheme>,
    pub(crate) expect_server_name: Option<String>,
    pub(crate) expect_no_server_name: bool,
    pub(crate) expect_alpn: Option<Vec<u8>>,
    pub(crate) expect_advertised_alpn: Vec<Vec<u8>>,
    pub(crate) expect_client_ca_list: Option<Vec<Vec<u8>>>,
    pub(crate) expect_verify_result: bool,
    pub(crate) expect_peer_cert_file: Option<PathBuf>,
    pub(crate) expect_no_peer_cert: bool,
    pub(crate) expect_peer_certificate_type: Option<CertificateType>,
    pub(crate) expect_peer_rpk_sha256: Option<Vec<u8>>,
    pub(crate) expect_ocsp_response: Option<Vec<u8>>,
    pub(crate) expect_signed_cert_timestamps: Option<Vec<u8>>,
    pub(crate) expect_selected_credential: Option<i64>,
    pub(crate) expect_hrr: bool,
    pub(crate) expect_no_hrr: bool,
    pub(crate) expect_extended_master_secret: bool,
    pub(crate) expect_secure_renegotiation: bool,
    pub(crate) expect_no_secure_renegotiation: bool,
    pub(crate) expect_session_miss: bool,
    pub(crate) expect_no_session: bool,
    pub(crate) expect_ticket_renewal: bool,
    pub(crate) expect_session_id: bool,
    pub(crate) expect_no_session_id: bool,
    pub(crate) expect_ticket_supports_early_data: bool,
    pub(crate) expect_accept_early_data: bool,
    pub(crate) expect_reject_early_data: bool,
    pub(crate) expect_no_offer_early_data: bool,
    pub(crate) expect_early_data_reason: Option<String>,
}

impl Options {
    /// The versions that are spoken, of those that exist here.
    pub(crate) fn versions(&self) -> Result<(ProtocolVersion, ProtocolVersion), Failure> {
        let (low, high) = (ProtocolVersion::TLS1_2, ProtocolVersion::TLS1_3);
        let mut min = self.min_version.map_or(low, |version| version.max(low));
        let mut max = self.max_version.map_or(high, |version| version.min(high));
        if self.no_tls12 || self.policy == Some(Policy::Cnsa2202603) {
            min = high;
        }
        if self.no_tls13 {
            max = low.min(max);
        }
        match min <= max && self.max_version.is_none_or(|version| version >= low) {
            true => Ok((min, max)),
            false => Err(Failure::Unimplemented(String::from("only what is older than TLS 1.2 is left"))),
        }
    }
}

/// Reads the arguments.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, Failure> {
    let mut values = Values(arguments);
    let mut plan = Plan::default();
    while let Some(flag) = values.0.next() {
        let Some(name) = flag.to_str() else {
            return Err(Failure::Setup(format!("an argument that is not text: {flag:?}")));
        };
        if name == "-is-handshaker-supported" {
            return Ok(Command::IsHandshakerSupported);
        }
        let Plan { initial, resume, retry } = &mut plan;
        let (name, mut concerned) = match name.split_at_checked("-on-retry".len()) {
            Some(("-on-retry", rest)) => (rest, vec![retry]),
            _ => match (name.strip_prefix("-on-initial"), name.strip_prefix("-on-resume")) {
                (Some(rest), _) => (rest, vec![initial]),
                (_, Some(rest)) => (rest, vec![resume]),
                (None, None) => (name, vec![initial, resume, retry]),
            },
        };
        let Some((_, take)) = table::FLAGS.iter().find(|(known, _)| *known == name) else {
            return Err(Failure::Unimplemented(name.to_owned()));
        };
        let value = if take.has_value() { Some(values.next(name)?) } else { None };
        for options in &mut concerned {
            take.apply(options, name, value.as_deref())?;
        }
    }
    Ok(Command::Connect(Box::new(plan)))
}

#[cfg(test)]
mod tests;
