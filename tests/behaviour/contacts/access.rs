//! Address books and contacts that are not there, or another account's.

use super::{Fixture, SCOPE};
use serde_json::json;

#[tokio::test]
async fn every_tool_explains_a_book_or_contact_that_is_not_there_or_another_accounts() {
    let fixture = Fixture::start().await;
    let made = fixture.create("mine", json!({"fn": "Mine"})).await;
    let other = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    let named = json!({"addressbook": fixture.book, "uid": "mine"});
    for (tool, mut arguments) in [
        ("nc_contacts_list_contacts", json!({"addressbook": fixture.book})),
        (
            "nc_contacts_search_contacts",
            json!({"addressbook": fixture.book, "query": "Mine"}),
        ),
        ("nc_contacts_create_contact", fixture.change("new", json!({"fn": "X"}))),
        ("nc_contacts_update_contact", fixture.change("mine", json!({"fn": "X"}))),
        ("nc_contacts_delete_contact", named),
        ("nc_contacts_delete_addressbook", json!({"name": fixture.book})),
    ] {
        let error = other.call(tool, arguments.clone()).await.error();
        assert!(error.contains("not found"), "{tool}: {error}");
        if arguments.get("uid").is_some() && tool != "nc_contacts_create_contact" {
            let mut missing = arguments.clone();
            missing["uid"] = json!("no-such-contact");
            let error = fixture.error(tool, missing).await;
            assert!(
                error.contains("not found") && error.contains("no-such-contact"),
                "{tool}: {error}"
            );
        }
        let name = if arguments.get("name").is_some() {
            "name"
        } else {
            "addressbook"
        };
        arguments[name] = json!("no-such-book");
        let error = fixture.error(tool, arguments).await;
        assert!(
            error.contains("not found") && error.contains("no-such-book"),
            "{tool}: {error}"
        );
    }
    let mut stale = fixture.change("mine", json!({"fn": "X"}));
    stale["etag"] = json!("stale");
    let error = fixture.error("nc_contacts_update_contact", stale).await;
    assert!(error.contains("Nothing was written"), "{error}");
    let list = json!({"addressbook": fixture.book});
    let list = fixture.call("nc_contacts_list_contacts", list).await;
    assert_eq!(list["total_count"], 1);
    assert_eq!(list["contacts"][0]["etag"], made["etag"]);
    fixture.finish().await;
}
