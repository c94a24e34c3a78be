//! The IANA tables of TLS, one file each: names, values, unknown ones kept.

mod alert;
mod certificate_compression;
mod certificate_type;
mod cipher_suite;
mod content_type;
mod extension_type;
mod handshake_type;
mod named_group;
mod signature_scheme;
mod version;

pub use alert::AlertDescription;
pub use certificate_compression::CertificateCompressionAlgorithm;
pub use certificate_type::{CertificateStatusType, CertificateType};
pub use cipher_suite::CipherSuite;
pub use content_type::ContentType;
pub use extension_type::ExtensionType;
pub use handshake_type::HandshakeType;
pub use named_group::NamedGroup;
pub use signature_scheme::SignatureScheme;
pub use version::ProtocolVersion;
