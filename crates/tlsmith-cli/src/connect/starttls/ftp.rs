//! FTP: `AUTH TLS` (RFC 4217).

use tokio::io::{AsyncRead, AsyncWrite};

use super::{smtp::split, stop::Stop, wire::Wire};

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut greeting = reply(wire, "the greeting").await?;
    if greeting.starts_with("120") {
        // Ready in so many minutes (RFC 959 §5.4): the greeting itself is still to come.
        greeting = reply(wire, "the greeting").await?;
    }
    match greeting.get(..3) {
        Some("220") => {}
        Some("421" | "530") => return Err(Stop::refused("the connection", &greeting)),
        _ => return Err(Stop::unexpected("the greeting", &greeting)),
    }
    wire.say("AUTH TLS").await?;
    let consent = reply(wire, "the answer to AUTH TLS").await?;
    match consent.get(..3) {
        Some("234") => Ok(()),
        // RFC 4217 §4: not understood, not implemented, no such mechanism; 530: log in first.
        Some("500" | "502" | "504" | "530") => Err(Stop::NotOffered(consent)),
        _ => Err(Stop::refused("AUTH TLS", &consent)),
    }
}

/// The first line of a reply. What stands between the first and the last may be anything (RFC 959 §4.2).
async fn reply<T>(wire: &mut Wire<'_, T>, waiting: &'static str) -> Result<String, Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let first = wire.line(waiting).await?;
    let Some((code, mut last, _)) = split(&first) else { return Err(Stop::unexpected(waiting, &first)) };
    while !last {
        let line = wire.line(waiting).await?;
        last = matches!(split(&line), Some((end, true, _)) if end == code);
    }
    Ok(first)
}
