//! Markup that cannot be broken out of: what is not written in this program is escaped where it is put in.
//!
//! There is no way to add ready-made markup. The names of elements and attributes are constants of the program; elements
//! whose content is not text (`script`, `style`) are not used, and the content security policy allows neither.

use std::fmt::{self, Display, Write as _};

/// Elements that have no content and no end tag (HTML, "Void elements").
const VOID: [&str; 4] = ["input", "link", "meta", "br"];

/// An element with its attributes and content.
#[derive(Debug, Clone)]
pub(crate) struct Element {
    name: &'static str,
    attributes: String,
    content: String,
}

/// Begins an element.
pub(crate) fn element(name: &'static str) -> Element {
    Element {
        name,
        attributes: String::new(),
        content: String::new(),
    }
}

impl Element {
    /// Adds an attribute.
    pub(crate) fn attribute(mut self, name: &'static str, value: &str) -> Self {
        // Writing to a string does not fail.
        let _ = write!(self.attributes, " {name}=\"{}\"", Escaped(value));
        self
    }

    /// Sets the class, for the stylesheet.
    pub(crate) fn class(self, name: &'static str) -> Self {
        self.attribute("class", name)
    }

    /// Adds text at the end of the content.
    pub(crate) fn text(mut self, text: &str) -> Self {
        let _ = write!(self.content, "{}", Escaped(text));
        self
    }

    /// Adds an element at the end of the content.
    pub(crate) fn with(mut self, child: impl Into<Option<Element>>) -> Self {
        if let Some(child) = child.into() {
            let _ = write!(self.content, "{child}");
        }
        self
    }

    /// Adds elements at the end of the content.
    pub(crate) fn with_all(self, children: impl IntoIterator<Item = Element>) -> Self {
        children.into_iter().fold(self, Self::with)
    }
}

impl Display for Element {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            attributes,
            content,
        } = self;
        write!(formatter, "<{name}{attributes}>")?;
        if VOID.contains(name) {
            return Ok(());
        }
        write!(formatter, "{content}</{name}>")
    }
}

/// Text, as it may stand between tags and between the quotes of an attribute.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                '\n' | '\t' => formatter.write_char(character)?,
                // HTML allows no control characters, and browsers differ in what they make of them.
                _ if character.is_control() => formatter.write_char(char::REPLACEMENT_CHARACTER)?,
                _ => formatter.write_char(character)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::element;

    /// What a browser reads from escaped text; `None` if it would read more than text.
    fn read(escaped: &str) -> Option<String> {
        if escaped.contains(['<', '>', '"', '\'']) {
            return None;
        }
        let mut text = String::new();
        let mut rest = escaped;
        while let Some(at) = rest.find('&') {
            text.push_str(&rest[..at]);
            let end = at + rest[at..].find(';')?;
            text.push(match &rest[at..=end] {
                "&amp;" => '&',
                "&lt;" => '<',
                "&gt;" => '>',
                "&quot;" => '"',
                "&#39;" => '\'',
                _ => return None,
            });
            rest = &rest[end + 1..];
        }
        text.push_str(rest);
        Some(text)
    }

    fn expected(text: &str) -> String {
        text.chars()
            .map(|character| match character {
                '\n' | '\t' => character,
                _ if character.is_control() => '\u{fffd}',
                _ => character,
            })
            .collect()
    }

    #[test]
    fn elements_nest_and_void_elements_do_not_end() {
        let form = element("form")
            .attribute("method", "post")
            .with(element("input").attribute("name", "a"))
            .with(None)
            .with_all(["x", "y"].map(|text| element("b").text(text)));
        assert_eq!(
            form.to_string(),
            "<form method=\"post\"><input name=\"a\"><b>x</b><b>y</b></form>"
        );
    }

    proptest! {
        #[test]
        fn no_input_leaves_its_place(text in hostile(), value in hostile()) {
            let markup = element("p").attribute("title", &value).text(&text).to_string();
            let inner = markup.strip_prefix("<p title=\"").unwrap().strip_suffix("</p>").unwrap();
            let (shown_value, shown_text) = inner.split_once("\">").unwrap();
            prop_assert_eq!(read(shown_value), Some(expected(&value)));
            prop_assert_eq!(read(shown_text), Some(expected(&text)));
        }
    }

    /// Any text, and text made of what has a meaning in HTML.
    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![any::<String>(), "[<>\"'&;/=! \\-a#39\0\r\n]{0,24}"]
    }
}
