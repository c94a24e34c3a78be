//! Private keys: making them, and writing them down as PKCS#8, SEC1 or PKCS#1.
