//! The way to the peer: name lookup, then TCP to one address after another.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, time::timeout};

use super::{
    failure::{self, Phase},
    report::{Error, FailedAddress},
    target::Target,
};
use crate::files::describe;

/// More addresses than this are not tried.
const MAX_ADDRESSES: usize = 16;

/// The addresses of the target, in the resolver's order.
pub(crate) async fn resolve(target: &Target, limit: Duration) -> Result<Vec<SocketAddr>, Error> {
    let lookup = tokio::net::lookup_host((target.host.as_str(), target.port));
    let mut addresses = Vec::new();
    match timeout(limit, lookup).await {
        Err(_) => return Err(failure::timeout(Phase::Dns, limit, "the resolver did not answer")),
        Ok(Err(error)) => {
            let text = describe(&error);
            let what = text.strip_prefix("failed to lookup address information: ").unwrap_or(&text);
            return Err(failure::dns(&target.host, &first_low(what)));
        }
        Ok(Ok(found)) => {
            for address in found.take(MAX_ADDRESSES) {
                if !addresses.contains(&address) {
                    addresses.push(address);
                }
            }
        }
    }
    match addresses.is_empty() {
        true => Err(failure::dns(&target.host, "it has no address")),
        false => Ok(addresses),
    }
}

/// A connection to the first address that takes one, and how long that one took.
///
/// All together have `limit`; each gets an even share of what is left, so that a dead first address leaves time for
/// the others.
pub(crate) async fn connect(
    addresses: &[SocketAddr],
    limit: Duration,
    failed: &mut Vec<FailedAddress>,
) -> Result<(TcpStream, SocketAddr, Duration), Error> {
    let deadline = Instant::now() + limit;
    let mut errors: Vec<Error> = Vec::new();
    for (done, &address) in addresses.iter().enumerate() {
        let left = deadline.saturating_duration_since(Instant::now());
        let others = u32::try_from(addresses.len() - done).unwrap_or(u32::MAX).max(1);
        let share = left / others;
        let begun = Instant::now();
        let error = match timeout(share, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => {
                // Handshake flights and typed lines are small: they must not wait for more.
                let _ = tcp.set_nodelay(true);
                return Ok((tcp, address, begun.elapsed()));
            }
            Ok(Err(error)) => failure::io(Phase::Tcp, &address.to_string(), &error),
            Err(_) => failure::timeout(Phase::Tcp, share, &format!("{address} did not answer")),
        };
        failed.push(FailedAddress {
            address: address.to_string(),
            code: error.code.clone(),
            message: error.message.clone(),
        });
        errors.push(error);
    }
    Err(combine(errors))
}

/// The error of all addresses together: the most telling one, with what the others said.
fn combine(errors: Vec<Error>) -> Error {
    let rank = |error: &Error| match error.code.as_str() {
        // An answer says more than silence, and silence more than a missing route.
        "transport.refused" | "transport.reset" => 3,
        "transport.timeout" => 2,
        "transport.unreachable" => 0,
        _ => 1,
    };
    let messages: Vec<String> = errors.iter().map(|error| error.message.clone()).collect();
    let best = errors.into_iter().max_by_key(rank);
    match best {
        Some(error) => Error { message: messages.join("; "), ..error },
        None => failure::dns("", "it has no address"),
    }
}

/// System messages begin with a capital; ours do not.
fn first_low(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str) -> Error {
        Error { code: code.into(), message: code.into(), ..failure::dns("", "") }
    }

    #[test]
    fn the_most_telling_error_leads_and_all_are_told() {
        let all = combine(vec![error("transport.unreachable"), error("transport.refused"), error("transport.timeout")]);
        assert_eq!(all.code, "transport.refused");
        assert_eq!(all.message, "transport.unreachable; transport.refused; transport.timeout");
    }

    /// A listener that accepts nothing: once its queue is full the system drops what comes.
    #[cfg(target_os = "linux")]
    #[tokio::test(flavor = "current_thread")]
    async fn a_silent_address_leaves_time_for_the_next() {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let silent = socket.listen(0).unwrap();
        let silent = (silent.local_addr().unwrap(), silent);
        let mut queue = Vec::new();
        while let Ok(Ok(waiting)) = timeout(Duration::from_millis(300), TcpStream::connect(silent.0)).await {
            queue.push(waiting);
            assert!(queue.len() < 100);
        }
        let open = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (good, mut failed) = (open.local_addr().unwrap(), Vec::new());
        let (_, address, _) = connect(&[silent.0, good], Duration::from_secs(1), &mut failed).await.unwrap();
        assert_eq!(address, good);
        assert_eq!(failed.first().map(|f| f.code.as_str()), Some("transport.timeout"));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn the_next_address_is_tried() {
        let open = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shut = {
            let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            gone.local_addr().unwrap()
        };
        let (good, mut failed) = (open.local_addr().unwrap(), Vec::new());
        let (_, address, _) = connect(&[shut, good], Duration::from_secs(10), &mut failed).await.unwrap();
        assert_eq!(address, good);
        assert_eq!(failed.first().map(|f| f.code.as_str()), Some("transport.refused"));
        let error = connect(&[shut], Duration::from_secs(10), &mut Vec::new()).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.phase), ("transport.refused", Some("tcp")));
    }
}
