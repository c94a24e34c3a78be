//! HTTP through the terminator to a backend and back, over loopback with the real stack.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, Version};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Frame, Incoming};
use support::{Body, backend, full, get, limits, provider, start, start_for, streamed, text};
use tlsmith_crypto::HashAlgorithm;
use tlsmith_proxy::{BackendTimeouts, Service};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// Answers with the head of the request as the backend saw it.
async fn mirror(request: Request<Incoming>) -> Response<Body> {
    let mut seen = format!("{} {} {:?}\n", request.method(), request.uri(), request.version());
    for (name, value) in request.headers() {
        seen.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
    }
    let mut response = Response::new(full(seen));
    response.headers_mut().insert("connection", "x-hop".parse().unwrap());
    response.headers_mut().insert("x-hop", "1".parse().unwrap());
    response.headers_mut().insert("keep-alive", "timeout=5".parse().unwrap());
    response.headers_mut().insert("x-end", "2".parse().unwrap());
    response
}

/// Answers with the body of the request, as it comes.
async fn echo(request: Request<Incoming>) -> Response<Body> {
    let (sender, body) = streamed();
    tokio::spawn(async move {
        let mut incoming = request.into_body();
        while let Some(Ok(frame)) = incoming.frame().await {
            if sender.send(frame).await.is_err() {
                return;
            }
        }
    });
    Response::new(body)
}

#[tokio::test]
async fn http1_and_http2_reach_the_backend_as_http1() {
    let running = start_for(backend(mirror).await).await;
    let mut http1 = running.http1().await;
    let response = http1.send_request(get("/a/b?c=d")).await.unwrap();
    assert_eq!((response.status(), response.version()), (StatusCode::OK, Version::HTTP_11));
    assert!(text(response).await.starts_with("GET /a/b?c=d HTTP/1.1\n"));

    let mut http2 = running.http2().await;
    let request = Request::get("https://localhost:1234/a/b?c=d").body(full("")).unwrap();
    let response = http2.send_request(request).await.unwrap();
    assert_eq!((response.status(), response.version()), (StatusCode::OK, Version::HTTP_2));
    let seen = text(response).await;
    assert!(seen.starts_with("GET /a/b?c=d HTTP/1.1\n"));
    assert!(seen.contains("\nhost: localhost:1234\n"), "{seen}");
    assert!(seen.contains("\nvia: 2.0 tlsmith\n"), "{seen}");
    drop((http1, http2));
    running.stop().await;
}

#[tokio::test]
async fn fields_of_one_connection_end_there_and_spoofed_ones_are_replaced() {
    let running = start_for(backend(mirror).await).await;
    let mut http1 = running.http1().await;
    let request = Request::get("/")
        .header("host", "example.com:99")
        .header("connection", "x-private")
        .header("x-private", "1")
        .header("keep-alive", "timeout=9")
        .header("upgrade", "h2c")
        .header("te", "trailers, deflate")
        .header("x-forwarded-for", "6.6.6.6")
        .header("x_forwarded_for", "6.6.6.6")
        .header("forwarded", "for=6.6.6.6")
        .header("client-cert", ":AAAA:")
        .header("x-kept", "yes")
        .body(full(""))
        .unwrap();
    let response = http1.send_request(request).await.unwrap();
    assert!(!response.headers().contains_key("x-hop"));
    assert!(!response.headers().contains_key("keep-alive"));
    assert!(!response.headers().contains_key("connection"));
    assert_eq!(response.headers()["x-end"], "2");
    let seen = text(response).await;
    for gone in ["x-private", "keep-alive", "upgrade", "6.6.6.6", "client-cert", "deflate"] {
        assert!(!seen.contains(gone), "{gone} in {seen}");
    }
    for there in [
        "\nhost: example.com:99\n",
        "\nx-forwarded-for: 127.0.0.1\n",
        "\nx-forwarded-proto: https\n",
        "\nx-forwarded-host: example.com:99\n",
        "\nforwarded: for=127.0.0.1;proto=https;host=\"example.com:99\"\n",
        "\nx-kept: yes\n",
        "\nte: trailers\n",
        "\nconnection: TE\n",
    ] {
        assert!(seen.contains(there), "{there:?} not in {seen}");
    }
    drop(http1);
    running.stop().await;
}

#[tokio::test]
async fn what_says_unclearly_whom_it_is_for_is_refused() {
    let running = start_for(backend(mirror).await).await;
    let mut http1 = running.http1().await;
    let none = Request::get("/").body(full("")).unwrap();
    assert_eq!(http1.send_request(none).await.unwrap().status(), StatusCode::BAD_REQUEST);
    let mut http1 = running.http1().await;
    let two = Request::get("/").header("host", "a").header("host", "b").body(full("")).unwrap();
    assert_eq!(http1.send_request(two).await.unwrap().status(), StatusCode::BAD_REQUEST);
    let mut http2 = running.http2().await;
    let other = Request::get("https://a/").header("host", "b").body(full("")).unwrap();
    assert_eq!(http2.send_request(other).await.unwrap().status(), StatusCode::BAD_REQUEST);
    let trace = Request::builder().method("TRACE").uri("https://a/").body(full("")).unwrap();
    assert_eq!(http2.send_request(trace).await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    drop((http1, http2));
    running.stop().await;
}

/// 20 MiB that are not all alike, in uneven pieces.
fn pieces() -> Vec<Bytes> {
    let mut state = 1_u32;
    let mut left = 20 << 20;
    let mut pieces = Vec::new();
    while left > 0 {
        let length = (state as usize % 70_000 + 1).min(left);
        left -= length;
        let piece: Vec<u8> = (0..length)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        pieces.push(Bytes::from(piece));
    }
    pieces
}

/// Sends 20 MiB and reads them back, hashed on both sides, never held as a whole.
async fn both_ways<F>(send: impl FnOnce(Request<Body>) -> F)
where
    F: Future<Output = hyper::Result<Response<Incoming>>>,
{
    let (sender, body) = streamed();
    let feeding = tokio::spawn(async move {
        let mut hash = provider().hash(HashAlgorithm::Sha256);
        for piece in pieces() {
            hash.update(&piece);
            sender.send(Frame::data(piece)).await.unwrap();
        }
        hash.current()
    });
    let request = Request::post("https://localhost/").header("host", "localhost").body(body).unwrap();
    let response = send(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut hash = provider().hash(HashAlgorithm::Sha256);
    let mut total = 0;
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let data = frame.unwrap().into_data().unwrap();
        total += data.len();
        hash.update(&data);
    }
    assert_eq!(total, 20 << 20);
    assert_eq!(hash.current(), feeding.await.unwrap());
}

#[tokio::test]
async fn twenty_mebibytes_both_ways_over_http1() {
    let running = start_for(backend(echo).await).await;
    let mut http1 = running.http1().await;
    both_ways(|request| http1.send_request(request)).await;
    drop(http1);
    running.stop().await;
}

#[tokio::test]
async fn twenty_mebibytes_both_ways_over_http2() {
    let running = start_for(backend(echo).await).await;
    let mut http2 = running.http2().await;
    both_ways(|request| http2.send_request(request)).await;
    drop(http2);
    running.stop().await;
}

#[tokio::test]
async fn bodies_stream_without_being_collected() {
    let running = start_for(backend(echo).await).await;
    let mut http2 = running.http2().await;
    let mut http1 = running.http1().await;
    for second in [false, true] {
        let (sender, body) = streamed();
        let request = Request::post("https://localhost/").header("host", "localhost").body(body).unwrap();
        let response = match second {
            true => http2.send_request(request).await.unwrap(),
            false => http1.send_request(request).await.unwrap(),
        };
        // Each piece is back before the next is sent: nothing on the way waits for the end.
        let mut body = response.into_body();
        for piece in ["one", "two", "three"] {
            sender.send(Frame::data(Bytes::from(piece))).await.unwrap();
            assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), piece);
        }
        drop(sender);
        assert!(body.collect().await.unwrap().to_bytes().is_empty());
    }
    drop((http1, http2));
    running.stop().await;
}

#[tokio::test]
async fn trailers_pass_both_ways() {
    async fn answer(request: Request<Incoming>) -> Response<Body> {
        let collected = request.into_body().collect().await.unwrap();
        let trailers = collected.trailers().cloned().unwrap_or_default();
        let (sender, body) = streamed();
        tokio::spawn(async move {
            sender.send(Frame::data(Bytes::from("body"))).await.unwrap();
            sender.send(Frame::trailers(trailers)).await.unwrap();
        });
        let mut response = Response::new(body);
        response.headers_mut().insert("trailer", "x-sum".parse().unwrap());
        response
    }
    let running = start_for(backend(answer).await).await;
    let mut http2 = running.http2().await;
    let (sender, body) = streamed();
    let feeding = tokio::spawn(async move {
        sender.send(Frame::data(Bytes::from("x"))).await.unwrap();
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", "42".parse().unwrap());
        sender.send(Frame::trailers(trailers)).await.unwrap();
    });
    let request =
        Request::post("https://localhost/").header("te", "trailers").header("trailer", "x-sum").body(body).unwrap();
    let collected = http2.send_request(request).await.unwrap().into_body().collect().await.unwrap();
    feeding.await.unwrap();
    assert_eq!(collected.trailers().unwrap()["x-sum"], "42");
    drop(http2);
    running.stop().await;
}

#[tokio::test]
async fn trailers_carry_nothing_that_a_client_may_not_say() {
    async fn names(request: Request<Incoming>) -> Response<Body> {
        let collected = request.into_body().collect().await.unwrap();
        let trailers = collected.trailers().cloned().unwrap_or_default();
        Response::new(full(trailers.keys().map(|name| format!("{name}\n")).collect::<String>()))
    }
    let running = start_for(backend(names).await).await;
    let mut http2 = running.http2().await;
    let (sender, body) = streamed();
    let feeding = tokio::spawn(async move {
        sender.send(Frame::data(Bytes::from("x"))).await.unwrap();
        let mut trailers = HeaderMap::new();
        for name in ["x-sum", "x-forwarded-for", "x_forwarded_for", "client-cert"] {
            trailers.insert(name, "1".parse().unwrap());
        }
        sender.send(Frame::trailers(trailers)).await.unwrap();
    });
    let announced = "x-sum, x-forwarded-for, x_forwarded_for, client-cert";
    let request = Request::post("https://localhost/").header("trailer", announced).body(body).unwrap();
    let answer = text(http2.send_request(request).await.unwrap()).await;
    feeding.await.unwrap();
    assert_eq!(answer, "x-sum\n");
    drop(http2);
    running.stop().await;
}

#[tokio::test]
async fn no_method_loses_its_body() {
    let running = start_for(backend(echo).await).await;
    for method in ["GET", "DELETE", "OPTIONS", "POST", "X-OWN"] {
        let request = format!(
            "{method} / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        );
        let answer = by_hand(&running, &request).await;
        assert!(answer.contains("\r\nabc\r\n"), "{method}: {answer}");
        let request = format!("{method} / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc");
        let answer = by_hand(&running, &request).await;
        assert!(answer.contains("\r\nabc\r\n"), "{method}: {answer}");
    }
    // No length, no END_STREAM with the head: HTTP/2 frames it by itself.
    let mut http2 = running.http2().await;
    let (sender, body) = streamed();
    let request = Request::get("https://localhost/").body(body).unwrap();
    let feeding = tokio::spawn(async move { sender.send(Frame::data(Bytes::from("abc"))).await });
    let response = http2.send_request(request).await.unwrap();
    feeding.await.unwrap().unwrap();
    assert_eq!(text(response).await, "abc");
    drop(http2);
    running.stop().await;
}

#[tokio::test]
async fn one_length_travels_on() {
    let running = start_for(backend(mirror).await).await;
    let request = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 003\r\n\
                   Content-Length: 3\r\n\r\nabc";
    let answer = by_hand(&running, request).await;
    let lengths = answer.lines().filter(|line| line.starts_with("content-length: ")).collect::<Vec<_>>();
    // One is the answer's own.
    assert!(lengths.len() == 2 && lengths.contains(&"content-length: 3"), "{answer}");
    let empty = by_hand(&running, "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
    assert!(empty.contains("\ncontent-length: 0\n"), "{empty}");
    running.stop().await;
}

/// A client that has said all closes its side (RFC 8446 §6.1) and still wants the answer.
#[tokio::test]
async fn a_client_that_closes_its_side_gets_its_answer() {
    async fn slow(_: Request<Incoming>) -> Response<Body> {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let (sender, body) = streamed();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            sender.send(Frame::data(Bytes::from("late"))).await
        });
        Response::new(body)
    }
    let running = start_for(backend(slow).await).await;
    let mut stream = running.connect(&[b"http/1.1"]).await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\r\nlate\r\n"), "{answer}");
    running.stop().await;
}

/// A port where nobody listens.
async fn nowhere() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn a_backend_that_is_down_is_a_502_that_says_so() {
    let running = start_for(nowhere().await).await;
    let mut http1 = running.http1().await;
    let mut request = get("/");
    request.headers_mut().insert("accept", "application/json".parse().unwrap());
    let response = http1.send_request(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    let answer: serde_json::Value = serde_json::from_str(&text(response).await).unwrap();
    assert_eq!(answer["error"]["code"], "backend.unreachable");
    // The connection goes on.
    assert_eq!(http1.send_request(get("/")).await.unwrap().status(), StatusCode::BAD_GATEWAY);
    drop(http1);
    running.stop().await;
}

#[tokio::test]
async fn a_backend_that_does_not_speak_http_is_a_502() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut tcp, _) = listener.accept().await.unwrap();
            let _ = tcp.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await;
        }
    });
    let running = start_for(address).await;
    let mut http1 = running.http1().await;
    let response = http1.send_request(get("/")).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    assert!(text(response).await.contains("backend.broken_answer"));
    drop(http1);
    running.stop().await;
}

#[tokio::test]
async fn a_backend_that_is_silent_is_a_504() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let backend = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let timeouts = BackendTimeouts { answer: Duration::from_millis(200), ..BackendTimeouts::default() };
    let service = Service::Backend(backend, timeouts);
    let running = start(service, limits(), |builder, ca| builder.identity(ca.server(&["localhost"]))).await;
    let mut http2 = running.http2().await;
    let request = Request::get("https://localhost/").body(full("")).unwrap();
    let response = http2.send_request(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::GATEWAY_TIMEOUT);
    assert!(text(response).await.contains("backend.timeout"));
    drop((http2, listener));
    running.stop().await;
}

#[tokio::test]
async fn a_client_that_stops_sending_is_told_so_and_not_the_backend_blamed() {
    async fn patient(request: Request<Incoming>) -> Response<Body> {
        let _ = request.into_body().collect().await;
        Response::new(full("all there"))
    }
    let address = backend(patient).await;
    let timeouts = BackendTimeouts { answer: Duration::from_millis(200), ..BackendTimeouts::default() };
    let service = Service::Backend(format!("http://{address}").parse().unwrap(), timeouts);
    let running = start(service, limits(), |builder, ca| builder.identity(ca.server(&["localhost"]))).await;
    let mut http2 = running.http2().await;
    let (sender, body) = streamed();
    sender.send(Frame::data(Bytes::from("the beginning"))).await.unwrap();
    let request = Request::post("https://localhost/").body(body).unwrap();
    assert_eq!(http2.send_request(request).await.unwrap().status(), StatusCode::REQUEST_TIMEOUT);
    drop((http2, sender));
    running.stop().await;
}

#[tokio::test]
async fn an_expected_100_comes_from_the_backend() {
    // The backend refuses by the head alone: the body must never be sent.
    async fn refuse(request: Request<Incoming>) -> Response<Body> {
        let mut response = Response::new(full("no"));
        let wanted = request.uri().path() == "/wanted";
        if wanted {
            let body = request.into_body().collect().await.unwrap().to_bytes();
            return Response::new(full(body));
        }
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        response
    }
    let running = start_for(backend(refuse).await).await;
    for (path, expected) in
        [("/wanted", "HTTP/1.1 100 Continue\r\n"), ("/refused", "HTTP/1.1 413 Payload Too Large\r\n")]
    {
        let mut stream = running.connect(&[b"http/1.1"]).await;
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut seen = vec![0; expected.len()];
        stream.read_exact(&mut seen).await.unwrap();
        assert_eq!(String::from_utf8(seen).unwrap(), expected);
        if path == "/wanted" {
            stream.write_all(b"body").await.unwrap();
            let mut rest = Vec::new();
            while !rest.ends_with(b"body") {
                assert_ne!(stream.read_buf(&mut rest).await.unwrap(), 0);
            }
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn a_connection_that_the_backend_closed_is_not_the_clients_problem() {
    // One answer a connection, without saying that it is the last: the pool finds out when it sends.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut tcp, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    if tcp.read_buf(&mut head).await.unwrap() == 0 {
                        return;
                    }
                }
                tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
            });
        }
    });
    let running = start_for(address).await;
    let mut http1 = running.http1().await;
    for _ in 0..20 {
        let response = http1.send_request(get("/")).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(text(response).await, "ok");
    }
    drop(http1);
    running.stop().await;
}

#[tokio::test]
async fn cookies_come_in_one_line_and_heads_have_no_body() {
    let running = start_for(backend(mirror).await).await;
    let mut http2 = running.http2().await;
    let request =
        Request::get("https://localhost/").header("cookie", "a=1").header("cookie", "b=2").body(full("")).unwrap();
    assert!(text(http2.send_request(request).await.unwrap()).await.contains("\ncookie: a=1; b=2\n"));
    let request = Request::head("https://localhost/").body(full("")).unwrap();
    let response = http2.send_request(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.body().is_end_stream() || text(response).await.is_empty());
    drop(http2);
    running.stop().await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_passed_on_as_whole() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut tcp, _) = listener.accept().await.unwrap();
            let _ = tcp.read(&mut [0; 4096]).await;
            let _ = tcp.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this").await;
        }
    });
    let running = start_for(address).await;
    let mut http1 = running.http1().await;
    let response = http1.send_request(get("/")).await.unwrap();
    assert!(response.into_body().collect().await.is_err());
    let mut http2 = running.http2().await;
    let request = Request::get("https://localhost/").body(full("")).unwrap();
    let response = http2.send_request(request).await.unwrap();
    assert!(response.into_body().collect().await.is_err());
    drop((http1, http2));
    running.stop().await;
}

/// Speaks HTTP/1.1 by hand, for requests that a well-behaved client does not send; the whole answer.
async fn by_hand(running: &support::Running, request: &str) -> String {
    let mut stream = running.connect(&[b"http/1.1"]).await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn unusual_targets_arrive_as_they_should() {
    let running = start_for(backend(mirror).await).await;
    for (target, seen) in [
        ("* HTTP/1.1\r\nHost: h", "OPTIONS * HTTP/1.1\n"),
        ("https://other:1/x?y HTTP/1.1\r\nHost: h", "OPTIONS /x?y HTTP/1.1\n"),
        ("/%2e%2e//a;b HTTP/1.1\r\nHost: h", "OPTIONS /%2e%2e//a;b HTTP/1.1\n"),
        ("/ HTTP/1.0", "OPTIONS / HTTP/1.1\n"),
    ] {
        let answer = by_hand(&running, &format!("OPTIONS {target}\r\nConnection: close\r\n\r\n")).await;
        assert!(answer.contains(seen), "{target}: {answer}");
        assert!(!target.contains("other") || answer.contains("\nhost: other:1\n"), "{answer}");
    }
    running.stop().await;
}

#[tokio::test]
async fn what_could_be_framed_in_two_ways_is_not_passed_on() {
    let running = start_for(backend(echo).await).await;
    for (fields, status) in [
        ("Transfer-Encoding: gzip, chunked", "501"),
        ("Transfer-Encoding: chunked, chunked", "501"),
        ("Transfer-Encoding: gzip", "400"),
        ("Content-Length: 1\r\nContent-Length: 2", "400"),
        ("Content-Length: +1", "400"),
    ] {
        let request = format!("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{fields}\r\n\r\n0\r\n\r\n");
        let answer = by_hand(&running, &request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{fields}: {answer}");
    }
    let both = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
    let answer = by_hand(&running, both).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") || answer.contains("\r\nok\r\n"), "{answer}");
    running.stop().await;
}
