//! Where a fault is built: the lab's CAs, a directory of its own, and the servers with one certificate each.

use std::path::{Path, PathBuf};

use rcgen::CertificateParams;
use tlsmith::config::ServerConfigBuilder;

use super::{
    Lab, Running,
    http::Web,
    pki::{Authority, Leaf},
    scripted::Listening,
};
use crate::{
    certs::{CertFiles, HOST},
    config,
    peers::{BOTH_VERSIONS, ClientAuth, ServerSetup, gnutls, nginx::Nginx, openssl},
    server::{Mode, TestServer},
};

/// Where a fault is built.
#[derive(Debug)]
pub struct Bench<'a> {
    pub(super) lab: &'a Lab,
    /// The directory of this fault's files.
    pub dir: PathBuf,
}

impl Bench<'_> {
    /// The root that users of the lab trust.
    pub fn root(&self) -> &Authority {
        &self.lab.root
    }

    /// The CA that issues the leaves.
    pub fn issuing(&self) -> &Authority {
        &self.lab.issuing
    }

    /// The web server of the CAs.
    pub fn web(&self) -> &Web {
        &self.lab.web
    }

    /// A good certificate for `localhost` with its intermediate.
    pub fn good(&self) -> CertFiles {
        self.changed(|_| {})
    }

    /// The same with one thing changed in the leaf.
    pub fn changed(&self, change: impl FnOnce(&mut CertificateParams)) -> CertFiles {
        self.files(&self.issuing().leaf(&[HOST], change), &[&self.issuing().pem])
    }

    /// The same for other names.
    pub fn named(&self, names: &[&str]) -> CertFiles {
        self.files(&self.issuing().leaf(names, |_| {}), &[&self.issuing().pem])
    }

    /// A leaf as files, with what is sent above it.
    pub fn files(&self, leaf: &Leaf, above: &[&str]) -> CertFiles {
        leaf.files(&self.dir, "server", above)
    }

    /// nginx with this certificate.
    pub fn nginx(&self, cert: &CertFiles) -> Running {
        self.nginx_with(cert, "")
    }

    /// The same with more lines in its `server` block.
    pub fn nginx_with(&self, cert: &CertFiles, lines: &str) -> Running {
        self.nginx_blocks(|port| nginx_block(&format!("127.0.0.1:{port}"), "localhost", cert, lines))
    }

    /// nginx with whole `server` blocks for a port.
    pub fn nginx_blocks(&self, blocks: impl Fn(u16) -> String) -> Running {
        let nginx = Nginx::start(1, |ports| blocks(ports[0]));
        Running::new(&self.lab.ca, nginx.ports[0], nginx)
    }

    /// `openssl s_server` with this certificate and further arguments.
    pub fn openssl(&self, cert: &CertFiles, more: &[&str]) -> Running {
        let server = openssl::Server::start(&setup(cert), openssl::Mode::Www, more);
        Running::new(&self.lab.ca, server.port, server)
    }

    /// The same, which demands a certificate of its clients.
    pub fn openssl_demanding(&self, cert: &CertFiles, clients: &Path) -> Running {
        let demanding = ServerSetup { client_auth: ClientAuth::Require(clients), ..setup(cert) };
        let server = openssl::Server::start(&demanding, openssl::Mode::Www, &[]);
        Running::new(&self.lab.ca, server.port, server)
    }

    /// `gnutls-serv` with this certificate, more in its priority string, and further arguments.
    pub fn gnutls(&self, cert: &CertFiles, priorities: &[&str], more: &[&str]) -> Running {
        let more = [&["--http"], more].concat();
        let server = gnutls::Server::start_with(&setup(cert), priorities, &more);
        Running::new(&self.lab.ca, server.port, server)
    }

    /// The same, which demands a certificate of its clients.
    pub fn gnutls_demanding(&self, cert: &CertFiles, clients: &Path) -> Running {
        let demanding = ServerSetup { client_auth: ClientAuth::Require(clients), ..setup(cert) };
        let server = gnutls::Server::start(&demanding, &["--http"]);
        Running::new(&self.lab.ca, server.port, server)
    }

    /// Our own server with this certificate.
    pub fn tlsmith(&self, cert: &CertFiles) -> Running {
        self.tlsmith_with(cert, |config| config)
    }

    /// The same with other settings.
    pub fn tlsmith_with(
        &self,
        cert: &CertFiles,
        change: impl FnOnce(ServerConfigBuilder) -> ServerConfigBuilder,
    ) -> Running {
        self.tlsmith_configured(change(config::server(cert)))
    }

    /// The same with settings that bring their own certificates.
    pub fn tlsmith_configured(&self, config: ServerConfigBuilder) -> Running {
        let server = TestServer::start(config.build().unwrap(), Mode::Http);
        Running::new(&self.lab.ca, server.port, server)
    }

    /// A server of [`super::scripted`].
    pub fn scripted(&self, server: Listening) -> Running {
        Running::new(&self.lab.ca, server.port, server)
    }

    /// A port that something holds.
    pub fn port(&self, port: u16, holder: impl std::any::Any + Send) -> Running {
        Running::new(&self.lab.ca, port, holder)
    }
}

/// A `server` block of nginx. Of `ssl_protocols` there may be one line alone: `lines` may bring it.
pub fn nginx_block(listen: &str, name: &str, cert: &CertFiles, lines: &str) -> String {
    let protocols = if lines.contains("ssl_protocols") { "" } else { "ssl_protocols TLSv1.2 TLSv1.3;" };
    format!(
        "server {{ listen {listen} ssl; server_name {name}; {protocols} ssl_certificate {}; ssl_certificate_key {};\n\
         {lines} location / {{ return 200 \"hello\\n\"; }} }}\n",
        cert.chain.display(),
        cert.key.display()
    )
}

fn setup(cert: &CertFiles) -> ServerSetup<'_> {
    ServerSetup { versions: &BOTH_VERSIONS, ..ServerSetup::new(cert) }
}
