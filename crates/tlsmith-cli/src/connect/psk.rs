//! `--psk` and `--psk-file`: keys that both sides were given beforehand.

use std::{path::Path, sync::Arc};

use tlsmith::session::ExternalPsk;
use tlsmith_crypto::{HashAlgorithm, Secret};
use zeroize::Zeroizing;

use crate::{exit::Usage, files};

/// The key of `IDENTITY:HEX`, or `IDENTITY:HEX:sha384`.
pub(crate) fn of_text(option: &str, text: &str) -> Result<Arc<ExternalPsk>, Usage> {
    let fail = |what: &str| {
        let fix = "write IDENTITY:HEX, or IDENTITY:HEX:sha384 for a key of the suites with SHA-384";
        // Nothing of the text is repeated: it holds a secret.
        Usage::new("usage.psk", format!("{option}: {what}"), fix)
    };
    let (rest, hash) = match text.rsplit_once(':') {
        Some((rest, "sha384")) => (rest, HashAlgorithm::Sha384),
        Some((rest, "sha256")) => (rest, HashAlgorithm::Sha256),
        _ => (text, HashAlgorithm::Sha256),
    };
    let (identity, hex) = rest.rsplit_once(':').ok_or_else(|| fail("there is no colon"))?;
    let bytes = hex_bytes(hex).ok_or_else(|| fail("the key is not an even number of hexadecimal digits"))?;
    ExternalPsk::new(identity.as_bytes(), Secret::new(&bytes), hash).map_err(Usage::from)
}

/// The keys of a file, one a line; empty lines and lines that begin with # are passed over.
pub(crate) fn of_file(path: &Path) -> Result<Vec<Arc<ExternalPsk>>, Usage> {
    let content = files::read("--psk-file", path)?;
    let option = format!("--psk-file {}", path.display());
    let text = std::str::from_utf8(&content).map_err(|_| {
        Usage::new("usage.psk", format!("{option}: not text"), "write a line IDENTITY:HEX for each key")
    })?;
    let mut keys = Vec::new();
    for (index, line) in text.lines().map(str::trim).enumerate() {
        if !line.is_empty() && !line.starts_with('#') {
            keys.push(of_text(&format!("{option}, line {}", index + 1), line)?);
        }
    }
    match keys.is_empty() {
        true => {
            Err(Usage::new("usage.psk", format!("{option}: no key in it"), "write a line IDENTITY:HEX for each key"))
        }
        false => Ok(keys),
    }
}

fn hex_bytes(hex: &str) -> Option<Zeroizing<Vec<u8>>> {
    // Room for all of it at once: a vector that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(hex.len() / 2));
    let digits = hex.as_bytes().chunks(2);
    for pair in digits {
        let [high, low] = pair else { return None };
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        bytes.push(digit(*high)? << 4 | digit(*low)?);
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_and_keys() {
        let psk = of_text("--psk", "client:1:00Ff").unwrap();
        assert_eq!((psk.identity(), psk.hash()), (b"client:1".as_slice(), HashAlgorithm::Sha256));
        assert_eq!(of_text("--psk", "a:00:sha384").unwrap().hash(), HashAlgorithm::Sha384);
        assert_eq!(of_text("--psk", "a:00:sha256").unwrap().hash(), HashAlgorithm::Sha256);
        for text in ["", "a", "a:", "a:0", "a:0g", "a:00:sha1", ":00", "a:ä0"] {
            let usage = of_text("--psk", text).unwrap_err();
            assert!(["usage.psk", "config.psk"].contains(&usage.code), "{text}: {usage}");
        }
        let secret = "deadbeefdeadbeeg";
        assert!(!of_text("--psk", &format!("a:{secret}")).unwrap_err().to_string().contains("deadbeef"));
    }

    #[test]
    fn files_hold_a_line_for_each() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "# keys\n\none:00\n two:11:sha384 \n").unwrap();
        let keys = of_file(file.path()).unwrap();
        assert_eq!(keys.iter().map(|key| key.identity()).collect::<Vec<_>>(), [b"one", b"two"]);
        for (content, word) in [("", "no key"), ("# no\n", "no key"), ("a:00\nb:zz", "line 2"), ("\u{0}", "colon")] {
            std::fs::write(file.path(), content).unwrap();
            assert!(of_file(file.path()).unwrap_err().message.contains(word), "{content}");
        }
        std::fs::write(file.path(), b"\xff\xfe").unwrap();
        assert!(of_file(file.path()).unwrap_err().message.contains("not text"));
    }
}
