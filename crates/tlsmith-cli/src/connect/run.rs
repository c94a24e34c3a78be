//! From the plan to a session: name lookup, TCP, handshake. Prints nothing.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tlsmith::{Connection, Facts, conn::Direction, session::UnixMillis};
use tlsmith_x509::UnixTime;
use tokio::{net::TcpStream, time::timeout};

use super::{
    failure::{self, Phase},
    link::{Broken, Link},
    plan::{Mode, Plan},
    progress::Phases,
    reach,
    report::{Error, Report, StartTls, ms},
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
    now: UnixTime,
}

/// Reaches the target and shakes hands.
pub(crate) async fn establish(plan: &Plan, phases: &Phases) -> Session {
    let now = UnixTime::now();
    let mut report = Report {
        target: plan.target.to_string(),
        time: now.to_string(),
        server_name: Some(plan.name.to_string()),
        ..Report::default()
    };
    report.verification.roots.clone_from(&plan.roots.0);
    report.verification.root_count = plan.roots.1;
    let mut session = Session { report, link: None, early: Vec::new(), now };
    if let Err(error) = session.reach_and_shake_hands(plan, phases).await {
        session.report.error = Some(error);
        if let Some(mut link) = session.link.take() {
            // The alert that says why is on its way; what the peer answers to it changes nothing.
            let _ = link.part(PARTING).await;
            session.take_facts(plan, &link);
        }
    }
    phases.enter(Phase::Idle);
    session
}

impl Session {
    async fn reach_and_shake_hands(&mut self, plan: &Plan, phases: &Phases) -> Result<(), Error> {
        let (tcp, address, rtt) = self.reach(plan, phases).await?;
        let tcp = self.ask_for_tls(plan, phases, tcp).await?;
        phases.enter(Phase::Tls);
        let mut out = Vec::new();
        let conn = Connection::client(plan.config.clone(), plan.name.clone(), UnixMillis::now(), &mut out)
            .map_err(|error| Error::of(&error))?;
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
        self.settle(plan, address, rtt).await
    }

    async fn reach(&mut self, plan: &Plan, phases: &Phases) -> Result<(TcpStream, SocketAddr, Duration), Error> {
        let addresses = match (plan.target.ip(), plan.target.host.contains('%')) {
            (Some(ip), false) => vec![SocketAddr::new(ip, plan.target.port)],
            _ => {
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
        if self.report.client_auth_requested && !matches!(plan.mode, Mode::Send(_)) && !answered {
            answered = link.listen(grace, &mut self.early).await.map_err(failed)?;
        }
        if let Mode::Report = plan.mode {
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
        if let Mode::Report = plan.mode {
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
        let outcome = self.report.client_auth.as_ref().map(|client| client.outcome);
        self.report.take_facts(link.facts(), plan.provider.as_ref(), self.now);
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
fn stalled(link: &Link, address: SocketAddr) -> String {
    let last = link.facts().messages.iter().rev().find(|message| message.direction == Direction::Received);
    match (last, link.received()) {
        (Some(message), _) => format!("{address} sent nothing usable after its {}", message.name),
        (None, 0) => format!("{address} did not answer the ClientHello"),
        (None, count) => format!("{address} answered the ClientHello with {count} bytes, not a whole message"),
    }
}
