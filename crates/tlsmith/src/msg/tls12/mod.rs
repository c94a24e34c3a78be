//! The handshake messages that only TLS 1.2 has, or has in another shape (RFC 5246 §7.4): one file a message.

mod certificate;
mod certificate_request;
mod certificate_status;
mod key_exchange;
mod new_session_ticket;
#[cfg(test)]
mod tests;

pub(crate) use certificate::CertificateTls12;
pub(crate) use certificate_request::{CertificateRequestTls12, ClientCertificateType};
pub(crate) use certificate_status::CertificateStatus;
pub(crate) use key_exchange::{ClientKeyExchange, ClientParams, Exchange, Parameters, ServerKeyExchange, ServerValues};
pub(crate) use new_session_ticket::NewSessionTicketTls12;
