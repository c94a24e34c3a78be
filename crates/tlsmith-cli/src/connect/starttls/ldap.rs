//! LDAP: the StartTLS extended operation (RFC 4511 §4.14).

use tokio::io::{AsyncRead, AsyncWrite};

use super::{stop::Stop, wire::Wire};

const WAITING: &str = "the answer to StartTLS";
/// An answer is not read further than this.
const MAX_MESSAGE: usize = 8192;
/// The bytes of the operation's OID in text, as LDAP writes OIDs.
const START_TLS: &[u8; 22] = b"1.3.6.1.4.1.1466.20037";

/// Tags (RFC 4511 §4.2, §4.12, and X.690 §8.1.2).
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
const SEQUENCE: u8 = 0x30;
const EXTENDED_REQUEST: u8 = 0x77;
const EXTENDED_RESPONSE: u8 = 0x78;
const REQUEST_NAME: u8 = 0x80;

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    wire.send("ExtendedRequest StartTLS", &request()).await?;
    let body = message(wire).await?;
    let answer = read(&body).ok_or_else(|| Stop::Unexpected { waiting: WAITING, said: body.clone() })?;
    let said = format!("resultCode {} ({}) {}", answer.code, name(answer.code), answer.diagnostic);
    wire.heard(&said);
    match (answer.id, answer.code) {
        (1, 0) => Ok(()),
        // RFC 4511 §4.14.2: not supported is protocolError.
        (1, 2) => Err(Stop::NotOffered(said)),
        (1, _) => Err(Stop::refused("StartTLS", &said)),
        // Message 0 is nobody's answer: the notice of disconnection (RFC 4511 §4.4.1).
        _ => Err(Stop::refused("the connection", &said)),
    }
}

/// LDAPMessage 1 with an ExtendedRequest that has a name and no value.
fn request() -> Vec<u8> {
    let name = [&[REQUEST_NAME, 22], START_TLS.as_slice()].concat();
    let body = [&[INTEGER, 1, 1, EXTENDED_REQUEST, 24], name.as_slice()].concat();
    [&[SEQUENCE, 29], body.as_slice()].concat()
}

/// The content of the next LDAPMessage.
async fn message<T>(wire: &mut Wire<'_, T>) -> Result<Vec<u8>, Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut header = wire.exact(2, WAITING).await?;
    let [SEQUENCE, first] = *header.as_slice() else {
        return Err(Stop::Unexpected { waiting: WAITING, said: header });
    };
    // A long length has its own length first; some servers always write four bytes (X.690 §8.1.3.5).
    let length = match first {
        0..=0x7f => usize::from(first),
        0x81..=0x84 => {
            let bytes = wire.exact(usize::from(first & 0x7f), WAITING).await?;
            header.extend_from_slice(&bytes);
            bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
        }
        _ => return Err(Stop::Unexpected { waiting: WAITING, said: header }),
    };
    match length <= MAX_MESSAGE {
        true => wire.exact(length, WAITING).await,
        false => Err(Stop::TooMuch(WAITING)),
    }
}

/// What matters in an ExtendedResponse.
struct Answer {
    id: u32,
    code: u32,
    diagnostic: String,
}

/// messageID, and of the response resultCode, matchedDN, diagnosticMessage; what else it may hold is not looked at.
fn read(body: &[u8]) -> Option<Answer> {
    let (id, rest) = element(INTEGER, body)?;
    let (response, _) = element(EXTENDED_RESPONSE, rest)?;
    let (code, rest) = element(ENUMERATED, response)?;
    let (_, rest) = element(OCTET_STRING, rest)?;
    let (diagnostic, _) = element(OCTET_STRING, rest)?;
    let diagnostic = String::from_utf8_lossy(diagnostic).into_owned();
    Some(Answer { id: number(id)?, code: number(code)?, diagnostic })
}

/// A number that is not negative, of at most four bytes.
fn number(bytes: &[u8]) -> Option<u32> {
    match bytes {
        [0..=0x7f, ..] if bytes.len() <= 4 => Some(bytes.iter().fold(0, |value, byte| value << 8 | u32::from(*byte))),
        _ => None,
    }
}

/// The content of the element at the front, which has to have this tag, and what follows it.
fn element(tag: u8, from: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = from.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    if *found == tag { rest.split_at_checked(length) } else { None }
}

fn name(code: u32) -> &'static str {
    match code {
        0 => "success",
        1 => "operationsError",
        2 => "protocolError",
        8 => "strongerAuthRequired",
        10 => "referral",
        51 => "busy",
        52 => "unavailable",
        53 => "unwillingToPerform",
        80 => "other",
        _ => "unknown",
    }
}
