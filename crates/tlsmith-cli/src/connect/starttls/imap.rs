//! IMAP (RFC 9051 §6.2.1).

use tokio::io::{AsyncRead, AsyncWrite};

use super::{stop::Stop, wire::Wire};

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let greeting = wire.line("the greeting").await?;
    match words(&greeting).as_slice() {
        [star, ok, ..] if star == "*" && ok == "OK" => {}
        // Already logged in: STARTTLS is no longer possible, and whoever stands between may have put it there so that
        // the client goes on in clear (RFC 9051 §11.3).
        [star, preauth, ..] if star == "*" && preauth == "PREAUTH" => {
            return Err(Stop::refused("STARTTLS: it says that the client is logged in already", &greeting));
        }
        [star, bye, ..] if star == "*" && bye == "BYE" => return Err(Stop::refused("the connection", &greeting)),
        _ => return Err(Stop::unexpected("the greeting", &greeting)),
    }
    wire.say("a1 CAPABILITY").await?;
    let (untagged, done) = answer(wire, "A1", "the answer to CAPABILITY").await?;
    if words(&done).get(1).map(String::as_str) != Some("OK") {
        return Err(Stop::refused("CAPABILITY", &done));
    }
    let is_list = |line: &&String| words(line).get(1).is_some_and(|word| word == "CAPABILITY");
    let list = untagged.iter().find(is_list).ok_or_else(|| Stop::unexpected("the answer to CAPABILITY", &done))?;
    if !words(list).iter().skip(2).any(|word| word == "STARTTLS") {
        return Err(Stop::NotOffered(list.clone()));
    }
    wire.say("a2 STARTTLS").await?;
    let (_, consent) = answer(wire, "A2", "the answer to STARTTLS").await?;
    match words(&consent).get(1).map(String::as_str) {
        Some("OK") => Ok(()),
        _ => Err(Stop::refused("STARTTLS", &consent)),
    }
}

/// The untagged lines before the tagged one, and that.
async fn answer<T>(wire: &mut Wire<'_, T>, tag: &str, waiting: &'static str) -> Result<(Vec<String>, String), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut untagged = Vec::new();
    loop {
        let line = wire.line(waiting).await?;
        match words(&line).first().map(String::as_str) {
            Some("*") => untagged.push(line),
            Some(word) if word == tag => return Ok((untagged, line)),
            _ => return Err(Stop::unexpected(waiting, &line)),
        }
    }
}

/// The words of a line in capitals: neither tags of ours, nor atoms here, care for case.
fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_ascii_uppercase).collect()
}
