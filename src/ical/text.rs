//! Text in values (RFC 5545 §3.3.11) and in parameters (§3.1, RFC 6868).

/// Text as a value: separators and line breaks escaped, other control characters left out, so that no text can end
/// its line and start another property.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push('\t'),
            character if character.is_control() => {}
            character => escaped.push(character),
        }
    }
    escaped
}

/// Text as a parameter value, in quotes where it needs them.
pub fn parameter(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '^' => value.push_str("^^"),
            '"' => value.push_str("^'"),
            '\n' => value.push_str("^n"),
            character if character.is_control() => {}
            character => value.push(character),
        }
    }
    if value.contains([',', ';', ':']) {
        format!("\"{value}\"")
    } else {
        value
    }
}

/// A parameter value without its quotes and escapes.
pub(super) fn unquote(value: &str) -> String {
    let value = value.trim_matches('"');
    if value.contains('^') {
        value.replace("^n", "\n").replace("^'", "\"").replace("^^", "^")
    } else {
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{escape, parameter, unquote};
    use crate::ical::{Document, Line};

    proptest! {
        #[test]
        fn text_stays_in_its_line_and_comes_back(text in "[ -~\\r\\n\\té☀]{0,200}", name in "[ -~é\\n]{0,40}") {
            let mut document = Document::new();
            let at = document.add("VEVENT");
            let line = Line::new("X-TEST", escape(&text)).with("CN", &name);
            document.edit(at).unwrap().set(line);
            let written = document.to_text();
            let read = Document::parse(&written).unwrap();
            let event = read.components("VEVENT")[0].1;
            prop_assert_eq!(event.properties().count(), 1);
            let property = event.property("X-TEST").unwrap();
            prop_assert_eq!(property.text(), text.replace("\r\n", "\n").replace('\r', "\n"));
            if !name.contains("^n") && !name.contains("^'") {
                prop_assert_eq!(property.parameter("CN").unwrap_or_default(), name);
            }
        }

        #[test]
        fn parameters_come_back(text in "[ -~]{0,40}") {
            prop_assume!(!text.contains('^'));
            prop_assert_eq!(unquote(&parameter(&text)), text);
        }
    }
}
