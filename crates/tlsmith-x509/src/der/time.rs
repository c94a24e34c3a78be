//! Time (RFC 5280 §4.1.2.5): UTCTime or GeneralizedTime, to the second, in UTC.

use super::read;
use crate::{ParseError, UnixTime};
use asn1::{DateTime, Parser, Tlv, UtcTime, X509GeneralizedTime};

/// The next element, of either type.
pub(crate) fn time(p: &mut Parser<'_>, field: &'static str) -> Result<UnixTime, ParseError> {
    of(&read::<Tlv<'_>>(p, field)?, field)
}

/// The next element, a GeneralizedTime: what OCSP has everywhere (RFC 6960 §4.2.2.1).
pub(crate) fn generalized(p: &mut Parser<'_>, field: &'static str) -> Result<UnixTime, ParseError> {
    civil(read::<X509GeneralizedTime>(p, field)?.as_datetime(), field)
}

/// The element that is a time of either type.
pub(crate) fn of(tlv: &Tlv<'_>, field: &'static str) -> Result<UnixTime, ParseError> {
    let error = |error: asn1::ParseError| ParseError::der(field, &error);
    match tlv.tag().as_u8() {
        Some(UTC_TIME) => civil(tlv.parse::<UtcTime>().map_err(error)?.as_datetime(), field),
        _ => civil(tlv.parse::<X509GeneralizedTime>().map_err(error)?.as_datetime(), field),
    }
}

/// The tag of UTCTime (X.680 §8.6).
pub(crate) const UTC_TIME: u8 = 0x17;
/// The tag of GeneralizedTime.
pub(crate) const GENERALIZED_TIME: u8 = 0x18;

pub(crate) fn civil(civil: &DateTime, field: &'static str) -> Result<UnixTime, ParseError> {
    UnixTime::from_civil(
        i32::from(civil.year()),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second(),
    )
    .ok_or_else(|| ParseError::new(field, "it is no date"))
}
