//! Changing a component line by line.

use ical::tree::codec::mode::Escaper;
use ical::tree::cst::{IcalCst, IcalItem};
use ical::tree::leaf::IcalLeaf;
use ical::tree::line::IcalLine;
use ical::tree::param::node::IcalParamNode;

use super::component::{Component, Property};
use super::document::{name_is, set_newline};
use super::moment::Moment;
use super::text;

/// A content line that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    name: &'static str,
    parameters: Vec<(&'static str, String)>,
    value: String,
}

impl Line {
    /// A line whose value is written as given: [`escape`](text::escape) text first.
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        // A value that came from outside unescaped must not be able to start another line.
        let value: String = value.into();
        Self {
            name,
            parameters: Vec::new(),
            value: value.replace(['\r', '\n'], " "),
        }
    }

    /// A line of text.
    pub fn text(name: &'static str, value: &str) -> Self {
        Self::new(name, text::escape(value))
    }

    /// A line that holds a date or time.
    pub fn moment(name: &'static str, moment: &Moment) -> Self {
        let line = Self::new(name, moment.value());
        match moment {
            Moment::Date(_) => line.with("VALUE", "DATE"),
            Moment::Zoned(_, tzid) => line.with("TZID", tzid),
            Moment::Utc(_) | Moment::Floating(_) => line,
        }
    }

    /// With a parameter.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.parameters.push((name, text::parameter(value)));
        self
    }

    fn into_line(self, newline: &'static str) -> IcalLine<'static> {
        let mut line = IcalLine::text(self.name, self.value);
        line.params = self
            .parameters
            .into_iter()
            .map(|(name, value)| IcalParamNode {
                name: IcalLeaf::from(name),
                values: vec![IcalLeaf::from(value)],
                escaper: Escaper::Modern,
            })
            .collect();
        line.eol.set(newline);
        line
    }
}

/// Parameters that describe another value than the new one.
const OF_THE_VALUE: [&str; 6] = ["ALTREP", "ENCODING", "CHARSET", "VALUE", "TZID", "FMTTYPE"];

/// A component that is being changed. Lines that nobody names keep their bytes and their place.
#[derive(Debug)]
pub struct Edit<'document> {
    tree: &'document mut IcalCst<'static>,
    newline: &'static str,
}

impl<'document> Edit<'document> {
    pub(super) const fn new(tree: &'document mut IcalCst<'static>, newline: &'static str) -> Self {
        Self { tree, newline }
    }

    /// The component as it is now.
    pub fn read(&self) -> Component<'_> {
        Component::new(self.tree)
    }

    /// Puts `line` where the first property of its name is, or after the other properties; further ones of that name
    /// go. Parameters that the line does not give stay, but for those that belong to the old value. A line that says
    /// the same keeps its bytes.
    pub fn set(&mut self, line: Line) {
        let name = line.name;
        let newline = self.newline;
        let mut new = Some(line.into_line(newline));
        self.tree.items.retain_mut(|item| {
            let IcalItem::Prop(old) = item else { return true };
            if !old.name.get().eq_ignore_ascii_case(name) {
                return true;
            }
            let Some(new) = new.take() else { return false };
            replace(old, new);
            true
        });
        if let Some(line) = new {
            self.tree.push_line(line);
        }
    }

    /// [`set`](Self::set) with text, or [`remove`](Self::remove) when there is none.
    pub fn set_text(&mut self, name: &'static str, value: &str) {
        if value.is_empty() {
            self.remove(name);
        } else if self.read().property(name).map(Property::text).as_deref() != Some(value) {
            self.set(Line::text(name, value));
        }
    }

    /// Replaces all properties of this name by one list, or removes them.
    pub fn set_list(&mut self, name: &'static str, items: &[String]) {
        if self.read().list(name) == items {
            return;
        }
        if items.is_empty() {
            self.remove(name);
            return;
        }
        let escaped: Vec<String> = items.iter().map(|item| text::escape(item)).collect();
        self.set(Line::new(name, escaped.join(",")));
    }

    /// Adds a line after the other properties, whatever is there already.
    pub fn push(&mut self, line: Line) {
        let line = line.into_line(self.newline);
        self.tree.push_line(line);
    }

    /// Removes the properties of this name.
    pub fn remove(&mut self, name: &str) {
        self.remove_where(|property| property.is(name));
    }

    /// Removes the properties for which `which` says so.
    pub fn remove_where(&mut self, mut which: impl FnMut(Property<'_>) -> bool) {
        self.tree.items.retain(|item| {
            let IcalItem::Prop(single) = item else { return true };
            !which(Property::of(single))
        });
    }

    /// Removes the components `kind` in it for which `which` says so.
    pub fn remove_children(&mut self, kind: &str, mut which: impl FnMut(Component<'_>) -> bool) {
        self.tree.items.retain(|item| match item {
            IcalItem::Component(child) if name_is(child, kind) => !which(Component::new(child)),
            _ => true,
        });
    }

    /// Adds a component with these lines.
    pub fn push_child(&mut self, kind: &'static str, lines: Vec<Line>) {
        let mut child = IcalCst::empty(kind);
        for line in lines {
            child.push_line(line.into_line(self.newline));
        }
        set_newline(&mut child, self.newline);
        self.tree.push_component(child);
    }
}

fn replace(old: &mut IcalLine<'static>, mut new: IcalLine<'static>) {
    let given =
        |name: &str, line: &IcalLine<'_>| line.params.iter().any(|own| own.name.get().eq_ignore_ascii_case(name));
    let mut kept = Vec::new();
    for parameter in &old.params {
        let name = parameter.name.get();
        let of_the_value = OF_THE_VALUE.iter().any(|own| name.eq_ignore_ascii_case(own));
        if !of_the_value && !given(name, &new) {
            kept.push(parameter.clone());
        }
    }
    let described = |line: &IcalLine<'_>| {
        let mut parameters: Vec<String> = line.params.iter().map(ToString::to_string).collect();
        parameters.sort_unstable();
        parameters
    };
    new.params.extend(kept);
    if old.raw_value() == new.raw_value() && described(old) == described(&new) {
        return;
    }
    new.name = old.name.clone();
    new.eol = old.eol.clone();
    *old = new;
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::Document;
    use super::Line;

    const EVENT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR:1\r\nBEGIN:VEVENT\r\nx-first;A=b:c\r\nSummary;\
                         LANGUAGE=de;ALTREP=\"cid:x\":Alt\r\nDESCRIPTION:folded \r\n text\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    fn edited(change: impl FnOnce(&mut super::Edit<'_>)) -> String {
        let mut document = Document::parse(EVENT).unwrap();
        let at = document.components("VEVENT")[0].0;
        change(&mut document.edit(at).unwrap());
        document.to_text()
    }

    #[test]
    fn a_change_touches_one_line() {
        let text = edited(|event| event.set_text("SUMMARY", "Neu, neuer"));
        let line = "Summary;LANGUAGE=de;ALTREP=\"cid:x\":Alt";
        assert_eq!(text, EVENT.replace(line, "Summary;LANGUAGE=de:Neu\\, neuer"));
        assert_eq!(
            edited(|event| event.remove("SUMMARY")),
            EVENT.replace(&format!("{line}\r\n"), "")
        );
        assert_eq!(edited(|event| event.set_text("DESCRIPTION", "folded text")), EVENT);
        let added = edited(|event| event.push(Line::new("LOCATION", "a\r\nX-INJECTED:b")));
        assert_eq!(
            added,
            EVENT.replace("END:VEVENT", "LOCATION:a  X-INJECTED:b\r\nEND:VEVENT")
        );
    }

    /// Lines that this server knows nothing of, as they stand in objects of others: folded anywhere, with any parameters.
    fn foreign_lines(newline: &'static str) -> impl Strategy<Value = String> {
        let line = (
            "X-[A-Z]{1,8}(;[A-Z]{1,4}=[a-z]{0,5}|;[a-z]{1,4}=\"[a-z,;: ]{0,5}\"){0,2}:",
            vec("[ -~é🎉]{1,40}", 0..3),
        );
        let line = line.prop_map(move |(head, parts)| format!("{head}{}{newline}", parts.join(&format!("{newline} "))));
        vec(line, 0..4).prop_map(|lines| lines.concat())
    }

    fn object() -> impl Strategy<Value = (&'static str, [String; 5])> {
        prop_oneof![Just("\r\n"), Just("\n")].prop_flat_map(|newline| {
            let lines = || foreign_lines(newline);
            (Just(newline), [lines(), lines(), lines(), lines(), lines()])
        })
    }

    proptest! {
        #[test]
        fn a_change_leaves_every_other_byte_alone((newline, lines) in object(), new in "[a-z]{1,20}!") {
            let [zone, before, after, alarm, exception] = lines;
            let old = "Summary;LANGUAGE=de:alt";
            let text = format!(
                "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:X\n@zone@END:VTIMEZONE\nBEGIN:VEVENT\nUID:1\n@before@{old}\n\
                 @after@BEGIN:VALARM\nACTION:DISPLAY\n@alarm@END:VALARM\nEND:VEVENT\nBEGIN:VEVENT\nUID:1\n\
                 RECURRENCE-ID:20260101T000000Z\nSUMMARY:alt\n@exception@END:VEVENT\nEND:VCALENDAR\n"
            );
            let text = text
                .replace('\n', newline)
                .replace("@zone@", &zone)
                .replace("@before@", &before)
                .replace("@after@", &after)
                .replace("@alarm@", &alarm)
                .replace("@exception@", &exception);
            let edited = |change: &dyn Fn(&mut super::Edit<'_>)| {
                let mut document = Document::parse(&text).unwrap();
                let at = document.components("VEVENT")[0].0;
                change(&mut document.edit(at).unwrap());
                document.to_text()
            };
            let changed = edited(&|event| event.set_text("SUMMARY", &new));
            prop_assert_eq!(changed, text.replacen(old, &format!("Summary;LANGUAGE=de:{new}"), 1));
            let removed = edited(&|event| event.remove("SUMMARY"));
            prop_assert_eq!(removed, text.replacen(&format!("{old}{newline}"), "", 1));
            let same = edited(&|event| event.set_text("SUMMARY", "alt"));
            prop_assert_eq!(&same, &text);
            let without = edited(&|event| event.remove_children("VALARM", |_| true));
            let gone = format!("BEGIN:VALARM{newline}ACTION:DISPLAY{newline}{alarm}END:VALARM{newline}");
            prop_assert_eq!(without, text.replacen(&gone, "", 1));
        }
    }
}
