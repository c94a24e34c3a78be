//! Every cause that the doctor can name: a row each.

use tlsmith_x509::Severity;

use crate::exit::Exit;

/// What may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Cause {
    DnsFailure,
    ConnectionRefused,
    ConnectTimeout,
    Unreachable,
    ConnectionReset,
    StarttlsFailed,
    PlainHttp,
    NotTls,
    LargeClientHello,
    HandshakeTimeout,
    Ssl3Only,
    OldTlsOnly,
    NoCommonSuite,
    NoCommonGroup,
    NoCommonSignature,
    SniNeeded,
    UnknownName,
    ClientCertificateRequired,
    ClientCertificateUnknownCa,
    ClientCertificateExpired,
    ClientCertificateRefused,
    KeyMismatch,
    InternalError,
    ClosedWithoutAlert,
    HandshakeFailed,
    ClockOff,
    Middlebox,
    Revoked,
    SelfSigned,
    WrongIntermediate,
    MissingIntermediate,
    BadSignature,
    WeakSignature,
    WeakKey,
    ExpiredLeaf,
    ExpiredIntermediate,
    ExpiredRoot,
    NotYetValid,
    NotACa,
    PathLength,
    PrivateCa,
    IpAddress,
    NoSan,
    WrongVirtualHost,
    WildcardDepth,
    BareDomain,
    WildcardSuffix,
    WrongHost,
    Purpose,
    NameConstraints,
    MustStaple,
    BadStaple,
    BadCrl,
    CertificateRefused,
    StaleCertificate,
    OtherCertificate,
    DifferentCertificates,
    AddressDown,
    WrongOrder,
    ExtraCertificate,
    ExpiresSoon,
    NothingWrong,
}

/// What all cases of a cause have in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// JSON's `cause.code` is `doctor.` and this.
    pub(crate) slug: &'static str,
    /// The cause in a few words, for the first line of the screen.
    pub(crate) headline: &'static str,
    /// How bad.
    pub(crate) severity: Severity,
    /// How the command ends.
    pub(crate) exit: Exit,
}

/// A connection that does not come to be.
const fn failed(slug: &'static str, headline: &'static str) -> Row {
    Row { slug, headline, severity: Severity::Error, exit: Exit::Failed }
}

/// A certificate that is not trusted.
const fn untrusted(slug: &'static str, headline: &'static str) -> Row {
    Row { slug, headline, severity: Severity::Error, exit: Exit::Untrusted }
}

/// It works here and now, and will not everywhere or for ever.
const fn works_but(slug: &'static str, headline: &'static str) -> Row {
    Row { slug, headline, severity: Severity::Warning, exit: Exit::Good }
}

impl Cause {
    /// All of them.
    pub(crate) const ALL: [Self; 62] = [
        Self::DnsFailure,
        Self::ConnectionRefused,
        Self::ConnectTimeout,
        Self::Unreachable,
        Self::ConnectionReset,
        Self::StarttlsFailed,
        Self::PlainHttp,
        Self::NotTls,
        Self::LargeClientHello,
        Self::HandshakeTimeout,
        Self::Ssl3Only,
        Self::OldTlsOnly,
        Self::NoCommonSuite,
        Self::NoCommonGroup,
        Self::NoCommonSignature,
        Self::SniNeeded,
        Self::UnknownName,
        Self::ClientCertificateRequired,
        Self::ClientCertificateUnknownCa,
        Self::ClientCertificateExpired,
        Self::ClientCertificateRefused,
        Self::KeyMismatch,
        Self::InternalError,
        Self::ClosedWithoutAlert,
        Self::HandshakeFailed,
        Self::ClockOff,
        Self::Middlebox,
        Self::Revoked,
        Self::SelfSigned,
        Self::WrongIntermediate,
        Self::MissingIntermediate,
        Self::BadSignature,
        Self::WeakSignature,
        Self::WeakKey,
        Self::ExpiredLeaf,
        Self::ExpiredIntermediate,
        Self::ExpiredRoot,
        Self::NotYetValid,
        Self::NotACa,
        Self::PathLength,
        Self::PrivateCa,
        Self::IpAddress,
        Self::NoSan,
        Self::WrongVirtualHost,
        Self::WildcardDepth,
        Self::BareDomain,
        Self::WildcardSuffix,
        Self::WrongHost,
        Self::Purpose,
        Self::NameConstraints,
        Self::MustStaple,
        Self::BadStaple,
        Self::BadCrl,
        Self::CertificateRefused,
        Self::StaleCertificate,
        Self::OtherCertificate,
        Self::DifferentCertificates,
        Self::AddressDown,
        Self::WrongOrder,
        Self::ExtraCertificate,
        Self::ExpiresSoon,
        Self::NothingWrong,
    ];

    /// Its row.
    pub(crate) const fn row(self) -> Row {
        match self {
            Self::DnsFailure => failed("dns_failure", "The name cannot be resolved"),
            Self::ConnectionRefused => failed("connection_refused", "Nothing listens on this port"),
            Self::ConnectTimeout => failed("connect_timeout", "No answer to the TCP connection"),
            Self::Unreachable => failed("unreachable", "The host cannot be reached"),
            Self::ConnectionReset => failed("connection_reset", "The connection is reset during the handshake"),
            Self::StarttlsFailed => failed("starttls_failed", "The server does not go over to TLS"),
            Self::PlainHttp => failed("plain_http", "The port speaks plain HTTP, not TLS"),
            Self::NotTls => failed("not_tls", "The port speaks another protocol, not TLS"),
            Self::LargeClientHello => {
                failed("large_client_hello", "A large ClientHello does not get through, a small one does")
            }
            Self::HandshakeTimeout => failed("handshake_timeout", "The server takes the connection and says nothing"),
            Self::Ssl3Only => failed("ssl3_only", "The server speaks SSLv3 and nothing newer"),
            Self::OldTlsOnly => failed("old_tls_only", "The server speaks TLS 1.0 or 1.1 and nothing newer"),
            Self::NoCommonSuite => {
                failed("no_common_suite", "The server takes only cipher suites that nobody should offer")
            }
            Self::NoCommonGroup => {
                failed("no_common_group", "The server takes only key exchange groups that are not offered")
            }
            Self::NoCommonSignature => {
                failed("no_common_signature_scheme", "The server signs only with algorithms that nobody should take")
            }
            Self::SniNeeded => failed("sni_needed", "The server needs to be told the name (SNI)"),
            Self::UnknownName => failed("unknown_name", "The server has no certificate for this name"),
            Self::ClientCertificateRequired => {
                failed("client_certificate_required", "The server wants a client certificate")
            }
            Self::ClientCertificateUnknownCa => {
                failed("client_certificate_unknown_ca", "The server does not know the CA of the client certificate")
            }
            Self::ClientCertificateExpired => {
                failed("client_certificate_expired", "The client certificate has expired")
            }
            Self::ClientCertificateRefused => {
                failed("client_certificate_refused", "The server refuses the client certificate")
            }
            Self::KeyMismatch => failed("key_mismatch", "The server's key does not belong to its certificate"),
            Self::InternalError => failed("internal_error", "The server reports an error of its own"),
            Self::ClosedWithoutAlert => failed("closed_without_alert", "The server hangs up without a word"),
            Self::HandshakeFailed => failed("handshake_failed", "The handshake fails"),
            Self::ClockOff => untrusted("clock_off", "The clock of this machine is wrong"),
            Self::Middlebox => untrusted("middlebox", "Something on the way answers with a certificate of its own"),
            Self::Revoked => untrusted("revoked", "The certificate has been revoked"),
            Self::SelfSigned => untrusted("self_signed", "The certificate is self-signed"),
            Self::WrongIntermediate => {
                untrusted("wrong_intermediate", "The server sends the wrong intermediate certificate")
            }
            Self::MissingIntermediate => {
                untrusted("missing_intermediate", "The server does not send its intermediate certificate")
            }
            Self::BadSignature => untrusted("bad_signature", "A signature in the chain does not hold"),
            Self::WeakSignature => {
                untrusted("weak_signature", "A certificate is signed with an algorithm that is broken or not known")
            }
            Self::WeakKey => untrusted("weak_key", "The certificate's key is too weak or of an unknown kind"),
            Self::ExpiredLeaf => untrusted("expired_leaf", "The certificate has expired"),
            Self::ExpiredIntermediate => untrusted("expired_intermediate", "An intermediate certificate has expired"),
            Self::ExpiredRoot => untrusted("expired_root", "The root certificate has expired"),
            Self::NotYetValid => untrusted("not_yet_valid", "The certificate is not valid yet"),
            Self::NotACa => untrusted("not_a_ca", "The issuer's certificate is none of a CA"),
            Self::PathLength => untrusted("path_length", "There are more CAs below one another than was allowed"),
            Self::PrivateCa => untrusted("private_ca", "The certificate is of a private CA that is not trusted here"),
            Self::IpAddress => untrusted("ip_address", "The certificate is for names, not for this address"),
            Self::NoSan => untrusted("no_san", "The certificate names no host where clients look for it"),
            Self::WrongVirtualHost => {
                untrusted("wrong_virtual_host", "The server answers with the certificate of another virtual host")
            }
            Self::WildcardDepth => untrusted("wildcard_depth", "The wildcard is one level short"),
            Self::BareDomain => untrusted("bare_domain", "The bare domain is missing in the certificate"),
            Self::WildcardSuffix => untrusted("wildcard_suffix", "The wildcard stands directly below a public suffix"),
            Self::WrongHost => untrusted("wrong_host", "The certificate is for other hosts"),
            Self::Purpose => untrusted("purpose", "The certificate is not meant for a server"),
            Self::NameConstraints => untrusted("name_constraints", "The CA may not issue for this name"),
            Self::MustStaple => {
                untrusted("must_staple", "The certificate promises a stapled OCSP response, and there is none")
            }
            Self::BadStaple => works_but("bad_staple", "The stapled OCSP response does not count"),
            Self::BadCrl => works_but("bad_crl", "The CRL that was given does not count"),
            Self::CertificateRefused => untrusted("certificate_refused", "The certificate is not trusted"),
            Self::StaleCertificate => failed("stale_certificate", "The server still serves an old certificate"),
            Self::OtherCertificate => {
                failed("other_certificate", "The server serves another certificate than that of the file")
            }
            Self::DifferentCertificates => {
                failed("different_certificates", "The addresses of this name serve different certificates")
            }
            Self::AddressDown => works_but("address_down", "Not all addresses serve"),
            Self::WrongOrder => failed("wrong_order", "The certificates are sent in the wrong order"),
            Self::ExtraCertificate => {
                works_but("extra_certificate", "The server sends certificates that do not belong to the chain")
            }
            Self::ExpiresSoon => works_but("expires_soon", "The certificate expires soon"),
            Self::NothingWrong => {
                Row { slug: "nothing_wrong", headline: "Nothing is wrong", severity: Severity::Info, exit: Exit::Good }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_cause_has_a_name_of_its_own() {
        let slugs: HashSet<&str> = Cause::ALL.iter().map(|cause| cause.row().slug).collect();
        assert_eq!(slugs.len(), Cause::ALL.len());
        assert_eq!(Cause::ALL.len(), Cause::NothingWrong as usize + 1);
        assert!(Cause::ALL.iter().all(|cause| cause.row().headline.len() < 76), "a line of the screen");
    }
}
