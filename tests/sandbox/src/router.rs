//! Which app answers what. One line per app.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use tower::Layer as _;
use tower::util::BoxCloneSyncService;

use crate::auth::DavUser;
use crate::{
    AppState, account, apps, auth, capabilities, cookbook, dav, deck, faults, frontend, gzip, login, login_flow, notes,
    ocs, oidc, pages, reply, sharing, status, tables,
};

/// The whole server as one service.
pub(crate) type Service = BoxCloneSyncService<Request, Response, std::convert::Infallible>;

pub(crate) fn service(state: &AppState) -> Service {
    let apps = Router::new()
        .merge(status::routes())
        .merge(login::routes())
        .merge(login_flow::routes())
        .merge(capabilities::routes())
        .merge(account::routes())
        .merge(oidc::routes())
        .merge(notes::routes())
        .merge(cookbook::routes())
        .merge(tables::routes())
        .merge(sharing::routes())
        .merge(dav::routes())
        .merge(deck::routes())
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state.clone(), apps::refuse_disabled))
        .layer(from_fn_with_state(state.clone(), auth::identify))
        .layer(from_fn_with_state(state.clone(), faults::apply))
        .layer(from_fn(gzip::compress))
        .with_state(state.clone());
    // Outside the router: a path rewritten inside it would be matched too late.
    BoxCloneSyncService::new(from_fn_with_state(state.clone(), frontend::rewrite).layer(apps))
}

/// A path that no app has, in the form of the API it seems to be for.
async fn not_found(dav: Result<DavUser, Response>, request: Request) -> Response {
    if request.uri().path().starts_with("/remote.php/") {
        return dav.map_or_else(|refusal| refusal, |_| auth::dav::not_found(request.uri().path()));
    }
    match ocs::Ocs::of(request.uri(), request.headers()) {
        Some(ocs) => ocs.failure(998, UNKNOWN_ROUTE),
        None => pages::error(StatusCode::NOT_FOUND),
    }
}

async fn method_not_allowed(request: Request) -> Response {
    let mut response = reply::empty(StatusCode::METHOD_NOT_ALLOWED);
    if ocs::Ocs::of(request.uri(), request.headers()).is_some() {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(reply::JSON));
    }
    response
}

/// What OCS says of a path that no app has.
pub(crate) const UNKNOWN_ROUTE: &str = "Invalid query, please check the syntax. API specifications are here: \
                             http://www.freedesktop.org/wiki/Specifications/open-collaboration-services.\n";
