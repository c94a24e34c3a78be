//! Header fields between two connections: what ends here, what is added, what may not be believed.

use std::net::IpAddr;

use http::{
    HeaderMap, HeaderName, HeaderValue, Version,
    header::{
        CONNECTION, CONTENT_LENGTH, COOKIE, FORWARDED, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE, TRANSFER_ENCODING,
        UPGRADE, VIA,
    },
};

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");

/// Fields that a backend believes because its terminator sets them, besides all of `X-Forwarded-*`: a client's own are
/// removed. `proxy` is no field of anybody's, but becomes `HTTP_PROXY` in CGI programs.
const TRUSTED: [&str; 5] = ["forwarded", "x-real-ip", "client-cert", "client-cert-chain", "proxy"];

/// Removes what concerns one connection only: the fields that `Connection` names, and those that RFC 9110 §7.6.1 lists.
pub(super) fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = tokens(headers, &CONNECTION)
        .filter_map(|token| HeaderName::from_bytes(token.as_bytes()).ok())
        // `close` and the like are options without a field; `host` and `content-length` are never an intermediary's to drop.
        .filter(|name| name != http::header::HOST && name != CONTENT_LENGTH)
        .collect();
    for name in named {
        headers.remove(name);
    }
    // RFC 9112 §6.3: where both stand, the transfer coding wins, and the length must not travel on.
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
    }
    for name in [
        CONNECTION,
        PROXY_CONNECTION,
        KEEP_ALIVE,
        TE,
        TRANSFER_ENCODING,
        UPGRADE,
        PROXY_AUTHENTICATE,
        PROXY_AUTHORIZATION,
    ] {
        headers.remove(name);
    }
}

/// Whether a body that these fields frame can be passed on: it is decoded on the way in, and only `chunked` can be.
pub(super) fn is_chunked_at_most(headers: &HeaderMap) -> bool {
    tokens(headers, &TRANSFER_ENCODING)
        .enumerate()
        .all(|(at, coding)| at == 0 && coding.eq_ignore_ascii_case("chunked"))
}

/// The comma-separated members of a list field, across its lines.
pub(super) fn tokens<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|token| !token.is_empty())
}

/// Whether a list field holds a member, letter case aside.
pub(super) fn has_token(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    tokens(headers, name).any(|token| token.eq_ignore_ascii_case(wanted))
}

/// Removes what only this terminator may say.
pub(super) fn remove_spoofed(headers: &mut HeaderMap) {
    let spoofed: Vec<HeaderName> = headers.keys().filter(|name| is_trusted(name)).cloned().collect();
    for name in spoofed {
        headers.remove(name);
    }
}

/// In every spelling that a backend could take for it: CGI makes `_` of `-`, and some servers of all other signs too.
fn is_trusted(name: &HeaderName) -> bool {
    let dashed: String =
        name.as_str().chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' }).collect();
    dashed.starts_with("x-forwarded-") || TRUSTED.contains(&dashed.as_str())
}

/// Removes from a request's trailers what would not have passed among its fields: some backends mix the two.
pub(super) fn clean_trailers(trailers: &mut HeaderMap) {
    remove_hop_by_hop(trailers);
    remove_spoofed(trailers);
}

/// How a request's body is framed on the way to the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// There is none.
    Empty,
    /// It is so long.
    Length(u64),
    /// Its end is not known yet.
    Chunked,
}

/// Says once, and whatever the method, how the body is framed. The client's own words are not passed on: a length that
/// stands there twice is read in more than one way, and a body without a length is lost with methods that seldom have one.
pub(super) fn frame(headers: &mut HeaderMap, framing: Framing) {
    let said = headers.remove(CONTENT_LENGTH).is_some();
    match framing {
        Framing::Empty if said => drop(headers.insert(CONTENT_LENGTH, HeaderValue::from(0))),
        Framing::Empty => {}
        Framing::Length(length) => drop(headers.insert(CONTENT_LENGTH, HeaderValue::from(length))),
        Framing::Chunked => drop(headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"))),
    }
}

/// What the backend is told about the client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin<'a> {
    /// The client's address.
    pub(super) client: IpAddr,
    /// The host that the client asked for, if it said.
    pub(super) host: Option<&'a HeaderValue>,
    /// The version that the client spoke.
    pub(super) version: Version,
    /// The client's certificate, where it showed one that is trusted (DER).
    pub(super) certificate: Option<&'a [u8]>,
}

/// Says who asked, how, and for what: `Forwarded` (RFC 7239), its predecessors, `Via` (RFC 9110 §7.6.3), and
/// `Client-Cert` (RFC 9440).
pub(super) fn add_origin(headers: &mut HeaderMap, origin: &Origin<'_>) {
    let client = origin.client.to_canonical();
    let node = match client {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("\"[{address}]\""),
    };
    let mut forwarded = format!("for={node};proto=https");
    if let Some(host) = origin.host.and_then(|host| host.to_str().ok()) {
        forwarded.push_str(&format!(";host=\"{}\"", host.replace('\\', "\\\\").replace('"', "\\\"")));
    }
    let version = match origin.version {
        Version::HTTP_2 => "2.0 tlsmith",
        Version::HTTP_10 => "1.0 tlsmith",
        _ => "1.1 tlsmith",
    };
    insert(headers, FORWARDED, &forwarded);
    insert(headers, X_FORWARDED_FOR, &client.to_string());
    headers.insert(X_FORWARDED_PROTO, HeaderValue::from_static("https"));
    if let Some(host) = origin.host {
        headers.insert(X_FORWARDED_HOST, host.clone());
    }
    headers.append(VIA, HeaderValue::from_static(version));
    if let Some(der) = origin.certificate {
        use base64::Engine as _;
        insert(headers, CLIENT_CERT, &format!(":{}:", base64::engine::general_purpose::STANDARD.encode(der)));
    }
}

/// Sets a field to text made here; text that cannot be a value sets nothing.
fn insert(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

/// HTTP/2 may split `Cookie` into crumbs; HTTP/1.1 knows one line (RFC 9113 §8.2.3).
pub(super) fn join_cookies(headers: &mut HeaderMap) {
    if headers.get_all(COOKIE).iter().nth(1).is_none() {
        return;
    }
    let crumbs: Vec<&[u8]> = headers.get_all(COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if let Ok(joined) = HeaderValue::from_bytes(&crumbs.join(b"; ".as_slice())) {
        headers.insert(COOKIE, joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(fields: &[(&str, &str)]) -> HeaderMap {
        fields
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn hop_by_hop_fields_end_here() {
        let mut headers = map(&[
            ("connection", "close, X-Private"),
            ("connection", "upgrade"),
            ("x-private", "1"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("proxy-authorization", "Basic Zm9v"),
            ("trailer", "x-sum"),
            ("x-public", "2"),
        ]);
        remove_hop_by_hop(&mut headers);
        assert_eq!(names(&headers), ["trailer", "x-public"]);
    }

    #[test]
    fn connection_cannot_remove_what_frames_a_request() {
        let mut headers = map(&[("connection", "host, content-length"), ("host", "a"), ("content-length", "3")]);
        remove_hop_by_hop(&mut headers);
        assert_eq!(names(&headers), ["content-length", "host"]);
    }

    #[test]
    fn a_length_beside_a_transfer_coding_does_not_travel_on() {
        let mut headers = map(&[("transfer-encoding", "chunked"), ("content-length", "3")]);
        remove_hop_by_hop(&mut headers);
        assert!(headers.is_empty());
    }

    #[test]
    fn spoofed_fields_are_replaced_in_every_spelling() {
        let mut headers = map(&[
            ("x-forwarded-for", "1.1.1.1"),
            ("x-forwarded-for", "2.2.2.2"),
            ("x_forwarded_for", "3.3.3.3"),
            ("x.forwarded.for", "3.3.3.3"),
            ("x-forwarded-client-cert", "Subject=evil"),
            ("X-Forwarded_Proto", "http"),
            ("forwarded", "for=4.4.4.4"),
            ("client-cert", ":AA==:"),
            ("client_cert", ":AA==:"),
            ("x-real-ip", "5.5.5.5"),
            ("proxy", "http://evil"),
            ("x-other", "kept"),
            ("x-forward", "kept"),
        ]);
        remove_spoofed(&mut headers);
        assert_eq!(names(&headers), ["x-forward", "x-other"]);

        let host = HeaderValue::from_static("example.com:8443");
        let origin = Origin {
            client: "2001:db8::7".parse().unwrap(),
            host: Some(&host),
            version: Version::HTTP_2,
            certificate: Some(&[1, 2, 3, 4]),
        };
        add_origin(&mut headers, &origin);
        assert_eq!(headers["forwarded"], r#"for="[2001:db8::7]";proto=https;host="example.com:8443""#);
        assert_eq!(headers["x-forwarded-for"], "2001:db8::7");
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert_eq!(headers["x-forwarded-host"], "example.com:8443");
        assert_eq!(headers["via"], "2.0 tlsmith");
        assert_eq!(headers["client-cert"], ":AQIDBA==:");
    }

    #[test]
    fn mapped_addresses_are_told_as_ipv4_and_hosts_are_quoted() {
        let mut headers = HeaderMap::new();
        let host = HeaderValue::from_static(r#"a";for="6.6.6.6"#);
        let origin = Origin {
            client: "::ffff:192.0.2.1".parse().unwrap(),
            host: Some(&host),
            version: Version::HTTP_11,
            certificate: None,
        };
        add_origin(&mut headers, &origin);
        assert_eq!(headers["forwarded"], r#"for=192.0.2.1;proto=https;host="a\";for=\"6.6.6.6""#);
        assert_eq!(headers["x-forwarded-for"], "192.0.2.1");
        assert!(!headers.contains_key("client-cert"));
    }

    #[test]
    fn cookie_crumbs_become_one_line() {
        let mut headers = map(&[("cookie", "a=1"), ("cookie", "b=2"), ("cookie", "c=3")]);
        join_cookies(&mut headers);
        let lines: Vec<_> = headers.get_all(COOKIE).iter().collect();
        assert_eq!(lines, ["a=1; b=2; c=3"]);
    }
}
