//! The screens of `tlsmith key`, `csr` and `cert self-signed`.

use super::super::{
    page::{LABEL, Page, names},
    style::{Ink, Style},
    text::safe,
};
use crate::{
    cert::SelfSignedReport,
    csr::{NewReport as CsrNewReport, Request, ShowReport as CsrShowReport},
    key::{KeyTold, NewReport, ShowReport},
};

/// Where the new key is, and what it is.
pub(super) fn new(report: &NewReport, style: &Style) -> String {
    let mut page = Page::new(style);
    page.title(report.file.as_deref().unwrap_or("standard output"));
    page.key(&report.key);
    let under = if report.encrypted { ", under a passphrase (AES-256)" } else { "" };
    page.field("  format", &format!("{}, {}{under}", report.form, report.encoding));
    page.field("  access", "its owner only (0600)");
    let file = report.file.as_deref().unwrap_or("FILE");
    page.text.push('\n');
    page.field(
        "Next",
        &format!("tlsmith csr new --key {file} example.com, or tlsmith cert self-signed --key {file} localhost"),
    );
    page.text
}

/// Each key of a file.
pub(super) fn show(report: &ShowReport, style: &Style) -> String {
    let mut page = Page::new(style);
    page.title(&report.source);
    page.field("  format", report.format);
    for encryption in &report.encryption {
        page.field("  encrypted", &encryption.scheme);
        if encryption.legacy {
            page.field("", "not safe any more");
        }
    }
    if report.encryption.iter().any(|encryption| encryption.legacy) {
        page.field("  mend", "this writes it anew:");
        // A line that is to be copied is not broken.
        page.text.push_str(&format!("{:LABEL$} {}\n", "", safe(&anew(report))));
    }
    for key in &report.keys {
        page.key(key);
    }
    page.skipped(&report.skipped);
    page.text
}

/// The command that writes the same under a passphrase in a way that is safe.
fn anew(report: &ShowReport) -> String {
    let file = match report.source.as_str() {
        source
            if source.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+".contains(c)) && !source.starts_with('-') =>
        {
            source.to_owned()
        }
        // A name that a shell would take apart, and standard input.
        _ => String::from("FILE"),
    };
    match report.format {
        // One entry at a time.
        "PKCS#12" if report.keys.len() > 1 => {
            format!("tlsmith convert {file} --alias NAME --to p12 --out NEW.p12")
        }
        "PKCS#12" => format!("tlsmith convert {file} --to p12 --out NEW.p12"),
        // Whatever stands beside the key.
        "PEM" => format!("tlsmith convert {file} --to pem --encrypt --out NEW.pem"),
        _ => format!("tlsmith convert {file} --to pkcs8 --der --encrypt --out NEW.der"),
    }
}

/// Where the request is, what it says, and where it goes.
pub(super) fn csr_new(report: &CsrNewReport, style: &Style) -> String {
    let mut page = Page::new(style);
    page.title(report.file.as_deref().unwrap_or("standard output"));
    page.request(&report.request);
    if let Some(file) = &report.key_file {
        page.field("  new key in", &format!("{file}, for its owner only (0600)"));
    }
    page.text.push('\n');
    page.field("Next", "send the request to a CA. The key stays here: no CA needs it.");
    page.text
}

/// Each request of a file.
pub(super) fn csr_show(report: &CsrShowReport, style: &Style) -> String {
    let mut page = Page::new(style);
    for (index, request) in report.requests.iter().enumerate() {
        if index > 0 {
            page.text.push('\n');
        }
        page.title(&report.source);
        page.request(request);
    }
    page.skipped(&report.skipped);
    page.text
}

/// The certificate, and what it is not good for.
pub(super) fn self_signed(report: &SelfSignedReport, style: &Style) -> String {
    let mut page = Page::new(style);
    let certificate = &report.certificate;
    page.title(report.file.as_deref().unwrap_or("standard output"));
    page.field("  subject", &or_empty(&certificate.subject));
    page.field("  names", &names(&certificate.sans, style.verbose));
    // It begins now, and both ends belong to it: what is left is all of it.
    page.validity(&certificate.not_before, &certificate.not_after, &report.time, certificate.lifetime_days);
    page.field("  key", &certificate.key);
    page.field("  SHA-256", &certificate.sha256);
    page.field("  SPKI pin", &certificate.spki_pin);
    if let Some(file) = &report.key_file {
        page.field("  new key in", &format!("{file}, for its owner only (0600)"));
    }
    page.text.push_str(&format!("\n{}\n", style.paint(Ink::Warn, "Not good for")));
    for what in report.not_good_for {
        page.item(what);
    }
    page.text
}

fn or_empty(subject: &str) -> String {
    if subject.is_empty() { String::from("(empty)") } else { subject.to_owned() }
}

impl Page<'_> {
    fn key(&mut self, key: &KeyTold) {
        self.field("  key", &key.kind);
        if let Some(name) = &key.name {
            self.field("  name", name);
        }
        self.field("  SPKI pin", &key.spki_pin);
        if self.style.verbose {
            self.field("  SPKI SHA-256", &key.spki_sha256);
            self.field("  forms", &key.forms.join(", "));
        }
    }

    fn request(&mut self, request: &Request) {
        self.field("  subject", &or_empty(&request.subject));
        if !request.sans.is_empty() {
            self.field("  names", &names(&request.sans, self.style.verbose));
        }
        self.field("  key", &request.key);
        self.field("  SPKI pin", &request.spki_pin);
        self.field("  signed with", &request.signature);
        match (&request.not_checked, &request.verify_error) {
            (Some(why), _) => self.field("  verified", &format!("not checked: {why}")),
            (None, Some(error)) => self.field("  verified", &format!("NO: {error}")),
            (None, None) => self.field("  verified", "yes: who made it has the private key"),
        }
        if request.challenge_password {
            self.field("  challenge", "it holds a challengePassword, which everybody who sees it can read");
        }
        for attribute in &request.attributes {
            let name = attribute.name.unwrap_or(&attribute.oid);
            // The password has its own line, and is not shown.
            if attribute.name == Some("challengePassword") {
                continue;
            }
            match self.style.verbose {
                true => {
                    self.field("  attribute", &format!("{name} ({}): {}", attribute.oid, attribute.values.join("; ")))
                }
                false => self.field("  attribute", name),
            }
        }
        // The names stand above already.
        for extension in
            request.extensions.iter().filter(|extension| self.style.verbose || extension.name != Some("subjectAltName"))
        {
            self.extension(extension);
        }
    }
}
