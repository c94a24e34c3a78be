//! What a CA serves over plain HTTP: issuers' certificates, CRLs, OCSP responses.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::{Arc, Mutex},
};

use super::scripted::Listening;

/// The longest body of a request that is read: an OCSP request has some hundred bytes.
const MAX_BODY: u64 = 1 << 16;

#[derive(Debug)]
struct Document {
    content_type: &'static str,
    body: Vec<u8>,
}

/// A web server on loopback.
#[derive(Debug)]
pub struct Web {
    documents: Arc<Mutex<HashMap<String, Document>>>,
    listening: Listening,
}

impl Web {
    /// Starts it, with nothing to serve.
    pub fn start() -> Self {
        let documents: Arc<Mutex<HashMap<String, Document>>> = Arc::default();
        let served = Arc::clone(&documents);
        Self { documents, listening: Listening::start(move |socket| answer(socket, &served)) }
    }

    /// Serves one more document from now on and returns its address.
    ///
    /// What asks by GET with more behind the path (OCSP, RFC 6960 §A.1) or by POST is answered, too.
    pub fn publish(&self, path: &str, content_type: &'static str, body: Vec<u8>) -> String {
        let uri = self.address(path);
        self.documents.lock().unwrap().insert(format!("/{path}"), Document { content_type, body });
        uri
    }

    /// Where a document is, or will be.
    pub fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.listening.port)
    }
}

fn answer(mut socket: TcpStream, documents: &Mutex<HashMap<String, Document>>) {
    let mut reader = BufReader::new(socket.try_clone().unwrap());
    let (mut request, mut length) = (String::new(), 0);
    let _ = reader.read_line(&mut request);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let _ = std::io::copy(&mut reader.take(length.min(MAX_BODY)), &mut std::io::sink());
    let path = request.split(' ').nth(1).unwrap_or_default();
    let documents = documents.lock().unwrap();
    let found = documents
        .iter()
        .find(|(at, _)| path.strip_prefix(at.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let _ = match found {
        Some((_, Document { content_type, body })) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            socket.write_all(&[head.as_bytes(), body].concat())
        }
        None => socket.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    };
}
