//! Writing files: aside first, then in one step under their names, all of them or none where none were. Private keys are for their owner
//! alone, nothing that exists is overwritten without being asked, and no private key that is read at all.

use std::{
    fs,
    io::{IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use crate::{
    exit::{Exit, Usage},
    files, render,
};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Its owner alone: mode 0600.
    Private,
    /// Whoever the umask lets.
    Public,
}

/// A file that is not yet under its name.
#[derive(Debug)]
struct Aside {
    content: NamedTempFile,
    /// The name that it gets: its directory in the canonical way, no symbolic link.
    place: PathBuf,
    /// The name as it was given.
    named: PathBuf,
}

/// Files that are written, but not yet under their names.
#[derive(Debug)]
pub(crate) struct Output {
    force: bool,
    files: Vec<Aside>,
    /// Where private keys are read from, in the canonical way.
    spared: Vec<PathBuf>,
}

impl Output {
    /// `force` is the option of that name: existing files are overwritten.
    pub(crate) fn new(force: bool) -> Self {
        Self { force, files: Vec::new(), spared: Vec::new() }
    }

    /// A private key is read from this file, and would be lost if it were written over: it is not, with `--force` neither.
    pub(crate) fn spare(&mut self, path: &Path) {
        // A file may stand behind standard input, too. What has no place cannot be written over.
        let path = if is_stdout(path) { Path::new(STDIN) } else { path };
        self.spared.extend(path.canonicalize());
    }

    /// Whether a file of this name may be written; asked before work is done for it.
    pub(crate) fn check(&self, path: &Path) -> Result<(), Usage> {
        const FIX: &str = "overwrite it with --force, or write to another";
        if path.canonicalize().is_ok_and(|place| self.spared.contains(&place)) {
            let what = "the private key that is read from it would be lost";
            return Err(fail(path, what, "write to another file"));
        }
        match (fs::metadata(path), fs::read_link(path)) {
            (Ok(metadata), _) if !metadata.is_file() => Err(fail(path, "it is not a regular file", "")),
            (Ok(_), _) if !self.force => Err(fail(path, "it exists", FIX)),
            (Err(_), Ok(to)) if !self.force => {
                let what = format!("it exists: a symbolic link to {}, which is not there", to.display());
                Err(fail(path, &what, FIX))
            }
            _ => Ok(()),
        }
    }

    /// Writes `content` aside, in the directory of `path`.
    pub(crate) fn add(&mut self, path: &Path, content: &[u8], access: Access) -> Result<(), Usage> {
        self.check(path)?;
        let failed = |error: std::io::Error| fail(path, &files::describe(&error), "");
        // A link stays one: what it points to is written.
        let place = behind_links(path).map_err(|what| fail(path, what, ""))?;
        // However they are spelt: `x.pem` and `./x.pem` are one file.
        let directory = directory(&place).canonicalize().map_err(failed)?;
        let place = directory.join(place.file_name().ok_or_else(|| fail(path, "it is not a file name", ""))?);
        if self.files.iter().any(|other| other.place == place) {
            return Err(fail(path, "two things cannot be written to the same file", ""));
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".tlsmith-");
        #[cfg(unix)]
        if access == Access::Public {
            // Less what the umask takes away. Without this it is 0600.
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        }
        let mut aside = builder.tempfile_in(directory).map_err(failed)?;
        aside.write_all(content).and_then(|()| aside.as_file().sync_all()).map_err(failed)?;
        self.files.push(Aside { content: aside, place, named: path.to_owned() });
        Ok(())
    }

    /// Puts all of them under their names. If one cannot be, those before it are taken away again where none stood before;
    /// with `--force`, where some did, what is written stays.
    pub(crate) fn commit(self) -> Result<(), Usage> {
        let mut written: Vec<PathBuf> = Vec::new();
        for Aside { content, place, named } in self.files {
            let persisted = match self.force {
                true => content.persist(&place),
                false => content.persist_noclobber(&place),
            };
            if let Err(error) = persisted {
                if !self.force {
                    // Nothing can be done about one that cannot be taken away; the error says that it did not go well.
                    written.iter().for_each(|path| drop(fs::remove_file(path)));
                }
                return Err(fail(&named, &files::describe(&error.error), ""));
            }
            written.push(place);
        }
        Ok(())
    }
}

/// Where the one thing that a command makes goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    /// Standard output.
    Stdout,
    /// A file.
    File(&'a Path),
}

impl<'a> Target<'a> {
    /// Standard output if no file is named, or `-`; but not where a report has to stand there, nor binary on a terminal.
    pub(crate) fn new(out: Option<&'a Path>, binary: bool, json: bool) -> Result<Self, Usage> {
        match out.filter(|path| !is_stdout(path)) {
            Some(path) => Ok(Self::File(path)),
            None if json => {
                let message = "with --json the report stands on standard output";
                Err(Usage::new("usage.output", message, "say with --out where the rest is to go"))
            }
            None if binary && std::io::stdout().is_terminal() => {
                let message = "what is made is binary, and standard output is a terminal";
                Err(Usage::new("usage.output", message, "name a file with --out"))
            }
            None => Ok(Self::Stdout),
        }
    }

    /// Whether it may be written; asked before work is done for it.
    pub(crate) fn check(&self, output: &Output) -> Result<(), Usage> {
        match self {
            Self::File(path) => output.check(path),
            Self::Stdout => Ok(()),
        }
    }

    /// The file, for reports.
    pub(crate) fn name(&self) -> Option<String> {
        match self {
            Self::File(path) => Some(path.display().to_string()),
            Self::Stdout => None,
        }
    }

    /// Adds it to `output`; on standard output it is written at once, which ends the command.
    pub(crate) fn write(&self, output: &mut Output, content: &[u8], access: Access) -> Result<Option<Exit>, Usage> {
        match self {
            Self::File(path) => output.add(path, content, access).map(|()| None),
            Self::Stdout => render::bytes(content).map(|()| Some(Exit::Good)),
        }
    }
}

/// The name that standard input has among files, where it has one.
const STDIN: &str = "/dev/stdin";

/// Standard output by its name among files.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// The file that a symbolic link points to in the end, whether it is there or not; `path` itself if it is none. Else why it is not followed.
fn behind_links(path: &Path) -> Result<PathBuf, &'static str> {
    /// As many as Linux follows (path_resolution(7)).
    const LINKS: usize = 40;
    let mut place = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&place) {
            Ok(_) if is_strangers(&place) => {
                return Err("a symbolic link of somebody else's, in a directory for everybody");
            }
            Ok(to) => place = directory(&place).join(to),
            Err(_) => return Ok(place),
        }
    }
    Err("too many levels of symbolic links")
}

/// A link in a directory where everybody may write (/tmp), which belongs neither to whoever runs this nor to the directory's
/// owner: as Linux, it is not followed (fs.protected_symlinks, proc_sys_fs(5)).
#[cfg(unix)]
fn is_strangers(link: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    /// Sticky, and writable for everybody.
    const FOR_EVERYBODY: u32 = 0o1002;
    let (Ok(link), Ok(place)) = (fs::symlink_metadata(link), fs::metadata(directory(link))) else { return true };
    // What this process makes is its user's.
    let own = tempfile::tempfile().and_then(|file| file.metadata()).map(|metadata| metadata.uid());
    let is_own = own.is_ok_and(|own| own == link.uid());
    place.mode() & FOR_EVERYBODY == FOR_EVERYBODY && !is_own && link.uid() != place.uid()
}

#[cfg(not(unix))]
fn is_strangers(_: &Path) -> bool {
    false
}

/// The directory that a file is in.
fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn fail(path: &Path, what: &str, fix: &str) -> Usage {
    Usage::new("usage.output", format!("{}: {what}", path.display()), fix)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn all_or_nothing_and_private() {
        let directory = tempfile::tempdir().unwrap();
        let (key, cert) = (directory.path().join("key"), directory.path().join("cert"));
        let mut output = Output::new(false);
        output.add(&key, b"secret", Access::Private).unwrap();
        output.add(&cert, b"public", Access::Public).unwrap();
        assert!(output.add(&cert, b"again", Access::Public).is_err());
        let otherwise = directory.path().join("..").join(directory.path().file_name().unwrap()).join("cert");
        assert!(output.add(&otherwise, b"again", Access::Public).is_err());
        assert!(!key.exists());
        output.commit().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&key), 0o600);
        assert_eq!(mode(&cert) & 0o600, 0o600);
        assert_eq!(fs::read(&cert).unwrap(), b"public");

        let mut output = Output::new(false);
        assert!(output.add(&key, b"x", Access::Private).unwrap_err().message.contains("it exists"));
        // It came to be after it was looked for.
        let (first, second) = (directory.path().join("first"), directory.path().join("second"));
        output.add(&first, b"1", Access::Public).unwrap();
        output.add(&second, b"2", Access::Public).unwrap();
        fs::write(&second, b"of somebody else").unwrap();
        assert!(output.commit().is_err());
        assert!(!first.exists());
        assert_eq!(fs::read(&second).unwrap(), b"of somebody else");

        let mut output = Output::new(true);
        output.add(&key, b"new", Access::Private).unwrap();
        assert!(output.add(directory.path(), b"x", Access::Public).is_err());
        output.commit().unwrap();
        assert_eq!((fs::read(&key).unwrap().as_slice(), mode(&key)), (&b"new"[..], 0o600));
        // Nothing stays beside them.
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 3);
    }

    #[test]
    fn a_key_that_is_read_is_not_written_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("key"), "secret").unwrap();
        fs::write(path("other"), "old").unwrap();
        fs::create_dir(path("there")).unwrap();
        std::os::unix::fs::symlink("key", path("link")).unwrap();
        std::os::unix::fs::symlink("link", path("far")).unwrap();
        for read in ["key", "far", "there/../key"] {
            for force in [false, true] {
                let mut output = Output::new(force);
                output.spare(&path(read));
                for written in ["key", "link", "far", "there/../link"] {
                    let said = output.add(&path(written), b"x", Access::Public).unwrap_err();
                    assert!(said.message.ends_with("the private key that is read from it would be lost"), "{said}");
                    assert_eq!(said.fix, "write to another file");
                }
            }
        }
        // What is not there is nobody's.
        let mut output = Output::new(true);
        output.spare(&path("missing"));
        output.add(&path("missing"), b"x", Access::Public).unwrap();
        output.add(&path("other"), b"new", Access::Public).unwrap();
        output.commit().unwrap();
        assert_eq!(
            (fs::read(path("key")).unwrap(), fs::read(path("other")).unwrap()),
            (b"secret".into(), b"new".into())
        );
    }

    #[test]
    fn a_link_stays_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::create_dir(path("there")).unwrap();
        fs::write(path("there/real"), "old").unwrap();
        for (link, to) in [("near", "there/real"), ("far", "near"), ("dangling", "there/new"), ("endless", "endless")] {
            std::os::unix::fs::symlink(to, path(link)).unwrap();
        }
        for link in ["near", "far", "dangling", "endless"] {
            let said = Output::new(false).add(&path(link), b"x", Access::Public).unwrap_err();
            assert!(said.message.contains("it exists") && said.fix.contains("--force"), "{said}");
        }
        let mut output = Output::new(true);
        output.add(&path("far"), b"new", Access::Private).unwrap();
        assert!(output.add(&path("near"), b"again", Access::Public).unwrap_err().message.contains("the same file"));
        output.add(&path("dangling"), b"new", Access::Private).unwrap();
        assert!(output.add(&path("endless"), b"x", Access::Public).unwrap_err().message.contains("too many levels"));
        output.commit().unwrap();
        for (link, real) in [("near", "there/real"), ("far", "there/real"), ("dangling", "there/new")] {
            assert!(path(link).is_symlink(), "{link}");
            assert_eq!(fs::read(path(real)).unwrap(), b"new");
        }
        assert_eq!(fs::read_dir(path("there")).unwrap().count(), 2);
    }

    #[test]
    fn a_strangers_link_in_a_directory_for_everybody_is_not_followed() {
        use std::os::unix::fs::lchown;
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink("target", &link).unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        Output::new(true).add(&link, b"x", Access::Private).unwrap();
        // Only root can make somebody else's link; whoever is not has seen that his own is followed.
        if lchown(&link, Some(4_242), None).is_err() {
            return;
        }
        let said = Output::new(true).add(&link, b"x", Access::Private).unwrap_err();
        assert!(said.message.contains("somebody else's"), "{said}");
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Output::new(true).add(&link, b"x", Access::Private).unwrap();
    }

    #[test]
    fn a_hyphen_is_standard_output() {
        assert!(matches!(Target::new(Some(Path::new("-")), false, false), Ok(Target::Stdout)));
        assert!(Target::new(Some(Path::new("-")), false, true).unwrap_err().message.contains("--json"));
    }
}
