//! Configurations: builders that find every mistake when they build, with safe defaults and no global state.

mod checks;
mod client;
mod error;
mod server;
#[cfg(test)]
mod tests;

pub use client::{ClientConfig, ClientConfigBuilder};
pub use error::ConfigError;
pub use server::{ClientAuth, Preference, ServerConfig, ServerConfigBuilder};

#[cfg(test)]
pub(crate) use checks::default_groups as groups_of;

/// Record padding (RFC 8446 §5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Padding {
    /// None.
    #[default]
    None,
    /// Every protected record's content is padded to a multiple of this many bytes (at most 2^14).
    MultipleOf(u16),
    /// Every protected record gets this many bytes of padding, as far as they fit (at most 2^14).
    Bytes(u16),
}

/// Takes secrets for a debugger such as Wireshark, in the format of NSS (`SSLKEYLOGFILE`).
pub trait KeyLog: Send + Sync + std::fmt::Debug {
    /// One line: label, client random, secret.
    fn log(&self, label: &str, client_random: &[u8; 32], secret: &[u8]);
}

/// One line of the NSS key log format, without the line end: for implementers of [`KeyLog`].
pub fn key_log_line(label: &str, client_random: &[u8; 32], secret: &[u8]) -> String {
    let mut line = String::from(label);
    for part in [client_random.as_slice(), secret] {
        line.push(' ');
        for byte in part {
            line.push_str(&format!("{byte:02x}"));
        }
    }
    line
}
