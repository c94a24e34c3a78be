//! The certificates of the lab: its root and its issuing CA, and whatever else a fault asks for.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint, CustomExtension,
    DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RevocationReason, RevokedCertParams, RsaKeySize, SanType, SerialNumber,
};
use time::{Duration, OffsetDateTime, macros::format_description};

use crate::{certs::CertFiles, process::must_run};

/// Who issues the lab's certificates.
pub const ORGANIZATION: &str = "Lab Trust Services";

/// A CA: what it is called, its key, its certificate.
#[derive(Debug)]
pub struct Authority {
    params: CertificateParams,
    key: KeyPair,
    /// Its certificate.
    pub pem: String,
    /// The same in DER, as `caIssuers` names it (RFC 5280 §4.2.2.1).
    pub der: Vec<u8>,
}

/// A certificate that is no CA's, with its key.
#[derive(Debug)]
pub struct Leaf {
    /// The certificate.
    pub pem: String,
    /// Its private key, PKCS#8.
    pub key_pem: String,
    /// Its serial number, in hexadecimal.
    pub serial: String,
}

impl Authority {
    /// A CA below `above`, or a root. `change` sees the parameters of a good one.
    pub fn new(name: &str, above: Option<&Self>, change: impl FnOnce(&mut CertificateParams)) -> Self {
        Self::with_key(KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(), name, above, change)
    }

    /// The same with an RSA key: MD5 goes with no other.
    pub fn rsa(name: &str, above: &Self) -> Self {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        Self::with_key(key, name, Some(above), |_| {})
    }

    fn with_key(key: KeyPair, name: &str, above: Option<&Self>, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::default();
        params.not_before = ago(Duration::days(300));
        params.not_after = ago(Duration::days(-1200));
        params.distinguished_name = subject(ORGANIZATION, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.use_authority_key_identifier_extension = above.is_some();
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.serial_number = Some(serial(&key));
        change(&mut params);
        let certificate = match above {
            Some(above) => params.signed_by(&key, &above.issuer()),
            None => params.self_signed(&key),
        }
        .unwrap();
        Self { pem: certificate.pem(), der: certificate.der().to_vec(), params, key }
    }

    /// Another certificate for the same name and key, of another CA: a cross-signature.
    pub fn cross_signed(&self, by: &Self) -> String {
        self.params.signed_by(&self.key, &by.issuer()).unwrap().pem()
    }

    /// Its serial number, in hexadecimal.
    pub fn serial(&self) -> String {
        hex(self.params.serial_number.as_ref().unwrap())
    }

    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }

    /// A server certificate for these names (the first is its common name), good for some weeks.
    pub fn leaf(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Leaf {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let params = leaf_params(names, &key, change);
        let certificate = params.signed_by(&key, &self.issuer()).unwrap();
        Leaf::new(&certificate.pem(), &params, &key)
    }

    /// A current CRL that names these serial numbers (hexadecimal), in DER.
    pub fn crl(&self, revoked: &[&str]) -> Vec<u8> {
        self.crl_until(revoked, ago(Duration::days(-7)))
    }

    /// The same with another day on which there is to be a newer one; it was issued a month before.
    pub fn crl_until(&self, revoked: &[&str], next_update: OffsetDateTime) -> Vec<u8> {
        let revoked_certs = revoked
            .iter()
            .map(|serial| RevokedCertParams {
                serial_number: SerialNumber::from_slice(&bytes(serial)),
                revocation_time: ago(Duration::days(2)),
                reason_code: Some(RevocationReason::KeyCompromise),
                invalidity_date: None,
            })
            .collect();
        let params = CertificateRevocationListParams {
            this_update: next_update - Duration::days(30),
            next_update,
            crl_number: SerialNumber::from(7_u64),
            issuing_distribution_point: None,
            revoked_certs,
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&self.issuer()).unwrap().der().to_vec()
    }

    /// What an OCSP responder with the CA's own key answers about a leaf, made by `openssl ocsp`: revoked two days ago, or
    /// good.
    pub fn ocsp_response(&self, leaf: &Leaf, revoked: bool, dir: &Path) -> Vec<u8> {
        let [index, request, response, issuer, key, cert] =
            ["index.txt", "request.ocsp", "response.ocsp", "issuer.pem", "issuer-key.pem", "asked.pem"]
                .map(|file| dir.join(file));
        fs::write(&issuer, &self.pem).unwrap();
        fs::write(&key, self.key.serialize_pem()).unwrap();
        fs::write(&cert, &leaf.pem).unwrap();
        let since = ago(Duration::days(2))
            .format(format_description!("[year repr:last_two][month][day][hour][minute][second]Z"));
        // The database of `openssl ca`: state, until when, revoked when, serial number, file, subject.
        let (state, since) =
            if revoked { ("R", format!("{},keyCompromise", since.unwrap())) } else { ("V", String::new()) };
        fs::write(&index, format!("{state}\t491231235959Z\t{since}\t{}\tunknown\t/CN=unused\n", leaf.serial)).unwrap();
        let mut ask = Command::new("openssl");
        ask.args(["ocsp", "-no_nonce", "-issuer"]).arg(&issuer).arg("-cert").arg(&cert).arg("-reqout").arg(&request);
        must_run(&mut ask);
        let mut answer = Command::new("openssl");
        answer.args(["ocsp", "-ndays", "3", "-index"]).arg(&index).arg("-rsigner").arg(&issuer).arg("-rkey").arg(&key);
        must_run(answer.arg("-CA").arg(&issuer).arg("-reqin").arg(&request).arg("-respout").arg(&response));
        fs::read(response).unwrap()
    }

    /// A leaf that `openssl x509` signs, for keys and digests that nothing newer makes: `new_key` are the arguments of
    /// `openssl genpkey`, `digest` is `-sha1` and the like.
    pub fn leaf_by_openssl(&self, name: &str, new_key: &[&str], digest: &str, dir: &Path) -> Leaf {
        let [key, csr, ca, ca_key, extensions] =
            ["old-key.pem", "old-csr.pem", "old-ca.pem", "old-ca-key.pem", "old.cnf"].map(|file| dir.join(file));
        fs::write(&ca, &self.pem).unwrap();
        fs::write(&ca_key, self.key.serialize_pem()).unwrap();
        // An EC key enciphers nothing (RFC 8813 §3).
        let usage = if new_key.contains(&"RSA") { "digitalSignature,keyEncipherment" } else { "digitalSignature" };
        fs::write(
            &extensions,
            format!("subjectAltName=DNS:{name}\nextendedKeyUsage=serverAuth\nkeyUsage=critical,{usage}\n"),
        )
        .unwrap();
        must_run(Command::new("openssl").args(["genpkey", "-quiet"]).args(new_key).arg("-out").arg(&key));
        let subject = format!("/CN={name}");
        must_run(
            Command::new("openssl").args(["req", "-new", "-subj", &subject, "-key"]).arg(&key).arg("-out").arg(&csr),
        );
        let mut sign = Command::new("openssl");
        sign.args(["x509", "-req", "-days", "60", digest, "-in"])
            .arg(&csr)
            .arg("-CA")
            .arg(&ca)
            .arg("-CAkey")
            .arg(&ca_key);
        let pem = must_run(sign.arg("-extfile").arg(&extensions));
        Leaf { pem, key_pem: fs::read_to_string(key).unwrap(), serial: String::new() }
    }
}

impl Leaf {
    fn new(pem: &str, params: &CertificateParams, key: &KeyPair) -> Self {
        let serial = hex(params.serial_number.as_ref().unwrap());
        Self { pem: pem.to_owned(), key_pem: key.serialize_pem(), serial }
    }

    /// A certificate signed with its own key.
    pub fn self_signed(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let params = leaf_params(names, &key, |params| {
            params.use_authority_key_identifier_extension = false;
            change(params);
        });
        Self::new(&params.self_signed(&key).unwrap().pem(), &params, &key)
    }

    /// What `openssl req -x509` makes without further options: a CA of its own, named by its common name alone.
    pub fn by_openssl_req(name: &str, dir: &Path) -> Self {
        let key = dir.join("req-key.pem");
        let mut command = Command::new("openssl");
        command.args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-noenc",
            "-days",
            "365",
            "-subj",
            &format!("/CN={name}"),
        ]);
        let pem = must_run(command.arg("-keyout").arg(&key));
        Self { pem, key_pem: fs::read_to_string(key).unwrap(), serial: String::new() }
    }

    /// Writes it as files, with what is sent above it.
    pub fn files(&self, dir: &Path, name: &str, above: &[&str]) -> CertFiles {
        fs::create_dir_all(dir).unwrap();
        CertFiles {
            chain: write(dir, &format!("{name}-fullchain.pem"), &format!("{}{}", self.pem, above.concat())),
            leaf: write(dir, &format!("{name}-cert.pem"), &self.pem),
            key: write(dir, &format!("{name}-key.pem"), &self.key_pem),
            root: PathBuf::new(),
        }
    }

    /// The same certificate with the last byte of its signature altered.
    pub fn with_altered_signature(self, dir: &Path) -> Self {
        let (pem, der) = (write(dir, "unaltered.pem", &self.pem), dir.join("altered.der"));
        must_run(Command::new("openssl").args(["x509", "-outform", "DER", "-in"]).arg(&pem).arg("-out").arg(&der));
        let mut content = fs::read(&der).unwrap();
        *content.last_mut().unwrap() ^= 1;
        fs::write(&der, content).unwrap();
        Self { pem: must_run(Command::new("openssl").args(["x509", "-inform", "DER", "-in"]).arg(&der)), ..self }
    }
}

fn leaf_params(names: &[&str], key: &KeyPair, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = ago(Duration::days(20));
    params.not_after = ago(Duration::days(-70));
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, names[0]);
    params.subject_alt_names = names.iter().map(|name| alternative_name(name)).collect();
    params.is_ca = IsCa::NoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.serial_number = Some(serial(key));
    change(&mut params);
    params
}

/// So long ago; a negative time lies ahead.
pub fn ago(time: Duration) -> OffsetDateTime {
    OffsetDateTime::now_utc() - time
}

/// A subject or issuer of an organization.
pub fn subject(organization: &str, name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::OrganizationName, organization);
    subject.push(DnType::CommonName, name);
    subject
}

fn alternative_name(name: &str) -> SanType {
    match name.parse() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName(name.try_into().unwrap()),
    }
}

/// 16 bytes of the public key, positive: as unlike as the keys are.
fn serial(key: &KeyPair) -> SerialNumber {
    let mut serial = key.public_key_raw()[1..17].to_vec();
    serial[0] = serial[0] & 0x3f | 0x40;
    SerialNumber::from_slice(&serial)
}

fn hex(serial: &SerialNumber) -> String {
    serial.to_bytes().iter().map(|byte| format!("{byte:02X}")).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks(2).map(|two| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap()).collect()
}

/// Where the issuer's certificate and its OCSP responder are (RFC 5280 §4.2.2.1).
pub fn authority_information(issuer: Option<&str>, ocsp: Option<&str>) -> CustomExtension {
    // id-ad-ocsp and id-ad-caIssuers, 1.3.6.1.5.5.7.48.1 and .2; a location is uniformResourceIdentifier [6].
    let entry = |last: u8, uri: &str| {
        let method = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, last];
        der(0x30, &[&method[..], &der(0x86, uri.as_bytes())].concat())
    };
    let entries: Vec<u8> =
        [ocsp.map(|uri| entry(1, uri)), issuer.map(|uri| entry(2, uri))].into_iter().flatten().flatten().collect();
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], der(0x30, &entries))
}

/// The extension that demands a staple (RFC 7633): the TLS feature status_request.
pub fn must_staple() -> CustomExtension {
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 24], vec![0x30, 0x03, 0x02, 0x01, 0x05])
}

/// Where a CRL is.
pub fn crl_at(uri: &str) -> CrlDistributionPoint {
    CrlDistributionPoint { uris: vec![uri.to_owned()] }
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match u8::try_from(length).unwrap() {
        short @ ..0x80 => out.push(short),
        long => out.extend([0x81, long]),
    }
    out.extend_from_slice(content);
    out
}

/// Writes a file and says where.
pub fn write(dir: &Path, file: &str, content: &str) -> PathBuf {
    let path = dir.join(file);
    fs::write(&path, content).unwrap();
    path
}
