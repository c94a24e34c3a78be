//! Servers with nothing wrong, so that a doctor who always finds something is found out.

use super::{Exit, Fault, Product, pki::Authority};
use crate::{certs::HOST, config};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "healthy-nginx",
        title: "nothing",
        server: Product::Nginx,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| b.nginx(&b.good()),
    },
    Fault {
        name: "healthy-openssl",
        title: "nothing",
        server: Product::OpenSsl,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| b.openssl(&b.good(), &[]),
    },
    Fault {
        name: "healthy-gnutls",
        title: "nothing",
        server: Product::GnuTls,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| b.gnutls(&b.good(), &[], &[]),
    },
    Fault {
        name: "healthy-tlsmith",
        title: "nothing",
        server: Product::Tlsmith,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| b.tlsmith(&b.good()),
    },
    Fault {
        name: "healthy-wildcard-tlsmith",
        title: "nothing: a wildcard that covers the name, TLS 1.2 alone",
        server: Product::Tlsmith,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| {
            b.tlsmith_with(&b.named(&["*.lab.test"]), |server| {
                server.cipher_suites(&[config::suite("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")])
            })
            .asked_as("www.lab.test", &["127.0.0.1"])
        },
    },
    Fault {
        name: "healthy-root-sent",
        title: "nothing: the root is sent along, which is superfluous and harms nobody",
        server: Product::OpenSsl,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| {
            let leaf = b.issuing().leaf(&[HOST], |_| {});
            b.openssl(&b.files(&leaf, &[&b.issuing().pem, &b.root().pem]), &[])
        },
    },
    Fault {
        name: "healthy-cross-signed",
        title: "nothing: the root's cross-signature by an older one is sent along, for older clients",
        server: Product::Nginx,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| {
            let older = Authority::new("Former Root CA", None, |_| {});
            let leaf = b.issuing().leaf(&[HOST], |_| {});
            b.nginx(&b.files(&leaf, &[&b.issuing().pem, &b.root().cross_signed(&older)]))
        },
    },
    Fault {
        name: "healthy-two-keys",
        title: "nothing: an ECDSA and an RSA certificate side by side",
        server: Product::Nginx,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| {
            let new_key = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
            let rsa = b.issuing().leaf_by_openssl(HOST, &new_key, "-sha256", &b.dir);
            let rsa = rsa.files(&b.dir, "rsa", &[&b.issuing().pem]);
            let (cert, key) = (rsa.chain.display(), rsa.key.display());
            b.nginx_with(&b.good(), &format!("ssl_certificate {cert}; ssl_certificate_key {key};"))
        },
    },
    Fault {
        name: "healthy-address-gnutls",
        title: "nothing: asked by its address, which the certificate holds",
        server: Product::GnuTls,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| b.gnutls(&b.named(&[HOST, "127.0.0.1"]), &[], &[]).asked_as("127.0.0.1", &[]),
    },
    Fault {
        name: "healthy-same-certificate",
        title: "nothing: two servers behind one name, the same certificate",
        server: Product::Nginx,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| {
            let cert = b.named(&["www.lab.test"]);
            let addresses = ["127.0.0.1", "127.0.0.2"];
            b.nginx_blocks(|port| {
                let block = |address| super::bench::nginx_block(&format!("{address}:{port}"), "_", &cert, "");
                addresses.into_iter().map(block).collect()
            })
            .asked_as("www.lab.test", &addresses)
        },
    },
];
