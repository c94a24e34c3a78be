//! There and back through `std::io::Error`, for what has to speak `std::io`.

use std::io;

use super::{Error, Rule};

impl Error {
    /// The error inside of an I/O error that an adapter returned.
    pub fn from_io(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<Error> for io::Error {
    /// `UnexpectedEof` where the peer ended what was not at its end, otherwise `Other`; [`Error::from_io`] gets it back.
    fn from(error: Error) -> Self {
        let kind = match error.rule() {
            Rule::Truncated | Rule::HandshakeEof | Rule::ClosedInHandshake => io::ErrorKind::UnexpectedEof,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_through_io_and_back() {
        let error = io::Error::from(Error::new(Rule::Truncated, "3 bytes short"));
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        let back = Error::from_io(&error).unwrap();
        assert_eq!((back.code(), back.detail()), ("transport.truncated", "3 bytes short"));

        let error = io::Error::from(Error::new(Rule::BadRecordMac, ""));
        assert_eq!(error.kind(), io::ErrorKind::Other);
        assert_eq!(Error::from_io(&error).unwrap().rule(), Rule::BadRecordMac);
        assert!(Error::from_io(&io::Error::from(io::ErrorKind::BrokenPipe)).is_none());
    }
}
