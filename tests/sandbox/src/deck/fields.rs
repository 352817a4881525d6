//! A request's parameters as Deck's controllers get them, and the ids in its path.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::request::Parts;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::respond::Failure;
use crate::{AppState, reply};

/// What PHP's `trim` takes off.
const PHP_WHITESPACE: [char; 6] = [' ', '\t', '\n', '\r', '\0', '\u{b}'];

/// The members of a JSON body; anything else counts as none.
#[derive(Debug, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl FromRequest<AppState> for Fields {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| reply::empty(StatusCode::PAYLOAD_TOO_LARGE))?;
        Ok(match serde_json::from_slice(&body) {
            Ok(Value::Object(fields)) => Self(fields),
            _ => Self::default(),
        })
    }
}

impl Fields {
    /// A member that was sent, if only as `null`.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A text, or a number as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A whole number, also as text.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// A boolean.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    /// Whether a member was sent: `null` counts as left out.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// A text that Deck's validator lets pass: there, not blank, not `false`, not longer than `longest` characters.
    pub(crate) fn required(&self, name: &str, longest: usize) -> Result<String, Failure> {
        let must_be = |what: &str| Failure::Invalid(format!("{name} must be provided and must be {what}"));
        let text = self
            .text(name)
            .filter(|text| !text.trim_matches(PHP_WHITESPACE).is_empty())
            .ok_or_else(|| must_be("not empty"))?;
        if text == "false" {
            return Err(must_be("not false"));
        }
        if text.chars().count() > longest {
            return Err(Failure::Invalid(format!(
                "{name} cannot be longer than {longest} characters "
            )));
        }
        Ok(text)
    }

    /// A number that Deck's validator lets pass.
    pub(crate) fn required_number(&self, name: &str) -> Result<i64, Failure> {
        self.number(name)
            .ok_or_else(|| Failure::Invalid(format!("{name} must be provided and must be numeric")))
    }

    /// A number that Deck's validator lets pass, or `default` where none was sent.
    pub(crate) fn number_or(&self, name: &str, default: i64) -> Result<i64, Failure> {
        if self.has(name) {
            self.required_number(name)
        } else {
            Ok(default)
        }
    }

    /// A colour of six hexadecimal digits, as labels have them.
    pub(crate) fn hex_color(&self, name: &str) -> Result<String, Failure> {
        let color = self.required(name, 6)?;
        if color.len() == 6 && color.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(color)
        } else {
            Err(Failure::Invalid(format!(
                "{name} must be provided and must be hex color"
            )))
        }
    }

    /// A point in time as PHP's `DateTime` reads it, in Unix seconds: an empty text is `now`. What it cannot read is a
    /// crash.
    pub(crate) fn date(&self, name: &str, now: i64) -> Result<Option<i64>, Failure> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        if text.is_empty() {
            return Ok(Some(now));
        }
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Ok(Some(timestamp.as_second()));
        }
        let local = text
            .parse::<DateTime>()
            .ok()
            .and_then(|time| time.to_zoned(TimeZone::UTC).ok());
        local
            .map(|time| Some(time.timestamp().as_second()))
            .ok_or(Failure::Crash)
    }
}

/// Unix seconds as Deck writes them: `2026-09-01T10:00:00+00:00`.
pub(crate) fn atom(seconds: i64) -> String {
    Timestamp::from_second(seconds)
        .map(|time| time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string())
        .unwrap_or_default()
}

/// What stands in a path, mostly numbers. Text where a number should be is a crash in Deck.
#[derive(Debug)]
pub(crate) struct Ids(HashMap<String, String>);

impl FromRequestParts<AppState> for Ids {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        Path::<HashMap<String, String>>::from_request_parts(parts, state)
            .await
            .map(|Path(ids)| Self(ids))
            .map_err(|_| Failure::Crash.into_response())
    }
}

impl Ids {
    /// The number that stands for `name` in the route.
    pub(crate) fn get(&self, name: &str) -> Result<u64, Failure> {
        self.text(name).parse().map_err(|_| Failure::Crash)
    }

    /// The version of the API, `v1.1`.
    pub(crate) fn version(&self) -> &str {
        self.text("version")
    }

    /// The text that stands for `name` in the route.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }
}
