//! The OCS envelope: `{"ocs": {"meta": …, "data": …}}`, in JSON or XML, version 1 or 2.

use std::fmt::Write as _;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::response::Response;
use axum::routing::MethodRouter;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{AppState, pages, reply};

/// How the answer to an OCS request is written. As an extractor it is for routes under `/ocs/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ocs {
    /// `/ocs/v1.php`: errors come with HTTP 200, and success is 100.
    pub first_version: bool,
    /// `format=json`, or an Accept header naming JSON.
    pub json: bool,
}

/// Adds an OCS route in both versions. `path` starts after `/ocs/v2.php`.
pub fn route(router: Router<AppState>, path: &str, methods: MethodRouter<AppState>) -> Router<AppState> {
    router
        .route(&format!("/ocs/v1.php{path}"), methods.clone())
        .route(&format!("/ocs/v2.php{path}"), methods)
}

impl Ocs {
    /// How to answer this request; `None` when it is not one to OCS.
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        let first_version = match uri.path() {
            path if path.starts_with("/ocs/v1.php") => true,
            path if path.starts_with("/ocs/v2.php") => false,
            _ => return None,
        };
        let mut query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
        let json = match query.find(|(key, _)| key == "format") {
            Some((_, format)) => format == "json",
            None => headers
                .get(header::ACCEPT)
                .and_then(|accept| accept.to_str().ok())
                .is_some_and(|accept| accept.contains("application/json")),
        };
        Some(Self { first_version, json })
    }

    /// A success with this data.
    pub fn ok(self, data: impl Serialize) -> Response {
        let code = if self.first_version { 100 } else { 200 };
        self.envelope(StatusCode::OK, "ok", code, "OK", &to_value(data))
    }

    /// A failure. 997 is "log in", 998 "no such route", 996 "crashed", 400 to 599 the HTTP status, others the app's.
    pub fn failure(self, code: u16, message: &str) -> Response {
        self.failure_with(code, message, json!([]))
    }

    /// A failure that carries data.
    pub fn failure_with(self, code: u16, message: &str, data: impl Serialize) -> Response {
        let status = match code {
            997 => StatusCode::UNAUTHORIZED,
            _ if self.first_version => StatusCode::OK,
            998 => StatusCode::NOT_FOUND,
            996 => StatusCode::INTERNAL_SERVER_ERROR,
            400..=599 => StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST),
            _ => StatusCode::BAD_REQUEST,
        };
        self.envelope(status, "failure", code, message, &to_value(data))
    }

    /// The refusal of credentials that are wrong, with its challenge.
    pub(crate) fn unauthorised(self) -> Response {
        let mut response = self.failure(997, "Unauthorised");
        let challenge = HeaderValue::from_static("Basic realm=\"Authorisation Required\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        response
    }

    fn envelope(self, http: StatusCode, status: &str, code: u16, message: &str, data: &Value) -> Response {
        let mut meta = json!({ "status": status, "statuscode": code, "message": message });
        if self.first_version {
            meta["totalitems"] = "".into();
            meta["itemsperpage"] = "".into();
        }
        if self.json {
            return reply::json(http, &json!({ "ocs": { "meta": meta, "data": data } }));
        }
        let mut xml = String::from("<?xml version=\"1.0\"?>\n<ocs>\n");
        // Writing to a string cannot fail.
        let _ = write_element(&mut xml, 1, "meta", &meta);
        let _ = write_element(&mut xml, 1, "data", data);
        xml.push_str("</ocs>\n");
        reply::text(http, reply::XML, xml)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ocs {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Self::of(&parts.uri, &parts.headers).ok_or_else(|| pages::error(StatusCode::NOT_FOUND))
    }
}

fn to_value(data: impl Serialize) -> Value {
    serde_json::to_value(data).unwrap_or(Value::Null)
}

/// Writes a value as PHP's OCS does: list items are `<element>`, true is 1, false and null are empty, one space of
/// indentation per level.
fn write_element(xml: &mut String, depth: usize, name: &str, value: &Value) -> std::fmt::Result {
    let indent = " ".repeat(depth);
    let text = match value {
        Value::Object(fields) if !fields.is_empty() => {
            writeln!(xml, "{indent}<{name}>")?;
            for (name, value) in fields {
                write_element(xml, depth + 1, name, value)?;
            }
            return writeln!(xml, "{indent}</{name}>");
        }
        Value::Array(items) if !items.is_empty() => {
            writeln!(xml, "{indent}<{name}>")?;
            for item in items {
                write_element(xml, depth + 1, "element", item)?;
            }
            return writeln!(xml, "{indent}</{name}>");
        }
        Value::Object(_) | Value::Array(_) => return writeln!(xml, "{indent}<{name}/>"),
        Value::Bool(true) => "1".to_owned(),
        Value::Bool(false) | Value::Null => String::new(),
        Value::String(text) => pages::escape(text),
        Value::Number(number) => number.to_string(),
    };
    writeln!(xml, "{indent}<{name}>{text}</{name}>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(uri: &'static str, accept: Option<&'static str>) -> Option<Ocs> {
        let mut headers = HeaderMap::new();
        headers.extend(accept.map(|accept| (header::ACCEPT, HeaderValue::from_static(accept))));
        Ocs::of(&Uri::from_static(uri), &headers)
    }

    #[test]
    fn the_format_is_xml_unless_asked_otherwise() {
        assert_eq!(
            of("/ocs/v2.php/cloud/user", None),
            Some(Ocs {
                first_version: false,
                json: false
            })
        );
        assert_eq!(
            of("/ocs/v1.php/a?format=json", None),
            Some(Ocs {
                first_version: true,
                json: true
            })
        );
        assert_eq!(
            of("/ocs/v2.php/a", Some("application/json")),
            Some(Ocs {
                first_version: false,
                json: true
            })
        );
        assert_eq!(of("/apps/notes", None), None);
    }

    #[test]
    fn version_one_hides_errors_behind_200_except_a_missing_login() {
        let (v1, v2) = (
            Ocs {
                first_version: true,
                json: true,
            },
            Ocs {
                first_version: false,
                json: true,
            },
        );
        let statuses = |code| {
            (
                v1.failure(code, "").status().as_u16(),
                v2.failure(code, "").status().as_u16(),
            )
        };
        assert_eq!(statuses(997), (401, 401));
        assert_eq!(statuses(998), (200, 404));
        assert_eq!(statuses(404), (200, 404));
        assert_eq!(statuses(102), (200, 400));
        assert_eq!(statuses(996), (200, 500));
    }

    #[test]
    fn values_become_elements() {
        let mut xml = String::new();
        write_element(
            &mut xml,
            1,
            "data",
            &json!({ "list": ["a&b", true, null], "none": [], "n": 3 }),
        )
        .unwrap();
        assert_eq!(
            xml,
            " <data>\n  <list>\n   <element>a&amp;b</element>\n   <element>1</element>\n   <element></element>\n  \
             </list>\n  <n>3</n>\n  <none/>\n </data>\n"
        );
    }
}
