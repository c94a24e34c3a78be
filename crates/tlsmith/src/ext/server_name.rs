//! `server_name` (RFC 6066 §3).

use crate::wire::{Malformed, Problem, Reader, Writer};

const WHAT: &str = "server_name";
const HOST_NAME: u8 = 0;

/// The one `host_name` of a `ServerNameList`, as bytes: whether they are a DNS name is for the state machine to say.
///
/// The list has room for other kinds of names, but none was ever defined, and their syntax would be unknown; more than
/// one name of a kind is forbidden. So a list is one `host_name`.
pub(super) fn decode<'a>(r: &mut Reader<'a>) -> Result<&'a [u8], Malformed> {
    let mut list = Reader::new(r.u16_prefixed(1..=0xffff, "server_name.server_name_list")?);
    if list.u8("server_name.name_type")? != HOST_NAME {
        return Err(Malformed::new("server_name.name_type", Problem::BadValue));
    }
    let name = list.u16_prefixed(1..=0xffff, "server_name.host_name")?;
    list.finish("server_name.server_name_list")?;
    Ok(name)
}

pub(super) fn encode(name: &[u8], w: &mut Writer<'_>) {
    w.u16_prefixed(WHAT, |w| {
        w.u8(HOST_NAME);
        w.u16_prefixed(WHAT, |w| w.bytes(name));
    });
}
