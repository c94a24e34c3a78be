//! `--keylog`: secrets in the format of NSS, appended to a file that only its owner reads.

use std::{
    fmt,
    fs::{File, Metadata, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use tlsmith::config::{KeyLog, key_log_line};
use zeroize::Zeroizing;

use crate::{exit::Usage, files::describe};

/// The file, and the first thing that went wrong with it.
pub(crate) struct FileKeyLog {
    path: PathBuf,
    state: Mutex<(File, Option<String>)>,
}

impl FileKeyLog {
    /// Opens the file for appending; a new one gets mode 0600.
    pub(crate) fn open(path: &Path) -> Result<Self, Usage> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| {
            Usage::new("usage.file", format!("--keylog {}: {}", path.display(), describe(&error)), "")
        })?;
        Ok(Self { path: path.to_owned(), state: Mutex::new((file, None)) })
    }

    /// What to tell about a file that was there before, and that others may read.
    pub(crate) fn exposed(&self) -> Option<String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let open = state.0.metadata().is_ok_and(|metadata| metadata.is_file() && is_open_to_others(&metadata));
        let path = self.path.display();
        open.then(|| format!("others may read {path}, and with it what this connection carries (chmod 600 mends it)"))
    }

    /// What went wrong while writing: a key log with holes must not pass for a whole one.
    pub(crate) fn trouble(&self) -> Option<String> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.1.as_ref().map(|what| format!("the key log {} is not complete: {what}", self.path.display()))
    }
}

#[cfg(unix)]
fn is_open_to_others(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o044 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Metadata) -> bool {
    false
}

impl KeyLog for FileKeyLog {
    fn log(&self, label: &str, client_random: &[u8; 32], secret: &[u8]) {
        let mut line = Zeroizing::new(key_log_line(label, client_random, secret));
        line.push('\n');
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // One write a line: several processes may append to the same file.
        if let Err(error) = state.0.write_all(line.as_bytes()) {
            state.1.get_or_insert_with(|| describe(&error));
        }
    }
}

impl fmt::Debug for FileKeyLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKeyLog").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appends_lines_and_keeps_them_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        for secret in [[1; 4], [2; 4]] {
            FileKeyLog::open(&path).unwrap().log("LABEL", &[0xab; 32], &secret);
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let random = "ab".repeat(32);
        assert_eq!(text, format!("LABEL {random} 01010101\nLABEL {random} 02020202\n"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_directory_is_refused_and_a_full_disk_is_told() {
        assert_eq!(FileKeyLog::open(&std::env::temp_dir()).unwrap_err().code, "usage.file");
        #[cfg(target_os = "linux")]
        {
            let log = FileKeyLog::open(Path::new("/dev/full")).unwrap();
            assert_eq!(log.trouble(), None);
            log.log("LABEL", &[0; 32], &[1]);
            assert!(log.trouble().unwrap().contains("no space left"));
        }
    }
}
