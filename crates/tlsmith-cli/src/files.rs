//! Reading the files that arguments name: bounded, and every mistake in one line.

use std::{fs::File, io::Read as _, path::Path};

use tlsmith::auth::Identity;
use tlsmith_crypto::Provider;
use zeroize::Zeroizing;

use crate::exit::Usage;

/// The longest certificate or key file that is read. The system's whole store is a fiftieth of it.
pub(crate) const MAX_FILE: u64 = 16 << 20;

/// The content of the file that `option` names. It may hold a private key.
pub(crate) fn read(option: &str, path: &Path) -> Result<Zeroizing<Vec<u8>>, Usage> {
    let fail = |what: String| Usage::new("usage.file", format!("{option} {}: {what}", path.display()), "");
    let file = open(option, path)?;
    // Room for all of it at once: a vector that grows leaves copies behind.
    let length = file.metadata().map_or(0, |metadata| metadata.len()).min(MAX_FILE) + 1;
    let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or_default()));
    file.take(MAX_FILE + 1).read_to_end(&mut content).map_err(|error| fail(describe(&error)))?;
    if content.len() as u64 > MAX_FILE {
        return Err(fail(format!("longer than {} MiB: this is no certificate, and no key", MAX_FILE >> 20)));
    }
    Ok(content)
}

/// A certificate with its key, which may stand in the same file.
pub(crate) fn identity(provider: &dyn Provider, cert: &Path, key: Option<&Path>) -> Result<Identity, Usage> {
    let chain_bytes = read("--cert", cert)?;
    let key_bytes = match key {
        Some(path) => read("--key", path)?,
        None => chain_bytes.clone(),
    };
    // Read one by one, so that the message names the file with the mistake.
    let chain = tlsmith_x509::pem::certificates(&chain_bytes)
        .map_err(|error| Usage::new("usage.file", format!("--cert {}: {error}", cert.display()), ""))?;
    let key = tlsmith_x509::pem::private_key(provider, &key_bytes).map_err(|error| match key {
        Some(path) => Usage::new("usage.file", format!("--key {}: {error}", path.display()), ""),
        None => Usage::new(
            "usage.file",
            format!("--cert {}: no private key in the same file ({error})", cert.display()),
            "name the key's file with --key",
        ),
    })?;
    Identity::new(chain, key).map_err(Usage::from)
}

/// Opens the file that `option` names; a directory is a mistake.
pub(crate) fn open(option: &str, path: &Path) -> Result<File, Usage> {
    let fail = |what: String| Usage::new("usage.file", format!("{option} {}: {what}", path.display()), "");
    let file = File::open(path).map_err(|error| fail(describe(&error)))?;
    match file.metadata() {
        Ok(metadata) if metadata.is_dir() => Err(fail(String::from("a directory, not a file"))),
        Ok(_) => Ok(file),
        Err(error) => Err(fail(describe(&error))),
    }
}

/// The system's words without its number.
pub(crate) fn describe(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::from("unknown error"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_and_a_missing_file_are_named() {
        let directory = std::env::temp_dir();
        let usage = read("--ca", &directory).unwrap_err();
        assert!(usage.message.starts_with("--ca ") && usage.message.ends_with("a directory, not a file"), "{usage}");
        let usage = read("--key", Path::new("/nonexistent/key.pem")).unwrap_err();
        assert!(usage.message.ends_with("no such file or directory"), "{usage}");
    }

    #[cfg(unix)]
    #[test]
    fn an_endless_file_is_bounded() {
        let usage = read("--ca", Path::new("/dev/zero")).unwrap_err();
        assert!(usage.message.contains("longer than 16 MiB"), "{usage}");
    }
}
