//! The little that is read of an HTTP answer: its Date, as a clock of somebody else's.

use tlsmith_x509::UnixTime;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A request that changes nothing, and whose answer says what there is to say.
pub(crate) fn request(host: &str) -> Vec<u8> {
    format!("GET / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: tlsmith-doctor\r\nAccept: */*\r\nConnection: close\r\n\r\n")
        .into_bytes()
}

/// The Date of the answer in the form of RFC 9110 §5.6.7 (`Sun, 06 Nov 1994 08:49:37 GMT`), the only one that is sent.
pub(crate) fn date(reply: &[u8]) -> Option<UnixTime> {
    let text = String::from_utf8_lossy(reply);
    let mut lines = text.split("\r\n").take_while(|line| !line.is_empty());
    lines.next().filter(|status| status.starts_with("HTTP/1."))?;
    let value = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("date").then(|| value.trim().to_owned())
    })?;
    let words: Vec<&str> = value.split(' ').collect();
    let [_, day, month, year, time, "GMT"] = words.as_slice() else { return None };
    let month = MONTHS.iter().position(|name| name == month)? + 1;
    let clock: Vec<u8> = time.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [hour, minute, second] = clock.as_slice() else { return None };
    UnixTime::from_civil(year.parse().ok()?, u8::try_from(month).ok()?, day.parse().ok()?, *hour, *minute, *second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let with = |value: &str| date(format!("HTTP/1.1 200 OK\r\nServer: x\r\ndate: {value}\r\n\r\nbody").as_bytes());
        assert_eq!(with("Sun, 06 Nov 1994 08:49:37 GMT"), Some(UnixTime(784_111_777)));
        for bad in
            ["", "now", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Nov 1994 08:49:37 CET"]
        {
            assert_eq!(with(bad), None, "{bad}");
        }
        assert_eq!(date(b"SSH-2.0-x\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"), None);
        // Not a header, but the page.
        assert_eq!(date(b"HTTP/1.1 200 OK\r\n\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), None);
    }
}
