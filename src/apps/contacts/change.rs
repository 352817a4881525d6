//! Writing a contact's fields into a card: what is not named keeps its bytes.

use std::collections::BTreeMap;

use super::dates::Birthday;
use super::entry::{Entries, Entry};
use super::model::ContactData;
use super::view;
use crate::mcp::{ToolError, ToolResult};
use crate::vcard::{Card, Line, Property, Version};

/// Longest text of a field, in characters.
const LONGEST: usize = 100_000;
/// Most categories and custom fields.
const MOST: usize = 200;

/// Writes what `data` names into `card`.
pub fn apply(card: &mut Card, data: &ContactData) -> ToolResult<()> {
    check(data)?;
    set_name(card, data);
    for (name, value) in [
        ("FN", &data.r#fn),
        ("NICKNAME", &data.nickname),
        ("TITLE", &data.title),
        ("ROLE", &data.role),
        ("NOTE", &data.note),
    ] {
        if let Some(value) = value {
            set_text(card, name, value);
        }
    }
    if let Some(organization) = &data.organization {
        set_organization(card, organization);
    }
    for (name, entries) in [
        ("EMAIL", &data.emails),
        ("TEL", &data.phones),
        ("ADR", &data.addresses),
        ("URL", &data.urls),
    ] {
        if let Some(entries) = entries {
            set_entries(card, name, entries);
        }
    }
    if let Some(birthday) = &data.birthday {
        set_birthday(card, birthday)?;
    }
    if let Some(categories) = &data.categories {
        set_categories(card, categories);
    }
    set_custom_fields(card, data.custom_fields.as_ref());
    Ok(())
}

fn check(data: &ContactData) -> ToolResult<()> {
    let refuse = |what: String| Err(ToolError::invalid(format!("argument `contact_data`: {what}")));
    let entries = [&data.emails, &data.phones, &data.addresses, &data.urls];
    let entry_texts = entries.into_iter().flatten().flat_map(|entries| match entries {
        Entries::One(entry) => std::slice::from_ref(entry),
        Entries::All(entries) => entries,
    });
    let texts = [
        &data.r#fn,
        &data.given_name,
        &data.family_name,
        &data.nickname,
        &data.organization,
        &data.title,
        &data.role,
        &data.note,
    ];
    let all = texts
        .into_iter()
        .flatten()
        .chain(entry_texts.flat_map(|entry| std::iter::once(&entry.value).chain(&entry.components)))
        .chain(data.categories.iter().flatten())
        .chain(data.custom_fields.iter().flat_map(BTreeMap::values));
    for text in all {
        if text.chars().count() > LONGEST {
            return refuse(format!("a text is longer than {LONGEST} characters"));
        }
        if text
            .chars()
            .any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
        {
            return refuse("a text holds control characters".to_owned());
        }
    }
    if data.r#fn.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return refuse("`fn` cannot be empty: every contact has a name".to_owned());
    }
    if data.categories.as_ref().map_or(0, Vec::len) > MOST
        || data.custom_fields.as_ref().map_or(0, BTreeMap::len) > MOST
    {
        return refuse(format!("more than {MOST} categories or custom fields"));
    }
    for name in data.custom_fields.iter().flat_map(BTreeMap::keys) {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.len() > 64 || name.len() < 3 || !name.to_ascii_uppercase().starts_with("X-") || !name.bytes().all(token)
        {
            return refuse(format!(
                "`{}` is no name of a custom field, such as X-NAME",
                name.escape_debug()
            ));
        }
    }
    Ok(())
}

fn set_text(card: &mut Card, name: &str, value: &str) {
    match card.first(name).map(|(at, property)| (at, property.text())) {
        Some((at, _)) if value.is_empty() => card.remove(at),
        Some((_, current)) if current == value => {}
        Some((at, _)) => card.set_value(at, value),
        None if value.is_empty() => {}
        None => card.push(&Line::text(name, value)),
    }
}

/// `N`: family and given name; the other three components stay as they are stored.
fn set_name(card: &mut Card, data: &ContactData) {
    if data.given_name.is_none() && data.family_name.is_none() {
        return;
    }
    let current = card.first("N").map(|(at, name)| (at, name.components(5), name.head()));
    let mut parts = current.as_ref().map(|(_, parts, _)| parts.clone()).unwrap_or_default();
    parts.resize(5, String::new());
    for (at, given) in [(0, &data.family_name), (1, &data.given_name)] {
        if let Some(given) = given {
            parts[at].clone_from(given);
        }
    }
    match current {
        Some((_, before, _)) if before == parts => {}
        Some((at, ..)) => card.set_raw_value(at, &raw_components(&parts)),
        None => card.push(&Line::components("N", &parts)),
    }
}

fn set_organization(card: &mut Card, organization: &str) {
    let units: Vec<&str> = organization.split(';').map(str::trim).collect();
    let current = card.first("ORG").map(|(at, org)| (at, view::organization(org)));
    match current {
        Some((at, _)) if organization.is_empty() => card.remove(at),
        Some((_, current)) if current == organization => {}
        Some((at, _)) => card.set_raw_value(at, &raw_components(&units)),
        None if organization.is_empty() => {}
        None => card.push(&Line::components("ORG", &units)),
    }
}

fn set_birthday(card: &mut Card, birthday: &str) -> ToolResult<()> {
    let current = card.first("BDAY").map(|(at, day)| (at, Birthday::of(day), day.text()));
    if birthday.is_empty() {
        if let Some((at, ..)) = current {
            card.remove(at);
        }
        return Ok(());
    }
    // What we show of a birthday that is no date comes back unchanged.
    if current.as_ref().is_some_and(|(_, _, text)| text == birthday) {
        return Ok(());
    }
    let Some(wanted) = Birthday::parse(birthday) else {
        return Err(ToolError::invalid(
            "argument `contact_data.birthday`: give YYYY-MM-DD, or --MM-DD without a year",
        ));
    };
    let (value, omits_year) = wanted.written(card.version());
    let mut line = Line::raw("BDAY", &value);
    if omits_year {
        line = line.parameter("X-APPLE-OMIT-YEAR", &[Birthday::omitted_year()]);
    }
    match current {
        Some((_, Some(before), _)) if before == wanted => {}
        Some((at, ..)) => {
            let group = card.property(at).and_then(|day| day.group().map(ToOwned::to_owned));
            card.replace(at, &line.group(group.as_deref()));
        }
        None => card.push(&line),
    }
    Ok(())
}

fn set_categories(card: &mut Card, categories: &[String]) {
    let current: Vec<String> = card.all("CATEGORIES").flat_map(|(_, line)| line.list()).collect();
    if current == categories {
        return;
    }
    while let Some((at, _)) = card.first("CATEGORIES") {
        card.remove(at);
    }
    if !categories.is_empty() {
        card.push(&Line::list("CATEGORIES", categories));
    }
}

fn set_custom_fields(card: &mut Card, fields: Option<&BTreeMap<String, String>>) {
    for (name, value) in fields.into_iter().flatten() {
        let found = card.first(name).filter(|(_, property)| view::is_custom(*property));
        if found.is_some() || card.first(name).is_none() {
            set_text(card, &name.to_ascii_uppercase(), value);
        }
    }
}

fn set_entries(card: &mut Card, name: &str, entries: &Entries) {
    match entries {
        Entries::One(entry) if entry.is_empty() => replace_all(card, name, &[]),
        Entries::One(entry) => match card.first(name).map(|(at, _)| at) {
            Some(at) => put_entry(card, name, Some(at), entry),
            None => put_entry(card, name, None, entry),
        },
        Entries::All(entries) => {
            let filled: Vec<&Entry> = entries.iter().filter(|entry| !entry.is_empty()).collect();
            replace_all(card, name, &filled);
        }
    }
}

/// Entries that are there already keep their line; the others of that name go, new ones come at the end.
fn replace_all(card: &mut Card, name: &str, entries: &[&Entry]) {
    let mut kept: Vec<usize> = Vec::new();
    let mut new: Vec<&Entry> = Vec::new();
    for entry in entries {
        let same = card
            .all(name)
            .find(|(at, property)| !kept.contains(at) && is_same(*property, entry))
            .map(|(at, _)| at);
        match same {
            Some(at) => {
                kept.push(at);
                put_entry(card, name, Some(at), entry);
            }
            None => new.push(entry),
        }
    }
    let gone: Vec<usize> = card
        .all(name)
        .map(|(at, _)| at)
        .filter(|at| !kept.contains(at))
        .collect();
    card.remove_all(&gone);
    for entry in new {
        put_entry(card, name, None, entry);
    }
}

fn is_same(property: Property<'_>, entry: &Entry) -> bool {
    if property.is("ADR") && !entry.components.is_empty() {
        return trimmed(property.components(7)) == trimmed(entry.components.clone());
    }
    view::plain_value(property) == entry.value
}

fn trimmed(mut parts: Vec<String>) -> Vec<String> {
    while parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    parts
}

/// Writes an entry into the line at `at`, or into a new one. A line keeps whatever the entry does not speak of.
fn put_entry(card: &mut Card, name: &str, at: Option<usize>, entry: &Entry) {
    let version = card.version();
    let Some((at, property)) = at.and_then(|at| Some((at, card.property(at)?))) else {
        let types = cased(entry.types.as_deref().unwrap_or_default(), version);
        let line = with_types(value_line(name, entry), types, entry.preferred == Some(true), version);
        card.push(&line);
        return;
    };
    let types_change = entry
        .types
        .as_ref()
        .is_some_and(|types| !same_types(types, &property.types()));
    let rank_changes = entry
        .preferred
        .is_some_and(|preferred| preferred != property.is_preferred());
    let value_changes = !is_same(property, entry);
    if types_change || rank_changes {
        let types = match &entry.types {
            Some(types) => cased(types, version),
            None => cased(&property.types(), version),
        };
        let mut dropped = vec!["TYPE"];
        if entry.preferred.is_some() {
            dropped.push("PREF");
        }
        if value_changes {
            dropped.push("VALUE");
        }
        let line = if value_changes {
            value_line(name, entry)
        } else {
            Line::raw(name, &property.raw_value())
        };
        let preferred = entry
            .preferred
            .unwrap_or(property.is_preferred() && version == Version::V3);
        let line = line
            .group(property.group())
            .written_parameters(property.other_parameters(&dropped));
        let line = with_types(line, types, preferred, version);
        card.replace(at, &line);
    } else if value_changes {
        let is_uri = property
            .parameter("VALUE")
            .iter()
            .any(|kind| kind.eq_ignore_ascii_case("uri"));
        match name {
            "ADR" => card.set_raw_value(at, &raw_components(&address(entry))),
            "TEL" if is_uri => card.set_raw_value(at, &format!("tel:{}", entry.value.replace(' ', "-"))),
            "URL" => card.set_raw_value(at, &entry.value),
            _ => card.set_value(at, &entry.value),
        }
    }
}

fn same_types(wanted: &[String], current: &[String]) -> bool {
    let sorted = |types: &[String]| {
        let mut types: Vec<String> = types.iter().map(|kind| kind.to_ascii_lowercase()).collect();
        types.sort();
        types
    };
    sorted(wanted) == sorted(current)
}

fn value_line(name: &str, entry: &Entry) -> Line {
    match name {
        "ADR" => Line::components(name, &address(entry)),
        // A URI is not escaped (RFC 6350 §6.7.8).
        "URL" => Line::raw(name, &entry.value),
        _ => Line::text(name, &entry.value),
    }
}

/// Seven components; a plain text is the street.
fn address(entry: &Entry) -> Vec<String> {
    let mut parts = entry.components.clone();
    if parts.is_empty() {
        parts = vec![String::new(), String::new(), entry.value.clone()];
    }
    parts.resize(7, String::new());
    parts
}

fn with_types(line: Line, mut types: Vec<String>, preferred: bool, version: Version) -> Line {
    match version {
        Version::V3 if preferred => {
            types.push("PREF".to_owned());
            line.parameter("TYPE", &types)
        }
        Version::V4 if preferred => line.parameter("TYPE", &types).parameter("PREF", &["1"]),
        Version::V3 | Version::V4 => line.parameter("TYPE", &types),
    }
}

/// Types as each version writes them.
fn cased(types: &[String], version: Version) -> Vec<String> {
    types
        .iter()
        .map(|kind| match version {
            Version::V3 => kind.to_ascii_uppercase(),
            Version::V4 => kind.to_ascii_lowercase(),
        })
        .collect()
}

/// Components escaped and joined.
fn raw_components<S: AsRef<str>>(parts: &[S]) -> String {
    Line::components("X", parts).value().to_owned()
}
