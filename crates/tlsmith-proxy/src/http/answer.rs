//! Answers of this program's own, when the backend has none to give: a page, or JSON for those who ask for it.

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::{
    Body, full,
    negotiate::{Representation, representation},
};
use crate::html::{Html, STYLE, style_policy};

/// Why a request is answered here, in words for the one who asked. What concerns the operator alone goes to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The status.
    pub(crate) status: StatusCode,
    /// Stable code.
    pub(crate) code: &'static str,
    /// What happened.
    pub(crate) message: &'static str,
    /// What to do.
    pub(crate) fix: &'static str,
}

impl Problem {
    /// The backend refuses connections, or has no address.
    pub(crate) const UNREACHABLE: Self = Self {
        status: StatusCode::BAD_GATEWAY,
        code: "backend.unreachable",
        message: "The server behind this terminator cannot be reached.",
        fix: "Try again in a moment. If you run it: see that it is started and listens where --to says.",
    };
    /// The backend ended or garbled its answer.
    pub(crate) const BROKEN: Self = Self {
        status: StatusCode::BAD_GATEWAY,
        code: "backend.broken_answer",
        message: "The server behind this terminator did not give a proper HTTP answer.",
        fix: "Try again. If you run it: see its log, and that it speaks plain HTTP/1.1 where --to says.",
    };
    /// The backend did not accept the connection in time.
    pub(crate) const CONNECT_TIMEOUT: Self = Self {
        status: StatusCode::GATEWAY_TIMEOUT,
        code: "backend.connect_timeout",
        message: "The server behind this terminator did not accept a connection in time.",
        fix: "Try again in a moment. If you run it: see whether it is overloaded or a firewall stands between.",
    };
    /// The backend did not answer in time.
    pub(crate) const TIMEOUT: Self = Self {
        status: StatusCode::GATEWAY_TIMEOUT,
        code: "backend.timeout",
        message: "The server behind this terminator did not answer in time.",
        fix: "Try again. If you run it: find out why it is slow, or give it longer with --backend-timeout.",
    };
    /// The client stopped in the middle of its request.
    pub(crate) const CLIENT_STALLED: Self = Self {
        status: StatusCode::REQUEST_TIMEOUT,
        code: "request.stalled",
        message: "The body of the request stopped coming.",
        fix: "Send the request again.",
    };
    /// No host, several, or one that contradicts another.
    pub(crate) const BAD_HOST: Self = Self {
        status: StatusCode::BAD_REQUEST,
        code: "request.host",
        message: "The request does not say clearly which host it is for.",
        fix: "Send exactly one Host field (HTTP/1.1) or :authority (HTTP/2).",
    };
    /// A transfer coding besides chunked (RFC 9112 §6.1).
    pub(crate) const TRANSFER_CODING: Self = Self {
        status: StatusCode::NOT_IMPLEMENTED,
        code: "request.transfer_coding",
        message: "The body of the request comes in a transfer coding that is not understood here.",
        fix: "Send it with Transfer-Encoding: chunked alone, or with a Content-Length.",
    };
    /// CONNECT and TRACE end here.
    pub(crate) const METHOD: Self = Self {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "request.method",
        message: "This method is not served here.",
        fix: "Use another method.",
    };
    /// The demonstration answers reads only.
    pub(crate) const READ_ONLY: Self = Self {
        status: StatusCode::METHOD_NOT_ALLOWED,
        code: "request.method",
        message: "The demonstration page can only be read.",
        fix: "Use GET or HEAD. To put a server of your own behind tlsmith, start it with --to http://HOST:PORT.",
    };

    /// The answer, in the representation that the request's fields prefer.
    pub(crate) fn answer(&self, request: &HeaderMap) -> Response<Body> {
        let (kind, content) = match representation(request) {
            Representation::Json => ("application/json", self.json()),
            Representation::Html => ("text/html; charset=utf-8", self.html()),
        };
        let mut response = Response::new(full(content));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            // RFC 9110 §15.5.6 demands it.
            let allow =
                if *self == Self::READ_ONLY { "GET, HEAD" } else { "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS" };
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        add_safety(headers);
        response
    }

    fn json(&self) -> String {
        let problem = json!({"error": {"code": self.code, "message": self.message, "fix": self.fix}});
        format!("{problem}\n")
    }

    fn html(&self) -> String {
        let mut page = Html::default();
        page.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>");
        page.text(&self.status.to_string());
        page.raw("</title><style>")
            .raw(STYLE)
            .raw("</style></head><body><main class=\"problem\"><p class=\"eyebrow\">");
        page.text(self.status.as_str());
        page.raw("</p><h1>").text(self.status.canonical_reason().unwrap_or("Error"));
        page.raw("</h1><p>").text(self.message).raw("</p><p class=\"quiet\">").text(self.fix);
        page.raw("</p><p class=\"quiet\"><code>").text(self.code);
        page.raw("</code></p><footer>tlsmith</footer></main></body></html>\n");
        page.finish()
    }
}

/// The fields that every page of this program's own carries: nothing is loaded, run, framed or remembered.
pub(crate) fn add_safety(headers: &mut HeaderMap) {
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::VARY, "Accept"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(style_policy()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    #[tokio::test]
    async fn a_problem_comes_as_page_or_json() {
        let mut request = HeaderMap::new();
        let page = Problem::UNREACHABLE.answer(&request);
        assert_eq!(page.status(), 502);
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        let page = page.into_body().collect().await.unwrap().to_bytes();
        assert!(String::from_utf8_lossy(&page).contains("backend.unreachable"));

        request.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let answer = Problem::TIMEOUT.answer(&request);
        assert_eq!(answer.status(), 504);
        let answer = answer.into_body().collect().await.unwrap().to_bytes();
        let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["error"]["code"], "backend.timeout");
        assert!(answer["error"]["fix"].is_string());
    }

    #[test]
    fn a_refused_method_says_which_are_allowed() {
        assert_eq!(Problem::READ_ONLY.answer(&HeaderMap::new()).headers()["allow"], "GET, HEAD");
    }
}
