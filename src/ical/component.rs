//! Reading a component and its properties.

use std::borrow::Cow;

use ical::tree::cst::{IcalCst, IcalItem};
use ical::tree::line::IcalLine;

use super::document::name_is;
use super::moment::Moment;
use super::text;

/// A component (`VEVENT`, `VALARM` …) that is read.
#[derive(Debug, Clone, Copy)]
pub struct Component<'document>(&'document IcalCst<'static>);

impl<'document> Component<'document> {
    pub(super) const fn new(tree: &'document IcalCst<'static>) -> Self {
        Self(tree)
    }

    /// All its own properties, in order.
    pub fn properties(self) -> impl Iterator<Item = Property<'document>> {
        self.0.items.iter().filter_map(|item| match item {
            IcalItem::Prop(line) => Some(Property(line)),
            _ => None,
        })
    }

    /// Its own properties of this name, in order.
    pub fn all(self, name: &str) -> impl Iterator<Item = Property<'document>> {
        self.properties().filter(move |property| property.is(name))
    }

    /// The first property of this name.
    pub fn property(self, name: &str) -> Option<Property<'document>> {
        self.properties().find(|property| property.is(name))
    }

    /// The text of the first property of this name; `None` when it is missing or empty.
    pub fn text(self, name: &str) -> Option<String> {
        self.property(name)
            .map(Property::text)
            .filter(|text| !text.trim().is_empty())
    }

    /// The items of all properties of this name (`CATEGORIES` may appear twice, and each is a list).
    pub fn list(self, name: &str) -> Vec<String> {
        let items = self.all(name).flat_map(Property::list);
        items
            .map(|item| item.trim().to_owned())
            .filter(|item| !item.is_empty())
            .collect()
    }

    /// The number in a property.
    pub fn number(self, name: &str) -> Option<i64> {
        self.property(name)?.raw().trim().parse().ok()
    }

    /// The date or time in a property.
    pub fn moment(self, name: &str) -> Option<Moment> {
        self.property(name)?.moment()
    }

    /// The components in it that are called `kind`.
    pub fn children(self, kind: &str) -> impl Iterator<Item = Component<'document>> {
        self.0.items.iter().filter_map(move |item| match item {
            IcalItem::Component(child) if name_is(child, kind) => Some(Component(child)),
            _ => None,
        })
    }

    /// Whether it stands for one instance of a series.
    pub fn is_override(self) -> bool {
        self.property("RECURRENCE-ID").is_some()
    }

    /// Whether it repeats.
    pub fn repeats(self) -> bool {
        ["RRULE", "RDATE"].iter().any(|name| self.property(name).is_some())
    }
}

/// A content line that is read.
#[derive(Debug, Clone, Copy)]
pub struct Property<'document>(&'document IcalLine<'static>);

impl<'document> Property<'document> {
    pub(super) const fn of(line: &'document IcalLine<'static>) -> Self {
        Self(line)
    }

    /// Whether it is called so. A group before the name (`x.SUMMARY`) is no part of it.
    pub fn is(self, name: &str) -> bool {
        self.0.name.get().eq_ignore_ascii_case(name)
    }

    /// The value as it is written.
    pub fn raw(self) -> Cow<'document, str> {
        self.0.raw_value_str()
    }

    /// The value as text, escapes resolved.
    pub fn text(self) -> String {
        self.0.value.decode().into_owned()
    }

    /// The value as a list, each item with its escapes resolved.
    pub fn list(self) -> Vec<String> {
        self.0.value.decode_list().into_iter().map(Cow::into_owned).collect()
    }

    /// The first value of a parameter, without its quotes.
    pub fn parameter(self, name: &str) -> Option<String> {
        let found = self
            .0
            .params
            .iter()
            .find(|own| own.name.get().eq_ignore_ascii_case(name));
        Some(text::unquote(found?.values.first()?.get()))
    }

    /// The value as a date or time.
    pub fn moment(self) -> Option<Moment> {
        Moment::read(self.raw().trim(), self.parameter("TZID").as_deref())
    }

    /// The value as a list of dates or times (`EXDATE`, `RDATE`). Of a period (`start/end`) the start counts.
    pub fn moments(self) -> Vec<Moment> {
        let tzid = self.parameter("TZID");
        let raw = self.raw();
        raw.split(',')
            .filter_map(|item| Moment::read(item.split('/').next()?.trim(), tzid.as_deref()))
            .collect()
    }
}
