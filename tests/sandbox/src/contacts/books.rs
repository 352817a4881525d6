//! Address books as collections.

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

use super::report::{self, book_href};
use super::store::{Book, RECENT, SYSTEM, is_server_made, missing};
use super::{cards, seed};
use crate::dav::{DavCall, DavError, Depth, Multistatus, Properties, Value, encode, ns};
use crate::reply;

const METHODS: &str = "OPTIONS, GET, HEAD, DELETE, PROPFIND, PUT, PROPPATCH, COPY, MOVE, REPORT";

/// The collection of all address books of a user.
pub(super) async fn serve_home(call: &mut DavCall) -> Result<Response, DavError> {
    if call.method != "PROPFIND" {
        return Err(DavError::method_not_allowed("This method is not served here", METHODS));
    }
    let wanted = call.wanted().await?;
    let mut answer = Multistatus::default();
    let mut home = Properties::default();
    home.xml(ns::DAV, "resourcetype", "<d:collection/>");
    home.named(ns::DAV, "current-user-privilege-set", privileges(&OWNER_OF_HOME));
    let href = encode(["addressbooks", "users", &call.user.uid], true);
    answer.give(&href, &wanted, &home);
    if call.depth(Depth::One) != Depth::Zero {
        let own: Vec<String> = call.state.address_books().of(&call.user.uid).keys().cloned().collect();
        for name in own.iter().map(String::as_str).chain([SYSTEM, RECENT]) {
            let book = read(call, name)?;
            answer.give(&book_href(call, name), &wanted, &properties(name, &book));
        }
    }
    Ok(answer.into_response())
}

/// One address book.
pub(super) async fn serve(call: &mut DavCall, name: &str) -> Result<Response, DavError> {
    match call.method.as_str() {
        "PROPFIND" => propfind(call, name).await,
        "REPORT" => report::serve(call, name).await,
        "MKCOL" => create(call, name).await,
        "PROPPATCH" => proppatch(call, name).await,
        "DELETE" => {
            let mut books = call.state.address_books();
            books.writable(&call.user.uid, name)?;
            books.of(&call.user.uid).remove(name);
            Ok(reply::empty(StatusCode::NO_CONTENT))
        }
        "OPTIONS" => {
            let mut response = reply::empty(StatusCode::OK);
            response
                .headers_mut()
                .insert(header::ALLOW, HeaderValue::from_static(METHODS));
            Ok(response)
        }
        _ => Err(DavError::method_not_allowed("This method is not served here", METHODS)),
    }
}

/// The address book as it is now; the server's own are made anew.
pub(super) fn read(call: &DavCall, name: &str) -> Result<Book, DavError> {
    match name {
        SYSTEM => Ok(seed::accounts(&call.state)),
        RECENT => Ok(Book::new("Recently contacted", None)),
        _ => {
            let mut books = call.state.address_books();
            let book = books.of(&call.user.uid).get(name).cloned();
            book.ok_or_else(|| missing(name))
        }
    }
}

/// `http://sabre.io/ns/sync/6`.
pub(super) fn sync_token(book: &Book) -> String {
    format!("http://sabre.io/ns/sync/{}", book.changes)
}

async fn propfind(call: &mut DavCall, name: &str) -> Result<Response, DavError> {
    let wanted = call.wanted().await?;
    let book = read(call, name)?;
    let mut answer = Multistatus::default();
    answer.give(&book_href(call, name), &wanted, &properties(name, &book));
    if call.depth(Depth::One) != Depth::Zero {
        for (object, card) in &book.cards {
            answer.give(
                &cards::href(call, name, object),
                &wanted,
                &cards::stored_properties(card),
            );
        }
    }
    Ok(answer.into_response())
}

/// Extended `MKCOL` only: without a resource type it would be a plain folder.
async fn create(call: &mut DavCall, name: &str) -> Result<Response, DavError> {
    let body = call.xml().await?;
    let props = body
        .as_ref()
        .and_then(|body| body.find(ns::DAV, "set"))
        .and_then(|set| set.find(ns::DAV, "prop"));
    let mut books = call.state.address_books();
    let home = books.of(&call.user.uid);
    if home.contains_key(name) || is_server_made(name) {
        let message = "The resource you tried to create already exists";
        return Err(DavError::method_not_allowed(message, METHODS));
    }
    let kind = props.and_then(|props| props.find(ns::DAV, "resourcetype"));
    if kind.is_none_or(|kind| kind.find(ns::CARD, "addressbook").is_none()) {
        let message = "Unknown resourceType for this collection";
        let error = DavError::new(StatusCode::FORBIDDEN, "InvalidResourceType", message);
        return Err(error.with_xml("<d:valid-resourcetype/>"));
    }
    let text = |namespace, local| {
        let found = props.and_then(|props| props.find(namespace, local));
        found
            .map(|property| property.text.clone())
            .filter(|text| !text.is_empty())
    };
    let display_name = text(ns::DAV, "displayname").unwrap_or_else(|| name.to_owned());
    let description = text(ns::CARD, "addressbook-description");
    home.insert(name.to_owned(), Book::new(&display_name, description));
    Ok(reply::empty(StatusCode::CREATED))
}

async fn proppatch(call: &mut DavCall, name: &str) -> Result<Response, DavError> {
    let body = call
        .xml()
        .await?
        .ok_or_else(|| DavError::bad_request("The xml request body is empty"))?;
    let mut books = call.state.address_books();
    let book = books.writable(&call.user.uid, name)?;
    let mut outcomes = Vec::new();
    let changes = body.children.iter().filter(|child| child.is(ns::DAV, "set"));
    for property in changes
        .filter_map(|set| set.find(ns::DAV, "prop"))
        .flat_map(|prop| &prop.children)
    {
        if property.is(ns::DAV, "displayname") {
            property.text.clone_into(&mut book.display_name);
        } else if property.is(ns::CARD, "addressbook-description") {
            book.description = Some(property.text.clone());
        }
        outcomes.push((property.name.clone(), StatusCode::OK));
    }
    let mut answer = Multistatus::default();
    let href = encode(["addressbooks", "users", &call.user.uid, name], false);
    answer.changed(&href, &outcomes);
    Ok(answer.into_response())
}

fn properties(name: &str, book: &Book) -> Properties {
    let mut properties = Properties::default();
    properties.xml(ns::DAV, "resourcetype", "<d:collection/><card:addressbook/>");
    let mut named = |namespace, local, value| properties.named(namespace, local, value);
    named(ns::DAV, "displayname", Value::Text(book.display_name.clone()));
    if let Some(description) = &book.description {
        named(ns::CARD, "addressbook-description", Value::Text(description.clone()));
    }
    let granted: &[&str] = match name {
        SYSTEM => &READER_OF_ACCOUNTS,
        RECENT => &READER,
        _ => &OWNER,
    };
    named(ns::DAV, "current-user-privilege-set", privileges(granted));
    named(ns::CARD, "supported-address-data", Value::Xml(FORMATS.to_owned()));
    let token = sync_token(book);
    if name == RECENT {
        named(ns::CS, "getctag", Value::Text(token));
    } else {
        named(ns::CS, "getctag", Value::Text(book.changes.to_string()));
        named(ns::DAV, "sync-token", Value::Text(token));
    }
    if is_server_made(name) {
        named(ns::OC, "read-only", Value::Text("1".to_owned()));
    }
    if name == SYSTEM {
        named(
            ns::OC,
            "owner-principal",
            Value::Text("principals/system/system".to_owned()),
        );
    }
    properties
}

fn privileges(granted: &[&str]) -> Value {
    Value::Xml(granted.iter().fold(String::new(), |all, privilege| {
        format!("{all}<d:privilege><d:{privilege}/></d:privilege>")
    }))
}

const OWNER_OF_HOME: [&str; 11] = [
    "all",
    "read",
    "write",
    "write-properties",
    "write-content",
    "unlock",
    "bind",
    "unbind",
    "write-acl",
    "read-acl",
    "read-current-user-privilege-set",
];
const OWNER: [&str; 10] = [
    "write-properties",
    "write",
    "write-content",
    "unlock",
    "bind",
    "unbind",
    "write-acl",
    "read",
    "read-acl",
    "read-current-user-privilege-set",
];
const READER_OF_ACCOUNTS: [&str; 4] = [
    "write-properties",
    "read",
    "read-acl",
    "read-current-user-privilege-set",
];
const READER: [&str; 3] = ["read", "read-acl", "read-current-user-privilege-set"];
const FORMATS: &str = "<card:address-data-type content-type=\"text/vcard\" version=\"3.0\"/>\
                       <card:address-data-type content-type=\"text/vcard\" version=\"4.0\"/>\
                       <card:address-data-type content-type=\"application/vcard+json\" version=\"4.0\"/>";
