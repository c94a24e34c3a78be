//! The system's OpenSSL.

use std::io::{self, Read, Write};

use openssl::{
    pkey::PKey,
    ssl::{
        ErrorCode, Ssl, SslContext, SslContextBuilder, SslMethod, SslMode, SslOptions, SslRef, SslSessionCacheMode,
        SslStream, SslVerifyMode, SslVersion,
    },
    x509::X509,
};

use super::{Aead, End, Group, Setup, Stack, Version, openssl_resuming::Resuming};
use crate::{
    Result,
    pki::{HOST, KeyKind},
};

/// How much data is read at once: the most that a record holds.
const READ_SIZE: usize = 16 << 10;

pub(crate) struct OpenSsl {
    client: Client,
    server: SslContext,
}

enum Client {
    Plain(SslContext),
    Resuming(Resuming),
}

impl OpenSsl {
    /// None where this OpenSSL does not know the group.
    pub(crate) fn new(setup: &Setup<'_>) -> Result<Option<Self>> {
        let mut server = SslContext::builder(SslMethod::tls())?;
        if !configure(&mut server, setup)? {
            return Ok(None);
        }
        let chain = X509::stack_from_pem(setup.pki.chain.as_bytes())?;
        let mut chain = chain.into_iter();
        let leaf = chain.next().ok_or("no leaf")?;
        server.set_certificate(&leaf)?;
        for certificate in chain {
            server.add_extra_chain_cert(certificate)?;
        }
        let key = PKey::private_key_from_pem(setup.pki.key.as_bytes())?;
        server.set_private_key(&key)?;
        server.check_private_key()?;
        let server = server.build();
        if setup.resume {
            return Ok(Some(Self { client: Client::Resuming(Resuming::new(setup)?), server }));
        }
        let mut client = SslContext::builder(SslMethod::tls())?;
        configure(&mut client, setup)?;
        trust(&mut client, setup)?;
        Ok(Some(Self { client: Client::Plain(client.build()), server }))
    }
}

/// What both sides are told. False where this OpenSSL does not know the group.
pub(super) fn configure(context: &mut SslContextBuilder, setup: &Setup<'_>) -> Result<bool> {
    // Idle connections hold no buffers: what servers set that have many of them.
    context.set_mode(SslMode::RELEASE_BUFFERS | SslMode::AUTO_RETRY);
    let version = match setup.version {
        Version::Tls12 => SslVersion::TLS1_2,
        Version::Tls13 => SslVersion::TLS1_3,
    };
    context.set_min_proto_version(Some(version))?;
    context.set_max_proto_version(Some(version))?;
    match setup.version {
        Version::Tls12 => context.set_cipher_list(suite(setup))?,
        Version::Tls13 => context.set_ciphersuites(suite(setup))?,
    }
    let group = match (setup.group, setup.version) {
        // The second for the key of the certificate (RFC 8422 §5.1.1).
        (Group::X25519, Version::Tls12) => "X25519:P-256",
        (Group::X25519, Version::Tls13) => "X25519",
        (Group::X25519MlKem768, _) => "X25519MLKEM768",
    };
    if context.set_groups_list(group).is_err() {
        return Ok(false);
    }
    context.set_sigalgs_list(match setup.pki.kind {
        KeyKind::P256 => "ECDSA+SHA256",
        // The second for the certificates themselves.
        KeyKind::Rsa2048 => "RSA-PSS+SHA256:RSA+SHA256",
    })?;
    if setup.resume {
        context.set_num_tickets(1)?;
    } else {
        context.set_num_tickets(0)?;
        context.set_options(SslOptions::NO_TICKET);
        context.set_session_cache_mode(SslSessionCacheMode::OFF);
    }
    Ok(true)
}

/// A client trusts the root, and verifies.
pub(super) fn trust(context: &mut SslContextBuilder, setup: &Setup<'_>) -> Result<()> {
    context.cert_store_mut().add_cert(X509::from_pem(setup.pki.root.as_bytes())?)?;
    context.set_verify(SslVerifyMode::PEER);
    Ok(())
}

fn suite(setup: &Setup<'_>) -> &'static str {
    match (setup.version, setup.aead, setup.pki.kind) {
        (Version::Tls13, Aead::Aes128Gcm, _) => "TLS_AES_128_GCM_SHA256",
        (Version::Tls13, Aead::Aes256Gcm, _) => "TLS_AES_256_GCM_SHA384",
        (Version::Tls13, Aead::ChaCha20Poly1305, _) => "TLS_CHACHA20_POLY1305_SHA256",
        (Version::Tls12, Aead::Aes128Gcm, KeyKind::P256) => "ECDHE-ECDSA-AES128-GCM-SHA256",
        (Version::Tls12, Aead::Aes256Gcm, KeyKind::P256) => "ECDHE-ECDSA-AES256-GCM-SHA384",
        (Version::Tls12, Aead::ChaCha20Poly1305, KeyKind::P256) => "ECDHE-ECDSA-CHACHA20-POLY1305",
        (Version::Tls12, Aead::Aes128Gcm, KeyKind::Rsa2048) => "ECDHE-RSA-AES128-GCM-SHA256",
        (Version::Tls12, Aead::Aes256Gcm, KeyKind::Rsa2048) => "ECDHE-RSA-AES256-GCM-SHA384",
        (Version::Tls12, Aead::ChaCha20Poly1305, KeyKind::Rsa2048) => "ECDHE-RSA-CHACHA20-POLY1305",
    }
}

impl Stack for OpenSsl {
    fn client(&self) -> Result<Box<dyn End>> {
        let client = match &self.client {
            Client::Plain(client) => client,
            Client::Resuming(client) => return client.end(),
        };
        let mut ssl = Ssl::new(client)?;
        ssl.set_hostname(HOST)?;
        ssl.param_mut().set_host(HOST)?;
        ssl.set_connect_state();
        Ok(Box::new(OpenSslEnd::new(ssl)?))
    }

    fn server(&self) -> Result<Box<dyn End>> {
        let mut ssl = Ssl::new(&self.server)?;
        ssl.set_accept_state();
        Ok(Box::new(OpenSslEnd::new(ssl)?))
    }
}

/// A transport in memory.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    input: Vec<u8>,
    at: usize,
    output: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.take(buffer.len()) {
            [] => Err(io::ErrorKind::WouldBlock.into()),
            mut taken => taken.read(buffer),
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.output.extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Pipe {
    /// Puts the vectors of the other side in its place, or takes them out again.
    pub(super) fn exchange(&mut self, input: &mut Vec<u8>, output: &mut Vec<u8>) {
        std::mem::swap(&mut self.input, input);
        std::mem::swap(&mut self.output, output);
        self.at = 0;
    }

    /// The next bytes of the input, `most` at most.
    pub(super) fn take(&mut self, most: usize) -> &[u8] {
        let rest = self.input.get(self.at..).unwrap_or_default();
        let taken = rest.get(..most).unwrap_or(rest);
        self.at += taken.len();
        taken
    }

    pub(super) fn has_input(&self) -> bool {
        self.at < self.input.len()
    }
}

struct OpenSslEnd {
    stream: SslStream<Pipe>,
    handshaking: bool,
    /// Where data is read to: the application's buffer, empty until there is data.
    data: Vec<u8>,
}

impl OpenSslEnd {
    fn new(ssl: Ssl) -> Result<Self> {
        Ok(Self { stream: SslStream::new(ssl, Pipe::default())?, handshaking: true, data: Vec::new() })
    }

    /// Reads what there is; the number of bytes.
    fn read_all(&mut self) -> Result<usize> {
        let mut total = 0;
        loop {
            match self.stream.ssl_read(&mut self.data) {
                Ok(count) => total += count,
                Err(error) if error.code() == ErrorCode::WANT_READ => return Ok(total),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn advance(&mut self) -> Result<()> {
        if self.handshaking {
            match self.stream.do_handshake() {
                Ok(()) => self.handshaking = false,
                Err(error) if error.code() == ErrorCode::WANT_READ => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        // Tickets come after the handshake.
        if self.stream.get_ref().has_input() {
            self.data.resize(1, 0);
            self.read_all()?;
        }
        Ok(())
    }
}

impl End for OpenSslEnd {
    fn handshake(&mut self, input: &mut Vec<u8>, output: &mut Vec<u8>) -> Result<()> {
        self.stream.get_mut().exchange(input, output);
        let result = self.advance();
        self.stream.get_mut().exchange(input, output);
        input.clear();
        result
    }

    fn is_handshaking(&self) -> bool {
        self.handshaking
    }

    fn check(&self, setup: &Setup<'_>, resumed: bool) -> Result<()> {
        check(self.stream.ssl(), setup, resumed)
    }

    fn send(&mut self, data: &[u8], wire: &mut Vec<u8>) -> Result<()> {
        self.stream.get_mut().exchange(&mut Vec::new(), wire);
        let result = self.stream.write_all(data);
        self.stream.get_mut().exchange(&mut Vec::new(), wire);
        Ok(result?)
    }

    fn receive(&mut self, wire: &mut Vec<u8>) -> Result<usize> {
        self.data.resize(READ_SIZE, 0);
        self.stream.get_mut().exchange(wire, &mut Vec::new());
        let result = self.read_all();
        self.stream.get_mut().exchange(wire, &mut Vec::new());
        wire.clear();
        result
    }

    fn fall_idle(&mut self) {
        self.data = Vec::new();
    }
}

/// Whether a finished handshake was what was wanted.
pub(super) fn check(ssl: &SslRef, setup: &Setup<'_>, resumed: bool) -> Result<()> {
    let version = match setup.version {
        Version::Tls12 => SslVersion::TLS1_2,
        Version::Tls13 => SslVersion::TLS1_3,
    };
    let suite_is = ssl.current_cipher().map(|cipher| cipher.name());
    let fits = ssl.version2() == Some(version) && suite_is == Some(suite(setup)) && ssl.session_reused() == resumed;
    match fits {
        true => Ok(()),
        false => Err(format!("openssl: {} {suite_is:?} resumed: {}", ssl.version_str(), ssl.session_reused()).into()),
    }
}
