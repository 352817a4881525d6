//! Answers as PHP writes them.

use std::fmt::Write as _;

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

pub(crate) const JSON: &str = "application/json; charset=utf-8";
pub(crate) const HTML: &str = "text/html; charset=UTF-8";
pub(crate) const XML: &str = "application/xml; charset=utf-8";

/// A JSON answer with Nextcloud's content type.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    text(status, JSON, to_php_json(body))
}

/// `{"message": …}`, what controllers outside OCS refuse with.
pub(crate) fn message(status: StatusCode, message: &str) -> Response {
    json(status, &serde_json::json!({ "message": message }))
}

/// An answer without a body; PHP then says it is HTML.
pub(crate) fn empty(status: StatusCode) -> Response {
    text(status, HTML, String::new())
}

/// An answer with this content type and body.
pub(crate) fn text(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Sends the browser elsewhere, with 303 as Nextcloud does.
pub(crate) fn see_other(location: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, location)
}

/// A redirect with this status. A location that is no header value (line breaks) becomes an error page.
pub(crate) fn redirect(status: StatusCode, location: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(location) else {
        return crate::pages::error(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut response = empty(status);
    response.headers_mut().insert(header::LOCATION, location);
    response
}

/// JSON with `/` and everything outside ASCII escaped, PHP's default.
pub(crate) fn to_php_json(body: &impl Serialize) -> String {
    let plain = serde_json::to_string(body).unwrap_or_else(|_| "null".to_owned());
    let mut escaped = String::with_capacity(plain.len() + 16);
    let mut units = [0; 2];
    for character in plain.chars() {
        match character {
            '/' => escaped.push_str("\\/"),
            character if character.is_ascii() => escaped.push(character),
            character => {
                for unit in character.encode_utf16(&mut units) {
                    // Writing to a string cannot fail.
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_escaped_as_php_does() {
        assert_eq!(to_php_json(&"a/b é 🚀"), r#""a\/b \u00e9 \ud83d\ude80""#);
    }
}
