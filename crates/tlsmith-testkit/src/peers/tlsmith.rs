//! Our own binary, `tlsmith`, as a user runs it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The target directory: that of the test that runs.
pub fn target_dir() -> PathBuf {
    profile_dir().parent().unwrap().to_owned()
}

/// `target/debug` or `target/release`: a test stands in `deps` below it.
fn profile_dir() -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let dir = exe.parent().unwrap();
    if dir.ends_with("deps") { dir.parent().unwrap().to_owned() } else { dir.to_owned() }
}

/// The binary: `TLSMITH_BIN`, or the one that was built beside the test.
pub fn binary() -> PathBuf {
    let path = std::env::var_os("TLSMITH_BIN").map_or_else(|| profile_dir().join("tlsmith"), PathBuf::from);
    assert!(path.is_file(), "{}: build it first: cargo build -p tlsmith-cli", path.display());
    path
}

/// A command of it that no environment of the user changes.
pub fn command() -> Command {
    let mut command = Command::new(binary());
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR").env_remove("SSLKEYLOGFILE").env_remove("RUST_LOG");
    command.env("NO_COLOR", "1");
    command
}

/// `tlsmith connect`, trusting `ca`.
pub fn connect(ca: &Path) -> Command {
    let mut command = command();
    command.arg("connect").arg("--ca").arg(ca);
    command
}
