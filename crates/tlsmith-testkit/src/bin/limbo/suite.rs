//! The suite: one JSON object, as it is or packed by gzip (RFC 1952). Fields under the names of x509-limbo's schema.

use serde::Deserialize;

/// All test cases of a file.
#[derive(Debug, Deserialize)]
pub(crate) struct Suite {
    pub(crate) testcases: Vec<Case>,
}

/// One test case. What decides nothing (description, importance, the leaf's private key) is not read.
#[derive(Debug, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) validation_kind: Kind,
    /// PEM, one each.
    pub(crate) trusted_certs: Vec<String>,
    pub(crate) untrusted_intermediates: Vec<String>,
    pub(crate) peer_certificate: String,
    /// RFC 3339; none: now.
    pub(crate) validation_time: Option<String>,
    /// Signatures of certificates that are allowed; empty: the validator's choice.
    #[serde(default)]
    pub(crate) signature_algorithms: Vec<String>,
    /// Bits that the leaf's key usage has to have.
    #[serde(default)]
    pub(crate) key_usage: Vec<String>,
    /// Purposes that the leaf has to have; empty: that of the kind.
    #[serde(default)]
    pub(crate) extended_key_usage: Vec<String>,
    pub(crate) expected_result: Expected,
    /// Of a server: the name that is asked for.
    pub(crate) expected_peer_name: Option<PeerName>,
    /// Of a client: the names that it has to have.
    #[serde(default)]
    pub(crate) expected_peer_names: Vec<PeerName>,
    /// How many intermediates that are not self-issued there may be.
    pub(crate) max_chain_depth: Option<u64>,
    /// PEM, one each.
    #[serde(default)]
    pub(crate) crls: Vec<String>,
}

/// Whose chain it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Kind {
    /// A server's, checked by a client.
    Server,
    /// A client's, checked by a server.
    Client,
}

/// What a validator has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Expected {
    Success,
    Failure,
}

/// A name of the peer.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", content = "value")]
pub(crate) enum PeerName {
    #[serde(rename = "DNS")]
    Dns(String),
    #[serde(rename = "IP")]
    Ip(String),
    #[serde(rename = "RFC822")]
    Email(String),
}

/// The suite of a file's bytes.
pub(crate) fn read(bytes: &[u8]) -> Result<Suite, String> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return parse(&gunzip(bytes)?);
    }
    parse(bytes)
}

fn parse(json: &[u8]) -> Result<Suite, String> {
    serde_json::from_slice(json).map_err(|error| format!("it is not a suite of x509-limbo: {error}"))
}

/// The first member of a gzip file. Its checksum is not looked at: what is damaged is no JSON.
fn gunzip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let cut_off = || "the gzip file is cut off".to_owned();
    let packed = skip_header(bytes).ok_or_else(cut_off)?;
    miniz_oxide::inflate::decompress_to_vec(packed).map_err(|error| format!("the gzip file is damaged: {error}"))
}

/// RFC 1952 §2.3: ten octets, then what the flags say.
fn skip_header(bytes: &[u8]) -> Option<&[u8]> {
    const FHCRC: u8 = 1 << 1;
    const FEXTRA: u8 = 1 << 2;
    const FNAME: u8 = 1 << 3;
    const FCOMMENT: u8 = 1 << 4;
    let (header, mut rest) = bytes.split_first_chunk::<10>()?;
    let [_, _, _, flags, ..] = *header;
    if flags & FEXTRA != 0 {
        let (length, after) = rest.split_first_chunk::<2>()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [FNAME, FCOMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & FHCRC != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}
