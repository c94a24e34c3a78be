//! The table: what people see, and what it means. One [`Meaning`] has many [`Text`]s: every program says the same thing in
//! words of its own.

mod client_certificate;
mod files;
mod issuer;
mod name;
mod negotiation;
mod policy;
mod revocation;
mod server;
mod time;
mod transport;

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
    /// The part of the message that does not change.
    pub(crate) text: &'static str,
    /// What is peculiar to this program; may be empty.
    pub(crate) note: &'static str,
    /// It stands before many a reason: whatever else is found in a line says more.
    pub(crate) general: bool,
}

const fn text(of: &'static str, text: &'static str) -> Text {
    Text { of, text, note: "", general: false }
}

const fn noted(of: &'static str, text: &'static str, note: &'static str) -> Text {
    Text { of, text, note, general: false }
}

const fn general(of: &'static str, text: &'static str, note: &'static str) -> Text {
    Text { of, text, note, general: true }
}

/// All of it, by subject.
pub(crate) fn meanings() -> impl Iterator<Item = &'static Meaning> {
    [
        issuer::TABLE,
        time::TABLE,
        name::TABLE,
        negotiation::TABLE,
        client_certificate::TABLE,
        transport::TABLE,
        revocation::TABLE,
        policy::TABLE,
        files::TABLE,
        server::TABLE,
    ]
    .into_iter()
    .flatten()
}
