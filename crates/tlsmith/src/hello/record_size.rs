//! `record_size_limit`: how long records a side is willing to read (RFC 8449 §4).
//!
//! Both sides always send it (§4: "SHOULD advertise"), with the longest record of the version where the configuration says
//! nothing: so that the other's limit counts. `max_fragment_length` (RFC 6066 §4), which it replaces, is never offered, and
//! ignored where a client offers it (§5).

use crate::{
    error::{Error, Rule},
    ext::Extension,
    msg::ClientHello,
    record::MAX_PLAINTEXT,
};

/// The smallest limit there is.
pub(crate) const MIN: u16 = 64;

/// The largest of TLS 1.3: the content and its type; also what a client offers that would take TLS 1.2.
pub(crate) const MAX_TLS13: u16 = MAX_TLS12 + 1;

/// The largest of TLS 1.2: the content alone.
pub(crate) const MAX_TLS12: u16 = 1 << 14;

const _: () = assert!(MAX_TLS12 as usize == MAX_PLAINTEXT);

/// A client's limit. One past that of the version may come of an extension that is unknown here, and is no error.
pub(crate) fn of_client(hello: &ClientHello<'_>) -> Result<Option<u16>, Error> {
    find(&hello.extensions, u16::MAX)
}

/// A server's limit. One past that of the version, which is `max`, breaks the rule: all that could allow it would have been
/// agreed on.
pub(crate) fn of_server(extensions: &[Extension<'_>], max: u16) -> Result<Option<u16>, Error> {
    find(extensions, max)
}

fn find(extensions: &[Extension<'_>], max: u16) -> Result<Option<u16>, Error> {
    let limit = extensions.iter().find_map(|extension| match extension {
        Extension::RecordSizeLimit(limit) => Some(*limit),
        _ => None,
    });
    match limit {
        Some(limit) if limit < MIN || limit > max => {
            Err(Error::new(Rule::IllegalParameter, format!("a record_size_limit of {limit} bytes")))
        }
        limit => Ok(limit),
    }
}
