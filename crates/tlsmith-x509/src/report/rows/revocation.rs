//! What others say of a certificate after it was issued, and why they are not believed.

use crate::report::Row;

pub(super) const REVOKED: Row = Row {
    code: "certificate.revoked",
    section: "RFC 5280 §6.1.3 (a)(3)",
    why: "The issuer no longer answers for the key; it may be in others' hands.",
    fix: "Make a new key, have a certificate issued for it, install both, reload the server.",
};

pub(super) const CRL_UNTRUSTED: Row = Row {
    code: "certificate.crl_untrusted",
    section: "RFC 5280 §6.3.3 (f), (g)",
    why: "A list that the issuer did not sign can leave out what it wants to.",
    fix: "Get the CRL of the very CA that issued the certificate; a CA that signs CRLs needs the key usage cRLSign.",
};

pub(super) const CRL_EXPIRED: Row = Row {
    code: "certificate.crl_expired",
    section: "RFC 5280 §5.1.2.5, §6.3.3",
    why: "An old list does not have what was revoked since, and whoever stole a key shows the old one.",
    fix: "Get the CRL that is current; if the CA's own is over, its job that issues CRLs has stopped.",
};

pub(super) const CRL_UNSUPPORTED: Row = Row {
    code: "certificate.crl_unsupported",
    section: "RFC 5280 §5.2, §5.3",
    why: "A list that is understood in part can say the opposite of what it seems to say.",
    fix: "Get the complete CRL that the CA issues by itself: neither a delta CRL nor an indirect one.",
};

pub(super) const OCSP_UNTRUSTED: Row = Row {
    code: "certificate.ocsp_untrusted",
    section: "RFC 6960 §3.2, §4.2.2.2",
    why: "Anybody can answer that all is well; it counts from the issuer, or from whom he has certified for it.",
    fix: "Ask the responder that the certificate names; the CA has to issue the responder's certificate itself, with the extended key usage OCSPSigning.",
};

pub(super) const OCSP_OTHER_CERTIFICATE: Row = Row {
    code: "certificate.ocsp_other_certificate",
    section: "RFC 6960 §3.2",
    why: "That another certificate is good says nothing about this one.",
    fix: "Ask about this certificate and staple that answer; after a renewal the old one is still there.",
};

pub(super) const OCSP_EXPIRED: Row = Row {
    code: "certificate.ocsp_expired",
    section: "RFC 6960 §3.2, §4.2.2.1",
    why: "An old answer does not know what was revoked since, and whoever stole a key shows the old one.",
    fix: "Fetch a new response; a server that staples one has to fetch it again before it ends.",
};

pub(super) const OCSP_UNUSABLE: Row = Row {
    code: "certificate.ocsp_unusable",
    section: "RFC 6960 §4.2.1",
    why: "It says nothing about the certificate, or it cannot be told what.",
    fix: "Ask the responder again; if it goes on like this, use the CA's CRL.",
};

pub(super) const MUST_STAPLE: Row = Row {
    code: "certificate.must_staple",
    section: "RFC 7633 §4.2.3.1, §4.3.3",
    why: "The owner had it written into the certificate that a staple always comes, so that a thief of the key cannot leave it out.",
    fix: "Turn on OCSP stapling at the server (nginx: ssl_stapling on), or have the certificate issued without must-staple.",
};

pub(super) const REVOCATION_UNKNOWN: Row = Row {
    code: "certificate.revocation_unknown",
    section: "RFC 5280 §6.3.3",
    why: "A certificate that was revoked looks like any other to whoever does not ask.",
    fix: "Give the issuer's current CRL, or an OCSP response about the certificate.",
};
