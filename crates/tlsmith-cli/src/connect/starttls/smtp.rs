//! SMTP (RFC 5321, RFC 3207) and LMTP (RFC 2033), which differs in its greeting's name.

use std::net::IpAddr;

use tokio::io::{AsyncRead, AsyncWrite};

use super::{stop::Stop, wire::Wire};

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>, hello: &str, own: Option<IpAddr>) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let greeting = reply(wire, "the greeting").await?;
    match greeting.code.as_str() {
        "220" => {}
        // RFC 5321 §3.1: no mail service here.
        "421" | "554" => return Err(Stop::refused("the connection", &greeting.text())),
        _ => return Err(Stop::unexpected("the greeting", &greeting.text())),
    }
    wire.say(&format!("{hello} {}", literal(own))).await?;
    let extensions = reply(wire, "the answer to EHLO").await?;
    match extensions.code.as_str() {
        "250" if extensions.has_keyword("STARTTLS") => {}
        // A server without extensions (RFC 5321 §3.2), or one that offers others.
        "250" | "500" | "502" => return Err(Stop::NotOffered(extensions.text())),
        _ => return Err(Stop::refused(if hello == "LHLO" { "LHLO" } else { "EHLO" }, &extensions.text())),
    }
    wire.say("STARTTLS").await?;
    let consent = reply(wire, "the answer to STARTTLS").await?;
    match consent.code.as_str() {
        "220" => Ok(()),
        _ => Err(Stop::refused("STARTTLS", &consent.text())),
    }
}

/// A client without a name gives its address (RFC 5321 §4.1.4, the form: §4.1.3).
fn literal(own: Option<IpAddr>) -> String {
    match own {
        Some(IpAddr::V4(address)) => format!("[{address}]"),
        Some(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
        None => String::from("[127.0.0.1]"),
    }
}

/// A reply: three digits, and the text of its lines (RFC 5321 §4.2).
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) code: String,
    lines: Vec<String>,
}

impl Reply {
    pub(super) fn text(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" / "))
    }

    /// One of the lines after the first begins with this word.
    fn has_keyword(&self, keyword: &str) -> bool {
        let first_word = |line: &String| line.split_whitespace().next().map(str::to_owned);
        self.lines.iter().skip(1).filter_map(first_word).any(|word| word.eq_ignore_ascii_case(keyword))
    }
}

/// Reads a reply, each line of which has to have the same code.
async fn reply<T>(wire: &mut Wire<'_, T>, waiting: &'static str) -> Result<Reply, Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut reply = Reply { code: String::new(), lines: Vec::new() };
    loop {
        let line = wire.line(waiting).await?;
        let (code, last, text) = split(&line).ok_or_else(|| Stop::unexpected(waiting, &line))?;
        if !reply.lines.is_empty() && code != reply.code {
            return Err(Stop::unexpected(waiting, &line));
        }
        code.clone_into(&mut reply.code);
        reply.lines.push(text.to_owned());
        if last {
            return Ok(reply);
        }
    }
}

/// `250-text` and `250 text`; the text may be missing.
pub(super) fn split(line: &str) -> Option<(&str, bool, &str)> {
    let (code, rest) = line.split_at_checked(3)?;
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match rest.strip_prefix('-') {
        Some(text) => Some((code, false, text)),
        None if rest.is_empty() => Some((code, true, "")),
        None => rest.strip_prefix(' ').map(|text| (code, true, text)),
    }
}
