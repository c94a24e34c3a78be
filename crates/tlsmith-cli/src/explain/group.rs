//! Key exchange groups.

use tlsmith::registry::NamedGroup;

use super::{Answer, Part};

/// A group of the IANA registry "TLS Supported Groups".
struct Row {
    value: u16,
    name: &'static str,
    /// Other names for it.
    also: &'static [&'static str],
    what: &'static str,
    /// The strength against today's computers, in bits (NIST SP 800-57 part 1, table 2).
    bits: u16,
    post_quantum: bool,
    verdict: &'static str,
    section: &'static str,
}

const CURVE: &str = "an elliptic curve";
const HYBRID: &str = "a curve and ML-KEM together: both would have to be broken";
const FINITE_FIELD: &str = "finite-field Diffie-Hellman over a fixed safe prime";

const fn row(
    value: u16,
    name: &'static str,
    also: &'static [&'static str],
    what: &'static str,
    bits: u16,
    verdict: &'static str,
    section: &'static str,
) -> Row {
    Row { value, name, also, what, bits, post_quantum: false, verdict, section }
}

const fn post_quantum(row: Row) -> Row {
    Row { post_quantum: true, ..row }
}

const RECOMMENDED: &str = "recommended";
const SLOW: &str = "sound, slower than curves of the same strength";
const GONE: &str = "obsolete: not in TLS 1.3, refused here";

const TABLE: &[Row] = &[
    post_quantum(row(0x11ec, "X25519MLKEM768", &[], HYBRID, 128, RECOMMENDED, "draft-ietf-tls-ecdhe-mlkem")),
    post_quantum(row(
        0x11eb,
        "SecP256r1MLKEM768",
        &[],
        HYBRID,
        128,
        "good, where P-256 is demanded",
        "draft-ietf-tls-ecdhe-mlkem",
    )),
    post_quantum(row(
        0x11ed,
        "SecP384r1MLKEM1024",
        &[],
        HYBRID,
        192,
        "good, for policies that ask for 192 bits",
        "draft-ietf-tls-ecdhe-mlkem",
    )),
    post_quantum(row(
        0x0200,
        "MLKEM512",
        &[],
        "ML-KEM alone",
        128,
        "young, and nothing beside it: prefer a hybrid",
        "draft-ietf-tls-mlkem",
    )),
    post_quantum(row(
        0x0201,
        "MLKEM768",
        &[],
        "ML-KEM alone",
        192,
        "young, and nothing beside it: prefer a hybrid",
        "draft-ietf-tls-mlkem",
    )),
    post_quantum(row(
        0x0202,
        "MLKEM1024",
        &[],
        "ML-KEM alone",
        256,
        "young, and nothing beside it: prefer a hybrid, unless a policy (CNSA 2.0) asks for it",
        "draft-ietf-tls-mlkem",
    )),
    post_quantum(row(
        0x6399,
        "X25519Kyber768Draft00",
        &["X25519Kyber768"],
        "a curve and a draft of ML-KEM",
        128,
        "replaced by X25519MLKEM768, with which it does not interoperate",
        "draft-tls-westerbaan-xyber768d00",
    )),
    row(0x001d, "x25519", &["curve25519"], CURVE, 128, RECOMMENDED, "RFC 7748, RFC 8446 §4.2.8.2"),
    row(
        0x0017,
        "secp256r1",
        &["P-256", "P256", "prime256v1", "nistp256"],
        CURVE,
        128,
        RECOMMENDED,
        "RFC 8422, RFC 8446 §4.2.8.2",
    ),
    row(0x0018, "secp384r1", &["P-384", "P384", "nistp384"], CURVE, 192, "good", "RFC 8422, RFC 8446 §4.2.8.2"),
    row(
        0x0019,
        "secp521r1",
        &["P-521", "P521", "nistp521"],
        CURVE,
        256,
        "good, slow, not offered by Chrome",
        "RFC 8422, RFC 8446 §4.2.8.2",
    ),
    row(0x001e, "x448", &["curve448"], CURVE, 224, "good, rare", "RFC 7748, RFC 8446 §4.2.8.2"),
    row(0x0100, "ffdhe2048", &[], FINITE_FIELD, 112, SLOW, "RFC 7919"),
    row(0x0101, "ffdhe3072", &[], FINITE_FIELD, 128, SLOW, "RFC 7919"),
    row(0x0102, "ffdhe4096", &[], FINITE_FIELD, 150, SLOW, "RFC 7919"),
    row(0x0103, "ffdhe6144", &[], FINITE_FIELD, 176, SLOW, "RFC 7919"),
    row(0x0104, "ffdhe8192", &[], FINITE_FIELD, 192, SLOW, "RFC 7919"),
    row(0x0016, "secp256k1", &[], CURVE, 128, GONE, "RFC 8422 §5.1.1"),
    row(0x0013, "secp192r1", &["P-192", "prime192v1"], CURVE, 96, GONE, "RFC 8422 §5.1.1"),
    row(0x0015, "secp224r1", &["P-224"], CURVE, 112, GONE, "RFC 8422 §5.1.1"),
    row(0x001a, "brainpoolP256r1", &[], CURVE, 128, "TLS 1.2 only, little used, refused here", "RFC 7027"),
    row(0x001b, "brainpoolP384r1", &[], CURVE, 192, "TLS 1.2 only, little used, refused here", "RFC 7027"),
    row(0x001c, "brainpoolP512r1", &[], CURVE, 256, "TLS 1.2 only, little used, refused here", "RFC 7027"),
    row(0x001f, "brainpoolP256r1tls13", &[], CURVE, 128, "sound, little used", "RFC 8734"),
    row(0x0020, "brainpoolP384r1tls13", &[], CURVE, 192, "sound, little used", "RFC 8734"),
    row(0x0021, "brainpoolP512r1tls13", &[], CURVE, 256, "sound, little used", "RFC 8734"),
    row(0x0029, "curveSM2", &["SM2"], CURVE, 128, "demanded in China, not offered elsewhere", "RFC 8998"),
];

/// What is known of a group, by a name of it; GnuTLS writes GROUP-SECP256R1.
pub(super) fn explain(query: &str) -> Option<Answer> {
    let name = match query.get(..6) {
        Some(begin) if begin.eq_ignore_ascii_case("GROUP-") => query.get(6..).unwrap_or_default(),
        _ => query,
    };
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    TABLE.iter().find(|row| is(row.name) || row.also.iter().any(|also| is(also))).map(answer)
}

/// By its value.
pub(super) fn of_value(value: u16) -> Option<Answer> {
    TABLE.iter().find(|row| row.value == value).map(answer)
}

/// Whether this build carries it out: X448 comes with a feature of the build.
fn is_spoken(group: NamedGroup) -> bool {
    NamedGroup::KNOWN.contains(&group) && (group != NamedGroup::X448 || cfg!(feature = "x448"))
}

fn answer(row: &Row) -> Answer {
    let spoken = is_spoken(NamedGroup(row.value));
    let mut parts = vec![
        Part::new("value", format!("0x{:04x}", row.value)),
        Part::new("kind", row.what),
        Part::new("strength", format!("about {} bits against computers of today", row.bits)),
        Part::new("post_quantum", if row.post_quantum { "yes: what is recorded today stays secret" } else { "no" }),
        Part::new("verdict", row.verdict),
        Part::new(
            "in_tlsmith",
            match (spoken, row.value == NamedGroup::X448.0) {
                (true, _) => "yes",
                (false, true) => "not in this build (cargo feature x448)",
                (false, false) => "no",
            },
        ),
    ];
    if !row.also.is_empty() {
        parts.insert(1, Part::new("also_called", row.also.join(", ")));
    }
    Answer {
        kind: "group",
        id: row.name.to_owned(),
        title: format!("The key exchange group {}", row.name),
        means: String::from("How both sides agree on a secret; a group that only one of them has is of no use."),
        parts,
        commands: if spoken { vec![format!("tlsmith connect HOST --groups {}", row.name)] } else { Vec::new() },
        section: Some(row.section.to_owned()),
        ..Answer::default()
    }
}

/// Their names.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    TABLE.iter().flat_map(|row| std::iter::once(row.name).chain(row.also.iter().copied()))
}
