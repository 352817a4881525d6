//! Filters of `calendar-query` (RFC 4791 §9.7).

use http::StatusCode;

use super::ical::{Component, Parsed, Span, utc};
use super::store::Object;
use crate::dav::{DavError, Element, ns};

/// Which objects a query wants.
#[derive(Debug)]
pub(super) struct Filter {
    component: Option<String>,
    range: Option<Span>,
    properties: Vec<Property>,
}

#[derive(Debug)]
struct Property {
    name: String,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Defined,
    NotDefined,
    Contains { text: String, any_case: bool, negate: bool },
}

impl Filter {
    pub(super) fn of(query: &Element) -> Result<Self, DavError> {
        let outer = query
            .find(ns::CAL, "filter")
            .and_then(|filter| filter.find(ns::CAL, "comp-filter"))
            .ok_or_else(|| {
                DavError::bad_request("The {urn:ietf:params:xml:ns:caldav}filter element is required for this request")
            })?;
        let inner = outer.find(ns::CAL, "comp-filter");
        let range = inner
            .and_then(|inner| inner.find(ns::CAL, "time-range"))
            .map(range)
            .transpose()?;
        let properties = inner.iter().flat_map(|inner| &inner.children);
        Ok(Self {
            component: inner.and_then(|inner| inner.attribute("name")).map(ToOwned::to_owned),
            range,
            properties: properties
                .filter(|child| child.is(ns::CAL, "prop-filter"))
                .map(Property::of)
                .collect(),
        })
    }

    pub(super) fn passes(&self, object: &Object) -> bool {
        if self
            .component
            .as_ref()
            .is_some_and(|component| *component != object.component)
        {
            return false;
        }
        if self.range.is_none() && self.properties.is_empty() {
            return true;
        }
        let Some(parsed) = Parsed::new(&object.text) else {
            return false;
        };
        let in_range = self.range.is_none_or(|(from, to)| {
            // Sabre gives up on long series and then leaves them out.
            let spans = parsed.spans((from, to)).unwrap_or_default();
            spans
                .iter()
                .any(|(start, end)| *start < to && (*end > from || start == end && *start >= from))
        });
        let components = parsed.components();
        in_range
            && components
                .iter()
                .any(|component| self.properties.iter().all(|property| property.passes(*component)))
    }
}

impl Property {
    fn of(filter: &Element) -> Self {
        let test = if filter.find(ns::CAL, "is-not-defined").is_some() {
            Test::NotDefined
        } else if let Some(text) = filter.find(ns::CAL, "text-match") {
            Test::Contains {
                text: text.text.clone(),
                any_case: text.attribute("collation") != Some("i;octet"),
                negate: text.attribute("negate-condition") == Some("yes"),
            }
        } else {
            Test::Defined
        };
        Self {
            name: filter.attribute("name").unwrap_or_default().to_owned(),
            test,
        }
    }

    fn passes(&self, component: Component<'_>) -> bool {
        let value = component.text(&self.name);
        match (&self.test, value) {
            (Test::Defined, value) => value.is_some(),
            (Test::NotDefined, value) => value.is_none(),
            (Test::Contains { .. }, None) => false,
            (Test::Contains { text, any_case, negate }, Some(value)) => {
                let found = if *any_case {
                    value.to_lowercase().contains(&text.to_lowercase())
                } else {
                    value.contains(text)
                };
                found != *negate
            }
        }
    }
}

/// `start` and `end` in UTC. Nextcloud fails on any other form.
pub(super) fn range(element: &Element) -> Result<Span, DavError> {
    let instant = |name: &str, default| match element.attribute(name) {
        None => Ok(default),
        Some(text) => utc(text).ok_or_else(|| {
            DavError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Sabre\\VObject\\InvalidDataException",
                format!("The supplied iCalendar datetime value is incorrect: {text}"),
            )
        }),
    };
    Ok((
        instant("start", jiff::Timestamp::MIN)?,
        instant("end", jiff::Timestamp::MAX)?,
    ))
}
