//! NNTP (RFC 3977, RFC 4642).

use tokio::io::{AsyncRead, AsyncWrite};

use super::{stop::Stop, wire::Wire};

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let greeting = wire.line("the greeting").await?;
    match code(&greeting) {
        // Posting allowed, or not (RFC 3977 §5.1).
        "200" | "201" => {}
        "400" | "502" => return Err(Stop::refused("the connection", &greeting)),
        _ => return Err(Stop::unexpected("the greeting", &greeting)),
    }
    wire.say("CAPABILITIES").await?;
    let answer = wire.line("the answer to CAPABILITIES").await?;
    // A server of before RFC 3977 does not know the command; it may know STARTTLS all the same.
    if code(&answer) == "101" {
        let mut offered = false;
        let mut capabilities = Vec::new();
        loop {
            let line = wire.line("the list of capabilities").await?;
            if line == "." {
                break;
            }
            offered |= line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("STARTTLS"));
            capabilities.push(line);
        }
        if !offered {
            return Err(Stop::NotOffered(capabilities.join(" / ")));
        }
    }
    wire.say("STARTTLS").await?;
    let consent = wire.line("the answer to STARTTLS").await?;
    match code(&consent) {
        "382" => Ok(()),
        "500" | "501" | "502" | "503" => Err(Stop::NotOffered(consent)),
        "580" => Err(Stop::refused("STARTTLS", &consent)),
        _ => Err(Stop::unexpected("the answer to STARTTLS", &consent)),
    }
}

/// The first word; the others are for people.
fn code(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}
