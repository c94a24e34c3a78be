//! A ClientHello with everything in it that was ever in use, for diagnosis alone: it finds out what a server would speak
//! that refuses what this stack offers. Only what comes in clear is read (up to TLS 1.2 that is ServerHello, Certificate,
//! ServerKeyExchange and CertificateRequest); nothing is believed, no key is made, no handshake is ever completed.

mod hello;
mod read;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use tlsmith::registry::{AlertDescription, CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme};
use tlsmith_crypto::Provider;
use tlsmith_x509::Certificate;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{Probe, Seen, ask_for_tls, reach};
use crate::connect::{
    Error,
    failure::{self, Phase},
};
use read::Reading;

/// What is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// TLS 1.0 to TLS 1.2 with every suite, curve and signature algorithm that has a name, the broken ones last.
    Legacy,
    /// TLS 1.0 as it was then, with its own extensions alone: some servers do not read that from a newer version down.
    Tls10,
    /// SSLv3 with the suites of its time and no extension, which some servers of that time could not read.
    Ssl3,
    /// TLS 1.3 with every suite and group and no key share: the server has to name the group that it wants (RFC 8446 §4.1.4).
    AnyGroup,
}

/// What the server answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// The version of its ServerHello.
    pub(crate) version: Option<ProtocolVersion>,
    /// The version in the header of its first record.
    pub(crate) record_version: Option<ProtocolVersion>,
    /// The suite that it chose.
    pub(crate) suite: Option<CipherSuite>,
    /// The curve of its ServerKeyExchange, or the group that its HelloRetryRequest asks for.
    pub(crate) group: Option<NamedGroup>,
    /// The scheme that its ServerKeyExchange is signed with (TLS 1.2).
    pub(crate) signature_scheme: Option<SignatureScheme>,
    /// The length in bits of its finite field, where it has one.
    pub(crate) field_bits: Option<usize>,
    /// Its alert.
    pub(crate) alert: Option<AlertDescription>,
    /// Its certificates that could be parsed.
    pub(crate) chain: Vec<Certificate>,
    /// How many could not.
    pub(crate) undecodable: usize,
    /// It asked for a certificate.
    pub(crate) client_certificate_requested: bool,
    /// Why there is no more, if it was not the server that had ended.
    pub(crate) error: Option<Error>,
    /// How many bytes came.
    pub(crate) received: usize,
    /// How long it took.
    pub(crate) elapsed: Duration,
}

/// Sends it and reads what comes in clear.
pub(crate) async fn ask(provider: &dyn Provider, probe: &Probe, offer: Offer) -> Answer {
    let begun = Instant::now();
    let mut answer = Answer::default();
    answer.error = exchange(provider, probe, offer, &mut answer).await.err();
    answer.elapsed = begun.elapsed();
    answer
}

async fn exchange(provider: &dyn Provider, probe: &Probe, offer: Offer, answer: &mut Answer) -> Result<(), Error> {
    let (tcp, address, _) = reach(probe, &mut Seen::default()).await?;
    let mut tcp = ask_for_tls(probe, tcp).await?;
    let failed = |error: std::io::Error| failure::io(Phase::Tls, &address.to_string(), &error);
    let hello = hello::encode(offer, probe.server_name.as_ref(), &random(provider));
    tcp.write_all(&hello).await.map_err(failed)?;
    match timeout(probe.limit, listen(&mut tcp, answer)).await {
        Ok(result) => result.map_err(failed),
        Err(_) => {
            Err(failure::timeout(Phase::Tls, probe.limit, &format!("{address} did not answer the old ClientHello")))
        }
    }
}

async fn listen(tcp: &mut TcpStream, answer: &mut Answer) -> std::io::Result<()> {
    let mut reading = Reading::default();
    let mut chunk = [0; 4096];
    while !reading.is_over() {
        let count = tcp.read(&mut chunk).await?;
        if count == 0 {
            break;
        }
        answer.received += count;
        reading.push(chunk.get(..count).unwrap_or_default(), answer);
    }
    Ok(())
}

fn random(provider: &dyn Provider) -> [u8; 32] {
    let mut random = [0; 32];
    // It protects nothing: zeros would do as well.
    let _ = provider.random(&mut random);
    random
}
