//! Judging the peer's certificates.

use tlsmith_x509::{Certificate, Purpose, Report, ServerName, SubjectPublicKeyInfo, UnixTime};

use super::Answer;
use crate::{registry::CertificateType, session::PolicyId};

/// What is to be judged.
#[derive(Clone, Copy, Debug)]
pub struct PeerCertificates<'a> {
    /// As the peer sent them, leaf first.
    pub chain: &'a [Certificate],
    /// The key that the peer showed instead of certificates (RFC 7250); only to a verifier whose
    /// [`PeerVerifier::certificate_types`] has that. The chain is empty then.
    pub raw_public_key: Option<&'a SubjectPublicKeyInfo>,
    /// The DER of the OCSP response that came with the leaf, not judged yet (RFC 6066 §8).
    pub ocsp_response: Option<&'a [u8]>,
    /// The peer was asked for one: that none came says something of a certificate that promises it (RFC 7633).
    pub ocsp_asked: bool,
    /// The `SignedCertificateTimestampList` that came with the leaf, its length included, not judged yet (RFC 6962 §3.3).
    pub sct_list: Option<&'a [u8]>,
    /// The name that the client asked for; `None` when a server judges a client.
    pub name: Option<&'a ServerName>,
    /// What the leaf is used for.
    pub purpose: Purpose,
    /// The time that the connection was given.
    pub now: UnixTime,
}

/// A judgement: the report, and whether the handshake goes on.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub(crate) report: Report,
    pub(crate) accepted: bool,
    /// It is about a raw public key: there is no path, and nothing to report.
    pub(crate) of_key: bool,
}

impl Verdict {
    /// Goes on exactly if the report trusts.
    pub fn judge(report: Report) -> Self {
        Self { accepted: report.is_trusted(), report, of_key: false }
    }

    /// Goes on whatever the report says: for diagnosis only.
    pub fn accept_anyway(report: Report) -> Self {
        Self { accepted: true, report, of_key: false }
    }

    /// Of a raw public key (RFC 7250): goes on exactly if it is one that is expected.
    pub fn judge_key(expected: bool) -> Self {
        Self { accepted: expected, report: Report::default(), of_key: true }
    }
}

/// Judges certificates: the seam.
pub trait PeerVerifier: Send + Sync + std::fmt::Debug {
    /// Judges at once, or pauses the connection.
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict>;

    /// Which types it judges, most wanted first: certificates, unless it says that it takes raw public keys (RFC 7250).
    fn certificate_types(&self) -> Vec<CertificateType> {
        vec![CertificateType::X509]
    }

    /// DER names that a server puts into `certificate_authorities`; empty for none.
    fn authorities(&self) -> Vec<Vec<u8>> {
        Vec::new()
    }

    /// The fingerprint of everything that the judgement hangs on besides the peer and the time. A session is resumed, and the
    /// peer believed without being judged again, only under the policy that it was made under. `None`: always judge anew,
    /// resume nothing.
    fn policy(&self) -> Option<PolicyId> {
        None
    }
}

/// Runs another verifier, keeps its report, and goes on regardless. Insecure by design: `connect --insecure`.
#[derive(Clone, Debug)]
pub struct AcceptAnyway<V>(pub V);

impl<V: PeerVerifier> PeerVerifier for AcceptAnyway<V> {
    fn verify(&self, peer: &PeerCertificates<'_>) -> Answer<Verdict> {
        match self.0.verify(peer) {
            Answer::Now(verdict) => Answer::Now(Verdict { accepted: true, ..verdict }),
            Answer::Later => Answer::Later,
        }
    }

    fn certificate_types(&self) -> Vec<CertificateType> {
        self.0.certificate_types()
    }

    fn authorities(&self) -> Vec<Vec<u8>> {
        self.0.authorities()
    }

    /// One for all: whatever the other verifier finds, everybody is accepted. No other verifier has it, so that a session made
    /// under this one is resumed under no other.
    fn policy(&self) -> Option<PolicyId> {
        Some(PolicyId(*b"tlsmith: every peer is accepted."))
    }
}
