//! The forms that keys are written in.

use clap::ValueEnum;
use tlsmith_pki::{PrivateKey, container};
use zeroize::Zeroizing;

use crate::exit::Usage;

/// The forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For keys of every type: BEGIN PRIVATE KEY
    #[default]
    Pkcs8,
    /// For ECDSA, as old programs want it: BEGIN EC PRIVATE KEY
    Sec1,
    /// For RSA, as old programs want it: BEGIN RSA PRIVATE KEY
    Pkcs1,
}

impl Form {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Pkcs8 => "PKCS#8",
            Self::Sec1 => "SEC1",
            Self::Pkcs1 => "PKCS#1",
        }
    }
}

/// The content of a key file; under the passphrase if there is one.
pub(crate) fn encode(
    key: &PrivateKey,
    form: Form,
    der: bool,
    passphrase: Option<&str>,
) -> Result<Zeroizing<Vec<u8>>, Usage> {
    let kind = key.key_type();
    let not_for = || {
        let message = format!("a key of type {kind} has no form {}", form.name());
        Usage::new("usage.key", message, "take pkcs8, which is for keys of every type")
    };
    let (label, bytes) = match (form, passphrase) {
        (Form::Pkcs8, None) => ("PRIVATE KEY", Zeroizing::new(key.pkcs8().to_vec())),
        (Form::Pkcs8, Some(passphrase)) => {
            let bytes = key
                .encrypted_pkcs8(passphrase)
                .map_err(|error| Usage::new("internal.crypto", format!("the key cannot be encrypted: {error}"), ""))?;
            ("ENCRYPTED PRIVATE KEY", bytes)
        }
        (_, Some(_)) => {
            let message = format!("keys in the form {} are not written under a passphrase", form.name());
            return Err(Usage::new("usage.key", message, "take pkcs8 for a key under a passphrase"));
        }
        (Form::Sec1, None) => ("EC PRIVATE KEY", key.sec1().ok_or_else(not_for)?),
        (Form::Pkcs1, None) => ("RSA PRIVATE KEY", key.pkcs1().ok_or_else(not_for)?),
    };
    Ok(match der {
        true => bytes,
        false => Zeroizing::new(container::pem(label, &bytes).as_bytes().to_vec()),
    })
}
