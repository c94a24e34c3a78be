//! Where the terminator listens.

use std::{
    fmt, io,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use tokio::net::TcpListener;

/// `HOST:PORT` or `ADDRESS:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAddress {
    host: String,
    port: u16,
}

impl FromStr for ListenAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || format!("{text:?} is no address to listen on; write ADDRESS:PORT, as in 127.0.0.1:8443");
        let (host, port) = text.rsplit_once(':').ok_or_else(wanted)?;
        let port = port.parse().map_err(|_| wanted())?;
        let bare = match host.strip_prefix('[') {
            Some(rest) => {
                let bare = rest.strip_suffix(']').ok_or_else(wanted)?;
                bare.parse::<IpAddr>().map_err(|_| wanted())?;
                bare
            }
            // An IPv6 address without brackets: its last group would be taken for the port.
            None if host.contains(':') => return Err(wanted()),
            None => host,
        };
        match bare.is_empty() || bare.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/') {
            true => Err(wanted()),
            false => Ok(Self { host: bare.to_owned(), port }),
        }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

/// Why the terminator cannot listen: stable code, what, and what to do.
#[derive(Debug)]
pub struct ListenError {
    /// Stable code: `listen.in_use`.
    pub code: &'static str,
    /// What is wrong, with the address.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.fix)
    }
}

impl std::error::Error for ListenError {}

impl ListenError {
    fn new(wanted: &ListenAddress, error: &io::Error) -> Self {
        let (code, what, fix) = match error.kind() {
            io::ErrorKind::AddrInUse => (
                "listen.in_use",
                format!("{wanted} is in use by another program"),
                "stop that one, or listen on another port with --listen".to_owned(),
            ),
            io::ErrorKind::PermissionDenied => (
                "listen.denied",
                format!("this user may not listen on {wanted}"),
                "take a port above 1023 with --listen, or allow it (on Linux: setcap cap_net_bind_service=+ep)"
                    .to_owned(),
            ),
            io::ErrorKind::AddrNotAvailable => (
                "listen.no_such_address",
                format!("this machine does not have the address {wanted}"),
                "take one it has, 127.0.0.1 for itself alone, 0.0.0.0 or [::] for all".to_owned(),
            ),
            _ => (
                "listen.failed",
                format!("cannot listen on {wanted}: {error}"),
                "choose another address with --listen".to_owned(),
            ),
        };
        Self { code, message: what, fix }
    }
}

/// Listens on all of `addresses`, or on none.
///
/// A host name stands for all its addresses: `localhost` for 127.0.0.1 and ::1.
pub async fn listen(addresses: &[ListenAddress]) -> Result<Vec<TcpListener>, ListenError> {
    let mut listeners = Vec::new();
    for wanted in addresses {
        let resolved =
            tokio::net::lookup_host((wanted.host.as_str(), wanted.port)).await.map_err(|error| ListenError {
                code: "listen.unknown_host",
                message: format!("{wanted} has no address: {error}"),
                fix: "write an IP address and a port, as in 127.0.0.1:8443".to_owned(),
            })?;
        let mut resolved: Vec<SocketAddr> = resolved.collect();
        resolved.sort_unstable();
        resolved.dedup();
        for address in resolved {
            listeners.push(TcpListener::bind(address).await.map_err(|error| ListenError::new(wanted, &error))?);
        }
    }
    Ok(listeners)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for (text, shown) in [
            ("127.0.0.1:8443", "127.0.0.1:8443"),
            ("[::1]:443", "[::1]:443"),
            ("localhost:0", "localhost:0"),
            ("[127.0.0.1]:1", "127.0.0.1:1"),
        ] {
            assert_eq!(text.parse::<ListenAddress>().unwrap().to_string(), shown);
        }
        for text in ["", "8443", ":8443", "::1:443", "[::1]", "[localhost]:1", "h:99999", "h:", "a b:1", "http://h:1"] {
            assert!(text.parse::<ListenAddress>().is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_port_in_use_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: ListenAddress = taken.local_addr().unwrap().to_string().parse().unwrap();
        let error = listen(std::slice::from_ref(&address)).await.unwrap_err();
        assert_eq!(error.code, "listen.in_use");
        assert!(error.to_string().contains(&address.to_string()));
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_named() {
        let error = listen(&["192.0.2.1:0".parse().unwrap()]).await.unwrap_err();
        assert_eq!(error.code, "listen.no_such_address");
    }
}
