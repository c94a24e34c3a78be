//! IRC: the `STARTTLS` command (IRCv3, extension tls; deprecated there for a port of its own, and still in use).

use tokio::io::{AsyncRead, AsyncWrite};

use super::{stop::Stop, wire::Wire};

const WAITING: &str = "the answer to STARTTLS";

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    // A server that does not know STARTTLS may keep silent about it before somebody has registered; its list of
    // capabilities, which has tls where STARTTLS is, comes all the same. What it says first it says at any time.
    wire.send("CAP LS 302, STARTTLS", b"CAP LS 302\r\nSTARTTLS\r\n").await?;
    let mut offered = false;
    loop {
        let line = wire.line(WAITING).await?;
        match command(&line) {
            // RPL_STARTTLS
            "670" => return Ok(()),
            // ERR_UNKNOWNCOMMAND, ERR_NOTREGISTERED: a server without capabilities goes on to the second command.
            "421" | "451" if line.split(' ').any(|word| word == "CAP") => {}
            "421" | "451" => return Err(Stop::NotOffered(line)),
            // ERR_STARTTLS
            "691" => return Err(Stop::refused("STARTTLS", &line)),
            "ERROR" => return Err(Stop::refused("the connection", &line)),
            "CAP" => {
                let (head, list) = line.split_once(" :").unwrap_or((&line, ""));
                offered |= list.split(' ').any(|capability| capability == "tls");
                // More of the list follows where an asterisk ends the head.
                if !offered && !head.ends_with(" *") {
                    return Err(Stop::NotOffered(line));
                }
            }
            "NOTICE" | "020" => {}
            _ => return Err(Stop::unexpected(WAITING, &line)),
        }
    }
}

/// The first word behind the name of who says it (RFC 1459 §2.3.1).
fn command(line: &str) -> &str {
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    match words.next() {
        Some(prefix) if prefix.starts_with(':') => words.next().unwrap_or_default(),
        first => first.unwrap_or_default(),
    }
}
