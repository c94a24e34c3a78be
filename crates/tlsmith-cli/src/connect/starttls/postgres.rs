//! PostgreSQL: SSLRequest, and one byte for an answer.

use tokio::io::{AsyncRead, AsyncWrite};

use super::{stop::Stop, wire::Wire};

/// Its length, 8, and a version that no protocol has: 1234.5679.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
const WAITING: &str = "the answer to SSLRequest";
/// An error message is not read further than this.
const MAX_ERROR: usize = 4096;

pub(super) async fn speak<T>(wire: &mut Wire<'_, T>) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    wire.send("SSLRequest", &SSL_REQUEST).await?;
    let answer = wire.exact(1, WAITING).await?;
    wire.heard(&String::from_utf8_lossy(&answer));
    match answer.as_slice() {
        b"S" => Ok(()),
        b"N" => Err(Stop::NotOffered(String::from("N"))),
        b"E" => Err(refusal(wire).await?),
        // A record of TLS has a second byte that says so.
        [0x15 | 0x16] => {
            let rest = wire.exact(1, WAITING).await?;
            Err(Stop::Unexpected { waiting: WAITING, said: [answer, rest].concat() })
        }
        other => Err(Stop::Unexpected { waiting: WAITING, said: other.to_vec() }),
    }
}

/// ErrorResponse: its length with itself, then fields, a letter and a text with a zero at its end each.
async fn refusal<T>(wire: &mut Wire<'_, T>) -> Result<Stop, Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    let header = wire.exact(4, WAITING).await?;
    let length = header.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    let body = match length.checked_sub(4) {
        Some(length) if length <= MAX_ERROR => wire.exact(length, WAITING).await?,
        _ => return Ok(Stop::Unexpected { waiting: WAITING, said: [b"E".as_slice(), &header].concat() }),
    };
    let fields = body.split(|byte| *byte == 0);
    let message = fields.filter_map(|field| field.strip_prefix(b"M")).next().unwrap_or(&body);
    let said = String::from_utf8_lossy(message).into_owned();
    wire.heard(&said);
    Ok(Stop::refused("SSLRequest", &said))
}
