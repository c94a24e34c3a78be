//! Kept until it ends, replaced when it is damaged, never more than fits.

use super::*;

const KEY: Key<'_> = Key::Crl("http://crl.example/1.crl");

fn cache() -> (tempfile::TempDir, Cache) {
    let directory = tempfile::tempdir().unwrap();
    let cache = Cache::new(directory.path().join("deep").join("cache"));
    (directory, cache)
}

#[test]
fn an_entry_is_there_until_its_last_second_and_for_its_key_alone() {
    let (_directory, cache) = cache();
    assert_eq!(cache.get(KEY, UnixTime(0)), None);
    cache.put(KEY, b"body", UnixTime(100)).unwrap();
    assert_eq!(cache.get(KEY, UnixTime(100)).as_deref(), Some(&b"body"[..]));
    assert_eq!(cache.get(KEY, UnixTime(101)), None);
    assert_eq!(cache.get(Key::Issuer("http://crl.example/1.crl"), UnixTime(0)), None);
    assert_eq!(cache.get(Key::Ocsp("http://crl.example/1.crl", b""), UnixTime(0)), None);
    cache.put(KEY, b"other", UnixTime(200)).unwrap();
    assert_eq!(cache.get(KEY, UnixTime(101)).as_deref(), Some(&b"other"[..]));
}

#[test]
fn what_was_damaged_is_passed_over_and_replaced() {
    let (_directory, cache) = cache();
    cache.put(KEY, b"body", UnixTime(100)).unwrap();
    let path = cache.path(KEY);
    let whole = fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&path, &damaged).unwrap();
        assert_eq!(cache.get(KEY, UnixTime(0)), None, "{at}");
        fs::write(&path, &whole[..at]).unwrap();
        assert_eq!(cache.get(KEY, UnixTime(0)), None, "cut at {at}");
    }
    cache.put(KEY, b"new", UnixTime(100)).unwrap();
    assert_eq!(cache.get(KEY, UnixTime(0)).as_deref(), Some(&b"new"[..]));
    // Nothing is left aside.
    assert_eq!(fs::read_dir(cache.directory()).unwrap().count(), 1);
}

#[test]
fn the_oldest_go_when_the_room_ends_and_other_files_stay() {
    let (_directory, cache) = cache();
    let cache = cache.limited_to(3 * (HEAD as u64 + 100));
    let url = |index: u64| format!("http://crl.example/{index}.crl");
    fs::create_dir_all(cache.directory()).unwrap();
    fs::write(cache.directory().join("notes.txt"), b"mine").unwrap();
    for index in 0..5 {
        let url = url(index);
        cache.put(Key::Crl(&url), &[7; 100], UnixTime(100)).unwrap();
        let written = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(index);
        File::options().write(true).open(cache.path(Key::Crl(&url))).unwrap().set_modified(written).unwrap();
    }
    let there: Vec<bool> = (0..5).map(|index| cache.get(Key::Crl(&url(index)), UnixTime(0)).is_some()).collect();
    assert_eq!(there, [false, false, true, true, true]);
    assert!(cache.directory().join("notes.txt").exists());
    // What would never fit is not kept, and costs nothing else its place.
    cache.put(KEY, &[0; 1000], UnixTime(100)).unwrap();
    assert_eq!(fs::read_dir(cache.directory()).unwrap().count(), 4);
}

/// A directory, or a pipe in which nobody writes: neither is waited for, and a directory is nobody's to remove.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_passed_over() {
    let (_directory, cache) = cache();
    let path = cache.path(KEY);
    fs::create_dir_all(&path).unwrap();
    assert_eq!(cache.get(KEY, UnixTime(0)), None);
    assert!(cache.put(KEY, b"body", UnixTime(100)).is_err() && path.is_dir());
    assert_eq!(fs::read_dir(cache.directory()).unwrap().count(), 1);
    fs::remove_dir(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    assert_eq!(cache.get(KEY, UnixTime(0)), None);
    cache.put(KEY, b"body", UnixTime(100)).unwrap();
    assert_eq!(cache.get(KEY, UnixTime(0)).as_deref(), Some(&b"body"[..]));
}

#[cfg(unix)]
#[test]
fn the_directory_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_directory, cache) = cache();
    cache.put(KEY, b"body", UnixTime(100)).unwrap();
    assert_eq!(fs::metadata(cache.directory()).unwrap().permissions().mode() & 0o777, 0o700);
}
