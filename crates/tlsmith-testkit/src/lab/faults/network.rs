//! What never gets as far as a certificate.

use super::{
    Exit, Fault, Product, Running,
    bench::{Bench, nginx_block},
    scripted::{self, Closed, Full, Large},
};

/// How long a doctor waits who is told that a server is slow to answer.
const SHORT: &str = "3s";

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "connection-refused",
        title: "nothing listens there",
        server: Product::Nobody,
        cause: "connection_refused",
        exit: Exit::Failed,
        start: |b| {
            let closed = Closed::new();
            b.port(closed.port, closed)
        },
    },
    Fault {
        name: "connect-timeout",
        title: "a firewall drops what comes",
        server: Product::Nobody,
        cause: "connect_timeout",
        exit: Exit::Failed,
        start: |b| {
            let full = Full::new();
            hurried(b.port(full.port, full))
        },
    },
    Fault {
        name: "dns-failure",
        title: "the name was mistyped",
        server: Product::Nobody,
        cause: "dns_failure",
        exit: Exit::Failed,
        start: |b| {
            let closed = Closed::new();
            b.port(closed.port, closed).asked_as("www.lab.invalid", &[])
        },
    },
    Fault {
        name: "connection-reset",
        title: "the connection is reset as soon as TLS begins",
        server: Product::Scripted,
        cause: "connection_reset",
        exit: Exit::Failed,
        start: |b| b.scripted(scripted::resets()),
    },
    Fault {
        name: "connection-reset-proxy-protocol",
        title: "listen ... proxy_protocol, and the load balancer that sent the header is gone",
        server: Product::Nginx,
        cause: "connection_reset",
        exit: Exit::Failed,
        start: |b| {
            let cert = b.good();
            b.nginx_blocks(|port| nginx_block(&format!("127.0.0.1:{port} proxy_protocol"), "localhost", &cert, ""))
        },
    },
    Fault {
        name: "closed-without-alert",
        title: "the server hangs up without a word",
        server: Product::Scripted,
        cause: "closed_without_alert",
        exit: Exit::Failed,
        start: |b| b.scripted(scripted::hangs_up()),
    },
    Fault {
        name: "handshake-timeout",
        title: "the server takes the connection and never answers",
        server: Product::Scripted,
        cause: "handshake_timeout",
        exit: Exit::Failed,
        start: |b| hurried(b.scripted(scripted::silent())),
    },
    Fault {
        name: "internal-error-nginx",
        title: "ssl_certificate names a file by variable, and there is none of this name",
        server: Product::Nginx,
        cause: "internal_error",
        exit: Exit::Failed,
        start: |b| {
            b.nginx_blocks(|port| {
                format!(
                    "server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {dir}/$ssl_server_name.pem;\n\
                     ssl_certificate_key {dir}/$ssl_server_name.key; }}\n",
                    dir = b.dir.display()
                )
            })
        },
    },
    Fault {
        name: "handshake-failed",
        title: "a box that cannot read a ClientHello of today, and says decode_error",
        server: Product::Scripted,
        cause: "handshake_failed",
        exit: Exit::Failed,
        start: |b| b.scripted(scripted::cannot_read()),
    },
    Fault {
        name: "large-client-hello-swallowed",
        title: "a tunnel loses full segments: ClientHellos with ML-KEM vanish",
        server: Product::OpenSsl,
        cause: "large_client_hello",
        exit: Exit::Failed,
        start: |b| hurried(behind_a_relay(b, b.openssl(&b.good(), &[]), Large::Swallowed)),
    },
    Fault {
        name: "large-client-hello-reset",
        title: "a load balancer wants the whole ClientHello in its first read",
        server: Product::Nginx,
        cause: "large_client_hello",
        exit: Exit::Failed,
        start: |b| {
            let cert = b.good();
            let server = b.nginx_blocks(|port| nginx_block(&format!("127.0.0.1:{port}"), "localhost", &cert, ""));
            behind_a_relay(b, server, Large::Reset)
        },
    },
];

fn hurried(running: Running) -> Running {
    running.with("--timeout", SHORT)
}

fn behind_a_relay(b: &Bench<'_>, server: Running, large: Large) -> Running {
    b.scripted(scripted::small_hellos_only(server.port, large)).keeping(server)
}
