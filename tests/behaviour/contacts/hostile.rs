//! Cards that were made to do harm: the others are still found, and nothing changes.

use super::Fixture;
use serde_json::json;

fn card(uid: &str, lines: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:{uid}\r\n{lines}END:VCARD\r\n")
}

#[tokio::test]
async fn hostile_cards_hide_nobody_else() {
    let fixture = Fixture::start().await;
    let cards = [
        ("plain", card("plain", "EMAIL:plain@example.org\r\n")),
        ("phones", card("phones", &"TEL:+49 30 1234567\r\n".repeat(10_000))),
        (
            "picture",
            card(
                "picture",
                &format!("PHOTO;ENCODING=b;TYPE=JPEG:{}\r\n", "A".repeat(2_000_000)),
            ),
        ),
        (
            "no-picture",
            card("no-picture", "PHOTO;ENCODING=b;TYPE=JPEG:%%%not base64%%%\r\n"),
        ),
        (
            "folded",
            card("folded", &format!("NOTE:a{}\r\n", "\r\n b".repeat(10_000))),
        ),
        (
            "escapes",
            card("escapes", "NOTE:\\\\\\n\\,\\;\\x\\\r\nN:;;;;;;;;;;;;\r\nADR:x\r\n"),
        ),
        (
            "groups",
            card("groups", &"item1.X-ABLABEL:_$!<Home>!$_\r\n".repeat(1_000)),
        ),
    ];
    for (uid, text) in &cards {
        fixture.put(&format!("{uid}.vcf"), text).await;
    }
    let list = json!({"addressbook": fixture.book});
    let found = fixture.call("nc_contacts_list_contacts", list.clone()).await;
    let mut seen: Vec<&str> = found["contacts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|contact| contact["uid"].as_str().unwrap())
        .collect();
    let unreadable = found["unreadable"].as_array().into_iter().flatten();
    seen.extend(unreadable.map(|object| object.as_str().unwrap().trim_end_matches(".vcf")));
    seen.sort_unstable();
    let mut all: Vec<&str> = cards.iter().map(|(uid, _)| *uid).collect();
    all.sort_unstable();
    assert_eq!(seen, all, "each is listed, or named as unreadable");
    assert_eq!(found["unreadable"], json!(["phones.vcf"]));

    let search = json!({"addressbook": fixture.book, "query": "plain@example.org"});
    let found = fixture.call("nc_contacts_search_contacts", search).await;
    assert_eq!(found["contacts"][0]["uid"], "plain", "{found}");
    for (uid, _) in &cards[1..] {
        let change = fixture.change(uid, json!({"nickname": "nick"}));
        let answer = fixture.mcp.call("nc_contacts_update_contact", change).await;
        assert_eq!(answer.is_error, *uid == "phones", "{uid}: {}", answer.text);
    }
    let whole = fixture
        .dav(reqwest::Method::GET, "phones.vcf", "", "text/vcard; version=3.0")
        .await;
    assert_eq!(whole, cards[1].1, "what cannot be read is not changed");
    fixture.finish().await;
}
