//! A client of OpenSSL that resumes sessions.
//!
//! The crate `openssl` offers that by an unsafe function only. hyper-openssl keeps sessions and calls it, so its
//! connector makes these handshakes, over a transport in memory. It costs a boxed future, a lock and a cache, some
//! hundred nanoseconds.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    io::{self, Write},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use http::Uri;
use hyper_openssl::client::legacy::{HttpsConnector, MaybeHttpsStream};
use hyper_traits::rt;
use hyper_util_traits::client::legacy::connect::{Connected, Connection};
use openssl::ssl::{SslConnector, SslMethod};
use tower_service::Service;

use super::{
    End, Setup,
    openssl::{Pipe, check, configure, trust},
};
use crate::{Result, pki::HOST};

pub(super) struct Resuming {
    connector: HttpsConnector<Dial>,
    dial: Dial,
    uri: Uri,
}

impl Resuming {
    pub(super) fn new(setup: &Setup<'_>) -> Result<Self> {
        let mut ssl = SslConnector::builder(SslMethod::tls())?;
        configure(&mut ssl, setup)?;
        trust(&mut ssl, setup)?;
        let dial = Dial::default();
        let connector = HttpsConnector::with_connector(dial.clone(), ssl)?;
        Ok(Self { connector, dial, uri: format!("https://{HOST}").parse()? })
    }

    pub(super) fn end(&self) -> Result<Box<dyn End>> {
        let transport = Transport::default();
        *lock(&self.dial.0) = transport.clone();
        let stream = Stream::Connecting(self.connector.clone().call(self.uri.clone()));
        Ok(Box::new(ResumingEnd { transport, stream }))
    }
}

/// Gives the transport that was laid down for the next connection.
#[derive(Clone, Default)]
struct Dial(Arc<Mutex<Transport>>);

impl Service<Uri> for Dial {
    type Response = Transport;
    type Error = Infallible;
    type Future = Ready<Result<Transport, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(Ok(lock(&self.0).clone()))
    }
}

/// A transport in memory that two hold: OpenSSL and the measurement.
#[derive(Clone, Default)]
struct Transport(Arc<Mutex<Pipe>>);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl rt::Read for Transport {
    fn poll_read(self: Pin<&mut Self>, _: &mut Context<'_>, mut buffer: rt::ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        let mut pipe = lock(&self.0);
        let taken = pipe.take(buffer.remaining());
        if taken.is_empty() {
            return Poll::Pending;
        }
        buffer.put_slice(taken);
        Poll::Ready(Ok(()))
    }
}

impl rt::Write for Transport {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(lock(&self.0).write(data))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Connection for Transport {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

struct ResumingEnd {
    transport: Transport,
    stream: Stream,
}

enum Stream {
    Connecting(<HttpsConnector<Dial> as Service<Uri>>::Future),
    Connected(MaybeHttpsStream<Transport>),
}

impl ResumingEnd {
    fn advance(&mut self) -> Result<()> {
        let mut context = Context::from_waker(Waker::noop());
        if let Stream::Connecting(connecting) = &mut self.stream {
            match connecting.as_mut().poll(&mut context) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Ok(stream)) => self.stream = Stream::Connected(stream),
                Poll::Ready(Err(error)) => return Err(error),
            }
        }
        if let Stream::Connected(stream) = &mut self.stream
            && lock(&self.transport.0).has_input()
        {
            // Tickets come after the handshake.
            let mut byte = [0];
            let mut buffer = rt::ReadBuf::new(&mut byte);
            if let Poll::Ready(result) = rt::Read::poll_read(Pin::new(stream), &mut context, buffer.unfilled()) {
                result?;
            }
        }
        Ok(())
    }
}

impl End for ResumingEnd {
    fn handshake(&mut self, input: &mut Vec<u8>, output: &mut Vec<u8>) -> Result<()> {
        lock(&self.transport.0).exchange(input, output);
        let result = self.advance();
        lock(&self.transport.0).exchange(input, output);
        input.clear();
        result
    }

    fn is_handshaking(&self) -> bool {
        matches!(self.stream, Stream::Connecting(_))
    }

    fn check(&self, setup: &Setup<'_>, resumed: bool) -> Result<()> {
        match &self.stream {
            Stream::Connected(MaybeHttpsStream::Https(stream)) => check(stream.ssl(), setup, resumed),
            _ => Err("openssl: no TLS".into()),
        }
    }

    /// OpenSSL forgets the session of a connection that ends without close_notify.
    fn close(&mut self) -> Result<()> {
        if let Stream::Connected(stream) = &mut self.stream {
            let mut context = Context::from_waker(Waker::noop());
            if let Poll::Ready(result) = rt::Write::poll_shutdown(Pin::new(stream), &mut context) {
                result?;
            }
        }
        Ok(())
    }

    fn send(&mut self, _: &[u8], _: &mut Vec<u8>) -> Result<()> {
        Err(NO_DATA.into())
    }

    fn receive(&mut self, _: &mut Vec<u8>) -> Result<usize> {
        Err(NO_DATA.into())
    }

    fn fall_idle(&mut self) {}
}

const NO_DATA: &str = "data is measured on connections that do not resume";
