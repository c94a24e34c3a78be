//! `HOST[:PORT]`: whom to reach.

use std::{fmt, net::IpAddr};

use crate::exit::Usage;

/// The port of https, where no other is named.
pub(crate) const HTTPS: u16 = 443;

/// A host and a port, as the caller wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// A name or an address, without brackets; an IPv6 address may carry a zone (`fe80::1%eth0`).
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
}

impl Target {
    /// Reads `HOST[:PORT]`, `[IPv6]:PORT`, a bare IPv6 address, or an https URL (with a hint of what of it counted). The
    /// port is `default` where none is named.
    pub(crate) fn parse(text: &str, default: u16) -> Result<(Self, Option<String>), Usage> {
        let Some((scheme, rest)) = text.split_once("://") else {
            let target = Self::host_and_port(text, text, default)?;
            let hint = looks_like_port(text).map(|(address, port)| {
                format!("{text} is an IPv6 address as a whole; the port {port} would be [{address}]:{port}")
            });
            return Ok((target, hint));
        };
        match scheme.to_ascii_lowercase().as_str() {
            "https" | "wss" => {
                let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
                if authority.contains('@') {
                    return Err(bad(text, "a user name in a URL means nothing to TLS", "leave it out"));
                }
                let target = Self::host_and_port(authority, text, HTTPS)?;
                let hint = format!("of the URL only {target} counts");
                Ok((target, Some(hint)))
            }
            "http" | "ws" => Err(bad(
                text,
                "a plain-text URL",
                "TLS is what is spoken here: name the TLS port as HOST:PORT, or the https:// URL",
            )),
            _ => Err(bad(text, "a URL of another scheme than https", "write HOST:PORT")),
        }
    }

    /// The address, if the host is one; without its zone.
    pub(crate) fn ip(&self) -> Option<IpAddr> {
        self.host.split('%').next().and_then(|host| host.parse().ok())
    }

    fn host_and_port(text: &str, whole: &str, default: u16) -> Result<Self, Usage> {
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let Some((inside, after)) = rest.split_once(']') else {
                return Err(bad(whole, "the bracket is not closed", "write [ADDRESS]:PORT"));
            };
            let port = match after {
                "" => None,
                after => Some(
                    after
                        .strip_prefix(':')
                        .ok_or_else(|| bad(whole, "no colon after the bracket", "write [ADDRESS]:PORT"))?,
                ),
            };
            if !is_ipv6(inside) {
                return Err(bad(
                    whole,
                    "what stands in brackets is not an IPv6 address",
                    "write HOST:PORT without brackets",
                ));
            }
            (inside, port)
        } else if is_ipv6(text) {
            (text, None)
        } else {
            match text.rsplit_once(':') {
                Some((host, _)) if host.contains(':') => {
                    return Err(bad(whole, "too many colons", "an IPv6 address with a port is written [ADDRESS]:PORT"));
                }
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            }
        };
        if host.is_empty() {
            return Err(bad(whole, "the host is missing", "write HOST or HOST:PORT"));
        }
        if host.chars().any(|c| c.is_whitespace() || c.is_control() || c == '/') {
            return Err(bad(whole, "not a host name", "write HOST or HOST:PORT"));
        }
        let port = match port {
            None => default,
            // `u16::from_str` takes a leading plus; a port has none.
            Some(port) => match port.parse::<u16>() {
                Ok(number) if number != 0 && !port.starts_with('+') => number,
                _ => return Err(bad(whole, &format!("{port:?} is not a port"), "ports go from 1 to 65535")),
            },
        };
        Ok(Self { host: host.to_owned(), port })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

fn is_ipv6(text: &str) -> bool {
    let address = text.split_once('%').map_or(text, |(address, zone)| if zone.is_empty() { "" } else { address });
    address.parse::<std::net::Ipv6Addr>().is_ok()
}

/// An IPv6 address without brackets that ends in a port where TLS is often spoken.
fn looks_like_port(text: &str) -> Option<(&str, &str)> {
    const USUAL: [&str; 9] = ["443", "465", "563", "636", "853", "993", "995", "4433", "8443"];
    let (address, port) = text.rsplit_once(':')?;
    (USUAL.contains(&port) && is_ipv6(address)).then_some((address, port))
}

fn bad(text: &str, what: &str, fix: &str) -> Usage {
    Usage::new("usage.target", format!("{text:?}: {what}"), fix)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(text: &str) -> (String, u16) {
        let (target, _) = Target::parse(text, HTTPS).unwrap();
        (target.host, target.port)
    }

    #[test]
    fn hosts_ports_and_addresses() {
        assert_eq!(ok("example.com"), ("example.com".into(), 443));
        assert_eq!(ok("example.com:8443"), ("example.com".into(), 8443));
        assert_eq!(ok("192.0.2.1:1"), ("192.0.2.1".into(), 1));
        assert_eq!(ok("[::1]:8443"), ("::1".into(), 8443));
        assert_eq!(ok("[::1]"), ("::1".into(), 443));
        assert_eq!(ok("2001:db8::1"), ("2001:db8::1".into(), 443));
        assert_eq!(ok("[fe80::1%eth0]:65535"), ("fe80::1%eth0".into(), 65535));
    }

    #[test]
    fn urls_are_accepted_with_a_hint() {
        let (target, hint) = Target::parse("https://example.com/a?b#c", HTTPS).unwrap();
        assert_eq!(target.to_string(), "example.com:443");
        assert!(hint.unwrap().contains("example.com:443"));
        assert_eq!(ok("HTTPS://[::1]:8443/"), ("::1".into(), 8443));
        assert_eq!(ok("https://example.com?x=/@"), ("example.com".into(), 443));
    }

    #[test]
    fn what_is_no_target() {
        for text in [
            "",
            ":443",
            "example.com:",
            "example.com:0",
            "example.com:65536",
            "example.com:+443",
            "example.com:-1",
            "example.com:https",
            "[::1",
            "[::1]8443",
            "[example.com]:443",
            "::1:2:3:4:5:6:7:8:9",
            "a:b:c",
            "[]:443",
            "http://example.com",
            "ftp://example.com",
            "https://",
            "https://user@example.com",
            "exa mple.com",
            "a/b",
            "[fe80::1%]:443",
            "example.com\n:443",
        ] {
            let usage = Target::parse(text, HTTPS).expect_err(text);
            assert_eq!(usage.code, "usage.target");
            assert!(!usage.to_string().contains('\n'), "{usage}");
        }
    }

    #[test]
    fn shows_brackets_and_knows_addresses() {
        assert_eq!(Target::parse("::1", HTTPS).unwrap().0.to_string(), "[::1]:443");
        assert_eq!(Target::parse("[fe80::1%3]:1", HTTPS).unwrap().0.ip(), Some("fe80::1".parse().unwrap()));
        assert_eq!(Target::parse("example.com", HTTPS).unwrap().0.ip(), None);
        assert_eq!(Target::parse("example.com", 25).unwrap().0.port, 25);
        assert_eq!(Target::parse("https://example.com", 25).unwrap().0.port, 443);
    }
}
