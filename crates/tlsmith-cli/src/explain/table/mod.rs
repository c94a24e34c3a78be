//! The table: what people see, and what it means. One [`Meaning`] has many [`Text`]s: every program says the same thing in
//! words of its own.

mod broken;
mod chain;
mod client_certificate;
mod files;
mod issuer;
mod keystore;
mod limits;
mod name;
mod negotiation;
mod network;
mod policy;
mod refusal;
mod revocation;
mod server;
mod time;
mod transport;
mod windows;

/// What a message means, whoever says it.
#[derive(Debug)]
pub(crate) struct Meaning {
    /// Stable name.
    pub(crate) id: &'static str,
    /// The matter in a line.
    pub(crate) title: &'static str,
    /// What happened.
    pub(crate) means: &'static str,
    /// Likely causes, the likeliest first.
    pub(crate) causes: &'static [&'static str],
    /// What to try, in order; HOST and FILE stand for one's own.
    pub(crate) commands: &'static [&'static str],
    /// The codes under which tlsmith itself reports it.
    pub(crate) codes: &'static [&'static str],
    /// How programs put it.
    pub(crate) texts: &'static [Text],
}

/// A message, as a program puts it.
#[derive(Debug)]
pub(crate) struct Text {
    /// The program or library.
    pub(crate) of: &'static str,
    /// The part of the message that does not change; a `…` stands for what does, within a line.
    pub(crate) text: &'static str,
    /// What is peculiar to this program; may be empty.
    pub(crate) note: &'static str,
    /// How much it says.
    pub(crate) weight: Weight,
}

/// How much a message says: what says less counts only where nothing says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// A reason.
    Reason,
    /// What went wrong, without the reason: "certificate verify failed".
    Vague,
    /// What a program puts around any reason: an exit code, the name of a function.
    Frame,
}

const fn text(of: &'static str, text: &'static str) -> Text {
    Text { of, text, note: "", weight: Weight::Reason }
}

const fn noted(of: &'static str, text: &'static str, note: &'static str) -> Text {
    Text { of, text, note, weight: Weight::Reason }
}

const fn vague(of: &'static str, text: &'static str, note: &'static str) -> Text {
    Text { of, text, note, weight: Weight::Vague }
}

const fn frame(of: &'static str, text: &'static str, note: &'static str) -> Text {
    Text { of, text, note, weight: Weight::Frame }
}

/// All of it, by subject.
pub(crate) fn meanings() -> impl Iterator<Item = &'static Meaning> {
    [
        issuer::TABLE,
        limits::TABLE,
        chain::TABLE,
        time::TABLE,
        name::TABLE,
        negotiation::TABLE,
        broken::TABLE,
        client_certificate::TABLE,
        refusal::TABLE,
        transport::TABLE,
        network::TABLE,
        revocation::TABLE,
        policy::TABLE,
        files::TABLE,
        keystore::TABLE,
        server::TABLE,
        windows::TABLE,
    ]
    .into_iter()
    .flatten()
}
