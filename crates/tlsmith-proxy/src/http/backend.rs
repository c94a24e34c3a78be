//! The backend: where it is, and the pool of connections to it.

use std::{fmt, str::FromStr, time::Duration};

use http::{Uri, uri::Authority};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

use super::Body;

/// A backend: `http://HOST:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    authority: Authority,
}

/// Why text does not name a backend: what is wrong, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidBackend(String);

impl fmt::Display for InvalidBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidBackend {}

impl Backend {
    /// `HOST:PORT`, as it stands in requests.
    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.authority)
    }
}

impl FromStr for Backend {
    type Err = InvalidBackend;

    fn from_str(text: &str) -> Result<Self, InvalidBackend> {
        let refuse = |what: &str| Err(InvalidBackend(format!("{what}; write http://HOST:PORT")));
        let Ok(uri) = text.parse::<Uri>() else { return refuse("this is not a URL") };
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return refuse("backends are reached over plain HTTP, not https"),
            Some(scheme) => return refuse(&format!("backends are reached over HTTP, not {scheme}")),
            None => return refuse("the scheme is missing"),
        }
        let Some(authority) = uri.authority() else { return refuse("the host is missing") };
        if authority.as_str().contains('@') {
            return refuse("a backend has no user name");
        }
        if authority.host().is_empty() {
            return refuse("the host is missing");
        }
        if authority.port_u16().is_none() && authority.as_str() != authority.host() {
            return refuse("the port is not one");
        }
        if !matches!(uri.path_and_query().map(|path| path.as_str()), None | Some("/" | "")) {
            return refuse("a backend has no path, requests keep their own");
        }
        Ok(Self { authority: authority.clone() })
    }
}

/// The pool: keeps connections that are idle for a while, bounded.
pub(super) fn client(connect_timeout: Duration) -> Client<HttpConnector, Body> {
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(Some(connect_timeout));
    connector.set_nodelay(true);
    // A machine that is gone does not say so, and a stream or a WebSocket may be silent for long.
    connector.set_keepalive(Some(Duration::from_secs(60)));
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        // Shorter than the keep-alive of common servers (Apache 5 s is the shortest): seldom sends into a closing one.
        .pool_idle_timeout(Duration::from_secs(4))
        .pool_max_idle_per_host(64)
        .set_host(false)
        .build(connector)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_backend() {
        for good in ["http://127.0.0.1:3000", "http://localhost", "http://[::1]:80/", "http://app.internal:8080"] {
            assert!(good.parse::<Backend>().is_ok(), "{good}");
        }
        assert_eq!("http://[::1]:80/".parse::<Backend>().unwrap().to_string(), "http://[::1]:80");
    }

    #[test]
    fn what_does_not_is_told_why() {
        let cases = [
            ("127.0.0.1:3000", "scheme"),
            ("localhost:3000", "scheme"),
            ("https://localhost:3000", "not https"),
            ("unix://x", "not unix"),
            ("http://", "not a URL"),
            ("http://user@host:1", "user name"),
            ("http://host:1/path", "no path"),
            ("http://host:1/?q", "no path"),
            ("http://host:99999", "port"),
            ("", "not a URL"),
            ("/x", "scheme"),
        ];
        for (text, expected) in cases {
            let error = text.parse::<Backend>().unwrap_err().to_string();
            assert!(error.contains("write http://HOST:PORT"), "{text}: {error}");
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
