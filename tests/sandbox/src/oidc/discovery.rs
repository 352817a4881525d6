//! The provider's metadata, and the other well-known paths.

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::cors;
use crate::frontend::base_url;
use crate::params::Params;
use crate::{AppState, reply};

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route(
            "/apps/oidc/openid-configuration",
            get(by_app_route).options(cors::preflight),
        )
        .route("/index.php/.well-known/{name}", get(well_known))
        .route("/.well-known/{name}", get(moved))
}

/// The documented nginx rules send every well-known path to PHP's front controller.
async fn moved(headers: HeaderMap, request: Request) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let location = format!("{}/index.php{path}", base_url(&headers));
    let mut response = reply::redirect(StatusCode::MOVED_PERMANENTLY, &location);
    *response.body_mut() = Body::from(MOVED);
    // nginx's own page: unlike PHP it names no charset.
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

const MOVED: &str = "<html>\r\n<head><title>301 Moved Permanently</title></head>\r\n<body>\r\n\
    <center><h1>301 Moved Permanently</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

async fn by_app_route(headers: HeaderMap) -> Response {
    cors::allow(
        &headers,
        "GET",
        reply::json(StatusCode::OK, &metadata(&base_url(&headers))),
    )
}

/// Neither RFC 8414 nor RFC 9728 metadata is served.
async fn well_known(Path(name): Path<String>, headers: HeaderMap, query: Params) -> Response {
    let base = base_url(&headers);
    let mut response = match name.as_str() {
        "openid-configuration" => cors::allow(&headers, "GET", reply::json(StatusCode::OK, &metadata(&base))),
        "webfinger" => {
            let subject = query
                .get("resource")
                .unwrap_or_default()
                .trim_start_matches("acct:")
                .to_owned();
            let links = json!([{ "rel": "http://openid.net/specs/connect/1.0/issuer", "href": base }]);
            reply::json(StatusCode::OK, &json!({ "subject": subject, "links": links }))
        }
        other => reply::message(StatusCode::NOT_FOUND, &format!("{other} not supported")),
    };
    response.headers_mut().insert(
        HeaderName::from_static("x-nextcloud-well-known"),
        HeaderValue::from_static("1"),
    );
    response
}

fn metadata(base: &str) -> Value {
    json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/apps/oidc/authorize"),
        "token_endpoint": format!("{base}/apps/oidc/token"),
        "userinfo_endpoint": format!("{base}/apps/oidc/userinfo"),
        "jwks_uri": format!("{base}/apps/oidc/jwks"),
        "scopes_supported": ["openid", "profile", "email", "roles", "groups", "offline_access"],
        "response_types_supported": ["code", "code id_token", "id_token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": ["authorization_code", "implicit", "refresh_token"],
        "acr_values_supported": ["0"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "display_values_supported": ["page"],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "auth_time", "iat", "acr", "azp", "preferred_username", "scope", "nbf", "jti",
            "roles", "groups", "name", "given_name", "family_name", "middle_name", "updated_at", "website", "email",
            "email_verified", "website", "phone_number", "address", "picture", "quota",
        ],
        "claims_parameter_supported": true,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "end_session_endpoint": format!("{base}/apps/oidc/logout"),
        "registration_endpoint": format!("{base}/apps/oidc/register"),
        "introspection_endpoint": format!("{base}/apps/oidc/introspect"),
        "introspection_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256", "plain"],
    })
}
