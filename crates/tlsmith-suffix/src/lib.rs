//! The public suffix list (<https://publicsuffix.org>), asked one question.
//!
//! It is a crate by itself because the list compiles into some ten thousand functions, in whatever crate first asks it: here
//! that happens once, and not whenever something changes in the crate that judges certificates.

#![forbid(unsafe_code)]

/// What the list says of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// A public suffix by a rule of the ICANN section, or a single label.
    Icann,
    /// A public suffix by a rule of the private section: names below it belong to customers of one company.
    Private,
    /// Not a public suffix.
    No,
}

/// What the list says of a DNS name, whatever its case; A-labels for others than ASCII.
pub fn suffix(name: &str) -> Suffix {
    if !name.contains('.') {
        return Suffix::Icann;
    }
    let name = name.to_ascii_lowercase();
    let found = psl::suffix(name.as_bytes()).filter(|suffix| suffix.as_bytes() == name.as_bytes());
    match found.and_then(|suffix| suffix.typ()) {
        Some(psl::Type::Icann) => Suffix::Icann,
        Some(psl::Type::Private) => Suffix::Private,
        None => Suffix::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sections_and_neither() {
        for (name, expected) in [
            ("com", Suffix::Icann),
            ("CO.uk", Suffix::Icann),
            ("xn--fiqs8s", Suffix::Icann),
            ("github.io", Suffix::Private),
            ("example.com", Suffix::No),
            ("www.github.io", Suffix::No),
            ("", Suffix::Icann),
        ] {
            assert_eq!(suffix(name), expected, "{name}");
        }
    }
}
