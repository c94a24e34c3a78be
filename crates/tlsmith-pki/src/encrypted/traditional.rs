//! OpenSSL's older way to encrypt a key: headers in the PEM block (RFC 1421 §4.6), as `openssl rsa -aes256` writes them.

use super::{cipher::Cipher, scheme::Scheme};
use crate::ContainerError;

/// How a block with these headers is encrypted; `None` if it is not.
///
/// `Proc-Type: 4,ENCRYPTED` and `DEK-Info: AES-256-CBC,<IV in hexadecimal>`.
pub(crate) fn scheme(headers: &[&[u8]]) -> Result<Option<Scheme>, ContainerError> {
    let value = |name: &[u8]| headers.iter().find_map(|line| line.strip_prefix(name)).map(<[u8]>::trim_ascii);
    if !value(b"Proc-Type:").is_some_and(|value| value.ends_with(b"ENCRYPTED")) {
        return Ok(None);
    }
    let info = value(b"DEK-Info:").and_then(|info| std::str::from_utf8(info).ok());
    let (name, iv) = info
        .and_then(|info| info.split_once(','))
        .ok_or_else(|| ContainerError::malformed("it says that it is encrypted (Proc-Type), and not how (DEK-Info)"))?;
    let cipher = match name.trim() {
        "AES-128-CBC" => Cipher::Aes128,
        "AES-192-CBC" => Cipher::Aes192,
        "AES-256-CBC" => Cipher::Aes256,
        "DES-EDE3-CBC" => Cipher::TripleDes,
        "DES-CBC" => Cipher::Des,
        other => {
            return Err(ContainerError::unsupported(format!("it is encrypted with {other:?}, which is not supported")));
        }
    };
    let iv = unhex(iv.trim()).filter(|iv| iv.len() == cipher.block_len());
    let iv =
        iv.ok_or_else(|| ContainerError::malformed("the IV of its DEK-Info is no hexadecimal of the right length"))?;
    Ok(Some(Scheme::openssl(cipher, iv)))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    let digits = digits.collect::<Option<Vec<u8>>>()?;
    let (pairs, odd) = digits.as_chunks::<2>();
    odd.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
