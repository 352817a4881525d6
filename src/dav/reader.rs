//! Reads XML that nobody vouches for, within bounds.
//!
//! There is no document type, so there are no entities to expand; depth, number of elements and length of text are
//! limited, and whatever is not UTF-8 is refused rather than guessed.

use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::element::Element;
use super::namespace::Name;

/// Deepest nesting. A multistatus needs about eight.
const MAX_DEPTH: usize = 32;
/// Elements and attributes below one child of the root (a response of a multistatus).
const MAX_NODES: usize = 50_000;
/// Namespace declarations in force at one place.
const MAX_NAMESPACES: usize = 64;

/// Why XML was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// The bytes are not UTF-8.
    #[error("XML that is not UTF-8")]
    Encoding,
    /// Not well-formed.
    #[error("malformed XML near byte {0}")]
    Malformed(usize),
    /// A document type declaration or an entity of its own.
    #[error("XML with a document type or entities")]
    DocumentType,
    /// Nested deeper than anything WebDAV has.
    #[error("XML that is nested too deep")]
    TooDeep,
    /// More than fits.
    #[error("XML with too many elements")]
    TooMany,
    /// Another document than was asked for.
    #[error("another XML document")]
    WrongRoot,
}

/// Reads a document whole.
pub fn document(bytes: &[u8]) -> Result<Element, XmlError> {
    let mut reader = Reader::new(bytes)?;
    let mut root = reader.root()?;
    while let Some(child) = reader.next_child()? {
        if root.children.len() >= MAX_NODES {
            return Err(XmlError::TooMany);
        }
        root.children.push(child);
    }
    root.text = reader.root_text;
    Ok(root)
}

/// Reads the children of the root one by one, so that a long list need not be held as a tree.
pub(super) struct Reader<'bytes> {
    events: NsReader<&'bytes [u8]>,
    inside_root: bool,
    root_text: String,
}

impl<'bytes> Reader<'bytes> {
    pub(super) fn new(bytes: &'bytes [u8]) -> Result<Self, XmlError> {
        let text = std::str::from_utf8(bytes).map_err(|_| XmlError::Encoding)?;
        let mut events = NsReader::from_str(text.trim_start_matches('\u{feff}'));
        events.resolver_mut().set_max_namespace_bindings(MAX_NAMESPACES);
        Ok(Self {
            events,
            inside_root: false,
            root_text: String::new(),
        })
    }

    /// The root element without its children.
    pub(super) fn root(&mut self) -> Result<Element, XmlError> {
        loop {
            match self.event()? {
                Piece::Open(root) => {
                    self.inside_root = true;
                    return Ok(root);
                }
                Piece::Whole(root) => return Ok(root),
                Piece::Text(text) if text.trim().is_empty() => {}
                Piece::Nothing => {}
                Piece::Text(_) | Piece::Close | Piece::End => return Err(self.malformed()),
            }
        }
    }

    /// The next child of the root with all that is in it.
    pub(super) fn next_child(&mut self) -> Result<Option<Element>, XmlError> {
        let mut open: Vec<Element> = Vec::new();
        let mut nodes = 0;
        loop {
            let piece = self.event()?;
            if let Piece::Open(element) | Piece::Whole(element) = &piece {
                nodes += 1 + element.attributes.len();
                if nodes > MAX_NODES {
                    return Err(XmlError::TooMany);
                }
            }
            let done = match piece {
                Piece::Open(_) | Piece::Whole(_) if !self.inside_root => return Err(self.malformed()),
                Piece::Open(element) => {
                    if open.len() + 2 > MAX_DEPTH {
                        return Err(XmlError::TooDeep);
                    }
                    open.push(element);
                    None
                }
                Piece::Whole(element) => Some(element),
                Piece::Close => {
                    self.inside_root &= !open.is_empty();
                    open.pop()
                }
                Piece::Text(text) => {
                    match open.last_mut() {
                        Some(element) => element.text.push_str(&text),
                        None if self.inside_root => self.root_text.push_str(&text),
                        None if text.trim().is_empty() => {}
                        None => return Err(self.malformed()),
                    }
                    None
                }
                Piece::Nothing => None,
                Piece::End if self.inside_root => return Err(self.malformed()),
                Piece::End => return Ok(None),
            };
            if let Some(element) = done {
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => return Ok(Some(element)),
                }
            }
        }
    }

    fn event(&mut self) -> Result<Piece, XmlError> {
        let malformed = self.malformed();
        let event = self.events.read_event().map_err(|_| malformed)?;
        Ok(match event {
            Event::Start(start) => Piece::Open(self.element(&start)?),
            Event::Empty(start) => Piece::Whole(self.element(&start)?),
            Event::End(_) => Piece::Close,
            Event::Text(text) => Piece::Text(text.xml10_content().into_owned()),
            Event::CData(text) => Piece::Text(text.xml10_content().into_owned()),
            Event::GeneralRef(reference) => Piece::Text(self.reference(&reference)?),
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => Piece::Nothing,
            Event::Eof => Piece::End,
        })
    }

    fn reference(&self, reference: &BytesRef<'_>) -> Result<String, XmlError> {
        match reference.resolve_char_ref() {
            Ok(Some(character)) => Ok(character.into()),
            Ok(None) => resolve_predefined_entity(reference)
                .map(ToOwned::to_owned)
                .ok_or(XmlError::DocumentType),
            Err(_) => Err(self.malformed()),
        }
    }

    fn element(&self, start: &BytesStart<'_>) -> Result<Element, XmlError> {
        let resolver = self.events.resolver();
        let name = |resolved: &ResolveResult<'_>, local: &str| match resolved {
            ResolveResult::Bound(namespace) => Ok(Name::read(namespace.as_ref(), local)),
            ResolveResult::Unbound => Ok(Name::read("", local)),
            ResolveResult::Unknown(_) => Err(self.malformed()),
        };
        let (namespace, local) = resolver.resolve_element(start.name());
        let mut element = Element::named(name(&namespace, local.as_ref())?);
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| self.malformed())?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            if element.attributes.len() >= MAX_NAMESPACES {
                return Err(XmlError::TooMany);
            }
            let (namespace, local) = resolver.resolve_attribute(attribute.key);
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|_| self.malformed())?;
            element
                .attributes
                .push((name(&namespace, local.as_ref())?, value.into_owned()));
        }
        Ok(element)
    }

    fn malformed(&self) -> XmlError {
        XmlError::Malformed(usize::try_from(self.events.buffer_position()).unwrap_or(usize::MAX))
    }
}

enum Piece {
    Open(Element),
    Whole(Element),
    Close,
    Text(String),
    Nothing,
    End,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{XmlError, document};

    #[test]
    fn text_references_and_cdata_are_joined() {
        let root = document(b"<a xmlns='DAV:'>x &amp; <![CDATA[<y>]]>&#x41;<b/>z</a>").unwrap();
        assert_eq!(root.text, "x & <y>Az");
        assert!(root.find("DAV:", "b").is_some());
    }

    #[test]
    fn hostile_documents_are_refused() {
        let bomb = b"<!DOCTYPE a [<!ENTITY b \"bbbb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        assert_eq!(document(bomb), Err(XmlError::DocumentType));
        assert_eq!(document(b"<a>&unknown;</a>"), Err(XmlError::DocumentType));
        assert_eq!(document(&"<a>".repeat(100_000).into_bytes()), Err(XmlError::TooDeep));
        let wide = format!("<a><b>{}</b></a>", "<c/>".repeat(60_000));
        assert_eq!(document(wide.as_bytes()), Err(XmlError::TooMany));
        assert_eq!(document(b"<a>\xff</a>"), Err(XmlError::Encoding));
        for broken in [
            "", "text", "<a>", "<a></b>", "<a/><b/>", "<x:a/>", "<a b=c/>", "<a/>text",
        ] {
            assert!(
                matches!(document(broken.as_bytes()), Err(XmlError::Malformed(_))),
                "{broken}"
            );
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = document(&bytes);
        }

        #[test]
        fn anything_like_xml_is_read_or_refused(text in "(<[/!?]?[a-c:]{0,3}( ?[a-c]='&?[a-z;]{0,3}')?/?>|&[#a-z0-9]{0,5};?|[a-z ]{0,4}|<!\\[CDATA\\[|\\]\\]>){0,40}") {
            let _ = document(text.as_bytes());
        }
    }
}
