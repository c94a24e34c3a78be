//! The IANA tables of TLS, one file each: names, values, unknown ones kept.

mod alert;
mod cipher_suite;
mod extension_type;
mod named_group;
mod signature_scheme;
mod version;

pub use alert::AlertDescription;
pub use cipher_suite::CipherSuite;
pub use extension_type::ExtensionType;
pub use named_group::NamedGroup;
pub use signature_scheme::SignatureScheme;
pub use version::ProtocolVersion;
