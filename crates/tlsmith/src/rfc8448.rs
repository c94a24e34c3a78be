//! The traces of RFC 8448, for tests: every value of every step, as `tests/data/rfc8448` has them.

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

/// A section's trace.
pub(crate) struct Trace {
    steps: Vec<Step>,
}

/// One step: `{server}  derive secret "tls13 c hs traffic":` and the values below it.
pub(crate) struct Step {
    pub(crate) side: Side,
    pub(crate) title: String,
    values: Vec<(String, Vec<u8>)>,
}

impl Step {
    /// The value of a name, which must be there.
    pub(crate) fn value(&self, name: &str) -> &[u8] {
        let value = self.values.iter().find(|(known, _)| known == name);
        &value.unwrap_or_else(|| panic!("no {name} in {}", self.title)).1
    }

    /// The value of a name, if it is there.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }
}

impl Trace {
    /// §3, Simple 1-RTT Handshake.
    pub(crate) fn simple() -> Self {
        Self::parse(include_str!("../tests/data/rfc8448/simple.txt"))
    }

    /// §4, Resumed 0-RTT Handshake.
    pub(crate) fn resumed() -> Self {
        Self::parse(include_str!("../tests/data/rfc8448/resumed.txt"))
    }

    /// §5, HelloRetryRequest.
    pub(crate) fn retry() -> Self {
        Self::parse(include_str!("../tests/data/rfc8448/retry.txt"))
    }

    /// §6, Client Authentication.
    pub(crate) fn client_auth() -> Self {
        Self::parse(include_str!("../tests/data/rfc8448/client_auth.txt"))
    }

    /// §7, Compatibility Mode.
    pub(crate) fn compat() -> Self {
        Self::parse(include_str!("../tests/data/rfc8448/compat.txt"))
    }

    /// All of them.
    pub(crate) fn all() -> [Self; 5] {
        [Self::simple(), Self::resumed(), Self::retry(), Self::client_auth(), Self::compat()]
    }

    fn parse(text: &str) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(title) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                let (side, title) = title.split_once(": ").unwrap();
                let side = match side {
                    "client" => Side::Client,
                    "server" => Side::Server,
                    other => panic!("no side: {other}"),
                };
                steps.push(Step { side, title: title.to_owned(), values: Vec::new() });
            } else {
                let (name, hex) = line.split_once(" =").unwrap();
                steps.last_mut().unwrap().values.push((name.to_owned(), unhex(hex.trim())));
            }
        }
        Self { steps }
    }

    /// The `nth` step of a side whose title begins like this and that has values of its own.
    pub(crate) fn step(&self, side: Side, title: &str, nth: usize) -> &Step {
        let mut found = self
            .steps
            .iter()
            .filter(|step| step.side == side && step.title.starts_with(title) && !step.values.is_empty());
        found.nth(nth).unwrap_or_else(|| panic!("no step {title} ({nth})"))
    }

    /// The one value of the first such step.
    pub(crate) fn value(&self, side: Side, title: &str, name: &str) -> &[u8] {
        self.step(side, title, 0).value(name)
    }

    /// The handshake messages that were constructed, in order, headers included.
    pub(crate) fn messages(&self) -> Vec<(Side, &[u8])> {
        let constructed = self.steps.iter().filter(|step| step.title.starts_with("construct a"));
        constructed.map(|step| (step.side, self.whole(step.values.last().unwrap().1.as_slice()))).collect()
    }

    /// The ClientHello of §4 is constructed without its binders; the record that it is sent in has them.
    fn whole<'t>(&'t self, message: &'t [u8]) -> &'t [u8] {
        if message_length(message) == message.len() - 4 {
            return message;
        }
        let mut sent = self.steps.iter().filter_map(|step| step.get("payload"));
        sent.find(|payload| payload.starts_with(message)).unwrap()
    }

    /// The records that a side sends, in order: what is in them, and their bytes.
    pub(crate) fn records(&self, side: Side) -> Vec<(&[u8], &[u8])> {
        let sent = self.steps.iter().filter(|step| step.side == side && step.title.starts_with("send "));
        sent.map(|step| (step.value("payload"), step.value("complete record"))).collect()
    }
}

/// Hexadecimal to bytes.
pub(crate) fn unhex(hex: &str) -> Vec<u8> {
    let (pairs, odd) = hex.as_bytes().as_chunks::<2>();
    assert!(odd.is_empty(), "{hex}");
    pairs.iter().map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn message_length(message: &[u8]) -> usize {
    usize::try_from(u32::from_be_bytes([0, message[1], message[2], message[3]])).unwrap()
}

#[test]
fn the_traces_are_whole() {
    let counts = Trace::all().map(|trace| (trace.messages().len(), trace.records(Side::Client).len()));
    assert_eq!(counts, [(8, 4), (6, 6), (9, 4), (10, 3), (7, 4)]);
    for trace in Trace::all() {
        for (_, message) in trace.messages() {
            assert_eq!(message_length(message), message.len() - 4);
        }
    }
}
