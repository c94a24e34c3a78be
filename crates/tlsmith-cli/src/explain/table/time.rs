//! When: certificates that have expired or are not valid yet.

use super::{Meaning, general, noted, text};

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "expired",
        title: "A certificate has expired",
        means: "The last day of a certificate of the chain has passed, by the clock of the program that complains.",
        causes: &[
            "Renewal did not run, or failed.",
            "Renewal ran, and the server was never reloaded: the new file is on disk, the old certificate is served.",
            "An intermediate or a cross-signed root has expired, not the leaf; the CA has a newer one.",
            "The clock of the complaining machine is wrong.",
        ],
        commands: &[
            "tlsmith doctor HOST --expect /etc/ssl/fullchain.pem",
            "tlsmith cert check --days 30 HOST",
            "nginx -s reload",
            "date -u",
        ],
        codes: &[
            "certificate.expired",
            "doctor.expired_leaf",
            "doctor.expired_intermediate",
            "doctor.expired_root",
            "doctor.stale_certificate",
            "certificate.expires_soon",
            "doctor.expires_soon",
        ],
        texts: &[
            noted(
                "OpenSSL",
                "certificate has expired",
                "Verify error 10; depth=0 is the leaf, a higher depth an issuer.",
            ),
            text("Node", "CERT_HAS_EXPIRED"),
            text("Chrome", "ERR_CERT_DATE_INVALID"),
            text("Firefox", "SEC_ERROR_EXPIRED_CERTIFICATE"),
            noted(
                "Firefox",
                "SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE",
                "It is an issuer that has expired, not the server's own certificate.",
            ),
            text("Java", "CertificateExpiredException"),
            general("Java", "PKIX path validation failed", ""),
            text("Java", "NotAfter"),
            noted(
                "Go",
                "x509: certificate has expired or is not yet valid",
                "Behind it stand both times: which of the two it is, and by how much.",
            ),
            text("GnuTLS", "The certificate chain uses expired certificate"),
            text("GnuTLS", "expired certificate"),
            text("rustls", "invalid peer certificate: Expired"),
            text("Windows", "SEC_E_CERT_EXPIRED"),
            text("Windows", "CERT_E_EXPIRED"),
            text("Apple", "errSSLCertExpired"),
            text("MySQL", "certificate has expired"),
        ],
    },
    Meaning {
        id: "not_yet_valid",
        title: "A certificate is not valid yet",
        means: "The first day of a certificate lies in the future, by the clock of the program that complains.",
        causes: &[
            "The clock of this machine is behind (a board without a battery, a resumed virtual machine).",
            "The certificate was made seconds ago on a machine whose clock is ahead.",
        ],
        commands: &["date -u", "tlsmith cert show HOST", "tlsmith doctor HOST"],
        codes: &["certificate.not_yet_valid", "doctor.not_yet_valid", "doctor.clock_off"],
        texts: &[
            noted("OpenSSL", "certificate is not yet valid", "Verify error 9."),
            text("Node", "CERT_NOT_YET_VALID"),
            text("Firefox", "MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE"),
            text("Java", "CertificateNotYetValidException"),
            text("GnuTLS", "The certificate chain uses not yet valid certificate"),
            text("rustls", "NotValidYet"),
            text("Apple", "errSSLCertNotYetValid"),
        ],
    },
];
