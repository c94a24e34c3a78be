//! Who judges: we, and three others.

use std::{
    fmt, fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::SystemTime,
};

use base64::Engine as _;
use tlsmith_crypto::aws_lc::AwsLc;
use tlsmith_x509::{Certificate, PathRequest, Purpose, ServerName, TrustAnchors, UnixTime, verify};

use super::{Chain, build::HOST};
use crate::peers::script::venv_python;

/// Another implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judge {
    /// `openssl verify -purpose sslserver`.
    OpenSsl,
    /// `certtool --verify`.
    GnuTls,
    /// `cryptography.x509.verification`.
    Cryptography,
}

impl fmt::Display for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OpenSsl => "OpenSSL",
            Self::GnuTls => "GnuTLS",
            Self::Cryptography => "cryptography",
        })
    }
}

/// What one said.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    pub(super) accepted: bool,
    pub(super) reason: String,
}

/// Our own, under the private profile.
pub(super) fn ours(chain: &Chain) -> Verdict {
    let parse = |der: &Vec<u8>| Certificate::from_der(der);
    let sent: Result<Vec<Certificate>, _> = chain.sent.iter().map(parse).collect();
    let sent = match sent {
        Ok(sent) => sent,
        Err(error) => return Verdict { accepted: false, reason: error.to_string() },
    };
    let anchors: TrustAnchors = [parse(&chain.root).unwrap()].into_iter().collect();
    let name: ServerName = HOST.parse().unwrap();
    let now = UnixTime::from(SystemTime::now());
    let request =
        PathRequest { name: Some((&name).into()), ..PathRequest::new(&sent, &anchors, Purpose::ServerAuth, now) };
    let report = verify(&AwsLc, &request);
    let reason = report.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    Verdict { accepted: report.is_trusted(), reason }
}

/// Those of all others, chain by chain.
pub(super) fn others(chains: &[Chain]) -> Vec<Vec<(Judge, Verdict)>> {
    let directory = tempfile::tempdir().unwrap();
    // The programs read files, and judge one chain each; so many of them at once as a small machine has processors.
    let share = chains.len().div_ceil(2).max(1);
    let (programs, python) = thread::scope(|scope| {
        let python = scope.spawn(|| cryptography(chains));
        let workers: Vec<_> = chains
            .chunks(share)
            .enumerate()
            .map(|(worker, chains)| {
                let place = directory.path().join(worker.to_string());
                scope.spawn(move || {
                    fs::create_dir(&place).unwrap();
                    chains.iter().map(|chain| programs(chain, &place)).collect::<Vec<_>>()
                })
            })
            .collect();
        let programs: Vec<_> = workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect();
        (programs, python.join().unwrap())
    });
    assert_eq!((programs.len(), python.len()), (chains.len(), chains.len()));
    let join = |([openssl, gnutls], python): ([Verdict; 2], Verdict)| {
        vec![(Judge::OpenSsl, openssl), (Judge::GnuTls, gnutls), (Judge::Cryptography, python)]
    };
    programs.into_iter().zip(python).map(join).collect()
}

fn programs(chain: &Chain, place: &Path) -> [Verdict; 2] {
    let pem = |ders: &[Vec<u8>]| ders.iter().map(|der| armoured(der)).collect::<String>();
    let file = |name: &str, content: String| {
        let path = place.join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let root = file("root.pem", armoured(&chain.root));
    let leaf = file("leaf.pem", armoured(&chain.sent[0]));
    let rest = file("rest.pem", pem(&chain.sent[1..]));
    let all = file("all.pem", pem(&chain.sent));
    let mut openssl = Command::new("openssl");
    openssl.args(["verify", "-no-CApath", "-no-CAstore", "-purpose", "sslserver", "-verify_hostname", HOST, "-CAfile"]);
    openssl.arg(root.as_os_str());
    if chain.sent.len() > 1 {
        openssl.arg("-untrusted").arg(rest.as_os_str());
    }
    openssl.arg(leaf.as_os_str());
    let mut certtool = Command::new("certtool");
    certtool.args(["--verify", "--verify-hostname", HOST, "--verify-purpose", "1.3.6.1.5.5.7.3.1"]);
    certtool.arg("--load-ca-certificate").arg(root.as_os_str()).arg("--infile").arg(all.as_os_str());
    [run(openssl), run(certtool)]
}

fn run(mut command: Command) -> Verdict {
    let output = command.stdin(Stdio::null()).output().expect("the peer program is installed");
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    Verdict { accepted: output.status.success(), reason: text }
}

/// One process for all chains: a line a chain in, a line a verdict out.
fn cryptography(chains: &[Chain]) -> Vec<Verdict> {
    let mut child = Command::new(venv_python())
        .args(["-c", include_str!("cryptography.py"), HOST])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python with cryptography (scripts/test makes it)");
    let mut stdin = child.stdin.take().unwrap();
    let lines: String = chains.iter().map(line).collect();
    let writer = thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "Python failed");
    let text = String::from_utf8(output.stdout).unwrap();
    let verdict = |line: &str| match line.strip_prefix("accepted") {
        Some(_) => Verdict { accepted: true, reason: String::new() },
        None => Verdict { accepted: false, reason: line.to_owned() },
    };
    text.lines().map(verdict).collect()
}

fn line(chain: &Chain) -> String {
    let encode = |der: &Vec<u8>| base64::engine::general_purpose::STANDARD.encode(der);
    let sent: Vec<String> = chain.sent.iter().map(encode).collect();
    format!("{} {}\n", encode(&chain.root), sent.join(" "))
}

fn armoured(der: &[u8]) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
