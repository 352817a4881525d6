use proptest::prelude::*;

use super::{Card, Line, VcardError, Version};

const V4: &str = concat!(
    "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:1\r\nFN:Vera Four\r\nN:Four;Vera;;;\r\n",
    "item1.EMAIL;TYPE=work;PREF=1:vera@example.org\r\nitem1.X-ABLabel:_$!<Work>!$_\r\n",
    "TEL;VALUE=uri;TYPE=\"voice,cell\":tel:+49-1\r\nBDAY:--0412\r\n",
    "NOTE:long text that goes on and on until it is folded because it is so ver\r\n y long\\, isn't it\r\n",
    "X-CUSTOM;X-P=a:keep\\;this\r\nEND:VCARD\r\n",
);

#[test]
fn properties_are_read_with_groups_types_and_escapes() {
    let card = Card::parse(V4).unwrap();
    assert_eq!(card.version(), Version::V4);
    let (_, email) = card.first("email").unwrap();
    assert_eq!((email.group(), email.is_preferred()), (Some("item1"), true));
    let (_, phone) = card.first("TEL").unwrap();
    assert_eq!(phone.types(), ["voice", "cell"]);
    let (_, note) = card.first("NOTE").unwrap();
    assert!(note.text().ends_with("so very long, isn't it"), "{}", note.text());
    assert_eq!(card.first("N").unwrap().1.components(9), ["Four", "Vera", "", "", ""]);
}

#[test]
fn an_edit_touches_its_line_only() {
    let mut card = Card::parse(V4).unwrap();
    let (at, _) = card.first("EMAIL").unwrap();
    card.set_value(at, "new@example.org");
    assert_eq!(card.to_text(), V4.replace("vera@example.org", "new@example.org"));
    card.set_value(at, "vera@example.org");
    assert_eq!(card.to_text(), V4);
}

#[test]
fn a_removed_property_takes_its_label_along() {
    let mut card = Card::parse(V4).unwrap();
    let (at, _) = card.first("EMAIL").unwrap();
    card.remove(at);
    assert!(!card.to_text().contains("item1"), "{}", card.to_text());
}

#[test]
fn what_is_written_cannot_leave_its_line() {
    let mut card = Card::new();
    card.push(&Line::text("NOTE", "a\r\nEND:VCARD\nX:y"));
    card.push(&Line::raw("URL", "http://h/\r\nX-EVIL:1").parameter("TYPE", &["a\"b;c:\r\nX:1"]));
    let text = card.to_text();
    let read = Card::parse(&text).unwrap();
    assert!(read.is_faithful());
    assert_eq!(read.first("NOTE").unwrap().1.text(), "a\nEND:VCARD\nX:y");
    assert!(read.first("X-EVIL").is_none() && read.first("X").is_none());
}

#[test]
fn long_lines_are_folded_between_characters() {
    let mut card = Card::new();
    let text = "ä☀🚀".repeat(100);
    card.push(&Line::text("NOTE", &text));
    assert!(card.to_text().lines().all(|line| line.len() <= 75));
    assert_eq!(
        Card::parse(&card.to_text()).unwrap().first("NOTE").unwrap().1.text(),
        text
    );
}

#[test]
fn new_lines_end_as_those_of_the_card() {
    let mut card = Card::parse("BEGIN:VCARD\nVERSION:4.0\nFN:x\nNOTE:y\nEND:VCARD\n").unwrap();
    let long = "z".repeat(200);
    card.set_value(card.first("FN").unwrap().0, &long);
    card.replace(card.first("NOTE").unwrap().0, &Line::text("NOTE", &long));
    card.push(&Line::text("TITLE", &long));
    let text = card.to_text();
    assert!(!text.contains('\r'), "{text}");
    assert!(text.lines().all(|line| line.len() <= 75 && line.len() > 1), "{text}");
    assert_eq!(text.replace("\n ", "").matches(&long).count(), 3);
}

#[test]
fn what_is_no_card_is_refused() {
    for (text, error) in [
        ("", VcardError::Malformed),
        ("garbage", VcardError::Malformed),
        ("FN:bare\r\n", VcardError::Malformed),
        (
            "BEGIN:VCALENDAR\r\nVERSION:4.0\r\nEND:VCALENDAR\r\n",
            VcardError::Malformed,
        ),
        ("BEGIN:VCARD\r\nVERSION:4.0\r\n", VcardError::Malformed),
        (
            "BEGIN:VCARD\r\nVERSION:2.1\r\nEND:VCARD\r\n",
            VcardError::UnsupportedVersion,
        ),
        ("BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n", VcardError::UnsupportedVersion),
    ] {
        assert_eq!(Card::parse(text).err(), Some(error), "{text}");
    }
    let many = format!("BEGIN:VCARD\r\nVERSION:4.0\r\n{}END:VCARD\r\n", "X:1\r\n".repeat(6_000));
    assert!(matches!(Card::parse(&many), Err(VcardError::TooManyProperties { .. })));
    let large = "x".repeat(9 * 1024 * 1024);
    assert!(matches!(Card::parse(&large), Err(VcardError::TooLarge { .. })));
}

#[test]
fn what_follows_a_card_is_noticed() {
    let two = format!("{V4}{V4}");
    assert!(!Card::parse(&two).unwrap().is_faithful());
    assert!(Card::parse(V4).unwrap().is_faithful());
}

/// Lines as real cards and hostile ones have them.
fn line() -> impl Strategy<Value = String> {
    let head = "(item1\\.)?[A-Z-]{1,10}(;[A-Z]{1,5}=[a-z\"]{0,8}){0,2}";
    let eol = prop_oneof![Just("\r\n"), Just("\n"), Just("\r\n "), Just("\n\t"), Just("\r\n\r\n")];
    (head, "[^\\x00\\r\\n]{0,90}", eol).prop_map(|(head, value, eol)| format!("{head}:{value}{eol}"))
}

/// Lines that this server knows nothing of: of any group, folded anywhere, with any parameters.
fn foreign_lines(newline: &'static str) -> impl Strategy<Value = String> {
    let head = "(item[1-8]\\.)?X-[A-Z]{1,8}(;[A-Z]{1,4}=[a-z]{0,5}|;[a-z]{1,4}=\"[a-z,;: ]{0,5}\"){0,2}:";
    let line = (head, proptest::collection::vec("[ -~é🎉]{1,40}", 0..3));
    let line = line.prop_map(move |(head, parts)| format!("{head}{}{newline}", parts.join(&format!("{newline} "))));
    proptest::collection::vec(line, 0..6).prop_map(|lines| lines.concat())
}

proptest! {
    #[test]
    fn an_untouched_card_keeps_its_bytes(lines in proptest::collection::vec(line(), 0..12), version in "[34]\\.0") {
        let text = format!("BEGIN:VCARD\r\nVERSION:{version}\r\n{}\r\nEND:VCARD\r\n", lines.concat());
        if let Ok(card) = Card::parse(&text) && card.is_faithful() {
            prop_assert_eq!(card.to_text(), text);
        }
    }

    #[test]
    fn ordinary_cards_are_faithful(values in proptest::collection::vec("[^\\x00-\\x1f\\x7f]{0,200}", 0..12)) {
        let lines: String = values.iter().flat_map(|value| ["NOTE:", value, "\r\n"]).collect();
        let text = format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}END:VCARD\r\n");
        let card = Card::parse(&text).unwrap();
        prop_assert!(card.is_faithful());
        prop_assert_eq!(card.to_text(), text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*", middle in "(?s).{0,300}") {
        let _ = Card::parse(&text);
        if let Ok(mut card) = Card::parse(&format!("BEGIN:VCARD\r\nVERSION:4.0\r\n{middle}\r\nEND:VCARD")) {
            for (_, property) in card.properties() {
                let _ = (property.text(), property.list(), property.components(9), property.types());
                let _ = (property.is_preferred(), property.head(), property.other_parameters(&["TYPE"]));
            }
            card.set_value(0, &text);
            card.remove(1);
            let _ = card.to_text();
        }
    }

    #[test]
    fn a_text_is_read_back_as_it_was_written(text in "[^\\x00-\\x08\\x0b-\\x1f\\x7f-\\u{9f}]{0,300}") {
        let mut card = Card::new();
        card.push(&Line::text("NOTE", &text));
        card.push(&Line::components("N", &[text.as_str(), "x"]));
        let read = Card::parse(&card.to_text()).unwrap();
        prop_assert_eq!(read.first("NOTE").unwrap().1.text(), text.clone());
        prop_assert_eq!(read.first("N").unwrap().1.components(9), [text, "x".to_owned()]);
    }

    #[test]
    fn a_change_leaves_every_other_byte_alone(
        (newline, before, after) in prop_oneof![Just("\r\n"), Just("\n")]
            .prop_flat_map(|newline| (Just(newline), foreign_lines(newline), foreign_lines(newline))),
        version in "[34]\\.0",
        new in "[a-z]{1,20}!",
    ) {
        let old = format!("item9.Fn;LANGUAGE=de:alt{newline}");
        let text = format!("BEGIN:VCARD{newline}VERSION:{version}{newline}{before}{old}{after}END:VCARD{newline}");
        let changed = |change: &dyn Fn(&mut Card, usize)| {
            let mut card = Card::parse(&text).unwrap();
            let at = card.first("FN").unwrap().0;
            change(&mut card, at);
            card.to_text()
        };
        let other = changed(&|card, at| card.set_value(at, &new));
        prop_assert_eq!(other, text.replacen(&old, &format!("item9.Fn;LANGUAGE=de:{new}{newline}"), 1));
        let removed = changed(&|card, at| card.remove(at));
        prop_assert_eq!(removed, text.replacen(&old, "", 1));
    }
}
