//! Whom the certificate names, and whom the server takes itself for.

use super::{
    Exit, Fault, Product,
    bench::{Bench, nginx_block},
    ours,
    pki::{Leaf, subject},
};
use crate::certs::{CertFiles, HOST};

const V4: &str = "127.0.0.1";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "wrong-host-nginx",
        title: "the certificate of another site was installed",
        server: Product::Nginx,
        cause: "wrong_host",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&of_the_shop(b)),
    },
    Fault {
        name: "wrong-host-openssl",
        title: "a new name points to an old server",
        server: Product::OpenSsl,
        cause: "wrong_host",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&of_the_shop(b), &[]),
    },
    Fault {
        name: "wrong-host-gnutls",
        title: "the name was left out when the certificate was renewed",
        server: Product::GnuTls,
        cause: "wrong_host",
        exit: Exit::NotTrusted,
        start: |b| b.gnutls(&of_the_shop(b), &[], &[]),
    },
    Fault {
        name: "wrong-host-tlsmith",
        title: "the certificate is for another site",
        server: Product::Tlsmith,
        cause: "wrong_host",
        exit: Exit::NotTrusted,
        start: |b| b.tlsmith(&of_the_shop(b)),
    },
    Fault {
        name: "wildcard-depth-nginx",
        title: "*.lab.test was thought to cover api.eu.lab.test",
        server: Product::Nginx,
        cause: "wildcard_depth",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&b.named(&["*.lab.test", "lab.test"])).asked_as("api.eu.lab.test", &[V4]),
    },
    Fault {
        name: "wildcard-depth-gnutls",
        title: "*.lab.test was thought to cover www.shop.lab.test",
        server: Product::GnuTls,
        cause: "wildcard_depth",
        exit: Exit::NotTrusted,
        start: |b| b.gnutls(&b.named(&["*.lab.test"]), &[], &[]).asked_as("www.shop.lab.test", &[V4]),
    },
    Fault {
        name: "bare-domain-nginx",
        title: "the certificate is for *.lab.test; lab.test itself was forgotten",
        server: Product::Nginx,
        cause: "bare_domain",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&b.named(&["*.lab.test"])).asked_as("lab.test", &[V4]),
    },
    Fault {
        name: "bare-domain-openssl",
        title: "the certificate is for www.lab.test; lab.test itself was forgotten",
        server: Product::OpenSsl,
        cause: "bare_domain",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&b.named(&["www.lab.test"]), &[]).asked_as("lab.test", &[V4]),
    },
    Fault {
        name: "wildcard-suffix-nginx",
        title: "*.test, for everything that will ever be",
        server: Product::Nginx,
        cause: "wildcard_suffix",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&b.named(&["*.test"])).asked_as("lab.test", &[V4]),
    },
    Fault {
        name: "wildcard-suffix-browsers",
        title: "*.co.uk, of a private CA: programs take it, browsers do not",
        server: Product::OpenSsl,
        cause: "wildcard_suffix",
        exit: Exit::Good,
        start: |b| b.openssl(&b.named(&["*.co.uk"]), &[]).asked_as("lab.co.uk", &[V4]),
    },
    Fault {
        name: "no-san-nginx",
        title: "the request had a common name only",
        server: Product::Nginx,
        cause: "no_san",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&without_names(b)),
    },
    Fault {
        name: "no-san-openssl",
        title: "openssl req without subjectAltName",
        server: Product::OpenSsl,
        cause: "no_san",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&without_names(b), &[]),
    },
    Fault {
        name: "ip-address-nginx",
        title: "the address is asked for, the certificate holds the name",
        server: Product::Nginx,
        cause: "ip_address",
        exit: Exit::NotTrusted,
        start: |b| b.nginx(&b.good()).asked_as(V4, &[]),
    },
    Fault {
        name: "ip-address-openssl",
        title: "a monitor was given the server's address",
        server: Product::OpenSsl,
        cause: "ip_address",
        exit: Exit::NotTrusted,
        start: |b| b.openssl(&b.good(), &[]).asked_as(V4, &[]),
    },
    Fault {
        name: "sni-needed-nginx",
        title: "ssl_reject_handshake for whoever names nobody; the client names nobody",
        server: Product::Nginx,
        cause: "sni_needed",
        exit: Exit::Failed,
        start: |b| {
            let cert = b.good();
            b.nginx_blocks(|port| {
                let refuse = format!("server {{ listen {V4}:{port} ssl default_server; ssl_reject_handshake on; }}\n");
                refuse + &nginx_block(&format!("{V4}:{port}"), HOST, &cert, "")
            })
            .asked_as(V4, &[])
        },
    },
    Fault {
        name: "sni-needed-tlsmith",
        title: "a server of many names, asked for none",
        server: Product::Tlsmith,
        cause: "sni_needed",
        exit: Exit::Failed,
        start: |b| b.tlsmith_configured(ours::by_presence_of_a_name(&b.good(), None)).asked_as(V4, &[]),
    },
    Fault {
        name: "wrong-virtual-host-nginx",
        title: "the block of this name was given the neighbour's certificate",
        server: Product::Nginx,
        cause: "wrong_virtual_host",
        exit: Exit::NotTrusted,
        start: |b| {
            let right = b.named(&["blog.lab.test"]);
            let neighbour = b.issuing().leaf(&["shop.lab.test"], |_| {}).files(&b.dir, "shop", &[&b.issuing().pem]);
            b.nginx_blocks(|port| {
                nginx_block(&format!("{V4}:{port}"), "_", &right, "")
                    + &nginx_block(&format!("{V4}:{port}"), "blog.lab.test", &neighbour, "")
            })
            .asked_as("blog.lab.test", &[V4])
        },
    },
    Fault {
        name: "wrong-virtual-host-default",
        title: "no block has this name: the ingress answers with its own certificate",
        server: Product::Nginx,
        cause: "wrong_virtual_host",
        exit: Exit::NotTrusted,
        start: |b| {
            let fake = Leaf::self_signed(&["ingress.local"], |params| {
                params.distinguished_name = subject("Acme Co", "Kubernetes Ingress Controller Fake Certificate");
            })
            .files(&b.dir, "fake", &[]);
            let other = b.named(&["shop.lab.test"]);
            b.nginx_blocks(|port| {
                nginx_block(&format!("{V4}:{port}"), "_", &fake, "")
                    + &nginx_block(&format!("{V4}:{port}"), "shop.lab.test", &other, "")
            })
            .asked_as("blog.lab.test", &[V4])
        },
    },
    Fault {
        name: "unknown-name-nginx",
        title: "no block has this name, and unknown names are refused",
        server: Product::Nginx,
        cause: "unknown_name",
        exit: Exit::Failed,
        start: |b| {
            let cert = b.named(&["shop.lab.test"]);
            b.nginx_blocks(|port| {
                let refuse = format!("server {{ listen {V4}:{port} ssl default_server; ssl_reject_handshake on; }}\n");
                refuse + &nginx_block(&format!("{V4}:{port}"), "shop.lab.test", &cert, "")
            })
            .asked_as("blog.lab.test", &[V4])
        },
    },
    Fault {
        name: "wrong-virtual-host-tlsmith",
        title: "with the name another certificate is served than without",
        server: Product::Tlsmith,
        cause: "wrong_virtual_host",
        exit: Exit::NotTrusted,
        start: |b| {
            // Under its own name the neighbour's, to everybody else the right one.
            let right = b.named(&["blog.lab.test"]);
            let names = ["shop.lab.test"];
            let neighbour = b.issuing().leaf(&names, |_| {}).files(&b.dir, "shop", &[&b.issuing().pem]);
            b.tlsmith_configured(ours::by_presence_of_a_name(&neighbour, Some(&right))).asked_as("blog.lab.test", &[V4])
        },
    },
];

fn of_the_shop(b: &Bench<'_>) -> CertFiles {
    b.named(&["shop.example", "www.shop.example"])
}

fn without_names(b: &Bench<'_>) -> CertFiles {
    b.changed(|params| params.subject_alt_names.clear())
}
