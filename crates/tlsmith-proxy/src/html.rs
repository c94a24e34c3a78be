//! Pages of this program's own: written through one type that escapes text, with one style sheet and a policy that
//! allows nothing else.

use std::sync::LazyLock;

use base64::Engine as _;
use tlsmith_crypto::{HashAlgorithm, Provider as _, aws_lc::AwsLc};

/// The style sheet of every page, inline.
pub(crate) const STYLE: &str = include_str!("style.css");

/// The mark of the house, for `/favicon.svg`.
pub(crate) const ICON: &str = include_str!("icon.svg");

/// The Content-Security-Policy: the one style sheet, by its hash, the icon, and nothing else.
pub(crate) fn style_policy() -> &'static str {
    static POLICY: LazyLock<String> = LazyLock::new(|| {
        let mut hash = AwsLc.hash(HashAlgorithm::Sha256);
        hash.update(STYLE.as_bytes());
        let hash = base64::engine::general_purpose::STANDARD.encode(hash.current().as_ref());
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; img-src 'self'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'"
        )
    });
    &POLICY
}

/// A page in the making.
#[derive(Debug, Default)]
pub(crate) struct Html(String);

impl Html {
    /// Markup of this program's own.
    pub(crate) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text from anywhere, fit for content and for quoted attributes. Control characters and those that turn the
    /// direction of text around are shown as a replacement: a server name could hold them.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => self.0.push('\u{fffd}'),
                other if other.is_control() => self.0.push('\u{fffd}'),
                other => self.0.push(other),
            }
        }
        self
    }

    /// The page.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let mut html = Html::default();
        html.raw("<p title=\"").text("\" onload='x' & <script>\u{202e}\r\n\0").raw("\">");
        assert_eq!(
            html.finish(),
            "<p title=\"&quot; onload=&#39;x&#39; &amp; &lt;script&gt;\u{fffd}\u{fffd}\u{fffd}\u{fffd}\">"
        );
    }

    #[test]
    fn the_policy_names_the_style_by_its_hash() {
        let (before, after) = style_policy().split_once("'sha256-").unwrap();
        assert_eq!(before, "default-src 'none'; style-src ");
        assert_eq!(after.find('\''), Some(44));
    }

    #[test]
    fn the_style_loads_nothing_and_cannot_end_its_element() {
        for forbidden in ["url(", "@import", "</"] {
            assert!(!STYLE.contains(forbidden), "{forbidden}");
        }
    }
}
