//! Windows and Apple: what their libraries say without a reason.

use super::{Meaning, noted, text, vague};

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "no_credentials",
        title: "Windows found no certificate with a key that it could use",
        means: "Schannel was to show a certificate, and has none, or may not use its private key.",
        causes: &[
            "The certificate was imported without its key (a .cer instead of a .pfx).",
            "The account of the service may not read the key: certlm.msc, All Tasks, Manage Private Keys.",
            "The certificate is in the store of the user instead of the machine's.",
            "No client certificate fits what the server asked for.",
        ],
        commands: &["certutil -store My", "tlsmith cert match cert.pem key.pem"],
        codes: &[],
        texts: &[
            text("Windows", "SEC_E_NO_CREDENTIALS"),
            text("Windows", "0x8009030E"),
            text("Windows", "No credentials are available in the security package"),
        ],
    },
    Meaning {
        id: "schannel_credential",
        title: "Windows could not begin TLS: nothing is left that it may use",
        means: "Schannel event 36871: the program asks for versions or suites of which the settings of the machine leave none.",
        causes: &[
            "The program asks for TLS 1.0 or 1.1, and they are switched off: let it use the system's default (.NET: SchUseStrongCrypto, SystemDefaultTlsVersions).",
            "TLS 1.2 is switched off in the registry (SCHANNEL\\Protocols), or a policy cut the suites.",
            "The account may not read the machine's keys (MachineKeys).",
        ],
        commands: &["tlsmith doctor HOST", "Get-TlsCipherSuite | Format-Table Name"],
        codes: &[],
        texts: &[
            noted("Windows", "internal error state is 10013", "Schannel event 36871."),
            text("Windows", "A fatal error occurred while creating a TLS client credential"),
            text("Windows", "A fatal error occurred while creating an SSL client credential"),
        ],
    },
    Meaning {
        id: "no_secure_channel",
        title: ".NET could not set up TLS, and does not say why",
        means: "SecureChannelFailure covers all that happens in the handshake but the server's certificate, which has a message of its own.",
        causes: &[
            "An old .NET Framework (before 4.6) or program that asks for TLS 1.0: ServicePointManager.SecurityProtocol, SchUseStrongCrypto.",
            "No cipher suite in common: older Windows lacks what the server wants.",
            "A client certificate without a key, or with one that the account may not use.",
        ],
        commands: &["tlsmith doctor HOST", "tlsmith connect HOST --max 1.2"],
        codes: &[],
        texts: &[
            vague(".NET", "Could not create SSL/TLS secure channel", ""),
            vague(".NET", "SecureChannelFailure", ""),
            vague(
                ".NET",
                "The SSL connection could not be established, see inner exception",
                "The inner exception has the reason.",
            ),
            vague(".NET", "Authentication failed, see inner exception", "The inner exception has the reason."),
        ],
    },
    Meaning {
        id: "apple_secure_connection",
        title: "An Apple system could not set up TLS, and does not say why",
        means: "The handshake failed, or the server does not meet Apple's rules for apps (App Transport Security): TLS 1.2 or later, ECDHE, RSA of 2048 bits or P-256, SHA-256.",
        causes: &[
            "The server speaks TLS 1.0 or 1.1 only, or no suite with forward secrecy.",
            "The server sent an alert: it wants a client certificate, or does not know the name.",
            "A VPN, filter or proxy on the device breaks the connection.",
        ],
        commands: &["tlsmith doctor HOST", "nscurl --ats-diagnostics https://HOST/", "tlsmith connect HOST -v"],
        codes: &[],
        texts: &[
            vague("Safari", "Safari can't establish a secure connection", ""),
            vague(
                "Apple",
                "An SSL error has occurred and a secure connection to the server cannot be made",
                "NSURLErrorDomain -1200.",
            ),
            vague("Apple", "NSURLErrorSecureConnectionFailed", "NSURLErrorDomain -1200."),
            vague(
                "Apple",
                "NSURLErrorDomain -1200",
                "NSURLErrorSecureConnectionFailed; _kCFStreamErrorCodeKey has the reason (-98..).",
            ),
            vague(
                "Apple",
                "NSURLErrorDomain Code=-1200",
                "NSURLErrorSecureConnectionFailed; _kCFStreamErrorCodeKey has the reason (-98..).",
            ),
            vague("Apple", "TLS Trust encountered error", ""),
            vague("Apple", "-9800", "errSSLProtocol."),
            noted(
                "Apple",
                "-9802",
                "errSSLFatalAlert: the server sent a fatal alert, or App Transport Security said no.",
            ),
            text("Apple", "errSSLFatalAlert"),
        ],
    },
];
