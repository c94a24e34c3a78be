//! Private keys: making them, reading them, and writing them down as PKCS#8, SEC1 or PKCS#1.

mod forms;
mod generate;

use std::{fmt, sync::Arc};

use tlsmith_crypto::{CryptoError, KeyType, Provider as _, SigningKey, aws_lc::AwsLc};
use tlsmith_x509::SubjectPublicKeyInfo;
use zeroize::Zeroizing;

pub(crate) use forms::{NEW_KEY, NO_DSA};
pub use generate::NewKey;

use crate::{ContainerError, encrypted};

/// A private key that was checked: its parts belong together. Cheap to clone; what it keeps is wiped when the last is gone.
#[derive(Clone)]
pub struct PrivateKey(Arc<Inner>);

struct Inner {
    /// PKCS#8 version 1 (RFC 5208 §5): what every program reads.
    pkcs8: Zeroizing<Vec<u8>>,
    public: SubjectPublicKeyInfo,
    signing: Arc<dyn SigningKey>,
}

impl PrivateKey {
    /// Reads PKCS#8 (RFC 5208, RFC 5958), SEC1 (RFC 5915) or PKCS#1 (RFC 8017 §A.1.2), told apart by their structure.
    pub fn from_der(der: &[u8]) -> Result<Self, ContainerError> {
        let signing = AwsLc.load_key(der).map_err(|error| forms::complaint(der, error))?;
        let public = SubjectPublicKeyInfo::from_der(signing.spki())
            .map_err(|error| ContainerError::malformed(format!("its public key: {error}")))?;
        let pkcs8 = forms::pkcs8(der, &signing)?;
        Ok(Self(Arc::new(Inner { pkcs8, public, signing })))
    }

    /// Its type and size.
    pub fn key_type(&self) -> KeyType {
        self.0.signing.key_type()
    }

    /// The public key that belongs to it.
    pub fn public_key_info(&self) -> &SubjectPublicKeyInfo {
        &self.0.public
    }

    /// To sign with it.
    pub fn signing_key(&self) -> Arc<dyn SigningKey> {
        Arc::clone(&self.0.signing)
    }

    /// As PKCS#8 version 1 (RFC 5208 §5).
    pub fn pkcs8(&self) -> &[u8] {
        &self.0.pkcs8
    }

    /// As SEC1 (RFC 5915), with curve and public key; `None` for a key that is not on a curve of ECDSA.
    pub fn sec1(&self) -> Option<Zeroizing<Vec<u8>>> {
        forms::sec1(&self.0.pkcs8, &self.0.signing)
    }

    /// As PKCS#1 (RFC 8017 §A.1.2); `None` for a key that is not RSA, or RSA for PSS only, which PKCS#1 cannot say.
    pub fn pkcs1(&self) -> Option<Zeroizing<Vec<u8>>> {
        forms::pkcs1(&self.0.pkcs8, &self.0.signing)
    }

    /// As PKCS#8 under a passphrase (RFC 5958 §3): PBES2, PBKDF2 with HMAC-SHA256, AES-256-CBC.
    pub fn encrypted_pkcs8(&self, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        encrypted::encrypt_pkcs8(&AwsLc, passphrase, &self.0.pkcs8)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({})", self.key_type())
    }
}
