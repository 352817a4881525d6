//! `…/cards/{card}/attachments`: files of type `file`, which is what Deck makes since version 1.3.

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::card::Attachment;
use super::fields::Ids;
use super::respond::{Failure, ok};
use super::store::{Deck, Permission};
use crate::AppState;
use crate::auth::CorsUser;
use crate::notes::first_file;

/// Where uploads are kept.
const FOLDER: &str = "/Deck";

/// `GET …/attachments`: version 1.0 of the API knows `deck_file` only, of which there are none here.
pub(crate) async fn list(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let deck = state.deck();
    let card = deck.card(&user.uid, ids.get("card")?, Permission::Read)?.id;
    if ids.version() == "v1.0" {
        return Ok(ok(&json!([])));
    }
    let attachments = deck.attachments_of(card);
    let views: Vec<Value> = attachments.map(|attachment| attachment.view(&state)).collect();
    Ok(ok(&views))
}

/// `POST …/attachments`: a form with a file, put into the user's folder for attachments under a free name.
pub(crate) async fn upload(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let file = first_file(content_type.unwrap_or_default(), &body).ok_or(Failure::Crash)?;
    let mut deck = state.deck();
    let card = deck.card(&user.uid, ids.get("card")?, Permission::Edit)?.id;
    let path = free_path(&deck, &user.uid, file.file_name);
    let content = Attachable {
        id: None,
        size: file.bytes.len(),
    };
    let attachment = attach(&mut deck, &user.uid, card, &path, content, state.now());
    deck.touch_card(card, state.now());
    Ok(ok(&attachment.view(&state)))
}

/// `DELETE …/attachments/{kind}/{attachment}` of version 1.1: the share goes, the file stays.
pub(crate) async fn delete(
    State(state): State<AppState>,
    CorsUser(user): CorsUser,
    ids: Ids,
) -> Result<Response, Failure> {
    let id = ids.get("attachment")?;
    let mut deck = state.deck();
    let card = deck.card(&user.uid, ids.get("card")?, Permission::Edit)?.id;
    match ids.text("kind") {
        "file" => {}
        // Deck's own files, of which there are none here.
        "deck_file" => return Err(Failure::Denied),
        _ => return Err(Failure::NotFound(String::new())),
    }
    if !deck.attachments_of(card).any(|attachment| attachment.id == id) {
        return Err(Failure::NotAttached);
    }
    let attachment = deck.attachments.remove(&id).ok_or(Failure::NotAttached)?;
    deck.touch_card(card, state.now());
    Ok(ok(&attachment.view(&state)))
}

/// A file that is to be attached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attachable {
    /// Its id among the user's files; `None` when it is none of those that `WebDAV` serves.
    pub(crate) id: Option<u64>,
    pub(crate) size: usize,
}

/// Shares a file with a card.
pub(crate) fn attach(deck: &mut Deck, uid: &str, card: u64, path: &str, file: Attachable, now: i64) -> Attachment {
    let attachment = Attachment {
        id: deck.new_id(),
        card,
        created_by: uid.to_owned(),
        created_at: now,
        file_id: file.id.unwrap_or_else(|| deck.new_id()),
        path: path.to_owned(),
        size: file.size,
        media_type: media_type(path).to_owned(),
    };
    deck.attachments.insert(attachment.id, attachment.clone());
    attachment
}

fn free_path(deck: &Deck, uid: &str, name: &str) -> String {
    let taken = |path: &str| {
        let mut all = deck.attachments.values();
        all.any(|attachment| attachment.created_by == uid && attachment.path == path)
    };
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) => (stem, format!(".{extension}")),
        None => (name, String::new()),
    };
    let mut path = format!("{FOLDER}/{name}");
    let mut number = 2;
    while taken(&path) {
        path = format!("{FOLDER}/{stem} ({number}){extension}");
        number += 1;
    }
    path
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("txt") => "text/plain",
        Some("md") => "text/markdown",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}
