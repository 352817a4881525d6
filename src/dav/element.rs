//! An XML element: what requests are built of, and what properties are read as.

use super::namespace::{Name, PREFIXES};

/// An element with its attributes, its text and its children.
///
/// WebDAV has no mixed content, so the order between text and children is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub name: Name,
    /// Attributes; those without a prefix are in no namespace.
    pub attributes: Vec<(Name, String)>,
    /// Its own text, as written.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Element>,
}

impl Element {
    /// An empty element.
    pub fn new(namespace: &'static str, local: &'static str) -> Self {
        Self::named(Name::new(namespace, local))
    }

    /// An empty element of this name.
    pub fn named(name: Name) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            text: String::new(),
            children: Vec::new(),
        }
    }

    /// Adds an attribute in no namespace.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((Name::new("", name), value.into()));
        self
    }

    /// Sets the text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Adds a child.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// Adds children.
    #[must_use]
    pub fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// Whether it is `local` of `namespace`.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.name.local == local && self.name.namespace == namespace
    }

    /// The first child of that name.
    pub fn find(&self, namespace: &str, local: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(namespace, local))
    }

    /// All children of that name.
    pub fn find_all<'element>(
        &'element self,
        namespace: &'element str,
        local: &'element str,
    ) -> impl Iterator<Item = &'element Self> {
        self.children.iter().filter(move |child| child.is(namespace, local))
    }

    /// The value of an attribute, whatever its namespace.
    pub fn attribute_value(&self, local: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(name, _)| name.local == local)
            .map(|(_, value)| value.as_str())
    }

    /// The text without the blanks around it; `None` when nothing is left.
    pub fn trimmed(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// The document with this element as its root. All text is escaped, and characters that XML 1.0 cannot carry
    /// (§2.2) are left out: a value can neither end its element nor break the document.
    pub fn to_document(&self) -> String {
        let mut document = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
        self.write(&mut document, true);
        document
    }

    fn write(&self, out: &mut String, root: bool) {
        out.push('<');
        let tag = write_name(out, &self.name);
        if root {
            for (prefix, namespace) in PREFIXES {
                if self.uses(namespace) {
                    push_all(out, &[" xmlns:", prefix, "=\"", namespace, "\""]);
                }
            }
        }
        if tag == Tag::Unprefixed && !self.name.namespace.is_empty() {
            out.push_str(" xmlns=\"");
            escape(out, &self.name.namespace);
            out.push('"');
        }
        for (name, value) in &self.attributes {
            out.push(' ');
            write_name(out, name);
            out.push_str("=\"");
            escape(out, value);
            out.push('"');
        }
        if self.text.is_empty() && self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        escape(out, &self.text);
        for child in &self.children {
            child.write(out, false);
        }
        out.push_str("</");
        write_name(out, &self.name);
        out.push('>');
    }

    fn uses(&self, namespace: &str) -> bool {
        self.name.namespace == namespace
            || self.attributes.iter().any(|(name, _)| name.namespace == namespace)
            || self.children.iter().any(|child| child.uses(namespace))
    }
}

#[derive(PartialEq)]
enum Tag {
    Prefixed,
    Unprefixed,
}

fn write_name(out: &mut String, name: &Name) -> Tag {
    let prefix = PREFIXES.iter().find(|(_, namespace)| *namespace == name.namespace);
    if let Some((prefix, _)) = prefix {
        push_all(out, &[prefix, ":", &name.local]);
        Tag::Prefixed
    } else {
        out.push_str(&name.local);
        Tag::Unprefixed
    }
}

fn push_all(out: &mut String, parts: &[&str]) {
    for part in parts {
        out.push_str(part);
    }
}

fn escape(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Written as they are, a reader turns these into plain blanks or line feeds.
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            '\n' => out.push_str("&#10;"),
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {}
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Element;
    use crate::dav::namespace::{DAV, NC};
    use crate::dav::reader;

    #[test]
    fn a_document_declares_the_namespaces_it_uses() {
        let request =
            Element::new(DAV, "propfind").child(Element::new(DAV, "prop").child(Element::new(NC, "system-tags")));
        assert_eq!(
            request.to_document(),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><d:propfind xmlns:d=\"DAV:\" \
             xmlns:nc=\"http://nextcloud.org/ns\"><d:prop><nc:system-tags/></d:prop></d:propfind>"
        );
    }

    #[test]
    fn values_stay_values() {
        let element = Element::new(DAV, "literal")
            .attribute("name", "\" x=\"1")
            .text("</d:literal><d:x>&amp;\u{1}]]>");
        let read = reader::document(element.to_document().as_bytes()).unwrap();
        assert_eq!(read.text, "</d:literal><d:x>&amp;]]>");
        assert_eq!(read.attribute_value("name"), Some("\" x=\"1"));
        assert!(read.children.is_empty());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(text in "[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\u{fffe}\\u{ffff}]*", value in "\\PC*") {
            let element = Element::new(DAV, "prop")
                .attribute("value", value.clone())
                .child(Element::named(super::Name::read("urn:other", "x")).text(text.clone()));
            let read = reader::document(element.to_document().as_bytes()).unwrap();
            prop_assert_eq!(read, element);
        }
    }
}
