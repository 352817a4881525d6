//! Whether a person is looking: browsers name HTML in `Accept`, programs do not.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Whether HTML is asked for by name. `*/*` is not enough: `curl` and most libraries send that.
pub(crate) fn wants_html(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(is_html)
}

/// One media range with its parameters (RFC 9110 §12.5.1). A weight of zero is a refusal.
fn is_html(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let is_refused = parts
        .filter_map(|parameter| parameter.split_once('='))
        .any(|(name, value)| name.trim().eq_ignore_ascii_case("q") && value.trim().parse() == Ok(0.0));
    name.eq_ignore_ascii_case("text/html") && !is_refused
}

#[cfg(test)]
mod tests {
    use axum::http::header::ACCEPT;
    use axum::http::{HeaderMap, HeaderValue};

    use super::wants_html;

    #[test]
    fn browsers_are_told_from_programs() {
        let asks = |value: &'static str| wants_html(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(value))]));
        assert!(asks("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        assert!(asks("application/json, TEXT/HTML ; q=0.1"));
        for program in [
            "*/*",
            "application/json, text/event-stream",
            "text/html;q=0",
            "text/html2",
            "",
        ] {
            assert!(!asks(program), "{program}");
        }
        assert!(!wants_html(&HeaderMap::new()));
    }
}
