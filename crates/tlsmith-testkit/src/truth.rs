//! What OpenSSL says about a certificate: the truth that `tlsmith connect --json` is held against.

use std::{path::Path, process::Command};

use serde_json::Value;

use crate::{
    config::sha256,
    peers::between,
    process::{must_run, run},
};

/// A certificate as OpenSSL reads it.
#[derive(Clone, Debug)]
pub struct Truth {
    subject: String,
    issuer: String,
    not_before: String,
    not_after: String,
    serial: String,
    sha256: String,
    spki_sha256: String,
}

impl Truth {
    /// The first certificate of a PEM file.
    pub fn of(file: &Path) -> Self {
        let text = must_run(
            Command::new("openssl")
                .args(["x509", "-noout", "-subject", "-issuer", "-nameopt", "RFC2253", "-dates"])
                .args(["-dateopt", "iso_8601", "-serial", "-fingerprint", "-sha256", "-in"])
                .arg(file),
        );
        let field = |name: &str| between(&text, name, "\n").unwrap_or_else(|| panic!("no {name} in {text}")).to_owned();
        let time = |name: &str| field(name).replace(' ', "T");
        let public = must_run(Command::new("openssl").args(["x509", "-noout", "-pubkey", "-in"]).arg(file));
        let public_file = file.with_extension("pub");
        std::fs::write(&public_file, public).unwrap();
        let spki =
            run(Command::new("openssl").args(["pkey", "-pubin", "-outform", "DER", "-in"]).arg(&public_file)).stdout;
        Self {
            subject: field("subject="),
            issuer: field("issuer="),
            not_before: time("notBefore="),
            not_after: time("notAfter="),
            serial: field("serial=").to_lowercase(),
            sha256: field("ingerprint=").replace(':', "").to_lowercase(),
            spki_sha256: sha256(&spki),
        }
    }

    /// Checks an entry of `chain`.
    pub fn check(&self, context: &str, entry: &Value) {
        for (key, truth) in [
            ("subject", &self.subject),
            ("issuer", &self.issuer),
            ("not_before", &self.not_before),
            ("not_after", &self.not_after),
            ("sha256", &self.sha256),
            ("spki_sha256", &self.spki_sha256),
        ] {
            assert_eq!(entry[key].as_str(), Some(truth.as_str()), "{context}: {key}");
        }
        let serial = entry["serial"].as_str().unwrap().trim_start_matches('0');
        assert_eq!(serial, self.serial.trim_start_matches('0'), "{context}: serial");
    }
}
