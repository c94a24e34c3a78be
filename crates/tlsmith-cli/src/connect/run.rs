//! From the plan to a session: name lookup, TCP, handshake. Prints nothing.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tlsmith::{
    Connection, Facts,
    conn::{Direction, EarlyDataStatus, ReplaySafe},
    session::{UnixMillis, WhyNot},
};
use tlsmith_x509::UnixTime;
use tokio::{net::TcpStream, time::timeout};

use super::{
    failure::{self, Phase},
    link::{Broken, Link},
    ocsp::Ocsp,
    plan::{Mode, Plan},
    progress::Phases,
    reach,
    report::{EarlyData, Error, OneConnection, Report, StartTls, ms},
    starttls::{self, Parties, Protocol},
};

/// How long the last words of a connection may take.
const PARTING: Duration = Duration::from_millis(200);

/// What came of it: the report, and the connection where a conversation is to follow.
pub(crate) struct Session {
    pub(crate) report: Report,
    pub(crate) link: Option<Link>,
    /// Application data that came before anybody asked.
    pub(crate) early: Vec<u8>,
    /// What was to be sent early and was not taken.
    pub(crate) unsent: Vec<u8>,
    now: UnixTime,
    turn: Turn,
    /// How the session is known that was offered.
    offered: Option<&'static str>,
    /// How many sessions there were before this connection.
    sessions_before: usize,
    sessions_received: usize,
    resumed: bool,
    not_resumed: Option<WhyNot>,
}

/// Which connection it is.
#[derive(Clone, Copy, Debug)]
struct Turn {
    index: u32,
    /// The conversation takes place on the last one.
    is_last: bool,
    /// Where the first one went.
    address: Option<SocketAddr>,
}

/// Reaches the target and shakes hands, as often as it is to be done.
pub(crate) async fn establish(plan: &Plan, phases: &Phases) -> Session {
    let turn = |index, address| Turn { index, is_last: index == plan.again, address };
    let mut session = Session::once(plan, phases, turn(0, None)).await;
    session.report.connections.push(session.summary());
    let address = session.report.address.as_deref().and_then(|address| address.parse().ok());
    for index in 1..=plan.again {
        if session.report.error.is_some() {
            break;
        }
        session.follow(Session::once(plan, phases, turn(index, address)).await);
    }
    session.judge_resumption(plan);
    phases.enter(Phase::Idle);
    session
}

impl Session {
    /// One connection.
    async fn once(plan: &Plan, phases: &Phases, turn: Turn) -> Self {
        let now = UnixTime::now();
        let mut report = Report {
            target: plan.target.to_string(),
            time: now.to_string(),
            server_name: Some(plan.name.to_string()),
            ..Report::default()
        };
        report.verification.roots.clone_from(&plan.roots.0);
        report.verification.root_count = plan.roots.1;
        let mut session = Self {
            report,
            link: None,
            early: Vec::new(),
            unsent: Vec::new(),
            now,
            turn,
            offered: None,
            sessions_before: plan.sessions.count(),
            sessions_received: 0,
            resumed: false,
            not_resumed: None,
        };
        if let Err(error) = session.reach_and_shake_hands(plan, phases).await {
            session.report.error = Some(error);
            if let Some(mut link) = session.link.take() {
                // The alert that says why is on its way; what the peer answers to it changes nothing.
                let _ = link.part(PARTING).await;
                session.take_facts(plan, &link);
            }
        }
        session.sessions_received = plan.sessions.count() - session.sessions_before;
        session
    }

    /// Takes over what a later connection came to: its line, its failure, and the conversation.
    fn follow(&mut self, next: Self) {
        self.report.connections.push(next.summary());
        self.report.error = next.report.error;
        self.report.early_data = next.report.early_data;
        (self.link, self.early, self.unsent, self.turn) = (next.link, next.early, next.unsent, next.turn);
    }

    fn summary(&self) -> OneConnection {
        let report = &self.report;
        OneConnection {
            resumed: self.resumed,
            resumed_by: self.offered.filter(|_| self.resumed),
            not_resumed: self.not_resumed.filter(|_| !self.resumed).map(|why| why.to_string()),
            address: report.address.clone(),
            protocol: report.protocol.clone(),
            cipher_suite: report.cipher_suite.clone(),
            group: report.group.clone(),
            alpn: report.alpn.clone(),
            timings_ms: report.timings_ms,
            sessions_received: self.sessions_received,
            error: report.error.clone(),
            trace: report.trace.clone(),
        }
    }

    /// Whether all were resumed that were to be.
    fn judge_resumption(&mut self, plan: &Plan) {
        let (first, later) = match self.report.connections.split_first() {
            Some((first, later)) if !later.is_empty() => (first, later),
            _ => return,
        };
        let full = later.iter().filter(|connection| !connection.resumed).count();
        self.report.resumed = full == 0;
        if full > 0 && plan.must_resume && self.report.error.is_none() {
            let reason = later.iter().find_map(|connection| connection.not_resumed.as_deref());
            let why = match (first.sessions_received, reason) {
                (0, _) => "the server gave no session to resume",
                (_, Some(reason)) => reason,
                (_, None) => "the server did not take the session that it had given",
            };
            let message = format!("{full} of {} connections were not resumed: {why}", later.len());
            self.report.error = Some(failure::not_resumed(message));
        }
    }

    async fn reach_and_shake_hands(&mut self, plan: &Plan, phases: &Phases) -> Result<(), Error> {
        let (tcp, address, rtt) = self.reach(plan, phases).await?;
        let tcp = self.ask_for_tls(plan, phases, tcp).await?;
        phases.enter(Phase::Tls);
        let mut out = Vec::new();
        let mut conn = Connection::client(plan.config.clone(), plan.name.clone(), UnixMillis::now(), &mut out)
            .map_err(|error| Error::of(&error))?;
        self.offered = plan.sessions.offered();
        let sent_early = self.send_early_data(plan, &mut conn, &mut out).map_err(|error| Error::of(&error))?;
        // Making the key shares is this machine's time; the handshake's begins when the ClientHello leaves.
        let begun = Instant::now();
        let link = self.link.insert(Link::new(tcp, conn, out, begun));
        let result = timeout(plan.timeout, link.handshake(&mut self.early)).await;
        match result {
            Err(_) => {
                let error = failure::timeout(Phase::Tls, plan.timeout, &stalled(link, address));
                return Err(advised(error, link.facts(), plan));
            }
            Ok(Err(broken)) => return Err(advised(of_broken(Phase::Tls, address, broken), link.facts(), plan)),
            Ok(Ok(())) => self.report.timings_ms.tls = Some(ms(begun.elapsed())),
        }
        phases.enter(Phase::Idle);
        self.update(plan);
        self.note_early_data(plan, sent_early);
        self.settle(plan, address, rtt).await
    }

    /// As much of the early data as the session allows goes with the ClientHello; how much that is.
    fn send_early_data(&self, plan: &Plan, conn: &mut Connection, out: &mut Vec<u8>) -> Result<usize, tlsmith::Error> {
        let Some(data) = plan.early_data.as_ref().filter(|_| self.turn.is_last) else { return Ok(0) };
        // The caller's word for it: that is what the option says.
        let data = ReplaySafe::declare(data);
        let count = conn.early_data_left().min(data.len());
        if count > 0 {
            conn.send_early_data(data.first(count), out)?;
        }
        Ok(count)
    }

    /// What the server made of them; what it did not take is to be sent after all.
    fn note_early_data(&mut self, plan: &Plan, sent: usize) {
        let Some(data) = plan.early_data.as_ref().filter(|_| self.turn.is_last) else { return };
        let status = self.link.as_ref().map(|link| link.facts().early_data);
        let (status, taken) = match status {
            Some(EarlyDataStatus::Accepted) => ("accepted", sent),
            _ if sent > 0 => ("rejected", 0),
            _ => ("not_offered", 0),
        };
        self.unsent = data.get(taken..).unwrap_or_default().to_vec();
        self.report.early_data = Some(EarlyData { status, sent_early_bytes: sent, bytes: data.len() });
    }

    async fn reach(&mut self, plan: &Plan, phases: &Phases) -> Result<(TcpStream, SocketAddr, Duration), Error> {
        let addresses = match (self.turn.address, plan.target.ip(), plan.target.host.contains('%')) {
            (Some(address), _, _) => vec![address],
            (None, Some(ip), false) => vec![SocketAddr::new(ip, plan.target.port)],
            (None, _, _) => {
                phases.enter(Phase::Dns);
                let begun = Instant::now();
                let addresses = reach::resolve(&plan.target, plan.timeout).await?;
                self.report.timings_ms.dns = Some(ms(begun.elapsed()));
                addresses
            }
        };
        phases.enter(Phase::Tcp);
        let (tcp, address, rtt) = reach::connect(&addresses, plan.timeout, &mut self.report.failed_addresses).await?;
        self.report.address = Some(address.to_string());
        self.report.timings_ms.tcp = Some(ms(rtt));
        Ok((tcp, address, rtt))
    }

    /// Speaks the protocol in clear until TLS may begin, where there is one to speak.
    async fn ask_for_tls(&mut self, plan: &Plan, phases: &Phases, mut tcp: TcpStream) -> Result<TcpStream, Error> {
        let Some(protocol) = plan.starttls else { return Ok(tcp) };
        phases.enter(Phase::StartTls);
        let begun = Instant::now();
        let own = tcp.local_addr().ok().map(|address| address.ip());
        let parties = Parties { server: plan.name.to_string(), own };
        let mut dialogue = Vec::new();
        let result = starttls::negotiate(&mut tcp, protocol, &parties, plan.timeout, &mut dialogue).await;
        self.report.starttls = Some(StartTls { protocol: protocol.to_string(), dialogue });
        result?;
        self.report.timings_ms.starttls = Some(ms(begun.elapsed()));
        Ok(tcp)
    }

    /// Hears what the server makes of the client's certificate, and closes where no conversation follows.
    async fn settle(&mut self, plan: &Plan, address: SocketAddr, rtt: Duration) -> Result<(), Error> {
        let Some(link) = self.link.as_mut() else { return Ok(()) };
        let failed = |broken| of_broken(Phase::Tls, address, broken);
        // A server that asked for a certificate nearly always answers within a round trip: a ticket or an alert.
        let grace = (rtt * 3).max(Duration::from_millis(500)).min(plan.timeout);
        let mut answered = !self.early.is_empty();
        let mode = if self.turn.is_last { &plan.mode } else { &Mode::Report };
        if self.report.client_auth_requested && !matches!(mode, Mode::Send(_)) && !answered {
            answered = link.listen(grace, &mut self.early).await.map_err(failed)?;
        }
        if !self.turn.is_last {
            let session = wait_for_session(link, plan, self.sessions_before, &mut self.early);
            answered |= timeout(grace, session).await.unwrap_or(Ok(false)).map_err(failed)?;
        }
        if let Mode::Report = mode {
            link.send_close();
            if self.report.client_auth_requested && !answered {
                // It said nothing so far; it has to say something to the end.
                answered = link.listen(grace, &mut self.early).await.or_else(after_close).map_err(failed)?;
            }
            let parted = link.part(grace.min(PARTING.max(rtt * 2))).await;
            if let Err(error) = parted
                && error.received_alert().is_some()
            {
                return Err(Error::of(&error));
            }
        }
        self.update(plan);
        if answered {
            self.client_auth_outcome("accepted");
        }
        if let Mode::Report = mode {
            self.link = None;
        }
        Ok(())
    }

    /// Brings the report up to date with the connection.
    pub(crate) fn update(&mut self, plan: &Plan) {
        if let Some(link) = self.link.take() {
            self.take_facts(plan, &link);
            self.link = Some(link);
        }
    }

    fn take_facts(&mut self, plan: &Plan, link: &Link) {
        if let Some(connection) = self.report.connections.get_mut(self.turn.index as usize) {
            // The conversation adds to the trace of its own connection; the report is about the first one.
            connection.trace = plan.trace.then(|| link.messages().to_vec());
        }
        if self.turn.index > 0 && !self.report.connections.is_empty() {
            return;
        }
        self.resumed = link.facts().resumed;
        self.not_resumed = link.facts().not_resumed;
        let outcome = self.report.client_auth.as_ref().map(|client| client.outcome);
        self.report.take_facts(link.facts(), plan.provider.as_ref(), self.now);
        if plan.status && !self.report.chain.is_empty() {
            self.report.ocsp = Some(Ocsp::of(link.facts(), self.now));
        }
        if let Some(outcome) = outcome {
            self.client_auth_outcome(outcome);
        }
        let alert = self.report.error.as_ref().is_some_and(|error| error.alert_direction == Some("received"));
        let was_judged = link.messages().iter().any(|m| m.direction == "sent" && m.name == "Finished");
        if alert && was_judged {
            self.client_auth_outcome("refused");
        }
        if plan.trace {
            self.report.trace = Some(link.messages().to_vec());
        }
    }

    /// Notes what the server made of the client's certificate, if it asked for one.
    pub(crate) fn client_auth_outcome(&mut self, outcome: &'static str) {
        if let Some(client) = &mut self.report.client_auth {
            client.outcome = outcome;
        }
    }
}

/// Tickets come after the handshake in TLS 1.3 (RFC 8446 §4.6.1); whether one came on this connection.
async fn wait_for_session(link: &mut Link, plan: &Plan, before: usize, data: &mut Vec<u8>) -> Result<bool, Broken> {
    loop {
        if plan.sessions.count() > before {
            return Ok(true);
        }
        if link.is_ended() || link.is_peer_closed() || !link.listen(plan.timeout, data).await? {
            return Ok(false);
        }
    }
}

/// After our close_notify a peer may end the transport without its own: that is no answer, and no failure.
fn after_close(broken: Broken) -> Result<bool, Broken> {
    match broken {
        Broken::Tls(error) if error.received_alert().is_none() => Ok(false),
        Broken::Io(_) => Ok(false),
        broken => Err(broken),
    }
}

/// The failure of a connection, as the report tells it.
pub(crate) fn of_broken(phase: Phase, address: SocketAddr, broken: Broken) -> Error {
    match broken {
        Broken::Tls(error) => Error::of(&error),
        Broken::Io(error) => failure::io(phase, &address.to_string(), &error),
    }
}

/// A port on which another protocol is usual, and no word of TLS: it wants to be asked in its own words.
fn advised(error: Error, facts: &Facts, plan: &Plan) -> Error {
    let spoke_tls = facts.version.is_some() || error.alert_direction == Some("received");
    match Protocol::usual_on(plan.target.port) {
        Some(protocol) if !spoke_tls && plan.starttls.is_none() => {
            let port = plan.target.port;
            Error {
                fix: format!("Port {port} usually speaks {protocol}: ask for TLS with --starttls {protocol}."),
                ..error
            }
        }
        _ => error,
    }
}

/// Where a handshake stands that does not go on.
pub(crate) fn stalled(link: &Link, address: SocketAddr) -> String {
    let last = link.facts().messages.iter().rev().find(|message| message.direction == Direction::Received);
    match (last, link.received()) {
        (Some(message), _) => format!("{address} sent nothing usable after its {}", message.name),
        (None, 0) => format!("{address} did not answer the ClientHello"),
        (None, count) => format!("{address} answered the ClientHello with {count} bytes, not a whole message"),
    }
}
