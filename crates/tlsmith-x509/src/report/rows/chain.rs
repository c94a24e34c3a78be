//! What is odd about the chain as it was sent.

use crate::report::Row;

pub(super) const NO_CERTIFICATE: Row = Row {
    code: "certificate.no_chain",
    section: "RFC 8446 §4.4.2.4",
    why: "Without a certificate there is nothing that says who the peer is.",
    fix: "Configure a certificate and its key at the peer.",
};

pub(super) const WRONG_ORDER: Row = Row {
    code: "certificate.wrong_order",
    section: "RFC 8446 §4.4.2",
    why: "Clients may take the certificates for a list in which each certifies the one before it, and fail.",
    fix: "Send the leaf first, then each certificate's issuer.",
};

pub(super) const EXTRA_CERTIFICATE: Row = Row {
    code: "certificate.extra_certificate",
    section: "RFC 8446 §4.4.2",
    why: "It proves nothing, costs a kilobyte a handshake, and makes strict clients fail that expect a list without gaps.",
    fix: "Leave it out of the certificate file: the leaf and the intermediates above it, each once, are enough.",
};

pub(super) const ROOT_SENT: Row = Row {
    code: "certificate.root_sent",
    section: "RFC 8446 §4.4.2",
    why: "A root that the client has is not needed, one that it has not is not believed; it costs a kilobyte a handshake.",
    fix: "Leave the root out of the certificate file.",
};
