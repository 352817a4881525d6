//! `cloud/capabilities`: which apps there are and what they can do. Anonymous requests see a few of them.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::auth::OcsVisitor;
use crate::frontend::base_url;
use crate::ocs::{self, Ocs};
use crate::{AppState, reply};

const OF_USERS: &str = include_str!("../fixtures/capabilities_user.json");
const OF_VISITORS: &str = include_str!("../fixtures/capabilities_anonymous.json");

pub(crate) fn routes() -> Router<AppState> {
    ocs::route(Router::new(), "/cloud/capabilities", get(capabilities))
}

async fn capabilities(
    State(state): State<AppState>,
    OcsVisitor(user): OcsVisitor,
    ocs: Ocs,
    headers: HeaderMap,
) -> Response {
    let recorded = if user.is_some() { OF_USERS } else { OF_VISITORS };
    let filled = recorded.replace("{base}", &base_url(&headers));
    let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&filled)[..24]));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|sent| sent.as_bytes() == etag.as_bytes());
    let mut response = if known {
        reply::empty(StatusCode::NOT_MODIFIED)
    } else {
        let mut data: Value = serde_json::from_str(&filled).unwrap_or_default();
        state.disabled_apps().leave_out(&mut data);
        ocs.ok(data)
    };
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fixtures_are_json_and_name_the_apps() {
        let of_users: Value = serde_json::from_str(OF_USERS).unwrap();
        assert_eq!(of_users["capabilities"]["notes"]["api_version"][2], "1.4");
        let of_visitors: Value = serde_json::from_str(OF_VISITORS).unwrap();
        assert!(of_visitors["capabilities"].get("notes").is_none());
    }
}
