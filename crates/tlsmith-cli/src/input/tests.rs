use std::fs;

use super::*;

fn parse(text: &str) -> Result<Source, Usage> {
    Source::parse(OsStr::new(text), None)
}

#[test]
fn what_exists_is_a_path_and_the_rest_a_host() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("example.com");
    fs::write(&file, "x").unwrap();
    assert_eq!(parse(file.to_str().unwrap()).unwrap(), Source::File(file.clone()));
    assert_eq!(parse(place.path().to_str().unwrap()).unwrap(), Source::Directory(place.path().to_owned()));
    assert_eq!(parse("-").unwrap(), Source::Stdin);
    let target = |host: &str, port| Source::Host(Target { host: host.into(), port });
    assert_eq!(parse("example.com").unwrap(), target("example.com", 443));
    assert_eq!(parse("[::1]:8443").unwrap(), target("::1", 8443));
    assert_eq!(parse("https://example.com/a.pem").unwrap(), target("example.com", 443));
    let smtp = Source::parse(OsStr::new("mx.example.com"), Some(Protocol::Smtp)).unwrap();
    assert_eq!(smtp, target("mx.example.com", 25));
}

#[test]
fn a_file_that_is_missing_is_not_looked_up_as_a_host() {
    for text in ["missing.pem", "a/b", "./example.com", "server.CRT"] {
        let usage = parse(text).unwrap_err();
        assert!(usage.message.ends_with("no such file or directory"), "{usage}");
    }
}

#[test]
fn directories_are_walked_once() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir_all(place.path().join("b/c")).unwrap();
    for name in ["z.pem", "b/c/a.pem"] {
        fs::write(place.path().join(name), "x").unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(place.path(), place.path().join("b/loop")).unwrap();
    let found = in_directory(place.path()).unwrap();
    assert_eq!(found, [place.path().join("b/c/a.pem"), place.path().join("z.pem")]);
    assert!(in_directory(&place.path().join("none")).is_err());
}

#[test]
fn a_missing_file_is_told_in_one_way() {
    let said = content(Path::new("/nonexistent/x.pem")).unwrap_err();
    assert_eq!(said.message, "/nonexistent/x.pem: no such file or directory");
}
