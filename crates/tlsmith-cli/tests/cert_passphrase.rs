//! `tlsmith cert` on what is under a passphrase.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod common;

use std::{fs, path::Path, process::Command, sync::LazyLock};

use common::{Run, run_with};
use tlsmith_testkit::certs::{KeyKind, Pki};

static PKI: LazyLock<Pki> = LazyLock::new(|| Pki::new(KeyKind::P256));

fn cert(arguments: &[&str]) -> Run {
    run_with(b"", &[&["cert"], arguments].concat())
}

fn openssl(arguments: &str, files: &[(&str, &Path)]) {
    let mut command = Command::new("openssl");
    command.args(arguments.split(' '));
    for (option, file) in files {
        command.arg(option).arg(file);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A PKCS#12 file in a directory of its own, and the file with its passphrase elsewhere.
fn store(name: &str) -> (String, String, String) {
    let (directory, pass) = (PKI.dir().join(name), PKI.dir().join(format!("{name}.pass")));
    fs::create_dir(&directory).unwrap();
    let file = directory.join("store.p12");
    let server = &PKI.server;
    let files = [("-in", server.chain.as_path()), ("-inkey", &server.key), ("-out", &file)];
    openssl("pkcs12 -export -passout pass:geheim", &files);
    fs::write(&pass, "geheim\n").unwrap();
    [file, pass, directory].map(|path| path.to_str().unwrap().to_owned()).into()
}

#[test]
fn every_command_opens_pkcs12() {
    let (file, pass, directory) = store("every");
    let root = PKI.root().to_str().unwrap();
    let leaf = PKI.server.leaf.to_str().unwrap();
    for (arguments, code) in [
        (&["show", &file][..], 0),
        (&["verify", &file, "--ca", root], 0),
        (&["chain", &file, "--ca", root], 0),
        (&["check", &file, "--days", "1"], 0),
        (&["check", &directory, "--days", "1"], 0),
        (&["pin", &file], 0),
        (&["diff", &file, &file], 0),
        (&["match", leaf, &file], 0),
    ] {
        let run = cert(&[arguments, &["--passphrase-file", &pass, "--json"]].concat());
        assert_eq!(run.code, code, "{arguments:?}: {run:?}");
        // Nobody is there to be asked.
        let run = cert(&[arguments, &["--json"]].concat());
        let document = String::from_utf8_lossy(&run.stdout).into_owned();
        let expected = if arguments[0] == "check" { 1 } else { 2 };
        assert_eq!((run.code, document.contains("usage.passphrase")), (expected, true), "{arguments:?}: {run:?}");
        let run = cert(&[arguments, &["--passphrase", "falsch", "--json"]].concat());
        assert_eq!(run.code, expected, "{arguments:?}: {run:?}");
        assert!(!run.stderr.contains("falsch"), "{run:?}");
    }
}

/// A passphrase that nothing needs is not asked for.
#[test]
fn a_key_that_is_locked_away_is_nobodys_matter_but_that_of_match() {
    let key = PKI.dir().join("locked.key");
    openssl("pkcs8 -topk8 -passout pass:geheim", &[("-in", &PKI.server.key), ("-out", &key)]);
    let bundle = PKI.dir().join("locked.pem");
    let content = fs::read_to_string(&PKI.server.chain).unwrap() + &fs::read_to_string(&key).unwrap();
    fs::write(&bundle, content).unwrap();
    let (bundle, key) = (bundle.to_str().unwrap(), key.to_str().unwrap());
    let run = cert(&["show", bundle]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    // A file that was named has to be there all the same.
    let run = cert(&["show", bundle, "--passphrase-file", "missing"]);
    assert_eq!((run.code, run.stderr.contains("--passphrase-file missing: no such file")), (2, true), "{run:?}");
    let leaf = PKI.server.leaf.to_str().unwrap();
    for arguments in [&["match", bundle][..], &["match", leaf, key]] {
        let run = cert(arguments);
        assert_eq!((run.code, run.stderr.contains("--passphrase-file")), (2, true), "{run:?}");
        let run = cert(&[arguments, &["--passphrase", "geheim"]].concat());
        assert_eq!(run.code, 0, "{run:?}");
    }
}
