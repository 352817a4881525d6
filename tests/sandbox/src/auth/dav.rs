//! How DAV refuses: Sabre asks each authentication backend in turn and lists what every one of them said.

use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};

use super::{Identity, Login, Proof, passes_csrf_check};
use crate::{AppState, pages, reply};

pub(super) fn admit(state: &AppState, parts: &Parts) -> Result<Login, Response> {
    let (basic, bearer) = match Identity::from_parts(parts) {
        Identity::User(login) if login.proof != Proof::Session || passes_csrf_check(state, parts) => return Ok(login),
        Identity::WrongPassword => (WRONG_PASSWORD, NO_BEARER),
        Identity::WrongToken => (NO_BASIC, "Bearer token was incorrect"),
        Identity::User(_) | Identity::Nobody => (NO_BASIC, NO_BEARER),
    };
    let said = if parts.uri.path().starts_with("/remote.php/webdav") {
        format!("{basic}, {bearer}")
    } else {
        format!("{OTHER_BACKENDS}, {basic}, {bearer}, {basic}")
    };
    Err(refusal(&said))
}

/// Sabre's answer for a path that holds nothing.
pub(crate) fn not_found(path: &str) -> Response {
    let name = path.rsplit('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let message = format!("File with name /{name} could not be located");
    exception(StatusCode::NOT_FOUND, "NotFound", &message)
}

fn refusal(said: &str) -> Response {
    let mut response = exception(StatusCode::UNAUTHORIZED, "NotAuthenticated", said);
    let challenge = HeaderValue::from_static("Basic realm=\"Nextcloud\", charset=\"UTF-8\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

/// An error as Sabre writes it.
fn exception(status: StatusCode, exception: &str, said: &str) -> Response {
    // Sabre leaves apostrophes as they are.
    let said = pages::escape(said).replace("&#039;", "'");
    let body = format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns">
  <s:exception>Sabre\DAV\Exception\{exception}</s:exception>
  <s:message>{said}</s:message>
</d:error>
"#
    );
    reply::text(status, reply::XML, body)
}

const OTHER_BACKENDS: &str =
    "No public access to this resource., AppAPIAuth has not passed, This request is not for a federated calendar";
const WRONG_PASSWORD: &str = "Username or password was incorrect";
const NO_BASIC: &str =
    "No 'Authorization: Basic' header found. Either the client didn't send one, or the server is misconfigured";
const NO_BEARER: &str =
    "No 'Authorization: Bearer' header found. Either the client didn't send one, or the server is mis-configured";
