//! What was seen, for the rules to judge by: data, no network.

use std::net::SocketAddr;

use tlsmith_x509::{Certificate, Code, Finding, Report, ServerName, TrustAnchors, UnixTime};

use crate::{
    connect::{Error, Target, starttls::Protocol},
    probe::{Seen, raw},
};

/// Which handshake it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As every client would.
    Default,
    /// Without SNI.
    NoSni,
    /// TLS 1.2 at most.
    Tls12,
    /// Without ML-KEM, so that the ClientHello fits into one packet.
    Classical,
    /// With a request after it: what HTTP says.
    Request,
    /// At another address of the name.
    Address(SocketAddr),
    /// With the name of a neighbour: with `www.` or without.
    Neighbour(ServerName),
}

impl Kind {
    /// For the table and JSON.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Default => String::from("default"),
            Self::NoSni => String::from("without SNI"),
            Self::Tls12 => String::from("TLS 1.2 only"),
            Self::Classical => String::from("without ML-KEM"),
            Self::Request => String::from("with a request"),
            Self::Address(address) => format!("at {}", address.ip()),
            Self::Neighbour(name) => format!("as {name}"),
        }
    }
}

/// One handshake.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    pub(crate) kind: Kind,
    pub(crate) seen: Seen,
    /// The judgement of its chain for the name that was asked for; none where there was no chain.
    pub(crate) report: Option<Report>,
}

impl Trial {
    /// Why it failed.
    pub(crate) fn error(&self) -> Option<&Error> {
        self.seen.outcome.as_ref().err()
    }

    /// The alert that the server sent.
    pub(crate) fn alert(&self) -> Option<&str> {
        self.error().filter(|error| error.alert_direction == Some("received"))?.alert.as_deref()
    }

    /// The code of the failure; empty where there is none.
    pub(crate) fn code(&self) -> &str {
        self.error().map_or("", |error| error.code.as_str())
    }

    pub(crate) fn is_good(&self) -> bool {
        self.seen.outcome.is_ok()
    }

    pub(crate) fn leaf(&self) -> Option<&Certificate> {
        self.seen.chain.first()
    }
}

/// One old ClientHello.
#[derive(Clone, Debug)]
pub(crate) struct RawTrial {
    pub(crate) offer: raw::Offer,
    pub(crate) answer: raw::Answer,
}

/// The chain, completed by what was not sent.
#[derive(Clone, Debug)]
pub(crate) struct Completed {
    /// The judgement of it.
    pub(crate) report: Report,
    /// What was added, next to the leaf first.
    pub(crate) added: Vec<Certificate>,
    /// What was fetched, or why not, for people.
    pub(crate) notes: Vec<String>,
}

/// What the judgement of a chain leaves out once it has found an error, or does not look for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Aside {
    /// The leaf's wildcard stands over a public suffix, which browsers do not take (CA/B Forum BR §3.2.2.6).
    pub(crate) wildcard: Option<Finding>,
    /// Little of the leaf's life is left.
    pub(crate) expires_soon: Option<Finding>,
}

/// Everything.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    pub(crate) target: Target,
    /// The name that was asked for and is to be in the certificate.
    pub(crate) name: ServerName,
    pub(crate) starttls: Option<Protocol>,
    /// The local clock, or `--at`.
    pub(crate) now: UnixTime,
    /// It is that of `--at`: whatever this machine's clock says, nobody asked it.
    pub(crate) time_is_given: bool,
    /// The addresses are those of `--address`, not those of the name.
    pub(crate) addresses_are_given: bool,
    pub(crate) trials: Vec<Trial>,
    pub(crate) raw: Vec<RawTrial>,
    pub(crate) completed: Option<Completed>,
    /// What holds of the leaf whoever vouches for it.
    pub(crate) aside: Aside,
    /// The certificate of `--expect`, with the file's name.
    pub(crate) expected: Option<(String, Certificate)>,
    /// The certificates of `--cert`, the client's own first.
    pub(crate) client: Vec<Certificate>,
    /// Which roots are trusted: `system`, `mozilla`, `file`.
    pub(crate) roots: String,
    /// The roots.
    pub(crate) anchors: TrustAnchors,
    /// The newest day on which a root of the program itself became valid: it cannot be earlier now.
    pub(crate) not_before: UnixTime,
}

impl Evidence {
    /// The everyday handshake; there always is one.
    pub(crate) fn default_trial(&self) -> Option<&Trial> {
        self.of(&Kind::Default)
    }

    pub(crate) fn of(&self, kind: &Kind) -> Option<&Trial> {
        self.trials.iter().find(|trial| trial.kind == *kind)
    }

    pub(crate) fn raw(&self, offer: raw::Offer) -> Option<&raw::Answer> {
        self.raw.iter().find(|trial| trial.offer == offer).map(|trial| &trial.answer)
    }

    /// The first handshake in which certificates came, and was to get the right ones.
    pub(crate) fn with_chain(&self) -> Option<&Trial> {
        let asks_by_name = |trial: &&Trial| !matches!(trial.kind, Kind::NoSni | Kind::Neighbour(_));
        self.trials.iter().filter(asks_by_name).find(|trial| !trial.seen.chain.is_empty())
    }

    /// The chain as sent.
    pub(crate) fn chain(&self) -> &[Certificate] {
        self.with_chain().map(|trial| trial.seen.chain.as_slice()).unwrap_or_default()
    }

    /// The server's certificate.
    pub(crate) fn leaf(&self) -> Option<&Certificate> {
        self.chain().first()
    }

    /// The judgement of the chain as sent.
    pub(crate) fn report(&self) -> Option<&Report> {
        self.with_chain()?.report.as_ref()
    }

    /// The finding of this code, error or not.
    pub(crate) fn finding(&self, code: Code) -> Option<&Finding> {
        self.report()?.findings.iter().find(|finding| finding.code == code)
    }

    /// Trusted as it was sent.
    pub(crate) fn is_trusted(&self) -> bool {
        self.report().is_some_and(Report::is_trusted)
    }

    /// Files say whom to trust (`--ca`): who names them has most likely named the right ones.
    pub(crate) fn roots_are_given(&self) -> bool {
        self.roots.split('+').any(|kind| kind == "file")
    }

    /// The addresses that were asked, with what they served.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &Trial> {
        self.trials.iter().filter(|trial| matches!(trial.kind, Kind::Default | Kind::Address(_)))
    }
}
