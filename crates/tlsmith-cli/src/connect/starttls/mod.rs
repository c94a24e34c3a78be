//! `--starttls`: the dialogue in clear before the handshake, a file a protocol.
//!
//! All of it can be forged, and nothing of it is believed beyond "TLS may begin": what was said is kept to be shown, and
//! a server that goes on in clear after its go-ahead is refused (see [`Wire::finish`]).

mod ftp;
mod imap;
mod irc;
mod ldap;
mod mysql;
mod nntp;
mod pop3;
mod postgres;
mod sieve;
mod smtp;
mod stop;
#[cfg(test)]
mod tests;
mod wire;
mod xml;
mod xmpp;

use std::{fmt, net::IpAddr, time::Duration};

use clap::ValueEnum;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};

use super::{
    failure::{self, Phase},
    report::Error,
};
use stop::Stop;
pub(crate) use wire::Spoken;
use wire::Wire;

/// The protocols that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protocol {
    /// STARTTLS of RFC 3207, port 25 (submission: name port 587)
    Smtp,
    /// The same for LMTP, port 24
    Lmtp,
    /// STARTTLS of RFC 9051, port 143
    Imap,
    /// STLS of RFC 2595, port 110
    Pop3,
    /// AUTH TLS of RFC 4217, port 21
    Ftp,
    /// SSLRequest, port 5432
    #[value(alias = "postgresql")]
    Postgres,
    /// SSLRequest, port 3306
    #[value(alias = "mariadb")]
    Mysql,
    /// StartTLS of RFC 4511, port 389
    Ldap,
    /// STARTTLS of RFC 6120 for clients, port 5222
    Xmpp,
    /// The same between servers, port 5269
    XmppServer,
    /// STARTTLS of RFC 5804, port 4190
    Sieve,
    /// STARTTLS of RFC 4642, port 119
    Nntp,
    /// STARTTLS of IRCv3, port 6667
    Irc,
}

impl Protocol {
    /// The port that IANA registered for it.
    pub(crate) const fn port(self) -> u16 {
        match self {
            Self::Smtp => 25,
            Self::Lmtp => 24,
            Self::Imap => 143,
            Self::Pop3 => 110,
            Self::Ftp => 21,
            Self::Postgres => 5432,
            Self::Mysql => 3306,
            Self::Ldap => 389,
            Self::Xmpp => 5222,
            Self::XmppServer => 5269,
            Self::Sieve => 4190,
            Self::Nntp => 119,
            // IANA has 194 for IRC, which nobody uses.
            Self::Irc => 6667,
        }
    }

    /// The protocol that is usual on a port, for advice.
    pub(crate) fn usual_on(port: u16) -> Option<Self> {
        // RFC 6409: submission speaks SMTP.
        let port = if port == 587 { Self::Smtp.port() } else { port };
        Self::value_variants().iter().copied().find(|protocol| protocol.port() == port)
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smtp => "smtp",
            Self::Lmtp => "lmtp",
            Self::Imap => "imap",
            Self::Pop3 => "pop3",
            Self::Ftp => "ftp",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Ldap => "ldap",
            Self::Xmpp => "xmpp",
            Self::XmppServer => "xmpp-server",
            Self::Sieve => "sieve",
            Self::Nntp => "nntp",
            Self::Irc => "irc",
        })
    }
}

/// Who speaks with whom.
#[derive(Clone, Debug)]
pub(crate) struct Parties {
    /// The name of the server, as it will be verified.
    pub(crate) server: String,
    /// This machine's address on the connection.
    pub(crate) own: Option<IpAddr>,
}

/// Speaks the protocol until TLS may begin, at most `limit` long. What was said so far goes into `dialogue`.
///
/// # Errors
/// As `starttls.*` and `transport.*` name them.
pub(crate) async fn negotiate<T: AsyncRead + AsyncWrite + Unpin>(
    transport: &mut T,
    protocol: Protocol,
    parties: &Parties,
    limit: Duration,
    dialogue: &mut Vec<Spoken>,
) -> Result<(), Error> {
    let mut wire = Wire::new(transport);
    let result = timeout(limit, speak(protocol, &mut wire, parties)).await;
    let waiting = wire.waiting();
    *dialogue = wire.into_spoken();
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(stop)) => Err(stop.into_error(protocol, &parties.server)),
        Err(_) => Err(failure::timeout(Phase::StartTls, limit, &format!("{waiting} did not come"))),
    }
}

async fn speak<T>(protocol: Protocol, wire: &mut Wire<'_, T>, parties: &Parties) -> Result<(), Stop>
where
    T: AsyncRead + AsyncWrite + Unpin,
{
    match protocol {
        Protocol::Smtp => smtp::speak(wire, "EHLO", parties.own).await,
        Protocol::Lmtp => smtp::speak(wire, "LHLO", parties.own).await,
        Protocol::Imap => imap::speak(wire).await,
        Protocol::Pop3 => pop3::speak(wire).await,
        Protocol::Ftp => ftp::speak(wire).await,
        Protocol::Postgres => postgres::speak(wire).await,
        Protocol::Mysql => mysql::speak(wire).await,
        Protocol::Ldap => ldap::speak(wire).await,
        Protocol::Xmpp => xmpp::speak(wire, "jabber:client", &parties.server).await,
        Protocol::XmppServer => xmpp::speak(wire, "jabber:server", &parties.server).await,
        Protocol::Sieve => sieve::speak(wire).await,
        Protocol::Nntp => nntp::speak(wire).await,
        Protocol::Irc => irc::speak(wire).await,
    }?;
    wire.finish().await
}
