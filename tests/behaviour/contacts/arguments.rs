//! Arguments that are refused.

use super::Fixture;
use serde_json::{Value, json};

#[tokio::test]
async fn bad_arguments_are_refused() {
    let fixture = Fixture::start().await;
    let long = "x".repeat(300);
    let (create, update) = ("nc_contacts_create_contact", "nc_contacts_update_contact");
    let contact = |data: Value| fixture.change("x", data);
    let at = |book: &str, uid: &str| json!({"addressbook": book, "uid": uid, "contact_data": {"fn": "X"}});
    let table = [
        (create, json!({}), "addressbook"),
        (create, at("", "x"), "addressbook"),
        (create, at("..", "x"), "addressbook"),
        (create, at("a/../../bob/contacts", "x"), "addressbook"),
        (create, at("contacts", ""), "uid"),
        (create, at("contacts", "../x"), "uid"),
        (create, at("contacts", "a\r\nb"), "uid"),
        (create, at("contacts", &long), "uid"),
        (create, contact(json!({})), "needs a name"),
        (create, contact(json!({"fn": " "})), "fn"),
        (create, contact(json!({"fn": ["x"]})), "contact_data.fn"),
        (create, contact(json!({"fn": "a\u{1}b"})), "control"),
        (create, contact(json!({"fn": "x", "emial": "y"})), "emial"),
        (create, contact(json!({"fn": "x", "emails": 5})), "emails"),
        (
            create,
            contact(json!({"fn": "x", "emails": {"value": "y", "type": "a;b"}})),
            "type",
        ),
        (create, contact(json!({"fn": "x", "birthday": "12.4.1990"})), "birthday"),
        (
            create,
            contact(json!({"fn": "x", "custom_fields": {"FN": "y"}})),
            "X-NAME",
        ),
        (create, contact(json!("fn")), "contact_data"),
        (update, at("no-such-book", "x"), "HTTP 404"),
        (update, at(&fixture.book, "no-such-uid"), "not found"),
        (
            "nc_contacts_delete_contact",
            json!({"addressbook": fixture.book, "uid": "%00\u{0}"}),
            "uid",
        ),
        (
            "nc_contacts_list_contacts",
            json!({"addressbook": fixture.book, "limit": 0}),
            "limit",
        ),
        (
            "nc_contacts_list_contacts",
            json!({"addressbook": fixture.book, "cursor": "x"}),
            "cursor",
        ),
        (
            "nc_contacts_list_contacts",
            json!({"addressbook": "no-such-book"}),
            "HTTP 404",
        ),
        ("nc_contacts_search_contacts", json!({"query": ""}), "query"),
        ("nc_contacts_search_contacts", json!({"query": long}), "query"),
        (
            "nc_contacts_search_contacts",
            json!({"query": "x", "addressbook": "a/b"}),
            "addressbook",
        ),
        (
            "nc_contacts_create_addressbook",
            json!({"name": "a/b", "display_name": "x"}),
            "name",
        ),
        (
            "nc_contacts_create_addressbook",
            json!({"name": "z-server-generated--x", "display_name": "x"}),
            "name",
        ),
        (
            "nc_contacts_create_addressbook",
            json!({"name": "x", "display_name": ""}),
            "display_name",
        ),
        (
            "nc_contacts_create_addressbook",
            json!({"name": "x", "display_name": "a\nb"}),
            "display_name",
        ),
        ("nc_contacts_delete_addressbook", json!({"name": ""}), "name"),
        (
            "nc_contacts_delete_addressbook",
            json!({"name": "z-server-generated--system"}),
            "made by the server",
        ),
        ("nc_contacts_list_addressbooks", json!({"x": 1}), "takes none"),
    ];
    for (tool, arguments, said) in table {
        let error = fixture.error(tool, arguments.clone()).await;
        assert!(error.contains(said), "{tool} {arguments}: {error}");
        assert!(error.len() < 2000, "{tool}: {} bytes", error.len());
    }
    let listed = fixture
        .call("nc_contacts_list_contacts", json!({"addressbook": fixture.book}))
        .await;
    assert_eq!(listed["total_count"], 0);
    fixture.finish().await;
}
