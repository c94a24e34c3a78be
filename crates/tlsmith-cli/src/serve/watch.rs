//! Files that are read again when they change.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use tlsmith::{auth::Identity, session::TicketKeys};
use tlsmith_crypto::Provider;
use tlsmith_proxy::Clock;

use super::{staple, tickets};
use crate::exit::Usage;

/// How often files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// What is to be done when the file changes.
#[derive(Debug)]
pub(crate) enum Content {
    /// Ticket keys.
    Tickets(Arc<TicketKeys>),
    /// An OCSP response for one of these.
    Staple(Vec<Arc<Identity>>),
}

/// A file, and how it looked when it was read.
#[derive(Debug)]
pub(crate) struct Watched {
    path: PathBuf,
    content: Content,
    seen: Option<Stamp>,
}

/// What changes when a file does: a file put in its place is another one, one written over is younger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    length: u64,
    number: u64,
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let metadata = fs::metadata(path)?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let number = 0;
        Ok(Self { modified: metadata.modified()?, length: metadata.len(), number })
    }
}

impl Watched {
    /// The file as it is now has been read.
    pub(crate) fn new(path: &Path, content: Content) -> Self {
        Self { path: path.to_owned(), content, seen: Stamp::of(path).ok() }
    }

    /// It is stapled to a certificate.
    pub(crate) fn is_staple(&self) -> bool {
        matches!(self.content, Content::Staple(_))
    }

    /// Reads it again if it has changed; whether it did, and what there is to know.
    fn look(&mut self, provider: &dyn Provider, clock: &dyn Clock) -> Option<Result<Option<String>, Usage>> {
        // A file that is missing for a moment is about to be replaced.
        let stamp = Stamp::of(&self.path).ok()?;
        if self.seen == Some(stamp) {
            return None;
        }
        self.seen = Some(stamp);
        Some(match &self.content {
            Content::Tickets(keys) => tickets::read(provider, &self.path).map(|new| {
                keys.replace(new, clock.now());
                None
            }),
            Content::Staple(identities) => staple::load(&self.path, identities, clock.now()),
        })
    }
}

/// Looks after the files until the process ends. What cannot be read is logged, and what was read before stays.
pub(crate) async fn watch(mut files: Vec<Watched>, provider: Arc<dyn Provider>, clock: Arc<dyn Clock>) {
    loop {
        tokio::time::sleep(LOOK).await;
        for file in &mut files {
            match file.look(provider.as_ref(), clock.as_ref()) {
                None => {}
                Some(Ok(None)) => tracing::info!(file = %file.path.display(), "read again"),
                Some(Ok(Some(warning))) => tracing::warn!("{warning}"),
                Some(Err(usage)) => tracing::warn!(code = usage.code, "not read again: {usage}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tlsmith::session::Ticketer as _;
    use tlsmith_crypto::aws_lc::AwsLc;
    use tlsmith_proxy::SystemClock;

    #[test]
    fn keys_change_with_their_file_and_stay_when_it_is_broken() {
        let directory = tempfile::tempdir().unwrap();
        let (path, other) = (directory.path().join("keys"), directory.path().join("other"));
        let now = SystemClock.now();
        let (keys, _) = tickets::shared(&AwsLc, &path, now).unwrap();
        let mut watched = Watched::new(&path, Content::Tickets(Arc::clone(&keys)));
        assert!(watched.look(&AwsLc, &SystemClock).is_none(), "nothing changed");

        tickets::shared(&AwsLc, &other, now).unwrap();
        let old = keys.seal(&AwsLc, b"old", now).unwrap().unwrap();
        fs::rename(&other, &path).unwrap();
        assert_eq!(watched.look(&AwsLc, &SystemClock), Some(Ok(None)));
        let new = keys.seal(&AwsLc, b"new", now).unwrap().unwrap();
        assert_ne!(old[..16], new[..16], "another key seals");
        let opened = keys.open(&AwsLc, &old, now);
        assert!(matches!(opened, tlsmith::auth::Answer::Now(Some(_))), "and the one before opens");

        fs::write(&path, "broken").unwrap();
        assert!(matches!(watched.look(&AwsLc, &SystemClock), Some(Err(_))));
        assert!(watched.look(&AwsLc, &SystemClock).is_none(), "that is told once");
        assert!(keys.seal(&AwsLc, b"still", now).unwrap().is_some());
        fs::remove_file(&path).unwrap();
        assert!(watched.look(&AwsLc, &SystemClock).is_none());
    }
}
