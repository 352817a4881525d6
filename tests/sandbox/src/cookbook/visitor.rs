//! Who is asking, and with what parameters.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::response::Response;
use http::request::Parts;
use http::{StatusCode, header};
use serde_json::{Map, Value};

use super::no_route;
use crate::auth::{CorsUser, Identity};
use crate::{AppState, User, pages};

/// The user of a Cookbook route. Without a login the app's constructors crash before anything can refuse.
#[derive(Debug)]
pub(crate) struct Cook(pub(crate) Arc<User>);

impl FromRequestParts<AppState> for Cook {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let crashes = matches!(Identity::from_parts(parts), Identity::Nobody | Identity::WrongToken);
        match CorsUser::from_request_parts(parts, state).await {
            Ok(CorsUser(user)) => Ok(Self(user)),
            Err(_) if crashes => Err(pages::error(StatusCode::INTERNAL_SERVER_ERROR)),
            Err(refusal) => Err(refusal),
        }
    }
}

/// The body's parameters: a JSON object or a form. Unlike other apps this one reads the body itself, and crashes when
/// it is no JSON although it says so.
#[derive(Debug)]
pub(crate) struct Parameters(pub(crate) Map<String, Value>);

impl FromRequest<AppState> for Parameters {
    type Rejection = Response;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Response> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|media_type| media_type.starts_with("application/json"));
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| pages::error(StatusCode::PAYLOAD_TOO_LARGE))?;
        if is_json {
            return serde_json::from_slice(&body)
                .map(Self)
                .map_err(|_| pages::error(StatusCode::INTERNAL_SERVER_ERROR));
        }
        let pairs = url::form_urlencoded::parse(&body).into_owned();
        Ok(Self(pairs.map(|(key, value)| (key, Value::String(value))).collect()))
    }
}

/// The id in a path, by PHP's cast: what is no number is 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Id(pub(crate) u64);

impl FromRequestParts<AppState> for Id {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| no_route())?;
        Ok(Self(text.parse().unwrap_or(0)))
    }
}

/// A text in a path, which the app decodes once more. One with a slash fits no route.
#[derive(Debug)]
pub(crate) struct Segment(pub(crate) String);

impl FromRequestParts<AppState> for Segment {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| no_route())?;
        if text.contains('/') {
            return Err(no_route());
        }
        let spaced = text.replace('+', " ");
        let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8_lossy();
        Ok(Self(decoded.into_owned()))
    }
}
