//! What ended, or has not begun.

use rcgen::{BasicConstraints, IsCa};
use time::Duration;

use super::{
    Exit, Fault, Product, Running,
    bench::Bench,
    pki::{Authority, ago, write},
};
use crate::certs::{CertFiles, HOST};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "expired-leaf-nginx",
        title: "nobody renewed the certificate",
        server: Product::Nginx,
        cause: "expired_leaf",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&ended(b)),
    },
    Fault {
        name: "expired-leaf-openssl",
        title: "the renewal job was switched off",
        server: Product::OpenSsl,
        cause: "expired_leaf",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&ended(b), &[]),
    },
    Fault {
        name: "expired-leaf-gnutls",
        title: "the reminder went to somebody who has left",
        server: Product::GnuTls,
        cause: "expired_leaf",
        exit: Exit::NotTrusted,
        start: |b| b.gnutls(&ended(b), &[], &[]),
    },
    Fault {
        name: "expired-leaf-tlsmith",
        title: "the certificate ended six days ago",
        server: Product::Tlsmith,
        cause: "expired_leaf",
        exit: Exit::NotTrusted,
        start: |b| b.tlsmith(&ended(b)),
    },
    Fault {
        name: "expired-intermediate-nginx",
        title: "the leaf is new, the intermediate in the bundle has ended",
        server: Product::Nginx,
        cause: "expired_intermediate",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&below_an_ended_intermediate(b)),
    },
    Fault {
        name: "expired-intermediate-tlsmith",
        title: "the CA's intermediate ended yesterday",
        server: Product::Tlsmith,
        cause: "expired_intermediate",
        exit: Exit::NotTrusted,
        start: |b| b.tlsmith(&below_an_ended_intermediate(b)),
    },
    Fault {
        name: "expired-root-openssl",
        title: "the root in the client's store has ended (as AddTrust did in 2020)",
        server: Product::OpenSsl,
        cause: "expired_root",
        exit: Exit::NotTrusted,
        start: |b| {
            let (cert, root) = below_an_ended_root(b);
            b.openssl(&cert, &[]).trusting(&root)
        },
    },
    Fault {
        name: "expired-root-nginx",
        title: "the company's root has ended",
        server: Product::Nginx,
        cause: "expired_root",
        exit: Exit::NotTrusted,
        start: |b| {
            let (cert, root) = below_an_ended_root(b);
            b.nginx(&cert).trusting(&root)
        },
    },
    Fault {
        name: "not-yet-valid-nginx",
        title: "next month's certificate was installed today",
        server: Product::Nginx,
        cause: "not_yet_valid",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&to_come(b)),
    },
    Fault {
        name: "not-yet-valid-tlsmith",
        title: "the certificate begins in five days",
        server: Product::Tlsmith,
        cause: "not_yet_valid",
        exit: Exit::NotTrusted,
        start: |b| b.tlsmith(&to_come(b)),
    },
    Fault {
        name: "clock-behind",
        title: "the battery of this machine's clock is empty: it is 2001",
        server: Product::Nginx,
        cause: "clock_off",
        exit: Exit::NotTrusted,
        start: |b| at(b.nginx(&b.good()), "2001-01-01T00:00:00Z"),
    },
    Fault {
        name: "clock-ahead",
        title: "this machine's clock is thirty years ahead",
        server: Product::Nginx,
        cause: "clock_off",
        exit: Exit::NotTrusted,
        start: |b| at(b.nginx(&b.good()), "2056-01-01T00:00:00Z"),
    },
    Fault {
        name: "expires-soon-nginx",
        title: "the certificate ends in three days and was not renewed",
        server: Product::Nginx,
        cause: "expires_soon",
        exit: Exit::Good,
        start: |b| b.nginx(&ends_soon(b)),
    },
    Fault {
        name: "expires-soon-tlsmith",
        title: "the automatic renewal fails, and nobody reads its log",
        server: Product::Tlsmith,
        cause: "expires_soon",
        exit: Exit::Good,
        start: |b| b.tlsmith(&ends_soon(b)),
    },
];

fn ended(b: &Bench<'_>) -> CertFiles {
    b.changed(|params| {
        params.not_before = ago(Duration::days(96));
        params.not_after = ago(Duration::days(6));
    })
}

fn to_come(b: &Bench<'_>) -> CertFiles {
    b.changed(|params| {
        params.not_before = ago(Duration::days(-5));
        params.not_after = ago(Duration::days(-95));
    })
}

fn ends_soon(b: &Bench<'_>) -> CertFiles {
    b.changed(|params| {
        params.not_before = ago(Duration::days(87));
        params.not_after = ago(Duration::days(-3));
    })
}

fn below_an_ended_intermediate(b: &Bench<'_>) -> CertFiles {
    let old = Authority::new("Lab Issuing CA 0", Some(b.root()), |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.not_before = ago(Duration::days(900));
        params.not_after = ago(Duration::days(1));
    });
    b.files(&old.leaf(&[HOST], |_| {}), &[&old.pem])
}

/// The certificate, and the file of the root that ended.
fn below_an_ended_root(b: &Bench<'_>) -> (CertFiles, std::path::PathBuf) {
    let root = Authority::new("Lab Root CA of old", None, |params| {
        params.not_before = ago(Duration::days(4000));
        params.not_after = ago(Duration::days(10));
    });
    let issuing = Authority::new("Lab Issuing CA of old", Some(&root), |_| {});
    (b.files(&issuing.leaf(&[HOST], |_| {}), &[&issuing.pem]), write(&b.dir, "old-root.pem", &root.pem))
}

/// The doctor takes this for the time of the machine it runs on.
fn at(running: Running, time: &str) -> Running {
    running.with("--at", time)
}
