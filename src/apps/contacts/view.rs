//! A card as a contact.

use actors::nextcloud::{Etag, NextcloudClient};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::dates::Birthday;
use super::model::{Contact, Field};
use crate::vcard::{Card, Property};

/// Largest picture that is put into a result, in bytes of its encoding.
const MAX_PHOTO: usize = 1024 * 1024;
/// Names of our own making that are no custom fields.
const NOT_CUSTOM: [&str; 2] = ["X-ABLABEL", "X-ABADR"];

/// The contact in a card.
pub fn contact(card: &Card, object: &str, etag: Option<Etag>, with_photo: bool) -> Contact {
    let name = card.first("N").map(|(_, name)| name.components(5)).unwrap_or_default();
    let part = |at: usize| name.get(at).filter(|part| !part.is_empty()).cloned();
    let photo = card.first("PHOTO").map(|(_, photo)| photo);
    Contact {
        uid: text(card, "UID").unwrap_or_else(|| object.trim_end_matches(".vcf").to_owned()),
        resource_path: object.to_owned(),
        r#fn: text(card, "FN").unwrap_or_default(),
        given_name: part(1),
        family_name: part(0),
        nickname: text(card, "NICKNAME"),
        organization: card
            .first("ORG")
            .map(|(_, org)| organization(org))
            .filter(|org| !org.is_empty()),
        title: text(card, "TITLE"),
        role: text(card, "ROLE"),
        emails: fields(card, "EMAIL"),
        phones: fields(card, "TEL"),
        addresses: fields(card, "ADR"),
        urls: fields(card, "URL"),
        note: text(card, "NOTE"),
        has_photo: photo.is_some(),
        photo: photo.filter(|_| with_photo).and_then(|photo| picture(photo)),
        birthday: card
            .first("BDAY")
            .map(|(_, day)| Birthday::of(day).map_or_else(|| day.text(), |day| day.to_string())),
        categories: card
            .all("CATEGORIES")
            .flat_map(|(_, categories)| categories.list())
            .filter(|category| !category.is_empty())
            .collect(),
        custom_fields: card
            .properties()
            .filter(|(_, property)| is_custom(*property))
            .map(|(_, property)| (property.name().to_ascii_uppercase(), property.text()))
            .collect(),
        etag,
        url: None,
    }
}

/// Whether a property is shown in `custom_fields`.
pub fn is_custom(property: Property<'_>) -> bool {
    let name = property.name().to_ascii_uppercase();
    name.starts_with("X-") && !NOT_CUSTOM.contains(&name.as_str())
}

/// The page of a contact in the Contacts app, by its route for links from elsewhere.
pub fn link(nextcloud: &NextcloudClient, book: &str, uid: &str) -> Option<String> {
    if uid.contains('/') || book.starts_with(super::api::SERVER_MADE[0]) {
        return None;
    }
    let key = format!("{uid}~{book}");
    let key = utf8_percent_encode(&key, NON_ALPHANUMERIC);
    nextcloud.deep_link(&format!("/index.php/apps/contacts/direct/contact/{key}"))
}

/// `ACME; Sales`.
pub fn organization(property: Property<'_>) -> String {
    let mut units = property.components(10);
    while units.last().is_some_and(String::is_empty) {
        units.pop();
    }
    units.join("; ")
}

/// The value of an entry as shown and compared: without `tel:` and `mailto:`.
pub fn plain_value(property: Property<'_>) -> String {
    if property.is("ADR") {
        let parts: Vec<String> = property
            .components(7)
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        return parts.join(", ");
    }
    let text = property.text();
    let scheme = if property.is("TEL") { "tel:" } else { "mailto:" };
    match text.get(..scheme.len()) {
        Some(start) if start.eq_ignore_ascii_case(scheme) && !property.is("URL") => text[scheme.len()..].to_owned(),
        _ => text,
    }
}

fn fields(card: &Card, name: &str) -> Vec<Field> {
    card.all(name)
        .map(|(_, property)| Field {
            kind: property.types().join(","),
            value: plain_value(property),
            label: label(card, property),
            preferred: property.is_preferred(),
            components: if property.is("ADR") {
                property.components(7)
            } else {
                Vec::new()
            },
        })
        .filter(|field| !field.value.is_empty())
        .collect()
}

/// The label of a property's group, without the signs that Apple puts around its own.
fn label(card: &Card, property: Property<'_>) -> Option<String> {
    let group = property.group()?;
    let (_, label) = card.all("X-ABLABEL").find(|(_, label)| label.is_in_group(group))?;
    let text = label.text();
    let inner = text.strip_prefix("_$!<").and_then(|text| text.strip_suffix(">!$_"));
    inner
        .map(ToOwned::to_owned)
        .or(Some(text))
        .filter(|label| !label.is_empty())
}

/// A picture as a URI, whichever version it was written in.
fn picture(property: Property<'_>) -> Option<String> {
    let value = property.raw_value();
    if value.len() > MAX_PHOTO {
        return None;
    }
    let is_inline = property
        .parameter("ENCODING")
        .iter()
        .any(|encoding| encoding.eq_ignore_ascii_case("b") || encoding.eq_ignore_ascii_case("base64"));
    if !is_inline {
        return Some(property.text());
    }
    let kind = property.types().into_iter().next().unwrap_or_else(|| "jpeg".to_owned());
    let media_type = if kind.contains('/') {
        kind
    } else {
        format!("image/{kind}")
    };
    Some(format!("data:{media_type};base64,{value}"))
}

fn text(card: &Card, name: &str) -> Option<String> {
    card.first(name)
        .map(|(_, property)| property.text())
        .filter(|text| !text.is_empty())
}
