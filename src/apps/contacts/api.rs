//! The CardDAV requests.

use actors::nextcloud::{Etag, NextcloudClient, NextcloudError, NextcloudRequest};

use super::model::Book;
use crate::dav::{CARD, CS, DAV, DavClient, DavResponse, Depth, Element, Name, OC, SendMultistatus, href, prop};

const HOME: &str = "/remote.php/dav/addressbooks/users/{user}/";
const BOOK: &str = "/remote.php/dav/addressbooks/users/{user}/{addressbook}/";
const OBJECT: &str = "/remote.php/dav/addressbooks/users/{user}/{addressbook}/{card}";
const VCARD: &str = "text/vcard; charset=utf-8";

/// How the names of address books begin that Nextcloud makes itself.
pub const SERVER_MADE: [&str; 2] = ["z-server-generated--", "z-app-generated--"];

/// A member of an address book.
#[derive(Debug, Clone)]
pub struct Member {
    /// The name of the object.
    pub object: String,
    /// Its path, as the server writes it.
    pub href: String,
}

/// An object of an address book with its text.
#[derive(Debug, Clone)]
pub struct StoredCard {
    /// The name of the object.
    pub object: String,
    pub etag: Option<Etag>,
    pub text: String,
}

/// All address books, in the server's order. `allprop` would leave out their names.
pub async fn books(nextcloud: &NextcloudClient) -> Result<Vec<Book>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let props = [
        Name::new(DAV, "resourcetype"),
        Name::new(DAV, "displayname"),
        Name::new(CARD, "addressbook-description"),
        Name::new(CS, "getctag"),
        Name::new(DAV, "current-user-privilege-set"),
        Name::new(OC, "read-only"),
        Name::new(OC, "owner-principal"),
    ];
    let listing = nextcloud
        .propfind(HOME, Depth::One, &props)
        .segment(&user)
        .multistatus()
        .await?;
    let own = format!("principals/users/{user}");
    Ok(listing
        .responses
        .iter()
        .filter_map(|response| book(response, &own))
        .collect())
}

fn book(response: &DavResponse, own_principal: &str) -> Option<Book> {
    if !response.is_a(CARD, "addressbook") {
        return None;
    }
    let uri = href::name(&response.href)?;
    let says_read_only = response.text(OC, "read-only").is_some_and(|value| value == "1");
    let cannot_write = response.may("write-content") == Some(false) && response.may("write") != Some(true);
    let is_server_made = SERVER_MADE.iter().any(|prefix| uri.starts_with(prefix));
    Some(Book {
        displayname: response.text(DAV, "displayname").unwrap_or(&uri).to_owned(),
        description: response.text(CARD, "addressbook-description").map(ToOwned::to_owned),
        ctag: response.text(CS, "getctag").map(ToOwned::to_owned),
        read_only: says_read_only || cannot_write || is_server_made,
        owner: response
            .text(OC, "owner-principal")
            .filter(|principal| *principal != own_principal)
            .and_then(|principal| principal.strip_prefix("principals/users/"))
            .map(ToOwned::to_owned),
        uri,
    })
}

/// Extended `MKCOL` (RFC 5689): Nextcloud refuses a plain one.
pub async fn create_book(nextcloud: &NextcloudClient, name: &str, display_name: &str) -> Result<(), NextcloudError> {
    let user = nextcloud.user_id().await?;
    let kind = Element::new(DAV, "resourcetype")
        .child(Element::new(DAV, "collection"))
        .child(Element::new(CARD, "addressbook"));
    let props = Element::new(DAV, "prop")
        .child(kind)
        .child(Element::new(DAV, "displayname").text(display_name));
    let body = Element::new(DAV, "mkcol").child(Element::new(DAV, "set").child(props));
    let request = nextcloud.dav_xml("MKCOL", BOOK, &body).segment(&user).segment(name);
    request.send().await.map(drop)
}

pub async fn delete_book(nextcloud: &NextcloudClient, name: &str) -> Result<(), NextcloudError> {
    let user = nextcloud.user_id().await?;
    let request = nextcloud.dav("DELETE", BOOK).segment(&user).segment(name);
    request.send().await.map(drop)
}

/// The objects of an address book, by name.
pub async fn members(nextcloud: &NextcloudClient, book: &str) -> Result<Vec<Member>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let listing = nextcloud
        .propfind(BOOK, Depth::One, &[Name::new(DAV, "getetag")])
        .segment(&user)
        .segment(book)
        .multistatus()
        .await?;
    let base = format!("/remote.php/dav/addressbooks/users/{user}/{book}");
    let mut members: Vec<Member> = listing
        .responses
        .into_iter()
        .filter_map(|response| {
            let object = href::below(&response.href, &base).filter(|object| !object.is_empty())?;
            response.etag().is_some().then_some(Member {
                object,
                href: response.href,
            })
        })
        .collect();
    members.sort_by(|one, other| one.object.cmp(&other.object));
    Ok(members)
}

/// These objects of an address book; those gone meanwhile are not among the answers.
pub async fn multiget(
    nextcloud: &NextcloudClient,
    book: &str,
    members: &[Member],
) -> Result<Vec<StoredCard>, NextcloudError> {
    if members.is_empty() {
        return Ok(Vec::new());
    }
    let hrefs = members
        .iter()
        .map(|member| Element::new(DAV, "href").text(member.href.as_str()));
    let query = Element::new(CARD, "addressbook-multiget")
        .child(card_props())
        .children(hrefs);
    report(nextcloud, book, &query).await
}

/// What the server finds by `filter`, at most `limit` objects.
pub async fn query(
    nextcloud: &NextcloudClient,
    book: &str,
    filter: Element,
    limit: usize,
) -> Result<Vec<StoredCard>, NextcloudError> {
    let limit = Element::new(CARD, "limit").child(Element::new(CARD, "nresults").text(limit.to_string()));
    let query = Element::new(CARD, "addressbook-query")
        .child(card_props())
        .child(filter)
        .child(limit);
    report(nextcloud, book, &query).await
}

/// A filter that any of these property filters satisfies.
pub fn any_of(filters: impl IntoIterator<Item = Element>) -> Element {
    Element::new(CARD, "filter")
        .attribute("test", "anyof")
        .children(filters)
}

/// The property contains, or equals, this text.
pub fn matches(property: &str, text: &str, how: &'static str) -> Element {
    let text_match = Element::new(CARD, "text-match")
        .attribute("collation", "i;unicode-casemap")
        .attribute("match-type", how)
        .text(text);
    has(property).child(text_match)
}

/// The property is there.
pub fn has(property: &str) -> Element {
    Element::new(CARD, "prop-filter").attribute("name", property)
}

/// The object as it is stored. Neither a `GET` nor a `REPORT` can be had for that without knowing the version: they
/// convert to the one asked for, under the stored one's ETag, so that writing back would change the version.
pub async fn read(nextcloud: &NextcloudClient, book: &str, object: &str) -> Result<Option<StoredCard>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let props = [Name::new(DAV, "getetag"), Name::new(CARD, "address-data")];
    let answer = nextcloud
        .propfind(OBJECT, Depth::Zero, &props)
        .segment(&user)
        .segment(book)
        .segment(object)
        .multistatus()
        .await?;
    Ok(answer.responses.iter().find_map(stored))
}

/// A new object; 412 when the name is taken. The ETag is missing when Nextcloud changed what it stored.
pub async fn create(
    nextcloud: &NextcloudClient,
    book: &str,
    object: &str,
    text: String,
) -> Result<Option<Etag>, NextcloudError> {
    let request = on(nextcloud, "PUT", book, object).await?;
    Ok(request.if_absent().body(VCARD, text).send().await?.etag())
}

/// Another text for an object that is still the one with this ETag; otherwise 412.
pub async fn update(
    nextcloud: &NextcloudClient,
    book: &str,
    object: &str,
    etag: &Etag,
    text: String,
) -> Result<Option<Etag>, NextcloudError> {
    let request = on(nextcloud, "PUT", book, object).await?;
    Ok(request.if_match(etag).body(VCARD, text).send().await?.etag())
}

/// Removes the object if it is still the one with this ETag.
pub async fn delete(nextcloud: &NextcloudClient, book: &str, object: &str, etag: &Etag) -> Result<(), NextcloudError> {
    let request = on(nextcloud, "DELETE", book, object).await?;
    request.if_match(etag).send().await.map(drop)
}

/// A request on one object.
async fn on(
    nextcloud: &NextcloudClient,
    method: &'static str,
    book: &str,
    object: &str,
) -> Result<NextcloudRequest, NextcloudError> {
    let user = nextcloud.user_id().await?;
    Ok(nextcloud
        .dav(method, OBJECT)
        .segment(&user)
        .segment(book)
        .segment(object))
}

/// Without a version, cards of version 4.0 would come as 3.0, with less in them.
fn card_props() -> Element {
    let data = Element::new(CARD, "address-data")
        .attribute("content-type", "text/vcard")
        .attribute("version", "4.0");
    prop(&[Name::new(DAV, "getetag")]).child(data)
}

async fn report(nextcloud: &NextcloudClient, book: &str, query: &Element) -> Result<Vec<StoredCard>, NextcloudError> {
    let user = nextcloud.user_id().await?;
    let request = nextcloud.report(BOOK, Depth::One, query).segment(&user).segment(book);
    let answer = request.multistatus().await?;
    Ok(answer.responses.iter().filter_map(stored).collect())
}

fn stored(response: &DavResponse) -> Option<StoredCard> {
    Some(StoredCard {
        object: href::name(&response.href)?,
        etag: response.etag(),
        text: response.prop(CARD, "address-data")?.text.clone(),
    })
}
