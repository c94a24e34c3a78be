//! The screen of `tlsmith cert show`.

use super::{
    super::{
        page::{Page, names},
        style::{Ink, Style},
        text::{safe, wrap},
    },
    certificates,
};
use crate::cert::{Entry, Extension, ShowReport, ShownServer};

/// Each source with its certificates.
pub(super) fn screen(report: &ShowReport, style: &Style) -> String {
    let mut page = Page::new(style);
    for (index, source) in report.sources.iter().enumerate() {
        if index > 0 {
            page.text.push('\n');
        }
        let title = style.paint(Ink::Strong, &safe(&source.source));
        match &source.error {
            Some(error) => {
                page.text.push_str(&format!("{title}  {}\n\n", style.paint(Ink::Bad, "FAILED")));
                page.error("", error);
            }
            None => page.text.push_str(&format!("{title}  {}\n", certificates(source.certificates.len()))),
        }
        if let Some(server) = &source.server {
            page.text.push('\n');
            page.server(server);
        }
        for (index, entry) in source.certificates.iter().enumerate() {
            page.text.push('\n');
            page.certificate(index, entry, &report.time);
        }
        for skipped in &source.skipped {
            page.text.push('\n');
            page.field("passed over", skipped);
        }
    }
    page.text
}

impl Page<'_> {
    fn server(&mut self, server: &ShownServer) {
        for (label, value) in [("Address", &server.address), ("Protocol", &server.protocol)] {
            if let Some(value) = value {
                self.field(label, value);
            }
        }
        let stapled: Vec<&str> = [(server.ocsp_stapled, "an OCSP response"), (server.scts_sent, "SCTs")]
            .into_iter()
            .filter_map(|(is_there, what)| is_there.then_some(what))
            .collect();
        if !stapled.is_empty() {
            self.field("Sent along", &stapled.join(", "));
        }
    }

    fn certificate(&mut self, index: usize, entry: &Entry, now: &str) {
        let title = self.style.paint(Ink::Strong, &format!("Certificate {index}"));
        self.text.push_str(&format!("{title}{}\n", kind(entry)));
        let named = |name: &str| if name.is_empty() { String::from("(empty)") } else { name.to_owned() };
        self.field("  subject", &named(&entry.subject));
        self.field("  issuer", &named(&entry.issuer));
        if !entry.sans.is_empty() {
            self.field("  names", &names(&entry.sans, self.style.verbose));
        }
        self.validity(&entry.not_before, &entry.not_after, now, entry.days_left);
        self.field("  key", &entry.key);
        self.field("  signed with", &entry.signature);
        self.field("  usage", &usage(entry));
        self.field("  serial", &entry.serial);
        self.field("  SHA-256", &entry.sha256);
        self.field("  SHA-1", &entry.sha1);
        self.field("  SPKI pin", &entry.spki_pin);
        if self.style.verbose {
            self.field("  version", &entry.version.to_string());
            for extension in &entry.extensions {
                self.extension(extension);
            }
        }
    }

    /// An extension, decoded.
    pub(in crate::render) fn extension(&mut self, extension: &Extension) {
        let critical = if extension.critical { " (critical)" } else { "" };
        let title = match extension.name {
            Some(name) => format!("{name}{critical}"),
            None => format!("{}{critical}", extension.oid),
        };
        self.text.push_str(&format!("  {}\n", self.style.paint(Ink::Faint, &title)));
        let room = self.style.width.saturating_sub(6);
        for line in &extension.lines {
            let text = line.trim_start();
            // The indentation of an outline says what is inside of what.
            let indent = line.len() - text.len();
            for part in wrap(&safe(text), room.saturating_sub(indent)) {
                self.text.push_str(&format!("      {:indent$}{part}\n", ""));
            }
        }
    }
}

fn kind(entry: &Entry) -> String {
    let what = match (entry.ca, entry.self_issued, entry.path_length) {
        (true, true, None) => String::from("root CA"),
        (true, true, Some(count)) => format!("root CA, {} below it", crate::cert::cas(count)),
        (true, false, None) => String::from("CA"),
        (true, false, Some(count)) => format!("CA, {} below it", crate::cert::cas(count)),
        (false, true, _) => String::from("self-signed"),
        (false, false, _) => return String::new(),
    };
    format!("  {what}")
}

/// What the key is for, and what the certificate is for.
fn usage(entry: &Entry) -> String {
    match (&entry.key_usage, &entry.extended_key_usage) {
        (None, None) => String::from("any"),
        (Some(key), None) => key.join(", "),
        (None, Some(purposes)) => format!("for {}", purposes.join(", ")),
        (Some(key), Some(purposes)) => format!("{}; for {}", key.join(", "), purposes.join(", ")),
    }
}
