//! Who signed.

use rcgen::{ExtendedKeyUsagePurpose, KeyUsagePurpose};

use super::{
    Exit, Fault, Product,
    bench::Bench,
    pki::{Authority, Leaf, subject, write},
};
use crate::certs::{CertFiles, HOST};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "self-signed-nginx",
        title: "the certificate that came with the package was never replaced",
        server: Product::Nginx,
        cause: "self_signed",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&self_signed(b)),
    },
    Fault {
        name: "self-signed-openssl",
        title: "openssl req -x509, as the tutorial said",
        server: Product::OpenSsl,
        cause: "self_signed",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&self_signed(b), &[]),
    },
    Fault {
        name: "self-signed-tlsmith",
        title: "a certificate of the test bench went live",
        server: Product::Tlsmith,
        cause: "self_signed",
        exit: Exit::NotTrusted,
        start: |b| b.tlsmith(&self_signed(b)),
    },
    Fault {
        name: "self-signed-gnutls",
        title: "openssl req -x509 without further options: a CA of its own, named by its common name alone",
        server: Product::GnuTls,
        cause: "self_signed",
        exit: Exit::NotTrusted,
        start: |b| b.gnutls(&b.files(&Leaf::by_openssl_req(HOST, &b.dir), &[]), &[], &[]),
    },
    Fault {
        name: "private-ca-nginx",
        title: "the company's root is not in the store of this client",
        server: Product::Nginx,
        cause: "private_ca",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&of_the_company(b, false)),
    },
    Fault {
        name: "private-ca-openssl",
        title: "the company's root is sent, which does not make it trusted",
        server: Product::OpenSsl,
        cause: "private_ca",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&of_the_company(b, true), &[]),
    },
    Fault {
        name: "private-ca-gnutls",
        title: "a new laptop without the company's root",
        server: Product::GnuTls,
        cause: "private_ca",
        exit: Exit::NotTrusted,
        start: |b| b.gnutls(&of_the_company(b, true), &[], &[]),
    },
    Fault {
        name: "private-ca-direct",
        title: "the company's root signs servers itself: there is no intermediate that could be missing",
        server: Product::Tlsmith,
        cause: "private_ca",
        exit: Exit::NotTrusted,
        start: |b| {
            let root = Authority::new("Example Corp Root CA", None, |params| {
                params.distinguished_name = subject("Example Corp", "Example Corp Root CA");
            });
            b.tlsmith(&b.files(&root.leaf(&[HOST], |_| {}), &[]))
        },
    },
    Fault {
        name: "private-ca-made-anew",
        title: "the company's root was made anew under its old name; the client has the old one",
        server: Product::Nginx,
        cause: "private_ca",
        exit: Exit::NotTrusted,
        start: |b| {
            let old = Authority::new("Lab Root CA", None, |_| {});
            b.nginx(&b.good()).trusting(&write(&b.dir, "old-root.pem", &old.pem))
        },
    },
    Fault {
        name: "purpose-key-usage",
        title: "keyAgreement alone, by a template for another protocol",
        server: Product::OpenSsl,
        cause: "purpose",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&b.changed(|params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement]), &[]),
    },
    Fault {
        name: "middlebox-fortinet",
        title: "the firewall opens TLS and signs with its own CA",
        server: Product::Tlsmith,
        cause: "middlebox",
        exit: Exit::NotTrusted,
        start: |b| {
            let box_ca = Authority::new("FG100ETK18000000", None, |params| {
                params.distinguished_name = subject("Fortinet", "FG100ETK18000000");
                params.distinguished_name.push(rcgen::DnType::OrganizationalUnitName, "Certificate Authority");
            });
            b.tlsmith(&b.files(&box_ca.leaf(&[HOST], |_| {}), &[]))
        },
    },
    Fault {
        name: "middlebox-zscaler",
        title: "the company's web proxy answers in the server's place",
        server: Product::Nginx,
        cause: "middlebox",
        exit: Exit::NotTrusted,
        start: |b| {
            let root = Authority::new("Zscaler Root CA", None, |params| {
                params.distinguished_name = subject("Zscaler Inc.", "Zscaler Root CA");
            });
            let issuing = Authority::new("Zscaler Intermediate Root CA", Some(&root), |params| {
                params.distinguished_name = subject("Zscaler Inc.", "Zscaler Intermediate Root CA (zscaler.net)");
            });
            b.nginx(&b.files(&issuing.leaf(&[HOST], |_| {}), &[&issuing.pem]))
        },
    },
    Fault {
        name: "purpose-nginx",
        title: "a client's certificate was installed on the server",
        server: Product::Nginx,
        cause: "purpose",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&for_clients_only(b)),
    },
    Fault {
        name: "purpose-gnutls",
        title: "extendedKeyUsage names clientAuth alone",
        server: Product::GnuTls,
        cause: "purpose",
        exit: Exit::NotTrusted,
        start: |b| b.gnutls(&for_clients_only(b), &[], &[]),
    },
];

fn self_signed(b: &Bench<'_>) -> CertFiles {
    b.files(&Leaf::self_signed(&[HOST], |_| {}), &[])
}

fn of_the_company(b: &Bench<'_>, root_sent: bool) -> CertFiles {
    let root = Authority::new("Example Corp Root CA", None, |params| {
        params.distinguished_name = subject("Example Corp", "Example Corp Root CA");
    });
    let issuing = Authority::new("Example Corp Issuing CA", Some(&root), |params| {
        params.distinguished_name = subject("Example Corp", "Example Corp Issuing CA");
    });
    let above: &[&str] = if root_sent { &[&issuing.pem, &root.pem] } else { &[&issuing.pem] };
    b.files(&issuing.leaf(&[HOST], |_| {}), above)
}

fn for_clients_only(b: &Bench<'_>) -> CertFiles {
    b.changed(|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth])
}
