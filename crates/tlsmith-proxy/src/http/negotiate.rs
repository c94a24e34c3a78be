//! Choosing a representation by `Accept` (RFC 9110 §12.5.1).

use http::{HeaderMap, header::ACCEPT};

/// The representations that this program's own answers come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Representation {
    /// `text/html`, also for clients that take anything.
    Html,
    /// `application/json`, for clients that prefer it.
    Json,
}

/// Chooses by the request's `Accept` fields; a tie goes to HTML.
pub(crate) fn representation(headers: &HeaderMap) -> Representation {
    let ranges: Vec<&str> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        // A browser sends less than ten; what comes after is not worth the work.
        .take(64)
        .collect();
    let json = quality(&ranges, "application", "json");
    let html = quality(&ranges, "text", "html");
    match json > html {
        true => Representation::Json,
        false => Representation::Html,
    }
}

/// The quality in thousandths that the most specific matching range gives a type.
fn quality(ranges: &[&str], kind: &str, subtype: &str) -> u16 {
    ranges
        .iter()
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let (range_kind, range_subtype) = parts.next()?.split_once('/')?;
            let specificity = match (range_kind, range_subtype) {
                (k, s) if k.eq_ignore_ascii_case(kind) && s.eq_ignore_ascii_case(subtype) => 2,
                (k, "*") if k.eq_ignore_ascii_case(kind) => 1,
                ("*", "*") => 0,
                _ => return None,
            };
            let q = parts
                .find_map(|parameter| parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q=")))
                .map_or(1000, thousandths);
            Some((specificity, q))
        })
        .max_by_key(|(specificity, _)| *specificity)
        .map_or(0, |(_, q)| q)
}

/// `0.5` as 500 (RFC 9110 §12.4.2); what is not a qvalue counts as 0.
fn thousandths(qvalue: &str) -> u16 {
    match qvalue.parse::<f32>() {
        Ok(q) if (0.0..=1.0).contains(&q) => (q * 1000.0) as u16,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: &[&'static str]) -> Representation {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT, http::HeaderValue::from_static(value));
        }
        representation(&headers)
    }

    #[test]
    fn browsers_get_html() {
        let chromium = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
        assert_eq!(chosen(&[chromium]), Representation::Html);
        assert_eq!(chosen(&["*/*"]), Representation::Html);
        assert_eq!(chosen(&[]), Representation::Html);
    }

    #[test]
    fn json_for_those_who_ask() {
        assert_eq!(chosen(&["application/json"]), Representation::Json);
        assert_eq!(chosen(&["Application/JSON; charset=utf-8"]), Representation::Json);
        assert_eq!(chosen(&["application/json, */*"]), Representation::Html);
        assert_eq!(chosen(&["application/json, */*;q=0.1"]), Representation::Json);
        assert_eq!(chosen(&["text/plain", "application/*"]), Representation::Json);
    }

    #[test]
    fn quality_decides() {
        assert_eq!(chosen(&["application/json;q=0.5, text/html"]), Representation::Html);
        assert_eq!(chosen(&["application/json;q=0.5, text/html;q=0.2"]), Representation::Json);
        assert_eq!(chosen(&["application/json;q=nonsense, text/html;q=0.1"]), Representation::Html);
        assert_eq!(chosen(&["text/*;q=0, application/json;q=0.001"]), Representation::Json);
    }
}
