//! POP3: `STLS` (RFC 2595 §4), with `CAPA` (RFC 2449) before it.

use tokio::io::{AsyncRead, AsyncWrite};

use super::{stop::Stop, wire::Wire};

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let greeting = wire.line("the greeting").await?;
    if !is_good(&greeting, "the greeting")? {
        return Err(Stop::refused("the connection", &greeting));
    }
    wire.say("CAPA").await?;
    let answer = wire.line("the answer to CAPA").await?;
    // A server of before RFC 2449 does not know the command; it may know STLS all the same.
    if is_good(&answer, "the answer to CAPA")? {
        let mut offered = false;
        let mut capabilities = Vec::new();
        loop {
            let line = wire.line("the list of capabilities").await?;
            if line == "." {
                break;
            }
            offered |= line.trim().eq_ignore_ascii_case("STLS");
            capabilities.push(line);
        }
        if !offered {
            return Err(Stop::NotOffered(capabilities.join(" / ")));
        }
    }
    wire.say("STLS").await?;
    let consent = wire.line("the answer to STLS").await?;
    match is_good(&consent, "the answer to STLS")? {
        true => Ok(()),
        false => Err(Stop::refused("STLS", &consent)),
    }
}

/// `+OK` or `-ERR`, a space and more or nothing (RFC 1939 §3).
fn is_good(line: &str, waiting: &'static str) -> Result<bool, Stop> {
    match line.split(' ').next() {
        Some("+OK") => Ok(true),
        Some("-ERR") => Ok(false),
        _ => Err(Stop::unexpected(waiting, line)),
    }
}
