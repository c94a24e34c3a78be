//! Handshakes that do not come to their end.

use tlsmith::registry::{CipherSuite, ProtocolVersion, SignatureScheme};
use tlsmith_x509::Code;

use super::{Diagnosis, certificates::sentence, reach::RESET};
use crate::{
    connect::starttls::Protocol,
    doctor::{
        banners,
        causes::Cause,
        evidence::{Evidence, Kind, Trial},
    },
    probe::raw::{Answer, Offer},
    render::text::safe,
};

/// How much of what the server said is quoted.
const QUOTED: usize = 80;
/// How many bytes that are no text are shown.
const HEX: usize = 16;

/// The everyday handshake, if it failed after TCP and before anything was agreed on.
fn refused(evidence: &Evidence) -> Option<&Trial> {
    let trial = evidence.default_trial()?;
    let phase = trial.error()?.phase;
    (!trial.seen.completed && !matches!(phase, Some("dns" | "tcp" | "starttls"))).then_some(trial)
}

/// HTTP, or something else that is not TLS.
pub(super) fn another_protocol(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = refused(evidence)?;
    let (first, port) = (trial.seen.first_bytes.as_slice(), evidence.target.port);
    let says_so = matches!(trial.code(), "record.plain_http" | "record.not_tls");
    if !says_so && banners::recognise(first).is_none() && !(trial.code().starts_with("record.") && is_no_record(first))
    {
        return None;
    }
    let said = format!("it answered the ClientHello with {}", quoted(first));
    match banners::recognise(first) {
        Some(banner) if banner.name.starts_with("plain HTTP") => Some(plain_http(port, banner.name).because(said)),
        _ if trial.code() == "record.plain_http" => Some(plain_http(port, "plain HTTP").because(said)),
        Some(banner) => {
            let fix = match banner.starttls {
                Some(protocol) => format!(
                    "Ask for TLS in this protocol: tlsmith doctor {} --starttls {protocol}; or connect to the port on which the \
                     service speaks TLS at once.",
                    evidence.target
                ),
                None => {
                    format!("Check the port: what speaks {} there is not the TLS server that is meant.", banner.name)
                }
            };
            let message = format!("Port {port} speaks {}, not TLS.", banner.name);
            Some(Diagnosis::new(Cause::NotTls, message, fix).because(said))
        }
        None => {
            let fix = match Protocol::usual_on(port) {
                Some(protocol) => {
                    format!("Port {port} usually speaks {protocol}: ask for TLS with --starttls {protocol}.")
                }
                None => {
                    String::from("Check the port, and that TLS is switched on for it in the server's configuration.")
                }
            };
            Some(
                Diagnosis::new(Cause::NotTls, format!("What answers on port {port} does not speak TLS."), fix)
                    .because(said),
            )
        }
    }
}

/// The first bytes of a record are its type (RFC 8446 §5.1 and RFC 6520) and the major version 3.
fn is_no_record(first: &[u8]) -> bool {
    !matches!(first, [0x14..=0x18, 3, ..] | [])
}

fn plain_http(port: u16, protocol: &str) -> Diagnosis {
    let fix = "Switch TLS on for this port in the server's configuration, or connect to the port that has it; a client that \
               shows \"wrong version number\" or \"record too long\" means the same.";
    Diagnosis::new(Cause::PlainHttp, format!("Port {port} answers in {protocol}: TLS is not switched on there."), fix)
}

/// The same without ML-KEM goes through.
pub(super) fn large_hello(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = refused(evidence)?;
    let small = evidence.of(&Kind::Classical).filter(|small| small.seen.version.is_some())?;
    // Nothing at all came: where the server answers, its answer says why.
    if !trial.seen.first_bytes.is_empty() {
        return None;
    }
    let how = trial.error().map(|error| error.message.clone()).unwrap_or_default();
    let message = "The ClientHello with the post-quantum key share (X25519MLKEM768) is longer than one packet, and is lost or \
                   refused on the way; without it the handshake goes on.";
    let fix = "Update the firewall, load balancer or server that reads only the first packet of a ClientHello (tldr.fail), and \
               check that ICMP \"fragmentation needed\" is not dropped (path MTU: ping -M do -s 1472 HOST). Until then clients \
               have to leave ML-KEM out (curl --curves X25519; tlsmith connect --groups X25519).";
    let diagnosis = Diagnosis::new(Cause::LargeClientHello, message, fix);
    Some(diagnosis.because(format!("with ML-KEM: {how}")).because(format!("without: {}", negotiated(small))))
}

/// No name was sent, since the target is an address, and the server does not go on without.
pub(super) fn sni_needed(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = refused(evidence)?;
    let no_name = matches!(evidence.name, tlsmith_x509::ServerName::Ip(_));
    let says_so =
        matches!(trial.alert()?, "unrecognized_name" | "handshake_failure" | "access_denied" | "internal_error");
    let is_empty = trial.seen.chain.is_empty() && trial.seen.version.is_none();
    // The alert of that name has no other meaning; the others have, if the server goes on with another ClientHello.
    let is_certain = trial.alert() == Some("unrecognized_name");
    let nothing_else = is_certain || evidence.raw.iter().all(|raw| raw.answer.version.is_none());
    if !(no_name && says_so && is_empty && nothing_else) {
        return None;
    }
    let alert = trial.alert().unwrap_or_default();
    let message =
        format!("The server was asked by its address, so no name could be sent (SNI), and it refuses with {alert}.");
    let fix = format!(
        "Ask for the name: tlsmith doctor {} --servername NAME. A client has to send it as well.",
        evidence.target
    );
    Some(
        Diagnosis::new(Cause::SniNeeded, message, fix)
            .because(format!("received the alert {alert} as the answer to a ClientHello without server_name")),
    )
}

/// It says that it does not know the name.
pub(super) fn unknown_name(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = refused(evidence).filter(|trial| trial.alert() == Some("unrecognized_name"))?;
    let name = &evidence.name;
    let message = format!("The server refuses the name {name}: it has no virtual host, or no certificate, for it.");
    let fix =
        format!("Add {name} to the server's configuration with a certificate for it, or ask for a name that it has.");
    let diagnosis = Diagnosis::new(Cause::UnknownName, message, fix);
    let diagnosis = diagnosis.because(format!("received the alert {}", trial.alert().unwrap_or_default()));
    let other = evidence
        .of(&Kind::NoSni)
        .and_then(Trial::leaf)
        .map(|leaf| format!("without a name it serves the certificate of {}", names(leaf)));
    Some(diagnosis.because_of(other))
}

/// TLS 1.1 at most.
pub(super) fn old_version(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = refused(evidence)?;
    let mut answers = [Offer::Legacy, Offer::Tls10, Offer::Ssl3].into_iter().filter_map(|offer| evidence.raw(offer));
    let old = answers.find(|answer| answer.version.is_some_and(|version| version < ProtocolVersion::TLS1_2));
    let (version, answer) = match (old, trial.seen.version) {
        (Some(answer), _) => (answer.version?, Some(answer)),
        (None, Some(version)) if version < ProtocolVersion::TLS1_2 => (version, None),
        _ => return None,
    };
    let cause = if version == ProtocolVersion::SSL3_0 { Cause::Ssl3Only } else { Cause::OldTlsOnly };
    let message = format!(
        "The newest version that the server speaks is {version}; clients of today want TLS 1.2 at least (RFC 8996)."
    );
    let fix = "Switch TLS 1.2 and TLS 1.3 on in the server's configuration; where its software has neither, update it, or put a \
               TLS proxy before it.";
    let diagnosis = Diagnosis::new(cause, message, fix);
    let refusal = trial.error().map(|error| format!("offered TLS 1.2 and 1.3: {}", error.message));
    let chosen = answer.map(|answer| format!("offered everything down to it, the server chose {}", chosen(answer)));
    Some(diagnosis.because_of(chosen).because_of(refusal))
}

/// It would speak with another group.
pub(super) fn no_common_group(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = refused(evidence).filter(|trial| is_refusal(trial))?;
    let answers = [Offer::AnyGroup, Offer::Legacy].into_iter().filter_map(|offer| evidence.raw(offer));
    let group = answers.filter_map(|answer| answer.group).find(|group| !is_usual(*group))?;
    let message = format!(
        "The server wants to exchange keys in the group {} and nothing else; clients do not offer it.",
        group_name(group.0)
    );
    let fix = "Allow the groups that every client has: X25519, secp256r1 (and X25519MLKEM768).";
    let diagnosis = Diagnosis::new(Cause::NoCommonGroup, message, fix);
    let refusal = trial.error().map(|error| error.message.clone());
    Some(diagnosis.because(format!("offered every group, it chose {}", group_name(group.0))).because_of(refusal))
}

/// It would speak with another suite.
pub(super) fn no_common_suite(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = refused(evidence).filter(|trial| is_refusal(trial))?;
    let answer = [Offer::Legacy, Offer::AnyGroup]
        .into_iter()
        .filter_map(|offer| evidence.raw(offer))
        .find(|answer| answer.suite.is_some_and(|suite| !is_usual_suite(suite)));
    let refusal = trial.error().map(|error| error.message.clone());
    let fix = "Allow suites with forward secrecy and AEAD: TLS 1.3 as a whole, and for TLS 1.2 the ECDHE suites with AES-GCM or \
               ChaCha20-Poly1305.";
    let suite = answer?.suite?;
    let message = format!("Offered everything, the server chooses {suite}; clients of today do not offer it any more.");
    let diagnosis = Diagnosis::new(Cause::NoCommonSuite, message, fix);
    Some(
        diagnosis
            .because_of(
                answer.map(|answer| format!("offered every suite there is, the server chose {}", chosen(answer))),
            )
            .because_of(refusal),
    )
}

/// The server would take a suite that was offered, and signs in a way that was not.
pub(super) fn no_common_signature(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = refused(evidence).filter(|trial| is_refusal(trial))?;
    let answer = evidence.raw(Offer::Legacy).filter(|answer| answer.suite.is_some_and(is_usual_suite))?;
    let scheme = answer.signature_scheme.filter(|scheme| is_broken(*scheme))?;
    let scheme = scheme_name(scheme);
    let message =
        format!("Offered everything, the server signs the handshake with {scheme}; clients of today do not take it.");
    let fix = "Allow signatures with SHA-256 at least: RSA-PSS, RSA (PKCS #1) or ECDSA. A server that cannot is too old for TLS of \
               today: update it, or put a TLS proxy before it.";
    let diagnosis = Diagnosis::new(Cause::NoCommonSignature, message, fix);
    let refusal = trial.error().map(|error| error.message.clone());
    Some(
        diagnosis
            .because(format!("offered every signature there is, the server chose {}", chosen(answer)))
            .because_of(refusal),
    )
}

/// The suites that clients of today offer: those of TLS 1.3 with GCM or ChaCha20, and ECDHE with the same.
fn is_usual_suite(suite: CipherSuite) -> bool {
    let name = suite.name().unwrap_or_default();
    let aead = name.contains("_GCM_") || name.contains("_CHACHA20_");
    aead && (name.starts_with("TLS_ECDHE_RSA_") || name.starts_with("TLS_ECDHE_ECDSA_") || suite.0 >> 8 == 0x13)
}

/// Hash and signature of RFC 5246 §7.4.1.4.1 with MD5, SHA-1 or SHA-224 (RFC 9155), or with DSA.
fn is_broken(scheme: SignatureScheme) -> bool {
    let [hash, signature] = scheme.0.to_be_bytes();
    matches!(hash, 1..=3) || matches!((hash, signature), (1..=6, 2))
}

/// For people; the registry of today has no names for most of these.
fn scheme_name(scheme: SignatureScheme) -> String {
    let [hash, signature] = scheme.0.to_be_bytes();
    let hash = ["none", "MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"].get(usize::from(hash));
    let signature = ["anonymous", "RSA", "DSA", "ECDSA"].get(usize::from(signature));
    match (hash, signature) {
        (Some(hash), Some(signature)) => format!("{signature} and {hash}"),
        _ => scheme.to_string(),
    }
}

/// The server's refusal of what was offered, or ours of what it chose.
fn is_refusal(trial: &Trial) -> bool {
    let refused = matches!(
        trial.alert(),
        Some("handshake_failure" | "insufficient_security" | "protocol_version" | "illegal_parameter")
    );
    let early = trial.seen.version.is_none();
    early && (refused || trial.code() == "transport.closed_in_handshake") || trial.code().starts_with("hello.")
}

/// The groups that clients of today offer.
fn is_usual(group: tlsmith::registry::NamedGroup) -> bool {
    use tlsmith::registry::NamedGroup as G;
    matches!(
        group,
        G::X25519
            | G::SECP256R1
            | G::SECP384R1
            | G::SECP521R1
            | G::X25519MLKEM768
            | G::SECP256R1MLKEM768
            | G::SECP384R1MLKEM1024
    )
}

/// The signature over the handshake is not of the certificate's key.
pub(super) fn key_mismatch(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = refused(evidence).filter(|trial| trial.code() == "handshake.bad_signature")?;
    if evidence.finding(Code::UnsupportedKey).is_some() {
        return None;
    }
    let message = "What the server signs the handshake with is not the key of the certificate that it sends.";
    let fix = "Install the private key that belongs to the certificate, or have a certificate issued for this key: tlsmith cert \
               match CERT KEY says whether they fit.";
    let diagnosis = Diagnosis::new(Cause::KeyMismatch, message, fix);
    Some(diagnosis.because_of(trial.error().map(|error| error.message.clone())))
}

/// It says that the trouble is its own.
pub(super) fn internal_error(evidence: &Evidence) -> Option<Diagnosis> {
    refused(evidence).filter(|trial| trial.alert() == Some("internal_error"))?;
    let message = "The server answers with the alert internal_error: something in it failed, not in the handshake.";
    let fix = "Look at the server's log: a certificate or key that cannot be read, a backend or HSM that does not answer, and a \
               missing certificate for the name end like this.";
    Some(Diagnosis::new(Cause::InternalError, message, fix).because("received the alert internal_error"))
}

/// No answer, or an end without one.
pub(super) fn silence(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = refused(evidence)?;
    let error = trial.error()?;
    let port = evidence.target.port;
    let usual = Protocol::usual_on(port).filter(|_| evidence.starttls.is_none());
    let advice = usual
        .map(|protocol| format!(" Port {port} usually speaks {protocol}: ask for TLS with --starttls {protocol}."));
    let (cause, message, fix) = match error.code.as_str() {
        "transport.timeout" => (
            Cause::HandshakeTimeout,
            "The TCP connection stands, and the handshake does not go on.",
            "Check that the port speaks TLS at once, that the server is not overloaded or stopped (on the host: ss -ltn shows a \
             full queue), and what stands in between: a load balancer without a backend looks like this.",
        ),
        "transport.reset" => (
            Cause::ConnectionReset,
            "The TCP connection stands; when TLS begins it is reset, and no alert says why.",
            RESET,
        ),
        "transport.closed_in_handshake" | "alert.close_notify_in_handshake" => (
            Cause::ClosedWithoutAlert,
            "The server closes the connection during the handshake and does not say why.",
            "Look at the server's log. A port that speaks another protocol, a proxy protocol header that is expected, an access \
             list, and a server without a certificate end like this.",
        ),
        _ => return None,
    };
    let diagnosis = Diagnosis::new(cause, message, format!("{fix}{}", advice.unwrap_or_default()));
    let others = evidence.trials.iter().filter(|other| other.kind != Kind::Default).map(|other| match other.error() {
        Some(error) => format!("{}: {}", other.kind.name(), error.message),
        None => format!("{}: {}", other.kind.name(), negotiated(other)),
    });
    Some(diagnosis.because(error.message.clone()).because_of(others))
}

/// Whatever else it is.
pub(super) fn any_other(evidence: &Evidence) -> Option<Diagnosis> {
    let trial = evidence.default_trial()?;
    let error = trial.error()?;
    let diagnosis = Diagnosis::new(Cause::HandshakeFailed, sentence(&error.message), error.fix.clone());
    let alert =
        error.alert.as_ref().map(|alert| format!("the alert {alert} was {}", error.alert_direction.unwrap_or("seen")));
    Some(diagnosis.because_of(alert).because_of(error.why.clone()))
}

/// What was agreed on.
pub(super) fn negotiated(trial: &Trial) -> String {
    let seen = &trial.seen;
    let parts = [
        seen.version.map(|version| version.to_string()),
        seen.suite.map(|suite| suite.to_string()),
        seen.group.map(|group| group.to_string()),
    ];
    match parts.into_iter().flatten().collect::<Vec<_>>() {
        parts if parts.is_empty() => String::from("nothing was agreed on"),
        parts => parts.join(", "),
    }
}

fn chosen(answer: &Answer) -> String {
    let parts = [
        answer.version.map(|version| version.to_string()),
        answer.suite.map(|suite| suite.to_string()),
        answer.group.map(|group| group_name(group.0)),
        answer.field_bits.map(|bits| format!("a finite field of {bits} bits")),
        answer.signature_scheme.map(|scheme| format!("signed with {}", scheme_name(scheme))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The hosts of a certificate, for a sentence.
pub(super) fn names(leaf: &tlsmith_x509::Certificate) -> String {
    const FEW: usize = 4;
    let names: Vec<String> = leaf.sans();
    match names.len() {
        0 => leaf.subject(),
        count if count > FEW => {
            format!("{} and {} more", names.iter().take(FEW).cloned().collect::<Vec<_>>().join(", "), count - FEW)
        }
        _ => names.join(", "),
    }
}

/// Groups that have no name in this stack's registry (IANA, TLS Supported Groups).
fn group_name(value: u16) -> String {
    let name = match value {
        0x13 => "secp192r1",
        0x15 => "secp224r1",
        0x16 => "secp256k1",
        0x1a => "brainpoolP256r1",
        0x1b => "brainpoolP384r1",
        0x1c => "brainpoolP512r1",
        0x1f => "brainpoolP256r1tls13",
        0x20 => "brainpoolP384r1tls13",
        0x21 => "brainpoolP512r1tls13",
        0x22 => "GC256A",
        0x102 => "ffdhe4096",
        0x103 => "ffdhe6144",
        0x104 => "ffdhe8192",
        0x200 => "MLKEM512",
        0x201 => "MLKEM768",
        _ => return tlsmith::registry::NamedGroup(value).to_string(),
    };
    name.to_owned()
}

/// What was said, harmless and not too long: text in quotation marks, all else in hexadecimal.
fn quoted(bytes: &[u8]) -> String {
    let is_text = |byte: &u8| !byte.is_ascii_control() || matches!(byte, b'\r' | b'\n' | b'\t' | 0x1b | 0x07 | 0x08);
    // A character may be cut off at the end.
    let is_utf8 = str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    if !(is_utf8 && bytes.iter().all(is_text)) {
        let shown: Vec<String> = bytes.iter().take(HEX).map(|byte| format!("{byte:02x}")).collect();
        let more = if bytes.len() > HEX { " ..." } else { "" };
        return format!("the bytes {}{more}", shown.join(" "));
    }
    let text = String::from_utf8_lossy(bytes.get(..QUOTED).unwrap_or(bytes));
    let line = text.lines().next().unwrap_or_default();
    let more = if line.len() < bytes.len().saturating_sub(2) { "..." } else { "" };
    format!("\"{}\"{more}", safe(line))
}
