//! One stored calendar object: a `VCALENDAR` with its components.

use ical::tree::cst::{IcalCst, IcalItem};
use ical::tree::line::IcalLine;

use super::component::Component;
use super::edit::Edit;

/// Largest object that is read. Nextcloud itself takes a few megabytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Deepest nesting: `VCALENDAR`, `VEVENT`, `VALARM` and what extensions put below.
const MAX_DEPTH: usize = 8;
/// Most lines after unfolding.
const MAX_LINES: usize = 50_000;

/// Why text is not taken as a calendar object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IcalError {
    /// More bytes or lines than any real object has.
    #[error("the calendar object is too large")]
    TooLarge,
    /// Components nested deeper than iCalendar knows.
    #[error("the calendar object is nested too deep")]
    TooDeep,
    /// Not iCalendar.
    #[error("the calendar object is not valid iCalendar")]
    Malformed,
    /// It could be read, but would not be written back byte for byte, so it must not be changed.
    #[error("the calendar object has more than one VCALENDAR, or text around it")]
    NotOne,
}

/// A calendar object whose untouched lines are written back byte for byte.
#[derive(Debug, Clone)]
pub struct Document {
    pub(super) tree: IcalCst<'static>,
    /// The line ending of what is added: that of the first line.
    pub(super) newline: &'static str,
}

impl Document {
    /// Reads an object.
    pub fn parse(text: &str) -> Result<Self, IcalError> {
        if text.len() > MAX_BYTES {
            return Err(IcalError::TooLarge);
        }
        check_shape(text.as_bytes())?;
        let tree = IcalCst::parse(text).map_err(|_| IcalError::Malformed)?;
        if !name_is(&tree, "VCALENDAR") {
            return Err(IcalError::Malformed);
        }
        if tree.to_bytes() != text.as_bytes() {
            return Err(IcalError::NotOne);
        }
        let crlf = text.split('\n').next().is_some_and(|line| line.ends_with('\r'));
        Ok(Self {
            tree: tree.into_static(),
            newline: if crlf { "\r\n" } else { "\n" },
        })
    }

    /// A new object of this server's, with nothing in it.
    pub fn new() -> Self {
        let mut tree = IcalCst::v2();
        tree.push_line(IcalLine::text("PRODID", "-//nextcloud-mcp-server//EN"));
        tree.push_line(IcalLine::text("CALSCALE", "GREGORIAN"));
        Self { tree, newline: "\r\n" }
    }

    /// The object as it is stored.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.tree.to_bytes()).into_owned()
    }

    /// The components directly below `VCALENDAR` that are called `kind`, each with its place for [`edit`](Self::edit).
    pub fn components<'document>(&'document self, kind: &str) -> Vec<(usize, Component<'document>)> {
        let items = self.tree.items.iter().enumerate();
        items
            .filter_map(|(at, item)| match item {
                IcalItem::Component(child) if name_is(child, kind) => Some((at, Component::new(child))),
                _ => None,
            })
            .collect()
    }

    /// The component at a place that [`components`](Self::components) gave.
    pub fn component(&self, at: usize) -> Option<Component<'_>> {
        match self.tree.items.get(at)? {
            IcalItem::Component(child) => Some(Component::new(child)),
            _ => None,
        }
    }

    /// The component at that place, to be changed.
    pub fn edit(&mut self, at: usize) -> Option<Edit<'_>> {
        match self.tree.items.get_mut(at)? {
            IcalItem::Component(child) => Some(Edit::new(child, self.newline)),
            _ => None,
        }
    }

    /// Adds an empty component `kind` at the end; gives its place.
    pub fn add(&mut self, kind: &'static str) -> usize {
        let mut component = IcalCst::empty(kind);
        set_newline(&mut component, self.newline);
        self.tree.push_component(component);
        self.tree.items.len() - 1
    }

    /// Adds a copy of the component at a place; gives the copy's place. Places before it stay.
    pub fn duplicate(&mut self, at: usize) -> Option<usize> {
        let IcalItem::Component(child) = self.tree.items.get(at)? else {
            return None;
        };
        let copy = child.as_ref().clone();
        self.tree.push_component(copy);
        Some(self.tree.items.len() - 1)
    }

    /// Keeps the components `kind` for which `keep` says so, and everything that is not such a component.
    pub fn retain(&mut self, kind: &str, mut keep: impl FnMut(Component<'_>) -> bool) {
        self.tree.items.retain(|item| match item {
            IcalItem::Component(child) if name_is(child, kind) => keep(Component::new(child)),
            _ => true,
        });
    }

    /// Makes sure that a time zone that properties name is defined here (RFC 5545 §3.2.19), as it is around `anchor`
    /// (seconds since the epoch). Places of components move when one is added.
    pub fn define_zone(&mut self, tzid: &str, anchor: i64) {
        let defined = self
            .components("VTIMEZONE")
            .iter()
            .any(|(_, zone)| zone.text("TZID").as_deref() == Some(tzid));
        if defined {
            return;
        }
        let Some(mut zone) = ical::tzdb::vtimezone(tzid, anchor) else {
            return;
        };
        set_newline(&mut zone, self.newline);
        let first = self
            .tree
            .items
            .iter()
            .position(|item| matches!(item, IcalItem::Component(_)))
            .unwrap_or(self.tree.items.len());
        self.tree.items.insert(first, IcalItem::Component(Box::new(zone)));
    }
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

pub(super) fn name_is(tree: &IcalCst<'_>, kind: &str) -> bool {
    let begin = tree.begin.as_ref();
    begin.is_some_and(|begin| begin.raw_value_str().trim().eq_ignore_ascii_case(kind))
}

pub(super) fn set_newline(tree: &mut IcalCst<'static>, newline: &'static str) {
    for line in tree.begin.iter_mut().chain(&mut tree.end) {
        line.eol.set(newline);
    }
    for item in &mut tree.items {
        match item {
            IcalItem::Prop(line) => line.eol.set(newline),
            IcalItem::Component(child) => set_newline(child, newline),
            IcalItem::Opaque(_) => {}
        }
    }
}

/// The parser recurses into components and cannot be told to stop: nesting and number of lines are counted before it
/// sees the text, with its own idea of where a line ends.
fn check_shape(text: &[u8]) -> Result<(), IcalError> {
    let mut rest = text;
    let (mut depth, mut lines) = (0_usize, 0_usize);
    while rest.iter().any(|byte| !matches!(byte, b'\r' | b'\n')) {
        let (line, tail) = IcalLine::take(rest).map_err(|_| IcalError::Malformed)?;
        let name = line.name.get();
        lines += 1;
        if name.eq_ignore_ascii_case("BEGIN") {
            depth += 1;
        } else if name.eq_ignore_ascii_case("END") {
            depth = depth.saturating_sub(1);
        }
        if depth > MAX_DEPTH {
            return Err(IcalError::TooDeep);
        }
        if lines > MAX_LINES {
            return Err(IcalError::TooLarge);
        }
        if tail.len() >= rest.len() {
            return Err(IcalError::Malformed);
        }
        rest = tail;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Document, IcalError};

    #[test]
    fn hostile_objects_are_refused() {
        let refused = |text: &str| Document::parse(text).unwrap_err();
        assert_eq!(refused("not a calendar"), IcalError::Malformed);
        assert_eq!(refused(""), IcalError::Malformed);
        assert_eq!(refused("BEGIN:VCALENDAR\nBEGIN:VEVENT\n"), IcalError::Malformed);
        assert_eq!(refused(&"BEGIN:VEVENT\n".repeat(100_000)), IcalError::TooDeep);
        assert_eq!(refused(&"BEG\n IN:VEVENT\n".repeat(100_000)), IcalError::TooDeep);
        let wide = format!("BEGIN:VCALENDAR\n{}END:VCALENDAR\n", "A:b\n".repeat(60_000));
        assert_eq!(refused(&wide), IcalError::TooLarge);
        assert_eq!(refused(&"x".repeat(5_000_000)), IcalError::TooLarge);
        let two = "BEGIN:VCALENDAR\nEND:VCALENDAR\n".repeat(2);
        assert_eq!(refused(&two), IcalError::NotOne);
    }

    #[test]
    fn what_is_added_ends_lines_as_the_object_does() {
        let mut document = Document::parse("BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n").unwrap();
        document.define_zone("Europe/Berlin", 1_800_000_000);
        document.add("VEVENT");
        let text = document.to_text();
        assert!(
            text.contains("TZID:Europe/Berlin\n") && text.contains("BEGIN:VEVENT\n"),
            "{text}"
        );
        assert!(!text.contains('\r'), "{text}");
    }

    proptest! {
        #[test]
        fn anything_is_refused_or_comes_back_unchanged(
            lines in proptest::collection::vec("(BEGIN|END|[A-Z-]{1,8})(;[A-Z]{1,5}=\"?[a-z,;:^\"]{0,6})?:?[ -~é]{0,90}|[ \t][ -~]{0,20}|", 0..20),
            newline in "\r?\n",
        ) {
            let text = format!("BEGIN:VCALENDAR{newline}{}{newline}END:VCALENDAR{newline}", lines.join(&newline));
            if let Ok(document) = Document::parse(&text) {
                prop_assert_eq!(document.to_text(), text);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _ = Document::parse(&text);
        }
    }
}
