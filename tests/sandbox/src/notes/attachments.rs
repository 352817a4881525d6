//! `/apps/notes/api/v1.4/attachment/{id}`: files beside a note. Only this version of the API has them.

use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::response::Response;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::json;

use super::api::Id;
use super::multipart::first_file;
use super::respond::{Failure, exception, ok};
use crate::AppState;
use crate::auth::CorsUser;

/// `POST`: stores the uploaded file and answers with its new name.
pub(crate) async fn upload(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let upload = first_file(content_type, &body).ok_or(Failure::Crash)?;
    let file_name = state
        .notes()
        .of(&user.uid)
        .attach(id, upload.file_name, upload.bytes.to_vec())?;
    Ok(ok(&json!({ "filename": file_name })))
}

/// The query of a download.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Download {
    /// The file, relative to the note's folder.
    path: String,
}

/// `GET ?path=`: the file's bytes. Unlike the rest of the API, these answers do not name its versions.
pub(crate) async fn download(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    Id(id): Id,
    Query(query): Query<Download>,
) -> Response {
    let mut notes = state.notes();
    let attachment = match notes.of(&user.uid).attachment(id, &query.path) {
        Ok(attachment) => attachment,
        Err(error) => return exception(error),
    };
    let mut response = Response::new(Body::from(attachment.bytes.clone()));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(attachment.content_type));
    let name = query.path.rsplit('/').next().unwrap_or_default();
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, disposition);
    }
    response
}
