//! Request parameters as PHP hands them to controllers: query, form fields and JSON members in one table.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::{StatusCode, header};
use serde_json::Value;

use crate::reply;

/// The parameters of a request, the body's before the query's. JSON numbers and booleans are read as their text; a
/// body that cannot be read has no parameters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(HashMap<String, String>);

impl Params {
    /// The parameters of a query string.
    #[cfg(test)]
    pub(crate) fn of_query(query: Option<&str>) -> Self {
        Self(parse(query.unwrap_or_default().as_bytes()))
    }

    /// The parameter, if it was sent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The parameter, if it was sent and is not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }
}

impl<S: Send + Sync> FromRequest<S> for Params {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let mut parameters = parse(request.uri().query().unwrap_or_default().as_bytes());
        let content_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let is_json = content_type.is_some_and(|value| value.starts_with("application/json"));
        let too_large = |_| reply::empty(StatusCode::PAYLOAD_TOO_LARGE);
        let body = Bytes::from_request(request, state).await.map_err(too_large)?;
        parameters.extend(if is_json { members(&body) } else { parse(&body) });
        Ok(Self(parameters))
    }
}

fn parse(form: &[u8]) -> HashMap<String, String> {
    url::form_urlencoded::parse(form).into_owned().collect()
}

fn members(body: &[u8]) -> HashMap<String, String> {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return HashMap::new();
    };
    members
        .into_iter()
        .filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Number(_) | Value::Bool(_) => Some((name, value.to_string())),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        })
        .collect()
}
