//! Contacts: made, changed, deleted.

use super::Fixture;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_contact_lives_from_creation_to_deletion() {
    let fixture = Fixture::start().await;
    let data = json!({
        "fn": "Jane Dœ; \"J,\" ☀", "given_name": "Jane", "family_name": "Dœ", "organization": "ACME; Sales",
        "emails": ["jane@example.org", {"value": "work@example.org", "type": "work", "preferred": true}],
        "phones": {"value": "+49 (170) 123-456", "type": ["cell", "voice"]},
        "addresses": [{"components": ["", "", "1 Main St", "Town", "", "12345", "Land"], "type": "home"}],
        "birthday": "--04-12", "categories": ["friends, old", "work"], "note": "line one\nline two",
        "custom_fields": {"X-TEST": "kept"},
    });
    let created = fixture.create("jane 1", data).await;
    assert_eq!(created["resource_path"], "jane 1.vcf");
    let link = created["url"].as_str().unwrap();
    assert!(
        link.starts_with(&format!("{}/index.php/apps/contacts/", fixture.nextcloud.url)),
        "{link}"
    );

    let listed = fixture
        .call("nc_contacts_list_contacts", json!({"addressbook": fixture.book}))
        .await;
    assert_eq!(listed["total_count"], 1);
    let contact = &listed["contacts"][0];
    assert_eq!(contact["fn"], "Jane Dœ; \"J,\" ☀");
    assert_eq!(contact["family_name"], "Dœ");
    assert_eq!(contact["organization"], "ACME; Sales");
    assert_eq!(contact["emails"][0], json!({"value": "jane@example.org"}));
    assert_eq!(
        contact["emails"][1],
        json!({"type": "work", "value": "work@example.org", "preferred": true})
    );
    assert_eq!(contact["phones"][0]["type"], "cell,voice");
    assert_eq!(contact["addresses"][0]["components"][3], "Town");
    assert_eq!(contact["birthday"], "--04-12");
    assert_eq!(contact["categories"], json!(["friends, old", "work"]));
    assert_eq!(contact["note"], "line one\nline two");
    assert_eq!(contact["custom_fields"]["X-TEST"], "kept");
    assert_eq!(contact["etag"], created["etag"]);

    let mut change = fixture.change(
        "jane 1",
        json!({"title": "Captain", "email": "new@example.org", "note": ""}),
    );
    change["etag"] = created["etag"].clone();
    let updated = fixture.call("nc_contacts_update_contact", change.clone()).await;
    let contact = &updated["contact"];
    assert_eq!(contact["title"], "Captain");
    assert_eq!(contact["emails"][0]["value"], "new@example.org");
    assert_eq!(contact["emails"][1]["value"], "work@example.org");
    assert_eq!(contact.get("note"), None);
    assert_eq!(contact["birthday"], "--04-12");

    let stale = fixture.error("nc_contacts_update_contact", change).await;
    assert!(
        stale.contains("412") && stale.contains("Nothing was written"),
        "{stale}"
    );

    let arguments = json!({"addressbook": fixture.book, "uid": "jane 1"});
    let deleted = fixture.call("nc_contacts_delete_contact", arguments.clone()).await;
    assert_eq!(deleted["deleted_uid"], "jane 1");
    let error = fixture.error("nc_contacts_delete_contact", arguments).await;
    assert!(error.contains("not found — contact \"jane 1\""), "{error}");
    let error = fixture
        .error(
            "nc_contacts_update_contact",
            fixture.change("jane 1", json!({"title": "x"})),
        )
        .await;
    assert!(error.contains("not found"), "{error}");
    fixture.finish().await;
}

#[tokio::test]
async fn creating_never_overwrites() {
    let fixture = Fixture::start().await;
    fixture.create("one", json!({"fn": "First"})).await;
    fixture
        .put(
            "other-name.vcf",
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:two\r\nFN:Second\r\nN:;Second;;;\r\nEND:VCARD\r\n",
        )
        .await;
    for uid in ["one", "two"] {
        let error = fixture
            .error(
                "nc_contacts_create_contact",
                fixture.change(uid, json!({"fn": "Thief"})),
            )
            .await;
        assert!(
            error.contains("exists already") && error.contains("Nothing was written"),
            "{error}"
        );
    }
    let found = fixture
        .call(
            "nc_contacts_search_contacts",
            json!({"query": "Thief", "addressbook": fixture.book}),
        )
        .await;
    assert_eq!(found["total_count"], 0);
    fixture.finish().await;
}

/// Nextcloud gives version 4.0 as 3.0, and 3.0 as 4.0, to who asks for that: an edit must not change the version.
#[tokio::test]
async fn an_edit_changes_one_line_whatever_the_version() {
    let fixture = Fixture::start().await;
    for version in ["3.0", "4.0"] {
        let birthday = if version == "4.0" {
            "BDAY:--0412"
        } else {
            "BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12"
        };
        let text = format!(
            "BEGIN:VCARD\r\nVERSION:{version}\r\nPRODID:-//Other//Program 1.0//EN\r\nUID:urn:uuid:v{version}\r\n\
             N:Four;Vera;;;\r\nFN:Vera Four\r\nitem1.TEL;TYPE=cell;X-P=\"a:b\":+49 1\r\nitem1.X-ABLabel:Boat\r\n\
             {birthday}\r\nX-CUSTOM;A=1:keep\\, this\r\nNOTE:folded\r\n  here\r\nEND:VCARD\r\n"
        );
        let object = format!("program-{version}.vcf");
        fixture.put(&object, &text).await;
        let change = fixture.change(&format!("v{version}"), json!({"tel": "+49 2"}));
        let updated = fixture.call("nc_contacts_update_contact", change.clone()).await;
        assert_eq!(updated["contact"]["resource_path"], json!(object));
        assert_eq!(updated["contact"]["phones"][0]["label"], "Boat");
        let accept = if version == "4.0" {
            "text/vcard; version=4.0"
        } else {
            "text/vcard"
        };
        let stored = fixture.dav(Method::GET, &object, "", accept).await;
        assert_eq!(stored, text.replace("+49 1", "+49 2"));

        // The same change again changes nothing, not even the ETag.
        let again = fixture.call("nc_contacts_update_contact", change).await;
        assert_eq!(again["contact"]["etag"], updated["contact"]["etag"]);
        let delete = json!({"addressbook": fixture.book, "uid": format!("v{version}")});
        fixture.call("nc_contacts_delete_contact", delete).await;
    }
    fixture.finish().await;
}

#[tokio::test]
async fn names_of_every_kind_come_back_as_they_were() {
    let fixture = Fixture::start().await;
    for (number, name) in [
        "مرحبا \u{202e}RTL",
        "a/b %41 # ?",
        "END:VCARD",
        "\\n,;:\"'",
        "😀é\u{301}",
        "<x>&amp;]]>",
    ]
    .iter()
    .enumerate()
    {
        let uid = format!("#{number}?%41&=+é");
        fixture
            .create(&uid, json!({"fn": name, "url": "https://example.org/?a=1,2;3&b=ü"}))
            .await;
        let change = fixture.change(&uid, json!({"nickname": name}));
        let updated = fixture.call("nc_contacts_update_contact", change).await;
        let contact = &updated["contact"];
        assert_eq!((&contact["fn"], &contact["nickname"]), (&json!(name), &json!(name)));
        assert_eq!(contact["urls"][0]["value"], "https://example.org/?a=1,2;3&b=ü");
        let delete = json!({"addressbook": fixture.book, "uid": uid});
        fixture.call("nc_contacts_delete_contact", delete).await;
    }
    fixture.finish().await;
}
