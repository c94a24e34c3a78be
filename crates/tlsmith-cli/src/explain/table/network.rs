//! The way to the server: names, addresses, ports, packets that are lost. No TLS has been spoken yet, or hardly.

use super::{Meaning, noted, text, vague};

pub(super) const TABLE: &[Meaning] = &[
    Meaning {
        id: "connection_refused",
        title: "Nothing listens there",
        means: "The machine answers that the port is closed. No TLS has been spoken.",
        causes: &[
            "The service is not running, or listens on another port or address only.",
            "A firewall that refuses.",
            "IPv6 leads to a machine where nothing listens.",
        ],
        commands: &["tlsmith doctor HOST", "ss -ltnp"],
        codes: &["transport.refused", "doctor.connection_refused"],
        texts: &[
            text("Chrome", "ERR_CONNECTION_REFUSED"),
            text("Node", "ECONNREFUSED"),
            text("Go", "connect: connection refused"),
            noted("curl", "curl: (7)", "CURLE_COULDNT_CONNECT."),
            text("Java", "java.net.ConnectException: Connection refused"),
        ],
    },
    Meaning {
        id: "connect_timeout",
        title: "No answer to the TCP connection",
        means: "Not even TCP was answered: packets to this address and port vanish. No TLS has been spoken.",
        causes: &[
            "A firewall (or a cloud's security group) drops the packets.",
            "A wrong address: an old DNS record, a machine that is off.",
            "IPv6 is announced and does not work; a VPN is not up.",
        ],
        commands: &["tlsmith doctor HOST", "getent ahosts HOST", "traceroute -T -p 443 HOST"],
        codes: &["doctor.connect_timeout"],
        texts: &[
            text("Chrome", "ERR_CONNECTION_TIMED_OUT"),
            text("Firefox", "PR_CONNECT_TIMEOUT_ERROR"),
            text("Node", "ETIMEDOUT"),
            text("Go", "connect: connection timed out"),
            text("Java", "java.net.SocketTimeoutException: connect timed out"),
        ],
    },
    Meaning {
        id: "unreachable",
        title: "The address cannot be reached",
        means: "This machine or a router on the way has no path to the address. No TLS has been spoken.",
        causes: &[
            "The name has an IPv6 address, and this machine has no IPv6.",
            "The network is down, or a VPN is missing.",
            "One of several addresses of the name belongs to a machine that is gone.",
        ],
        commands: &["tlsmith doctor HOST", "ip route get ADDRESS", "getent ahosts HOST"],
        codes: &["transport.unreachable", "doctor.unreachable", "doctor.address_down"],
        texts: &[
            text("Chrome", "ERR_ADDRESS_UNREACHABLE"),
            text("Node", "EHOSTUNREACH"),
            text("Node", "ENETUNREACH"),
            text("Go", "connect: no route to host"),
            text("Go", "connect: network is unreachable"),
        ],
    },
    Meaning {
        id: "dns",
        title: "The name has no address",
        means: "The resolver knows no address of this name. No TLS has been spoken.",
        causes: &[
            "A typing error.",
            "The record is missing, or not yet visible here.",
            "The machine's resolver does not work.",
        ],
        commands: &["getent hosts HOST", "tlsmith connect ADDRESS --servername HOST"],
        codes: &["transport.dns", "doctor.dns_failure"],
        texts: &[
            text("Chrome", "ERR_NAME_NOT_RESOLVED"),
            noted("curl", "curl: (6)", "CURLE_COULDNT_RESOLVE_HOST."),
            text("Node", "ENOTFOUND"),
            text("Python", "Name or service not known"),
            text("Go", "no such host"),
            text("Java", "java.net.UnknownHostException"),
        ],
    },
    Meaning {
        id: "large_client_hello",
        title: "A large ClientHello does not get through, a small one does",
        means: "With ML-KEM the first message is some 1,700 bytes long and takes two packets. Something on the way reads only the first, or loses the second.",
        causes: &[
            "A firewall, load balancer or server that wants the whole ClientHello in one packet: update it.",
            "A path MTU that is smaller than announced, with ICMP blocked (a tunnel, a VPN).",
        ],
        commands: &[
            "tlsmith connect HOST --groups X25519",
            "tlsmith connect HOST --groups X25519MLKEM768",
            "ping -M do -s 1472 HOST",
        ],
        codes: &["doctor.large_client_hello"],
        texts: &[],
    },
    Meaning {
        id: "timeout",
        title: "The handshake does not get on",
        means: "The TCP connection stands, and the answer to the ClientHello does not come.",
        causes: &[
            "The server waits for a STARTTLS command, or speaks first in another protocol.",
            "Packets are lost: a path MTU smaller than announced, and ICMP blocked; large ClientHellos (ML-KEM) or certificates get stuck.",
            "An overloaded server, or a backend that does not answer.",
            "An inspecting firewall that swallows what it does not know.",
        ],
        commands: &[
            "tlsmith doctor HOST",
            "tlsmith connect HOST --groups X25519 --timeout 5",
            "ping -M do -s 1472 HOST",
        ],
        codes: &["transport.timeout", "transport.handshake_timeout", "doctor.handshake_timeout"],
        texts: &[
            text("Go", "net/http: TLS handshake timeout"),
            text("Python", "The handshake operation timed out"),
            text("Node", "ERR_TLS_HANDSHAKE_TIMEOUT"),
            text("curl", "SSL connection timeout"),
            vague("curl", "curl: (28)", "CURLE_OPERATION_TIMEDOUT."),
            text("Chrome", "ERR_TIMED_OUT"),
            text("HAProxy", "Timeout during SSL handshake"),
            text("GnuTLS", "The operation timed out"),
        ],
    },
    Meaning {
        id: "openvpn_timeout",
        title: "OpenVPN's handshake got no answer",
        means: "OpenVPN sent its first packets and nothing, or not enough, came back in 60 seconds. It is nearly always the network, not TLS.",
        causes: &[
            "A firewall drops the port (1194/udp) on one of the sides, or NAT does not forward it.",
            "The server does not run, listens on another port, or speaks TCP where the client speaks UDP.",
            "tls-auth or tls-crypt keys differ: the server drops the packets without a word; its log says so.",
            "The certificates were refused: lines with VERIFY ERROR stand before it.",
        ],
        commands: &["ss -lunp", "tcpdump -ni any udp port 1194"],
        codes: &[],
        texts: &[
            text("OpenVPN", "TLS key negotiation failed to occur within"),
            vague("OpenVPN", "TLS Error: TLS handshake failed", "The lines before it have the reason."),
        ],
    },
];
