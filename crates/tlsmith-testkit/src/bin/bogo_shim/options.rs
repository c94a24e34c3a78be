//! The shim's arguments. What is not named here is not implemented, and the runner is told so.

use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::PathBuf,
};

use tlsmith::registry::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};

use crate::Failure;

/// What the runner wants.
#[derive(Debug)]
pub(crate) enum Command {
    /// It asks whether the shim can hand a handshake over to another process.
    IsHandshakerSupported,
    /// It wants a connection.
    Connect(Box<Options>),
}

/// A certificate chain with its key.
#[derive(Debug, Default)]
pub(crate) struct Credential {
    pub(crate) certificates: Option<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) schemes: Vec<SignatureScheme>,
}

/// How the connection is to be made and what is expected of it. A field is named like its argument.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) port: u16,
    pub(crate) shim_id: u64,
    pub(crate) ipv6: bool,
    pub(crate) server: bool,

    // What is configured.
    /// The credential that is not in a list, and whether there is one.
    pub(crate) credential: Credential,
    /// `-new-x509-credential`, in order.
    pub(crate) credentials: Vec<Credential>,
    pub(crate) verify_prefs: Vec<SignatureScheme>,
    pub(crate) curves: Vec<NamedGroup>,
    pub(crate) key_shares: Option<Vec<NamedGroup>>,
    pub(crate) require_any_client_certificate: bool,
    pub(crate) verify_peer: bool,
    pub(crate) verify_fail: bool,
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

    // What is done.
    pub(crate) is_async: bool,
    pub(crate) implicit_handshake: bool,
    pub(crate) shim_writes_first: bool,
    pub(crate) shim_initial_write: Option<Vec<u8>>,
    pub(crate) repeat_shim_initial_write: Option<usize>,
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
    pub(crate) export_traffic_secrets: bool,

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
    pub(crate) expect_selected_credential: Option<i64>,
    pub(crate) expect_hrr: bool,
    pub(crate) expect_no_hrr: bool,
    /// `-expect-extended-master-secret`, `-expect-secure-renegotiation`: what old versions had as an extension is
    /// always so in TLS 1.3, so this is what is looked for.
    pub(crate) expect_tls13: bool,
}

/// Reads the arguments.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, Failure> {
    let mut values = Values(arguments);
    let mut options = Options::default();
    while let Some(flag) = values.0.next() {
        let Some(name) = flag.to_str() else {
            return Err(Failure::Setup(format!("an argument that is not text: {flag:?}")));
        };
        // Without resumption there is only the first connection.
        let name = match name.strip_prefix("-on-initial") {
            Some(rest) => rest,
            None => name,
        };
        if name == "-is-handshaker-supported" {
            return Ok(Command::IsHandshakerSupported);
        }
        let known = connection(&mut options, name, &mut values)?
            || configuration(&mut options, name, &mut values)?
            || behaviour(&mut options, name, &mut values)?
            || expectation(&mut options, name, &mut values)?;
        if !known {
            return Err(Failure::Unimplemented(name.to_owned()));
        }
    }
    Ok(Command::Connect(Box::new(options)))
}

fn connection(
    o: &mut Options,
    name: &str,
    values: &mut Values<impl Iterator<Item = OsString>>,
) -> Result<bool, Failure> {
    match name {
        "-port" => o.port = values.number(name)?,
        "-shim-id" => o.shim_id = values.number(name)?,
        "-ipv6" => o.ipv6 = true,
        "-server" => o.server = true,
        "-min-version" => {
            let version: u16 = values.number(name)?;
            if version > ProtocolVersion::TLS1_3.0 {
                return Err(Failure::Unimplemented(format!("{name} {version:#06x}")));
            }
        }
        "-max-version" => {
            let version: u16 = values.number(name)?;
            if version < ProtocolVersion::TLS1_3.0 {
                return Err(Failure::Unimplemented(format!("{name} {version:#06x}")));
            }
        }
        // Versions that tlsmith does not speak anyway.
        "-no-tls1" | "-no-tls11" | "-no-tls12" => {}
        // What an old version would be allowed; no version that is spoken here knows it.
        "-renegotiate-freely" | "-no-legacy-server-connect" => {}
        // Early data is never taken.
        "-expect-early-data-reason" => {
            let reason = values.text(name)?;
            if reason != "disabled" {
                return Err(Failure::Unimplemented(format!("{name} {reason}")));
            }
        }
        // Sessions are neither kept nor offered.
        "-no-ticket" | "-expect-no-session" => {}
        // Certificates are judged by -verify-fail alone, as in BoringSSL's own shim.
        "-trust-cert" => drop(values.bytes(name)?),
        _ => return Ok(false),
    }
    Ok(true)
}

fn configuration(
    o: &mut Options,
    name: &str,
    values: &mut Values<impl Iterator<Item = OsString>>,
) -> Result<bool, Failure> {
    match name {
        "-new-x509-credential" => o.credentials.push(Credential::default()),
        "-cert-file" => last_credential(o).certificates = Some(values.path(name)?),
        "-key-file" => last_credential(o).key = Some(values.path(name)?),
        "-signing-prefs" => {
            let scheme = SignatureScheme(values.number(name)?);
            last_credential(o).schemes.push(scheme);
        }
        "-verify-prefs" => o.verify_prefs.push(SignatureScheme(values.number(name)?)),
        "-curves" => o.curves.push(NamedGroup(values.number(name)?)),
        "-key-shares" => o.key_shares.get_or_insert_default().push(NamedGroup(values.number(name)?)),
        "-no-key-shares" => o.key_shares = Some(Vec::new()),
        "-require-any-client-certificate" => o.require_any_client_certificate = true,
        "-verify-peer" => o.verify_peer = true,
        "-verify-fail" => o.verify_fail = true,
        // BoringSSL has two places for a verifier, tlsmith one.
        "-use-custom-verify-callback" => {}
        "-use-old-client-cert-callback" => o.use_old_client_cert_callback = true,
        "-use-early-callback" => o.use_early_callback = true,
        "-use-client-ca-list" => {
            let list = values.bytes(name)?;
            o.use_client_ca_list = match list.as_slice() {
                b"<NULL>" | b"<EMPTY>" => Vec::new(),
                list => hex_list(name, list)?,
            };
        }
        "-host-name" => o.host_name = Some(values.text(name)?),
        "-advertise-alpn" => o.advertise_alpn = alpn_list(name, &values.bytes(name)?)?,
        "-select-alpn" => o.select_alpn = Some(values.bytes(name)?),
        "-decline-alpn" => o.decline_alpn = true,
        "-reject-alpn" => o.reject_alpn = true,
        "-enable-grease" => o.enable_grease = true,
        "-server-preference" => o.server_preference = true,
        _ => return Ok(false),
    }
    Ok(true)
}

fn behaviour(
    o: &mut Options,
    name: &str,
    values: &mut Values<impl Iterator<Item = OsString>>,
) -> Result<bool, Failure> {
    match name {
        "-async" => o.is_async = true,
        "-implicit-handshake" => o.implicit_handshake = true,
        "-shim-writes-first" => o.shim_writes_first = true,
        "-shim-initial-write" => o.shim_initial_write = Some(values.bytes(name)?),
        "-repeat-shim-initial-write" => o.repeat_shim_initial_write = Some(values.number(name)?),
        "-read-with-unfinished-write" => o.read_with_unfinished_write = true,
        "-write-different-record-sizes" => o.write_different_record_sizes = true,
        "-read-size" => o.read_size = Some(values.number(name)?),
        "-use-exporter-between-reads" => o.use_exporter_between_reads = true,
        "-shim-shuts-down" => o.shim_shuts_down = true,
        "-check-close-notify" => o.check_close_notify = true,
        "-key-update" => o.key_update = true,
        "-key-update-before-read" => o.key_update_before_read = true,
        "-export-keying-material" => o.export_keying_material = values.number(name)?,
        "-export-label" => o.export_label = values.bytes(name)?,
        "-export-context" => o.export_context = values.bytes(name)?,
        // In TLS 1.3 no context and an empty one are the same (RFC 8446 §7.5).
        "-use-export-context" => {}
        "-export-traffic-secrets" => o.export_traffic_secrets = true,
        _ => return Ok(false),
    }
    Ok(true)
}

fn expectation(
    o: &mut Options,
    name: &str,
    values: &mut Values<impl Iterator<Item = OsString>>,
) -> Result<bool, Failure> {
    match name {
        "-expect-version" => o.expect_version = Some(ProtocolVersion(values.number(name)?)),
        "-expect-cipher" => o.expect_cipher = Some(CipherSuite(values.number(name)?)),
        "-expect-cipher-aes" => o.expect_cipher_aes = Some(CipherSuite(values.number(name)?)),
        "-expect-cipher-no-aes" => o.expect_cipher_no_aes = Some(CipherSuite(values.number(name)?)),
        "-expect-curve-id" => o.expect_curve_id = Some(NamedGroup(values.number(name)?)),
        "-expect-peer-signature-algorithm" => {
            o.expect_peer_signature_algorithm = Some(SignatureScheme(values.number(name)?));
        }
        "-expect-peer-verify-pref" => o.expect_peer_verify_prefs.push(SignatureScheme(values.number(name)?)),
        "-expect-server-name" => o.expect_server_name = Some(values.text(name)?),
        "-expect-no-server-name" => o.expect_no_server_name = true,
        "-expect-alpn" => o.expect_alpn = Some(values.bytes(name)?),
        "-expect-advertised-alpn" => o.expect_advertised_alpn = alpn_list(name, &values.bytes(name)?)?,
        "-expect-client-ca-list" => {
            let list = values.bytes(name)?;
            o.expect_client_ca_list = Some(match list.as_slice() {
                b"<EMPTY>" => Vec::new(),
                list => hex_list(name, list)?,
            });
        }
        "-expect-verify-result" => o.expect_verify_result = true,
        "-expect-peer-cert-file" => o.expect_peer_cert_file = Some(values.path(name)?),
        "-expect-no-peer-cert" => o.expect_no_peer_cert = true,
        "-expect-selected-credential" => o.expect_selected_credential = Some(values.number(name)?),
        "-expect-hrr" => o.expect_hrr = true,
        "-expect-no-hrr" => o.expect_no_hrr = true,
        "-expect-extended-master-secret" | "-expect-secure-renegotiation" => o.expect_tls13 = true,
        _ => return Ok(false),
    }
    Ok(true)
}

/// The credential that an argument is about: the newest of the list, or the one that is not in it.
fn last_credential(options: &mut Options) -> &mut Credential {
    match options.credentials.last_mut() {
        Some(credential) => credential,
        None => &mut options.credential,
    }
}

/// The arguments' values.
struct Values<I>(I);

impl<I: Iterator<Item = OsString>> Values<I> {
    fn value(&mut self, name: &str) -> Result<OsString, Failure> {
        self.0.next().ok_or_else(|| Failure::Setup(format!("{name} without its value")))
    }

    fn bytes(&mut self, name: &str) -> Result<Vec<u8>, Failure> {
        self.value(name).map(OsString::into_vec)
    }

    fn path(&mut self, name: &str) -> Result<PathBuf, Failure> {
        self.value(name).map(PathBuf::from)
    }

    fn text(&mut self, name: &str) -> Result<String, Failure> {
        let value = self.value(name)?;
        value.into_string().map_err(|value| Failure::Setup(format!("{name} {value:?} is not text")))
    }

    fn number<T: std::str::FromStr>(&mut self, name: &str) -> Result<T, Failure> {
        let text = self.text(name)?;
        text.parse().map_err(|_| Failure::Setup(format!("{name} {text} is not a number in range")))
    }
}

/// Reads a list of protocols as it stands on the wire (RFC 7301 §3.1).
fn alpn_list(name: &str, mut list: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let mut protocols = Vec::new();
    while let Some((&length, rest)) = list.split_first() {
        let Some((protocol, rest)) = rest.split_at_checked(usize::from(length)) else {
            return Err(Failure::Setup(format!("{name}: a length that goes beyond the end")));
        };
        protocols.push(protocol.to_vec());
        list = rest;
    }
    Ok(protocols)
}

/// Reads hexadecimal strings with commas between them.
fn hex_list(name: &str, list: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    list.split(|&byte| byte == b',')
        .map(|item| {
            let (pairs, rest) = item.as_chunks::<2>();
            let bytes: Option<Vec<u8>> =
                pairs.iter().map(|&[high, low]| u8::try_from(digit(high)? << 4 | digit(low)?).ok()).collect();
            match bytes {
                Some(bytes) if rest.is_empty() => Ok(bytes),
                _ => Err(Failure::Setup(format!("{name} {:?} is not hexadecimal", OsStr::from_bytes(item)))),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Command, Failure> {
        parse(arguments.iter().map(OsString::from))
    }

    fn options(arguments: &[&str]) -> Options {
        match read(arguments) {
            Ok(Command::Connect(options)) => *options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_list_of_credentials_takes_what_follows_each() {
        let o = options(&[
            "-cert-file",
            "default",
            "-new-x509-credential",
            "-cert-file",
            "first",
            "-signing-prefs",
            "1027",
            "-new-x509-credential",
            "-key-file",
            "second",
        ]);
        assert_eq!(o.credential.certificates, Some(PathBuf::from("default")));
        assert_eq!(o.credentials.len(), 2);
        assert_eq!(o.credentials[0].certificates, Some(PathBuf::from("first")));
        assert_eq!(o.credentials[0].schemes, [SignatureScheme::ECDSA_SECP256R1_SHA256]);
        assert_eq!(o.credentials[1].key, Some(PathBuf::from("second")));
    }

    #[test]
    fn what_concerns_the_first_connection_alone_counts() {
        assert_eq!(options(&["-on-initial-expect-curve-id", "29"]).expect_curve_id, Some(NamedGroup::X25519));
    }

    #[test]
    fn what_is_not_done_is_unimplemented() {
        for arguments in [
            ["-resume-count", "1"].as_slice(),
            &["-on-resume-shim-writes-first"],
            &["-dtls"],
            &["-no-tls13"],
            &["-max-version", "771"],
            &["-min-version", "65277"],
        ] {
            assert!(matches!(read(arguments), Err(Failure::Unimplemented(_))), "{arguments:?}");
        }
    }

    #[test]
    fn lists_are_read_and_broken_ones_refused() {
        assert_eq!(options(&["-advertise-alpn", "\x03foo\x01x"]).advertise_alpn, [b"foo".to_vec(), b"x".to_vec()]);
        assert!(matches!(read(&["-advertise-alpn", "\x04foo"]), Err(Failure::Setup(_))));
        assert_eq!(options(&["-use-client-ca-list", "3000,3031"]).use_client_ca_list, [b"0\0", b"01"]);
        for broken in ["300", "3x", "30,0"] {
            assert!(matches!(read(&["-use-client-ca-list", broken]), Err(Failure::Setup(_))), "{broken}");
        }
    }

    #[test]
    fn a_missing_or_wrong_value_is_refused() {
        for arguments in [["-port"].as_slice(), &["-port", "x"], &["-port", "65536"]] {
            assert!(matches!(read(arguments), Err(Failure::Setup(_))), "{arguments:?}");
        }
    }
}
