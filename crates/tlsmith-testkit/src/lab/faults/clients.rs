//! Certificates that the server wants of its clients.

use std::path::{Path, PathBuf};

use rcgen::ExtendedKeyUsagePurpose;
use time::Duration;

use super::{
    Exit, Fault, Product, Running,
    bench::Bench,
    pki::{Authority, ago, subject, write},
};
use crate::{certs::CertFiles, config};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "client-certificate-required-nginx",
        title: "ssl_verify_client on; the client has no certificate",
        server: Product::Nginx,
        cause: "client_certificate_required",
        exit: Exit::Failed,
        start: |b| nginx(b, &Clients::new(b)),
    },
    Fault {
        name: "client-certificate-required-openssl",
        title: "an API for partners, tried without the partner's certificate",
        server: Product::OpenSsl,
        cause: "client_certificate_required",
        exit: Exit::Failed,
        start: |b| b.openssl_demanding(&b.good(), &Clients::new(b).ca),
    },
    Fault {
        name: "client-certificate-required-gnutls",
        title: "--require-client-cert; the client has none",
        server: Product::GnuTls,
        cause: "client_certificate_required",
        exit: Exit::Failed,
        start: |b| b.gnutls_demanding(&b.good(), &Clients::new(b).ca),
    },
    Fault {
        name: "client-certificate-required-tlsmith",
        title: "mutual TLS was switched on, the clients were not told",
        server: Product::Tlsmith,
        cause: "client_certificate_required",
        exit: Exit::Failed,
        start: |b| tlsmith(b, &Clients::new(b)),
    },
    Fault {
        name: "client-certificate-unknown-ca-nginx",
        title: "the client's certificate is of a CA that ssl_client_certificate does not hold",
        server: Product::Nginx,
        cause: "client_certificate_unknown_ca",
        exit: Exit::Failed,
        start: |b| nginx(b, &Clients::new(b)).presenting(&strangers(b)),
    },
    Fault {
        name: "client-certificate-unknown-ca-openssl",
        title: "the client's certificate is of the test CA, the server is the live one",
        server: Product::OpenSsl,
        cause: "client_certificate_unknown_ca",
        exit: Exit::Failed,
        start: |b| b.openssl_demanding(&b.good(), &Clients::new(b).ca).presenting(&strangers(b)),
    },
    Fault {
        name: "client-certificate-unknown-ca-gnutls",
        title: "the server was not told of the new client CA",
        server: Product::GnuTls,
        cause: "client_certificate_unknown_ca",
        exit: Exit::Failed,
        start: |b| b.gnutls_demanding(&b.good(), &Clients::new(b).ca).presenting(&strangers(b)),
    },
    Fault {
        name: "client-certificate-unknown-ca-tlsmith",
        title: "a self-made client certificate",
        server: Product::Tlsmith,
        cause: "client_certificate_unknown_ca",
        exit: Exit::Failed,
        start: |b| tlsmith(b, &Clients::new(b)).presenting(&strangers(b)),
    },
    Fault {
        name: "client-certificate-expired-nginx",
        title: "the client's certificate ended last week",
        server: Product::Nginx,
        cause: "client_certificate_expired",
        exit: Exit::Failed,
        start: |b| {
            let clients = Clients::new(b);
            nginx(b, &clients).presenting(&clients.ended(b))
        },
    },
    Fault {
        name: "client-certificate-expired-openssl",
        title: "the batch job has run with the same certificate for years",
        server: Product::OpenSsl,
        cause: "client_certificate_expired",
        exit: Exit::Failed,
        start: |b| {
            let clients = Clients::new(b);
            b.openssl_demanding(&b.good(), &clients.ca).presenting(&clients.ended(b))
        },
    },
    Fault {
        name: "client-certificate-expired-tlsmith",
        title: "the partner's certificate has ended",
        server: Product::Tlsmith,
        cause: "client_certificate_expired",
        exit: Exit::Failed,
        start: |b| {
            let clients = Clients::new(b);
            tlsmith(b, &clients).presenting(&clients.ended(b))
        },
    },
    Fault {
        name: "client-certificate-refused-openssl",
        title: "a server's certificate is shown as the client's",
        server: Product::OpenSsl,
        cause: "client_certificate_refused",
        exit: Exit::Failed,
        start: |b| {
            let clients = Clients::new(b);
            b.openssl_demanding(&b.good(), &clients.ca).presenting(&clients.for_a_server(b))
        },
    },
    Fault {
        name: "client-certificate-refused-nginx",
        title: "the server's own certificate is shown as the client's; nginx answers with a page",
        server: Product::Nginx,
        cause: "client_certificate_refused",
        exit: Exit::Failed,
        start: |b| {
            let clients = Clients::new(b);
            nginx(b, &clients).presenting(&clients.for_a_server(b))
        },
    },
    Fault {
        name: "client-certificate-refused-tlsmith",
        title: "the client certificate was requested with the server's template",
        server: Product::Tlsmith,
        cause: "client_certificate_refused",
        exit: Exit::Failed,
        start: |b| {
            let clients = Clients::new(b);
            tlsmith(b, &clients).presenting(&clients.for_a_server(b))
        },
    },
    Fault {
        name: "healthy-mutual-nginx",
        title: "nothing: mutual TLS with a good client certificate",
        server: Product::Nginx,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| {
            let clients = Clients::new(b);
            nginx(b, &clients).presenting(&clients.good(b))
        },
    },
    Fault {
        name: "healthy-mutual-openssl",
        title: "nothing: s_server -Verify with a good client certificate",
        server: Product::OpenSsl,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| {
            let clients = Clients::new(b);
            b.openssl_demanding(&b.good(), &clients.ca).presenting(&clients.good(b))
        },
    },
];

/// The CA of clients that a server knows.
struct Clients {
    authority: Authority,
    ca: PathBuf,
}

impl Clients {
    fn new(b: &Bench<'_>) -> Self {
        let authority = Authority::new("Example Partners CA", None, |params| {
            params.distinguished_name = subject("Example Corp", "Example Partners CA");
        });
        Self { ca: write(&b.dir, "partners.pem", &authority.pem), authority }
    }

    fn good(&self, b: &Bench<'_>) -> CertFiles {
        client(&self.authority, &b.dir, 90, -70)
    }

    fn for_a_server(&self, b: &Bench<'_>) -> CertFiles {
        self.authority.leaf(&["batch.partner.example"], |_| {}).files(&b.dir, "client", &[])
    }

    fn ended(&self, b: &Bench<'_>) -> CertFiles {
        client(&self.authority, &b.dir, 290, 7)
    }
}

/// A client certificate of a CA that no server here knows.
fn strangers(b: &Bench<'_>) -> CertFiles {
    let unknown = Authority::new("Test Client CA", None, |params| {
        params.distinguished_name = subject("Test", "Test Client CA");
    });
    client(&unknown, &b.dir, 20, -70)
}

/// Good from so many days ago until so many days ago.
fn client(by: &Authority, dir: &Path, from: i64, until: i64) -> CertFiles {
    by.leaf(&["batch.partner.example"], |params| {
        params.not_before = ago(Duration::days(from));
        params.not_after = ago(Duration::days(until));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    })
    .files(dir, "client", &[])
}

fn nginx(b: &Bench<'_>, clients: &Clients) -> Running {
    let lines = format!("ssl_verify_client on; ssl_client_certificate {};", clients.ca.display());
    b.nginx_with(&b.good(), &lines)
}

fn tlsmith(b: &Bench<'_>, clients: &Clients) -> Running {
    b.tlsmith_with(&b.good(), |server| server.client_auth(config::require(&clients.ca)))
}
