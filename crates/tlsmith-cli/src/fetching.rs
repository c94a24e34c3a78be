//! Fetching what certificates name, where the caller asks for it: missing issuers, CRLs, OCSP responses.

use std::time::Duration;

use clap::{ArgGroup, Args, ValueEnum};
use tlsmith_crypto::Provider;
use tlsmith_pki::fetch::{Cache, Fetcher, Gathered, Note, Problem, Reach, Want, gather};
use tlsmith_x509::{Certificate, TrustAnchors, UnixTime, revocation::Crl};

use crate::{
    exit::Usage,
    input::{Watch, block_on},
};

/// So many times what one fetch may take, all of one kind may take.
const TIMES: u32 = 3;

/// How far fetching goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReachOption {
    /// Public addresses
    Public,
    /// Those of private networks as well
    Private,
    /// This machine as well
    Any,
}

/// Whether and how issuers are fetched.
#[derive(Clone, Debug, Args)]
#[command(group(ArgGroup::new("fetching").multiple(true)))]
pub(crate) struct FetchOpts {
    /// Fetch issuers that are missing from where the certificates say that they are (AIA; plain HTTP). That they were
    /// missing stays a finding
    #[arg(long, group = "fetching", help_heading = "Fetching")]
    pub(crate) aia: bool,
    /// Whom to ask, since whoever made the certificate says where: `public` addresses, those of `private` networks as
    /// well, or `any`, this machine's as well
    #[arg(
        long,
        value_name = "WHICH",
        default_value = "public",
        requires = "fetching",
        hide_possible_values = true,
        help_heading = "Fetching"
    )]
    reach: ReachOption,
    /// Do not keep what was fetched in the user's cache directory, nor look for it there
    #[arg(long, requires = "fetching", help_heading = "Fetching")]
    no_cache: bool,
}

/// What came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fetched {
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) crls: Vec<Crl>,
    pub(crate) responses: Vec<Vec<u8>>,
    /// What was done and what failed, a line each.
    pub(crate) notes: Vec<String>,
}

impl Fetched {
    fn add(&mut self, gathered: Gathered) {
        self.certificates.extend(gathered.intermediates);
        self.crls.extend(gathered.crls);
        self.responses.extend(gathered.responses);
        self.notes.extend(gathered.notes.iter().map(told));
    }
}

/// A line; of an address that is not reached, with the option that has it reached.
fn told(note: &Note) -> String {
    let address = match note {
        Note::Failed(_, error) => match error.problem() {
            Problem::Address(address) => *address,
            _ => return note.to_string(),
        },
        _ => return note.to_string(),
    };
    let option = if Reach::Private.allows(address) { "--reach private" } else { "--reach any" };
    format!("{note}; {option} goes there all the same")
}

impl FetchOpts {
    /// Fetches what is asked for, for a chain whose leaf comes first. What cannot be had is a note.
    pub(crate) fn gather(
        &self,
        provider: &dyn Provider,
        chain: &[Certificate],
        anchors: &TrustAnchors,
        revocation: bool,
        (now, limit): (UnixTime, Duration),
    ) -> Result<Fetched, Usage> {
        let reach = match self.reach {
            ReachOption::Public => Reach::Public,
            ReachOption::Private => Reach::Private,
            ReachOption::Any => Reach::Any,
        };
        let cache = if self.no_cache { None } else { Cache::of_user() };
        let fetcher = Fetcher { reach, limit, all: limit.saturating_mul(TIMES), cache };
        let mut fetched = Fetched::default();
        // One after the other, so that a CRL that does not come does not take the issuers with it.
        for (intermediates, wanted) in [(true, self.aia), (false, revocation)] {
            if !wanted {
                continue;
            }
            let want = Want { intermediates, revocation: !intermediates, leaf_only: false };
            let known = [chain, fetched.certificates.as_slice()].concat();
            let gathering = gather(&fetcher, provider, &known, anchors, want, now);
            fetched.add(block_on(async { Watch::new("fetching", 1).until(gathering).await })?);
        }
        Ok(fetched)
    }
}
