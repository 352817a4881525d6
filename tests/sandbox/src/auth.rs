//! Who is asking, and whether this kind of API lets them in.
//!
//! Nextcloud decides in two steps. First it looks at the credentials of the request, whatever it is for
//! (the middleware `identify`). Then the controller's annotations decide, and there the APIs differ: see [`ApiKind`]. An app names
//! its kind by the extractor its handlers take: [`OcsUser`], [`CorsUser`], [`AppUser`], [`PageUser`], [`DavUser`], or
//! [`OcsVisitor`] where nobody need be logged in.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::frontend::SentUri;
use crate::ocs::Ocs;
use crate::sessions::{Visit, is_same_site};
use crate::users::Secret;
use crate::{AppState, User, oidc, reply, user_oidc};

pub(crate) mod dav;

/// Names the user that a request turned out to be from.
pub(crate) const USER_ID: HeaderName = HeaderName::from_static("x-user-id");

/// The kinds of API, by how they treat a request's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKind {
    /// `/ocs/…`: needs `OCS-APIRequest` unless the credential is a bearer token. Refuses in OCS form.
    Ocs,
    /// The same, open to anonymous requests: the capabilities.
    OcsPublic,
    /// A controller marked `@CORS` (Notes, Deck, Tables v1, Cookbook, News): without `OCS-APIRequest` it takes basic
    /// auth only, with it anything.
    Cors,
    /// Another app controller (Mail): needs `OCS-APIRequest` or a request token.
    App,
    /// A page for browsers.
    Page,
    /// `/remote.php/…`: refuses with Sabre's XML.
    Dav,
}

/// What a request's credentials amount to.
#[derive(Debug, Clone)]
pub(crate) enum Identity {
    /// There were none.
    Nobody,
    /// Basic credentials that open no account.
    WrongPassword,
    /// A bearer token that nobody knows, or not any more.
    WrongToken,
    /// A user.
    User(Login),
}

/// A user and what proved it.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) user: Arc<User>,
    pub(crate) proof: Proof,
}

/// What proved who a user is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proof {
    Password,
    /// The app password itself: it may revoke itself.
    AppPassword(String),
    Bearer,
    Session,
}

/// Middleware: looks at the credentials, leaves a session behind as PHP does, and names the user in `X-User-Id`.
pub(crate) async fn identify(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let visit = Visit::of(&state, &headers);
    let identity = Identity::of(&state, &headers, &visit).await;
    if let Identity::User(login) = &identity {
        visit.leave_behind(&state, &login.user.uid);
    }
    let is_dav = request.uri().path().starts_with("/remote.php");
    request.extensions_mut().insert(identity.clone());
    request.extensions_mut().insert(visit.clone());
    let mut response = next.run(request).await;
    visit.set_cookies(&headers, &mut response);
    if let Identity::User(login) = &identity
        && !is_dav
        && !matches!(
            response.status(),
            StatusCode::UNAUTHORIZED | StatusCode::METHOD_NOT_ALLOWED
        )
        && let Ok(uid) = HeaderValue::from_str(&login.user.uid)
    {
        response.headers_mut().insert(USER_ID, uid);
    }
    response
}

impl Identity {
    async fn of(state: &AppState, headers: &HeaderMap, visit: &Visit) -> Self {
        if let Some((login, secret)) = basic_credentials(headers) {
            return match state.users().check(&login, &secret) {
                Some((user, Secret::Password)) => Self::User(Login {
                    user,
                    proof: Proof::Password,
                }),
                Some((user, Secret::AppPassword)) => Self::User(Login {
                    user,
                    proof: Proof::AppPassword(secret),
                }),
                None => Self::WrongPassword,
            };
        }
        if let Some(token) = bearer_token(headers) {
            let uid = match oidc::user_of_bearer(state, token) {
                Some(uid) => Some(uid),
                None => user_oidc::user_of_bearer(state, token).await,
            };
            let user = uid.and_then(|uid| state.user(&uid));
            return user.map_or(Self::WrongToken, |user| {
                Self::User(Login {
                    user,
                    proof: Proof::Bearer,
                })
            });
        }
        let user = visit.session(state).and_then(|session| state.user(&session.uid?));
        user.map_or(Self::Nobody, |user| {
            Self::User(Login {
                user,
                proof: Proof::Session,
            })
        })
    }

    /// The identity that [`identify`] found.
    pub(crate) fn from_parts(parts: &Parts) -> Self {
        parts.extensions.get::<Self>().cloned().unwrap_or(Self::Nobody)
    }
}

/// The credentials of `Authorization: Basic`.
pub(crate) fn basic_credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = credentials_of(headers, "basic")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (login, secret) = decoded.split_once(':')?;
    Some((login.to_owned(), secret.to_owned()))
}

/// The token of `Authorization: Bearer`, the scheme in any case.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    credentials_of(headers, "bearer")
}

fn credentials_of<'headers>(headers: &'headers HeaderMap, scheme: &str) -> Option<&'headers str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (sent, credentials) = value.split_once(' ')?;
    sent.eq_ignore_ascii_case(scheme).then(|| credentials.trim())
}

impl ApiKind {
    /// Lets the request in, as whom, or refuses it in the API's own form.
    fn admit(self, state: &AppState, parts: &Parts) -> Result<Option<Login>, Response> {
        match self {
            Self::Ocs | Self::OcsPublic => self.admit_ocs(state, parts),
            Self::Cors => admit_cors(state, parts).map(Some),
            Self::App | Self::Page => self.admit_app(state, parts).map(Some),
            Self::Dav => dav::admit(state, parts).map(Some),
        }
    }

    fn admit_ocs(self, state: &AppState, parts: &Parts) -> Result<Option<Login>, Response> {
        let ocs = Ocs::of(&parts.uri, &parts.headers).unwrap_or(Ocs {
            first_version: false,
            json: true,
        });
        let login = match Identity::from_parts(parts) {
            Identity::WrongPassword => return Err(ocs.unauthorised()),
            Identity::User(login) => Some(login),
            Identity::Nobody | Identity::WrongToken if self == Self::OcsPublic => None,
            Identity::Nobody | Identity::WrongToken => return Err(ocs.failure(997, NOT_LOGGED_IN)),
        };
        // Here, unlike anywhere else, the scheme's case matters.
        let by_token = parts
            .headers
            .get(header::AUTHORIZATION)
            .is_some_and(|value| value.as_bytes().starts_with(b"Bearer "));
        if by_token || passes_csrf_check(state, parts) {
            Ok(login)
        } else {
            Err(csrf_check_failed())
        }
    }

    fn admit_app(self, state: &AppState, parts: &Parts) -> Result<Login, Response> {
        match Identity::from_parts(parts) {
            Identity::WrongPassword => Err(wrong_password()),
            Identity::Nobody | Identity::WrongToken => Err(not_logged_in(parts)),
            Identity::User(login) if self == Self::Page || passes_csrf_check(state, parts) => Ok(login),
            Identity::User(_) => Err(csrf_check_failed()),
        }
    }
}

/// The rule of `@CORS` controllers: a request that passes the CSRF check is any logged-in request; one that does not
/// must bring basic credentials, and whatever session it had is closed.
fn admit_cors(state: &AppState, parts: &Parts) -> Result<Login, Response> {
    match Identity::from_parts(parts) {
        Identity::WrongPassword => Err(wrong_password()),
        Identity::User(login) if matches!(login.proof, Proof::Password | Proof::AppPassword(_)) => Ok(login),
        Identity::User(login) if passes_csrf_check(state, parts) => Ok(login),
        Identity::Nobody | Identity::WrongToken if passes_csrf_check(state, parts) => Err(not_logged_in(parts)),
        Identity::User(_) | Identity::Nobody | Identity::WrongToken => {
            if let Some(visit) = parts.extensions.get::<Visit>() {
                visit.close(state);
            }
            Err(reply::message(StatusCode::UNAUTHORIZED, "CORS requires basic auth"))
        }
    }
}

/// Passed by any `OCS-APIRequest` header, whatever its value, and by the session's request token.
fn passes_csrf_check(state: &AppState, parts: &Parts) -> bool {
    if !is_same_site(&parts.headers) {
        return false;
    }
    if parts
        .headers
        .get("OCS-APIRequest")
        .is_some_and(|value| !value.is_empty())
    {
        return true;
    }
    let session = parts.extensions.get::<Visit>().and_then(|visit| visit.session(state));
    let token = parts.headers.get("requesttoken").and_then(|token| token.to_str().ok());
    session
        .zip(token)
        .is_some_and(|(session, token)| session.accepts(token))
}

fn wrong_password() -> Response {
    reply::message(StatusCode::UNAUTHORIZED, "")
}

fn csrf_check_failed() -> Response {
    reply::message(StatusCode::PRECONDITION_FAILED, "CSRF check failed")
}

/// A browser goes to the login form, anything else gets 401.
fn not_logged_in(parts: &Parts) -> Response {
    let wants_html = parts
        .headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("html"));
    if wants_html {
        let target = parts.extensions.get::<SentUri>().map_or(&parts.uri, |sent| &sent.0);
        return reply::see_other(&format!("/login?redirect_url={target}"));
    }
    reply::message(StatusCode::UNAUTHORIZED, NOT_LOGGED_IN)
}

const NOT_LOGGED_IN: &str = "Current user is not logged in";

macro_rules! extractor {
    ($(#[$doc:meta])* $name:ident, $kind:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name(pub Arc<User>);

        impl FromRequestParts<AppState> for $name {
            type Rejection = Response;

            async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
                match $kind.admit(state, parts)? {
                    Some(login) => Ok(Self(login.user)),
                    None => Err(not_logged_in(parts)),
                }
            }
        }
    };
}

extractor!(
    /// The user of an OCS route.
    OcsUser,
    ApiKind::Ocs
);
extractor!(
    /// The user of a route marked `@CORS`.
    CorsUser,
    ApiKind::Cors
);
extractor!(
    /// The user of an app route that is not marked `@CORS`.
    AppUser,
    ApiKind::App
);
extractor!(
    /// The user looking at a page.
    PageUser,
    ApiKind::Page
);
extractor!(
    /// The user of a DAV route.
    DavUser,
    ApiKind::Dav
);

/// The user of an OCS route that is open to everybody, if there is one.
#[derive(Debug, Clone)]
pub struct OcsVisitor(pub Option<Arc<User>>);

impl FromRequestParts<AppState> for OcsVisitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self(ApiKind::OcsPublic.admit(state, parts)?.map(|login| login.user)))
    }
}

/// The user of an OCS route together with what proved it.
impl FromRequestParts<AppState> for Login {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        ApiKind::Ocs.admit(state, parts)?.ok_or_else(|| not_logged_in(parts))
    }
}
