//! The codes, and the fixed part of a finding: one row each.

use super::Severity;
use std::fmt;

/// What was found. One row a code in [`Code::row`]: stable name, RFC section, why it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// `certificate.malformed`
    Malformed,
    /// `certificate.expired`
    Expired,
    /// `certificate.not_yet_valid`
    NotYetValid,
    /// `certificate.name_mismatch`: leaf is for other hosts (lists them)
    NameMismatch,
    /// `certificate.no_san`: no subjectAltName at all (CN is not looked at)
    NoSubjectAltName,
    /// `certificate.self_signed`: the leaf is self-signed and not an anchor
    SelfSigned,
    /// `certificate.unknown_issuer`: the chain ends at an issuer that is not an anchor (a self-signed root was sent that is
    /// not trusted)
    UnknownIssuer,
    /// `certificate.missing_intermediate`: the issuer of the last certificate was not sent and is no anchor
    MissingIntermediate,
    /// `certificate.bad_signature`
    BadSignature,
    /// `certificate.unsupported_signature_algorithm` (SHA-1, MD5, unknown; named)
    UnsupportedSignatureAlgorithm,
    /// `certificate.unsupported_key` (RSA below 2048 and others)
    UnsupportedKey,
    /// `certificate.not_a_ca`
    NotACa,
    /// `certificate.path_length`
    PathLength,
    /// `certificate.key_usage`
    KeyUsage,
    /// `certificate.extended_key_usage`
    ExtendedKeyUsage,
    /// `certificate.name_constraints`
    NameConstraints,
    /// `certificate.unknown_critical_extension`
    UnknownCriticalExtension,
    /// `certificate.path_too_long`
    PathTooLong,
    /// `certificate.budget_exhausted`
    BudgetExhausted,
    /// `certificate.no_chain`: peer sent no certificate
    NoCertificate,
    /// `certificate.expires_soon` (warning)
    ExpiresSoon,
    /// `certificate.wrong_order` (warning: chain sent in the wrong order / extra certificates)
    WrongOrder,
    /// `certificate.root_sent` (info)
    RootSent,
}

/// The fixed part of a finding.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Stable code, `certificate.expired`.
    pub code: &'static str,
    /// Where the rule stands: `RFC 5280 §6.1.3 (a)(2)`.
    pub section: &'static str,
    /// Why it matters, one sentence.
    pub why: &'static str,
    /// What to do, one or two sentences.
    pub fix: &'static str,
}

impl Code {
    /// Every code, the one that explains most first: findings are sorted by it. A search that was stopped says little else
    /// for certain. Who vouches comes before what he vouches for: as long as the issuer is not known, nothing else that the
    /// certificate says can be relied on.
    pub const ALL: &'static [Code] = &[
        Code::NoCertificate,
        Code::BudgetExhausted,
        Code::PathTooLong,
        Code::SelfSigned,
        Code::UnknownIssuer,
        Code::MissingIntermediate,
        Code::BadSignature,
        Code::UnsupportedSignatureAlgorithm,
        Code::UnsupportedKey,
        Code::NotACa,
        Code::Expired,
        Code::NotYetValid,
        Code::NameMismatch,
        Code::NoSubjectAltName,
        Code::ExtendedKeyUsage,
        Code::KeyUsage,
        Code::NameConstraints,
        Code::PathLength,
        Code::UnknownCriticalExtension,
        Code::Malformed,
        Code::ExpiresSoon,
        Code::WrongOrder,
        Code::RootSent,
    ];

    /// How bad it is.
    pub const fn severity(self) -> Severity {
        match self {
            Self::ExpiresSoon | Self::WrongOrder => Severity::Warning,
            Self::RootSent => Severity::Info,
            _ => Severity::Error,
        }
    }

    /// The stable name, `certificate.expired`.
    pub const fn as_str(self) -> &'static str {
        self.row().code
    }

    /// Its row.
    pub const fn row(self) -> Row {
        match self {
            Self::Malformed => Row {
                code: "certificate.malformed",
                section: "RFC 5280 §4.1, §4.2",
                why: "What is not a well-formed certificate can be read in two ways, and one of them is the attacker's.",
                fix: "Have the certificate issued again by software that follows RFC 5280.",
            },
            Self::Expired => Row {
                code: "certificate.expired",
                section: "RFC 5280 §6.1.3 (a)(2)",
                why: "After its last day nobody answers for the key: revocations are no longer published.",
                fix: "Renew the certificate, install the new one, reload the server.",
            },
            Self::NotYetValid => Row {
                code: "certificate.not_yet_valid",
                section: "RFC 5280 §6.1.3 (a)(2)",
                why: "The issuer does not answer for the key before the first day.",
                fix: "Check the clock of this machine and of the one that issued the certificate; else wait, or issue it again.",
            },
            Self::NameMismatch => Row {
                code: "certificate.name_mismatch",
                section: "RFC 9525 §6",
                why: "The certificate proves who somebody is, but not the one who was asked for.",
                fix: "Connect by a name that the certificate holds, or have one issued that holds this name.",
            },
            Self::NoSubjectAltName => Row {
                code: "certificate.no_san",
                section: "RFC 9525 §2, §6.3",
                why: "Names are looked for in subjectAltName alone; the common name is text for people.",
                fix: "Have the certificate issued again with the host name as a DNS entry of subjectAltName.",
            },
            Self::SelfSigned => Row {
                code: "certificate.self_signed",
                section: "RFC 5280 §6.1",
                why: "Nobody but its owner says whose key it is; anyone in between can say the same.",
                fix: "Use a certificate of a CA that is trusted; for a test, trust this very certificate with --ca FILE.",
            },
            Self::UnknownIssuer => Row {
                code: "certificate.unknown_issuer",
                section: "RFC 5280 §6.1.1 (d)",
                why: "A chain is worth as much as its end, and this end is nobody who is trusted.",
                fix: "If it is a private CA of yours, give its root certificate with --ca FILE.",
            },
            Self::MissingIntermediate => Row {
                code: "certificate.missing_intermediate",
                section: "RFC 8446 §4.4.2",
                why: "Who verifies knows roots, not intermediates; those have to be sent along. Browsers that have seen one before hide the mistake.",
                fix: "Serve the full chain: put the intermediate after the leaf in the certificate file (nginx: ssl_certificate fullchain.pem).",
            },
            Self::BadSignature => Row {
                code: "certificate.bad_signature",
                section: "RFC 5280 §6.1.3 (a)(1)",
                why: "The certificate was changed after it was signed, or somebody else signed it.",
                fix: "Install the certificate as the CA delivered it, with the intermediate that belongs to it.",
            },
            Self::UnsupportedSignatureAlgorithm => Row {
                code: "certificate.unsupported_signature_algorithm",
                section: "RFC 8446 §4.4.2.2",
                why: "SHA-1 and MD5 no longer tell one certificate from another; an algorithm that is not known proves nothing.",
                fix: "Have the certificate issued again, signed with SHA-256 or better by an RSA, ECDSA or Ed25519 key.",
            },
            Self::UnsupportedKey => Row {
                code: "certificate.unsupported_key",
                section: "RFC 8446 §4.4.2.2",
                why: "A key that is too short can be computed from the certificate; one of an unknown type cannot be used.",
                fix: "Make a new key (ECDSA P-256, or RSA of 2048 to 8192 bits) and have a certificate issued for it.",
            },
            Self::NotACa => Row {
                code: "certificate.not_a_ca",
                section: "RFC 5280 §6.1.4 (k)",
                why: "Without this rule the owner of any certificate could issue one for any name.",
                fix: "Issue from a CA certificate: version 3, basicConstraints with CA:TRUE.",
            },
            Self::PathLength => Row {
                code: "certificate.path_length",
                section: "RFC 5280 §6.1.4 (l), (m)",
                why: "The CA above allowed fewer CAs below itself than there are.",
                fix: "Issue from a CA nearer to the root, or have the CA's certificate issued with a larger pathlen.",
            },
            Self::KeyUsage => Row {
                code: "certificate.key_usage",
                section: "RFC 5280 §4.2.1.3, §6.1.4 (n)",
                why: "The issuer allowed the key for other uses than this one.",
                fix: "Have the certificate issued with the key usage it needs: digitalSignature for a host, keyCertSign for a CA.",
            },
            Self::ExtendedKeyUsage => Row {
                code: "certificate.extended_key_usage",
                section: "RFC 5280 §4.2.1.12",
                why: "The issuer allowed the certificate for other purposes than this one.",
                fix: "Have the certificate issued for this purpose: serverAuth for servers, clientAuth for clients.",
            },
            Self::NameConstraints => Row {
                code: "certificate.name_constraints",
                section: "RFC 5280 §4.2.1.10, §6.1.3 (b), (c)",
                why: "A CA that may issue for one organisation's names only has issued for another's.",
                fix: "Have the certificate issued by a CA that may issue for this name.",
            },
            Self::UnknownCriticalExtension => Row {
                code: "certificate.unknown_critical_extension",
                section: "RFC 5280 §4.2, §6.1.4 (o), §6.1.5 (f)",
                why: "Critical means: who does not understand this must not use the certificate.",
                fix: "Have the certificate issued without the extension, or with the extension not critical.",
            },
            Self::PathTooLong => Row {
                code: "certificate.path_too_long",
                section: "RFC 5280 §6.1",
                why: "Every certificate of a path costs a signature; chains in use have two to four.",
                fix: "Serve the leaf and the intermediates up to a root that clients trust, and nothing else.",
            },
            Self::BudgetExhausted => Row {
                code: "certificate.budget_exhausted",
                section: "RFC 4158 §2.4, RFC 5280 §8",
                why: "A chain can be made so that finding a path through it takes for ever; the search stops at a limit.",
                fix: "Serve the leaf and the intermediates up to a root that clients trust, and nothing else.",
            },
            Self::NoCertificate => Row {
                code: "certificate.no_chain",
                section: "RFC 8446 §4.4.2.4",
                why: "Without a certificate there is nothing that says who the peer is.",
                fix: "Configure a certificate and its key at the peer.",
            },
            Self::ExpiresSoon => Row {
                code: "certificate.expires_soon",
                section: "RFC 5280 §4.1.2.5",
                why: "Renewal that works happens earlier; this one may have stopped.",
                fix: "Check that automatic renewal runs, and that the server is reloaded after it.",
            },
            Self::WrongOrder => Row {
                code: "certificate.wrong_order",
                section: "RFC 8446 §4.4.2",
                why: "Clients may take the certificates for a list in which each certifies the one before it, and fail.",
                fix: "Send the leaf first, then each certificate's issuer, and nothing else.",
            },
            Self::RootSent => Row {
                code: "certificate.root_sent",
                section: "RFC 8446 §4.4.2",
                why: "A root that the client has is not needed, one that it has not is not believed; it costs a kilobyte a handshake.",
                fix: "Leave the root out of the certificate file.",
            },
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_is_ranked_once_and_has_a_name_of_its_own() {
        let ranked: HashSet<Code> = Code::ALL.iter().copied().collect();
        let names: HashSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        // The last variant of the enum tells how many there are.
        assert_eq!(Code::ALL.len(), Code::RootSent as usize + 1);
        assert_eq!(ranked.len(), Code::ALL.len());
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let row = code.row();
            assert!(row.code.starts_with("certificate."), "{code}");
            assert!(
                row.section.starts_with("RFC ") && row.why.ends_with('.') && row.fix.ends_with(['.', ')']),
                "{code}"
            );
        }
    }
}
