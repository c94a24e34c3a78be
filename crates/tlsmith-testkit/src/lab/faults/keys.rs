//! Keys and signatures.

use super::{Exit, Fault, Product, bench::Bench, ours, pki::Authority};
use crate::certs::{CertFiles, HOST};

/// OpenSSL refuses to load such certificates unless it is told to take everything.
const LEVEL_0: &str = "ALL:@SECLEVEL=0";
const NGINX_LEVEL_0: &str = "ssl_ciphers ALL:@SECLEVEL=0;";
const P256: [&str; 4] = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const RSA_1024: [&str; 4] = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"];

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "weak-signature-nginx",
        title: "the company's CA still signs with SHA-1",
        server: Product::Nginx,
        cause: "weak_signature",
        exit: Exit::NotTrusted,
        start: |b| b.nginx_with(&old(b, &P256, "-sha1"), NGINX_LEVEL_0),
    },
    Fault {
        name: "weak-signature-openssl",
        title: "a certificate signed with MD5",
        server: Product::OpenSsl,
        cause: "weak_signature",
        exit: Exit::NotTrusted,
        start: |b| {
            let ca = Authority::rsa("Lab RSA CA", b.root());
            let leaf = ca.leaf_by_openssl(HOST, &P256, "-md5", &b.dir);
            b.openssl(&b.files(&leaf, &[&ca.pem]), &["-cipher", LEVEL_0])
        },
    },
    Fault {
        name: "weak-signature-gnutls",
        title: "a certificate of 2014, signed with SHA-1, prolonged",
        server: Product::GnuTls,
        cause: "weak_signature",
        exit: Exit::NotTrusted,
        start: |b| b.gnutls(&old(b, &P256, "-sha1"), &[], &[]),
    },
    Fault {
        name: "weak-key-nginx",
        title: "the key has been the same since 2009: RSA of 1024 bits",
        server: Product::Nginx,
        cause: "weak_key",
        exit: Exit::NotTrusted,
        start: |b| b.nginx_with(&old(b, &RSA_1024, "-sha256"), NGINX_LEVEL_0),
    },
    Fault {
        name: "weak-key-openssl",
        title: "an appliance that makes RSA keys of 1024 bits",
        server: Product::OpenSsl,
        cause: "weak_key",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&old(b, &RSA_1024, "-sha256"), &["-cipher", LEVEL_0]),
    },
    Fault {
        name: "key-mismatch-tlsmith",
        title: "the key service signs with the key of the certificate before",
        server: Product::Tlsmith,
        cause: "key_mismatch",
        exit: Exit::Failed,
        start: |b| {
            let (cert, before) = (b.good(), b.issuing().leaf(&[HOST], |_| {}).files(&b.dir, "before", &[]));
            b.tlsmith_configured(ours::signing_with_another_key(&cert, &before))
        },
    },
];

fn old(b: &Bench<'_>, new_key: &[&str], digest: &str) -> CertFiles {
    b.files(&b.issuing().leaf_by_openssl(HOST, new_key, digest, &b.dir), &[&b.issuing().pem])
}
