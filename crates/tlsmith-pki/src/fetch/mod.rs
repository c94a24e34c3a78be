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
//! | fetches for a chain ([`gather()`]) | 16, within a minute |
//! | all answers for a chain together, those of the cache included | 64 MiB |

pub mod cache;
mod error;
mod gather;
mod http;
mod reach;
mod room;

pub use cache::Cache;
pub use error::{FetchError, Problem};
pub use gather::{Gathered, Note, Want, gather};
pub use reach::Reach;

use crate::container;
use room::Room;
use std::time::Duration;
use tlsmith_x509::Certificate;
use tlsmith_x509::revocation::Crl;

const CRL_BYTES: usize = 32 << 20;
const OCSP_BYTES: usize = 64 << 10;
const CERTIFICATE_BYTES: usize = 256 << 10;
/// Certificates that are taken from one answer: a PKCS#7 file of an issuer's has a handful.
pub const MAX_CERTIFICATES: usize = 16;
const TIME: Duration = Duration::from_secs(15);
/// What four slow fetches take: a person waits.
const ALL_TIME: Duration = Duration::from_secs(60);

/// Fetches, under one set of rules.
#[derive(Clone, Debug)]
pub struct Fetcher {
    /// Which addresses are reached.
    pub reach: Reach,
    /// How long one fetch may take, redirects included.
    pub limit: Duration,
    /// How long all that is gathered for one chain may take; what has come by then stays ([`gather()`]).
    pub all: Duration,
    /// Where answers are kept that were verified ([`gather()`]); none: nowhere.
    pub cache: Option<Cache>,
}

impl Default for Fetcher {
    fn default() -> Self {
        Self { reach: Reach::default(), limit: TIME, all: ALL_TIME, cache: None }
    }
}

impl Fetcher {
    /// The certificates at `url`: one in DER, PEM, or a PKCS#7 file (RFC 5280 §4.2.2.1). Whether one of them is the issuer is
    /// for path validation to say.
    pub async fn ca_issuers(&self, url: &str) -> Result<Vec<Certificate>, FetchError> {
        self.ca_issuers_within(url, &mut Room::unlimited()).await
    }

    async fn ca_issuers_within(&self, url: &str, room: &mut Room) -> Result<Vec<Certificate>, FetchError> {
        let most = room.most(CERTIFICATE_BYTES);
        let bytes = room.take(CERTIFICATE_BYTES, http::get(self, url, most).await)?;
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
        self.crl_within(url, &mut Room::unlimited()).await
    }

    async fn crl_within(&self, url: &str, room: &mut Room) -> Result<Crl, FetchError> {
        let most = room.most(CRL_BYTES);
        let bytes = room.take(CRL_BYTES, http::get(self, url, most).await)?;
        Crl::from_pem(&bytes).map_err(|error| FetchError::new(url, Problem::Malformed(error.to_string())))
    }

    /// The answer of the responder at `url` to `request` (`tlsmith_x509::revocation::ocsp::request`). It was not verified.
    pub async fn ocsp(&self, url: &str, request: &[u8]) -> Result<Vec<u8>, FetchError> {
        self.ocsp_within(url, request, &mut Room::unlimited()).await
    }

    async fn ocsp_within(&self, url: &str, request: &[u8], room: &mut Room) -> Result<Vec<u8>, FetchError> {
        let most = room.most(OCSP_BYTES);
        room.take(OCSP_BYTES, http::post(self, url, request, most).await)
    }
}
