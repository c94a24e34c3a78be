//! What was fetched and verified, on disk, until it ends.
//!
//! A file an entry, named by the SHA-256 of what it is an answer to. A file is written aside, synced and renamed, so that no
//! reader sees half of one; its digest finds what was changed since. What does not fit, is over, or cannot be read is passed
//! over and replaced. Nothing in here is believed for being here: whoever takes it out verifies it again.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_crypto::{HashAlgorithm, Provider};
use tlsmith_x509::UnixTime;

const MAGIC: &[u8; 8] = b"tlsmithC";
const DIGEST: usize = 32;
/// Magic, end, digest.
const HEAD: usize = MAGIC.len() + size_of::<i64>() + DIGEST;
/// All files together: eight CRLs of the longest kind.
const MAX_BYTES: u64 = 256 << 20;
/// Files: directories stay quick to read.
const MAX_FILES: usize = 4_096;

/// A directory of answers.
#[derive(Clone, Debug)]
pub struct Cache {
    directory: PathBuf,
    most: u64,
}

/// What an entry is an answer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// The CRL at this URL.
    Crl(&'a str),
    /// The answer of the responder at this URL to this request.
    Ocsp(&'a str, &'a [u8]),
    /// The certificate at this URL.
    Issuer(&'a str),
}

impl Cache {
    /// Keeps its files in `directory`, which is made when the first is written.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into(), most: MAX_BYTES }
    }

    /// In the user's cache directory: `$XDG_CACHE_HOME/tlsmith`, or `~/.cache/tlsmith`. `None` where there is neither.
    pub fn of_user() -> Option<Self> {
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let base = absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))?;
        Some(Self::new(base.join("tlsmith").join("revocation")))
    }

    /// With at most this many bytes in all.
    #[must_use]
    pub fn limited_to(mut self, bytes: u64) -> Self {
        self.most = bytes;
        self
    }

    /// Where the files are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The entry, if there is one that has not ended.
    pub fn get(&self, key: Key<'_>, now: UnixTime) -> Option<Vec<u8>> {
        let path = self.path(key);
        // To open a pipe that somebody put there would wait for who writes to it.
        if !fs::metadata(&path).ok()?.is_file() {
            return None;
        }
        let file = File::open(&path).ok()?;
        // What is longer than all of the cache may be was not written here.
        let mut content = Vec::new();
        file.take(self.most.saturating_add(1)).read_to_end(&mut content).ok()?;
        let (until, body) = read(&content)?;
        (now <= until).then(|| body.to_vec())
    }

    /// Keeps `body` until `until`. The oldest go when the room ends.
    pub fn put(&self, key: Key<'_>, body: &[u8], until: UnixTime) -> io::Result<()> {
        let length = u64::try_from(HEAD.saturating_add(body.len())).unwrap_or(u64::MAX);
        if length > self.most {
            return Ok(());
        }
        create_private(&self.directory)?;
        self.make_room(length)?;
        let path = self.path(key);
        let aside = path.with_extension(format!("{}.new", std::process::id()));
        let written = write_aside(&aside, body, until).and_then(|()| fs::rename(&aside, &path));
        if written.is_err() {
            // What is left of it would be passed over; it only takes room.
            let _ = fs::remove_file(&aside);
        }
        written
    }

    fn path(&self, key: Key<'_>) -> PathBuf {
        let parts: [&[u8]; 3] = match key {
            Key::Crl(url) => [b"crl\0", url.as_bytes(), b""],
            Key::Ocsp(url, request) => [b"ocsp\0", url.as_bytes(), request],
            Key::Issuer(url) => [b"issuer\0", url.as_bytes(), b""],
        };
        let mut context = AwsLc.hash(HashAlgorithm::Sha256);
        for part in parts {
            // Each with its length, so that no two keys share a name.
            context.update(&part.len().to_be_bytes());
            context.update(part);
        }
        let name: String = context.current().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        self.directory.join(name)
    }

    /// Removes the files that were written longest ago, until `length` more bytes have room.
    fn make_room(&self, length: u64) -> io::Result<()> {
        let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() && is_ours(&entry.path()) {
                files.push((metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len(), entry.path()));
            }
        }
        files.sort();
        let mut bytes = files.iter().fold(length, |sum, (_, length, _)| sum.saturating_add(*length));
        let mut count = files.len();
        for (_, length, path) in files {
            if bytes <= self.most && count < MAX_FILES {
                break;
            }
            // Another process may have removed it.
            let _ = fs::remove_file(path);
            bytes = bytes.saturating_sub(length);
            count -= 1;
        }
        Ok(())
    }
}

/// Named as files of this cache are; others in the directory are left alone.
fn is_ours(path: &Path) -> bool {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let digest = stem.split('.').next().unwrap_or_default();
    digest.len() == 2 * DIGEST && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn read(content: &[u8]) -> Option<(UnixTime, &[u8])> {
    let rest = content.strip_prefix(MAGIC)?;
    let (until, rest) = rest.split_first_chunk::<8>()?;
    let (digest, body) = rest.split_first_chunk::<DIGEST>()?;
    (digest.as_slice() == digest_of(until, body).as_slice()).then(|| (UnixTime(i64::from_be_bytes(*until)), body))
}

fn digest_of(until: &[u8], body: &[u8]) -> Vec<u8> {
    let mut context = AwsLc.hash(HashAlgorithm::Sha256);
    context.update(until);
    context.update(body);
    context.current().as_ref().to_vec()
}

fn write_aside(path: &Path, body: &[u8], until: UnixTime) -> io::Result<()> {
    let until = until.0.to_be_bytes();
    // One that was left half-written, or a link that somebody put there, is not written through.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = File::create_new(path)?;
    file.write_all(MAGIC)?;
    file.write_all(&until)?;
    file.write_all(&digest_of(&until, body))?;
    file.write_all(body)?;
    file.sync_all()
}

/// What was looked at is nobody else's business.
#[cfg(unix)]
fn create_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(not(unix))]
fn create_private(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)
}

#[cfg(test)]
mod tests;
