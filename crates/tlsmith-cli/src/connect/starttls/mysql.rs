//! MySQL and MariaDB: the server's handshake packet says whether it has TLS, SSLRequest begins it.

use tokio::io::{AsyncRead, AsyncWrite};

use super::{stop::Stop, wire::Wire};

const WAITING: &str = "the greeting";
/// A greeting is some eighty bytes and the server's version.
const MAX_PACKET: usize = 4096;
/// Of the capabilities: TLS, the protocol since version 4.1, and its passwords.
const CLIENT_PROTOCOL_41: u32 = 0x200;
const CLIENT_SSL: u32 = 0x800;
const CLIENT_SECURE_CONNECTION: u32 = 0x8000;
/// The largest packet that this side would take: 16 MiB, as the programs of MySQL say.
const MAX_ALLOWED: u32 = 1 << 24;
/// utf8mb4_general_ci.
const CHARACTER_SET: u8 = 45;

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let header = wire.exact(4, WAITING).await?;
    let unexpected = |said: &[u8]| Stop::Unexpected { waiting: WAITING, said: said.to_vec() };
    let [low, middle, high, 0] = header.as_slice() else { return Err(unexpected(&header)) };
    let length = usize::from(*low) | usize::from(*middle) << 8 | usize::from(*high) << 16;
    if !(1..=MAX_PACKET).contains(&length) {
        return Err(unexpected(&header));
    }
    let packet = wire.exact(length, WAITING).await?;
    match packet.split_first() {
        Some((10, greeting)) => {
            let (version, capabilities) = read(greeting).ok_or_else(|| unexpected(&packet))?;
            wire.heard(&format!("protocol 10, version {version}"));
            if u32::from(capabilities) & CLIENT_SSL == 0 {
                return Err(Stop::NotOffered(version));
            }
        }
        // An error: number, and text, which may begin with # and an SQLSTATE.
        Some((0xff, [_, _, text @ ..])) => {
            let said = String::from_utf8_lossy(text).into_owned();
            wire.heard(&said);
            return Err(Stop::refused("the connection", &said));
        }
        _ => return Err(unexpected(&packet)),
    }
    wire.send("SSLRequest", &request()).await
}

/// Version, and the lower half of the capabilities behind thread id, eight bytes of salt and a zero.
fn read(greeting: &[u8]) -> Option<(String, u16)> {
    let end = greeting.iter().position(|byte| *byte == 0)?;
    let (version, rest) = greeting.split_at_checked(end)?;
    let capabilities = rest.get(1 + 4 + 8 + 1..)?.first_chunk()?;
    Some((String::from_utf8_lossy(version).into_owned(), u16::from_le_bytes(*capabilities)))
}

/// Packet 1 of 32 bytes: capabilities, largest packet, character set, 23 zeros.
fn request() -> Vec<u8> {
    let capabilities = CLIENT_PROTOCOL_41 | CLIENT_SSL | CLIENT_SECURE_CONNECTION;
    let mut packet = vec![32, 0, 0, 1];
    packet.extend(capabilities.to_le_bytes());
    packet.extend(MAX_ALLOWED.to_le_bytes());
    packet.push(CHARACTER_SET);
    packet.extend([0; 23]);
    packet
}
