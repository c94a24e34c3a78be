//! A resumed session never has more rights than its first handshake: settings are generated for the first handshake and for the
//! resumption, and whatever is accepted has to be the same where a right hangs on it.

use std::sync::Arc;

use proptest::{prelude::*, sample::select};
use tlsmith_crypto::Secret;
use tlsmith_x509::{
    Certificate, Report, ServerName, UnixTime,
    revocation::{CertificateRevocation, RevocationSource, RevocationStatus, SourceKind},
};

use super::{
    super::{
        ClientSession, IdentityId, MAX_LIFETIME, PolicyId, ServerSession, UnixMillis, WhyNot, rights, trusted_until,
    },
    certificates,
};
use crate::{
    auth::{Answer, PeerCertificates, PeerVerifier, Verdict},
    config::ClientAuth,
    registry::{CipherSuite, ProtocolVersion},
};

const TLS1_2: ProtocolVersion = ProtocolVersion::TLS1_2;
const TLS1_3: ProtocolVersion = ProtocolVersion::TLS1_3;
const NOON: i64 = 1_800_000_000_000;
const DAY: i64 = 86_400_000;

/// A verifier that has nothing but a policy.
#[derive(Debug)]
struct Demands(Option<PolicyId>);

impl PeerVerifier for Demands {
    fn verify(&self, _: &PeerCertificates<'_>) -> Answer<Verdict> {
        Answer::Later
    }

    fn policy(&self) -> Option<PolicyId> {
        self.0
    }
}

fn policies() -> impl Strategy<Value = Option<PolicyId>> {
    select(vec![None, Some(PolicyId([1; 32])), Some(PolicyId([2; 32]))])
}

/// Suites with their hashes' lengths; a suite of TLS 1.2 among them.
const SUITES: [(CipherSuite, usize); 4] = [
    (CipherSuite::TLS_AES_128_GCM_SHA256, 32),
    (CipherSuite::TLS_CHACHA20_POLY1305_SHA256, 32),
    (CipherSuite::TLS_AES_256_GCM_SHA384, 48),
    (CipherSuite(0xc02b), 32),
];

fn hash_len(suite: CipherSuite) -> usize {
    SUITES.iter().find(|(known, _)| *known == suite).unwrap().1
}

fn suites() -> impl Strategy<Value = CipherSuite> {
    select(SUITES.map(|(suite, _)| suite).to_vec())
}

/// A session of `NOON` still counts.
fn in_time(earliest: i64, later: i64, lifetime: u32, trusted: i64) -> bool {
    let span = i64::from(lifetime.min(MAX_LIFETIME)) * 1000;
    later >= earliest && later < span && span > 0 && UnixMillis(NOON + later).seconds() < UnixMillis(trusted).seconds()
}

/// How a server is set, and what a client asks of it.
#[derive(Clone, Debug)]
struct Server {
    version: ProtocolVersion,
    suite: CipherSuite,
    name: Option<&'static str>,
    context: &'static [u8],
    /// 0: certificates are not asked for; 1: asked for; 2: demanded.
    asks: u8,
    policy: Option<PolicyId>,
    ems: bool,
}

prop_compose! {
    fn servers()(
        version in select(vec![TLS1_2, TLS1_3]),
        suite in suites(),
        name in select(vec![None, Some("a.example"), Some("A.Example"), Some("b.example")]),
        context in select(vec![&b""[..], b"x"]),
        asks in 0..3_u8,
        policy in policies(),
        ems in any::<bool>(),
    ) -> Server {
        Server { version, suite, name, context, asks, policy, ems }
    }
}

/// The same, or another with at most a few differences: independent ones would hardly ever agree.
fn two<T: Clone + std::fmt::Debug>(
    of: fn() -> BoxedStrategy<T>,
    mix: fn(&T, &T, u8) -> T,
) -> impl Strategy<Value = (T, T)> {
    let changes = prop_oneof![Just(0_u8), (0..8_u32).prop_map(|bit| 1 << bit), any::<u8>()];
    (of(), of(), changes).prop_map(move |(first, other, changes)| {
        let second = mix(&first, &other, changes);
        (first, second)
    })
}

fn mix_servers(first: &Server, other: &Server, changes: u8) -> Server {
    let from = |bit: u8| if changes >> bit & 1 == 1 { other } else { first };
    Server {
        version: from(0).version,
        suite: from(1).suite,
        name: from(2).name,
        context: from(3).context,
        asks: from(4).asks,
        policy: from(5).policy,
        ems: from(6).ems,
    }
}

impl Server {
    fn client_auth(&self) -> ClientAuth {
        let verifier = Arc::new(Demands(self.policy));
        match self.asks {
            0 => ClientAuth::None,
            1 => ClientAuth::Request(verifier),
            _ => ClientAuth::Require(verifier),
        }
    }

    /// By what the client is judged.
    fn demands(&self) -> Option<PolicyId> {
        if self.asks == 0 { None } else { self.policy }
    }

    /// What a full handshake under these settings leaves behind.
    fn session(&self, client: &[Certificate], issued_at: i64, lifetime: u32, trusted_until: i64) -> ServerSession {
        let shown = match self.asks {
            0 => &[],
            2 if client.is_empty() => &certificates()[..1],
            _ => client,
        };
        ServerSession {
            version: self.version,
            cipher_suite: self.suite,
            secret: Secret::new(&[7; 32]),
            issued_at: UnixMillis(issued_at),
            lifetime,
            age_add: 5,
            trusted_until: UnixMillis(trusted_until).seconds(),
            server_name: self.name.map(String::from),
            alpn: None,
            extended_main_secret: self.ems,
            group: None,
            peer_certificates: shown.to_vec(),
            policy: self.demands(),
            max_early_data: 0,
            context: self.context.to_vec(),
        }
    }

    fn judge(&self, session: &ServerSession, now: i64) -> Result<(), WhyNot> {
        let auth = self.client_auth();
        rights::server(
            session,
            &rights::ServerNow {
                version: self.version,
                cipher_suite: self.suite,
                server_name: self.name,
                context: self.context,
                client_auth: &auth,
                policy: auth.verifier().and_then(|verifier| verifier.policy()),
                extended_main_secret: self.ems,
                now: UnixMillis(now),
            },
        )
    }

    /// Nothing stands against resuming what these settings made.
    fn can_resume(&self) -> bool {
        let suite_fits = (self.version == TLS1_3) == (self.suite.0 >> 8 == 0x13);
        suite_fits && (self.version == TLS1_3 || self.ems) && (self.asks == 0 || self.policy.is_some())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_server_grants_nothing_new(
        (first, second) in two(|| servers().boxed(), mix_servers),
        shown in 0..=2_usize,
        lifetime in select(vec![0, 1, 7200, MAX_LIFETIME, u32::MAX]),
        trusted in select(vec![NOON - 1, NOON + 60_000, NOON + 30 * DAY]),
        later in select(vec![-DAY, -60_001, -60_000, 0, 1, 59_999, 7_199_999, 7_200_000, 7 * DAY - 1, 7 * DAY]),
    ) {
        let session = first.session(&certificates()[..shown], NOON, lifetime, trusted);
        let now = NOON + later;
        let in_time = in_time(-60_000, later, lifetime, trusted);
        let answer = second.judge(&session, now);
        if answer.is_ok() {
            prop_assert!(in_time);
            prop_assert_eq!(second.version, first.version);
            prop_assert_eq!(hash_len(second.suite), hash_len(first.suite));
            prop_assert_eq!(
                second.name.map(str::to_ascii_lowercase), first.name.map(str::to_ascii_lowercase)
            );
            prop_assert_eq!(second.context, first.context);
            // Who the client is: judged then by the demands of now, and shown where it has to be.
            prop_assert_eq!(second.demands(), first.demands());
            prop_assert_eq!(second.demands().is_some(), second.asks > 0);
            prop_assert!(second.asks < 2 || !session.peer_certificates.is_empty());
            prop_assert!(second.asks > 0 || session.peer_certificates.is_empty());
            if first.version == TLS1_2 {
                prop_assert_eq!(second.suite, first.suite);
                prop_assert!(first.ems && second.ems);
            }
        }
        // And it grants what there was, so that all of this says something.
        if first.can_resume() && in_time {
            prop_assert_eq!(first.judge(&session, now), Ok(()));
        }
        // Only one answer ends the handshake (RFC 7627 §5.3).
        let fatal = answer.is_err_and(WhyNot::is_fatal);
        prop_assert!(!fatal || (first.ems && !second.ems && second.version == TLS1_2));
    }
}

/// How a client is set, and whom it means to reach.
#[derive(Clone, Debug)]
struct Client {
    version: ProtocolVersion,
    /// The lowest version that it offers; TLS 1.3 is the highest.
    versions_from: ProtocolVersion,
    suite: CipherSuite,
    suites: Vec<CipherSuite>,
    name: &'static str,
    policy: Option<PolicyId>,
    identity: Option<IdentityId>,
    ems: bool,
}

prop_compose! {
    fn clients()(
        version in select(vec![TLS1_2, TLS1_3]),
        versions_from in select(vec![TLS1_2, TLS1_3]),
        suite in suites(),
        suites in prop::collection::vec(suites(), 1..4),
        name in select(vec!["a.example", "A.Example", "b.example", "192.0.2.1"]),
        policy in policies(),
        identity in select(vec![None, Some(IdentityId::NOBODY), Some(IdentityId([1; 32]))]),
        ems in any::<bool>(),
    ) -> Client {
        Client { version, versions_from, suite, suites, name, policy, identity, ems }
    }
}

fn mix_clients(first: &Client, other: &Client, changes: u8) -> Client {
    let from = |bit: u8| if changes >> bit & 1 == 1 { other } else { first };
    Client {
        version: first.version,
        versions_from: from(0).versions_from,
        suite: first.suite,
        suites: from(1).suites.clone(),
        name: from(2).name,
        policy: from(3).policy,
        identity: from(4).identity,
        ems: first.ems,
    }
}

impl Client {
    fn name(&self) -> ServerName {
        self.name.parse().unwrap()
    }

    fn session(&self, lifetime: u32, trusted_until: i64) -> ClientSession {
        ClientSession {
            version: self.version,
            cipher_suite: self.suite,
            secret: Secret::new(&[7; 32]),
            ticket: vec![1],
            session_id: Vec::new(),
            received_at: UnixMillis(NOON),
            lifetime,
            age_add: 5,
            trusted_until: UnixMillis(trusted_until).seconds(),
            server_name: self.name(),
            alpn: None,
            extended_main_secret: self.ems,
            group: None,
            peer_certificates: certificates()[..1].to_vec(),
            ocsp_response: None,
            sct_list: None,
            policy: self.policy,
            own_identity: self.identity,
            max_early_data: 0,
        }
    }

    fn judge(&self, session: &ClientSession, now: i64) -> Result<(), WhyNot> {
        rights::client(
            session,
            &rights::ClientNow {
                name: &self.name(),
                policy: self.policy,
                own_identity: self.identity,
                versions: self.versions_from..=TLS1_3,
                cipher_suites: &self.suites,
                now: UnixMillis(now),
            },
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_client_claims_nothing_new(
        (first, second) in two(|| clients().boxed(), mix_clients),
        lifetime in select(vec![0, 1, 7200, MAX_LIFETIME, u32::MAX]),
        trusted in select(vec![NOON - 1, NOON + 60_000, NOON + 30 * DAY]),
        later in select(vec![-DAY, -1000, -999, 0, 999, 1000, 59_999, 7_199_999, 7_200_000, 7 * DAY - 1, 7 * DAY]),
    ) {
        let session = first.session(lifetime, trusted);
        let now = NOON + later;
        let in_time = in_time(-999, later, lifetime, trusted);
        let hash_offered = second.suites.iter().any(|suite| hash_len(*suite) == hash_len(first.suite));
        let answer = second.judge(&session, now);
        if answer.is_ok() {
            prop_assert!(in_time);
            prop_assert!(first.version >= second.versions_from);
            prop_assert_eq!(second.name(), first.name());
            prop_assert_eq!(second.policy, first.policy);
            prop_assert!(second.policy.is_some());
            prop_assert_eq!(second.identity, first.identity);
            prop_assert!(second.identity.is_some());
            if first.version == TLS1_2 {
                prop_assert!(first.ems && second.suites.contains(&first.suite));
            } else {
                prop_assert!(hash_offered);
            }
        }
        let mut same = first.clone();
        same.versions_from = TLS1_2;
        same.suites.push(same.suite);
        let suite_fits = (first.version == TLS1_3) == (first.suite.0 >> 8 == 0x13);
        let sound = suite_fits && first.policy.is_some() && first.identity.is_some();
        if sound && in_time && (first.ems || first.version == TLS1_3) {
            prop_assert_eq!(same.judge(&session, now), Ok(()));
        }
        prop_assert!(!answer.is_err_and(WhyNot::is_fatal));
    }

    #[test]
    fn early_data_count_under_the_same_suite_protocol_and_age(
        suite in suites(), now_suite in suites(),
        alpn in select(vec![None, Some(&b"h2"[..]), Some(b"x")]),
        now_alpn in select(vec![None, Some(&b"h2"[..]), Some(b"x")]),
        max in select(vec![0, 1, u32::MAX]),
        version in select(vec![TLS1_2, TLS1_3]),
        age_add in any::<u32>(),
        age in 0..604_800_000_i64,
        wrong in select(vec![-20_000, -10_001, -10_000, 0, 10_000, 10_001]),
    ) {
        let server = Server {
            version, suite, name: None, context: b"", asks: 0, policy: None, ems: true,
        };
        let mut session = server.session(&[], NOON, 7200, NOON + DAY);
        (session.alpn, session.max_early_data, session.age_add) = (alpn.map(<[u8]>::to_vec), max, age_add);
        let claimed = (age + wrong).max(0) as u32;
        let wrong = i64::from(claimed) - age;
        let answer = rights::server_early_data(
            &session, now_suite, now_alpn, claimed.wrapping_add(age_add), UnixMillis(NOON + age),
        );
        let right = version == TLS1_3 && max > 0 && suite == now_suite && alpn == now_alpn && wrong.abs() <= 10_000;
        prop_assert_eq!(answer.is_ok(), right);

        let mut client = Client {
            version, versions_from: version, suite, suites: Vec::new(), name: "a.example", policy: None,
            identity: None, ems: true,
        }.session(7200, NOON + DAY);
        (client.alpn, client.max_early_data) = (alpn.map(<[u8]>::to_vec), max);
        let offered: Vec<Vec<u8>> = now_alpn.map(<[u8]>::to_vec).into_iter().collect();
        let answer = rights::client_early_data(&client, &[now_suite], &offered);
        let right = version == TLS1_3 && max > 0 && suite == now_suite && (alpn.is_none() || alpn == now_alpn);
        prop_assert_eq!(answer.is_ok(), right);
    }
}

/// Each reason is given for what it names, and says so.
#[test]
fn reasons() {
    let server = Server {
        version: TLS1_2,
        suite: CipherSuite(0xc02b),
        name: Some("a.example"),
        context: b"",
        asks: 2,
        policy: Some(PolicyId([1; 32])),
        ems: true,
    };
    let session = server.session(&certificates()[..1], NOON, 7200, NOON + DAY);
    let why = |change: fn(&mut Server)| {
        let mut now = server.clone();
        change(&mut now);
        now.judge(&session, NOON).unwrap_err()
    };
    let reasons = [
        (why(|s| s.version = TLS1_3), WhyNot::Version),
        (why(|s| s.suite = CipherSuite(0xc02c)), WhyNot::CipherSuite),
        (why(|s| s.name = None), WhyNot::ServerName),
        (why(|s| s.context = b"x"), WhyNot::Context),
        (why(|s| s.asks = 0), WhyNot::Policy),
        (why(|s| s.policy = None), WhyNot::NoPolicy),
        (why(|s| s.ems = false), WhyNot::ExtendedMainSecretDropped),
        (server.judge(&session, NOON + DAY).unwrap_err(), WhyNot::Expired),
        (server.judge(&session, NOON - DAY).unwrap_err(), WhyNot::FromTheFuture),
    ];
    for (given, expected) in reasons {
        assert_eq!(given, expected);
        assert!(!given.to_string().is_empty());
    }
    // A session from when certificates were asked for only.
    let asked = Server { asks: 1, ..server.clone() };
    let anonymous = asked.session(&[], NOON, 7200, NOON + DAY);
    assert_eq!(asked.judge(&anonymous, NOON), Ok(()));
    assert_eq!(server.judge(&anonymous, NOON), Err(WhyNot::NoClientCertificate));
    // And what an old server left behind: such a session never comes from here.
    let mut weak = session.duplicate();
    weak.extended_main_secret = false;
    assert_eq!(server.judge(&weak, NOON), Err(WhyNot::NoExtendedMainSecret));
    weak.version = ProtocolVersion::TLS1_1;
    let old = Server { version: ProtocolVersion::TLS1_1, ..server };
    assert_eq!(old.judge(&weak, NOON), Err(WhyNot::Version));
}

/// What cannot be offered is not.
#[test]
fn a_ticket_has_to_fit_a_client_hello() {
    let client = Client {
        version: TLS1_3,
        versions_from: TLS1_2,
        suite: CipherSuite::TLS_AES_128_GCM_SHA256,
        suites: vec![CipherSuite::TLS_AES_128_GCM_SHA256],
        name: "a.example",
        policy: Some(PolicyId([1; 32])),
        identity: Some(IdentityId::NOBODY),
        ems: false,
    };
    let mut session = client.session(7200, NOON + DAY);
    session.ticket = vec![1; 1 << 15];
    assert_eq!(client.judge(&session, NOON), Ok(()));
    session.ticket.push(1);
    assert_eq!(client.judge(&session, NOON), Err(WhyNot::TicketTooLong));
}

/// Resumption upon resumption does not outlive what was proved at first.
#[test]
fn trust_ends_with_the_certificates_or_after_a_week() {
    let now = UnixTime(NOON / 1000);
    let week = UnixTime(now.0 + i64::from(MAX_LIFETIME));
    assert_eq!(trusted_until(now, &Report::default()), week);
    let leaf = &certificates()[0];
    let report = Report { path: vec![leaf.clone()], ..Report::default() };
    assert_eq!(trusted_until(now, &report), week.min(leaf.not_after()));
    let near = UnixTime(leaf.not_after().0 - 5);
    assert_eq!(trusted_until(near, &report), leaf.not_after());
    assert_eq!(trusted_until(UnixTime(i64::MAX), &Report::default()), UnixTime(i64::MAX));
}

/// A certificate that was good up to some day is not taken for good after it, not even in a session.
#[test]
fn trust_ends_with_what_was_said_of_revocations() {
    let now = UnixTime(NOON / 1000);
    let until = |this_update: i64, next_update: Option<i64>| {
        let source = RevocationSource {
            kind: SourceKind::Staple,
            signer: String::new(),
            this_update: UnixTime(this_update),
            next_update: next_update.map(UnixTime),
        };
        let known = |source| CertificateRevocation {
            certificate: certificates()[0].clone(),
            sent: Some(0),
            status: RevocationStatus::Good,
            source,
        };
        trusted_until(now, &Report { revocation: vec![known(None), known(Some(source))], ..Report::default() })
    };
    assert_eq!(until(now.0, Some(now.0 + 3600)), UnixTime(now.0 + 3600));
    assert_eq!(until(now.0, Some(now.0 + 30 * 86_400)), UnixTime(now.0 + i64::from(MAX_LIFETIME)));
    assert_eq!(until(now.0 - 3600, None), UnixTime(now.0 - 3600 + 86_400));
}
