//! What the CA took back, and what should have been stapled.

use std::{fs, path::PathBuf};

use time::Duration;

use super::{
    Exit, Fault, Product, Running,
    bench::Bench,
    pki::{Authority, Leaf, ago, authority_information, crl_at, must_staple},
};
use crate::certs::{CertFiles, HOST};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "revoked-staple-nginx",
        title: "the certificate was revoked; the server staples that itself",
        server: Product::Nginx,
        cause: "revoked",
        exit: Exit::NotTrusted,
        start: |b| {
            let (cert, staple) = stapled(b, true, false);
            b.nginx_with(&cert, &stapling(&staple))
        },
    },
    Fault {
        name: "revoked-staple-openssl",
        title: "revoked for a compromised key, and stapled so",
        server: Product::OpenSsl,
        cause: "revoked",
        exit: Exit::NotTrusted,
        start: |b| {
            let (cert, staple) = stapled(b, true, false);
            b.openssl(&cert, &["-status_file", staple.to_str().unwrap()])
        },
    },
    Fault {
        name: "revoked-staple-tlsmith",
        title: "the CA revoked it for a wrong validation; nobody installed the new one",
        server: Product::Tlsmith,
        cause: "revoked",
        exit: Exit::NotTrusted,
        start: |b| {
            let (cert, staple) = stapled(b, true, false);
            let identity = crate::config::identity(&cert);
            identity.staple(tlsmith::auth::Staples::new(Some(fs::read(staple).unwrap()), None).unwrap());
            b.tlsmith_configured(tlsmith::ServerConfig::builder(crate::config::provider()).identity(identity))
        },
    },
    Fault {
        name: "revoked-crl-nginx",
        title: "the certificate stands on the CA's CRL",
        server: Product::Nginx,
        cause: "revoked",
        exit: Exit::NotTrusted,
        start: |b| {
            let cert = on_the_crl(b);
            fetching(b.nginx(&cert))
        },
    },
    Fault {
        name: "revoked-crl-gnutls",
        title: "the old certificate was revoked before the new one was installed",
        server: Product::GnuTls,
        cause: "revoked",
        exit: Exit::NotTrusted,
        start: |b| {
            let cert = on_the_crl(b);
            fetching(b.gnutls(&cert, &[], &[]))
        },
    },
    Fault {
        name: "revoked-ocsp-tlsmith",
        title: "the CA's OCSP responder says revoked; nothing is stapled",
        server: Product::Tlsmith,
        cause: "revoked",
        exit: Exit::NotTrusted,
        start: |b| {
            let cert = known_to_the_responder(b);
            fetching(b.tlsmith(&cert))
        },
    },
    Fault {
        name: "revoked-intermediate-openssl",
        title: "the intermediate was revoked, the leaf was not",
        server: Product::OpenSsl,
        cause: "revoked",
        exit: Exit::NotTrusted,
        start: |b| {
            let uri = b.web().address(&path(b, "root.crl"));
            let withdrawn = Authority::new("Lab Issuing CA 9", Some(b.root()), |params| {
                params.crl_distribution_points = vec![crl_at(&uri)];
            });
            b.web().publish(&path(b, "root.crl"), "application/pkix-crl", b.root().crl(&[&withdrawn.serial()]));
            let own = b.web().publish(&path(b, "own.crl"), "application/pkix-crl", withdrawn.crl(&[]));
            let leaf = withdrawn.leaf(&[HOST], |params| params.crl_distribution_points = vec![crl_at(&own)]);
            fetching(b.openssl(&b.files(&leaf, &[&withdrawn.pem]), &[]))
        },
    },
    Fault {
        name: "must-staple-nginx",
        title: "the certificate demands a staple, ssl_stapling is off",
        server: Product::Nginx,
        cause: "must_staple",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&b.changed(|params| params.custom_extensions.push(must_staple()))),
    },
    Fault {
        name: "must-staple-openssl",
        title: "requested with must-staple, served by a program that was not told to staple",
        server: Product::OpenSsl,
        cause: "must_staple",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&b.changed(|params| params.custom_extensions.push(must_staple())), &[]),
    },
    Fault {
        name: "must-staple-tlsmith",
        title: "the certificate demands a staple, none was configured",
        server: Product::Tlsmith,
        cause: "must_staple",
        exit: Exit::NotTrusted,
        start: |b| b.tlsmith(&b.changed(|params| params.custom_extensions.push(must_staple()))),
    },
    Fault {
        name: "bad-staple-openssl",
        title: "the certificate was renewed, and the old one's OCSP response is stapled",
        server: Product::OpenSsl,
        cause: "bad_staple",
        exit: Exit::Good,
        start: |b| {
            let staple = of_another(b);
            b.openssl(&b.good(), &["-status_file", staple.to_str().unwrap()])
        },
    },
    Fault {
        name: "bad-staple-nginx",
        title: "ssl_stapling_file names the response of another certificate",
        server: Product::Nginx,
        cause: "bad_staple",
        exit: Exit::Good,
        start: |b| {
            let staple = of_another(b);
            b.nginx_with(&b.good(), &stapling(&staple))
        },
    },
    Fault {
        name: "bad-crl-gnutls",
        title: "the CRL that the client has at hand ended last week",
        server: Product::GnuTls,
        cause: "bad_crl",
        exit: Exit::Good,
        start: |b| {
            let file = b.dir.join("old.crl");
            fs::write(&file, b.issuing().crl_until(&[], ago(Duration::days(7)))).unwrap();
            b.gnutls(&b.good(), &[], &[]).with("--crl", &file)
        },
    },
    Fault {
        name: "healthy-stapled-nginx",
        title: "nothing: it demands a staple, and gets a good one",
        server: Product::Nginx,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| {
            let (cert, staple) = stapled(b, false, true);
            b.nginx_with(&cert, &stapling(&staple))
        },
    },
    Fault {
        name: "healthy-crl-openssl",
        title: "nothing: the CRL names others",
        server: Product::OpenSsl,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| {
            let cert = listed(b, false);
            b.openssl(&cert, &[])
        },
    },
];

/// What is said of revocation is to be fetched.
fn fetching(running: Running) -> Running {
    running.with("--revocation", "prefer")
}

/// Of this fault alone: what is published of one is not seen by another.
fn path(b: &Bench<'_>, file: &str) -> String {
    format!("{}/{file}", b.dir.file_name().unwrap().to_str().unwrap())
}

fn stapling(staple: &std::path::Path) -> String {
    format!("ssl_stapling on; ssl_stapling_file {};", staple.display())
}

/// A certificate, and the file of an OCSP response about it.
fn stapled(b: &Bench<'_>, revoked: bool, demanded: bool) -> (CertFiles, PathBuf) {
    let leaf = b.issuing().leaf(&[HOST], |params| {
        if demanded {
            params.custom_extensions.push(must_staple());
        }
    });
    let response = b.dir.join("staple.ocsp");
    fs::write(&response, b.issuing().ocsp_response(&leaf, revoked, &b.dir)).unwrap();
    (b.files(&leaf, &[&b.issuing().pem]), response)
}

/// An OCSP response about another certificate.
fn of_another(b: &Bench<'_>) -> PathBuf {
    stapled(b, false, false).1
}

fn on_the_crl(b: &Bench<'_>) -> CertFiles {
    listed(b, true)
}

/// A certificate that says where its CRL is, which names it, or somebody else.
fn listed(b: &Bench<'_>, revoked: bool) -> CertFiles {
    let uri = b.web().address(&path(b, "issuing.crl"));
    let leaf = b.issuing().leaf(&[HOST], |params| params.crl_distribution_points = vec![crl_at(&uri)]);
    let serial = if revoked { &leaf.serial } else { "4711" };
    b.web().publish(&path(b, "issuing.crl"), "application/pkix-crl", b.issuing().crl(&[serial]));
    b.files(&leaf, &[&b.issuing().pem])
}

fn known_to_the_responder(b: &Bench<'_>) -> CertFiles {
    let uri = b.web().address(&path(b, "ocsp"));
    let leaf: Leaf = b.issuing().leaf(&[HOST], |params| {
        params.custom_extensions.push(authority_information(None, Some(&uri)));
    });
    let response = b.issuing().ocsp_response(&leaf, true, &b.dir);
    b.web().publish(&path(b, "ocsp"), "application/ocsp-response", response);
    b.files(&leaf, &[&b.issuing().pem])
}
