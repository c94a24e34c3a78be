//! Private keys under a passphrase: PKCS#8 (RFC 5958 §3) and the older way of OpenSSL.
