//! XML as requests bring it.

use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::DavError;

/// Namespace and local name.
pub(crate) type Name = (String, String);

/// An element of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: Name,
    /// Attributes by local name.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    /// Reads a document; the answer is its root. What is not well-formed is 400, as Sabre does it.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, DavError> {
        let text = std::str::from_utf8(bytes).map_err(|_| DavError::bad_request("Input is not proper UTF-8"))?;
        let mut reader = NsReader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            let event = reader.read_event().map_err(|_| malformed(text))?;
            let parent = open.last_mut().ok_or_else(|| malformed(text))?;
            match event {
                Event::Start(start) => open.push(Self::open(&reader, &start, text)?),
                Event::Empty(start) => parent.children.push(Self::open(&reader, &start, text)?),
                Event::End(_) => {
                    let closed = open.pop().ok_or_else(|| malformed(text))?;
                    open.last_mut().ok_or_else(|| malformed(text))?.children.push(closed);
                }
                Event::Text(chunk) => parent.text.push_str(&chunk.xml10_content()),
                Event::CData(chunk) => parent.text.push_str(&chunk.xml10_content()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(character)) => parent.text.push(character),
                    _ => parent
                        .text
                        .push_str(resolve_predefined_entity(&reference).ok_or_else(|| malformed(text))?),
                },
                Event::Eof => break,
                Event::DocType(_) => return Err(malformed(text)),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
        let mut document = open.pop().filter(|_| open.is_empty()).ok_or_else(|| malformed(text))?;
        document.children.pop().ok_or_else(|| malformed(text))
    }

    fn open(reader: &NsReader<&[u8]>, start: &BytesStart<'_>, text: &str) -> Result<Self, DavError> {
        let (namespace, local) = reader.resolver().resolve_element(start.name());
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.as_ref().to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(_) => return Err(malformed(text)),
        };
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| malformed(text))?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|_| malformed(text))?;
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
        }
        Ok(Self {
            name: (namespace, local.as_ref().to_owned()),
            attributes,
            ..Self::default()
        })
    }

    /// Whether it is `local` of `namespace`.
    pub(crate) fn is(&self, namespace: &str, local: &str) -> bool {
        self.name.0 == namespace && self.name.1 == local
    }

    /// The first child of that name.
    pub(crate) fn find(&self, namespace: &str, local: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.is(namespace, local))
    }

    /// An attribute's value.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What libxml says of a tag that is not closed, the one fault that was recorded.
fn malformed(text: &str) -> DavError {
    let name = text.trim_start().trim_start_matches('<').trim_end();
    let column = text.trim_end().len() + 1;
    DavError::bad_request(format!(
        "Couldn't find end of Start Tag {name}\n on line 1, column {column}"
    ))
}

/// Text as XML. Sabre leaves apostrophes as they are.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
