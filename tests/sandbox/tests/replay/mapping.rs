//! What a recorded identifier is called on our side.
//!
//! Ids, ETags, tokens and dates of the recording are not those of the sandbox. Each answer teaches which value stands
//! for which; later requests are translated before they are sent, and recorded answers before they are compared.

use std::collections::HashMap;

use serde_json::Value;

use super::xml::Element;

/// Recorded values and ours. What was learnt first stays.
#[derive(Debug, Default)]
pub(crate) struct Mapping {
    /// Opaque texts, replaced wherever they occur; longest first.
    texts: Vec<(String, String)>,
    /// Numeric ids, by what they name (`note`, `board`): other apps count from 1 too.
    ids: HashMap<(String, String), String>,
    /// Numeric ids whatever they name, for places that do not say.
    any_ids: HashMap<String, String>,
}

impl Mapping {
    /// Takes `ours` to stand for `recorded`.
    pub(crate) fn text(&mut self, recorded: &str, ours: &str) {
        if recorded.is_empty() || recorded == ours || self.texts.iter().any(|(known, _)| known == recorded) {
            return;
        }
        self.texts.push((recorded.to_owned(), ours.to_owned()));
        self.texts
            .sort_by_key(|(recorded, _)| std::cmp::Reverse(recorded.len()));
    }

    fn id(&mut self, kind: &str, recorded: &str, ours: &str) {
        self.ids
            .entry((kind.to_owned(), recorded.to_owned()))
            .or_insert_with(|| ours.to_owned());
        self.any_ids
            .entry(recorded.to_owned())
            .or_insert_with(|| ours.to_owned());
    }

    fn translated_id(&self, kind: &str, recorded: &str) -> Option<&str> {
        let exact = self.ids.get(&(kind.to_owned(), recorded.to_owned()));
        exact.or_else(|| self.any_ids.get(recorded)).map(String::as_str)
    }

    /// `text` with every known opaque value replaced.
    pub(crate) fn translate(&self, text: &str) -> String {
        // One pass, so that a replacement is not replaced again.
        let mut translated = String::with_capacity(text.len());
        let mut rest = text;
        'scan: while let Some(c) = rest.chars().next() {
            for (recorded, ours) in &self.texts {
                if let Some(after) = rest.strip_prefix(recorded.as_str()) {
                    translated.push_str(ours);
                    rest = after;
                    continue 'scan;
                }
            }
            translated.push(c);
            rest = &rest[c.len_utf8()..];
        }
        translated
    }

    /// Path and query with opaque values and numeric ids replaced: `/notes/231` is note 231, `?boardId=3` is board 3.
    pub(crate) fn translate_target(&self, target: &str) -> String {
        let target = self.translate(target);
        let (path, query) = target
            .split_once('?')
            .map_or((target.as_str(), None), |(path, query)| (path, Some(query)));
        let mut kind = String::new();
        let mut segments = Vec::new();
        for segment in path.split('/') {
            match self.translated_id(&kind, segment).filter(|_| is_number(segment)) {
                Some(ours) => segments.push(ours),
                None => segments.push(segment),
            }
            if !is_number(segment) {
                kind = kind_of(segment);
            }
        }
        let path = segments.join("/");
        let Some(query) = query else { return path };
        let pairs = query.split('&').map(|pair| match pair.split_once('=') {
            Some((key, value)) if is_number(value) && names_an_id(key) => {
                format!("{key}={}", self.translated_id(&kind_of(key), value).unwrap_or(value))
            }
            _ => pair.to_owned(),
        });
        format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
    }

    /// A JSON document with opaque values and the numbers of id fields replaced. `kind` is what it is about.
    pub(crate) fn translate_json(&self, value: &Value, kind: &str) -> Value {
        match value {
            Value::String(text) => Value::String(self.translate(text)),
            Value::Array(items) => items.iter().map(|item| self.translate_json(item, kind)).collect(),
            Value::Object(fields) => {
                let field = |(key, value): (&String, &Value)| {
                    let ours = value
                        .is_number()
                        .then(|| self.translated_id(&field_kind(key, kind), &value.to_string()))
                        .flatten();
                    let translated = match ours.filter(|_| names_an_id(key)) {
                        Some(ours) => serde_json::from_str(ours).unwrap_or_else(|_| Value::String(ours.to_owned())),
                        None => self.translate_json(value, &nested_kind(key, value, kind)),
                    };
                    (key.clone(), translated)
                };
                Value::Object(fields.iter().map(field).collect())
            }
            other => other.clone(),
        }
    }

    /// Learns from two answers to the same request about a `kind`.
    pub(crate) fn learn_json(&mut self, recorded: &Value, ours: &Value, kind: &str) {
        match (recorded, ours) {
            (Value::String(recorded), Value::String(ours)) if is_opaque(recorded) => self.text(recorded, ours),
            (Value::Array(recorded), Value::Array(ours)) => {
                for (recorded, ours) in recorded.iter().zip(ours) {
                    self.learn_json(recorded, ours, kind);
                }
            }
            (Value::Object(recorded), Value::Object(ours)) => {
                for (key, recorded) in recorded {
                    let Some(ours) = ours.get(key) else { continue };
                    match (recorded, ours) {
                        (Value::Number(_), Value::Number(_)) if names_an_id(key) => {
                            self.id(&field_kind(key, kind), &recorded.to_string(), &ours.to_string());
                        }
                        (Value::String(recorded), Value::String(ours)) if names_an_id(key) && is_number(recorded) => {
                            self.id(&field_kind(key, kind), recorded, ours);
                        }
                        (Value::String(recorded), Value::String(ours)) if recorded.contains("://") => {
                            self.learn_url(recorded, ours);
                        }
                        _ => self.learn_json(recorded, ours, &nested_kind(key, recorded, kind)),
                    }
                }
            }
            _ => {}
        }
    }

    /// Learns from two answers that are an id and nothing else, as those of Cookbook to writes.
    pub(crate) fn learn_bare_id(&mut self, recorded: &Value, ours: &Value, kind: &str) {
        if recorded.is_number() && ours.is_number() {
            self.id(kind, &recorded.to_string(), &ours.to_string());
        }
    }

    /// Learns from the texts of two XML documents of the same structure.
    pub(crate) fn learn_xml(&mut self, recorded: &Element, ours: &Element) {
        if recorded.name == "href" {
            self.learn_url(&recorded.text, &ours.text);
        } else if recorded.name == "id" || recorded.name.ends_with("-id") || recorded.name == "fileid" {
            self.id(&kind_of(&recorded.name), &recorded.text, &ours.text);
        } else if is_opaque(recorded.text.trim_matches('"')) {
            self.text(recorded.text.trim_matches('"'), ours.text.trim_matches('"'));
        }
        for (recorded, ours) in recorded.children.iter().zip(&ours.children) {
            if recorded.name == ours.name {
                self.learn_xml(recorded, ours);
            }
        }
    }

    /// Learns from the segments and the parameters of two URLs.
    pub(crate) fn learn_url(&mut self, recorded: &str, ours: &str) {
        let (recorded_path, recorded_query) = recorded.split_once('?').unwrap_or((recorded, ""));
        let (our_path, our_query) = ours.split_once('?').unwrap_or((ours, ""));
        let mut kind = String::new();
        for (recorded, ours) in recorded_path.split('/').zip(our_path.split('/')) {
            if is_number(recorded) && is_number(ours) {
                self.id(&kind, recorded, ours);
            } else if is_opaque(recorded) {
                self.text(recorded, ours);
            } else {
                kind = kind_of(recorded);
            }
        }
        for pair in recorded_query.split('&') {
            let Some((key, recorded)) = pair.split_once('=') else {
                continue;
            };
            let ours = our_query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(ours, _)| *ours == key);
            if let Some((_, ours)) = ours.filter(|_| is_opaque(recorded)) {
                self.text(recorded, ours);
            }
        }
    }

    /// Learns from headers that carry identifiers or times.
    pub(crate) fn learn_header(&mut self, name: &str, recorded: &str, ours: &str) {
        match name.to_ascii_lowercase().as_str() {
            "etag" | "oc-etag" => self.text(bare(recorded), bare(ours)),
            "location" | "content-location" => self.learn_url(recorded, ours),
            "oc-fileid" | "last-modified" | "x-notes-chunk-cursor" => self.text(recorded, ours),
            _ => {}
        }
    }
}

/// An ETag without `W/` and quotes.
fn bare(etag: &str) -> &str {
    etag.trim_start_matches("W/").trim_matches('"')
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Made by chance rather than by people: a token, a digest, a UUID. Never words, dates, addresses or paths.
fn is_opaque(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    text.len() >= 16 && text.bytes().all(token) && text.bytes().any(|byte| byte.is_ascii_digit())
}

fn names_an_id(key: &str) -> bool {
    let key = key.rsplit_once(['[', '.']).map_or(key, |(_, last)| last);
    key.eq_ignore_ascii_case("id") || key.ends_with("Id") || key.ends_with("_id") || key.eq_ignore_ascii_case("fileid")
}

/// What a field of the name `key` in a document about `kind` counts: `id` counts the document, `parentId` others of its
/// kind, `boardId` boards.
fn field_kind(key: &str, kind: &str) -> String {
    if key.eq_ignore_ascii_case("id") || key == "parentId" {
        kind.to_owned()
    } else {
        kind_of(key)
    }
}

/// What a document under `key` is about: `labels` are labels; `ocs` and `data` only wrap.
fn nested_kind(key: &str, value: &Value, kind: &str) -> String {
    let wrapper = matches!(key, "ocs" | "data" | "entries");
    if wrapper || !(value.is_object() || value.is_array()) {
        kind.to_owned()
    } else {
        kind_of(key)
    }
}

/// `boards`, `boardId`, `board_id` → `board`.
fn kind_of(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix("id").unwrap_or(&name).trim_end_matches(['_', '-']);
    name.strip_suffix('s').unwrap_or(name).to_owned()
}

/// What a request to this target is about: its last path segment that is no number.
pub(crate) fn kind_of_target(target: &str) -> String {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    path.rsplit('/')
        .find(|segment| !segment.is_empty() && !is_number(segment))
        .map(kind_of)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_learnt_by_kind() {
        let mut mapping = Mapping::default();
        mapping.learn_json(
            &json!({"id": 1, "labels": [{"id": 1}]}),
            &json!({"id": 10, "labels": [{"id": 77}]}),
            "board",
        );
        assert_eq!(
            mapping.translate_target("/boards/1/labels/1/x/2"),
            "/boards/10/labels/77/x/2"
        );
        assert_eq!(
            mapping.translate_json(&json!({"labelId": 1, "content": 1}), "card"),
            json!({"labelId": 77, "content": 1})
        );
        assert_eq!(
            mapping.translate_target("/attachment/1?boardId=1&limit=1"),
            "/attachment/10?boardId=10&limit=1"
        );
    }

    #[test]
    fn opaque_values_are_replaced_once_and_everywhere() {
        let mut mapping = Mapping::default();
        let (recorded, ours) = ("876d286ec85048a4f1d171d2e49e6473", "16d8c0175be36a5a6e7b1ec7ff228d9f");
        mapping.learn_header("ETag", &format!("\"{recorded}\""), &format!("\"{ours}\""));
        mapping.learn_header("ETag", &format!("\"{ours}\""), "\"ffffffffffffffff0\"");
        assert_eq!(
            mapping.translate(&format!("\"{recorded}\" {ours}")),
            format!("\"{ours}\" ffffffffffffffff0")
        );
    }

    #[test]
    fn what_was_learnt_first_stays() {
        let mut mapping = Mapping::default();
        mapping.text("recorded-value-0001", "first");
        mapping.text("recorded-value-0001", "second");
        assert_eq!(mapping.translate("recorded-value-0001"), "first");
    }

    #[test]
    fn urls_teach_their_parameters() {
        let mut mapping = Mapping::default();
        mapping.learn_url(
            "http://c/cb?state=st-1&code=AAAAAAAAAAAAAAAA1",
            "http://c/cb?code=BBBB&state=st-1",
        );
        assert_eq!(
            mapping.translate("code=AAAAAAAAAAAAAAAA1&state=st-1"),
            "code=BBBB&state=st-1"
        );
    }

    #[test]
    fn words_and_paths_are_not_identifiers() {
        for text in [
            "only content line one",
            "http://localhost:8080/x",
            "authorization_code",
            "Sat, 21 Nov 2026 00:27:42 GMT",
        ] {
            assert!(!is_opaque(text), "{text}");
        }
    }
}
