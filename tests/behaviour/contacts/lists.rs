//! What is listed and found.

use super::Fixture;
use crate::support::unique;
use serde_json::{Value, json};

#[tokio::test]
async fn contacts_are_found_by_name_mail_and_digits() {
    let fixture = Fixture::start().await;
    let name = unique("Zoë");
    fixture
        .create(
            "z",
            json!({"fn": name, "email": "zoe.q@example.org", "phone": "+49 (170) 99-88-77"}),
        )
        .await;
    fixture.create("y", json!({"fn": "Yann", "nickname": "Ziggy"})).await;
    let search = |query: &str| json!({"query": query, "addressbook": fixture.book});
    for (query, uids) in [
        (name.as_str(), vec!["z"]),
        ("zoë", vec!["z"]),
        ("ZOE.Q@", vec!["z"]),
        ("0170 998877", vec!["z"]),
        ("99/88", vec!["z"]),
        ("ziggy", vec!["y"]),
        ("</card:text-match>", vec![]),
        ("11111", vec![]),
    ] {
        let found = fixture.call("nc_contacts_search_contacts", search(query)).await;
        let found: Vec<&str> = found["contacts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["uid"].as_str().unwrap())
            .collect();
        assert_eq!(found, uids, "{query}");
    }
    // Across all address books, named in each result.
    let found = fixture
        .call("nc_contacts_search_contacts", json!({"query": name}))
        .await;
    assert_eq!(found["contacts"][0]["addressbook"], json!(fixture.book));
    let limited = fixture
        .call("nc_contacts_search_contacts", json!({"query": "@", "limit": 1}))
        .await;
    assert_eq!(limited["contacts"].as_array().unwrap().len(), 1);
    fixture.finish().await;
}

#[tokio::test]
async fn pictures_come_only_when_asked_for() {
    let fixture = Fixture::start().await;
    let photo = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    let text = format!(
        "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:p\r\nFN:Pic\r\nPHOTO:data:image/png;base64,{photo}\r\nEND:VCARD\r\n"
    );
    fixture.put("p.vcf", &text).await;
    let list = |photos: bool| json!({"addressbook": fixture.book, "include_photos": photos});
    let plain = fixture.call("nc_contacts_list_contacts", list(false)).await;
    assert_eq!(plain["contacts"][0]["has_photo"], true);
    assert_eq!(plain["contacts"][0].get("photo"), None);
    let full = fixture.call("nc_contacts_list_contacts", list(true)).await;
    assert_eq!(
        full["contacts"][0]["photo"],
        json!(format!("data:image/png;base64,{photo}"))
    );
    fixture.finish().await;
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let fixture = Fixture::start().await;
    for number in 0..5 {
        fixture
            .create(&format!("c{number}"), json!({"fn": format!("Contact {number}")}))
            .await;
    }
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    loop {
        let arguments = json!({"addressbook": fixture.book, "limit": 2, "cursor": cursor});
        let page = fixture.call("nc_contacts_list_contacts", arguments).await;
        assert_eq!(page["total_count"], 5);
        seen.extend(
            page["contacts"]
                .as_array()
                .unwrap()
                .iter()
                .map(|contact| contact["uid"].clone()),
        );
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen, ["c0", "c1", "c2", "c3", "c4"]);
    let arguments = json!({"addressbook": fixture.book, "offset": 3});
    let rest = fixture.call("nc_contacts_list_contacts", arguments).await;
    assert_eq!(rest["contacts"].as_array().unwrap().len(), 2);
    fixture.finish().await;
}
