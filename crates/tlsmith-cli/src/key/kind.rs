//! The type of a new key, from the arguments.

use clap::{Args, ValueEnum};
use tlsmith_pki::key::NewKey;

use crate::exit::Usage;

/// The types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum KeyKind {
    /// ECDSA on P-256: small, fast, taken everywhere
    P256,
    /// ECDSA on P-384
    P384,
    /// ECDSA on P-521: no public CA takes it
    P521,
    /// Ed25519: no public CA and no browser takes it
    Ed25519,
    /// RSA, for clients that are older than ECDSA
    Rsa,
}

/// The options.
#[derive(Clone, Copy, Debug, Default, Args)]
pub(crate) struct KindOpts {
    /// The type of the new key [default: p256]
    #[arg(long = "type", value_name = "TYPE", help_heading = "The new key")]
    pub(crate) kind: Option<KeyKind>,
    /// With --type rsa: its size, 2048, 3072 or 4096 [default: 2048]
    #[arg(long, value_name = "BITS", help_heading = "The new key")]
    pub(crate) bits: Option<u32>,
}

impl KindOpts {
    /// The key to make.
    pub(crate) fn key(&self) -> Result<NewKey, Usage> {
        match (self.kind, self.bits) {
            (None | Some(KeyKind::P256), None) => Ok(NewKey::P256),
            (Some(KeyKind::P384), None) => Ok(NewKey::P384),
            (Some(KeyKind::P521), None) => Ok(NewKey::P521),
            (Some(KeyKind::Ed25519), None) => Ok(NewKey::Ed25519),
            (Some(KeyKind::Rsa), None | Some(2048)) => Ok(NewKey::Rsa2048),
            (Some(KeyKind::Rsa), Some(3072)) => Ok(NewKey::Rsa3072),
            (Some(KeyKind::Rsa), Some(4096)) => Ok(NewKey::Rsa4096),
            (Some(KeyKind::Rsa), Some(bits)) => {
                let why = match bits {
                    ..2048 => "is too short to be safe",
                    4097.. => "costs every handshake more than it is worth",
                    _ => "is not made",
                };
                let message = format!("--bits {bits}: an RSA key of this size {why}");
                Err(Usage::new("usage.key", message, "take 2048, 3072 or 4096"))
            }
            (None, Some(bits)) => {
                let message =
                    format!("--bits {bits}: the new key is ECDSA on P-256, and only RSA keys come in several sizes");
                Err(Usage::new("usage.key", message, "add --type rsa, or leave --bits out"))
            }
            (Some(_), Some(bits)) => {
                let message = format!("--bits {bits}: only RSA keys come in several sizes");
                Err(Usage::new("usage.key", message, "leave --bits out, or take --type rsa"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_rsa_that_is_named() {
        let key = |kind, bits| KindOpts { kind, bits: Some(bits) }.key();
        assert!(matches!(key(Some(KeyKind::Rsa), 3072), Ok(NewKey::Rsa3072)));
        assert!(key(Some(KeyKind::Rsa), 1024).unwrap_err().message.contains("too short"));
        let said = key(None, 3072).unwrap_err();
        assert!(said.message.contains("ECDSA on P-256") && said.fix.contains("--type rsa"), "{said}");
        assert!(key(Some(KeyKind::P384), 3072).unwrap_err().fix.contains("leave --bits out"));
    }
}
