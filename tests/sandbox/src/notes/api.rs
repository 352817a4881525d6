//! `/apps/notes/api/v1/notes`: list, create, read, change, delete.

use std::time::SystemTime;

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::response::{IntoResponse as _, Response};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::json;

use super::folder::{Change, Draft};
use super::list::ListQuery;
use super::note::fingerprint;
use super::parameters::{Parameters, WrongType};
use super::respond::{Failure, conditional, ok, with_versions};
use crate::auth::CorsUser;
use crate::{AppState, reply};

const CHUNK_CURSOR: HeaderName = HeaderName::from_static("x-notes-chunk-cursor");
const CHUNK_PENDING: HeaderName = HeaderName::from_static("x-notes-chunk-pending");

/// The id in a path. What is no number does not match the app's routes.
pub(crate) struct Id(pub(crate) u64);

impl FromRequestParts<AppState> for Id {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| Failure::NoRoute { get: false }.into_response())?;
        text.parse().map(Self).map_err(|_| {
            Failure::NoRoute {
                get: parts.method == Method::GET,
            }
            .into_response()
        })
    }
}

/// `GET /notes`. `Last-Modified` is always now.
pub(crate) async fn list(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Response {
    let page = query.page(state.notes().of(&user.uid), state.now());
    let mut response = ok(&page.notes);
    if let Some((cursor, pending)) = page.next {
        // Digits and dashes: always a header value.
        response.headers_mut().extend(
            HeaderValue::from_str(&cursor.to_string())
                .ok()
                .map(|value| (CHUNK_CURSOR, value)),
        );
        response.headers_mut().insert(CHUNK_PENDING, HeaderValue::from(pending));
    }
    let last_modified = httpdate::fmt_http_date(SystemTime::min(state.clock().now(), latest_http_date()));
    conditional(&headers, response, &fingerprint(&page.notes), Some(&last_modified))
}

/// The last second that an HTTP date can name (year 9999).
fn latest_http_date() -> SystemTime {
    SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(253_402_300_799)
}

/// `POST /notes`.
pub(crate) async fn create(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    parameters: Parameters,
) -> Result<Response, Failure> {
    create_from(&state, &user.uid, titled(&parameters)?.into())
}

/// Creates a note and shows it.
pub(crate) fn create_from(state: &AppState, uid: &str, draft: Draft) -> Result<Response, Failure> {
    let now = state.now();
    let mut notes = state.notes();
    let id = notes.new_id();
    let folder = notes.of(uid);
    let root = folder.settings.notes_path.clone();
    Ok(ok(&folder.create(id, draft, now)?.view(&root, &[])))
}

/// `GET /notes/{id}`.
pub(crate) async fn read(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    Query(query): Query<ReadQuery>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let mut notes = state.notes();
    let folder = notes.of(&user.uid);
    let note = folder.note(id)?;
    let exclude: Vec<&str> = query.exclude.split(',').map(str::trim).collect();
    Ok(conditional(
        &headers,
        ok(&note.view(&folder.settings.notes_path, &exclude)),
        &note.etag(),
        None,
    ))
}

/// The query of `GET /notes/{id}`.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct ReadQuery {
    exclude: String,
}

/// `PUT /notes/{id}`.
pub(crate) async fn update(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    headers: HeaderMap,
    parameters: Parameters,
) -> Result<Response, Failure> {
    update_from(&state, &user.uid, id, &headers, titled(&parameters)?)
}

/// What the parameters say of a note.
fn titled(parameters: &Parameters) -> Result<Change, WrongType> {
    Ok(Change {
        title: parameters.text("title")?,
        ..untitled(parameters)?
    })
}

/// What the parameters say of a note, but for its title, which the old API has from elsewhere.
pub(crate) fn untitled(parameters: &Parameters) -> Result<Change, WrongType> {
    Ok(Change {
        title: None,
        category: parameters.text("category")?,
        content: parameters.text("content")?,
        favorite: parameters.flag("favorite"),
        modified: parameters.number("modified"),
    })
}

/// Changes a note and shows it; 412 with the note as it is if `If-Match` names another ETag. The header is compared as
/// text, so it must be quoted, and neither `*` nor `W/` is understood.
pub(crate) fn update_from(
    state: &AppState,
    uid: &str,
    id: u64,
    headers: &HeaderMap,
    change: Change,
) -> Result<Response, Failure> {
    let now = state.now();
    let mut notes = state.notes();
    let folder = notes.of(uid);
    let root = folder.settings.notes_path.clone();
    let note = folder.note(id)?;
    if headers
        .get(header::IF_MATCH)
        .is_some_and(|wanted| wanted.as_bytes() != format!("\"{}\"", note.etag()).as_bytes())
    {
        return Ok(with_versions(reply::json(
            StatusCode::PRECONDITION_FAILED,
            &note.view(&root, &[]),
        )));
    }
    Ok(ok(&folder.update(id, change, now)?.view(&root, &[])))
}

/// `DELETE /notes/{id}`: 200 and an empty list.
pub(crate) async fn delete(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
) -> Result<Response, Failure> {
    state.notes().of(&user.uid).delete(id)?;
    Ok(ok(&json!([])))
}
