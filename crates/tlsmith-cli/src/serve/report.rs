//! What is said once it serves: where, as whom, and how to try it.

use std::{
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
};

use serde::Serialize;
use tlsmith_proxy::shell_quote;
use tlsmith_x509::Certificate;

use super::plan::Plan;
use crate::render::text::{safe, wrap};

/// Width of the column of labels.
const LABEL: usize = 13;

/// What is served, and where.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) listening: Vec<String>,
    pub(crate) urls: Vec<String>,
    /// `demo` or `proxy`: who answers requests.
    pub(crate) mode: &'static str,
    pub(crate) backend: Option<String>,
    /// The private CA's certificate, if there is one.
    pub(crate) ca: Option<String>,
    /// A command that shows that it works, with the private CA.
    pub(crate) curl: Option<String>,
    pub(crate) certificates: Vec<Served>,
    /// `none`, `request` or `require`.
    pub(crate) client_auth: &'static str,
    /// Where ticket keys come from: `process` (random, of this process), `file`, or null where no session is resumed.
    pub(crate) ticket_keys: Option<&'static str>,
    /// How many certificates have an OCSP response stapled.
    pub(crate) stapled: usize,
    pub(crate) pid: u32,
    /// Always null here: where serving could not begin, the document holds this alone.
    pub(crate) error: Option<()>,
}

/// A certificate that is shown to clients.
#[derive(Debug, Serialize)]
pub(crate) struct Served {
    pub(crate) subject: String,
    pub(crate) sans: Vec<String>,
    pub(crate) not_after: String,
    pub(crate) key: String,
}

impl Report {
    pub(crate) fn new(plan: &Plan, listening: &[SocketAddr]) -> Self {
        let ca = plan.demonstration.as_ref().map(|demonstration| demonstration.ca_path().display().to_string());
        let urls: Vec<String> = listening.iter().map(|address| url(*address, ca.is_some())).collect();
        let curl = match (&ca, urls.first()) {
            (Some(ca), Some(url)) => Some(format!("curl --cacert {} {url}", shell_quote(ca))),
            _ => None,
        };
        Self {
            listening: listening.iter().map(ToString::to_string).collect(),
            urls,
            mode: if plan.backend.is_some() { "proxy" } else { "demo" },
            backend: plan.backend.as_ref().map(|(backend, _)| backend.to_string()),
            ca,
            curl,
            certificates: plan.certificates.iter().map(Served::new).collect(),
            client_auth: plan.client_auth,
            ticket_keys: plan.ticket_keys,
            stapled: plan.watched.iter().filter(|file| file.is_staple()).count(),
            pid: std::process::id(),
            error: None,
        }
    }

    /// For people: a few lines of at most `width` columns, but for what is to be copied.
    pub(crate) fn screen(&self, width: usize) -> String {
        let mut screen = format!("tlsmith serves {}\n\n", self.urls.join(" and "));
        let mut row = |name: &str, value: &str| {
            for (index, line) in wrap(&safe(value), width.saturating_sub(LABEL + 3)).iter().enumerate() {
                let name = if index == 0 { name } else { "" };
                // Writing to a string does not fail.
                let _ = writeln!(screen, "  {name:<LABEL$} {line}");
            }
        };
        match &self.backend {
            Some(backend) => row("backend", backend),
            None => row("answers", "with a page that shows what each connection negotiated"),
        }
        for served in &self.certificates {
            let names = match served.sans.is_empty() {
                true => served.subject.clone(),
                false => names(&served.sans),
            };
            let until = served.not_after.split('T').next().unwrap_or_default();
            let renewed = if self.ca.is_some() { ", renewed by itself" } else { "" };
            row("certificate", &format!("{names} ({}, until {until}{renewed})", served.key));
        }
        if self.client_auth != "none" {
            let what = if self.client_auth == "require" { "must show a certificate" } else { "may show a certificate" };
            row("clients", what);
        }
        match self.ticket_keys {
            Some("file") => row("sessions", "resumed by all servers with the ticket keys of the file"),
            Some(_) => row("sessions", "resumed, until this process ends"),
            None => row("sessions", "not resumed"),
        }
        if self.stapled > 0 {
            row("stapled", &format!("{} OCSP response{}", self.stapled, if self.stapled == 1 { "" } else { "s" }));
        }
        if let Some(ca) = &self.ca {
            // In one piece, however long it is.
            let _ = writeln!(screen, "  {:<LABEL$} {}", "private CA", safe(ca));
            let _ = writeln!(screen, "  {:<LABEL$} good for this machine's own names only", "");
        }
        if let Some(curl) = &self.curl {
            let _ = writeln!(screen, "\nTry it:\n  {curl}\nFor a browser, import the private CA as an authority.");
        }
        screen
    }
}

impl Served {
    fn new(certificate: &Certificate) -> Self {
        Self {
            subject: certificate.subject(),
            sans: certificate.sans(),
            not_after: certificate.not_after().to_string(),
            key: certificate.key_description(),
        }
    }
}

/// The names of a certificate. DNS names and addresses are told apart without their kinds.
fn names(sans: &[String]) -> String {
    let bare = |name: &String| name.strip_prefix("DNS:").or(name.strip_prefix("IP:")).unwrap_or(name).to_owned();
    sans.iter().map(bare).collect::<Vec<_>>().join(", ")
}

/// What to type into a browser. The private CA's certificate is for `localhost`, which every loopback address is.
fn url(address: SocketAddr, private: bool) -> String {
    let port = address.port();
    match address.ip() {
        ip if ip.is_unspecified() => format!("https://localhost:{port}/"),
        ip if private && (ip == IpAddr::from([127, 0, 0, 1]) || ip.is_loopback() && ip.is_ipv6()) => {
            format!("https://localhost:{port}/")
        }
        _ => format!("https://{address}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_screen_holds_its_width_and_what_names_say_steers_nothing() {
        let served = Served {
            subject: String::new(),
            sans: vec![String::from("DNS:localhost"), String::from("IP:127.0.0.1"), String::from("URI:\u{1b}[31m")],
            not_after: String::from("2026-12-21T04:40:13Z"),
            key: String::from("ECDSA P-256"),
        };
        let report = Report {
            listening: vec![String::from("127.0.0.1:8443")],
            urls: vec![String::from("https://localhost:8443/")],
            mode: "demo",
            backend: None,
            ca: Some(String::from("/home/somebody/.local/share/tlsmith/ca.pem")),
            curl: None,
            certificates: vec![served],
            client_auth: "none",
            ticket_keys: Some("process"),
            stapled: 0,
            pid: 1,
            error: None,
        };
        let screen = report.screen(80);
        assert!(screen.lines().all(|line| line.chars().count() <= 80), "{screen}");
        assert!(screen.contains("  certificate   localhost, 127.0.0.1, URI:\\u{1b}[31m (ECDSA P-256,"), "{screen}");
        assert!(screen.contains("renewed by itself"), "{screen}");
    }

    #[test]
    fn urls_that_work() {
        for (address, private, expected) in [
            ("127.0.0.1:8443", true, "https://localhost:8443/"),
            ("127.0.0.1:8443", false, "https://127.0.0.1:8443/"),
            ("[::1]:8443", true, "https://localhost:8443/"),
            ("0.0.0.0:443", false, "https://localhost:443/"),
            ("[2001:db8::1]:443", false, "https://[2001:db8::1]:443/"),
        ] {
            assert_eq!(url(address.parse().unwrap(), private), expected);
        }
    }
}
