//! `status.php`: what a client asks before it knows anything else.

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::{AppState, reply};

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/status.php", get(status))
}

async fn status() -> Response {
    let body = json!({
        "installed": true,
        "maintenance": false,
        "needsDbUpgrade": false,
        "version": "32.0.1.2",
        "versionstring": "32.0.1",
        "edition": "",
        "productname": "Nextcloud",
        "extendedSupport": false,
    });
    let mut response = reply::text(StatusCode::OK, "application/json", reply::to_php_json(&body)).into_response();
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
