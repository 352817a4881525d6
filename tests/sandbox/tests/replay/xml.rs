//! XML documents as trees of elements, and how two of them differ.

use quick_xml::NsReader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::mapping::Mapping;

/// An element without its attributes.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Element {
    /// Namespace URI, empty for none.
    pub(crate) namespace: String,
    /// Local name.
    pub(crate) name: String,
    /// Its own text, without outer blanks.
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

/// Texts that say the same on every server.
const LITERAL: [&str; 3] = ["status", "exception", "statuscode"];

impl Element {
    /// Reads a document; the answer is its root.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = NsReader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            let (namespace, event) = reader.read_resolved_event().map_err(|error| error.to_string())?;
            match event {
                Event::Start(start) => open.push(Self::new(&namespace, &start)),
                Event::Empty(start) => {
                    let element = Self::new(&namespace, &start);
                    open.last_mut().ok_or("text after the end")?.children.push(element);
                }
                Event::End(_) => {
                    let mut closed = open.pop().ok_or("an end too many")?;
                    closed.text.truncate(closed.text.trim_end().len());
                    closed.text.drain(..closed.text.len() - closed.text.trim_start().len());
                    open.last_mut().ok_or("an end too many")?.children.push(closed);
                }
                Event::Text(text) => open.last_mut().ok_or("text after the end")?.text.push_str(&text),
                Event::CData(text) => open.last_mut().ok_or("text after the end")?.text.push_str(&text),
                Event::GeneralRef(reference) => {
                    let text = unescape(&format!("&{};", &*reference))
                        .map_err(|error| error.to_string())?
                        .into_owned();
                    open.last_mut().ok_or("text after the end")?.text.push_str(&text);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let mut document = open.pop().filter(|_| open.is_empty()).ok_or("not closed")?;
        document.children.pop().ok_or_else(|| "no element".to_owned())
    }

    fn new(namespace: &ResolveResult<'_>, start: &BytesStart<'_>) -> Self {
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.as_ref().to_owned(),
            _ => String::new(),
        };
        Self {
            namespace,
            name: start.local_name().as_ref().to_owned(),
            ..Self::default()
        }
    }

    /// What tells this element from its siblings of the same name: a multistatus response is known by its `href`.
    fn key(&self) -> Option<&str> {
        self.children
            .iter()
            .find(|child| child.name == "href")
            .filter(|_| self.name == "response")
            .map(|href| href.text.as_str())
    }
}

/// Adds to `differences` where `ours` has other elements than `recorded`, or another text where texts are stable.
pub(crate) fn compare(
    recorded: &Element,
    ours: &Element,
    mapping: &Mapping,
    path: &str,
    differences: &mut Vec<String>,
) {
    let path = format!("{path}/{}", recorded.name);
    if (&recorded.namespace, &recorded.name) != (&ours.namespace, &ours.name) {
        differences.push(format!(
            "{path}: {{{}}}{} instead of {{{}}}",
            ours.namespace, ours.name, recorded.namespace
        ));
        return;
    }
    if LITERAL.contains(&recorded.name.as_str()) && recorded.text != ours.text {
        differences.push(format!("{path}: {:?} instead of {:?}", ours.text, recorded.text));
    }
    let mut left: Vec<&Element> = ours.children.iter().collect();
    for child in &recorded.children {
        let key = child.key().map(|href| mapping.translate_target(href));
        let same_name = |other: &&Element| (&other.namespace, &other.name) == (&child.namespace, &child.name);
        let found = left
            .iter()
            .position(|other| same_name(other) && (key.is_none() || other.key() == key.as_deref()));
        match found {
            Some(at) => compare(child, left.remove(at), mapping, &path, differences),
            None => differences.push(format!(
                "{path}: no <{}>{}",
                child.name,
                key.map(|key| format!(" of {key}")).unwrap_or_default()
            )),
        }
    }
    for extra in left {
        let key = extra.key().map(|key| format!(" of {key}")).unwrap_or_default();
        differences.push(format!("{path}: <{}>{key} was not recorded", extra.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn differences(recorded: &str, ours: &str) -> Vec<String> {
        let mut differences = Vec::new();
        let (recorded, ours) = (Element::parse(recorded).unwrap(), Element::parse(ours).unwrap());
        compare(&recorded, &ours, &Mapping::default(), "", &mut differences);
        differences
    }

    #[test]
    fn prefixes_order_and_free_text_do_not_matter() {
        let recorded = r#"<d:a xmlns:d="DAV:"><d:b>1</d:b><d:c/></d:a>"#;
        assert_eq!(
            differences(recorded, r#"<a xmlns="DAV:"><c></c><b>2 &amp; 3</b></a>"#),
            [""; 0]
        );
    }

    #[test]
    fn missing_and_added_elements_are_told() {
        let found = differences(
            r#"<a xmlns="DAV:"><b/></a>"#,
            r#"<a xmlns="DAV:"><b xmlns="other"/></a>"#,
        );
        assert_eq!(found, ["/a: no <b>", "/a: <b> was not recorded"]);
    }

    #[test]
    fn responses_are_paired_by_href_and_their_status_is_literal() {
        let response =
            |href: &str, status: &str| format!("<response><href>{href}</href><status>{status}</status></response>");
        let document = |inner: String| format!(r#"<multistatus xmlns="DAV:">{inner}</multistatus>"#);
        let recorded = document(response("/a", "200") + &response("/b", "404"));
        assert_eq!(
            differences(&recorded, &document(response("/b", "404") + &response("/a", "200"))),
            [""; 0]
        );
        assert_eq!(
            differences(&recorded, &document(response("/b", "200") + &response("/a", "200"))).len(),
            1
        );
    }
}
