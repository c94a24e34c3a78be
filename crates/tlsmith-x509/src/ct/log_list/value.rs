//! A reader of JSON (RFC 8259), as strict and as small as a list of logs needs.
//!
//! Not `serde_json`: a library whose users get along without JSON should not bring its implementations of traits into their
//! builds (with them alone, `assert_eq!(bytes, [])` is ambiguous).

use super::LogListError;

/// How deep arrays and objects may stand in one another; a list of logs has six levels.
const DEEPEST: u32 = 16;

/// A value. Numbers are kept as they stand.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    Array(Vec<Value>),
    /// In the order of the text.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// Reads one value, and nothing after it.
    pub(super) fn parse(json: &[u8]) -> Result<Self, LogListError> {
        let text = std::str::from_utf8(json).map_err(|_| LogListError("it is not UTF-8".to_owned()))?;
        let mut reader = Reader { whole: text, rest: text };
        let value = reader.value(DEEPEST)?;
        reader.space();
        if reader.rest.is_empty() { Ok(value) } else { Err(reader.error("something follows its end")) }
    }

    /// A member of an object; null is as good as absent. Of members of the same name the last (RFC 8259 §4 leaves it open).
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let Self::Object(members) = self else { return None };
        let (_, value) = members.iter().rev().find(|(member, _)| member == name)?;
        (*value != Self::Null).then_some(value)
    }
}

struct Reader<'a> {
    whole: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn error(&self, what: &str) -> LogListError {
        let at = self.whole.len().saturating_sub(self.rest.len());
        let line = self.whole.bytes().take(at).filter(|byte| *byte == b'\n').count();
        LogListError(format!("no JSON in line {}: {what}", line.saturating_add(1)))
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, token: &str) -> bool {
        let after = self.rest.strip_prefix(token);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// As [`Reader::take`], with space before.
    fn token(&mut self, token: &str) -> bool {
        self.space();
        self.take(token)
    }

    fn value(&mut self, depth: u32) -> Result<Value, LogListError> {
        let Some(below) = depth.checked_sub(1) else { return Err(self.error("it is nested too deeply")) };
        self.space();
        match self.rest.bytes().next() {
            Some(b'{') => self.object(below),
            Some(b'[') => self.array(below),
            Some(b'"') => self.text().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.take("null") => Ok(Value::Null),
            _ if self.take("true") => Ok(Value::Bool(true)),
            _ if self.take("false") => Ok(Value::Bool(false)),
            _ => Err(self.error("a value is missing")),
        }
    }

    fn object(&mut self, depth: u32) -> Result<Value, LogListError> {
        let mut members = Vec::new();
        self.take("{");
        if self.token("}") {
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            let name = self.text()?;
            if !self.token(":") {
                return Err(self.error("a colon is missing"));
            }
            members.push((name, self.value(depth)?));
            if self.token("}") {
                return Ok(Value::Object(members));
            }
            if !self.token(",") {
                return Err(self.error("an object does not end"));
            }
        }
    }

    fn array(&mut self, depth: u32) -> Result<Value, LogListError> {
        let mut values = Vec::new();
        self.take("[");
        if self.token("]") {
            return Ok(Value::Array(values));
        }
        loop {
            values.push(self.value(depth)?);
            if self.token("]") {
                return Ok(Value::Array(values));
            }
            if !self.token(",") {
                return Err(self.error("an array does not end"));
            }
        }
    }

    /// RFC 8259 §6: `-`, whole digits without a leading zero, a fraction, an exponent.
    fn number(&mut self) -> Result<Value, LogListError> {
        let start = self.rest;
        self.take("-");
        if !self.take("0") {
            self.digits()?;
        }
        if self.take(".") {
            self.digits()?;
        }
        if self.take("e") || self.take("E") {
            let _ = self.take("+") || self.take("-");
            self.digits()?;
        }
        let length = start.len().saturating_sub(self.rest.len());
        Ok(Value::Number(start.get(..length).unwrap_or_default().to_owned()))
    }

    fn digits(&mut self) -> Result<(), LogListError> {
        let after = self.rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
        if after.len() == self.rest.len() {
            return Err(self.error("a digit is missing"));
        }
        self.rest = after;
        Ok(())
    }

    /// RFC 8259 §7.
    fn text(&mut self) -> Result<String, LogListError> {
        if !self.take("\"") {
            return Err(self.error("a string is missing"));
        }
        let mut out = String::new();
        loop {
            let plain = self.rest.find(|c: char| c == '"' || c == '\\' || c < ' ');
            let Some((text, after)) = plain.and_then(|end| self.rest.split_at_checked(end)) else {
                return Err(self.error("a string does not end"));
            };
            out.push_str(text);
            self.rest = after;
            if self.take("\"") {
                return Ok(out);
            }
            if !self.take("\\") {
                return Err(self.error("a control character stands in a string"));
            }
            out.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Result<char, LogListError> {
        const SHORT: [(&str, char); 8] = [
            ("\"", '"'),
            ("\\", '\\'),
            ("/", '/'),
            ("b", '\u{8}'),
            ("f", '\u{c}'),
            ("n", '\n'),
            ("r", '\r'),
            ("t", '\t'),
        ];
        if let Some((_, character)) = SHORT.iter().find(|(name, _)| self.take(name)) {
            return Ok(*character);
        }
        let wrong = self.error("an escape is not known");
        let first = self.unit().ok_or(wrong.clone())?;
        // Characters beyond the first plane are pairs of surrogates.
        let units: Vec<u16> = match first {
            0xd800..=0xdbff if self.take("\\") => [Some(first), self.unit()].into_iter().flatten().collect(),
            _ => vec![first],
        };
        let mut characters = char::decode_utf16(units);
        match (characters.next(), characters.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(wrong),
        }
    }

    /// `uXXXX`.
    fn unit(&mut self) -> Option<u16> {
        if !self.take("u") {
            return None;
        }
        let (digits, after) = self.rest.split_at_checked(4)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        self.rest = after;
        u16::from_str_radix(digits, 16).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn into_ours(value: serde_json::Value) -> Value {
        use serde_json::Value as Theirs;
        match value {
            Theirs::Null => Value::Null,
            Theirs::Bool(value) => Value::Bool(value),
            Theirs::Number(number) => Value::Number(number.to_string()),
            Theirs::String(text) => Value::Text(text),
            Theirs::Array(values) => Value::Array(values.into_iter().map(into_ours).collect()),
            Theirs::Object(members) => {
                Value::Object(members.into_iter().map(|(name, value)| (name, into_ours(value))).collect())
            }
        }
    }

    #[test]
    fn the_grammar_is_that_of_rfc_8259() {
        for text in [
            "null",
            " true ",
            "false",
            "0",
            "-0",
            "10",
            "-1.50e+2",
            "1E-2",
            "\"\"",
            "[]",
            "[ ]",
            "{}",
            "{ }",
            "[1,2]",
            "{\"a\":[{\"b\":null}]}",
            "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
            "\"\\u00e9\\ud83d\\ude00\"",
            "\"é\u{7f}\"",
        ] {
            assert!(serde_json::from_str::<serde_json::Value>(text).is_ok(), "{text}");
            assert!(Value::parse(text.as_bytes()).is_ok(), "{text}");
        }
        for text in [
            "",
            "nul",
            "nulll",
            "01",
            "-",
            "1.",
            ".5",
            "+1",
            "1e",
            "\"",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u+123\"",
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\\ud800\\u0041\"",
            "\"\\ud800\\n\"",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,]",
            "{",
            "{1:2}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":1 \"b\":2}",
            "1 2",
            "'a'",
            "\u{feff}1",
            "[1\u{a0}]",
        ] {
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
            assert!(Value::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Value::parse(b"\"\xff\"").is_err());
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Value::parse(nested(16).as_bytes()).is_ok() && Value::parse(nested(17).as_bytes()).is_err());
        let error = Value::parse(b"{\n\"a\": 1,\n\"b\" 2}").unwrap_err();
        assert_eq!(error.0, "no JSON in line 3: a colon is missing");
    }

    proptest! {
        /// Texts made of what JSON is made of: both readers agree on whether they are JSON, and on what they say.
        #[test]
        fn it_agrees_with_serde_json(
            tokens in proptest::collection::vec(
                proptest::sample::select(&[
                    "{", "}", "[", "]", ":", ",", "\"a\"", "\"b\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "1", "-20", "0", "true",
                    "null", " ", "\n", "\\", "\"",
                ][..]),
                0..14,
            )
        ) {
            let text = tokens.concat();
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            let ours = Value::parse(text.as_bytes());
            prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{}", text);
            if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
                // serde_json keeps one of several members of a name, in an order of its own.
                let alike = text.matches(':').count() > 1;
                prop_assert!(alike || ours == into_ours(theirs), "{}", text);
            }
        }
    }
}
