//! Text for a POSIX shell, in the commands that people are shown.

/// `text` as one word: as it is where that is safe, in single quotes otherwise.
pub fn quote(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+:@%,=".contains(&byte);
    match !text.is_empty() && text.bytes().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn only_what_needs_it_is_quoted() {
        assert_eq!(quote("/home/me/.local/ca.pem"), "/home/me/.local/ca.pem");
        assert_eq!(quote("/my files/it's"), "'/my files/it'\\''s'");
        assert_eq!(quote("$(x)"), "'$(x)'");
        assert_eq!(quote(""), "''");
    }
}
