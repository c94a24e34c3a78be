//! Tickets, what is in them, and the files that their keys are kept in.

use std::sync::OnceLock;

use tlsmith::{
    auth::Answer,
    session::{ServerSession, TicketKeys, Ticketer, UnixMillis},
};
use tlsmith_crypto::{Provider, Secret, aws_lc::AwsLc};

use crate::{NOW, null_crypto::NullCrypto};

/// The first byte chooses what the rest is.
pub fn fuzz(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    match kind % 4 {
        0 => session(rest),
        1 => forged(rest),
        2 => opened(rest),
        _ => file(rest),
    }
}

/// An encoding: what reads is the only encoding of what it says.
fn session(data: &[u8]) {
    let Some(session) = ServerSession::decode(data) else { return };
    assert_eq!(session.encode().as_slice(), data);
    assert_eq!(session, session.duplicate());
    let _ = (
        format!("{session:?}"),
        session.expires_at(),
        session.expected_arrival(session.age_add),
        UnixMillis::from(session.expires_at()).since(session.issued_at),
    );
}

/// A ticket of nobody's: without the keys nothing opens, whatever it is.
fn forged(data: &[u8]) {
    static KEYS: OnceLock<TicketKeys> = OnceLock::new();
    let keys = KEYS.get_or_init(|| keys(&[7; 32]));
    assert_eq!(open(keys, &AwsLc, data), None);
    // Not even with the right name.
    static TICKET: OnceLock<Vec<u8>> = OnceLock::new();
    let ticket = TICKET.get_or_init(|| seal(keys, &AwsLc, b"a session"));
    let named = [ticket.get(..16).unwrap_or_default(), data].concat();
    assert!(open(keys, &AwsLc, &named).is_none_or(|_| named == *ticket));
}

/// A ticket whose seal is good, whatever is in it.
fn opened(data: &[u8]) {
    let keys = keys(&[7; 32]);
    let provider = NullCrypto::default();
    if let Some(content) = open(&keys, &provider, data) {
        assert!(content.len() <= ServerSession::MAX_ENCODED && content.len() < data.len());
        session(&content);
    }
    if !data.is_empty() && data.len() <= ServerSession::MAX_ENCODED {
        assert_eq!(open(&keys, &provider, &seal(&keys, &provider, data)).as_deref(), Some(data));
    }
}

/// A file whose checksum is good: what reads writes itself again.
fn file(data: &[u8]) {
    let provider = NullCrypto::default();
    match TicketKeys::import(&provider, data) {
        Ok(keys) => {
            let written = keys.created().map(|created| keys.export(&provider, created));
            let again = written.as_ref().map(|text| TicketKeys::import(&provider, text.as_bytes()).is_ok());
            assert_eq!(again, Some(true));
            let _ = (open(&keys, &provider, &[0; 64]), keys.seal(&provider, b"a session", NOW), keys.runs_dry_at());
        }
        Err(error) => assert!(!error.to_string().chars().any(char::is_control), "{error:?}"),
    }
}

/// Keys from a root, one a day.
pub fn keys(root: &[u8]) -> TicketKeys {
    TicketKeys::from_root(&Secret::new(root), 86_400, 86_400).expect("a root of 32 bytes")
}

/// A ticket of now.
pub fn seal(keys: &TicketKeys, provider: &dyn Provider, session: &[u8]) -> Vec<u8> {
    keys.seal(provider, session, NOW).ok().flatten().expect("a ticket")
}

fn open(keys: &TicketKeys, provider: &dyn Provider, ticket: &[u8]) -> Option<Vec<u8>> {
    match keys.open(provider, ticket, NOW) {
        Answer::Now(session) => session.map(|session| session.to_vec()),
        Answer::Later => panic!("ticket keys answer at once"),
    }
}
