//! The demonstration's answers.

use std::{path::PathBuf, sync::Arc};

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use tlsmith_crypto::Provider;

use super::{json::View, page};
use crate::{
    html::ICON,
    http::{
        Body, Peer,
        answer::{Problem, add_safety},
        full,
        negotiate::{Representation, representation},
    },
};

/// Answers every request with what its connection negotiated.
#[derive(Debug)]
pub(crate) struct Demo {
    provider: Arc<dyn Provider>,
    ca: PathBuf,
}

impl Demo {
    pub(crate) fn new(provider: Arc<dyn Provider>, ca: PathBuf) -> Self {
        Self { provider, ca }
    }

    pub(crate) fn answer<B>(&self, request: &Request<B>, peer: &Peer) -> Response<Body> {
        let head_only = match *request.method() {
            Method::GET => false,
            Method::HEAD => true,
            _ => return Problem::READ_ONLY.answer(request.headers()),
        };
        let (kind, content) = self.content(request, peer);
        let mut response = Response::new(full(""));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(content.len()));
        add_safety(headers);
        if !head_only {
            *response.body_mut() = full(content);
        }
        *response.status_mut() = StatusCode::OK;
        response
    }

    fn content<B>(&self, request: &Request<B>, peer: &Peer) -> (&'static str, String) {
        // Browsers ask for the second one by themselves; an SVG is fine with all that do today.
        if matches!(request.uri().path(), "/favicon.svg" | "/favicon.ico") {
            return ("image/svg+xml", ICON.to_owned());
        }
        let mut head = http::Request::new(());
        *head.method_mut() = request.method().clone();
        *head.uri_mut() = request.uri().clone();
        *head.version_mut() = request.version();
        *head.headers_mut() = request.headers().clone();
        let view = View::new(&head.into_parts().0, peer, self.provider.as_ref());
        match representation(request.headers()) {
            Representation::Html => ("text/html; charset=utf-8", page::render(&view, &self.ca.display().to_string())),
            Representation::Json => {
                // A struct of strings and numbers always serialises.
                let mut json = serde_json::to_string_pretty(&view).unwrap_or_default();
                json.push('\n');
                ("application/json", json)
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::shutdown::Shutdown;
    use http_body_util::BodyExt as _;
    use std::time::Duration;
    use tlsmith::{
        Facts,
        conn::{ClientHelloFacts, Direction, MessageNote, Role},
        registry::{CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme},
    };
    use tlsmith_crypto::aws_lc::AwsLc;

    pub(crate) fn facts() -> Facts {
        let note =
            |direction, name, size, encrypted| MessageNote { direction, name, size, encrypted, details: Vec::new() };
        Facts {
            version: Some(ProtocolVersion::TLS1_3),
            cipher_suite: Some(CipherSuite::TLS_AES_128_GCM_SHA256),
            group: Some(NamedGroup::X25519MLKEM768),
            own_signature_scheme: Some(SignatureScheme::ECDSA_SECP256R1_SHA256),
            alpn: Some(b"h2".to_vec()),
            server_name: Some(String::from("localhost")),
            client_hello: Some(ClientHelloFacts {
                server_name: Some(String::from("localhost")),
                alpn: vec![b"h2".to_vec(), b"http/1.1".to_vec()],
                versions: vec![ProtocolVersion::TLS1_3],
                cipher_suites: vec![CipherSuite::TLS_AES_128_GCM_SHA256],
                groups: vec![NamedGroup::X25519MLKEM768, NamedGroup::X25519],
                key_shares: vec![NamedGroup::X25519MLKEM768],
                signature_schemes: vec![SignatureScheme::ECDSA_SECP256R1_SHA256],
                ..ClientHelloFacts::default()
            }),
            messages: vec![
                note(Direction::Received, "ClientHello", 1700, false),
                note(Direction::Sent, "ServerHello", 1210, false),
                note(Direction::Sent, "Finished", 36, true),
            ],
            ..Facts::new(Role::Server)
        }
    }

    pub(crate) fn peer(facts: Facts) -> Peer {
        Peer {
            address: "127.0.0.1:40000".parse().unwrap(),
            local: "127.0.0.1:8443".parse().unwrap(),
            facts: Arc::new(facts),
            handshake: Duration::from_micros(1234),
            _token: Shutdown::new().token(None),
        }
    }

    async fn ask(method: &str, path: &str, accept: &str) -> (StatusCode, http::HeaderMap, Vec<u8>) {
        let demo = Demo::new(Arc::new(AwsLc), PathBuf::from("/ca.pem"));
        let request = Request::builder().method(method).uri(path).header("accept", accept).header("host", "localhost");
        let response = demo.answer(&request.body(()).unwrap(), &peer(facts()));
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    #[tokio::test]
    async fn json_has_the_keys_of_connect() {
        let (status, headers, body) = ask("GET", "/anything", "application/json").await;
        assert_eq!((status, &headers["content-type"]), (StatusCode::OK, &HeaderValue::from_static("application/json")));
        let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(json["protocol"], "TLSv1.3");
        assert_eq!(json["cipher_suite"], "TLS_AES_128_GCM_SHA256");
        assert_eq!(json["group"], "X25519MLKEM768");
        assert_eq!(json["signature_scheme"], "ecdsa_secp256r1_sha256");
        assert_eq!(json["alpn"], "h2");
        assert_eq!(json["server_name"], "localhost");
        assert_eq!(json["resumed"], false);
        assert_eq!(json["client_auth_requested"], false);
        assert_eq!(json["address"], "127.0.0.1:40000");
        assert_eq!(json["target"], "localhost");
        assert_eq!(json["timings_ms"]["tls"], 1.23);
        assert_eq!(json["error"], serde_json::Value::Null);
        assert_eq!(json["client_hello"]["alpn"][1], "http/1.1");
        assert_eq!(json["messages"][0]["name"], "ClientHello");
        assert!(json["chain"].as_array().unwrap().is_empty());
    }

    #[tokio::test]
    async fn head_has_the_length_but_no_body() {
        let (_, get, body) = ask("GET", "/", "text/html").await;
        let (status, head, nothing) = ask("HEAD", "/", "text/html").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(head["content-length"], body.len().to_string());
        assert_eq!(head["content-length"], get["content-length"]);
        assert!(nothing.is_empty());
    }

    #[tokio::test]
    async fn the_icon_is_an_image_and_writing_is_refused() {
        let (_, headers, body) = ask("GET", "/favicon.ico", "image/*").await;
        assert_eq!(headers["content-type"], "image/svg+xml");
        assert!(body.starts_with(b"<svg"));
        let (status, headers, _) = ask("POST", "/", "*/*").await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(headers["allow"], "GET, HEAD");
    }

    #[tokio::test]
    async fn the_page_allows_nothing_from_elsewhere() {
        let (_, headers, body) = ask("GET", "/", "text/html").await;
        assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none';"));
        assert_eq!(headers["cache-control"], "no-store");
        let page = String::from_utf8(body).unwrap();
        assert!(!page.contains("http://www.w3.org/2000/svg\" src"));
        for forbidden in ["<script", " src=", "<iframe", " style=", "@import"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
    }
}
