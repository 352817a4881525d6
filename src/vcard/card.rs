//! A whole card.

use ::vcard::tree::cst::VcardCst;

use super::VcardError;
use super::property::Property;
use super::write::{self, Line};

/// Largest card that is read, in bytes: pictures are in it.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Most properties of a card.
const MAX_PROPERTIES: usize = 5_000;

/// The version of a card. It decides how types, preferences, dates and pictures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// RFC 2426.
    V3,
    /// RFC 6350.
    V4,
}

/// A card as it is stored.
#[derive(Debug, Clone)]
pub struct Card {
    tree: VcardCst<'static>,
    version: Version,
    faithful: bool,
}

impl Card {
    /// An empty card of version 4.0.
    pub fn new() -> Self {
        Self {
            tree: VcardCst::v4(),
            version: Version::V4,
            faithful: true,
        }
    }

    /// Reads the first card of a text.
    pub fn parse(text: &str) -> Result<Self, VcardError> {
        if text.len() > MAX_BYTES {
            return Err(VcardError::TooLarge { limit: MAX_BYTES });
        }
        let tree = VcardCst::parse(text).map_err(|_| VcardError::Malformed)?;
        if tree.props.len() > MAX_PROPERTIES {
            return Err(VcardError::TooManyProperties { limit: MAX_PROPERTIES });
        }
        let begins = tree
            .begin
            .as_ref()
            .map(|line| line.raw_value_str().trim().to_ascii_uppercase());
        if begins.as_deref() != Some("VCARD") {
            return Err(VcardError::Malformed);
        }
        let version = match tree
            .version_line()
            .map(|line| line.raw_value_str().trim().to_owned())
            .as_deref()
        {
            Some("3.0") => Version::V3,
            Some("4.0") => Version::V4,
            _ => return Err(VcardError::UnsupportedVersion),
        };
        let faithful = tree.to_bytes() == text.as_bytes();
        Ok(Self {
            tree: tree.into_static(),
            version,
            faithful,
        })
    }

    /// Its version.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether [`to_text`](Self::to_text) gives back every byte that was read. It does not when something follows the
    /// card: writing that back would lose it.
    pub fn is_faithful(&self) -> bool {
        self.faithful
    }

    /// The card as text.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.tree.to_bytes()).into_owned()
    }

    /// The properties of this name in any case, with their index.
    pub fn all(&self, name: &str) -> impl Iterator<Item = (usize, Property<'_>)> {
        self.properties().filter(move |(_, property)| property.is(name))
    }

    /// The first property of this name.
    pub fn first(&self, name: &str) -> Option<(usize, Property<'_>)> {
        self.all(name).next()
    }

    /// Every property, with its index. An index is good until a property is added or removed.
    pub fn properties(&self) -> impl Iterator<Item = (usize, Property<'_>)> {
        self.tree.props.iter().map(Property::new).enumerate()
    }

    /// The property at `index`.
    pub fn property(&self, index: usize) -> Option<Property<'_>> {
        self.tree.props.get(index).map(Property::new)
    }

    /// Gives the property at `index` another text as its value; group and parameters stay.
    pub fn set_value(&mut self, index: usize, text: &str) {
        self.set_raw_value(index, &write::escape(text));
    }

    /// The same with a value that is escaped already: components, lists, URIs.
    pub fn set_raw_value(&mut self, index: usize, value: &str) {
        if let Some(property) = self.property(index) {
            let line = format!("{}:{}", property.head(), write::one_line(value));
            self.put(index, &line);
        }
    }

    /// Puts another line in the place of that at `index`.
    pub fn replace(&mut self, index: usize, line: &Line) {
        self.put(index, &line.to_raw());
    }

    /// Adds a line at the end.
    pub fn push(&mut self, line: &Line) {
        self.add(&line.to_raw());
    }

    /// Removes the property at `index`, and the label that goes with its group when nothing else is in that group.
    pub fn remove(&mut self, index: usize) {
        self.remove_all(&[index]);
    }

    /// The same for several properties at once.
    pub fn remove_all(&mut self, indices: &[usize]) {
        let removed = indices.iter().filter_map(|index| self.tree.props.get(*index));
        let groups: Vec<String> = removed
            .filter_map(|line| line.group().map(str::to_ascii_lowercase))
            .collect();
        let mut at = 0;
        self.tree.props.retain(|_| {
            at += 1;
            !indices.contains(&(at - 1))
        });
        for group in groups {
            let only_label_left = self
                .properties()
                .filter(|(_, property)| property.is_in_group(&group))
                .all(|(_, property)| property.is("X-ABLABEL"));
            if only_label_left {
                self.tree.props.retain(|line| !Property::is_line_in_group(line, &group));
            }
        }
    }

    fn put(&mut self, index: usize, raw: &str) {
        if index < self.tree.props.len()
            && self.add(raw)
            && let Some(line) = self.tree.props.pop()
        {
            self.tree.props[index] = line;
        }
    }

    /// Adds a line, folded and ended as this card's lines are. Lines are built so that they always tokenise; one that did
    /// not is left out rather than breaking the card.
    fn add(&mut self, raw: &str) -> bool {
        let begin = self.tree.begin.as_ref();
        let newline = if begin.is_some_and(|line| line.eol.get() == "\n") {
            "\n"
        } else {
            "\r\n"
        };
        if self.tree.push_raw(&write::fold(raw, newline)).is_err() {
            return false;
        }
        if let Some(line) = self.tree.props.last_mut() {
            line.eol.set(newline);
        }
        true
    }
}

impl Default for Card {
    fn default() -> Self {
        Self::new()
    }
}
