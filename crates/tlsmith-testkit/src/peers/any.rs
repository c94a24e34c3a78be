//! All client programs behind one call: connect, exchange data both ways, report.

use std::process::Command;

use super::{
    ClientSetup, Seen, curl, gnutls,
    nginx::Nginx,
    openssl,
    script::{Language, Script},
};
use crate::{process::run, server::Mode};

/// A program that can be a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `openssl s_client`
    OpenSsl,
    /// `gnutls-cli`
    GnuTls,
    /// curl
    Curl,
    /// nginx's `proxy_pass`
    Nginx,
    /// A script.
    Script(Language),
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::OpenSsl,
        Self::GnuTls,
        Self::Curl,
        Self::Nginx,
        Self::Script(Language::Python),
        Self::Script(Language::PyOpenSsl),
        Self::Script(Language::Node),
        Self::Script(Language::Java),
    ];

    /// What our server has to do with it.
    pub const fn mode(self) -> Mode {
        match self {
            Self::OpenSsl | Self::GnuTls => Mode::Echo,
            Self::Curl | Self::Nginx => Mode::Http,
            Self::Script(_) => Mode::Transfer,
        }
    }
}

/// The programs, the scripts among them started once.
#[derive(Debug, Default)]
pub struct Clients {
    scripts: Vec<Script>,
}

impl Clients {
    /// Connects and exchanges data in both directions; an error is what the program said instead.
    pub fn run(&mut self, program: Program, setup: &ClientSetup<'_>) -> Result<Seen, String> {
        match program {
            Program::OpenSsl | Program::GnuTls => {
                let openssl = program == Program::OpenSsl;
                let mut client = if openssl { openssl::client(setup, &[]) } else { gnutls::client(setup, &[]) };
                client.write(b"to and fro\n");
                let came = client.came("to and fro\n");
                let said = client.finish().text();
                let seen = if openssl { openssl::seen_by_client(&said) } else { gnutls::seen_by_client(&said) };
                if came { Ok(seen) } else { Err(said) }
            }
            Program::Curl => {
                let page = curl::get(setup, "/", &[]);
                if !page.status.success() || !page.stdout().starts_with("suite=TLS_") {
                    return Err(page.text());
                }
                let said = page.stderr();
                let used = super::between(&said, "SSL connection using ", "\n").and_then(|line| line.split_once(" / "));
                Ok(Seen {
                    protocol: used.map(|(protocol, _)| protocol.to_owned()),
                    suite: used.map(|(_, suite)| suite.to_owned()),
                    alpn: super::between(&said, "ALPN: server accepted ", "\n").map(str::to_owned),
                    ..Seen::default()
                })
            }
            Program::Nginx => {
                let nginx = Nginx::clients(std::slice::from_ref(setup));
                let url = format!("http://127.0.0.1:{}/", nginx.ports[0]);
                let page = run(Command::new("curl").args(["-sS", "--noproxy", "*", "--max-time", "60", &url]));
                let said = page.stdout();
                match super::between(&said, "suite=", "\n") {
                    Some(suite) if suite.starts_with("TLS_") => {
                        Ok(Seen { suite: Some(suite.to_owned()), ..Seen::default() })
                    }
                    _ => Err(format!("{}\n{}", page.text(), nginx.process.stderr())),
                }
            }
            Program::Script(language) => {
                let script = self.script(language);
                let order = script.connect(setup, 20_000, 30_000);
                let answer = script.outcome(order, 0);
                if answer.word == "done" { Ok(answer.seen("")) } else { Err(answer.get("error").to_owned()) }
            }
        }
    }

    fn script(&mut self, language: Language) -> &mut Script {
        let at = match self.scripts.iter().position(|script| script.language() == language) {
            Some(at) => at,
            None => {
                self.scripts.push(Script::start(language, &[], &[]));
                self.scripts.len() - 1
            }
        };
        &mut self.scripts[at]
    }
}
