//! Ours.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use tlsmith::{
    ClientConfig, Connection, ServerConfig,
    auth::{ChainVerifier, Identity},
    conn::MAX_RECORD,
    registry::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
    session::{MemorySessions, TicketKeys, UnixMillis},
};
use tlsmith_crypto::{Provider, aws_lc::AwsLc};
use tlsmith_x509::{ServerName, TrustAnchors};

use super::{Aead, End, Group, Setup, Stack, Version};
use crate::{
    Result,
    pki::{HOST, KeyKind},
};

/// What the client's cache may hold: servers, sessions of each, bytes in all. As rustls has it by default.
const SERVERS: usize = 256;
const SESSIONS: usize = 8;
const CACHE: usize = 1 << 20;

pub(crate) struct Tlsmith {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    name: ServerName,
    buffers: Rc<RefCell<Buffers>>,
}

/// The caller's buffers, kept for the next connection as the pool of an adapter does. A connection holds none between calls:
/// flights come whole here.
#[derive(Default)]
struct Buffers {
    /// What was read of the transport.
    input: Vec<u8>,
    /// What is to be written to it.
    output: Vec<u8>,
}

impl Tlsmith {
    pub(crate) fn new(setup: &Setup<'_>) -> Result<Option<Self>> {
        let version = protocol_version(setup);
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let anchors = TrustAnchors::from_pem(setup.pki.root.as_bytes())?;
        let verifier = ChainVerifier::new(provider.clone(), Arc::new(anchors));
        let identity = Identity::from_pem(&AwsLc, setup.pki.chain.as_bytes(), setup.pki.key.as_bytes())?;
        let suites = [suite(setup)];
        let groups = match setup.version {
            // The second for the key of the certificate (RFC 8422 §5.1.1).
            Version::Tls12 => vec![group(setup.group), NamedGroup::SECP256R1],
            Version::Tls13 => vec![group(setup.group)],
        };
        let mut client = ClientConfig::builder(provider.clone(), Arc::new(verifier))
            .cipher_suites(&suites)
            .groups(&groups)
            .signature_schemes(schemes(setup.pki.kind))
            .versions(version, version)
            // The others do without.
            .certificate_compression(&[]);
        let mut server = ServerConfig::builder(provider)
            .identity(Arc::new(identity))
            .cipher_suites(&suites)
            .groups(&groups)
            .versions(version, version);
        if setup.resume {
            client = client.sessions(Arc::new(MemorySessions::new(SERVERS, SESSIONS, CACHE)));
            server = server.ticketer(Arc::new(TicketKeys::generate(&AwsLc)?)).tickets(1);
        }
        Ok(Some(Self { client: client.build()?, server: server.build()?, name: HOST.parse()?, buffers: Rc::default() }))
    }
}

fn suite(setup: &Setup<'_>) -> CipherSuite {
    match (setup.version, setup.aead, setup.pki.kind) {
        (Version::Tls13, Aead::Aes128Gcm, _) => CipherSuite::TLS_AES_128_GCM_SHA256,
        (Version::Tls13, Aead::Aes256Gcm, _) => CipherSuite::TLS_AES_256_GCM_SHA384,
        (Version::Tls13, Aead::ChaCha20Poly1305, _) => CipherSuite::TLS_CHACHA20_POLY1305_SHA256,
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

fn protocol_version(setup: &Setup<'_>) -> ProtocolVersion {
    match setup.version {
        Version::Tls12 => ProtocolVersion::TLS1_2,
        Version::Tls13 => ProtocolVersion::TLS1_3,
    }
}

fn group(group: Group) -> NamedGroup {
    match group {
        Group::X25519 => NamedGroup::X25519,
        Group::X25519MlKem768 => NamedGroup::X25519MLKEM768,
    }
}

fn schemes(kind: KeyKind) -> &'static [SignatureScheme] {
    match kind {
        KeyKind::P256 => &[SignatureScheme::ECDSA_SECP256R1_SHA256],
        // The second for the certificates themselves.
        KeyKind::Rsa2048 => &[SignatureScheme::RSA_PSS_RSAE_SHA256, SignatureScheme::RSA_PKCS1_SHA256],
    }
}

impl Stack for Tlsmith {
    fn client(&self) -> Result<Box<dyn End>> {
        let hello = &mut self.buffers.borrow_mut().output;
        let connection = Connection::client(self.client.clone(), self.name.clone(), UnixMillis::now(), hello)?;
        Ok(Box::new(TlsmithEnd { connection, buffers: self.buffers.clone() }))
    }

    fn server(&self) -> Result<Box<dyn End>> {
        let connection = Connection::server(self.server.clone(), UnixMillis::now())?;
        Ok(Box::new(TlsmithEnd { connection, buffers: self.buffers.clone() }))
    }
}

struct TlsmithEnd {
    connection: Connection,
    buffers: Rc<RefCell<Buffers>>,
}

impl TlsmithEnd {
    /// Reads all of `wire` as from a socket, as much at once as a record can have; the number of bytes of data.
    fn take(&mut self, wire: &mut Vec<u8>, answer: &mut Vec<u8>) -> Result<usize> {
        let Buffers { input, output } = &mut *self.buffers.borrow_mut();
        let mut total = 0;
        for read in wire.chunks(MAX_RECORD) {
            input.extend_from_slice(read);
            let mut done = 0;
            loop {
                let rest = input.get_mut(done..).unwrap_or_default();
                let received = self.connection.handle_input(rest, output)?;
                if received.consumed == 0 {
                    break;
                }
                total += received.data.len();
                done += received.consumed;
            }
            input.drain(..done);
        }
        wire.clear();
        write(output, answer);
        match input.is_empty() {
            true => Ok(total),
            false => Err("a flight did not come whole".into()),
        }
    }
}

/// The transport takes it.
fn write(output: &mut Vec<u8>, wire: &mut Vec<u8>) {
    wire.extend_from_slice(output);
    output.clear();
}

impl End for TlsmithEnd {
    fn handshake(&mut self, input: &mut Vec<u8>, output: &mut Vec<u8>) -> Result<()> {
        self.take(input, output)?;
        Ok(())
    }

    fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    fn check(&self, setup: &Setup<'_>, resumed: bool) -> Result<()> {
        let facts = self.connection.facts();
        let group_fits = facts.group == Some(group(setup.group)) || (resumed && setup.version == Version::Tls12);
        let fits = facts.version == Some(protocol_version(setup))
            && facts.cipher_suite == Some(suite(setup))
            && facts.resumed == resumed
            && group_fits;
        match fits {
            true => Ok(()),
            false => Err(format!(
                "tlsmith: {:?} {:?} {:?} resumed: {}",
                facts.version, facts.cipher_suite, facts.group, facts.resumed
            )
            .into()),
        }
    }

    fn send(&mut self, data: &[u8], wire: &mut Vec<u8>) -> Result<()> {
        let output = &mut self.buffers.borrow_mut().output;
        self.connection.send(data, output)?;
        write(output, wire);
        Ok(())
    }

    fn receive(&mut self, wire: &mut Vec<u8>) -> Result<usize> {
        self.take(wire, &mut Vec::new())
    }

    fn fall_idle(&mut self) {
        // The buffers are in the pool already.
    }
}
