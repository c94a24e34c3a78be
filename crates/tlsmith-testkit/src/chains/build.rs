//! Making a chain with its faults.

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints,
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData, SanType,
    SignatureAlgorithm,
};
use time::{Duration, OffsetDateTime};

use super::{Fault, Random};

/// Who is asked for.
pub(super) const HOST: &str = "host.example.test";
/// The longest chain has so many intermediates.
const MAX_DEPTH: usize = 3;

/// A chain to be judged.
#[derive(Debug)]
pub struct Chain {
    /// What is peculiar about it.
    pub faults: Vec<Fault>,
    /// It is valid.
    pub valid: bool,
    /// DER, leaf first, as sent.
    pub sent: Vec<Vec<u8>>,
    /// DER of the one trusted root.
    pub root: Vec<u8>,
    /// How many intermediates it has.
    pub depth: usize,
}

impl Chain {
    /// For reports.
    pub fn label(&self) -> String {
        format!("{:?} below {} intermediates", self.faults, self.depth)
    }
}

/// Keys are slow to make, and what chains are about is not in them: a few are used again and again.
pub(super) struct Maker {
    /// Some for each place, the Ed25519 one first: the places are the root's, the intermediates', the leaf's.
    keys: Vec<Vec<KeyPair>>,
    /// For whoever is not meant.
    stranger: KeyPair,
    short: ShortKey,
    now: OffsetDateTime,
}

/// A certificate that is going to sign.
struct Signer<'k> {
    params: CertificateParams,
    key: &'k KeyPair,
}

impl Signer<'_> {
    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, self.key)
    }
}

impl Maker {
    pub(super) fn new() -> Self {
        let place = |_| {
            let mut keys: Vec<KeyPair> = [&PKCS_ED25519, &PKCS_ECDSA_P256_SHA256, &PKCS_ECDSA_P384_SHA384]
                .map(|kind| KeyPair::generate_for(kind).unwrap())
                .into();
            keys.push(KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap());
            keys
        };
        Self {
            keys: (0..MAX_DEPTH + 2).map(place).collect(),
            stranger: KeyPair::generate().unwrap(),
            short: ShortKey::new(),
            now: OffsetDateTime::now_utc(),
        }
    }

    /// A chain with these faults.
    pub(super) fn chain(&self, faults: &[Fault], random: &mut Random) -> Chain {
        let has = |fault: Fault| faults.contains(&fault);
        let least = faults.iter().map(|fault| fault.least_depth()).max().unwrap_or(0);
        let depth = least + random.below(MAX_DEPTH + 1 - least);
        let mut key = |place: usize| {
            let (ed25519, others) = self.keys[place].split_first().unwrap();
            let other = &others[random.below(others.len())];
            if has(Fault::Ed25519) && place > 0 { ed25519 } else { other }
        };
        let root = Signer { params: self.root(faults), key: key(0) };
        let root_der = root.params.self_signed(root.key).unwrap().der().to_vec();
        // From the root down.
        let mut cas: Vec<Signer<'_>> = Vec::new();
        let mut ders: Vec<Vec<u8>> = Vec::new();
        for place in 0..depth {
            let params = self.intermediate(place, depth, faults);
            let signer = Signer { params, key: key(place + 1) };
            let above = cas.last().unwrap_or(&root);
            ders.push(signer.params.signed_by(signer.key, &above.issuer()).unwrap().der().to_vec());
            cas.push(signer);
        }
        let above = cas.last().unwrap_or(&root);
        let leaf = self.leaf(faults, above, key(MAX_DEPTH + 1));
        ders.reverse();
        let mut sent = vec![leaf];
        sent.extend(ders);
        let top = if depth > 1 { &cas[depth - 2] } else { &root };
        self.deliver(&mut sent, faults, &cas, top, &root_der);
        let valid = faults.iter().all(|fault| fault.is_harmless());
        let root = if has(Fault::RootUnknown) { self.other_root() } else { root_der };
        Chain { faults: faults.to_vec(), valid, sent, root, depth }
    }

    fn params(&self, name: &str) -> CertificateParams {
        let mut params = CertificateParams::default();
        let mut subject = DistinguishedName::new();
        subject.push(DnType::OrganizationName, "Example");
        subject.push(DnType::CommonName, name);
        params.distinguished_name = subject;
        params.not_before = self.now - Duration::days(40);
        params.not_after = self.now + Duration::days(40);
        params.use_authority_key_identifier_extension = true;
        params
    }

    fn authority(&self, name: &str) -> CertificateParams {
        let mut params = self.params(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params
    }

    fn root(&self, faults: &[Fault]) -> CertificateParams {
        let mut params = self.authority("Root");
        params.use_authority_key_identifier_extension = false;
        if faults.contains(&Fault::RootExpired) {
            params.not_after = self.now - Duration::days(1);
        }
        params
    }

    fn other_root(&self) -> Vec<u8> {
        let mut params = self.authority("Other root");
        params.use_authority_key_identifier_extension = false;
        params.self_signed(&self.stranger).unwrap().der().to_vec()
    }

    /// The faults of CAs are those of the lowest; the path length is that of the highest.
    fn intermediate(&self, place: usize, depth: usize, faults: &[Fault]) -> CertificateParams {
        let mut params = self.authority(&format!("Intermediate {place}"));
        let dns = |name: &str| GeneralSubtree::DnsName(name.to_owned());
        let permits =
            |subtree| Some(NameConstraints { permitted_subtrees: vec![subtree], excluded_subtrees: Vec::new() });
        let excludes =
            |subtree| Some(NameConstraints { permitted_subtrees: Vec::new(), excluded_subtrees: vec![subtree] });
        let (is_highest, is_lowest) = (place == 0, place + 1 == depth);
        for fault in faults {
            match fault {
                Fault::CaDemandsPolicyAndHasIt => params.custom_extensions.push(policies()),
                Fault::CaPathLengthExceeded if is_highest => params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)),
                Fault::CaPathLengthReached if is_highest => {
                    let below = u8::try_from(depth - 1).unwrap();
                    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
                }
                _ => {}
            }
            if !is_lowest {
                continue;
            }
            match fault {
                Fault::CaExpired => params.not_after = self.now - Duration::days(1),
                Fault::CaNotYetValid => params.not_before = self.now + Duration::days(1),
                Fault::CaWithoutConstraints => params.is_ca = IsCa::NoCa,
                Fault::CaSaysNoCa => params.is_ca = IsCa::ExplicitNoCa,
                Fault::CaMayNotSign => params.key_usages = vec![KeyUsagePurpose::DigitalSignature],
                Fault::CaWithoutKeyUsage => params.key_usages.clear(),
                Fault::CaForClients => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
                Fault::CaForServers => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
                Fault::CaPermitsOthers => params.name_constraints = permits(dns("other.test")),
                Fault::CaPermits => params.name_constraints = permits(dns("example.test")),
                Fault::CaPermitsAddressesOnly => {
                    let subnet = CidrSubnet::V4([192, 0, 2, 0], [255, 255, 255, 0]);
                    params.name_constraints = permits(GeneralSubtree::IpAddress(subnet));
                }
                Fault::CaExcludes => params.name_constraints = excludes(dns("example.test")),
                Fault::CaExcludesOthers => params.name_constraints = excludes(dns("other.test")),
                Fault::CaPermitsDirectory => params.name_constraints = permits(organisation("Example")),
                Fault::CaPermitsOtherDirectory => params.name_constraints = permits(organisation("Another")),
                Fault::CaUnknownCritical => params.custom_extensions.push(unknown(true)),
                Fault::CaDemandsPolicy | Fault::CaDemandsPolicyAndHasIt => {
                    params.custom_extensions.push(require_explicit_policy());
                }
                _ => {}
            }
        }
        params
    }

    fn leaf(&self, faults: &[Fault], above: &Signer<'_>, key: &KeyPair) -> Vec<u8> {
        let mut params = self.params("leaf");
        let name = |name: &str| vec![SanType::DnsName(name.try_into().unwrap())];
        params.subject_alt_names = name(HOST);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        for fault in faults {
            match fault {
                Fault::LeafExpired => params.not_after = self.now - Duration::days(1),
                Fault::LeafNotYetValid => params.not_before = self.now + Duration::days(1),
                Fault::LeafOtherName => params.subject_alt_names = name("other.example.test"),
                Fault::LeafCommonNameOnly => {
                    params.subject_alt_names.clear();
                    params.distinguished_name.push(DnType::CommonName, HOST);
                }
                Fault::LeafWildcard => params.subject_alt_names = name("*.example.test"),
                Fault::LeafWildcardTooHigh => params.subject_alt_names = name("*.test"),
                Fault::LeafWildcardPartial => params.subject_alt_names = name("h*.example.test"),
                Fault::LeafUpperCase => params.subject_alt_names = name("HOST.Example.TEST"),
                Fault::LeafForClients => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
                Fault::LeafForAnything => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any],
                Fault::LeafWithoutPurpose => params.extended_key_usages.clear(),
                Fault::LeafForBoth => params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth),
                Fault::LeafUnknownCritical => params.custom_extensions.push(unknown(true)),
                Fault::LeafUnknownExtension => params.custom_extensions.push(unknown(false)),
                Fault::LeafEmptySubject => params.distinguished_name = DistinguishedName::new(),
                Fault::CaDemandsPolicyAndHasIt => params.custom_extensions.push(policies()),
                _ => {}
            }
        }
        if faults.contains(&Fault::LeafSelfSigned) {
            return params.self_signed(key).unwrap().der().to_vec();
        }
        let other = Signer { params: above.params.clone(), key: &self.stranger };
        let signer = if faults.contains(&Fault::LeafOfAnotherKey) { &other } else { above };
        let signed = match faults.contains(&Fault::LeafShortKey) {
            true => params.signed_by(&self.short, &signer.issuer()),
            false => params.signed_by(key, &signer.issuer()),
        };
        let mut der = signed.unwrap().der().to_vec();
        if faults.contains(&Fault::LeafAlteredSignature) {
            // The last byte belongs to the signature, whatever its kind.
            *der.last_mut().unwrap() ^= 1;
        }
        der
    }

    /// What is done to the chain when it is sent.
    fn deliver(&self, sent: &mut Vec<Vec<u8>>, faults: &[Fault], cas: &[Signer<'_>], top: &Signer<'_>, root: &[u8]) {
        for fault in faults {
            match fault {
                Fault::SentWithout => drop(sent.remove(1)),
                Fault::SentReversed => sent[1..].reverse(),
                Fault::SentTwice => sent.insert(1, sent[1].clone()),
                Fault::SentWithStranger => sent.push(self.other_root()),
                Fault::SentWithRoot => sent.push(root.to_vec()),
                Fault::SentWithExpiredTwin => {
                    let lowest = cas.last().unwrap();
                    let mut params = lowest.params.clone();
                    params.not_after = self.now - Duration::days(2);
                    sent.insert(1, params.signed_by(lowest.key, &top.issuer()).unwrap().der().to_vec());
                }
                _ => {}
            }
        }
    }
}

/// An RSA public key of 1024 bits, for which rcgen makes no pair; nobody signs with it.
struct ShortKey(Vec<u8>);

impl ShortKey {
    fn new() -> Self {
        let openssl = |arguments: &[&str], input: &[u8]| {
            let directory = tempfile::tempdir().unwrap();
            let file = directory.path().join("input");
            std::fs::write(&file, input).unwrap();
            let mut command = std::process::Command::new("openssl");
            let output = command.args(arguments).arg("-in").arg(file).output().expect("openssl");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            output.stdout
        };
        let output = std::process::Command::new("openssl").args(["genrsa", "1024"]).output().expect("openssl");
        Self(openssl(&["rsa", "-RSAPublicKey_out", "-outform", "DER"], &output.stdout))
    }
}

impl PublicKeyData for ShortKey {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

fn organisation(name: &str) -> GeneralSubtree {
    let mut directory = DistinguishedName::new();
    directory.push(DnType::OrganizationName, name);
    GeneralSubtree::DirectoryName(directory)
}

/// An extension that nobody knows, below the arc of examples (RFC 4512 uses 1.3.6.1.4.1.32473).
fn unknown(critical: bool) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 32473, 1], vec![5, 0]);
    extension.set_criticality(critical);
    extension
}

/// certificatePolicies with one policy, 1.3.6.1.4.1.32473.2.
fn policies() -> CustomExtension {
    let policy = [0x2b, 6, 1, 4, 1, 0x81, 0xfd, 0x59, 2];
    let mut der = vec![0x30, 13, 0x30, 11, 6, 9];
    der.extend(policy);
    CustomExtension::from_oid_content(&[2, 5, 29, 32], der)
}

/// policyConstraints with requireExplicitPolicy 0.
fn require_explicit_policy() -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 36], vec![0x30, 3, 0x80, 1, 0]);
    extension.set_criticality(true);
    extension
}
