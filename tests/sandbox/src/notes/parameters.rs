//! A request's parameters as a Nextcloud controller gets them.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::{StatusCode, header};
use serde_json::{Map, Value};

use crate::{AppState, pages};

/// A value that PHP will not take for the controller's parameter: `TypeError`, answered with 500 and an HTML page.
#[derive(Debug)]
pub(crate) struct WrongType;

/// Named parameters of the body: a JSON object or a form. Anything that cannot be read counts as none at all.
#[derive(Debug, Default)]
pub(crate) struct Parameters(Map<String, Value>);

impl FromRequest<AppState> for Parameters {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let media_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| pages::error(StatusCode::PAYLOAD_TOO_LARGE))?;
        Ok(Self::read(&media_type, &body))
    }
}

impl Parameters {
    fn read(media_type: &str, body: &[u8]) -> Self {
        if media_type.starts_with("application/x-www-form-urlencoded") {
            let pairs = url::form_urlencoded::parse(body).into_owned();
            return Self(pairs.map(|(key, value)| (key, Value::String(value))).collect());
        }
        if media_type.contains("json")
            && let Ok(Value::Object(fields)) = serde_json::from_slice(body)
        {
            return Self(fields);
        }
        Self::default()
    }

    /// All parameters as a JSON object.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// A text; `null` counts as not given.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, WrongType> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(WrongType),
        }
    }

    /// A flag, by PHP's cast: everything is true but `false`, `0`, and empty values.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) => Some(number.as_f64() != Some(0.0)),
            Value::String(text) => Some(!matches!(text.as_str(), "" | "0" | "false")),
            Value::Array(items) => Some(!items.is_empty()),
            Value::Object(fields) => Some(!fields.is_empty()),
        }
    }

    /// A whole number, by PHP's cast: what is no number is 0.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        match self.0.get(name)? {
            Value::Null => None,
            Value::Number(number) => Some(number.as_i64().unwrap_or(0)),
            Value::String(text) => Some(text.trim().parse().unwrap_or(0)),
            Value::Bool(flag) => Some(i64::from(*flag)),
            Value::Array(_) | Value::Object(_) => Some(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(body: &str) -> Parameters {
        Parameters::read("application/json", body.as_bytes())
    }

    #[test]
    fn what_cannot_be_read_is_empty() {
        for (media_type, body) in [
            ("application/json", "{\"title\": bad"),
            ("application/json", "[1]"),
            ("text/plain", "{\"title\":\"a\"}"),
        ] {
            assert!(
                Parameters::read(media_type, body.as_bytes()).0.is_empty(),
                "{media_type} {body}"
            );
        }
    }

    #[test]
    fn values_are_cast_as_php_does() {
        let parameters = json(r#"{"a": "notabool", "b": "false", "c": 0, "d": [], "n": "12", "x": "y"}"#);
        assert_eq!(
            ["a", "b", "c", "d", "e"].map(|name| parameters.flag(name)),
            [Some(true), Some(false), Some(false), Some(false), None]
        );
        assert_eq!(
            (parameters.number("n"), parameters.number("x"), parameters.number("e")),
            (Some(12), Some(0), None)
        );
    }

    #[test]
    fn a_text_must_be_a_text() {
        let parameters = json(r#"{"title": ["array"], "content": 5, "category": null}"#);
        assert!(parameters.text("title").is_err() && parameters.text("content").is_err());
        assert_eq!(parameters.text("category").unwrap(), None);
    }

    #[test]
    fn forms_are_read_too() {
        let form = Parameters::read("application/x-www-form-urlencoded", b"title=a+b&favorite=1");
        assert_eq!(form.text("title").unwrap().as_deref(), Some("a b"));
        assert_eq!(form.flag("favorite"), Some(true));
    }
}
