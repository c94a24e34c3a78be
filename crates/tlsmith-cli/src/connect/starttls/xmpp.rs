//! XMPP (RFC 6120 §5), for clients and between servers.

use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    stop::Stop,
    wire::{MAX_LINES, Wire},
    xml::{Tag, tag},
};

const NAMESPACE: &str = "urn:ietf:params:xml:ns:xmpp-tls";

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>, content: &str, server: &str) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    // The name was checked: there is nothing in it that XML would have to escape.
    let open = format!(
        "<?xml version='1.0'?><stream:stream to='{server}' version='1.0' xmlns='{content}' \
         xmlns:stream='http://etherx.jabber.org/streams'>"
    );
    wire.send(&open, open.as_bytes()).await?;
    if !features(wire).await? {
        return Err(Stop::NotOffered(String::from("its stream features have no <starttls/>")));
    }
    let request = format!("<starttls xmlns='{NAMESPACE}'/>");
    wire.send(&request, request.as_bytes()).await?;
    let answer = tag(wire, "the answer to <starttls/>").await?;
    match (answer.name(), answer.has_value(NAMESPACE)) {
        ("proceed", true) => close(wire, &answer).await,
        ("failure", true) => Err(Stop::refused("STARTTLS", "<failure/>")),
        _ => Err(stream_error(wire, &answer).await?),
    }
}

/// Reads the server's stream header and its features: whether STARTTLS is among them.
async fn features<T>(wire: &mut Wire<'_, T>) -> Result<bool, Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut header = tag(wire, "the stream header").await?;
    if header.is_instruction() {
        header = tag(wire, "the stream header").await?;
    }
    if header.name() != "stream" || header.is_end() || header.is_empty() {
        return Err(unexpected("the stream header", &header));
    }
    let first = tag(wire, "the stream features").await?;
    if first.name() != "features" || first.is_end() {
        return Err(stream_error(wire, &first).await?);
    }
    let mut offered = false;
    if first.is_empty() {
        return Ok(offered);
    }
    for _ in 0..MAX_LINES {
        let feature = tag(wire, "the stream features").await?;
        if feature.name() == "features" && feature.is_end() {
            return Ok(offered);
        }
        offered |= feature.name() == "starttls" && feature.has_value(NAMESPACE);
    }
    Err(Stop::TooMuch("the stream features"))
}

/// What a server says that closes the stream (RFC 6120 §4.9): the condition is the name of the first element inside.
async fn stream_error<T>(wire: &mut Wire<'_, T>, first: &Tag) -> Result<Stop, Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    if first.name() != "error" || first.is_end() || first.is_empty() {
        return Ok(unexpected("what the server says", first));
    }
    let condition = tag(wire, "the stream error").await?;
    Ok(Stop::refused("the stream", condition.name()))
}

/// An element that is not empty has its end tag before TLS begins.
async fn close<T>(wire: &mut Wire<'_, T>, open: &Tag) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    if open.is_empty() {
        return Ok(());
    }
    let end = tag(wire, "the end of <proceed>").await?;
    match end.is_end() && end.name() == open.name() {
        true => Ok(()),
        false => Err(unexpected("the end of <proceed>", &end)),
    }
}

fn unexpected(waiting: &'static str, tag: &Tag) -> Stop {
    Stop::unexpected(waiting, &format!("<{}{}>", if tag.is_end() { "/" } else { "" }, tag.name()))
}
