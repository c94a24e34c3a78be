//! Directories: the files below that hold certificates.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{exit::Usage, files::describe};

/// Deeper than this nobody keeps certificates; a loop of links ends here as well.
const DEPTH: usize = 8;
/// More files than this are not looked at.
const MAX_FILES: usize = 10_000;
/// The longest file that may be a bundle; others are not read.
const MAX_BUNDLE: u64 = 4 << 20;

/// The files below `path` that may hold certificates, in the order of their names; whether they do, reading them tells.
pub(crate) fn in_directory(path: &Path) -> Result<Vec<PathBuf>, Usage> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    // The directory itself has to be readable; what is below may be somebody else's.
    list(path).map_err(|what| Usage::new("usage.file", format!("{}: {what}", path.display()), ""))?;
    walk(path, 0, &mut seen, &mut found)?;
    Ok(found)
}

fn list(path: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(path).map_err(|error| describe(&error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

fn walk(path: &Path, depth: usize, seen: &mut HashSet<PathBuf>, found: &mut Vec<PathBuf>) -> Result<(), Usage> {
    // By links the same directory can be reached twice.
    let is_new = fs::canonicalize(path).is_ok_and(|real| seen.insert(real));
    if depth > DEPTH || !is_new {
        return Ok(());
    }
    for entry in list(path).unwrap_or_default() {
        let Ok(metadata) = fs::metadata(&entry) else { continue };
        if metadata.is_dir() {
            walk(&entry, depth + 1, seen, found)?;
        } else if metadata.is_file() && metadata.len() <= MAX_BUNDLE {
            found.push(entry);
        }
        if found.len() > MAX_FILES {
            let what = format!("{}: more than {MAX_FILES} files", path.display());
            return Err(Usage::new("usage.file", what, "name the directories that hold certificates"));
        }
    }
    Ok(())
}
