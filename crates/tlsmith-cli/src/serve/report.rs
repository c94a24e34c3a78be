//! What is said once it serves: where, as whom, and how to try it.

use std::{
    fmt::Write as _,
    net::{IpAddr, SocketAddr},
};

use serde::Serialize;
use tlsmith_proxy::shell_quote;
use tlsmith_x509::Certificate;

use super::plan::Plan;

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
            pid: std::process::id(),
            error: None,
        }
    }

    /// For people: a few lines.
    pub(crate) fn screen(&self) -> String {
        let mut screen = format!("tlsmith serves {}\n\n", self.urls.join(" and "));
        let mut row = |name: &str, value: &str| {
            // Writing to a string does not fail.
            let _ = writeln!(screen, "  {name:<13} {value}");
        };
        match &self.backend {
            Some(backend) => row("backend", backend),
            None => row("answers", "with a page that shows what each connection negotiated"),
        }
        for served in &self.certificates {
            let names = match served.sans.is_empty() {
                true => served.subject.clone(),
                false => served.sans.join(", "),
            };
            let renewed = if self.ca.is_some() { ", renewed by itself" } else { "" };
            row("certificate", &format!("{names} ({}, until {}{renewed})", served.key, served.not_after));
        }
        if self.client_auth != "none" {
            let what = if self.client_auth == "require" { "must show a certificate" } else { "may show a certificate" };
            row("clients", what);
        }
        if let Some(ca) = &self.ca {
            row("private CA", &format!("{ca} (good for this machine's own names only)"));
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
