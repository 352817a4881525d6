//! How an answer of the sandbox differs from the recorded one.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::mapping::{Mapping, kind_of_target};
use super::recording::{Body, Exchange};
use super::xml::{self, Element};
use super::{json, server::Answer};

/// Headers whose value is the same on every server; of the others only the presence counts.
const STABLE: [&str; 12] = [
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-max-age",
    "allow",
    "content-disposition",
    "dav",
    "www-authenticate",
    "x-nextcloud-well-known",
    "x-notes-api-versions",
    "x-notes-chunk-pending",
    "x-user-id",
];

/// Headers that say nothing about the server's behaviour.
const IGNORED: [&str; 4] = ["content-length", "date", "server", "set-cookie"];

/// Learns from `ours`, then lists where it differs. Values named in `literal` count beside shapes.
pub(crate) fn compare(exchange: &Exchange, ours: &Answer, literal: &[&str], mapping: &mut Mapping) -> Vec<String> {
    let mut differences = Vec::new();
    if exchange.status != ours.status {
        differences.push(format!("status: {} instead of {}", ours.status, exchange.status));
    }
    for (name, recorded) in &exchange.response.headers {
        if IGNORED.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        match ours.header(name) {
            None => differences.push(format!("header {name}: missing")),
            Some(ours) => {
                mapping.learn_header(name, recorded, ours);
                // Here ids stand in a path, not in an opaque text.
                let expected = if name.eq_ignore_ascii_case("content-location") {
                    mapping.translate_target(recorded)
                } else {
                    mapping.translate(recorded)
                };
                header(name, &expected, ours, &mut differences);
            }
        }
    }
    // An answer that is of another kind altogether would teach nonsense.
    if differences
        .iter()
        .all(|difference| !difference.starts_with("status") && !difference.starts_with("header Content-Type"))
    {
        body(exchange, ours, literal, mapping, &mut differences);
    }
    differences
}

fn header(name: &str, recorded: &str, ours: &str, differences: &mut Vec<String>) {
    let name_in_lower_case = name.to_ascii_lowercase();
    let same = match name_in_lower_case.as_str() {
        "content-type" => plain_type(recorded) == plain_type(ours),
        "location" | "content-location" => address(recorded) == address(ours),
        stable if STABLE.contains(&stable) => recorded == ours,
        _ => true,
    };
    if !same {
        differences.push(format!("header {name}: {ours:?} instead of {recorded:?}"));
    }
}

fn plain_type(value: &str) -> String {
    value.to_ascii_lowercase().replace(' ', "")
}

/// An address as its path and the set of its parameters, decoded; addresses inside parameters likewise.
fn address(text: &str) -> (String, BTreeSet<String>) {
    let (path, query) = text.split_once(['?', '#']).unwrap_or((text, ""));
    let parameters = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let pair = percent_decode_str(pair).decode_utf8_lossy();
        if pair.contains('?') {
            format!("{:?}", address(&pair))
        } else {
            pair.into_owned()
        }
    });
    (path.to_owned(), parameters.collect())
}

fn body(exchange: &Exchange, ours: &Answer, literal: &[&str], mapping: &mut Mapping, differences: &mut Vec<String>) {
    let text = String::from_utf8_lossy(&ours.body);
    match &exchange.response.body {
        Body::Any => {}
        Body::Empty if ours.body.is_empty() => {}
        Body::Empty => differences.push(format!("body: {} bytes instead of none", ours.body.len())),
        Body::Html if text.contains("</html>") => {}
        Body::Html => differences.push("body: not an HTML page".to_owned()),
        Body::Binary { start, length } if ours.body.len() == *length && ours.body.starts_with(start) => {}
        Body::Binary { length, .. } => {
            differences.push(format!("body: other bytes ({} instead of {length})", ours.body.len()));
        }
        Body::Text(recorded) => {
            let media_type = exchange.response.header("content-type").unwrap_or_default();
            if media_type.contains("json") {
                json_body(
                    recorded,
                    &text,
                    &kind_of_target(&exchange.target),
                    literal,
                    mapping,
                    differences,
                );
            } else if media_type.contains("xml") && recorded.starts_with('<') {
                xml_body(recorded, &text, mapping, differences);
            } else if mapping.translate(recorded).trim_end() != text.trim_end() {
                differences.push(format!("body: {text:?} instead of {recorded:?}"));
            }
        }
    }
}

fn json_body(
    recorded: &str,
    ours: &str,
    kind: &str,
    literal: &[&str],
    mapping: &mut Mapping,
    differences: &mut Vec<String>,
) {
    let recorded: Value =
        serde_json::from_str(recorded).unwrap_or_else(|error| panic!("the recorded JSON is cut: {error}: {recorded}"));
    match serde_json::from_str(ours) {
        Ok(ours) => {
            mapping.learn_json(&recorded, &ours, kind);
            mapping.learn_bare_id(&recorded, &ours, kind);
            json::compare(
                &mapping.translate_json(&recorded, kind),
                &ours,
                literal,
                "$",
                differences,
            );
        }
        Err(error) => differences.push(format!("body: no JSON ({error}): {ours:?}")),
    }
}

fn xml_body(recorded: &str, ours: &str, mapping: &mut Mapping, differences: &mut Vec<String>) {
    let recorded =
        Element::parse(recorded).unwrap_or_else(|error| panic!("the recorded XML is cut: {error}: {recorded}"));
    match Element::parse(ours) {
        Ok(ours) => {
            mapping.learn_xml(&recorded, &ours);
            xml::compare(&recorded, &ours, mapping, "", differences);
        }
        Err(error) => differences.push(format!("body: no XML ({error}): {ours:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_parameters_does_not_matter_even_inside_one() {
        let recorded = "/login?redirect_url=/apps/x?a%3D1%26b%3Dc%2520d";
        assert_eq!(
            address(recorded),
            address("/login?redirect_url=%2Fapps%2Fx%3Fb%3Dc%2520d%26a%3D1")
        );
        assert_ne!(
            address(recorded),
            address("/login?redirect_url=/apps/x?a%3D2%26b%3Dc%2520d")
        );
        assert_ne!(address("/a?x=1"), address("/b?x=1"));
    }
}
