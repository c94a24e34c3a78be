//! Handshake messages (RFC 8446 §4; those of TLS 1.2 alone in `tls12/`): one file a message. They borrow from the bytes they were read from, and encode to
//! the same bytes again.

mod certificate;
mod certificate_request;
mod certificate_verify;
mod client_hello;
mod compressed_certificate;
mod encrypted_extensions;
mod finished;
mod key_update;
mod new_session_ticket;
mod server_hello;
pub(crate) mod tls12;

pub(crate) use certificate::{CertificateEntry, CertificateMessage, MAX_CERTIFICATE_MESSAGE, MAX_CERTIFICATES};
pub(crate) use certificate_request::CertificateRequest;
pub(crate) use certificate_verify::CertificateVerify;
pub(crate) use client_hello::ClientHello;
pub(crate) use compressed_certificate::CompressedCertificate;
pub(crate) use encrypted_extensions::EncryptedExtensions;
pub(crate) use finished::Finished;
pub(crate) use key_update::KeyUpdate;
pub(crate) use new_session_ticket::NewSessionTicket;
pub(crate) use server_hello::{RETRY_RANDOM, ServerHello};
use tls12::{
    CertificateRequestTls12, CertificateStatus, CertificateTls12, ClientKeyExchange, NewSessionTicketTls12,
    ServerKeyExchange,
};

use crate::{
    ext::{self, Extension, Place},
    registry::{CertificateCompressionAlgorithm, HandshakeType, SignatureScheme},
    wire::{Malformed, Reader, TooLong, Writer},
};

/// A handshake message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message<'a> {
    ClientHello(ClientHello<'a>),
    /// HelloRetryRequest too: [`ServerHello::is_retry`].
    ServerHello(ServerHello<'a>),
    EncryptedExtensions(EncryptedExtensions<'a>),
    CertificateRequest(CertificateRequest<'a>),
    Certificate(CertificateMessage<'a>),
    CompressedCertificate(CompressedCertificate<'a>),
    CertificateVerify(CertificateVerify<'a>),
    Finished(Finished<'a>),
    NewSessionTicket(NewSessionTicket<'a>),
    KeyUpdate(KeyUpdate),
    EndOfEarlyData,
    // Of TLS 1.2 alone, or in another shape there.
    HelloRequest,
    CertificateTls12(CertificateTls12<'a>),
    CertificateStatus(CertificateStatus<'a>),
    ServerKeyExchange(ServerKeyExchange<'a>),
    CertificateRequestTls12(CertificateRequestTls12<'a>),
    ServerHelloDone,
    ClientKeyExchange(ClientKeyExchange<'a>),
    NewSessionTicketTls12(NewSessionTicketTls12<'a>),
    /// A message that the version does not have, and its body.
    Unknown(HandshakeType, &'a [u8]),
}

impl<'a> Message<'a> {
    /// Reads the body of a hello, or of any message of TLS 1.3; the header has been read.
    pub(crate) fn decode(handshake_type: HandshakeType, body: &'a [u8]) -> Result<Self, Malformed> {
        Ok(match handshake_type {
            HandshakeType::CLIENT_HELLO => Self::ClientHello(ClientHello::decode(body)?),
            HandshakeType::SERVER_HELLO => Self::ServerHello(ServerHello::decode(body)?),
            HandshakeType::ENCRYPTED_EXTENSIONS => Self::EncryptedExtensions(EncryptedExtensions::decode(body)?),
            HandshakeType::CERTIFICATE_REQUEST => Self::CertificateRequest(CertificateRequest::decode(body)?),
            HandshakeType::CERTIFICATE => Self::Certificate(CertificateMessage::decode(body)?),
            HandshakeType::COMPRESSED_CERTIFICATE => Self::CompressedCertificate(CompressedCertificate::decode(body)?),
            HandshakeType::CERTIFICATE_VERIFY => Self::CertificateVerify(CertificateVerify::decode(body)?),
            HandshakeType::FINISHED => Self::Finished(Finished::decode(body)),
            HandshakeType::NEW_SESSION_TICKET => Self::NewSessionTicket(NewSessionTicket::decode(body)?),
            HandshakeType::KEY_UPDATE => Self::KeyUpdate(KeyUpdate::decode(body)?),
            HandshakeType::END_OF_EARLY_DATA => {
                Reader::new(body).finish("EndOfEarlyData")?;
                Self::EndOfEarlyData
            }
            other => Self::Unknown(other, body),
        })
    }

    /// Reads the body of a message after a ServerHello that chose TLS 1.2 (RFC 5246 §7.4).
    pub(crate) fn decode_tls12(handshake_type: HandshakeType, body: &'a [u8]) -> Result<Self, Malformed> {
        Ok(match handshake_type {
            HandshakeType::HELLO_REQUEST => {
                Reader::new(body).finish("HelloRequest")?;
                Self::HelloRequest
            }
            HandshakeType::CLIENT_HELLO => Self::ClientHello(ClientHello::decode(body)?),
            HandshakeType::SERVER_HELLO => Self::ServerHello(ServerHello::decode(body)?),
            HandshakeType::CERTIFICATE => Self::CertificateTls12(CertificateTls12::decode(body)?),
            HandshakeType::CERTIFICATE_STATUS => Self::CertificateStatus(CertificateStatus::decode(body)?),
            HandshakeType::SERVER_KEY_EXCHANGE => Self::ServerKeyExchange(ServerKeyExchange { body }),
            HandshakeType::CERTIFICATE_REQUEST => Self::CertificateRequestTls12(CertificateRequestTls12::decode(body)?),
            HandshakeType::SERVER_HELLO_DONE => {
                Reader::new(body).finish("ServerHelloDone")?;
                Self::ServerHelloDone
            }
            HandshakeType::CLIENT_KEY_EXCHANGE => Self::ClientKeyExchange(ClientKeyExchange { body }),
            HandshakeType::CERTIFICATE_VERIFY => Self::CertificateVerify(CertificateVerify::decode(body)?),
            HandshakeType::NEW_SESSION_TICKET => Self::NewSessionTicketTls12(NewSessionTicketTls12::decode(body)?),
            HandshakeType::FINISHED => Self::Finished(Finished::decode(body)),
            other => Self::Unknown(other, body),
        })
    }

    pub(crate) const fn handshake_type(&self) -> HandshakeType {
        match self {
            Self::ClientHello(_) => HandshakeType::CLIENT_HELLO,
            Self::ServerHello(_) => HandshakeType::SERVER_HELLO,
            Self::EncryptedExtensions(_) => HandshakeType::ENCRYPTED_EXTENSIONS,
            Self::CertificateRequest(_) => HandshakeType::CERTIFICATE_REQUEST,
            Self::Certificate(_) => HandshakeType::CERTIFICATE,
            Self::CompressedCertificate(_) => HandshakeType::COMPRESSED_CERTIFICATE,
            Self::CertificateVerify(_) => HandshakeType::CERTIFICATE_VERIFY,
            Self::Finished(_) => HandshakeType::FINISHED,
            Self::NewSessionTicket(_) => HandshakeType::NEW_SESSION_TICKET,
            Self::KeyUpdate(_) => HandshakeType::KEY_UPDATE,
            Self::EndOfEarlyData => HandshakeType::END_OF_EARLY_DATA,
            Self::HelloRequest => HandshakeType::HELLO_REQUEST,
            Self::CertificateTls12(_) => HandshakeType::CERTIFICATE,
            Self::CertificateStatus(_) => HandshakeType::CERTIFICATE_STATUS,
            Self::ServerKeyExchange(_) => HandshakeType::SERVER_KEY_EXCHANGE,
            Self::CertificateRequestTls12(_) => HandshakeType::CERTIFICATE_REQUEST,
            Self::ServerHelloDone => HandshakeType::SERVER_HELLO_DONE,
            Self::ClientKeyExchange(_) => HandshakeType::CLIENT_KEY_EXCHANGE,
            Self::NewSessionTicketTls12(_) => HandshakeType::NEW_SESSION_TICKET,
            Self::Unknown(handshake_type, _) => *handshake_type,
        }
    }

    /// Appends the message, its header of type and length included. On `Err` nothing was appended.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) -> Result<(), TooLong> {
        let mut w = Writer::new(out);
        w.u8(self.handshake_type().0);
        w.u24_prefixed(self.handshake_type().message(), |w| match self {
            Self::ClientHello(message) => message.encode_body(w),
            Self::ServerHello(message) => message.encode_body(w),
            Self::EncryptedExtensions(message) => message.encode_body(w),
            Self::CertificateRequest(message) => message.encode_body(w),
            Self::Certificate(message) => message.encode_body(w),
            Self::CompressedCertificate(message) => message.encode_body(w),
            Self::CertificateVerify(message) => message.encode_body(w),
            Self::Finished(message) => message.encode_body(w),
            Self::NewSessionTicket(message) => message.encode_body(w),
            Self::KeyUpdate(message) => message.encode_body(w),
            Self::EndOfEarlyData | Self::HelloRequest | Self::ServerHelloDone => (),
            Self::CertificateTls12(message) => message.encode_body(w),
            Self::CertificateStatus(message) => message.encode_body(w),
            Self::ServerKeyExchange(message) => message.encode_body(w),
            Self::CertificateRequestTls12(message) => message.encode_body(w),
            Self::ClientKeyExchange(message) => message.encode_body(w),
            Self::NewSessionTicketTls12(message) => message.encode_body(w),
            Self::Unknown(_, body) => w.bytes(body),
        });
        w.finish()
    }
}

/// A hello of TLS 1.2 may end where the extensions would begin (RFC 5246 §7.4.1.2); that is no extensions.
fn hello_extensions<'a>(r: &mut Reader<'a>, place: Place) -> Result<Vec<Extension<'a>>, Malformed> {
    if r.is_empty() {
        return Ok(Vec::new());
    }
    ext::decode_all(r.u16_prefixed(0..=0xffff, place.field())?, place)
}

/// The counterpart: no extensions, no vector.
fn encode_hello_extensions(extensions: &[Extension<'_>], place: Place, w: &mut Writer<'_>) {
    if !extensions.is_empty() {
        ext::encode_all(extensions, place, w);
    }
}

fn signature_algorithms<'e>(extensions: &'e [Extension<'_>]) -> Option<&'e [SignatureScheme]> {
    extensions.iter().find_map(|e| if let Extension::SignatureAlgorithms(v) = e { Some(v.as_slice()) } else { None })
}

fn signature_algorithms_cert<'e>(extensions: &'e [Extension<'_>]) -> Option<&'e [SignatureScheme]> {
    extensions
        .iter()
        .find_map(|e| if let Extension::SignatureAlgorithmsCert(v) = e { Some(v.as_slice()) } else { None })
}

fn certificate_authorities<'e, 'a>(extensions: &'e [Extension<'a>]) -> Option<&'e [&'a [u8]]> {
    extensions.iter().find_map(|e| if let Extension::CertificateAuthorities(v) = e { Some(v.as_slice()) } else { None })
}

fn compressions<'e>(extensions: &'e [Extension<'_>]) -> Option<&'e [CertificateCompressionAlgorithm]> {
    extensions.iter().find_map(|e| if let Extension::CompressCertificate(v) = e { Some(v.as_slice()) } else { None })
}

#[cfg(test)]
mod tests;
