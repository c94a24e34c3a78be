//! The examples.

#[allow(dead_code, reason = "its main is for `cargo run --example`")]
#[path = "../../examples/blocking_client.rs"]
mod blocking_client;
#[allow(dead_code, reason = "its main is for `cargo run --example`")]
#[path = "../../examples/blocking_echo.rs"]
mod blocking_echo;
#[allow(dead_code, reason = "its main is for `cargo run --example`")]
#[path = "../../examples/shared_ticket_keys.rs"]
mod shared_ticket_keys;

use std::{
    io::{Read, Write},
    thread,
};

use tlsmith::{blocking::Stream, buffered::BufferPool};
use tlsmith_crypto::Secret;
use tlsmith_x509::{TrustAnchors, UnixTime};

use crate::{pki::Pki, tcp::sockets};

#[test]
fn the_echo_says_back_what_it_hears() {
    let (client, server) = sockets();
    let config = Pki::shared().server().build().unwrap();
    let serving = thread::spawn(move || blocking_echo::echo(server, config, &BufferPool::default()));
    let name = "localhost".parse().unwrap();
    let config = Pki::shared().client().build().unwrap();
    let mut client = Stream::connect(client, config, name, UnixTime::now()).unwrap();
    client.write_all(b"is anybody there?").unwrap();
    client.shutdown_write().unwrap();
    let mut heard = Vec::new();
    client.read_to_end(&mut heard).unwrap();
    assert_eq!(heard, b"is anybody there?");
    serving.join().unwrap().unwrap();
}

#[test]
fn the_client_fetches_a_page_and_refuses_a_stranger() {
    let page = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na page";
    for trusted in [true, false] {
        let (client, server) = sockets();
        let config = Pki::shared().server().build().unwrap();
        let serving = thread::spawn(move || {
            let mut server = Stream::accept(server, config, UnixTime::now()).unwrap();
            let (mut request, mut byte) = (Vec::new(), [0]);
            while !request.ends_with(b"\r\n\r\n") {
                server.read_exact(&mut byte)?;
                request.push(byte[0]);
            }
            server.write_all(page)?;
            server.shutdown_write()?;
            let rest = server.read(&mut byte)?;
            assert_eq!(rest, 0);
            Ok::<_, std::io::Error>(request)
        });
        let anchors = match trusted {
            true => TrustAnchors::from_pem(Pki::shared().ca_pem.as_bytes()).unwrap(),
            false => TrustAnchors::new(),
        };
        let fetched = blocking_client::fetch("localhost", client, anchors);
        let request = serving.join().unwrap();
        if trusted {
            assert_eq!(fetched.unwrap(), page);
            assert!(request.unwrap().starts_with(b"GET / HTTP/1.1\r\nHost: localhost\r\n"));
        } else {
            assert!(fetched.unwrap_err().to_string().contains("[certificate."));
            assert!(request.is_err());
        }
    }
}

#[test]
fn a_ticket_of_one_server_resumes_at_the_other_with_the_same_root() {
    let anchors = TrustAnchors::from_pem(Pki::shared().ca_pem.as_bytes()).unwrap();
    let client = shared_ticket_keys::client(anchors).unwrap();
    let identity = Pki::shared().identity("localhost");
    let server = |root: u8| shared_ticket_keys::server(&identity, &Secret::new(&[root; 32])).unwrap();
    let visit = |server| shared_ticket_keys::visit(&client, "localhost", &server).unwrap();
    assert!(!visit(server(1)));
    assert!(visit(server(1)) && visit(server(1)));
    assert!(!visit(server(2)), "another root");
}
