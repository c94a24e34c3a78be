//! As much of XML as an XMPP stream has before TLS: tags, one after another.

use tokio::io::{AsyncRead, AsyncWrite};

use super::{stop::Stop, wire::Wire};

/// The longest tag, its attributes included.
const MAX_TAG: usize = 4096;

/// A tag as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// All between the angle brackets.
    text: String,
}

impl Tag {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        let text = self.text.trim_start_matches('/');
        let name = text.split(|c: char| c.is_ascii_whitespace() || c == '/').next().unwrap_or_default();
        name.rsplit(':').next().unwrap_or_default()
    }

    /// `</name>`
    pub(super) fn is_end(&self) -> bool {
        self.text.starts_with('/')
    }

    /// `<name/>`
    pub(super) fn is_empty(&self) -> bool {
        self.text.ends_with('/')
    }

    /// `<?name?>`
    pub(super) fn is_instruction(&self) -> bool {
        self.text.starts_with('?')
    }

    /// Whether one of its attributes has this value.
    pub(super) fn has_value(&self, value: &str) -> bool {
        self.text.split(['\'', '"']).skip(1).step_by(2).any(|found| found == value)
    }
}

/// The next tag; text before it is passed over.
pub(super) async fn tag<T>(wire: &mut Wire<'_, T>, waiting: &'static str) -> Result<Tag, Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut skipped = Vec::new();
    loop {
        match wire.exact(1, waiting).await?.as_slice() {
            b"<" => break,
            other => skipped.extend_from_slice(other),
        }
        // The first word of another protocol is worth quoting; there is no text before a tag in these streams.
        if skipped.ends_with(b"\n") && !skipped.trim_ascii().is_empty() || skipped.len() > MAX_TAG {
            return Err(Stop::Unexpected { waiting, said: skipped });
        }
        if let [0x15 | 0x16, _] = skipped.as_slice() {
            return Err(Stop::Unexpected { waiting, said: skipped });
        }
    }
    let mut text = Vec::new();
    let mut quote = None;
    loop {
        let byte = wire.exact(1, waiting).await?;
        match (byte.as_slice(), quote) {
            (b">", None) => break,
            // Neither comments nor declarations in a stream (RFC 6120 §11.1).
            (b"!", None) if text.is_empty() => return Err(Stop::unexpected(waiting, "<!")),
            ([mark @ (b'\'' | b'"')], None) => quote = Some(*mark),
            ([mark], Some(open)) if *mark == open => quote = None,
            _ => {}
        }
        text.extend_from_slice(&byte);
        if text.len() > MAX_TAG {
            return Err(Stop::TooMuch(waiting));
        }
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    wire.heard(&format!("<{text}>"));
    Ok(Tag { text })
}
