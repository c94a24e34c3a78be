//! Keys and lists in files: rights, formats, Java's keystores.

use super::{Meaning, noted, text};

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "file_permission",
        title: "The program may not read a certificate or key file",
        means: "The file is there, and the account of the program has no right to it, or to a directory above it.",
        causes: &[
            "The permissions: the key is readable by root alone, and the program runs as somebody else.",
            "A directory above it may not be entered, such as certbot's live/ and archive/.",
            "SELinux or AppArmor forbids it: the audit log says so.",
        ],
        commands: &["namei -l /etc/ssl/private/key.pem", "ausearch -m avc -ts recent"],
        codes: &[],
        texts: &[
            text("nginx", "fopen:Permission denied"),
            text("OpenSSL", "system library::Permission denied"),
            text("nginx", "cannot load certificate … Permission denied"),
            text("nginx", "cannot load certificate key … Permission denied"),
            text("PostgreSQL", "could not load private key file … Permission denied"),
        ],
    },
    Meaning {
        id: "key_too_open",
        title: "Others may read the private key, and the program refuses it",
        means: "A key that other accounts can read is no secret: the program wants mode 0600 (or 0640 where root owns it).",
        causes: &[
            "The file was copied or mounted with the usual mode 0644.",
            "A volume (Kubernetes: defaultMode) that gives all files one mode.",
        ],
        commands: &["chmod 600 key.pem", "ls -l key.pem"],
        codes: &[],
        texts: &[
            noted(
                "PostgreSQL",
                "private key file … has group or world access",
                "0600 or less; 0640 or less if root owns it.",
            ),
            text("OpenSSH", "UNPROTECTED PRIVATE KEY FILE"),
        ],
    },
    Meaning {
        id: "keystore_format",
        title: "The keystore is of another format than Java was told",
        means: "Java read the file as JKS or PKCS#12, and its bytes are something else.",
        causes: &[
            "The type does not fit: javax.net.ssl.keyStoreType is JKS and the file PKCS#12, or the other way round.",
            "The file is PEM: Java's keystores are not.",
            "The file was damaged: Maven's resource filtering, a copy in text mode, Base64 that was not decoded.",
            "A PKCS#12 of a newer Java or OpenSSL 3 (AES, PBMAC1) in an old Java 8.",
        ],
        commands: &[
            "file keystore.p12",
            "tlsmith cert show keystore.p12",
            "tlsmith convert cert.pem key.pem --to p12 --out keystore.p12",
        ],
        codes: &[],
        texts: &[
            text("Java", "Invalid keystore format"),
            text("Java", "DerInputStream.getLength(): lengthTag=…, too big"),
            text("Java", "DerInputStream.getLength(): lengthTag="),
            text("Java", "toDerInputStream rejects tag type"),
            text("Java", "Unrecognized keystore format"),
        ],
    },
    Meaning {
        id: "crl_file",
        title: "The list of revoked certificates could not be loaded",
        means: "The program was given a CRL file, and it is not there or holds something else.",
        causes: &[
            "A wrong path.",
            "The file is DER, and PEM is expected.",
            "It holds an error page instead of the list.",
        ],
        commands: &["openssl crl -in ca.crl -noout -text", "openssl crl -inform DER -in ca.crl -out ca.pem"],
        codes: &[],
        texts: &[
            noted("curl", "curl: (82)", "CURLE_SSL_CRL_BADFILE: the file of --crlfile."),
            text("curl", "Failed to load CRL file"),
        ],
    },
];
