//! Ticket keys: of this process alone, or from a file that several servers share.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use tlsmith::session::TicketKeys;
use tlsmith_crypto::Provider;
use tlsmith_x509::UnixTime;

use crate::{
    exit::Usage,
    files::{self, describe},
};

const OPTION: &str = "--ticket-key-file";
/// In seconds.
const DAY: i64 = 86_400;

/// Keys that change by themselves, made for this process: nothing that an earlier one issued is taken.
pub(crate) fn own(provider: &dyn Provider) -> Result<Arc<TicketKeys>, Usage> {
    TicketKeys::generate(provider).map(Arc::new).map_err(Usage::from)
}

/// The keys of the file, which is made if it is missing; and warnings, if others may read it or its keys end soon.
pub(crate) fn shared(
    provider: &dyn Provider,
    path: &Path,
    now: UnixTime,
) -> Result<(Arc<TicketKeys>, Vec<String>), Usage> {
    if !path.exists() {
        make(provider, path, now)?;
    }
    let keys = read(provider, path)?;
    // A list of keys is somebody's to renew; a root needs nobody.
    let dry = keys.runs_dry_at().filter(|at| now.seconds_until(*at) < DAY);
    let dry = dry.map(|at| format!("{OPTION} {}: no key seals after {at}: no session is resumed then", path.display()));
    Ok((Arc::new(keys), exposed(path).into_iter().chain(dry).collect()))
}

/// Reads the file.
pub(crate) fn read(provider: &dyn Provider, path: &Path) -> Result<TicketKeys, Usage> {
    let content = files::read(OPTION, path)?;
    TicketKeys::import(provider, &content)
        .map_err(|error| Usage::new("usage.file", format!("{OPTION} {}: {}", path.display(), error.message), error.fix))
}

/// Makes the file: whole or not at all, and never over one that another server has made meanwhile.
fn make(provider: &dyn Provider, path: &Path, now: UnixTime) -> Result<(), Usage> {
    let fail =
        |error: io::Error| Usage::new("usage.file", format!("{OPTION} {}: {}", path.display(), describe(&error)), "");
    let content = TicketKeys::generate(provider).map_err(Usage::from)?.export(provider, now);
    let new = beside(path);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&new).and_then(|mut file| {
        file.write_all(content.as_bytes())?;
        file.sync_all()
    });
    // A link does not take the place of a file that is there.
    let linked = written.and_then(|()| fs::hard_link(&new, path));
    let _ = fs::remove_file(&new);
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.exists() => Ok(()),
        linked => linked.map_err(fail),
    }
}

/// A name in the same directory that no other process takes.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}", std::process::id()));
    path.with_file_name(name)
}

#[cfg(unix)]
fn exposed(path: &Path) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let open = fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o077 != 0);
    let what = "others may read it, and with it the sessions of all clients (chmod 600 mends it)";
    open.then(|| format!("{OPTION} {}: {what}", path.display()))
}

#[cfg(not(unix))]
fn exposed(_: &Path) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use tlsmith::{
        auth::Answer,
        session::{Ticketer as _, ticket_keys::NamedKey},
    };
    use tlsmith_crypto::{Secret, aws_lc::AwsLc};

    #[test]
    fn a_missing_file_is_made_and_shared() {
        let directory = tempfile::tempdir().unwrap();
        let (path, now) = (directory.path().join("keys"), UnixTime::now());
        let (one, warnings) = shared(&AwsLc, &path, now).unwrap();
        assert_eq!(warnings, Vec::<String>::new());
        let before = fs::read(&path).unwrap();
        let (two, _) = shared(&AwsLc, &path, now).unwrap();
        assert_eq!(fs::read(&path).unwrap(), before, "it is made once");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left beside it");
        let ticket = one.seal(&AwsLc, b"session", now).unwrap().unwrap();
        let opened = two.open(&AwsLc, &ticket, now);
        assert!(matches!(opened, Answer::Now(Some(session)) if session.as_slice() == b"session"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(shared(&AwsLc, &path, now).unwrap().1[0].contains("others may read it"));
        }
    }

    #[test]
    fn a_list_that_runs_dry_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        // Keys that began so long ago that they seal no more.
        let (then, key) = (UnixTime(1_700_000_000), Secret::new(&[7; 32]));
        let list = TicketKeys::from_keys(vec![NamedKey { name: [1; 16], key, from: then }], 3600).unwrap();
        fs::write(&path, list.export(&AwsLc, then).as_bytes()).unwrap();
        let warnings = shared(&AwsLc, &path, UnixTime::now()).unwrap().1;
        assert!(warnings.iter().any(|warning| warning.contains("no key seals after 2023-")), "{warnings:?}");
    }

    #[test]
    fn what_is_no_key_file_is_a_mistake() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys");
        fs::write(&path, "no keys").unwrap();
        let usage = shared(&AwsLc, &path, UnixTime::now()).unwrap_err();
        assert!(usage.code == "usage.file" && usage.message.contains("--ticket-key-file"), "{usage}");
        let usage = shared(&AwsLc, Path::new("/nonexistent/keys"), UnixTime::now()).unwrap_err();
        assert!(usage.message.ends_with("no such file or directory"), "{usage}");
        assert_eq!(fs::read(&path).unwrap(), b"no keys");
    }
}
