//! Address books.

use super::{Fixture, SCOPE};
use serde_json::json;

#[tokio::test]
async fn address_books_say_what_they_are() {
    let fixture = Fixture::start().await;
    let list = fixture.call("nc_contacts_list_addressbooks", json!({})).await;
    let books = list["addressbooks"].as_array().unwrap();
    let book = |uri: &str| books.iter().find(|book| book["uri"] == json!(uri));
    let own = book(&fixture.book).unwrap();
    assert_eq!((&own["displayname"], own.get("read_only")), (&json!("Tëst <& ☀"), None));
    let system = book("z-server-generated--system").unwrap();
    assert_eq!(system["read_only"], true);

    let taken = json!({"name": fixture.book, "display_name": "Again"});
    let error = fixture.error("nc_contacts_create_addressbook", taken).await;
    assert!(error.contains("HTTP 405") && error.contains("exists"), "{error}");
    let system = json!({"addressbook": "z-server-generated--system", "uid": "x", "contact_data": {"fn": "X"}});
    let error = fixture.error("nc_contacts_create_contact", system).await;
    assert!(error.contains("HTTP 40"), "{error}");

    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    for (tool, arguments) in [
        ("nc_contacts_list_contacts", json!({"addressbook": fixture.book})),
        (
            "nc_contacts_search_contacts",
            json!({"query": "a", "addressbook": fixture.book}),
        ),
        ("nc_contacts_create_contact", fixture.change("x", json!({"fn": "X"}))),
        ("nc_contacts_update_contact", fixture.change("x", json!({"fn": "X"}))),
        (
            "nc_contacts_delete_contact",
            json!({"addressbook": fixture.book, "uid": "x"}),
        ),
        ("nc_contacts_delete_addressbook", json!({"name": fixture.book})),
    ] {
        let error = other.call(tool, arguments).await.error();
        assert!(
            error.contains("HTTP 404") && error.contains("nc_contacts_list_addressbooks"),
            "{tool}: {error}"
        );
    }
    fixture.finish().await;
}
