use proptest::prelude::*;
use serde_json::{Value, json};

use super::change;
use super::dates::Birthday;
use super::model::ContactData;
use super::search::Query;
use super::view;
use crate::vcard::Card;

const V3: &str = concat!(
    "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Other//EN\r\nUID:c1\r\nFN:Jane Doe\r\nN:Doe;Jane;Q.;Dr.;\r\n",
    "ORG:ACME;Sales\r\nitem1.EMAIL;TYPE=HOME,pref;X-KEEP=1:jane@example.org\r\nitem1.X-ABLABEL:_$!<Home>!$_\r\n",
    "EMAIL;TYPE=WORK:j.doe@example.com\r\nTEL;TYPE=CELL:+49 (123) 456-78\r\n",
    "ADR;TYPE=HOME:;;1 Main St;Town;;12345;Land\r\nBDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12\r\n",
    "PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\nCATEGORIES:a,b\r\nX-CUSTOM;P=1:kept\r\nEND:VCARD\r\n",
);

fn changed(text: &str, data: Value) -> Result<String, String> {
    let data: ContactData = serde_json::from_value(data).map_err(|error| error.to_string())?;
    let mut card = Card::parse(text).unwrap();
    change::apply(&mut card, &data).map_err(|error| error.to_string())?;
    Ok(card.to_text())
}

fn shown(text: &str) -> Value {
    serde_json::to_value(view::contact(&Card::parse(text).unwrap(), "x.vcf", None, true)).unwrap()
}

#[test]
fn a_card_is_shown_with_everything_in_it() {
    let contact = shown(V3);
    assert_eq!(contact["emails"][0]["label"], "Home");
    assert_eq!(contact["emails"][0]["preferred"], true);
    assert_eq!(contact["emails"][1]["type"], "work");
    assert_eq!(contact["organization"], "ACME; Sales");
    assert_eq!(contact["birthday"], "--04-12");
    assert_eq!(contact["photo"], "data:image/jpeg;base64,AAAA");
    assert_eq!(contact["addresses"][0]["components"][3], "Town");
    assert_eq!(contact["categories"], json!(["a", "b"]));
    assert_eq!(contact["custom_fields"], json!({"X-CUSTOM": "kept"}));
}

#[test]
fn what_was_shown_comes_back_without_a_change() {
    let contact = shown(V3);
    let mut data = json!({});
    for field in [
        "fn",
        "given_name",
        "family_name",
        "organization",
        "emails",
        "phones",
        "addresses",
        "birthday",
        "categories",
        "custom_fields",
    ] {
        data[field] = contact[field].clone();
    }
    assert_eq!(changed(V3, data).unwrap(), V3);
}

#[test]
fn only_the_lines_asked_for_change() {
    let after = changed(
        V3,
        json!({"fn": "Jane Roe", "family_name": "Roe", "email": "new@example.org", "birthday": "1990-05-17"}),
    );
    let expected = V3
        .replace("FN:Jane Doe", "FN:Jane Roe")
        .replace("N:Doe;Jane", "N:Roe;Jane")
        .replace("jane@example.org", "new@example.org")
        .replace("BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12", "BDAY:1990-05-17");
    assert_eq!(after.unwrap(), expected);
}

#[test]
fn a_list_replaces_all_and_known_ones_keep_their_line() {
    let after = changed(
        V3,
        json!({"emails": ["j.doe@example.com", {"value": "third@example.org", "type": "work", "preferred": true}],
               "phones": [], "note": ""}),
    );
    let expected = V3
        .replace(
            "item1.EMAIL;TYPE=HOME,pref;X-KEEP=1:jane@example.org\r\nitem1.X-ABLABEL:_$!<Home>!$_\r\n",
            "",
        )
        .replace("TEL;TYPE=CELL:+49 (123) 456-78\r\n", "")
        .replace("END:VCARD", "EMAIL;TYPE=WORK,PREF:third@example.org\r\nEND:VCARD");
    assert_eq!(after.unwrap(), expected);
}

#[test]
fn types_change_and_other_parameters_stay() {
    let after = changed(V3, json!({"emails": {"value": "jane@example.org", "type": ["work"]}})).unwrap();
    assert!(
        after.contains("item1.EMAIL;X-KEEP=1;TYPE=WORK,PREF:jane@example.org\r\n"),
        "{after}"
    );
}

#[test]
fn each_version_is_written_its_own_way() {
    let v4 = "BEGIN:VCARD\r\nVERSION:4.0\r\nTEL;VALUE=uri;TYPE=cell:tel:+49-1\r\nEND:VCARD\r\n";
    let after = changed(
        v4,
        json!({"tel": "+49 2", "bday": "--04-12", "url": "https://example.org/?a=1,2;3", "org": "A; B",
               "emails": [{"value": "a@b", "type": "HOME", "preferred": true}], "custom_fields": {"x-a": "1"}}),
    );
    let expected = "BEGIN:VCARD\r\nVERSION:4.0\r\nTEL;VALUE=uri;TYPE=cell:tel:+49-2\r\nORG:A;B\r\n\
        EMAIL;TYPE=home;PREF=1:a@b\r\nURL:https://example.org/?a=1,2;3\r\nBDAY:--0412\r\nX-A:1\r\nEND:VCARD\r\n";
    assert_eq!(after.unwrap(), expected);
}

#[test]
fn what_makes_no_contact_is_refused() {
    for data in [
        json!({"fn": ""}),
        json!({"fn": "a\u{0}b"}),
        json!({"fn": 5}),
        json!({"nonsense": "x"}),
        json!({"email": "a", "emails": "b"}),
        json!({"emails": [5]}),
        json!({"emails": {"value": "a", "sort": "work"}}),
        json!({"emails": {"value": "a", "type": "a;b:c"}}),
        json!({"addresses": {"components": ["1", "2", "3", "4", "5", "6", "7", "8"]}}),
        json!({"birthday": "1990-02-30"}),
        json!({"birthday": "yesterday"}),
        json!({"custom_fields": {"FN": "x"}}),
        json!({"custom_fields": {"X-A:B": "x"}}),
        json!({"note": "x".repeat(100_001)}),
        json!({"categories": vec!["x"; 201]}),
        json!({"phones": vec!["1"; 201]}),
    ] {
        assert!(changed(V3, data.clone()).is_err(), "{data}");
    }
}

#[test]
fn phone_numbers_are_found_by_their_digits() {
    let card = Card::parse(V3).unwrap();
    for (query, found) in [
        ("0123 456", true),
        ("+49123456", true),
        ("45678", true),
        ("999", false),
        ("12", true),
    ] {
        assert_eq!(Query::new(query).unwrap().is_in(&card), found, "{query}");
    }
    for query in ["", "  ", "a\nb"] {
        assert!(Query::new(query).is_err());
    }
}

proptest! {
    #[test]
    fn any_birthday_is_read_or_refused(text in "\\PC{0,20}", date in "[-0-9T]{0,12}") {
        let _ = Birthday::parse(&text);
        if let Some(day) = Birthday::parse(&date) {
            prop_assert_eq!(Birthday::parse(&day.to_string()), Some(day));
        }
    }

    #[test]
    fn any_change_leaves_a_card_that_is_read_back(
        name in "\\PC{1,40}", value in "\\PC{0,60}", kind in "[a-z]{0,8}", lines in "(?s).{0,200}",
    ) {
        let text = format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}\r\nEND:VCARD\r\n");
        let Ok(mut card) = Card::parse(&text) else { return Ok(()) };
        let entry = json!({"value": value, "type": kind});
        let data = json!({"fn": name, "emails": [entry, value], "addresses": [entry], "phones": value, "note": value});
        let data: ContactData = serde_json::from_value(data).unwrap();
        if change::apply(&mut card, &data).is_ok() {
            let again = Card::parse(&card.to_text()).unwrap();
            prop_assert_eq!(again.first("FN").unwrap().1.text(), name);
        }
    }
}
