//! What is spoken, and in which version with which parameters.

use super::{
    Exit, Fault, Product, Running,
    bench::Bench,
    scripted::{self, Ssl3},
};
use crate::{
    certs::{CertFiles, HOST},
    config,
    peers::{
        nginx::Nginx,
        starttls::{Postfix, Tls},
    },
};

/// OpenSSL takes TLS 1.0 and 1.1 at no higher level.
const LEVEL_0: &str = "ALL:@SECLEVEL=0";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "old-tls-only-nginx",
        title: "ssl_protocols TLSv1 TLSv1.1, from a configuration of 2012",
        server: Product::Nginx,
        cause: "old_tls_only",
        exit: Exit::Failed,
        start: |b| b.nginx_with(&b.good(), "ssl_protocols TLSv1 TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;"),
    },
    Fault {
        name: "old-tls-only-openssl",
        title: "an appliance that speaks TLS 1.0 alone",
        server: Product::OpenSsl,
        cause: "old_tls_only",
        exit: Exit::Failed,
        start: |b| b.openssl(&b.good(), &["-tls1", "-cipher", LEVEL_0]),
    },
    Fault {
        name: "old-tls-only-gnutls",
        title: "a printer that speaks TLS 1.1 alone",
        server: Product::GnuTls,
        cause: "old_tls_only",
        exit: Exit::Failed,
        start: |b| b.gnutls(&b.good(), &["-VERS-ALL", "+VERS-TLS1.1"], &[]),
    },
    Fault {
        name: "ssl3-only",
        title: "a device of 1999: it knows SSL 3.0",
        server: Product::Scripted,
        cause: "ssl3_only",
        exit: Exit::Failed,
        start: |b| ssl3(b, Ssl3::Chooses),
    },
    Fault {
        name: "ssl3-only-alert",
        title: "the same, which refuses in a record of SSL 3.0",
        server: Product::Scripted,
        cause: "ssl3_only",
        exit: Exit::Failed,
        start: |b| ssl3(b, Ssl3::Refuses),
    },
    Fault {
        name: "no-common-suite-nginx",
        title: "ssl_ciphers AES128-SHA, and no TLS 1.3",
        server: Product::Nginx,
        cause: "no_common_suite",
        exit: Exit::Failed,
        start: |b| b.nginx_with(&b.good(), "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-AES128-SHA;"),
    },
    Fault {
        name: "no-common-suite-openssl",
        title: "CBC suites alone, for an old client",
        server: Product::OpenSsl,
        cause: "no_common_suite",
        exit: Exit::Failed,
        start: |b| b.openssl(&b.good(), &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384"]),
    },
    Fault {
        name: "no-common-suite-gnutls",
        title: "AES-CBC alone",
        server: Product::GnuTls,
        cause: "no_common_suite",
        exit: Exit::Failed,
        start: |b| b.gnutls(&b.good(), &["-VERS-ALL", "+VERS-TLS1.2", "-CIPHER-ALL", "+AES-128-CBC"], &[]),
    },
    Fault {
        name: "no-common-suite-tlsmith",
        title: "a sensor's gateway: AES-CCM with short tags, nothing else",
        server: Product::Tlsmith,
        cause: "no_common_suite",
        exit: Exit::Failed,
        start: |b| {
            b.tlsmith_with(&b.good(), |server| server.cipher_suites(&[config::suite("TLS_AES_128_CCM_8_SHA256")]))
        },
    },
    Fault {
        name: "no-common-suite-static-rsa",
        title: "ssl_ciphers AES128-GCM-SHA256: RSA key exchange, so that a box may read along",
        server: Product::Nginx,
        cause: "no_common_suite",
        exit: Exit::Failed,
        start: |b| b.nginx_with(&with_rsa(b), "ssl_protocols TLSv1.2; ssl_ciphers AES128-GCM-SHA256;"),
    },
    Fault {
        name: "no-common-suite-dhe",
        title: "DHE alone, as guides of 2010 said",
        server: Product::OpenSsl,
        cause: "no_common_suite",
        exit: Exit::Failed,
        start: |b| b.openssl(&with_rsa(b), &["-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"]),
    },
    Fault {
        name: "no-common-group-openssl",
        title: "-groups ffdhe2048, for an audit that misread a rule",
        server: Product::OpenSsl,
        cause: "no_common_group",
        exit: Exit::Failed,
        start: |b| b.openssl(&b.good(), &["-tls1_3", "-groups", "ffdhe2048"]),
    },
    Fault {
        name: "no-common-group-gnutls",
        title: "finite fields alone",
        server: Product::GnuTls,
        cause: "no_common_group",
        exit: Exit::Failed,
        start: |b| b.gnutls(&b.good(), &["-VERS-TLS1.2", "-GROUP-ALL", "+GROUP-FFDHE3072"], &[]),
    },
    Fault {
        name: "no-common-group-nginx",
        title: "ssl_ecdh_curve brainpoolP256r1",
        server: Product::Nginx,
        cause: "no_common_group",
        exit: Exit::Failed,
        start: |b| b.nginx_with(&b.good(), "ssl_protocols TLSv1.2; ssl_ecdh_curve brainpoolP256r1;"),
    },
    Fault {
        name: "no-common-signature-openssl",
        title: "a server that signs with SHA-1 alone, as an old module for keys made it do",
        server: Product::OpenSsl,
        cause: "no_common_signature_scheme",
        exit: Exit::Failed,
        start: |b| {
            let weak = ["-tls1_2", "-sigalgs", "RSA+SHA1", "-cipher", "DEFAULT@SECLEVEL=0"];
            b.openssl(&with_rsa(b), &weak)
        },
    },
    Fault {
        name: "plain-http2",
        title: "a gRPC server without TLS: it begins with a SETTINGS frame",
        server: Product::Scripted,
        cause: "plain_http",
        exit: Exit::Failed,
        start: |b| b.scripted(scripted::greeting(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64", b"")),
    },
    Fault {
        name: "not-tls-binary",
        title: "a protocol of somebody's own",
        server: Product::Scripted,
        cause: "not_tls",
        exit: Exit::Failed,
        start: |b| b.scripted(scripted::greeting(b"", b"\x6e\x91\x02\xf3\x00\x17\xc4\x55\x9a\x01\x00\x00")),
    },
    Fault {
        name: "plain-http-nginx",
        title: "listen 443 without ssl",
        server: Product::Nginx,
        cause: "plain_http",
        exit: Exit::Failed,
        start: plain_http,
    },
    Fault {
        name: "plain-http-backend",
        title: "the port of the application behind the proxy",
        server: Product::Scripted,
        cause: "plain_http",
        exit: Exit::Failed,
        start: |b| b.scripted(scripted::greeting(b"", b"HTTP/1.0 400 Bad request syntax\r\n\r\n")),
    },
    Fault {
        name: "not-tls-postfix",
        title: "the port of mail, which asks for STARTTLS first",
        server: Product::Postfix,
        cause: "not_tls",
        exit: Exit::Failed,
        start: |b| postfix(b, Tls::With(&b.good())),
    },
    Fault {
        name: "starttls-failed-postfix",
        title: "STARTTLS is asked for, and smtpd_tls_security_level is none",
        server: Product::Postfix,
        cause: "starttls_failed",
        exit: Exit::Failed,
        start: |b| postfix(b, Tls::Without).with("--starttls", "smtp"),
    },
    Fault {
        name: "missing-intermediate-postfix",
        title: "smtpd_tls_chain_files holds key and leaf alone",
        server: Product::Postfix,
        cause: "missing_intermediate",
        exit: Exit::NotTrusted,
        start: |b| {
            let cert = b.files(&b.issuing().leaf(&[HOST], |_| {}), &[]);
            postfix(b, Tls::With(&cert)).with("--starttls", "smtp")
        },
    },
    Fault {
        name: "healthy-postfix",
        title: "nothing: a mail server asked for STARTTLS",
        server: Product::Postfix,
        cause: "nothing_wrong",
        exit: Exit::Good,
        start: |b| postfix(b, Tls::With(&b.good())).with("--starttls", "smtp"),
    },
    Fault {
        name: "not-tls-imap",
        title: "port 143 instead of 993",
        server: Product::Scripted,
        cause: "not_tls",
        exit: Exit::Failed,
        start: |b| {
            let greeting = b"* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Dovecot ready.\r\n";
            b.scripted(scripted::greeting(greeting, b"* BAD Error in IMAP command received by server.\r\n"))
        },
    },
    Fault {
        name: "not-tls-ssh",
        title: "the port of SSH",
        server: Product::Scripted,
        cause: "not_tls",
        exit: Exit::Failed,
        start: |b| {
            b.scripted(scripted::greeting(b"SSH-2.0-OpenSSH_9.2p1\r\n", b"Invalid SSH identification string.\r\n"))
        },
    },
];

fn postfix(b: &Bench<'_>, tls: Tls<'_>) -> Running {
    let server = Postfix::start(tls);
    b.port(server.port, server)
}

fn ssl3(b: &Bench<'_>, newer: Ssl3) -> Running {
    let chain = tlsmith_x509::pem::certificates(&std::fs::read(with_rsa(b).leaf).unwrap()).unwrap();
    b.scripted(scripted::ssl3(newer, chain[0].der()))
}

fn with_rsa(b: &Bench<'_>) -> CertFiles {
    let new_key = ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    b.files(&b.issuing().leaf_by_openssl(HOST, &new_key, "-sha256", &b.dir), &[&b.issuing().pem])
}

fn plain_http(b: &Bench<'_>) -> Running {
    let nginx = Nginx::start(1, |ports| {
        format!("server {{ listen 127.0.0.1:{}; location / {{ return 200 \"hello\\n\"; }} }}\n", ports[0])
    });
    b.port(nginx.ports[0], nginx)
}
