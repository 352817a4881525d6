//! The objects of an address book.

use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::store::Card;
use super::{books, vcard};
use crate::dav::{DavCall, DavError, Multistatus, Properties, Value, encode, escape, ns};
use crate::reply;

const VCARD: &str = "text/vcard; charset=utf-8";
const VCARD_4: &str = "text/vcard; version=4.0; charset=utf-8";
const METHODS: &str = "OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, MOVE, REPORT";
const OC_ETAG: HeaderName = HeaderName::from_static("oc-etag");
/// How Sabre reports that it put something right.
const WARNING: HeaderName = HeaderName::from_static("x-sabre-ew-gross");

pub(super) async fn serve(call: &mut DavCall, book: &str, name: &str) -> Result<Response, DavError> {
    match call.method.as_str() {
        "GET" | "HEAD" => get(call, book, name),
        "PUT" => put(call, book, name).await,
        "DELETE" => delete(call, book, name),
        "MOVE" => relocate(call, book, name),
        "PROPFIND" => {
            let wanted = call.wanted().await?;
            let found = books::read(call, book)?;
            let mut answer = Multistatus::default();
            let properties = stored_properties(found.card(name)?);
            answer.give(&href(call, book, name), &wanted, &properties);
            Ok(answer.into_response())
        }
        _ => Err(DavError::method_not_allowed("This method is not served here", METHODS)),
    }
}

/// The href of an object.
pub(super) fn href(call: &DavCall, book: &str, name: &str) -> String {
    encode(["addressbooks", "users", &call.user.uid, book, name], false)
}

/// The properties of an object, its data converted to the version asked for.
pub(super) fn properties(card: &Card, four: bool) -> Properties {
    with_data(card, &vcard::in_version(&card.text, four))
}

/// The same with the data as it is stored: so does `PROPFIND`.
pub(super) fn stored_properties(card: &Card) -> Properties {
    with_data(card, &card.text)
}

fn with_data(card: &Card, data: &str) -> Properties {
    let mut properties = Properties::default();
    properties.text(ns::DAV, "getlastmodified", last_modified(card));
    properties.text(ns::DAV, "getcontentlength", card.text.len().to_string());
    properties.xml(ns::DAV, "resourcetype", "");
    properties.text(ns::DAV, "getetag", card.etag());
    properties.text(ns::DAV, "getcontenttype", VCARD);
    let data = escape(data).replace('\r', "&#13;");
    properties.named(ns::CARD, "address-data", Value::Xml(data));
    properties
}

fn get(call: &DavCall, book: &str, name: &str) -> Result<Response, DavError> {
    let found = books::read(call, book)?;
    let card = found.card(name)?;
    let four = call
        .header("accept")
        .is_some_and(|accept| accept.contains("version=4.0"));
    let media_type = if four { VCARD_4 } else { VCARD };
    let mut response = reply::text(StatusCode::OK, media_type, vcard::in_version(&card.text, four));
    set_etag(&mut response, card);
    set(&mut response, header::LAST_MODIFIED, &last_modified(card));
    let encoded = encode([name], false);
    let encoded = encoded.rsplit('/').next().unwrap_or_default();
    let disposition = format!("attachment; filename*=UTF-8''{encoded}; filename=\"{name}\"");
    set(&mut response, header::CONTENT_DISPOSITION, &disposition);
    Ok(response)
}

async fn put(call: &mut DavCall, book: &str, name: &str) -> Result<Response, DavError> {
    let body = call.bytes().await?;
    let text = String::from_utf8_lossy(&body).into_owned();
    let now = call.state.clock().unix();
    let mut books = call.state.address_books();
    let found = books.writable(&call.user.uid, book)?;
    check_conditions(call, found.cards.get(name))?;
    let (text, warning) = vcard::admit(text)?;
    if vcard::uid(&text).is_some_and(|uid| found.has_uid_elsewhere(&uid, name)) {
        let message = "VCard object with uid already exists in this addressbook collection.";
        return Err(DavError::bad_request(message));
    }
    let status = if found.cards.contains_key(name) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CREATED
    };
    found.put(name, text, now);
    let mut response = reply::empty(status);
    match warning {
        // The client has not sent what is stored, so it learns no ETag of it.
        Some(warning) => set(&mut response, WARNING, warning),
        None => set_etag(&mut response, found.card(name)?),
    }
    Ok(response)
}

fn delete(call: &DavCall, book: &str, name: &str) -> Result<Response, DavError> {
    let mut books = call.state.address_books();
    let found = books.writable(&call.user.uid, book)?;
    let card = found.card(name)?;
    check_conditions(call, Some(card))?;
    found.cards.remove(name);
    found.changes += 1;
    Ok(reply::empty(StatusCode::NO_CONTENT))
}

/// `MOVE` into another address book of the same user.
fn relocate(call: &DavCall, book: &str, name: &str) -> Result<Response, DavError> {
    let target = call.destination()?;
    let target: Vec<&str> = target.iter().map(String::as_str).collect();
    let ["addressbooks", "users", uid, target_book, target_name] = target[..] else {
        return Err(DavError::forbidden("The destination is no object of an address book"));
    };
    let now = call.state.clock().unix();
    if uid != call.user.uid {
        return Err(DavError::not_found(format!(
            "Node with name '{uid}' could not be found"
        )));
    }
    let mut books = call.state.address_books();
    books.writable(uid, target_book)?;
    let source = books.writable(uid, book)?;
    let text = source.card(name)?.text.clone();
    source.cards.remove(name);
    source.changes += 1;
    let target = books.writable(uid, target_book)?;
    let status = if target.cards.contains_key(target_name) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::CREATED
    };
    target.put(target_name, text, now);
    Ok(reply::empty(status))
}

fn check_conditions(call: &DavCall, card: Option<&Card>) -> Result<(), DavError> {
    if call.header("if-none-match") == Some("*") && card.is_some() {
        let message = "An If-None-Match header was specified, but the ETag matched (or * was specified).";
        return Err(DavError::precondition(message, "If-None-Match"));
    }
    let Some(wanted) = call.header("if-match") else {
        return Ok(());
    };
    let Some(card) = card else {
        let message = "An If-Match header was specified and the resource did not exist";
        return Err(DavError::precondition(message, "If-Match"));
    };
    let etag = card.etag();
    if wanted == "*" || wanted.split(',').any(|tag| tag.trim() == etag) {
        return Ok(());
    }
    let message = "An If-Match header was specified, but none of the specified ETags matched.";
    Err(DavError::precondition(message, "If-Match").with_header(header::ETAG, &etag))
}

fn set_etag(response: &mut Response, card: &Card) {
    let etag = card.etag();
    set(response, header::ETAG, &etag);
    set(response, OC_ETAG, &etag);
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn last_modified(card: &Card) -> String {
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(card.mtime))
}
