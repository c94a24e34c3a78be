//! Several servers behind one name, and the file that was not loaded.

use time::Duration;

use super::{
    Exit, Fault, Product, Running,
    bench::{Bench, nginx_block},
    pki::{Leaf, ago},
};
use crate::certs::HOST;

const ADDRESSES: [&str; 2] = ["127.0.0.1", "127.0.0.2"];
const NAME: &str = "www.lab.test";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "different-certificates-renewed",
        title: "the new certificate went to one of two servers; the other one's has ended",
        server: Product::Nginx,
        cause: "different_certificates",
        exit: Exit::Failed,
        start: |b| two(b, &b.issuing().leaf(&[NAME], |_| {}), &ended(b)),
    },
    Fault {
        name: "different-certificates-name",
        title: "one of two servers has a certificate without the new name",
        server: Product::Nginx,
        cause: "different_certificates",
        exit: Exit::Failed,
        start: |b| two(b, &b.issuing().leaf(&[NAME], |_| {}), &b.issuing().leaf(&["www.example"], |_| {})),
    },
    Fault {
        name: "address-down-second",
        title: "of two machines behind one name the second is down",
        server: Product::Nginx,
        cause: "address_down",
        exit: Exit::Good,
        start: |b| b.nginx(&b.named(&[NAME])).asked_as(NAME, &ADDRESSES),
    },
    Fault {
        name: "address-down-first",
        title: "of two machines behind one name the first is down",
        server: Product::Nginx,
        cause: "address_down",
        exit: Exit::Good,
        start: |b| b.nginx(&b.named(&[NAME])).asked_as(NAME, &[ADDRESSES[1], ADDRESSES[0]]),
    },
    Fault {
        name: "other-certificate-tlsmith",
        title: "the file that is looked at is not the one that the server reads",
        server: Product::Tlsmith,
        cause: "other_certificate",
        exit: Exit::Failed,
        start: |b| {
            let old = b.issuing().leaf(&[HOST], of_last_month).files(&b.dir, "old", &[&b.issuing().pem]);
            b.tlsmith(&b.good()).with("--expect", &old.chain)
        },
    },
    Fault {
        name: "stale-certificate-nginx",
        title: "the certificate was renewed on disk, and nginx not reloaded",
        server: Product::Nginx,
        cause: "stale_certificate",
        exit: Exit::Failed,
        start: |b| expecting_the_new(b, b.nginx(&b.changed(of_last_month))),
    },
    Fault {
        name: "stale-certificate-gnutls",
        title: "the renewal hook does not restart the server",
        server: Product::GnuTls,
        cause: "stale_certificate",
        exit: Exit::Failed,
        start: |b| expecting_the_new(b, b.gnutls(&b.changed(of_last_month), &[], &[])),
    },
];

fn of_last_month(params: &mut rcgen::CertificateParams) {
    params.not_before = ago(Duration::days(50));
    params.not_after = ago(Duration::days(-40));
}

fn ended(b: &Bench<'_>) -> Leaf {
    b.issuing().leaf(&[NAME], |params| {
        params.not_before = ago(Duration::days(91));
        params.not_after = ago(Duration::days(1));
    })
}

/// A server with each certificate, under one name with two addresses.
fn two(b: &Bench<'_>, first: &Leaf, second: &Leaf) -> Running {
    let certs =
        [(first, "first"), (second, "second")].map(|(leaf, name)| leaf.files(&b.dir, name, &[&b.issuing().pem]));
    b.nginx_blocks(|port| {
        let blocks = ADDRESSES.iter().zip(&certs);
        blocks.map(|(address, cert)| nginx_block(&format!("{address}:{port}"), NAME, cert, "")).collect()
    })
    .asked_as(NAME, &ADDRESSES)
}

fn expecting_the_new(b: &Bench<'_>, running: Running) -> Running {
    let new = b.issuing().leaf(&[HOST], |_| {}).files(&b.dir, "renewed", &[&b.issuing().pem]);
    running.with("--expect", &new.chain)
}
