//! The certificates that every stack shows and trusts: a root, an intermediate, a server's leaf.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize,
};
use time::{Duration, OffsetDateTime};

use crate::Result;

/// The name that the leaf holds.
pub(crate) const HOST: &str = "localhost";

/// The type of all keys of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    P256,
    Rsa2048,
}

impl KeyKind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "p256",
            Self::Rsa2048 => "rsa2048",
        }
    }

    fn generate(self) -> Result<KeyPair> {
        Ok(match self {
            Self::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?,
            Self::Rsa2048 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?,
        })
    }
}

/// One chain. The server sends leaf and intermediate, so that a client verifies two signatures of certificates.
#[derive(Debug)]
pub(crate) struct Pki {
    pub(crate) kind: KeyKind,
    /// PEM.
    pub(crate) root: String,
    /// PEM: the leaf, then the intermediate.
    pub(crate) chain: String,
    /// PEM, PKCS#8.
    pub(crate) key: String,
    /// Lengths in bytes of leaf and intermediate.
    pub(crate) certificate_lens: [usize; 2],
}

impl Pki {
    pub(crate) fn new(kind: KeyKind) -> Result<Self> {
        let root_key = kind.generate()?;
        let root_params = ca_params("tlsmith bench root");
        let root = root_params.self_signed(&root_key)?.pem();
        let root = (Issuer::new(root_params, root_key), root);

        let middle_key = kind.generate()?;
        let middle_params = ca_params("tlsmith bench intermediate");
        let middle = middle_params.signed_by(&middle_key, &root.0)?;
        let issuer = Issuer::new(middle_params, middle_key);

        let key = kind.generate()?;
        let leaf = leaf_params()?.signed_by(&key, &issuer)?;
        Ok(Self {
            kind,
            root: root.1,
            chain: format!("{}{}", leaf.pem(), middle.pem()),
            key: key.serialize_pem(),
            certificate_lens: [leaf.der().len(), middle.der().len()],
        })
    }
}

fn ca_params(name: &str) -> CertificateParams {
    let mut params = common_params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn leaf_params() -> Result<CertificateParams> {
    let mut params = common_params(HOST);
    params.subject_alt_names = vec![rcgen::SanType::DnsName(HOST.try_into()?)];
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

fn common_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::hours(1);
    params.not_after = now + Duration::days(30);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
