//! Doors for the fuzz targets and the property tests: decode anything, encode it again, compare. Not part of the API.

use crate::{
    ext::{self, Place},
    msg::Message,
    registry::HandshakeType,
    wire::Writer,
};

/// A handshake message: its type, then its body. Tells whether it was well formed.
pub fn message(handshake_type: u8, body: &[u8]) -> bool {
    let Ok(message) = Message::decode(HandshakeType(handshake_type), body) else { return false };
    let mut encoded = Vec::new();
    assert_eq!(message.encode(&mut encoded), Ok(()));
    let (header, again) = encoded.split_at_checked(4).unwrap_or_default();
    // A hello with an empty vector of extensions means the same as one without, and is written without.
    let empty_block = matches!(&message, Message::ClientHello(m) if m.extensions.is_empty())
        || matches!(&message, Message::ServerHello(m) if m.extensions.is_empty());
    let expected =
        if empty_block && body.len() == again.len() + 2 { body.strip_suffix(&[0, 0]).unwrap_or(body) } else { body };
    assert_eq!(again, expected);
    assert_eq!(header.first(), Some(&handshake_type));
    assert_eq!(Message::decode(HandshakeType(handshake_type), again), Ok(message));
    true
}

/// The content of an extension block in the `place`th message that carries one. Tells whether it was well formed.
pub fn extensions(place: u8, block: &[u8]) -> bool {
    let Some(place) = Place::ALL.get(usize::from(place) % Place::ALL.len()) else { return false };
    let Ok(extensions) = ext::decode_all(block, *place) else { return false };
    let mut encoded = Vec::new();
    let mut w = Writer::new(&mut encoded);
    ext::encode_all(&extensions, *place, &mut w);
    if w.finish().is_err() {
        // Only a block that no message could carry.
        assert!(block.len() > 0xffff);
        return true;
    }
    assert_eq!(encoded.split_at_checked(2).map(|(_, rest)| rest), Some(block));
    true
}
