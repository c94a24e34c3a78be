//! Handshakes and records that are broken: signatures, tags, messages out of place.

use super::{Meaning, noted, text};

const ILLEGAL_MESSAGE: &str = "SChannel says it, too, when the other side ends the handshake by an alert: often nothing is in common \
                               (versions, suites), and the other side's log has the reason.";

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "decrypt_error",
        title: "A signature or a MAC of the handshake does not hold",
        means: "The proof of one side does not fit: its key is not that of its certificate, the handshake was altered on the way, or the pre-shared keys differ.",
        causes: &[
            "The private key and the certificate of the server, or of the client, do not belong together.",
            "A smart card or HSM that signs in another way than it says.",
            "Different pre-shared keys on both sides.",
            "A middlebox that alters the handshake.",
        ],
        commands: &["tlsmith cert match cert.pem key.pem", "tlsmith connect HOST -v"],
        codes: &["handshake.bad_signature", "handshake.bad_finished", "alert.decrypt_error", "doctor.key_mismatch"],
        texts: &[
            noted("OpenSSL", "tlsv1 alert decrypt error", "SSL alert number 51."),
            text("OpenSSL", "digest check failed"),
            text("OpenSSL", "bad signature"),
            text("Firefox", "SSL_ERROR_DECRYPT_ERROR_ALERT"),
            text("Chrome", "ERR_SSL_CLIENT_AUTH_SIGNATURE_FAILED"),
            text("Go", "tls: invalid signature by the server certificate"),
            text("Java", "Received fatal alert: decrypt_error"),
        ],
    },
    Meaning {
        id: "bad_record",
        title: "A record could not be decrypted",
        means: "The tag of a record does not fit: the bytes were altered on the way, or the two sides have different keys.",
        causes: &[
            "A proxy or accelerator that alters or mixes streams; broken offloading in a network card.",
            "One socket used by two threads or processes at once.",
            "A session ticket or 0-RTT state that one side no longer has.",
        ],
        commands: &["tlsmith connect HOST -v", "tlsmith bench HOST --count 100"],
        codes: &["record.bad_mac", "alert.bad_record_mac", "alert.record_overflow"],
        texts: &[
            text("OpenSSL", "decryption failed or bad record mac"),
            text("OpenSSL", "sslv3 alert bad record mac"),
            text("Java", "Received fatal alert: bad_record_mac"),
            text("Java", "Tag mismatch"),
            text("Go", "tls: bad record MAC"),
            text("Firefox", "SSL_ERROR_BAD_MAC_READ"),
            text("Firefox", "SSL_ERROR_BAD_MAC_ALERT"),
            text("GnuTLS", "Decryption has failed"),
            text("rustls", "cannot decrypt peer's message"),
        ],
    },
    Meaning {
        id: "protocol_error",
        title: "One side broke the protocol",
        means: "A message is malformed, or came when it may not come: a bug, or something in between that is no TLS.",
        causes: &[
            "A middlebox that alters the handshake or does not know TLS 1.3.",
            "A peer with a bug: look for an update, try TLS 1.2.",
            "Something that speaks no TLS behind the port.",
        ],
        commands: &["tlsmith doctor HOST", "tlsmith connect HOST -v", "tlsmith connect HOST --max 1.2"],
        codes: &[
            "alert.decode_error",
            "alert.unexpected_message",
            "alert.illegal_parameter",
            "alert.missing_extension",
            "alert.unsupported_extension",
        ],
        texts: &[
            text("Chrome", "ERR_SSL_PROTOCOL_ERROR"),
            text("OpenSSL", "tlsv1 alert decode error"),
            text("OpenSSL", "sslv3 alert illegal parameter"),
            text("OpenSSL", "sslv3 alert unexpected message"),
            text("OpenSSL", "unexpected message"),
            text("OpenSSL", "bad extension"),
            text("OpenSSL", "bad key share"),
            text("Java", "Received fatal alert: unexpected_message"),
            text("Java", "Received fatal alert: illegal_parameter"),
            text("Go", "tls: unexpected message"),
            noted("Windows", "SEC_E_ILLEGAL_MESSAGE", ILLEGAL_MESSAGE),
            text("Windows", "SEC_E_INVALID_TOKEN"),
            noted("Windows", "0x80090326", ILLEGAL_MESSAGE),
            text("Windows", "0x80090308"),
            text("Windows", "The message received was unexpected or badly formatted"),
            text("Windows", "The token supplied to the function is invalid"),
            text("GnuTLS", "Error decoding the received TLS packet"),
            text("Firefox", "SSL_ERROR_RX_MALFORMED_HANDSHAKE"),
        ],
    },
    Meaning {
        id: "unknown_psk_identity",
        title: "The server does not know the name of the pre-shared key",
        means: "The client offered a pre-shared key by its identity, the server has none of that name, and no certificate is to take its place.",
        causes: &[
            "The identity is spelled otherwise on the two sides, or its encoding differs (a line end, quotes).",
            "The key was never entered in the server, or was removed.",
            "The client reached another server.",
        ],
        commands: &["tlsmith connect HOST --psk-file psk.txt", "tlsmith connect HOST --trace"],
        codes: &["alert.unknown_psk_identity"],
        texts: &[
            text("OpenSSL", "psk identity not found"),
            text("OpenSSL", "tlsv1 alert unknown psk identity"),
            text("OpenSSL", "tlsv1 unknown psk identity"),
            noted("OpenSSL", "binder does not verify", "The name is known, and the keys differ."),
        ],
    },
];
