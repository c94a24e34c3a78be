//! One exchange by HTTP/1.1 (RFC 9112), and the redirects that it leads to.

use super::{FetchError, Fetcher, Problem};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, CONTENT_TYPE, HOST, LOCATION, USER_AGENT};
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use std::net::{IpAddr, SocketAddr};
use tokio::net::TcpStream;

const REDIRECTS: u32 = 3;
/// Addresses of one name that are tried: some names have a dozen, all of them down at once.
const ADDRESSES: usize = 4;

pub(super) async fn get(fetcher: &Fetcher, url: &str, most: usize) -> Result<Vec<u8>, FetchError> {
    fetch(fetcher, url, None, most).await
}

/// RFC 6960 §A.1: the request as the body.
pub(super) async fn post(fetcher: &Fetcher, url: &str, body: &[u8], most: usize) -> Result<Vec<u8>, FetchError> {
    fetch(fetcher, url, Some(body), most).await
}

async fn fetch(fetcher: &Fetcher, url: &str, body: Option<&[u8]>, most: usize) -> Result<Vec<u8>, FetchError> {
    let fetched = tokio::time::timeout(fetcher.limit, follow(fetcher, url, body, most)).await;
    let fetched = fetched.unwrap_or(Err(Problem::TimedOut(fetcher.limit)));
    fetched.map_err(|problem| FetchError::new(url, problem))
}

async fn follow(fetcher: &Fetcher, url: &str, body: Option<&[u8]>, most: usize) -> Result<Vec<u8>, Problem> {
    let mut target = Target::parse(url)?;
    for _ in 0..=REDIRECTS {
        let response = exchange(fetcher, &target, body).await?;
        match response.status().as_u16() {
            200 => return whole(response, most).await,
            // A request is sent again as it was (RFC 9110 §15.4); the others would make a GET of it.
            301..=303 if body.is_none() => target = target.redirected(&response)?,
            307 | 308 => target = target.redirected(&response)?,
            status => return Err(Problem::Status(status)),
        }
    }
    Err(Problem::Redirect(format!("more than {REDIRECTS} of them")))
}

/// Where to, and what to ask for there.
struct Target {
    host: String,
    port: u16,
    /// As it stands in the URL.
    authority: String,
    path: String,
}

impl Target {
    fn parse(url: &str) -> Result<Self, Problem> {
        let uri: Uri = url.parse().map_err(|_| Problem::Url("it is no URL"))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => {
                return Err(Problem::Url(
                    "https is not fetched: to verify that server could take the very thing that is fetched (RFC 5280 §8)",
                ));
            }
            Some(_) => return Err(Problem::Url("only http is fetched")),
            None => return Err(Problem::Url("it is no URL with a scheme")),
        }
        let authority = uri.authority().ok_or(Problem::Url("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(Problem::Url("it has a user name in it"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(Problem::Url("it names no host"));
        }
        let path = uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        Ok(Self { host, port: authority.port_u16().unwrap_or(80), authority: authority.to_string(), path })
    }

    fn redirected(&self, response: &Response<Incoming>) -> Result<Self, Problem> {
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.ok_or_else(|| Problem::Redirect("it does not say where to".to_owned()))?;
        if location.starts_with('/') && !location.starts_with("//") {
            return Self::parse(&format!("http://{}{location}", self.authority));
        }
        Self::parse(location).map_err(|problem| Problem::Redirect(problem.to_string()))
    }

    /// A connection to an address of the host that is reached. What was looked at is what is connected to: the name is not
    /// resolved again.
    async fn connect(&self, fetcher: &Fetcher) -> Result<TcpStream, Problem> {
        let addresses: Vec<SocketAddr> = match self.host.parse::<IpAddr>() {
            Ok(address) => vec![SocketAddr::new(address, self.port)],
            Err(_) => {
                let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
                found.map_err(|error| Problem::Resolve(error.to_string()))?.collect()
            }
        };
        let mut problem = Problem::Resolve("it has no address".to_owned());
        for address in addresses.into_iter().take(ADDRESSES) {
            if !fetcher.reach.allows(address.ip()) {
                problem = Problem::Address(address.ip());
                continue;
            }
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => problem = Problem::Connection(error.to_string()),
            }
        }
        Err(problem)
    }
}

async fn exchange(fetcher: &Fetcher, target: &Target, body: Option<&[u8]>) -> Result<Response<Incoming>, Problem> {
    let broken = |error: hyper::Error| Problem::Connection(error.to_string());
    let stream = target.connect(fetcher).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // It ends with the response, or is dropped with the runtime; its error is that of the request.
    tokio::spawn(connection);
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let mut request = Request::builder()
        .method(method)
        .uri(&target.path)
        .header(HOST, &target.authority)
        .header(USER_AGENT, concat!("tlsmith/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "*/*");
    if body.is_some() {
        request = request.header(CONTENT_TYPE, "application/ocsp-request");
    }
    let body = Full::new(Bytes::copy_from_slice(body.unwrap_or_default()));
    let request = request.body(body).map_err(|_| Problem::Url("it cannot be asked for by HTTP"))?;
    sender.send_request(request).await.map_err(broken)
}

/// The body. Its type is not looked at: many servers get it wrong, and what parses is what it is.
async fn whole(response: Response<Incoming>, most: usize) -> Result<Vec<u8>, Problem> {
    match Limited::new(response.into_body(), most).collect().await {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::TooLong(most)),
        Err(error) => Err(Problem::Connection(error.to_string())),
    }
}
