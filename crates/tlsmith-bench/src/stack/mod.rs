//! One door to three TLS stacks.

pub(crate) mod openssl;
mod openssl_resuming;
pub(crate) mod rustls;
pub(crate) mod tlsmith;

use crate::{Result, pki::Pki};

/// A protocol version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Tls12,
    Tls13,
}

impl Version {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }
}

/// The group of the key exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    X25519,
    X25519MlKem768,
}

impl Group {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::X25519 => "x25519",
            Self::X25519MlKem768 => "x25519mlkem768",
        }
    }
}

/// What protects the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aead {
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20Poly1305,
}

impl Aead {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Aes128Gcm => "aes128gcm",
            Self::Aes256Gcm => "aes256gcm",
            Self::ChaCha20Poly1305 => "chacha20",
        }
    }
}

/// What every stack is set up to do: one version, one suite, one group, the same certificates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup<'a> {
    pub(crate) pki: &'a Pki,
    pub(crate) version: Version,
    pub(crate) aead: Aead,
    pub(crate) group: Group,
    /// Tickets: the server makes one a handshake and the client uses it at once. Without: none are made.
    pub(crate) resume: bool,
}

/// A stack that was set up.
pub(crate) trait Stack {
    fn client(&self) -> Result<Box<dyn End>>;
    fn server(&self) -> Result<Box<dyn End>>;
}

/// One end of a connection. Bytes of the transport go in and out by vectors; each stack pays for the copy that a
/// socket would make, once in each direction.
pub(crate) trait End {
    /// Takes all of `input` (empty: start) and appends what has to be sent in answer.
    fn handshake(&mut self, input: &mut Vec<u8>, output: &mut Vec<u8>) -> Result<()>;

    fn is_handshaking(&self) -> bool;

    /// Whether the finished handshake was what was wanted: says what is different.
    fn check(&self, setup: &Setup<'_>, resumed: bool) -> Result<()>;

    /// Says goodbye where the session would not be kept otherwise; is not measured.
    fn close(&mut self) -> Result<()> {
        Ok(())
    }

    /// Protects `data` as one record, appended to `wire`.
    fn send(&mut self, data: &[u8], wire: &mut Vec<u8>) -> Result<()>;

    /// Takes all of `wire`; the number of bytes of data in it.
    fn receive(&mut self, wire: &mut Vec<u8>) -> Result<usize>;

    /// Nothing is under way: the buffers that belong to the application go, as an adapter would have it.
    fn fall_idle(&mut self);
}

/// The stacks that are compared, in the order of a turn.
pub(crate) const NAMES: [&str; 3] = ["tlsmith", "rustls", "openssl"];

/// Sets a stack up; none if it does not know what is wanted.
pub(crate) fn set_up(name: &str, setup: &Setup<'_>) -> Result<Option<Box<dyn Stack>>> {
    Ok(match name {
        "tlsmith" => tlsmith::Tlsmith::new(setup)?.map(|stack| Box::new(stack) as Box<dyn Stack>),
        "rustls" => Some(Box::new(rustls::Rustls::new(setup)?)),
        "openssl" => openssl::OpenSsl::new(setup)?.map(|stack| Box::new(stack) as Box<dyn Stack>),
        other => return Err(format!("no stack is called {other}").into()),
    })
}
