//! What others say of a certificate after it was issued: CRLs (RFC 5280 §5, §6.3) and OCSP responses (RFC 6960).
//!
//! Nothing is fetched here. Who verifies gives what he has ([`Revocation`]), and says what is to follow when that does not
//! settle the matter ([`RevocationPolicy`]). Times are compared with the request's `now` as they stand: there is no tolerance.

pub mod crl;
pub mod ocsp;
pub(crate) mod policy;
pub(crate) mod reason;
pub(crate) mod signed;
pub(crate) mod status;

pub use crl::Crl;
pub use policy::{Revocation, RevocationPolicy, RevocationScope, Stapling};
pub use reason::Reason;
pub use status::{CertificateRevocation, RevocationSource, RevocationStatus, Revoked, SourceKind};
