//! Reading the files that arguments name: bounded, and every mistake in one line.

use std::{fs::File, io::Read as _, path::Path};

use crate::exit::Usage;

/// The longest certificate or key file that is read. The system's whole store is a fiftieth of it.
const MAX_FILE: u64 = 16 << 20;

/// The content of the file that `option` names.
pub(crate) fn read(option: &str, path: &Path) -> Result<Vec<u8>, Usage> {
    let fail = |what: String| Usage::new("usage.file", format!("{option} {}: {what}", path.display()), "");
    let file = open(option, path)?;
    let mut content = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut content).map_err(|error| fail(describe(&error)))?;
    if content.len() as u64 > MAX_FILE {
        return Err(fail(format!("longer than {} MiB, this is no certificate file", MAX_FILE >> 20)));
    }
    Ok(content)
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
