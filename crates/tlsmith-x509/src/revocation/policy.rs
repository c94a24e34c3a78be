//! What is at hand about revocations, and what is to follow from it.

use super::Crl;

/// What is to be done about revocations. Nothing by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Revocation<'a> {
    /// What follows when a certificate was revoked, and when nobody says.
    pub policy: RevocationPolicy,
    /// Of which certificates.
    pub scope: RevocationScope,
    /// CRLs of any issuers, those of the path are found by name. They come first: public CAs stop answering by OCSP. Each is
    /// hashed once for each key that it is verified by, so that what many long ones cost is up to who gives them.
    pub crls: &'a [Crl],
    /// OCSP responses, DER, about any certificates of the path. The one that the peer stapled has a place of its own,
    /// [`crate::PathRequest::ocsp_response`].
    pub responses: &'a [&'a [u8]],
    /// Whether the peer could have stapled a response.
    pub stapling: Stapling,
}

/// What follows from a revocation, and from not knowing of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RevocationPolicy {
    /// Nobody is asked.
    #[default]
    Ignore,
    /// A certificate that was revoked is refused. Where nobody says, that is told, and no more.
    Prefer,
    /// A certificate is refused unless somebody who may says that it was not revoked.
    Require,
}

/// Whose revocation is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RevocationScope {
    /// That of each certificate of the path but the anchor, which is trusted for what its owner says (RFC 5280 §6.1.1 (d)).
    #[default]
    Chain,
    /// That of the leaf alone.
    Leaf,
}

/// Whether the check is part of a handshake in which the peer was asked for a staple (RFC 6066 §8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Stapling {
    /// There is no handshake (a file is looked at), or none was asked for: that none came says nothing.
    #[default]
    NotAsked,
    /// The peer was asked. A leaf that promises a staple (TLS feature, RFC 7633, known as must-staple) is then refused
    /// without a good one, **under every policy**: that is what its owner had it issued for, so that a thief of its key cannot
    /// leave the staple out. Under [`RevocationPolicy::Ignore`] the staple of such a leaf is verified, and nothing else.
    Asked,
}
