//! Certificates: parsing, names, trust anchors, path building, path validation (RFC 5280 §6.1), and the reasons why a
//! chain fails. No I/O but for loading the system's roots; time comes in from outside.
//!
//! A path is built and checked under one [`Budget`]; whatever a peer sends, the cost is bounded. What is demanded of
//! certificates beyond RFC 5280 §6.1 is a [`Profile`]: nothing by default, as private CAs commonly stray (serial numbers, key
//! identifiers, criticality); for public servers what the CA/B Forum has agreed on.

pub mod cert;
mod check;
pub mod ct;
mod der;
pub mod name;
pub mod path;
pub mod pem;
pub mod pin;
pub mod profile;
pub mod report;
pub mod revocation;
pub mod time;

pub use cert::public_key::SubjectPublicKeyInfo;
pub use cert::request::{CertificateRequest, RequestAttribute, Unverified};
pub use cert::{Certificate, ParseError};
pub use name::{DnsName, InvalidName, ReferenceName, ServerName};
pub use path::{AnchorsError, Budget, PathRequest, Purpose, SignatureCache, TrustAnchors, Work, verify};
pub use pem::PemError;
pub use pin::Pin;
pub use profile::Profile;
pub use report::{Code, Finding, Mend, Report, Row, Severity};
pub use time::UnixTime;
