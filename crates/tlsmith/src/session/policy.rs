//! Fingerprints of what a session was made under: what the verifier demanded, and who this side could say it is.

use std::fmt;

use tlsmith_crypto::{HashAlgorithm, Provider};

use crate::{auth::Identity, registry::SignatureScheme};

/// The fingerprint of what a verifier demands. A session that it vouched for counts only under the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PolicyId(pub [u8; 32]);

impl PolicyId {
    /// These demands, and besides that the peer signs its handshake with one of these schemes. Where it is not asked for an OCSP
    /// response, one that its certificate promises is not missed either (RFC 7633).
    pub(crate) fn in_configuration(
        self,
        provider: &dyn Provider,
        schemes: &[SignatureScheme],
        ocsp_asked: bool,
    ) -> Self {
        let mut schemes: Vec<[u8; 2]> = schemes.iter().map(|scheme| scheme.0.to_be_bytes()).collect();
        // A set: the order is a wish, not a demand.
        schemes.sort_unstable();
        schemes.dedup();
        Self::of(provider, "in a configuration", &[&self.0, schemes.as_flattened(), &[u8::from(ocsp_asked)]])
    }

    /// The SHA-256 of `label`, which names the kind of verifier, and of `parts`, everything that its judgement hangs on.
    /// Lengths go into it, so that no two lists of parts have the same bytes.
    pub fn of(provider: &dyn Provider, label: &str, parts: &[&[u8]]) -> Self {
        Self(fingerprint(provider, "tlsmith verification policy", label, parts))
    }
}

impl fmt::Debug for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        short(f, "PolicyId", &self.0)
    }
}

/// The fingerprint of who a client can say it is: of the certificates that its configuration is able to show, not of the one
/// that a server happened to ask for. A session belongs to the client that made it and to no other that shares its cache.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdentityId(pub [u8; 32]);

impl IdentityId {
    /// Of a client that has no certificate to show.
    pub const NOBODY: Self = Self([0; 32]);

    /// Of a client that shows this one.
    pub fn of(provider: &dyn Provider, identity: &Identity) -> Self {
        if let Some(key) = identity.shown_key() {
            return Self(fingerprint(provider, "tlsmith client identity", "one raw public key", &[key.der()]));
        }
        let chain: Vec<&[u8]> = identity.chain().iter().map(|certificate| certificate.der()).collect();
        Self(fingerprint(provider, "tlsmith client identity", "one chain", &chain))
    }
}

impl fmt::Debug for IdentityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        short(f, "IdentityId", &self.0)
    }
}

fn fingerprint(provider: &dyn Provider, domain: &str, label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = provider.hash(HashAlgorithm::Sha256);
    for part in [domain.as_bytes(), label.as_bytes()].iter().chain(parts) {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(context.current().as_ref()) {
        *to = *from;
    }
    out
}

fn short(f: &mut fmt::Formatter<'_>, name: &str, bytes: &[u8; 32]) -> fmt::Result {
    let head: String = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    write!(f, "{name}({head}…)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tlsmith_crypto::aws_lc::AwsLc;

    #[test]
    fn every_part_and_its_place_count() {
        let of = |label: &str, parts: &[&[u8]]| PolicyId::of(&AwsLc, label, parts);
        let all = [
            of("a", &[b"b", b"c"]),
            of("a", &[b"bc"]),
            of("a", &[b"b", b"c", b""]),
            of("a", &[b"c", b"b"]),
            of("ab", &[b"c"]),
            of("", &[b"a", b"b", b"c"]),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(all.iter().skip(at + 1).all(|other| other != one));
        }
        assert_eq!(of("a", &[b"b", b"c"]), all[0]);
    }
}
