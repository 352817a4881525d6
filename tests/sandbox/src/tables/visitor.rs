//! Who is asking, and with what.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::Response;
use http::StatusCode;
use http::request::Parts;
use serde_json::{Map, Value};

use super::crash;
use crate::auth::{Identity, OcsUser};
use crate::{AppState, User, pages, reply};

/// The user of a route of version 2. Without a login its constructors crash so hard that 200 and nothing is sent.
#[derive(Debug)]
pub(crate) struct TablesUser(pub(crate) Arc<User>);

impl FromRequestParts<AppState> for TablesUser {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        if matches!(Identity::from_parts(parts), Identity::Nobody | Identity::WrongToken) {
            return Err(reply::empty(StatusCode::OK));
        }
        OcsUser::from_request_parts(parts, state)
            .await
            .map(|OcsUser(user)| Self(user))
    }
}

/// The id in a path. What is no number is a `TypeError`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id(pub(crate) i64);

impl FromRequestParts<AppState> for Id {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| crash())?;
        text.parse().map(Self).map_err(|_| crash())
    }
}

/// The parameters of a JSON body; none if it cannot be read.
#[derive(Debug, Default)]
pub(crate) struct Parameters(pub(crate) Map<String, Value>);

impl FromRequest<AppState> for Parameters {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| pages::error(StatusCode::PAYLOAD_TOO_LARGE))?;
        Ok(Self(serde_json::from_slice(&body).unwrap_or_default()))
    }
}

impl Parameters {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    /// The cells of a row: a map of column ids, or the same as JSON in a text. The places of a list count as ids.
    pub(crate) fn cells(&self) -> Option<Vec<(i64, Value)>> {
        let data = match self.0.get("data")? {
            Value::String(text) => serde_json::from_str(text).ok()?,
            other => other.clone(),
        };
        match data {
            Value::Object(cells) => {
                let cells = cells.into_iter().map(|(id, value)| (id.parse().unwrap_or(0), value));
                let mut cells: Vec<(i64, Value)> = cells.collect();
                // The order in which they were sent is lost; it was never another.
                cells.sort_by_key(|(id, _)| *id);
                Some(cells)
            }
            Value::Array(items) => Some((0..).zip(items).collect()),
            _ => None,
        }
    }
}
