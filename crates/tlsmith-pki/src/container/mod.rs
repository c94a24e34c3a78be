//! What a file holds, whatever its form: PEM, DER, PKCS#12 (RFC 7292), PKCS#7 (RFC 2315).
