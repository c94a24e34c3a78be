//! The page: one connection, shown to the one who holds its other end.

use super::json::{CertificateView, Message, Offer, View};
use crate::html::{Html, ICON, STYLE};

const TO_SERVER: &str = "<svg viewBox=\"0 0 42 12\" aria-hidden=\"true\"><path d=\"M0 6h39M34 1l5 5-5 5\" fill=\"none\" \
                         stroke=\"currentColor\" stroke-width=\"1.600\"/></svg>";
const TO_CLIENT: &str = "<svg viewBox=\"0 0 42 12\" aria-hidden=\"true\"><path d=\"M42 6H3M8 1L3 6l5 5\" fill=\"none\" \
                         stroke=\"currentColor\" stroke-width=\"1.600\"/></svg>";

/// Draws `view`. `ca` is where the CA's certificate is, for those who want to ask again from a shell.
pub(super) fn render(view: &View, ca: &str) -> String {
    let mut html = Html::default();
    html.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">");
    html.raw("<link rel=\"icon\" type=\"image/svg+xml\" href=\"/favicon.svg\">");
    html.raw("<title>This connection, seen by tlsmith</title><style>").raw(STYLE).raw("</style></head><body><main>");
    html.raw("<div class=\"brand\">").raw(ICON).raw("tlsmith<span>serve --demo</span></div>");
    headline(&mut html, view);
    facts(&mut html, view);
    handshake(&mut html, &view.messages);
    if let Some(offer) = &view.client_hello {
        offered(&mut html, view, offer);
    }
    certificates(&mut html, view);
    html.raw("<h2>The same for programs</h2><p>Every answer comes as JSON for those who ask for it.</p><pre>");
    html.text(&curl_json(view, ca)).raw("</pre>");
    html.raw("<footer>Answered to <span class=\"mono\">").text(&view.address).raw("</span> by tlsmith ");
    html.raw(env!("CARGO_PKG_VERSION")).raw(". Nothing on this page was loaded from elsewhere.</footer>");
    html.raw("</main></body></html>\n");
    html.finish()
}

fn headline(html: &mut Html, view: &View) {
    let protocol = view.protocol.as_deref().unwrap_or("TLS");
    html.raw("<h1>You are connected with <em>").text(&spaced(protocol)).raw("</em></h1><p class=\"lead\">");
    html.raw("The two sides agreed on a key with <strong>").text(or_dash(view.group.as_deref())).raw("</strong>, ");
    html.raw("everything since is sealed with <strong>").text(or_dash(view.cipher_suite.as_deref()));
    html.raw("</strong>, and the server proved its name with <strong>");
    html.text(or_dash(view.signature_scheme.as_deref())).raw("</strong>. ");
    match view.post_quantum {
        true => html.raw("What is recorded today stays closed to the quantum computers of tomorrow."),
        false => html.raw("A future quantum computer could open a recording of this connection."),
    };
    html.raw("</p>");
}

/// `TLSv1.3` as people write it.
fn spaced(protocol: &str) -> String {
    match protocol.strip_prefix("TLSv") {
        Some(number) => format!("TLS {number}"),
        None => protocol.to_owned(),
    }
}

fn or_dash(value: Option<&str>) -> &str {
    value.unwrap_or("–")
}

fn facts(html: &mut Html, view: &View) {
    html.raw("<dl class=\"facts\">");
    fact(
        html,
        "Protocol",
        view.protocol.as_deref(),
        match (view.resumed, view.retried) {
            (true, _) => "a session was resumed",
            (false, true) => "after a HelloRetryRequest",
            (false, false) => "full handshake, one round trip",
        },
    );
    fact(html, "Cipher suite", view.cipher_suite.as_deref(), suite_note(view.cipher_suite.as_deref()));
    html.raw("<div><dt>Key exchange</dt><dd>").text(or_dash(view.group.as_deref())).raw("</dd><dd>");
    match view.post_quantum {
        true => html.raw("<span class=\"badge\">post-quantum</span>"),
        false => html.raw("classical elliptic curve"),
    };
    html.raw("</dd></div>");
    fact(html, "Server's signature", view.signature_scheme.as_deref(), "over the whole handshake so far");
    fact(
        html,
        "Application protocol",
        view.alpn.as_deref(),
        match view.alpn {
            Some(_) => "agreed by ALPN",
            None => "none was offered: HTTP/1.1",
        },
    );
    fact(
        html,
        "Server name",
        view.server_name.as_deref(),
        match view.server_name {
            Some(_) => "sent in the clear (SNI)",
            None => "none sent: an address was asked for",
        },
    );
    html.raw("</dl>");
}

fn fact(html: &mut Html, name: &'static str, value: Option<&str>, note: &'static str) {
    html.raw("<div><dt>").raw(name).raw("</dt><dd>").text(or_dash(value)).raw("</dd><dd>").raw(note).raw("</dd></div>");
}

fn suite_note(suite: Option<&str>) -> &'static str {
    match suite {
        Some(suite) if suite.contains("CHACHA20") => "fast without AES hardware",
        Some(suite) if suite.contains("AES_128") => "128-bit keys, authenticated",
        Some(_) => "256-bit keys, authenticated",
        None => "",
    }
}

fn handshake(html: &mut Html, messages: &[Message]) {
    html.raw("<h2>The handshake</h2><p>Each message as it crossed the wire, to the right from you, to the left from the server.</p>");
    html.raw("<div class=\"card\"><table class=\"flight\"><thead><tr><th>Way</th><th>Message</th><th>Bytes</th>");
    html.raw("<th>Keys</th></tr></thead><tbody>");
    for message in messages {
        let sent = message.direction == "sent";
        html.raw(match (sent, message.encrypted) {
            (true, true) => "<tr class=\"sent sealed\"><td>",
            (true, false) => "<tr class=\"sent\"><td>",
            (false, true) => "<tr class=\"sealed\"><td>",
            (false, false) => "<tr><td>",
        });
        match sent {
            true => html.raw("<span title=\"from the server to you\">").raw(TO_CLIENT),
            false => html.raw("<span title=\"from you to the server\">").raw(TO_SERVER),
        };
        html.raw("</span></td><td><span class=\"name\">").text(message.name).raw("</span>");
        let details = details(message);
        if !details.is_empty() {
            html.raw("<span class=\"details\">").text(&details).raw("</span>");
        }
        html.raw("</td><td>").text(&message.size.to_string()).raw("</td><td>");
        html.raw(if message.encrypted { "encrypted" } else { "in the clear" }).raw("</td></tr>");
    }
    html.raw("</tbody></table></div>");
}

/// What matters in a message. What a ClientHello lists at length is shown by [`offered`], with what was chosen of it.
fn details(message: &Message) -> String {
    let worth_it = |detail: &&String| message.name != "ClientHello" || (detail.contains(' ') && detail.len() < 100);
    let details: Vec<&str> = message.details.iter().filter(worth_it).map(String::as_str).collect();
    details.join("\u{a0}· ")
}

fn offered(html: &mut Html, view: &View, offer: &Offer) {
    html.raw("<h2>What your client offered</h2><p>In its order of preference; what was chosen is marked.</p>");
    html.raw("<div class=\"card\"><dl class=\"offers\">");
    chips(html, "Versions", &offer.versions, view.protocol.as_deref());
    chips(html, "Cipher suites", &offer.cipher_suites, view.cipher_suite.as_deref());
    chips(html, "Groups", &offer.groups, view.group.as_deref());
    chips(html, "Key shares sent", &offer.key_shares, view.group.as_deref());
    chips(html, "Signature schemes", &offer.signature_schemes, view.signature_scheme.as_deref());
    chips(html, "Application protocols", &offer.alpn, view.alpn.as_deref());
    chips(html, "Extensions", &offer.extensions, None);
    html.raw("</dl></div>");
}

fn chips(html: &mut Html, name: &'static str, values: &[String], chosen: Option<&str>) {
    html.raw("<dt>").raw(name).raw("</dt><dd>");
    if values.is_empty() {
        html.raw("<span class=\"plain quiet\">none</span>");
    }
    for value in values {
        if is_grease(value) {
            html.raw("<span class=\"chip quiet\" title=\"a reserved value that keeps servers tolerant (RFC 8701)\">GREASE</span>");
            continue;
        }
        html.raw(match (chosen == Some(value.as_str()), value.starts_with("0x")) {
            (true, _) => "<span class=\"chip chosen\">",
            (false, true) => "<span class=\"chip quiet\" title=\"not one of TLS 1.3, or not known here\">",
            (false, false) => "<span class=\"chip\">",
        });
        html.text(value).raw("</span>");
    }
    html.raw("</dd>");
}

/// `0x0a0a`, `0x1a1a` and so on to `0xfafa` (RFC 8701 §2).
fn is_grease(value: &str) -> bool {
    matches!(value.as_bytes(), [b'0', b'x', a, b'a', c, b'a'] if a == c)
}

fn certificates(html: &mut Html, view: &View) {
    html.raw("<h2>Certificates</h2><p>Who proved to be whom.</p><div class=\"pair\"><div class=\"card\">");
    for one in &view.server_chain {
        certificate(html, "The server: ", one);
    }
    html.raw("</div><div class=\"card\">");
    if view.chain.is_empty() {
        html.raw("<div class=\"certificate\"><h3>You showed no certificate</h3><p class=\"quiet plain\">");
        html.raw(match view.client_auth_requested {
            true => "The server asked for one, your client had none to show. That is allowed here.",
            false => "The server did not ask for one. Few do: you prove who you are some other way.",
        });
        html.raw("</p></div>");
    }
    for one in &view.chain {
        certificate(html, "You: ", one);
    }
    if let Some(verification) = view.verification.as_ref().filter(|verification| !verification.trusted) {
        for finding in &verification.findings {
            html.raw("<div class=\"certificate finding\">").text(&finding.message).raw("</div>");
        }
    }
    html.raw("</div></div>");
}

fn certificate(html: &mut Html, whose: &'static str, one: &CertificateView) {
    html.raw("<div class=\"certificate\"><h3>").raw(whose).text(&one.subject).raw("</h3><dl>");
    let rows: [(&'static str, &str); 6] = [
        ("Issued by", &one.issuer),
        ("For", &one.sans.join(", ")),
        ("From", &one.not_before),
        ("Until", &one.not_after),
        ("Key", &one.key),
        ("SHA-256", &one.sha256),
    ];
    for (name, value) in rows {
        if value.is_empty() {
            continue;
        }
        let mono = matches!(name, "From" | "Until" | "SHA-256");
        html.raw("<dt>").raw(name).raw(if mono { "</dt><dd class=\"mono\">" } else { "</dt><dd>" });
        html.text(value).raw("</dd>");
    }
    html.raw("</dl></div>");
}

fn curl_json(view: &View, ca: &str) -> String {
    // The Host field came from the client: only a plain host and port is repeated into a shell command.
    let plain = |host: &&str| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    let host = view.target.as_deref().filter(plain).unwrap_or(&view.local_address);
    format!("curl --cacert {} -H 'Accept: application/json' https://{host}/", crate::shell::quote(ca))
}

#[cfg(test)]
mod tests {
    use super::super::service::tests::{facts, peer};
    use super::*;
    use tlsmith_crypto::aws_lc::AwsLc;

    fn view(change: impl FnOnce(&mut tlsmith::Facts), host: &str) -> View {
        let mut facts = facts();
        change(&mut facts);
        let request = http::Request::get("/").header("host", host).body(()).unwrap();
        View::new(&request.into_parts().0, &peer(facts), &AwsLc)
    }

    #[test]
    fn the_page_shows_what_was_negotiated() {
        let page = render(&view(|_| {}, "localhost:8443"), "/home/me/ca.pem");
        for wanted in ["TLS 1.3", "TLS_AES_128_GCM_SHA256", "X25519MLKEM768", "post-quantum", "ClientHello", "h2"] {
            assert!(page.contains(wanted), "{wanted}");
        }
        assert!(page.contains("https://localhost:8443/"));
    }

    #[test]
    fn nothing_that_a_client_sends_becomes_markup_or_a_command() {
        let evil = "</style><script>alert(1)</script>";
        let page = render(
            &view(
                |facts| {
                    facts.server_name = Some(evil.to_owned());
                    facts.alpn = Some(evil.as_bytes().to_vec());
                    if let Some(hello) = &mut facts.client_hello {
                        hello.alpn = vec![evil.as_bytes().to_vec()];
                    }
                },
                "x;rm$(IFS)-rf'",
            ),
            "/tmp/it's here/ca.pem",
        );
        assert!(!page.contains("<script"));
        assert_eq!(page.matches("</style>").count(), 1);
        assert!(!page.contains("rm$"));
        assert!(page.contains("&#39;/tmp/it&#39;\\&#39;&#39;s here/ca.pem&#39;"));
    }
}
