//! What is sent along with the leaf.

use rcgen::{BasicConstraints, CustomExtension, GeneralSubtree, IsCa, KeyUsagePurpose, NameConstraints};

use super::{
    Exit, Fault, Product,
    bench::Bench,
    pki::{Authority, Leaf, authority_information, subject},
};
use crate::certs::{CertFiles, HOST};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "missing-intermediate-nginx",
        title: "ssl_certificate holds the leaf alone",
        server: Product::Nginx,
        cause: "missing_intermediate",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&leaf_alone(b)),
    },
    Fault {
        name: "missing-intermediate-openssl",
        title: "cert.pem was given instead of fullchain.pem",
        server: Product::OpenSsl,
        cause: "missing_intermediate",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&leaf_alone(b), &[]),
    },
    Fault {
        name: "missing-intermediate-gnutls",
        title: "--x509certfile holds the leaf alone",
        server: Product::GnuTls,
        cause: "missing_intermediate",
        exit: Exit::NotTrusted,
        start: |b| b.gnutls(&leaf_alone(b), &[], &[]),
    },
    Fault {
        name: "missing-intermediate-tlsmith",
        title: "the CA's mail held one certificate, and one was installed",
        server: Product::Tlsmith,
        cause: "missing_intermediate",
        exit: Exit::NotTrusted,
        start: |b| b.tlsmith(&leaf_alone(b)),
    },
    Fault {
        name: "missing-intermediate-fetchable",
        title: "the leaf alone is sent, but says where its issuer's certificate is: browsers work, programs do not",
        server: Product::Nginx,
        cause: "missing_intermediate",
        exit: Exit::NotTrusted,
        start: |b| {
            let uri = b.web().publish("issuing.cer", "application/pkix-cert", b.issuing().der.clone());
            let leaf = b.issuing().leaf(&[HOST], |params| {
                params.custom_extensions.push(authority_information(Some(&uri), None));
            });
            b.nginx(&b.files(&leaf, &[]))
        },
    },
    Fault {
        name: "missing-second-intermediate",
        title: "of two intermediates only the lower one is sent",
        server: Product::OpenSsl,
        cause: "missing_intermediate",
        exit: Exit::NotTrusted,
        start: |b| {
            let (_, lower) = two_levels(b);
            b.openssl(&b.files(&lower.leaf(&[HOST], |_| {}), &[&lower.pem]), &[])
        },
    },
    Fault {
        name: "missing-middle-intermediate",
        title: "of three intermediates the one in the middle is not sent",
        server: Product::OpenSsl,
        cause: "missing_intermediate",
        exit: Exit::NotTrusted,
        start: |b| {
            let named =
                |name, above| Authority::new(name, Some(above), |params| params.distinguished_name = subject("", name));
            let upper = named("Upper CA", b.root());
            let lower = named("Lower CA", &named("Middle CA", &upper));
            b.openssl(&b.files(&lower.leaf(&[HOST], |_| {}), &[&lower.pem, &upper.pem]), &[])
        },
    },
    Fault {
        name: "missing-intermediate-of-another-name",
        title: "the leaf alone is sent; nothing in its issuer's name tells of the root that is trusted",
        server: Product::Nginx,
        cause: "missing_intermediate",
        exit: Exit::NotTrusted,
        start: |b| {
            let issuing = Authority::new("NU Issuing CA", Some(b.root()), |params| {
                params.distinguished_name = subject("Example Hosting", "NU Issuing CA");
            });
            b.nginx(&b.files(&issuing.leaf(&[HOST], |_| {}), &[]))
        },
    },
    Fault {
        name: "missing-intermediate-left-out",
        title: "the bundle holds last year's intermediate, which GnuTLS leaves out as not belonging to the leaf",
        server: Product::GnuTls,
        cause: "missing_intermediate",
        exit: Exit::NotTrusted,
        start: |b| b.gnutls(&last_years(b), &[], &[]),
    },
    Fault {
        name: "wrong-order-nginx",
        title: "the intermediates were put together the wrong way round",
        server: Product::Nginx,
        cause: "wrong_order",
        exit: Exit::Good,
        start: |b| b.nginx(&wrong_way_round(b)),
    },
    Fault {
        name: "wrong-order-openssl",
        title: "-cert_chain holds the upper intermediate first",
        server: Product::OpenSsl,
        cause: "wrong_order",
        exit: Exit::Good,
        start: |b| b.openssl(&wrong_way_round(b), &[]),
    },
    Fault {
        name: "extra-certificate-nginx",
        title: "an intermediate of the CA before the last is still in the bundle",
        server: Product::Nginx,
        cause: "extra_certificate",
        exit: Exit::Good,
        start: |b| b.nginx(&with_a_stranger(b)),
    },
    Fault {
        name: "extra-certificate-tlsmith",
        title: "somebody else's intermediate went into the bundle as well",
        server: Product::Tlsmith,
        cause: "extra_certificate",
        exit: Exit::Good,
        start: |b| b.tlsmith(&with_a_stranger(b)),
    },
    Fault {
        name: "wrong-intermediate-nginx",
        title: "the bundle holds the CA's other intermediate (2 instead of 1)",
        server: Product::Nginx,
        cause: "wrong_intermediate",
        exit: Exit::NotTrusted,
        start: |b| {
            let other = Authority::new("Lab Issuing CA 2", Some(b.root()), |_| {});
            b.nginx(&b.files(&b.issuing().leaf(&[HOST], |_| {}), &[&other.pem]))
        },
    },
    Fault {
        name: "wrong-intermediate-openssl",
        title: "the bundle holds last year's intermediate: the same name, another key",
        server: Product::OpenSsl,
        cause: "wrong_intermediate",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&last_years(b), &[]),
    },
    Fault {
        name: "wrong-intermediate-tlsmith",
        title: "the certificate was renewed, the intermediate in the bundle was not",
        server: Product::Tlsmith,
        cause: "wrong_intermediate",
        exit: Exit::NotTrusted,
        start: |b| b.tlsmith(&last_years(b)),
    },
    Fault {
        name: "not-a-ca-nginx",
        title: "a server's certificate was used to sign another",
        server: Product::Nginx,
        cause: "not_a_ca",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&signed_by_a_leaf(b)),
    },
    Fault {
        name: "not-a-ca-tlsmith",
        title: "the company's issuing CA was requested as a server's certificate",
        server: Product::Tlsmith,
        cause: "not_a_ca",
        exit: Exit::NotTrusted,
        start: |b| b.tlsmith(&signed_by_a_leaf(b)),
    },
    Fault {
        name: "path-length-nginx",
        title: "a CA that may issue for servers only (pathlen:0) made another CA",
        server: Product::Nginx,
        cause: "path_length",
        exit: Exit::NotTrusted,
        start: |b| {
            let below = Authority::new("Lab Team CA", Some(b.issuing()), |_| {});
            b.nginx(&b.files(&below.leaf(&[HOST], |_| {}), &[&below.pem, &b.issuing().pem]))
        },
    },
    Fault {
        name: "unknown-extension-tlsmith",
        title: "the certificate holds a critical extension that nobody knows",
        server: Product::Tlsmith,
        cause: "certificate_refused",
        exit: Exit::NotTrusted,
        start: |b| {
            b.tlsmith(&b.changed(|params| {
                let mut unknown = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
                unknown.set_criticality(true);
                params.custom_extensions.push(unknown);
            }))
        },
    },
    Fault {
        name: "name-constraints-nginx",
        title: "the department's CA may name corp.lab.test only, and issued for localhost",
        server: Product::Nginx,
        cause: "name_constraints",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&outside_constraints(b)),
    },
    Fault {
        name: "name-constraints-openssl",
        title: "a constrained CA issued for a name outside of its domain",
        server: Product::OpenSsl,
        cause: "name_constraints",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&outside_constraints(b), &[]),
    },
    Fault {
        name: "bad-signature-nginx",
        title: "the certificate was damaged on its way",
        server: Product::Nginx,
        cause: "bad_signature",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&damaged(b)),
    },
    Fault {
        name: "bad-signature-tlsmith",
        title: "the certificate was tampered with",
        server: Product::Tlsmith,
        cause: "bad_signature",
        exit: Exit::NotTrusted,
        start: |b| b.tlsmith(&damaged(b)),
    },
];

fn leaf_alone(b: &Bench<'_>) -> CertFiles {
    b.files(&b.issuing().leaf(&[HOST], |_| {}), &[])
}

/// A policy CA below the root and an issuing one below it.
fn two_levels(b: &Bench<'_>) -> (Authority, Authority) {
    let upper = Authority::new("Lab Policy CA", Some(b.root()), |_| {});
    let lower = Authority::new("Lab Issuing CA 3", Some(&upper), |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    });
    (upper, lower)
}

fn wrong_way_round(b: &Bench<'_>) -> CertFiles {
    let (upper, lower) = two_levels(b);
    b.files(&lower.leaf(&[HOST], |_| {}), &[&upper.pem, &lower.pem])
}

fn with_a_stranger(b: &Bench<'_>) -> CertFiles {
    let root = Authority::new("Former Root CA", None, |_| {});
    let former = Authority::new("Former Issuing CA", Some(&root), |_| {});
    b.files(&b.issuing().leaf(&[HOST], |_| {}), &[&b.issuing().pem, &former.pem])
}

fn last_years(b: &Bench<'_>) -> CertFiles {
    let namesake = Authority::new("Lab Issuing CA 1", Some(b.root()), |_| {});
    b.files(&b.issuing().leaf(&[HOST], |_| {}), &[&namesake.pem])
}

fn signed_by_a_leaf(b: &Bench<'_>) -> CertFiles {
    let mere = Authority::new("gateway.lab.test", Some(b.issuing()), |params| {
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    });
    b.files(&mere.leaf(&[HOST], |_| {}), &[&mere.pem, &b.issuing().pem])
}

fn outside_constraints(b: &Bench<'_>) -> CertFiles {
    let narrow = Authority::new("Lab Department CA", Some(b.root()), |params| {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("corp.lab.test".into())],
            excluded_subtrees: vec![],
        });
    });
    b.files(&narrow.leaf(&[HOST], |_| {}), &[&narrow.pem])
}

fn damaged(b: &Bench<'_>) -> CertFiles {
    let leaf: Leaf = b.issuing().leaf(&[HOST], |_| {}).with_altered_signature(&b.dir);
    b.files(&leaf, &[&b.issuing().pem])
}
