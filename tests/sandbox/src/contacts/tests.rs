use super::{filter, vcard};
use crate::dav::Element;

const FOUR: &str = "BEGIN:VCARD\nVERSION:4.0\nUID:wf-v4\nFN:Vera Four\nKIND:individual\nBDAY:--0412\n\
                    TEL;TYPE=cell;PREF=1:tel:+49-1\nX-CUSTOM:keep\nEND:VCARD\n";

#[test]
fn version_four_is_given_as_three_as_recorded() {
    let three = "BEGIN:VCARD\nVERSION:3.0\nPRODID:-//Sabre//Sabre VObject 4.5.6//EN\nUID:wf-v4\nFN:Vera Four\n\
                 BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-12\nTEL;TYPE=cell,PREF:tel:+49-1\nX-CUSTOM:keep\nEND:VCARD\n";
    assert_eq!(vcard::in_version(FOUR, false), three);
    assert_eq!(vcard::in_version(FOUR, true), FOUR);
    assert!(vcard::in_version(three, true).contains("TEL;TYPE=cell;PREF=1:tel:+49-1"));
}

#[test]
fn a_card_gets_what_it_must_have() {
    let (text, warning) = vcard::admit("BEGIN:VCARD\nVERSION:3.0\nUID:a\nEMAIL:x@y\nEND:VCARD\n".to_owned()).unwrap();
    assert!(text.ends_with("FN:x@y\nEND:VCARD\n") && warning.is_some(), "{text}");
    let (text, _) = vcard::admit("BEGIN:VCARD\nVERSION:3.0\nFN:a\nEND:VCARD\n".to_owned()).unwrap();
    assert!(vcard::uid(&text).is_some_and(|uid| uid.len() == 36));
    let garbled = [
        "garbage",
        "BEGIN:VCARD\nVERSION:2.1\nEND:VCARD",
        "BEGIN:VCARD\nVERSION:4.0\nBDAY:soon\nEND:VCARD",
    ];
    for text in garbled {
        assert!(vcard::admit(text.to_owned()).is_err(), "{text}");
    }
}

#[test]
fn filters_compare_unfolded_text_in_any_case() {
    let filter = |inner: &str| {
        let document =
            format!("<c:filter xmlns:c=\"urn:ietf:params:xml:ns:carddav\" test=\"anyof\">{inner}</c:filter>");
        Element::parse(document.as_bytes()).unwrap()
    };
    let card = "BEGIN:VCARD\r\nitem1.FN:Jane\r\n  Ünal\r\nEND:VCARD\r\n";
    for (inner, expected) in [
        (
            "<c:prop-filter name=\"fn\"><c:text-match>ane ü</c:text-match></c:prop-filter>",
            true,
        ),
        (
            "<c:prop-filter name=\"FN\"><c:text-match match-type=\"equals\">jane</c:text-match></c:prop-filter>",
            false,
        ),
        ("<c:prop-filter name=\"TEL\"/>", false),
        ("<c:prop-filter name=\"TEL\"><c:is-not-defined/></c:prop-filter>", true),
    ] {
        assert_eq!(filter::matches(Some(&filter(inner)), card), expected, "{inner}");
    }
}
