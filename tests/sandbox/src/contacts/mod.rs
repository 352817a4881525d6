//! Address books: `/remote.php/dav/addressbooks/users/{user}/{book}/{card}.vcf`.

mod books;
mod cards;
mod filter;
mod report;
mod seed;
mod store;
mod vcard;

use axum::response::Response;

use crate::dav::{DavCall, DavError};

pub(crate) use seed::seed;
pub(crate) use store::AddressBooks;

/// Answers a request to the tree `addressbooks`.
pub(crate) async fn serve(mut call: DavCall) -> Result<Response, DavError> {
    let path: Vec<String> = call.segments.get(1..).unwrap_or_default().to_vec();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        ["users", uid, ..] if *uid != call.user.uid => Err(DavError::not_found(format!(
            "Node with name '{uid}' could not be found"
        ))),
        ["users", _] => books::serve_home(&mut call).await,
        ["users", _, book] => books::serve(&mut call, book).await,
        ["users", _, book, card] => cards::serve(&mut call, book, card).await,
        [.., last] => Err(DavError::not_found(format!(
            "Node with name '{last}' could not be found"
        ))),
        [] => Err(DavError::forbidden("Listing members of this collection is disabled")),
    }
}

#[cfg(test)]
mod tests;
