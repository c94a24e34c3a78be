//! The state directory: private, written aside and renamed, guarded by a lock file against concurrent starts.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

/// Files of the state directory are small; a longer one is not ours.
const MAX_FILE: u64 = 64 * 1024;

/// What is wrong with the state directory: a stable code, what, with the path, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateError {
    /// Stable code: `state.unwritable`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl StateError {
    pub(super) fn new(code: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { code, message: message.into(), fix: fix.into() }
    }

    fn io(code: &'static str, what: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(
            code,
            format!("{what} {}: {}", path.display(), words(error)),
            "name a directory that you may write to with --state-dir",
        )
    }
}

/// The system's words without its number.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.fix)
    }
}

impl std::error::Error for StateError {}

/// Who may read a file of the state directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Only the owner: 0600.
    Private,
    /// Everybody who reaches the directory: 0644.
    Public,
}

/// The state directory.
#[derive(Clone, Debug)]
pub(super) struct StateDir {
    path: PathBuf,
}

/// The default place: `tlsmith` in the XDG data directory (`$XDG_DATA_HOME`, or `~/.local/share`).
pub fn default_state_dir() -> Option<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local").join("share")))
        .map(|data| data.join("tlsmith"))
}

impl StateDir {
    /// Opens the directory, made with mode 0700 if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, StateError> {
        // Absolute, so that the path of `ca.pem` that is printed holds from everywhere.
        let path = std::path::absolute(path)
            .map_err(|error| StateError::io("state.unusable", "cannot use the state directory", path, &error))?;
        platform::create_dir(&path)
            .map_err(|error| StateError::io("state.unwritable", "cannot make the state directory", &path, &error))?;
        let metadata = fs::metadata(&path)
            .map_err(|error| StateError::io("state.unusable", "cannot look at the state directory", &path, &error))?;
        if !metadata.is_dir() {
            return Err(StateError::new(
                "state.not_a_directory",
                format!("the state directory {} is a file", path.display()),
                "name a directory with --state-dir",
            ));
        }
        if platform::is_of_another_user(&metadata) {
            return Err(StateError::new(
                "state.of_another_user",
                format!("the state directory {} belongs to another user", path.display()),
                "whoever owns it could put a CA of his own there; name a directory of your own with --state-dir",
            ));
        }
        if platform::writable_by_all(&metadata) {
            return Err(StateError::new(
                "state.open_to_all",
                format!("everybody may write to the state directory {}", path.display()),
                "a CA's key must not lie there, name a directory of your own with --state-dir",
            ));
        }
        Ok(Self { path })
    }

    /// Where a file is.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The directory itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Waits for whoever else is starting on the same directory; holds until the file is dropped.
    pub(super) fn lock(&self) -> Result<File, StateError> {
        let path = self.file("lock");
        let failed = |error: io::Error| StateError::io("state.unwritable", "cannot lock", &path, &error);
        let file =
            platform::options(Access::Private).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(file)
    }

    /// A file's content, none if there is no such file. A private file that others may read is closed to them first.
    pub(super) fn read(&self, name: &str, access: Access) -> Result<Option<Vec<u8>>, StateError> {
        let path = self.file(name);
        let failed = |error: io::Error| StateError::io("state.unreadable", "cannot read", &path, &error);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        if access == Access::Private && platform::close_to_others(&file, &metadata).map_err(failed)? {
            tracing::warn!("{} was readable by others; it is not any more, but its key may be known", path.display());
        }
        let mut content = Vec::with_capacity(usize::try_from(metadata.len().min(MAX_FILE)).unwrap_or(0));
        file.take(MAX_FILE + 1).read_to_end(&mut content).map_err(failed)?;
        if content.len() as u64 > MAX_FILE {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidData, "it is too long to be what it should be")));
        }
        Ok(Some(content))
    }

    /// Writes a file: aside, to the disk, then in one step to its place.
    pub(super) fn write(&self, name: &str, content: &[u8], access: Access) -> Result<(), StateError> {
        let path = self.file(name);
        let aside = self.file(&format!("{name}.new"));
        let failed = |error: io::Error| StateError::io("state.unwritable", "cannot write", &path, &error);
        // What a start left behind that did not come to its end; the lock is held.
        match fs::remove_file(&aside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut file = platform::options(access).write(true).create_new(true).open(&aside).map_err(failed)?;
        file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&aside, &path).map_err(failed)?;
        platform::sync_dir(&self.path).map_err(failed)
    }
}

#[cfg(unix)]
mod platform {
    use super::{Access, File, OpenOptions, Path, fs, io};
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};

    pub(super) fn create_dir(path: &Path) -> io::Result<()> {
        match fs::DirBuilder::new().recursive(true).mode(0o700).create(path) {
            // A file of that name is told apart by the caller.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            result => result,
        }
    }

    pub(super) fn options(access: Access) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.mode(match access {
            Access::Private => 0o600,
            Access::Public => 0o644,
        });
        options
    }

    pub(super) fn writable_by_all(metadata: &fs::Metadata) -> bool {
        metadata.mode() & 0o002 != 0
    }

    /// The system's own user does as he pleases anyway.
    pub(super) fn is_of_another_user(metadata: &fs::Metadata) -> bool {
        ![0, rustix::process::geteuid().as_raw()].contains(&metadata.uid())
    }

    pub(super) fn close_to_others(file: &File, metadata: &fs::Metadata) -> io::Result<bool> {
        if metadata.mode() & 0o077 == 0 {
            return Ok(false);
        }
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        Ok(true)
    }

    pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }
}

#[cfg(not(unix))]
mod platform {
    use super::{Access, File, OpenOptions, Path, fs, io};

    pub(super) fn create_dir(path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    pub(super) fn options(_: Access) -> OpenOptions {
        OpenOptions::new()
    }

    pub(super) fn writable_by_all(_: &fs::Metadata) -> bool {
        false
    }

    pub(super) fn is_of_another_user(_: &fs::Metadata) -> bool {
        false
    }

    pub(super) fn close_to_others(_: &File, _: &fs::Metadata) -> io::Result<bool> {
        Ok(false)
    }

    pub(super) fn sync_dir(_: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_made_is_private() {
        let outer = tempfile::tempdir().unwrap();
        let state = StateDir::open(&outer.path().join("a/b")).unwrap();
        assert_eq!(mode(&outer.path().join("a")), 0o700);
        assert_eq!(mode(state.path()), 0o700);
        state.write("key", b"secret", Access::Private).unwrap();
        state.write("cert", b"public", Access::Public).unwrap();
        assert_eq!(mode(&state.file("key")), 0o600);
        assert_eq!(mode(&state.file("cert")) & 0o700, 0o600);
        assert_eq!(state.read("key", Access::Private).unwrap().unwrap(), b"secret");
        assert!(!state.file("key.new").exists());
    }

    #[test]
    fn leftovers_of_a_broken_start_do_not_hurt() {
        let outer = tempfile::tempdir().unwrap();
        let state = StateDir::open(&outer.path().join("s")).unwrap();
        fs::write(state.file("key.new"), b"half").unwrap();
        state.write("key", b"whole", Access::Private).unwrap();
        assert_eq!(state.read("key", Access::Private).unwrap().unwrap(), b"whole");
    }

    #[test]
    fn an_open_key_is_closed() {
        let outer = tempfile::tempdir().unwrap();
        let state = StateDir::open(&outer.path().join("s")).unwrap();
        fs::write(state.file("key"), b"k").unwrap();
        fs::set_permissions(state.file("key"), fs::Permissions::from_mode(0o644)).unwrap();
        state.read("key", Access::Private).unwrap();
        assert_eq!(mode(&state.file("key")), 0o600);
    }

    #[test]
    fn unfit_directories_are_refused_by_name() {
        let outer = tempfile::tempdir().unwrap();
        let file = outer.path().join("file");
        fs::write(&file, b"").unwrap();
        assert_eq!(StateDir::open(&file).unwrap_err().code, "state.not_a_directory");
        let open = outer.path().join("open");
        fs::create_dir(&open).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(StateDir::open(&open).unwrap_err().code, "state.open_to_all");
        assert_eq!(StateDir::open(&file.join("below")).unwrap_err().code, "state.unwritable");
    }

    /// In a place where all may write, somebody else may have made the directory first, with a CA of his in it.
    #[test]
    fn a_directory_of_another_user_is_refused() {
        let outer = tempfile::tempdir().unwrap();
        let planted = outer.path().join("planted");
        fs::create_dir(&planted).unwrap();
        let stranger = rustix::process::geteuid().as_raw() + 1;
        // Only who is root can make one; for others a directory of root's stands for nothing that could be refused.
        if std::os::unix::fs::chown(&planted, Some(stranger), None).is_ok() {
            assert_eq!(StateDir::open(&planted).unwrap_err().code, "state.of_another_user");
        }
        assert!(!planted.join("lock").exists());
    }

    #[test]
    fn strange_files_are_refused() {
        let outer = tempfile::tempdir().unwrap();
        let state = StateDir::open(&outer.path().join("s")).unwrap();
        fs::create_dir(state.file("dir")).unwrap();
        assert_eq!(state.read("dir", Access::Public).unwrap_err().code, "state.unreadable");
        fs::write(state.file("long"), vec![0; 70_000]).unwrap();
        assert_eq!(state.read("long", Access::Public).unwrap_err().code, "state.unreadable");
        assert_eq!(state.read("none", Access::Public).unwrap(), None);
    }
}
