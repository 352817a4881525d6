//! `REPORT`: query, multiget and synchronisation.

use std::collections::BTreeMap;

use axum::response::Response;
use http::StatusCode;

use super::store::{Book, Card};
use super::{books, cards, filter};
use crate::dav::{DavCall, DavError, Element, Multistatus, Wanted, encode, ns};

pub(super) async fn serve(call: &mut DavCall, name: &str) -> Result<Response, DavError> {
    let query = call
        .xml()
        .await?
        .ok_or_else(|| DavError::bad_request("The xml request body is empty"))?;
    let book = books::read(call, name)?;
    let wanted = Wanted::of(&query);
    let four = asks_for_four(&query);
    let give = |answer: &mut Multistatus, object: &str, card: &Card| {
        let href = cards::href(call, name, object);
        answer.give(&href, &wanted, &cards::properties(card, four));
    };
    let mut answer = Multistatus::default();
    match query.name.1.as_str() {
        "addressbook-query" => {
            let condition = query.find(ns::CARD, "filter");
            let limit = query
                .find(ns::CARD, "limit")
                .and_then(|limit| limit.find(ns::CARD, "nresults"))
                .and_then(|most| most.text.trim().parse().ok())
                .unwrap_or(usize::MAX);
            let found = book
                .cards
                .iter()
                .filter(|(_, card)| filter::matches(condition, &card.text));
            for (object, card) in found.take(limit) {
                give(&mut answer, object, card);
            }
        }
        "addressbook-multiget" => {
            for (object, card) in named(&query, &book)? {
                give(&mut answer, object, card);
            }
        }
        "sync-collection" => {
            for (object, card) in &book.cards {
                give(&mut answer, object, card);
            }
            answer.sync_token(books::sync_token(&book));
        }
        other => {
            let message = format!("The REPORT method is not implemented for {other}");
            return Err(DavError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "ReportNotSupported",
                message,
            ));
        }
    }
    Ok(answer.into_response())
}

/// The objects that a multiget names; those that are not there are left out.
fn named<'book>(query: &Element, book: &'book Book) -> Result<BTreeMap<&'book str, &'book Card>, DavError> {
    let mut found = BTreeMap::new();
    for href in query.children.iter().filter(|child| child.is(ns::DAV, "href")) {
        let segments = DavCall::segments_of(href.text.trim())?;
        let name = segments.last().map(String::as_str).unwrap_or_default();
        found.extend(book.cards.get_key_value(name).map(|(name, card)| (name.as_str(), card)));
    }
    Ok(found)
}

/// Whether `address-data` names version 4.0. Without a version, 3.0 is given.
fn asks_for_four(query: &Element) -> bool {
    query
        .find(ns::DAV, "prop")
        .and_then(|prop| prop.find(ns::CARD, "address-data"))
        .is_some_and(|data| data.attribute("version") == Some("4.0"))
}

/// The href of an address book.
pub(super) fn book_href(call: &DavCall, name: &str) -> String {
    encode(["addressbooks", "users", &call.user.uid, name], true)
}
