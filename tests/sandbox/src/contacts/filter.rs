//! Filters of `addressbook-query` (RFC 6352 §10.5).

use super::vcard;
use crate::dav::{Element, ns};

/// Whether a card satisfies the filter of a query. No filter, no condition: everything does.
pub(super) fn matches(filter: Option<&Element>, text: &str) -> bool {
    let Some(filter) = filter.filter(|filter| !filter.children.is_empty()) else {
        return true;
    };
    let properties = vcard::properties(text);
    let outcomes = filter
        .children
        .iter()
        .filter(|child| child.is(ns::CARD, "prop-filter"))
        .map(|wanted| property_matches(wanted, &properties));
    combine(filter, outcomes)
}

fn property_matches(wanted: &Element, properties: &[vcard::Property]) -> bool {
    let name = wanted.attribute("name").unwrap_or_default().to_ascii_uppercase();
    let values: Vec<&str> = properties
        .iter()
        .filter(|property| property.name == name)
        .map(|property| property.value.as_str())
        .collect();
    if wanted.find(ns::CARD, "is-not-defined").is_some() {
        return values.is_empty();
    }
    if wanted.children.is_empty() || values.is_empty() {
        return !values.is_empty();
    }
    let outcomes = wanted
        .children
        .iter()
        .filter(|child| child.is(ns::CARD, "text-match"))
        .map(|text_match| {
            let negate = text_match.attribute("negate-condition") == Some("yes");
            values.iter().any(|value| text_matches(text_match, value)) != negate
        });
    combine(wanted, outcomes)
}

fn combine(element: &Element, mut outcomes: impl Iterator<Item = bool>) -> bool {
    if element.attribute("test") == Some("allof") {
        outcomes.all(|outcome| outcome)
    } else {
        outcomes.any(|outcome| outcome)
    }
}

fn text_matches(text_match: &Element, value: &str) -> bool {
    let (value, wanted) = if text_match.attribute("collation") == Some("i;octet") {
        (value.to_owned(), text_match.text.clone())
    } else {
        (value.to_lowercase(), text_match.text.to_lowercase())
    };
    match text_match.attribute("match-type") {
        Some("equals") => value == wanted,
        Some("starts-with") => value.starts_with(&wanted),
        Some("ends-with") => value.ends_with(&wanted),
        _ => value.contains(&wanted),
    }
}
