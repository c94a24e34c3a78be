//! rustls on aws-lc-rs.

use std::{
    io::{Read, Write},
    sync::Arc,
};

use rustls::{
    CipherSuite, ClientConfig, ClientConnection, Connection, HandshakeKind, NamedGroup, ProtocolVersion, RootCertStore,
    ServerConfig, ServerConnection, SignatureScheme,
    client::Resumption,
    crypto::{CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs as provider},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    version::{TLS12, TLS13},
};

use super::{Aead, End, Group, Setup, Stack, Version};
use crate::{
    Result,
    pki::{HOST, KeyKind},
};

/// How much is read of a transport at once: what adapters commonly give it room for.
const READ_SIZE: usize = 16 << 10;

pub(crate) struct Rustls {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    name: ServerName<'static>,
}

impl Rustls {
    pub(crate) fn new(setup: &Setup<'_>) -> Result<Self> {
        let versions = match setup.version {
            Version::Tls12 => [&TLS12],
            Version::Tls13 => [&TLS13],
        };
        let crypto = Arc::new(crypto_provider(setup)?);

        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(setup.pki.root.as_bytes())?)?;
        let mut client = ClientConfig::builder_with_provider(crypto.clone())
            .with_protocol_versions(&versions)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        if !setup.resume {
            client.resumption = Resumption::disabled();
        }

        let chain = CertificateDer::pem_slice_iter(setup.pki.chain.as_bytes()).collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(setup.pki.key.as_bytes())?;
        let mut server = ServerConfig::builder_with_provider(crypto)
            .with_protocol_versions(&versions)?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        server.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
        if setup.resume {
            server.ticketer = provider::Ticketer::new()?;
            server.send_tls13_tickets = 1;
        } else {
            server.send_tls13_tickets = 0;
        }
        Ok(Self { client: Arc::new(client), server: Arc::new(server), name: ServerName::try_from(HOST)? })
    }
}

/// The usual provider, cut down to one suite, one group, and the schemes that the certificates need.
fn crypto_provider(setup: &Setup<'_>) -> Result<CryptoProvider> {
    let mut crypto = provider::default_provider();
    let suite = suite(setup);
    crypto.cipher_suites.retain(|known| known.suite() == suite);
    let group = group(setup.group);
    // The defaults and whatever else there is.
    crypto.kx_groups = provider::ALL_KX_GROUPS.iter().copied().filter(|known| known.name() == group).collect();
    let scheme = scheme(setup.pki.kind);
    let of_scheme = crypto
        .signature_verification_algorithms
        .mapping
        .iter()
        .position(|(known, _)| *known == scheme)
        .ok_or("rustls does not know the scheme")?;
    let known = crypto.signature_verification_algorithms;
    crypto.signature_verification_algorithms = WebPkiSupportedAlgorithms {
        all: known.all,
        mapping: known.mapping.get(of_scheme..=of_scheme).unwrap_or_default(),
    };
    Ok(crypto)
}

fn suite(setup: &Setup<'_>) -> CipherSuite {
    match (setup.version, setup.aead, setup.pki.kind) {
        (Version::Tls13, Aead::Aes128Gcm, _) => CipherSuite::TLS13_AES_128_GCM_SHA256,
        (Version::Tls13, Aead::Aes256Gcm, _) => CipherSuite::TLS13_AES_256_GCM_SHA384,
        (Version::Tls13, Aead::ChaCha20Poly1305, _) => CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
        (Version::Tls12, Aead::Aes128Gcm, KeyKind::P256) => CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        (Version::Tls12, Aead::Aes256Gcm, KeyKind::P256) => CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        (Version::Tls12, Aead::ChaCha20Poly1305, KeyKind::P256) => {
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
        }
        (Version::Tls12, Aead::Aes128Gcm, KeyKind::Rsa2048) => CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        (Version::Tls12, Aead::Aes256Gcm, KeyKind::Rsa2048) => CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        (Version::Tls12, Aead::ChaCha20Poly1305, KeyKind::Rsa2048) => {
            CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
        }
    }
}

fn group(group: Group) -> NamedGroup {
    match group {
        Group::X25519 => NamedGroup::X25519,
        Group::X25519MlKem768 => NamedGroup::X25519MLKEM768,
    }
}

fn scheme(kind: KeyKind) -> SignatureScheme {
    match kind {
        KeyKind::P256 => SignatureScheme::ECDSA_NISTP256_SHA256,
        KeyKind::Rsa2048 => SignatureScheme::RSA_PSS_SHA256,
    }
}

impl Stack for Rustls {
    fn client(&self) -> Result<Box<dyn End>> {
        Ok(Box::new(RustlsEnd::new(ClientConnection::new(self.client.clone(), self.name.clone())?.into())))
    }

    fn server(&self) -> Result<Box<dyn End>> {
        Ok(Box::new(RustlsEnd::new(ServerConnection::new(self.server.clone())?.into())))
    }
}

struct RustlsEnd {
    connection: Connection,
    /// Where data is read to: the application's buffer, empty until there is data.
    data: Vec<u8>,
}

impl RustlsEnd {
    fn new(connection: Connection) -> Self {
        Self { connection, data: Vec::new() }
    }

    fn flush(&mut self, output: &mut Vec<u8>) -> Result<()> {
        while self.connection.wants_write() {
            self.connection.write_tls(output)?;
        }
        Ok(())
    }
}

impl End for RustlsEnd {
    fn handshake(&mut self, input: &mut Vec<u8>, output: &mut Vec<u8>) -> Result<()> {
        let mut rest = input.as_slice();
        while !rest.is_empty() {
            self.connection.read_tls(&mut rest)?;
            self.connection.process_new_packets()?;
        }
        input.clear();
        self.flush(output)
    }

    fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    fn check(&self, setup: &Setup<'_>, resumed: bool) -> Result<()> {
        let version = match setup.version {
            Version::Tls12 => ProtocolVersion::TLSv1_2,
            Version::Tls13 => ProtocolVersion::TLSv1_3,
        };
        let kind = if resumed { HandshakeKind::Resumed } else { HandshakeKind::Full };
        let suite_is = self.connection.negotiated_cipher_suite().map(|suite| suite.suite());
        let group_is = self.connection.negotiated_key_exchange_group().map(|group| group.name());
        // TLS 1.2 has no key exchange where a session is resumed.
        let group_fits = group_is == Some(group(setup.group)) || (resumed && setup.version == Version::Tls12);
        let fits = self.connection.protocol_version() == Some(version)
            && self.connection.handshake_kind() == Some(kind)
            && suite_is == Some(suite(setup))
            && group_fits;
        match fits {
            true => Ok(()),
            false => Err(format!(
                "rustls: {:?} {:?} {suite_is:?} {group_is:?}",
                self.connection.protocol_version(),
                self.connection.handshake_kind()
            )
            .into()),
        }
    }

    fn send(&mut self, data: &[u8], wire: &mut Vec<u8>) -> Result<()> {
        self.connection.writer().write_all(data)?;
        self.flush(wire)
    }

    fn receive(&mut self, wire: &mut Vec<u8>) -> Result<usize> {
        self.data.resize(READ_SIZE, 0);
        let mut total = 0;
        let mut rest = wire.as_slice();
        while !rest.is_empty() {
            self.connection.read_tls(&mut rest)?;
            let mut waiting = self.connection.process_new_packets()?.plaintext_bytes_to_read();
            while waiting > 0 {
                let count = self.connection.reader().read(&mut self.data)?;
                total += count;
                waiting = waiting.saturating_sub(count);
            }
        }
        wire.clear();
        Ok(total)
    }

    fn fall_idle(&mut self) {
        self.data = Vec::new();
    }
}
