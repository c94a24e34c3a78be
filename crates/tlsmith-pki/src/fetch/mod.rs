//! Fetching what certificates name: their issuers' certificates (AIA, RFC 5280 §4.2.2.1), CRLs (§4.2.1.13), and the answers
//! of OCSP responders (RFC 6960 §A). For tools; no handshake waits for any of it.
//!
//! **Plain HTTP alone.** All of these are signed, and asking for them by HTTPS would need what is to be fetched to verify who
//! answers (RFC 5280 §8): `https://`, `ldap://` and the rest are refused by a clear error.
//!
//! **Who chooses the address is whoever made the certificate**, and that may be a stranger's server. So that he cannot have
//! requests sent into the network of whoever looks at his certificate, only public addresses are reached by default
//! ([`Reach`]). Names are resolved once, and the connection goes to the address that was looked at. Nothing of an answer is
//! shown but what parses as what was asked for; no cookie, no header of ours says more than the name of this program.
//!
//! | what | bound |
//! |---|---|
//! | a CRL | 32 MiB |
//! | an OCSP response | 64 KiB |
//! | certificates | 256 KiB, [`MAX_CERTIFICATES`] of them |
//! | one fetch, redirects included | 15 seconds |
//! | redirects | 3 |
//! | addresses of a name that are tried | 4 |
//! | fetches for a chain ([`gather()`]) | 16 |

pub mod cache;
mod error;
mod gather;
mod http;
mod reach;

pub use cache::Cache;
pub use error::{FetchError, Problem};
pub use gather::{Gathered, Note, Want, gather};
pub use reach::Reach;

use crate::container;
use std::time::Duration;
use tlsmith_x509::Certificate;
use tlsmith_x509::revocation::Crl;

const CRL_BYTES: usize = 32 << 20;
const OCSP_BYTES: usize = 64 << 10;
const CERTIFICATE_BYTES: usize = 256 << 10;
/// Certificates that are taken from one answer: a PKCS#7 file of an issuer's has a handful.
pub const MAX_CERTIFICATES: usize = 16;
const TIME: Duration = Duration::from_secs(15);

/// Fetches, under one set of rules.
#[derive(Clone, Debug)]
pub struct Fetcher {
    /// Which addresses are reached.
    pub reach: Reach,
    /// How long one fetch may take, redirects included.
    pub limit: Duration,
    /// Where answers are kept that were verified ([`gather()`]); none: nowhere.
    pub cache: Option<Cache>,
}

impl Default for Fetcher {
    fn default() -> Self {
        Self { reach: Reach::default(), limit: TIME, cache: None }
    }
}

impl Fetcher {
    /// The certificates at `url`: one in DER, PEM, or a PKCS#7 file (RFC 5280 §4.2.2.1). Whether one of them is the issuer is
    /// for path validation to say.
    pub async fn ca_issuers(&self, url: &str) -> Result<Vec<Certificate>, FetchError> {
        let bytes = http::get(self, url, CERTIFICATE_BYTES).await?;
        // Whoever wrote the URL into a certificate chose this file: nothing in it is worth opening but certificates.
        let certificates = container::certificates(&bytes);
        let mut certificates =
            certificates.map_err(|error| FetchError::new(url, Problem::Malformed(error.to_string())))?;
        certificates.truncate(MAX_CERTIFICATES);
        if certificates.is_empty() {
            return Err(FetchError::new(url, Problem::Malformed("it holds no certificate".to_owned())));
        }
        Ok(certificates)
    }

    /// The CRL at `url`, DER or, as some have it, PEM. It was not verified.
    pub async fn crl(&self, url: &str) -> Result<Crl, FetchError> {
        let bytes = http::get(self, url, CRL_BYTES).await?;
        Crl::from_pem(&bytes).map_err(|error| FetchError::new(url, Problem::Malformed(error.to_string())))
    }

    /// The answer of the responder at `url` to `request` (`tlsmith_x509::revocation::ocsp::request`). It was not verified.
    pub async fn ocsp(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, FetchError> {
        http::post(self, url, request, OCSP_BYTES).await
    }
}
