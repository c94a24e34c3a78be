//! Everything that a chain names and a verification may need: the intermediates that were not sent, and for each certificate a
//! CRL, or where there is none an OCSP response.

use super::cache::Key;
use super::room::Room;
use super::{FetchError, Fetcher};
use std::fmt;
use std::time::Duration;
use tlsmith_crypto::Provider;
use tlsmith_x509::revocation::Crl;
use tlsmith_x509::revocation::ocsp::{self, OcspResponse};
use tlsmith_x509::{Certificate, TrustAnchors, UnixTime};
use tokio::time::Instant;

/// Fetches for one chain, those that fail included.
const FETCHES: u32 = 16;
/// Certificates in a path that is followed.
const DEPTH: usize = 8;
/// URLs of one certificate that are tried for one thing: certificates name one, rarely two.
const URLS: usize = 3;
/// An intermediate from the cache is asked for again after a week: CAs replace them under the same URL.
const ISSUER_SECONDS: i64 = 7 * 86_400;

/// What is to be gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// Intermediates that the chain lacks.
    pub intermediates: bool,
    /// Word about revocations.
    pub revocation: bool,
    /// That of the leaf alone.
    pub leaf_only: bool,
}

/// What was gathered. CRLs and responses were verified, once, to know whether to look further; who uses them verifies them.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// For `Revocation::crls`.
    pub crls: Vec<Crl>,
    /// For `Revocation::responses`.
    pub responses: Vec<Vec<u8>>,
    /// For `PathRequest::known`, in the order of the path.
    pub intermediates: Vec<Certificate>,
    /// What was done, in order, for people.
    pub notes: Vec<Note>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// This was fetched: what, and from where.
    Fetched(&'static str, String),
    /// This was in the cache.
    Cached(&'static str, String),
    /// This failed.
    Failed(&'static str, FetchError),
    /// What came is not good for the certificate: what, from where, why.
    Refused(&'static str, String, String),
    /// The certificate of this subject does not say where this is.
    Nowhere(&'static str, String),
    /// The cache could not be written.
    NotKept(String),
    /// There is more to fetch than [`gather()`] does for one chain.
    Enough,
    /// The time for all of it is over ([`Fetcher::all`]).
    OutOfTime(Duration),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetched(what, url) => write!(f, "{what} fetched from {}", shown(url)),
            Self::Cached(what, url) => write!(f, "{what} of {} taken from the cache", shown(url)),
            Self::Failed(what, error) => write!(f, "{what} not fetched: {error}"),
            Self::Refused(what, url, why) => write!(f, "{what} of {} not used: {why}", shown(url)),
            Self::Nowhere(what, subject) => {
                write!(f, "{what} not fetched: the certificate of {subject} names no place")
            }
            Self::NotKept(why) => write!(f, "the cache was not written: {why}"),
            Self::Enough => write!(f, "no more is fetched for this chain than {FETCHES} files"),
            Self::OutOfTime(all) => {
                write!(f, "no more is fetched for this chain: it has taken {} seconds", all.as_secs_f64())
            }
        }
    }
}

/// A URL of a certificate, so that it steers no terminal.
fn shown(url: &str) -> String {
    url.chars().take(200).map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect()
}

const ISSUER: &str = "issuer's certificate";
const CRL: &str = "CRL";
const OCSP: &str = "OCSP response";

/// Gathers for `chain`, leaf first, the rest in any order. Whom `anchors` has is not fetched. Never fails: the notes say what
/// did not come. What comes may be as new as the end of it: who judges it needs the time of then.
pub async fn gather(
    fetcher: &Fetcher,
    provider: &dyn Provider,
    chain: &[Certificate],
    anchors: &TrustAnchors,
    want: Want,
    now: UnixTime,
) -> Gathered {
    let (room, gathered) = (Room::of_chain(), Gathered::default());
    let mut gathering = Gathering { fetcher, provider, now, begun: Instant::now(), left: FETCHES, room, gathered };
    // Not around all of this: what has come, a revocation it may be, must not be lost with what does not come.
    if tokio::time::timeout(fetcher.all, gathering.follow(chain, anchors, want)).await.is_err() {
        gathering.note(Note::OutOfTime(fetcher.all));
    }
    gathering.gathered
}

/// Who issued it, by name and key identifier, the likelier first.
fn issuer_among<'a>(
    certificate: &Certificate,
    candidates: impl Iterator<Item = &'a Certificate>,
) -> Option<Certificate> {
    let named = candidates.filter(|candidate| is_issuer(certificate, candidate));
    let fits = |candidate: &&Certificate| {
        certificate.authority_key_id().is_some() && candidate.subject_key_id() == certificate.authority_key_id()
    };
    // `max_by_key` takes the last of equals; the first is wanted.
    let named: Vec<&Certificate> = named.collect();
    named.into_iter().rev().max_by_key(fits).cloned()
}

/// It has the issuer's name, and no other key than the certificate names.
fn is_issuer(certificate: &Certificate, candidate: &Certificate) -> bool {
    let other_key = match (certificate.authority_key_id(), candidate.subject_key_id()) {
        (Some(wanted), Some(found)) => wanted != found,
        _ => false,
    };
    candidate.is_named_as_issuer_of(certificate) && !other_key
}

struct Gathering<'a> {
    fetcher: &'a Fetcher,
    provider: &'a dyn Provider,
    now: UnixTime,
    begun: Instant,
    /// Fetches that are left.
    left: u32,
    /// Bytes that are left.
    room: Room,
    gathered: Gathered,
}

impl Gathering<'_> {
    /// From the leaf up, as far as issuers are known or come.
    async fn follow(&mut self, chain: &[Certificate], anchors: &TrustAnchors, want: Want) {
        let Some(leaf) = chain.first() else { return };
        let mut path = vec![leaf.clone()];
        while let Some(last) = path.last().cloned() {
            if path.len() == DEPTH || last.is_self_issued() || anchors.contains(&last) {
                break;
            }
            let near = anchors.certificates().iter().chain(chain).chain(&self.gathered.intermediates);
            let issuer = match issuer_among(&last, near) {
                Some(issuer) => issuer,
                None if want.intermediates => match self.issuer(&last).await {
                    Some(issuer) => issuer,
                    None => break,
                },
                None => break,
            };
            if want.revocation && (path.len() == 1 || !want.leaf_only) {
                self.revocation(&last, &issuer).await;
            }
            path.push(issuer);
        }
    }

    fn note(&mut self, note: Note) {
        self.gathered.notes.push(note);
    }

    /// The time by which an answer is judged, at the latest: many responders sign when they are asked, which is after this
    /// began, and what `now` was told without is up to a second.
    fn now(&self) -> UnixTime {
        let passed = i64::try_from(self.begun.elapsed().as_secs()).unwrap_or(i64::MAX);
        UnixTime(self.now.0.saturating_add(passed).saturating_add(1))
    }

    /// One fetch less; false when there is none left.
    fn may_fetch(&mut self) -> bool {
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                if self.gathered.notes.last() != Some(&Note::Enough) {
                    self.note(Note::Enough);
                }
                false
            }
        }
    }

    /// What has no room any more is not taken from here either: it is asked for, and told.
    fn cached(&mut self, key: Key<'_>) -> Option<Vec<u8>> {
        let entry = self.fetcher.cache.as_ref().and_then(|cache| cache.get(key, self.now));
        entry.filter(|entry| self.room.has(entry.len()))
    }

    fn keep(&mut self, key: Key<'_>, body: &[u8], until: UnixTime) {
        let kept = self.fetcher.cache.as_ref().map_or(Ok(()), |cache| cache.put(key, body, until));
        if let Err(error) = kept {
            self.note(Note::NotKept(error.to_string()));
        }
    }

    /// The certificate of the issuer, by the URLs that `certificate` names.
    async fn issuer(&mut self, certificate: &Certificate) -> Option<Certificate> {
        if certificate.ca_issuers_urls().is_empty() {
            self.note(Note::Nowhere(ISSUER, certificate.subject()));
        }
        for url in certificate.ca_issuers_urls().iter().take(URLS) {
            let cached = self.cached(Key::Issuer(url)).and_then(|der| Certificate::from_der(&der).ok());
            let signed_by = |issuer: &Certificate| certificate.is_signed_by(issuer, self.provider);
            if let Some(issuer) = cached.filter(|issuer| is_issuer(certificate, issuer) && signed_by(issuer)) {
                self.note(Note::Cached(ISSUER, url.clone()));
                self.gathered.intermediates.push(issuer.clone());
                return Some(issuer);
            }
            if !self.may_fetch() {
                return None;
            }
            match self.fetcher.ca_issuers_within(url, &mut self.room).await {
                // By name and key identifier alone somebody on the way could put another in its place, for as long as it is kept.
                Ok(certificates) => match issuer_among(certificate, certificates.iter().filter(|one| signed_by(one))) {
                    Some(issuer) => {
                        self.note(Note::Fetched(ISSUER, url.clone()));
                        let week = UnixTime(self.now.0.saturating_add(ISSUER_SECONDS));
                        self.keep(Key::Issuer(url), issuer.der(), week.min(issuer.not_after()));
                        self.gathered.intermediates.push(issuer.clone());
                        return Some(issuer);
                    }
                    None => {
                        let why = "it is not the certificate of who signed".to_owned();
                        self.note(Note::Refused(ISSUER, url.clone(), why));
                    }
                },
                Err(error) => self.note(Note::Failed(ISSUER, error)),
            }
        }
        None
    }

    /// CRLs come first: public CAs stop answering by OCSP.
    async fn revocation(&mut self, certificate: &Certificate, issuer: &Certificate) {
        for url in certificate.crl_urls().into_iter().take(URLS) {
            if self.crl(url, issuer).await {
                return;
            }
        }
        for url in certificate.ocsp_urls().iter().take(URLS) {
            if self.ocsp(url, certificate, issuer).await {
                return;
            }
        }
    }

    async fn crl(&mut self, url: &str, issuer: &Certificate) -> bool {
        let cached = self.cached(Key::Crl(url)).and_then(|der| Crl::from_der(&der).ok());
        if let Some(crl) = cached.filter(|crl| crl.verify(self.provider, issuer, self.now).is_ok()) {
            self.note(Note::Cached(CRL, url.to_owned()));
            self.gathered.crls.push(crl);
            return true;
        }
        if !self.may_fetch() {
            return false;
        }
        let crl = match self.fetcher.crl_within(url, &mut self.room).await {
            Ok(crl) => crl,
            Err(error) => {
                self.note(Note::Failed(CRL, error));
                return false;
            }
        };
        let good = match crl.verify(self.provider, issuer, self.now()) {
            Ok(()) => {
                self.note(Note::Fetched(CRL, url.to_owned()));
                if let Some(until) = crl.next_update() {
                    self.keep(Key::Crl(url), crl.der(), until);
                }
                true
            }
            Err(refusal) => {
                self.note(Note::Refused(CRL, url.to_owned(), refusal.to_string()));
                false
            }
        };
        // Also one that is refused: the report then says why.
        self.gathered.crls.push(crl);
        good
    }

    async fn ocsp(&mut self, url: &str, certificate: &Certificate, issuer: &Certificate) -> bool {
        // Without a nonce: most responders answer with what they signed before (RFC 5019 §4), and only that can be kept.
        let Ok(request) = ocsp::request(certificate, issuer, None) else { return false };
        if let Some(der) = self.cached(Key::Ocsp(url, &request))
            && self.answers(&der, certificate, issuer).is_ok()
        {
            self.note(Note::Cached(OCSP, url.to_owned()));
            self.gathered.responses.push(der);
            return true;
        }
        if !self.may_fetch() {
            return false;
        }
        let der = match self.fetcher.ocsp_within(url, &request, &mut self.room).await {
            Ok(der) => der,
            Err(error) => {
                self.note(Note::Failed(OCSP, error));
                return false;
            }
        };
        let good = match self.answers(&der, certificate, issuer) {
            Ok(until) => {
                self.note(Note::Fetched(OCSP, url.to_owned()));
                if let Some(until) = until {
                    self.keep(Key::Ocsp(url, &request), &der, until);
                }
                true
            }
            Err(why) => {
                self.note(Note::Refused(OCSP, url.to_owned(), why));
                false
            }
        };
        self.gathered.responses.push(der);
        good
    }

    /// The response is one about the certificate that counts; until when.
    fn answers(&self, der: &[u8], certificate: &Certificate, issuer: &Certificate) -> Result<Option<UnixTime>, String> {
        let response = OcspResponse::from_der(der).map_err(|error| error.to_string())?;
        let verified = response.verify(self.provider, certificate, issuer, self.now());
        verified.map(|verified| verified.single.next_update).map_err(|refusal| refusal.to_string())
    }
}
