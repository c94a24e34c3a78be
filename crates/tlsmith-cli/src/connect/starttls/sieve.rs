//! ManageSieve (RFC 5804 §2.2).

use tokio::io::{AsyncRead, AsyncWrite};

use super::{stop::Stop, wire::Wire};

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let (capabilities, end) = answer(wire, "the greeting").await?;
    if !is(&end, "OK") {
        return Err(Stop::refused("the connection", &end));
    }
    let offered = capabilities.iter().any(|line| line.trim().eq_ignore_ascii_case("\"STARTTLS\""));
    if !offered {
        return Err(Stop::NotOffered(capabilities.join(" / ")));
    }
    wire.say("STARTTLS").await?;
    let (_, consent) = answer(wire, "the answer to STARTTLS").await?;
    match is(&consent, "OK") {
        true => Ok(()),
        false => Err(Stop::refused("STARTTLS", &consent)),
    }
}

/// Lines up to `OK`, `NO` or `BYE`; those before it begin with a string, as capabilities do (RFC 5804 §1.2, §4).
async fn answer<T>(wire: &mut Wire<'_, T>, waiting: &'static str) -> Result<(Vec<String>, String), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut lines = Vec::new();
    loop {
        let line = wire.line(waiting).await?;
        if is(&line, "OK") || is(&line, "NO") || is(&line, "BYE") {
            return Ok((lines, line));
        }
        if !line.starts_with('"') {
            return Err(Stop::unexpected(waiting, &line));
        }
        lines.push(line);
    }
}

fn is(line: &str, word: &str) -> bool {
    line.split([' ', '(']).next().is_some_and(|first| first.eq_ignore_ascii_case(word))
}
