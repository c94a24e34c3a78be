//! What ended, or has not begun.

use rcgen::{BasicConstraints, IsCa};
use time::{Duration, macros::format_description};

use super::{
    Exit, Fault, Product, Running,
    bench::Bench,
    pki::{Authority, ago, write},
    scripted,
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
        title: "this machine's clock is ten days behind: to it the certificate of last week is of next week",
        server: Product::Nginx,
        cause: "clock_off",
        exit: Exit::NotTrusted,
        start: |b| in_another_time(b, &to_come(b), 10),
    },
    Fault {
        name: "clock-ahead",
        title: "this machine's clock is ten days ahead",
        server: Product::Nginx,
        cause: "clock_off",
        exit: Exit::NotTrusted,
        start: |b| in_another_time(b, &ended(b), -10),
    },
    Fault {
        name: "expired-leaf-by-then",
        title: "--at asks for a day of next year: nobody's clock is wrong",
        server: Product::Nginx,
        cause: "expired_leaf",
        exit: Exit::NotTrusted,
        start: |b| {
            let then = ago(Duration::days(-365)).format(format_description!("[year]-[month]-[day]")).unwrap();
            b.nginx(&b.good()).with("--at", &then)
        },
    },
    Fault {
        name: "expired-root-sent",
        title: "the old root is trusted, and sent along with the new one's cross-signature",
        server: Product::OpenSsl,
        cause: "expired_root",
        exit: Exit::NotTrusted,
        start: |b| {
            let old = Authority::new("Lab Root CA of old", None, |params| {
                params.not_before = ago(Duration::days(4000));
                params.not_after = ago(Duration::days(10));
            });
            let above = [b.issuing().pem.as_str(), &b.root().cross_signed(&old), &old.pem];
            let cert = b.files(&b.issuing().leaf(&[HOST], |_| {}), &above);
            b.openssl(&cert, &[]).trusting(&write(&b.dir, "old-root.pem", &old.pem))
        },
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

/// A server whose clock, and that of the world with it, is so many days ahead of this machine's.
fn in_another_time(b: &Bench<'_>, cert: &CertFiles, days: i64) -> Running {
    let date =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    let date = ago(Duration::days(-days)).format(date).unwrap();
    let reply = format!("HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let backend = scripted::answering(reply.into_bytes());
    let port = backend.port;
    // nginx hands the backend's Date on, and not its own.
    let (chain, key) = (cert.chain.display(), cert.key.display());
    b.nginx_blocks(|listen| {
        format!(
            "server {{ listen 127.0.0.1:{listen} ssl; ssl_certificate {chain}; ssl_certificate_key {key};\n\
             location / {{ proxy_pass http://127.0.0.1:{port}; proxy_pass_header Date; }} }}\n"
        )
    })
    .keeping(backend)
}
