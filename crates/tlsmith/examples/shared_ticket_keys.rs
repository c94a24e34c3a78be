//! Two servers with one root of ticket keys: whoever was at one resumes at the other.
//!
//! `cargo run -p tlsmith --example shared_ticket_keys -- NAME chain.pem key.pem CA.pem`

use std::{
    error::Error,
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use tlsmith::{
    ClientConfig, ServerConfig,
    auth::{ChainVerifier, Identity},
    blocking::Stream,
    session::{MemorySessions, TicketKeys, UnixMillis},
};
use tlsmith_crypto::{Provider, Secret, aws_lc::AwsLc};
use tlsmith_x509::TrustAnchors;

/// A new key every eight hours.
const PERIOD: u32 = 8 * 3600;

/// Tickets count for a day.
const LIFETIME: u32 = 24 * 3600;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, chain, key, ca] = arguments.as_slice() else {
        return Err("usage: shared_ticket_keys NAME chain.pem key.pem CA.pem".into());
    };
    let identity = Arc::new(Identity::from_pem(&AwsLc, &fs::read(chain)?, &fs::read(key)?)?);
    let anchors = TrustAnchors::from_pem(&fs::read(ca)?)?;

    // Made once, and given to every server over a channel that keeps it secret.
    let mut root = Secret::zero(32);
    AwsLc.random(root.expose_mut())?;
    let servers = [server(&identity, &root)?, server(&identity, &root)?];

    let client = client(anchors)?;
    for (number, server) in servers.iter().cycle().take(4).enumerate() {
        let resumed = visit(&client, name, server)?;
        println!("visit {} at server {}: {}", number + 1, number % 2 + 1, if resumed { "resumed" } else { "full" });
    }
    Ok(())
}

/// A server that has the root. It passes nothing on to the others: they all derive the same keys from root and time.
pub(crate) fn server(identity: &Arc<Identity>, root: &Secret) -> Result<Arc<ServerConfig>, Box<dyn Error>> {
    let keys = TicketKeys::from_root(root, PERIOD, LIFETIME)?;
    let config = ServerConfig::builder(Arc::new(AwsLc)).identity(Arc::clone(identity)).ticketer(Arc::new(keys));
    Ok(config.build()?)
}

/// A client that remembers.
pub(crate) fn client(anchors: TrustAnchors) -> Result<Arc<ClientConfig>, Box<dyn Error>> {
    let provider = Arc::new(AwsLc);
    let verifier = Arc::new(ChainVerifier::new(provider.clone(), Arc::new(anchors)));
    let config = ClientConfig::builder(provider, verifier).sessions(Arc::new(MemorySessions::default()));
    Ok(config.build()?)
}

/// One connection, and whether it was resumed.
pub(crate) fn visit(
    client: &Arc<ClientConfig>,
    name: &str,
    server: &Arc<ServerConfig>,
) -> Result<bool, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = Arc::clone(server);
    let serving = thread::spawn(move || {
        let (socket, _) = listener.accept()?;
        let mut stream = Stream::accept(socket, server, UnixMillis::now())?;
        stream.write_all(b"welcome")?;
        stream.shutdown_write()?;
        stream.read_to_end(&mut Vec::new())
    });
    let socket = TcpStream::connect(address)?;
    let mut stream = Stream::connect(socket, Arc::clone(client), name.parse()?, UnixMillis::now())?;
    // The tickets come with the first data.
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard)?;
    stream.shutdown_write()?;
    let resumed = stream.facts().resumed;
    serving.join().map_err(|_| "the server panicked")??;
    Ok(resumed)
}
