//! What it means when the peer sends an alert: one row an alert (RFC 8446 §6).

use super::Row;
use crate::registry::AlertDescription;

pub(super) const fn row(alert: AlertDescription) -> Row {
    let (code, what, why, fix) = match alert {
        AlertDescription::CLOSE_NOTIFY => (
            "alert.close_notify",
            "the peer sent the alert close_notify: it will send no more",
            "The peer ended the connection in good order.",
            "Nothing to mend.",
        ),
        AlertDescription::UNEXPECTED_MESSAGE => (
            "alert.unexpected_message",
            "the peer sent the alert unexpected_message: it received a message that it did not expect",
            "The two sides disagree about the order of messages, or the port speaks another protocol.",
            "Check host and port; update both sides.",
        ),
        AlertDescription::BAD_RECORD_MAC => (
            "alert.bad_record_mac",
            "the peer sent the alert bad_record_mac: it received a record that does not authenticate",
            "Something altered the stream, or one side computes keys wrongly.",
            "Try again; look for a middlebox or a broken network path.",
        ),
        AlertDescription::RECORD_OVERFLOW => (
            "alert.record_overflow",
            "the peer sent the alert record_overflow: it received a record that is too long",
            "Records hold at most 2^14 bytes.",
            "Look for a middlebox that alters the stream.",
        ),
        AlertDescription::HANDSHAKE_FAILURE => (
            "alert.handshake_failure",
            "the peer sent the alert handshake_failure: it found no acceptable set of parameters",
            "Usually no suite, group or signature scheme in common; some servers say it for a missing client certificate or an unknown name too.",
            "Compare what both sides allow: offer more suites, groups and schemes, send the right server name, and a client certificate if one is asked for.",
        ),
        AlertDescription::NO_CERTIFICATE => (
            "alert.no_certificate",
            "the peer sent the alert no_certificate: it received no certificate",
            "An alert of SSLv3, long reserved.",
            "Update the peer.",
        ),
        AlertDescription::BAD_CERTIFICATE => (
            "alert.bad_certificate",
            "the peer sent the alert bad_certificate: it found a certificate corrupt or wrongly signed",
            "The certificate that this side showed does not pass the peer's checks.",
            "Check the chain that is shown: order, completeness, signatures.",
        ),
        AlertDescription::UNSUPPORTED_CERTIFICATE => (
            "alert.unsupported_certificate",
            "the peer sent the alert unsupported_certificate: it does not support the type of certificate",
            "The key type, the key usage or the extended key usage does not suit the peer.",
            "Show a certificate with the right extended key usage (clientAuth or serverAuth) and a common key type.",
        ),
        AlertDescription::CERTIFICATE_REVOKED => (
            "alert.certificate_revoked",
            "the peer sent the alert certificate_revoked: it found the certificate revoked",
            "The issuing CA has withdrawn the certificate that this side showed.",
            "Get a new certificate; find out why the old one was revoked.",
        ),
        AlertDescription::CERTIFICATE_EXPIRED => (
            "alert.certificate_expired",
            "the peer sent the alert certificate_expired: it found the certificate expired or not yet valid",
            "By the peer's clock the certificate that this side showed is out of its time.",
            "Renew the certificate and load it; check the clocks of both sides.",
        ),
        AlertDescription::CERTIFICATE_UNKNOWN => (
            "alert.certificate_unknown",
            "the peer sent the alert certificate_unknown: it could not accept the certificate for another reason",
            "The peer does not say which.",
            "Look at the peer's log; check the chain, the name and the purpose of the certificate that this side shows.",
        ),
        AlertDescription::ILLEGAL_PARAMETER => (
            "alert.illegal_parameter",
            "the peer sent the alert illegal_parameter: it found a value inconsistent",
            "Something in a handshake message contradicts another part.",
            "Update both sides; look for a middlebox that alters the stream.",
        ),
        AlertDescription::UNKNOWN_CA => (
            "alert.unknown_ca",
            "the peer sent the alert unknown_ca: it does not know the CA of the certificate",
            "The chain that this side showed does not end at a CA that the peer trusts, or an intermediate is missing.",
            "Show the intermediates as well (the full chain), or install the CA's root at the peer.",
        ),
        AlertDescription::ACCESS_DENIED => (
            "alert.access_denied",
            "the peer sent the alert access_denied: it accepted the certificate but denies access",
            "The peer's access control does not admit this identity.",
            "Ask the peer's operator to admit the certificate's subject.",
        ),
        AlertDescription::DECODE_ERROR => (
            "alert.decode_error",
            "the peer sent the alert decode_error: it could not decode a message",
            "A length or a structure seems wrong to the peer.",
            "Update both sides; look for a middlebox that alters the stream.",
        ),
        AlertDescription::DECRYPT_ERROR => (
            "alert.decrypt_error",
            "the peer sent the alert decrypt_error: a signature or a Finished does not verify on its side",
            "The two sides saw different handshakes, or the certificate and the key do not belong together.",
            "Check that key and certificate match; look for a middlebox.",
        ),
        AlertDescription::PROTOCOL_VERSION => (
            "alert.protocol_version",
            "the peer sent the alert protocol_version: it does not support the protocol version",
            "The two sides have no version in common: one allows older ones alone, or newer ones alone.",
            "Allow TLS 1.3 or TLS 1.2 on both sides; what is older is broken, and refused here on purpose.",
        ),
        AlertDescription::INSUFFICIENT_SECURITY => (
            "alert.insufficient_security",
            "the peer sent the alert insufficient_security: it demands stronger parameters",
            "The peer's policy is stricter than what was offered.",
            "Offer stronger suites, groups and schemes.",
        ),
        AlertDescription::INTERNAL_ERROR => (
            "alert.internal_error",
            "the peer sent the alert internal_error: it failed for a reason of its own",
            "The failure is not about the protocol.",
            "Look at the peer's log.",
        ),
        AlertDescription::INAPPROPRIATE_FALLBACK => (
            "alert.inappropriate_fallback",
            "the peer sent the alert inappropriate_fallback: it refuses a fallback to an older version",
            "The client retried with an older version although both sides can do better.",
            "Remove the version fallback from the client.",
        ),
        AlertDescription::USER_CANCELED => (
            "alert.user_canceled",
            "the peer sent the alert user_canceled: the handshake was canceled",
            "Somebody ended it on purpose.",
            "Try again.",
        ),
        AlertDescription::NO_RENEGOTIATION => (
            "alert.no_renegotiation",
            "the peer sent the alert no_renegotiation: it refuses to renegotiate",
            "Renegotiation is a feature of old versions.",
            "Do not renegotiate.",
        ),
        AlertDescription::MISSING_EXTENSION => (
            "alert.missing_extension",
            "the peer sent the alert missing_extension: an extension is missing that it needs",
            "TLS 1.3 demands certain extensions.",
            "Update both sides; look for a middlebox that strips extensions.",
        ),
        AlertDescription::UNSUPPORTED_EXTENSION => (
            "alert.unsupported_extension",
            "the peer sent the alert unsupported_extension: it received an extension that it did not offer",
            "A response may only answer an offer.",
            "Update both sides.",
        ),
        AlertDescription::UNRECOGNIZED_NAME => (
            "alert.unrecognized_name",
            "the peer sent the alert unrecognized_name: it does not know the server name",
            "No virtual host of the peer has the name that was sent as SNI.",
            "Send the right server name (tlsmith connect: --servername), or configure the name at the server.",
        ),
        AlertDescription::BAD_CERTIFICATE_STATUS_RESPONSE => (
            "alert.bad_certificate_status_response",
            "the peer sent the alert bad_certificate_status_response: the stapled OCSP response is not acceptable",
            "The server's staple is stale or wrong.",
            "Refresh the server's OCSP response.",
        ),
        AlertDescription::UNKNOWN_PSK_IDENTITY => (
            "alert.unknown_psk_identity",
            "the peer sent the alert unknown_psk_identity: it does not know the pre-shared key",
            "The identity that was offered means nothing to the peer.",
            "Check identity and key on both sides.",
        ),
        AlertDescription::CERTIFICATE_REQUIRED => (
            "alert.certificate_required",
            "the peer sent the alert certificate_required: it requires a client certificate",
            "The server is configured for mutual TLS and got none.",
            "Give a client certificate and its key (tlsmith connect: --cert and --key).",
        ),
        AlertDescription::NO_APPLICATION_PROTOCOL => (
            "alert.no_application_protocol",
            "the peer sent the alert no_application_protocol: it speaks none of the offered application protocols",
            "ALPN found nothing in common.",
            "Offer a protocol that the server speaks (tlsmith connect: --alpn h2,http/1.1), or none.",
        ),
        AlertDescription::ECH_REQUIRED => (
            "alert.ech_required",
            "the peer sent the alert ech_required: it requires Encrypted ClientHello",
            "The configuration of ECH is out of date.",
            "Fetch the server's current ECH configuration.",
        ),
        _ => (
            "alert.unknown",
            "the peer sent an alert that the registry does not know",
            "The peer ended the connection for a reason that only it knows.",
            "Look at the peer's log.",
        ),
    };
    Row { code, alert: None, section: "RFC 8446 §6.2", what, why, fix }
}
