//! Chromium, headless, with a profile of its own that trusts one more CA.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::process::{Ended, must_run, run};

/// A profile; dropped, it is gone.
#[derive(Debug)]
pub struct Chromium {
    home: TempDir,
}

impl Chromium {
    /// A profile that trusts the CA in this file besides the usual ones.
    pub fn trusting(ca: &Path) -> Self {
        let home = tempfile::Builder::new().prefix("tlsmith-chromium-").tempdir().unwrap();
        let nss = home.path().join(".pki/nssdb");
        std::fs::create_dir_all(&nss).unwrap();
        let database = format!("sql:{}", nss.display());
        must_run(Command::new("certutil").args(["-N", "--empty-password", "-d", &database]));
        must_run(Command::new("certutil").args(["-A", "-t", "C,,", "-n", "test", "-d", &database, "-i"]).arg(ca));
        Self { home }
    }

    /// Loads the page and returns its document as it stands in the end.
    pub fn document(&self, url: &str) -> Ended {
        run(self.command().arg("--dump-dom").arg(url))
    }

    /// Loads the page and takes a picture of it (1280 by 1600).
    pub fn screenshot(&self, url: &str, file: &Path) -> Ended {
        run(self
            .command()
            .arg(format!("--screenshot={}", file.display()))
            .arg("--window-size=1280,1600")
            .arg("--hide-scrollbars")
            .arg(url))
    }

    fn command(&self) -> Command {
        let mut command = Command::new("chromium");
        command.env("HOME", self.home.path()).env_remove("XDG_CONFIG_HOME").env_remove("DBUS_SESSION_BUS_ADDRESS");
        command.args([
            "--headless=new",
            "--disable-gpu",
            "--no-first-run",
            "--no-proxy-server",
            "--disable-extensions",
        ]);
        command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        command.arg(format!("--user-data-dir={}", self.profile().display()));
        // Its sandbox refuses to run as root, as tests in a container do.
        if std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
            command.arg("--no-sandbox");
        }
        command
    }

    fn profile(&self) -> PathBuf {
        self.home.path().join("profile")
    }
}
