//! The certificate factory: for each type of key a root, an intermediate, a server's and a client's leaf; and the bad ones.
//!
//! All of it stands as PEM files in a directory of its own that goes with the value.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::{Path, PathBuf},
    process::Command,
};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
    PKCS_ECDSA_P521_SHA512, PKCS_ED25519, PKCS_RSA_SHA256, RsaKeySize, SanType,
};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

use crate::process::must_run;

/// The DNS name that good server certificates hold, besides the loopback addresses.
pub const HOST: &str = "localhost";
/// The DNS name that the certificate for another host holds.
pub const OTHER_HOST: &str = "other.tlsmith.test";

/// A type of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Ed25519.
    Ed25519,
    /// RSA of 2048 bits (`rsaEncryption`).
    Rsa,
    /// RSA of 2048 bits restricted to PSS (`id-RSASSA-PSS`); its issuers are plain RSA.
    RsaPss,
}

impl KeyKind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::P256, Self::P384, Self::P521, Self::Ed25519, Self::Rsa, Self::RsaPss];

    /// The signature schemes of RFC 8446 §4.2.3 that such a key signs CertificateVerify with.
    pub const fn schemes(self) -> &'static [&'static str] {
        match self {
            Self::P256 => &["ecdsa_secp256r1_sha256"],
            Self::P384 => &["ecdsa_secp384r1_sha384"],
            Self::P521 => &["ecdsa_secp521r1_sha512"],
            Self::Ed25519 => &["ed25519"],
            Self::Rsa => &["rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512"],
            Self::RsaPss => &["rsa_pss_pss_sha256", "rsa_pss_pss_sha384", "rsa_pss_pss_sha512"],
        }
    }

    /// How tlsmith names the key.
    pub const fn label(self) -> &'static str {
        match self {
            Self::P256 => "ECDSA P-256",
            Self::P384 => "ECDSA P-384",
            Self::P521 => "ECDSA P-521",
            Self::Ed25519 => "Ed25519",
            Self::Rsa => "RSA 2048",
            Self::RsaPss => "RSA-PSS 2048",
        }
    }

    /// The type of the keys of the CAs above such a leaf.
    const fn issuer(self) -> Self {
        match self {
            Self::RsaPss => Self::Rsa,
            other => other,
        }
    }

    fn generate(self) -> KeyPair {
        match self {
            Self::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
            Self::P384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384),
            Self::P521 => KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512),
            Self::Ed25519 => KeyPair::generate_for(&PKCS_ED25519),
            Self::Rsa | Self::RsaPss => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
        }
        .unwrap()
    }
}

/// A certificate with its key, as files.
#[derive(Clone, Debug)]
pub struct CertFiles {
    /// What is to be shown: the leaf, then its intermediate if it goes with it.
    pub chain: PathBuf,
    /// The leaf alone.
    pub leaf: PathBuf,
    /// The private key, PKCS#8.
    pub key: PathBuf,
    /// The root to trust for it.
    pub root: PathBuf,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// It names another host.
    OtherHost,
    /// It ended yesterday.
    Expired,
    /// It begins tomorrow.
    NotYetValid,
    /// It is signed with its own key.
    SelfSigned,
    /// Its CA is not among the trusted ones (and its root is not sent).
    UnknownCa,
    /// The same, with the root sent along.
    UnknownCaSent,
    /// Its intermediate is not sent.
    NoIntermediate,
    /// It has a common name only.
    NoSan,
    /// It is a client's.
    ClientOnly,
    /// Its issuer is a leaf.
    IssuerNotCa,
    /// Its issuer may name other hosts only.
    Constrained,
    /// Its signature was altered.
    BadSignature,
    /// It holds a critical extension that nobody knows.
    UnknownCritical,
}

/// A root and an intermediate with what they issued, in a directory of its own.
#[derive(Debug)]
pub struct Pki {
    kind: KeyKind,
    dir: TempDir,
    root: Ca,
    intermediate: Ca,
    /// A good server certificate: [`HOST`], 127.0.0.1, ::1.
    pub server: CertFiles,
    /// A good client certificate.
    pub client: CertFiles,
}

#[derive(Debug)]
struct Ca {
    params: CertificateParams,
    key: KeyPair,
    pem: String,
}

impl Ca {
    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }
}

impl Pki {
    /// Makes root, intermediate, server and client certificate with keys of one type.
    pub fn new(kind: KeyKind) -> Self {
        let dir = tempfile::Builder::new().prefix("tlsmith-pki-").tempdir().unwrap();
        let root = make_ca(&format!("tlsmith test root {}", kind.label()), kind.issuer(), None, |_| {});
        let intermediate =
            make_ca(&format!("tlsmith test intermediate {}", kind.label()), kind.issuer(), Some(&root), |_| {});
        let server = issue(dir.path(), "server", kind, &server_params(), &intermediate, &root);
        let client = issue(dir.path(), "client", kind, &client_params(), &intermediate, &root);
        Self { kind, dir, root, intermediate, server, client }
    }

    /// The type of its keys.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The directory of its files; others may put theirs there.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The file with the root's certificate.
    pub fn root(&self) -> &Path {
        &self.server.root
    }

    /// A file with the intermediate's certificate.
    pub fn intermediate(&self) -> PathBuf {
        write(self.dir(), "intermediate.pem", &self.intermediate.pem)
    }

    /// A file with the intermediate's private key, to sign what is said of the certificates.
    pub fn intermediate_key(&self) -> PathBuf {
        write_key(self.dir(), "intermediate.key", &self.intermediate.key)
    }

    /// One more good server certificate, for these names.
    pub fn server_for(&self, file: &str, names: &[&str]) -> CertFiles {
        let mut params = server_params();
        params.subject_alt_names = names.iter().map(|name| san(name)).collect();
        params.distinguished_name = common_name(names[0]);
        issue(self.dir(), file, self.kind, &params, &self.intermediate, &self.root)
    }

    /// A server certificate with one thing wrong.
    pub fn bad(&self, bad: Bad) -> CertFiles {
        let mut params = server_params();
        let now = OffsetDateTime::now_utc();
        let file = format!("{bad:?}").to_lowercase();
        let issue_by =
            |params: &CertificateParams, ca: &Ca| issue(self.dir(), &file, self.kind, params, ca, &self.root);
        match bad {
            Bad::OtherHost => {
                params.subject_alt_names = vec![san(OTHER_HOST)];
                params.distinguished_name = common_name(OTHER_HOST);
            }
            Bad::Expired => {
                params.not_before = now - Duration::days(90);
                params.not_after = now - Duration::days(1);
            }
            Bad::NotYetValid => {
                params.not_before = now + Duration::days(1);
                params.not_after = now + Duration::days(90);
            }
            Bad::NoSan => params.subject_alt_names.clear(),
            Bad::ClientOnly => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            Bad::UnknownCritical => {
                let mut unknown = rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
                unknown.set_criticality(true);
                params.custom_extensions.push(unknown);
            }
            Bad::SelfSigned => return self_signed(self.dir(), &file, self.kind, &params, self.root()),
            Bad::UnknownCa | Bad::UnknownCaSent => {
                // Of another organization: that it may be a missing intermediate of a trusted one cannot be guessed.
                let stranger = make_ca("a stranger's root", self.kind.issuer(), None, |params| {
                    params.distinguished_name = DistinguishedName::new();
                    params.distinguished_name.push(DnType::OrganizationName, "strangers");
                    params.distinguished_name.push(DnType::CommonName, "a stranger's root");
                });
                let files = issue_by(&params, &stranger);
                if bad == Bad::UnknownCa {
                    fs::copy(&files.leaf, &files.chain).unwrap();
                }
                return files;
            }
            Bad::IssuerNotCa => {
                let leaf = make_ca("a mere leaf", self.kind.issuer(), Some(&self.intermediate), |params| {
                    params.is_ca = IsCa::ExplicitNoCa;
                    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
                });
                let files = issue_by(&params, &leaf);
                append(&files.chain, &self.intermediate.pem);
                return files;
            }
            Bad::Constrained => {
                let narrow = make_ca("a narrow intermediate", self.kind.issuer(), Some(&self.root), |params| {
                    params.name_constraints = Some(NameConstraints {
                        permitted_subtrees: vec![GeneralSubtree::DnsName(OTHER_HOST.into())],
                        excluded_subtrees: vec![],
                    });
                });
                return issue_by(&params, &narrow);
            }
            Bad::NoIntermediate | Bad::BadSignature => {}
        }
        let files = issue_by(&params, &self.intermediate);
        match bad {
            Bad::NoIntermediate => {
                fs::copy(&files.leaf, &files.chain).unwrap();
            }
            Bad::BadSignature => {
                alter_signature(&files.leaf);
                fs::copy(&files.leaf, &files.chain).unwrap();
                append(&files.chain, &self.intermediate.pem);
            }
            _ => {}
        }
        files
    }
}

fn common_name(name: &str) -> DistinguishedName {
    let mut dn = DistinguishedName::new();
    dn.push(DnType::OrganizationName, "tlsmith tests");
    dn.push(DnType::CommonName, name);
    dn
}

fn san(name: &str) -> SanType {
    match name.parse::<IpAddr>() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName(name.try_into().unwrap()),
    }
}

fn leaf_params(name: &str, purpose: ExtendedKeyUsagePurpose) -> CertificateParams {
    let mut params = CertificateParams::default();
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::hours(1);
    params.not_after = now + Duration::days(60);
    params.distinguished_name = common_name(name);
    params.is_ca = IsCa::NoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![purpose];
    params
}

fn server_params() -> CertificateParams {
    let mut params = leaf_params(HOST, ExtendedKeyUsagePurpose::ServerAuth);
    params.subject_alt_names = vec![
        san(HOST),
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ];
    params
}

fn client_params() -> CertificateParams {
    let mut params = leaf_params("tlsmith test client", ExtendedKeyUsagePurpose::ClientAuth);
    params.subject_alt_names = vec![san("client.tlsmith.test")];
    params
}

fn make_ca(name: &str, kind: KeyKind, above: Option<&Ca>, change: impl Fn(&mut CertificateParams)) -> Ca {
    let key = kind.generate();
    let mut params = CertificateParams::default();
    let now = OffsetDateTime::now_utc();
    params.not_before = now - Duration::days(200);
    params.not_after = now + Duration::days(400);
    params.distinguished_name = common_name(name);
    params.is_ca =
        IsCa::Ca(if above.is_some() { BasicConstraints::Constrained(0) } else { BasicConstraints::Unconstrained });
    params.use_authority_key_identifier_extension = above.is_some();
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    change(&mut params);
    let certificate = match above {
        Some(above) => params.signed_by(&key, &above.issuer()),
        None => params.self_signed(&key),
    };
    Ca { pem: certificate.unwrap().pem(), params, key }
}

fn issue(dir: &Path, file: &str, kind: KeyKind, params: &CertificateParams, by: &Ca, root: &Ca) -> CertFiles {
    let (leaf, key) = match kind {
        KeyKind::RsaPss => issue_with_openssl(dir, file, params, by),
        _ => {
            let key = kind.generate();
            let certificate = params.signed_by(&key, &by.issuer()).unwrap();
            (certificate.pem(), write_key(dir, &format!("{file}-key.pem"), &key))
        }
    };
    CertFiles {
        chain: write(dir, &format!("{file}-chain.pem"), &format!("{leaf}{}", by.pem)),
        leaf: write(dir, &format!("{file}.pem"), &leaf),
        key,
        root: write(dir, "root.pem", &root.pem),
    }
}

fn self_signed(dir: &Path, file: &str, kind: KeyKind, params: &CertificateParams, root: &Path) -> CertFiles {
    assert_ne!(kind, KeyKind::RsaPss, "rcgen cannot sign with such a key");
    let key = kind.generate();
    let pem = params.self_signed(&key).unwrap().pem();
    let leaf = write(dir, &format!("{file}.pem"), &pem);
    let key = write_key(dir, &format!("{file}-key.pem"), &key);
    CertFiles { chain: leaf.clone(), leaf, key, root: root.to_owned() }
}

/// rcgen cannot make a certificate for an `id-RSASSA-PSS` key: it makes one with the same content for another key, and
/// OpenSSL makes the like of it from its extensions.
fn issue_with_openssl(dir: &Path, file: &str, params: &CertificateParams, by: &Ca) -> (String, PathBuf) {
    let path = |end: &str| dir.join(format!("{file}-openssl-{end}"));
    let key = dir.join(format!("{file}-key.pem"));
    let (csr, ca, ca_key, extensions) = (path("csr.pem"), path("ca.pem"), path("ca-key.pem"), path("extensions.cnf"));
    fs::write(&ca, &by.pem).unwrap();
    fs::write(&ca_key, by.key.serialize_pem()).unwrap();
    let client = params.extended_key_usages.contains(&ExtendedKeyUsagePurpose::ClientAuth);
    let names = if client { "DNS:client.tlsmith.test" } else { "DNS:localhost,IP:127.0.0.1,IP:::1" };
    let purpose = if client { "clientAuth" } else { "serverAuth" };
    fs::write(
        &extensions,
        format!("subjectAltName={names}\nextendedKeyUsage={purpose}\nkeyUsage=critical,digitalSignature\n"),
    )
    .unwrap();
    let subject = if client { "/O=tlsmith tests/CN=tlsmith test client" } else { "/O=tlsmith tests/CN=localhost" };
    must_run(
        Command::new("openssl")
            .args(["genpkey", "-quiet", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048", "-out"])
            .arg(&key),
    );
    must_run(Command::new("openssl").args(["req", "-new", "-subj", subject, "-key"]).arg(&key).arg("-out").arg(&csr));
    let leaf = must_run(
        Command::new("openssl")
            .args(["x509", "-req", "-days", "60", "-in"])
            .arg(&csr)
            .arg("-CA")
            .arg(&ca)
            .arg("-CAkey")
            .arg(&ca_key)
            .arg("-extfile")
            .arg(&extensions),
    );
    (leaf, key)
}

fn write(dir: &Path, file: &str, content: &str) -> PathBuf {
    let path = dir.join(file);
    fs::write(&path, content).unwrap();
    path
}

/// rcgen writes Ed25519 keys with their public half (RFC 5958), which GnuTLS 3.7 and OpenSSL 3.0 do not read: such a key is
/// written the older way (RFC 5208), which is a fixed beginning and the seed.
fn write_key(dir: &Path, file: &str, key: &KeyPair) -> PathBuf {
    if key.algorithm() != &PKCS_ED25519 {
        return write(dir, file, &key.serialize_pem());
    }
    const SEED: [u8; 4] = [0x04, 0x22, 0x04, 0x20];
    const VERSION_0_ED25519: [u8; 12] = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
    let der = key.serialized_der();
    let at = der.windows(SEED.len()).position(|window| window == SEED).unwrap();
    let path = dir.join(file);
    let der_path = path.with_extension("der");
    fs::write(&der_path, [&VERSION_0_ED25519, &der[at..at + 36]].concat()).unwrap();
    must_run(Command::new("openssl").args(["pkey", "-inform", "DER", "-in"]).arg(der_path).arg("-out").arg(&path));
    path
}

fn append(file: &Path, pem: &str) {
    let content = fs::read_to_string(file).unwrap();
    fs::write(file, content + pem).unwrap();
}

/// Alters the last byte of the certificate, which is the signature's.
fn alter_signature(file: &Path) {
    let der = file.with_extension("der");
    must_run(Command::new("openssl").args(["x509", "-outform", "DER", "-in"]).arg(file).arg("-out").arg(&der));
    let mut bytes = fs::read(&der).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&der, bytes).unwrap();
    must_run(Command::new("openssl").args(["x509", "-inform", "DER", "-in"]).arg(&der).arg("-out").arg(file));
}
