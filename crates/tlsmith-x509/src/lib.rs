//! Certificates: parsing, names, trust anchors, path building, path validation (RFC 5280 §6.1), and the reasons why a
//! chain fails. No I/O but for loading the system's roots; time comes in from outside.

pub mod cert;
pub mod name;
pub mod path;
pub mod pem;
pub mod report;
pub mod time;

pub use cert::{Certificate, ParseError};
pub use name::{DnsName, ServerName};
pub use path::{Budget, PathRequest, Purpose, TrustAnchors, verify};
pub use report::{Code, Finding, Report, Severity};
pub use time::UnixTime;
