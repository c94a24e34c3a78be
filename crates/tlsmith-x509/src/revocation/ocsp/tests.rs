//! Responses that OpenSSL made (`openssl ocsp -index ... -rsigner ... -respout`), and what is no response.

use super::*;

const GOOD: &[u8] = include_bytes!("good.der");
const REVOKED: &[u8] = include_bytes!("revoked.der");
const UNKNOWN: &[u8] = include_bytes!("unknown.der");
const CERTIFICATE: &[u8] = include_bytes!("good-certificate.der");

#[test]
fn statuses_times_and_responders() {
    let good = OcspResponse::from_der(GOOD).unwrap();
    assert_eq!(good.responder, Responder::Name("CN=ocsp ca,O=tlsmith tests".to_owned()));
    let [single] = good.statuses.as_slice() else { panic!("{good:?}") };
    assert_eq!((single.serial.as_slice(), single.status), ([0x12, 0x34].as_slice(), CertificateStatus::Good));
    assert_eq!((single.issuer_name_hash.len(), single.issuer_key_hash.len()), (20, 20));
    assert_eq!(single.this_update.seconds_until(single.next_update.unwrap()), 7 * 86_400);
    assert_eq!(good.produced_at, single.this_update);

    let revoked = OcspResponse::from_der(REVOKED).unwrap();
    let at = UnixTime::from_civil(2026, 11, 20, 1, 2, 3).unwrap();
    let status = CertificateStatus::Revoked { at, reason: Some(Reason::KEY_COMPROMISE) };
    assert_eq!((revoked.statuses[0].serial.as_slice(), revoked.statuses[0].status), ([0, 0xff].as_slice(), status));

    let unknown = OcspResponse::from_der(UNKNOWN).unwrap();
    assert_eq!(unknown.statuses[0].status, CertificateStatus::Unknown);
    assert!(matches!(&unknown.responder, Responder::KeyHash(hash) if hash.len() == 20), "{unknown:?}");
    assert!(unknown.responder.to_string().starts_with("key "));
}

#[test]
fn a_response_is_about_a_serial_number() {
    let certificate = Certificate::from_der(CERTIFICATE).unwrap();
    assert!(OcspResponse::from_der(GOOD).unwrap().about(&certificate).is_some());
    assert!(OcspResponse::from_der(REVOKED).unwrap().about(&certificate).is_none());
}

#[test]
fn a_responder_that_has_none_is_named() {
    for (status, name) in
        [(1, "malformedRequest"), (2, "internalError"), (3, "tryLater"), (5, "sigRequired"), (6, "unauthorized")]
    {
        let error = OcspResponse::from_der(&[0x30, 3, 0x0a, 1, status]).unwrap_err();
        assert_eq!(error, OcspError::Unsuccessful(name));
        assert!(error.to_string().contains(name));
    }
    for status in [0, 4, 7, 0x7f] {
        let error = OcspResponse::from_der(&[0x30, 3, 0x0a, 1, status]).unwrap_err();
        assert!(matches!(error, OcspError::Malformed(_)), "{error}");
    }
}

#[test]
fn whatever_is_cut_or_altered_is_an_error_or_another_response_but_no_panic() {
    for whole in [GOOD, REVOKED, UNKNOWN] {
        for end in 0..whole.len() {
            assert!(OcspResponse::from_der(&whole[..end]).is_err(), "cut at {end}");
        }
        let mut longer = whole.to_vec();
        longer.push(0);
        assert!(OcspResponse::from_der(&longer).is_err());
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, whole[at] ^ 1] {
                let mut altered = whole.to_vec();
                altered[at] = value;
                let _ = OcspResponse::from_der(&altered);
            }
        }
    }
    assert!(OcspResponse::from_der(CERTIFICATE).is_err());
}
