//! The screen of `tlsmith connect`.

use super::{
    page::{Page, date, names},
    style::{Ink, Style},
    text::safe,
};
use crate::connect::Report;

/// The screen: the judgement first, then the parameters, then the certificates.
pub(crate) fn screen(report: &Report, style: &Style) -> String {
    let mut page = Page::new(style);
    page.headline(report);
    page.verdict(report);
    page.parameters(report);
    page.certificates(report);
    page.remarks(&report.verification.findings);
    page.text
}

/// What came after the screen.
pub(crate) fn afterword(report: &Report, style: &Style) -> String {
    let mut page = Page { style, text: String::from("\n") };
    if let Some(reply) = &report.reply {
        let end = match reply.complete {
            true => "ended with close_notify",
            false => "not ended with close_notify: it may be incomplete",
        };
        page.field("Conversation", &format!("{} bytes sent, {} received, {end}", reply.sent_bytes, reply.bytes));
        if style.verbose {
            page.field("SHA-256", &reply.sha256);
        }
    }
    if let Some(error) = &report.error {
        page.text.push('\n');
        page.error("FAILED", error);
    }
    page.text
}

impl Page<'_> {
    fn headline(&mut self, report: &Report) {
        let (ink, state) = match (report.verification.trusted, &report.error) {
            (Some(false), Some(_)) => (Ink::Bad, "NOT TRUSTED"),
            (Some(false), None) => (Ink::Bad, "NOT TRUSTED, gone on with --insecure"),
            (_, Some(_)) => (Ink::Bad, "FAILED"),
            (Some(true), None) => (Ink::Good, "trusted"),
            (None, None) if report.external_psk => (Ink::Good, "known by a pre-shared key"),
            (None, None) => (Ink::Warn, "not judged"),
        };
        let title = self.style.paint(Ink::Strong, &safe(&report.target));
        let state = self.style.paint(ink, state);
        self.text.push_str(&format!("{title}  {state}\n"));
    }

    /// Why not, and the mend: nobody should have to look for it.
    fn verdict(&mut self, report: &Report) {
        let findings = &report.verification.findings;
        let cause = findings.iter().find(|finding| finding.is_error()).map(|finding| finding.code.as_str());
        let refused = report.error.as_ref().filter(|error| cause == Some(error.code.as_str()));
        if let (Some(error), None) = (&report.error, refused) {
            self.text.push('\n');
            self.error("", error);
        }
        self.errors(findings);
        if let Some(alert) = refused.and_then(|error| error.alert.as_ref()) {
            self.plain(&format!("The handshake was refused with the alert {alert}."));
        }
    }

    fn parameters(&mut self, report: &Report) {
        self.text.push('\n');
        let style = self.style;
        if let Some(address) = &report.address {
            self.field("Address", address);
        }
        for failed in &report.failed_addresses {
            // Where none answered, the error above has said it.
            if report.address.is_some() {
                self.field("  not", &format!("{} ({})", failed.address, failed.code));
            }
        }
        if let Some(before) = &report.starttls {
            let greeting = before.dialogue.iter().find(|spoken| {
                // XML's declaration says nothing.
                spoken.direction == "received" && !spoken.text.starts_with("<?")
            });
            let said = greeting.map_or_else(String::new, |spoken| format!(", {}", spoken.text));
            self.field("STARTTLS", &format!("{}{said}", before.protocol));
        }
        if let Some(name) = &report.server_name
            && (style.verbose || !report.target.starts_with(name.as_str()))
        {
            self.field("Name", name);
        }
        let retried = if report.retried { ", after a HelloRetryRequest" } else { "" };
        for (label, value, more) in [
            ("Protocol", &report.protocol, ""),
            ("Cipher suite", &report.cipher_suite, ""),
            ("Group", &report.group, retried),
            ("Signature", &report.signature_scheme, ""),
        ] {
            if let Some(value) = value {
                self.field(label, &format!("{value}{more}"));
            }
        }
        if report.protocol.is_some() {
            self.field("ALPN", report.alpn.as_deref().unwrap_or("none"));
        }
        self.client_auth(report);
        let times = &report.timings_ms;
        let times: Vec<String> =
            [("dns", times.dns), ("tcp", times.tcp), ("starttls", times.starttls), ("tls", times.tls)]
                .iter()
                .filter_map(|(name, time)| time.map(|time| format!("{name} {time:.1} ms")))
                .collect();
        if !times.is_empty() {
            self.field("Time", &times.join(", "));
        }
        self.ocsp(report);
        self.connections(report);
        if let Some(trusted) = report.verification.trusted {
            let roots = match report.verification.root_count {
                1 => format!("{} (1 certificate)", report.verification.roots),
                count => format!("{} ({count} certificates)", report.verification.roots),
            };
            match (trusted, report.verification.path.last()) {
                (true, Some(root)) => self.field("Trusted by", root),
                _ => self.field("Roots", &roots),
            }
            if style.verbose && trusted {
                self.field("Roots", &roots);
            }
        }
    }

    /// What was stapled, as it came.
    fn ocsp(&mut self, report: &Report) {
        let Some(ocsp) = &report.ocsp else { return };
        let span = match (&ocsp.this_update, &ocsp.next_update) {
            (Some(from), Some(to)) => format!(", {} to {}", date(from), date(to)),
            (Some(from), None) => format!(", since {}", date(from)),
            (None, _) => String::new(),
        };
        let said = match (ocsp.stapled, ocsp.status, &ocsp.error) {
            (false, _, _) => String::from("none stapled"),
            (true, Some("revoked"), _) => {
                let at = ocsp.revoked_at.as_deref().map_or_else(String::new, |at| format!(" since {at}"));
                let why = ocsp.reason.map_or_else(String::new, |reason| format!(" ({reason})"));
                format!("REVOKED{at}{why}{span}")
            }
            (true, Some(status), _) => format!("{status}{span}"),
            (true, None, Some(error)) => format!("unusable: {error}"),
            (true, None, None) => String::from("unusable"),
        };
        let stale = if ocsp.stale { ", STALE" } else { "" };
        let by = ocsp.responder.as_ref().map_or_else(String::new, |by| format!(", by {by}"));
        let verified = if ocsp.stapled { "; not verified" } else { "" };
        self.field("OCSP", &format!("{said}{stale}{by}{verified}"));
    }

    /// The connections after the first, and what became of early data.
    fn connections(&mut self, report: &Report) {
        if report.connections.len() > 1 {
            for (index, connection) in report.connections.iter().enumerate() {
                let how = match (index, connection.resumed, connection.resumed_by) {
                    (_, true, Some(by)) => format!("resumed ({})", by.replace('_', " ")),
                    (_, true, None) => String::from("resumed"),
                    (_, false, _) if connection.error.is_some() => String::from("FAILED"),
                    (0, false, _) => String::from("full handshake"),
                    (_, false, _) => String::from("NOT RESUMED"),
                };
                let protocol =
                    connection.protocol.as_ref().map_or_else(String::new, |protocol| format!(", {protocol}"));
                let time = connection.timings_ms.tls.map_or_else(String::new, |time| format!(", tls {time:.1} ms"));
                let given = match connection.sessions_received {
                    0 => String::new(),
                    1 => String::from(", 1 session received"),
                    count => format!(", {count} sessions received"),
                };
                self.field(&format!("Connection {}", index + 1), &format!("{how}{protocol}{time}{given}"));
            }
        }
        if let Some(early) = &report.early_data {
            let what = match early.status {
                "accepted" => format!("{} of {} bytes accepted", early.sent_early_bytes, early.bytes),
                "rejected" => format!("REJECTED; {} bytes sent again after the handshake", early.bytes),
                _ => String::from("not offered: no session allows them; all sent after the handshake"),
            };
            self.field("Early data", &what);
        }
    }

    fn client_auth(&mut self, report: &Report) {
        let Some(client) = &report.client_auth else { return };
        let shown = client.subject.as_deref().unwrap_or("none");
        let outcome = match (client.outcome, report.error.is_some()) {
            // A web server may say so only in its reply (nginx: 400).
            ("accepted", _) if client.subject.is_none() => "; TLS goes on without one",
            ("accepted", _) => "; accepted",
            ("refused", _) => "; REFUSED",
            (_, true) => "",
            _ => "; the server did not say what it makes of it",
        };
        self.field("Client cert", &format!("asked for; shown: {shown}{outcome}"));
        if self.style.verbose {
            self.field("  schemes", &client.accepted_schemes.join(", "));
            let authorities = match client.authorities {
                0 => String::from("any"),
                count => format!("{count} named"),
            };
            self.field("  issuers", &authorities);
        }
    }

    fn certificates(&mut self, report: &Report) {
        for (index, entry) in report.chain.iter().enumerate() {
            self.text.push('\n');
            let kind = match (index, entry.ca) {
                (0, false) => "",
                (_, true) => " (CA)",
                (_, false) => " (not a CA)",
            };
            let title = self.style.paint(Ink::Strong, &format!("Certificate {index}"));
            self.text.push_str(&format!("{title}{kind}\n"));
            let subject = if entry.subject.is_empty() { "(empty)" } else { &entry.subject };
            self.field("  subject", subject);
            self.field("  issuer", &entry.issuer);
            if !entry.sans.is_empty() {
                self.field("  names", &names(&entry.sans, self.style.verbose));
            }
            self.validity(&entry.not_before, &entry.not_after, &report.time, entry.days_left);
            self.field("  key", &entry.key);
            if self.style.verbose {
                self.field("  signed with", &entry.signature);
                self.field("  serial", &entry.serial);
                self.field("  SHA-256", &entry.sha256);
                self.field("  SPKI SHA-256", &entry.spki_sha256);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::columns;
    use super::*;
    use crate::connect::example;

    fn plain(width: usize, verbose: bool) -> Style {
        Style { colour: false, width, verbose }
    }

    #[test]
    fn a_trusted_server_on_one_screen() {
        let expected = "\
example.com:443  trusted

Address        192.0.2.1:443
  not          [2001:db8::1]:443 (transport.unreachable)
Protocol       TLSv1.3
Cipher suite   TLS_AES_128_GCM_SHA256
Group          x25519, after a HelloRetryRequest
Signature      ecdsa_secp256r1_sha256
ALPN           h2
Client cert    asked for; shown: none; TLS goes on without one
Time           dns 1.2 ms, tcp 10.0 ms, tls 25.1 ms
Trusted by     CN=Root

Certificate 0
  subject      CN=example.com
  issuer       CN=Root
  names        a.example, b.example, c.example, d.example and 1 more (-v shows
               them)
  valid        2026-11-01 to 2026-12-01  10 days left
  key          ECDSA P-256

certificate.expires_soon (warning, certificate 0)
   it ends in 10 days
   Mend: Renew it.
";
        assert_eq!(screen(&example(), &plain(80, false)), expected);
    }

    #[test]
    fn all_names_and_reasons_with_v() {
        let text = screen(&example(), &plain(80, true));
        assert!(text.contains("192.0.2.9") && text.contains("\n   Because. (RFC 5280 §4.1.2.5)\n"), "{text}");
        assert!(text.contains("\nRoots          system (2 certificates)\n"), "{text}");
    }

    #[test]
    fn a_refusal_names_the_reason_once() {
        let mut report = example();
        report.verification.trusted = Some(false);
        report.verification.findings[0].severity = "error";
        let mut error = Report::refused("", &crate::exit::Usage::new("certificate.expires_soon", "no", "no")).error;
        error.as_mut().unwrap().alert = Some("bad_certificate".into());
        report.error = error;
        let text = screen(&report, &plain(80, false));
        assert!(text.starts_with("example.com:443  NOT TRUSTED\n\ncertificate.expires_soon (error, certificate 0)\n"));
        assert_eq!(text.matches("certificate.expires_soon").count(), 1, "{text}");
        assert!(text.contains("refused with the alert bad_certificate"), "{text}");
    }

    #[test]
    fn no_line_is_longer_than_the_screen() {
        let mut report = example();
        report.chain[0].subject = "x".repeat(500);
        report.chain[0].sans = (0..100).map(|n| format!("DNS:{n}.example")).collect();
        report.verification.findings[0].message = "a very long message ".repeat(20);
        for width in 60..=120 {
            for verbose in [false, true] {
                for line in screen(&report, &plain(width, verbose)).lines() {
                    assert!(columns(line) <= width, "{width}: {line}");
                }
            }
        }
    }

    #[test]
    fn an_expired_certificate_stands_out() {
        let mut report = example();
        report.time = "2026-12-03T00:00:00Z".into();
        report.chain[0].days_left = -1;
        assert!(screen(&report, &plain(80, false)).contains("  EXPIRED 1 day ago\n"));
        report.time = "2026-10-31T00:00:00Z".into();
        assert!(screen(&report, &plain(80, false)).contains("  NOT YET VALID\n"));
    }
}
