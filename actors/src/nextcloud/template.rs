//! Path templates: `/index.php/apps/notes/api/v1/notes/{id}` with its placeholders filled, each value encoded so that
//! it stays where it was put.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters: a value cannot end its segment, start a query or climb.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// As above, but `/` separates segments.
const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// A path that is being filled.
#[derive(Debug, Clone)]
pub(super) struct Template {
    name: &'static str,
    rest: &'static str,
    path: String,
    refused: Option<&'static str>,
}

impl Template {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            rest: name,
            path: String::with_capacity(name.len() + 24),
            refused: None,
        }
    }

    /// The template itself: the name in traces and metrics.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Fills the next placeholder with one segment.
    pub(super) fn segment(&mut self, value: &str) {
        if value.is_empty() || is_dot_segment(value) {
            self.refused = Some("a path segment is empty or only dots");
        }
        self.fill(value, SEGMENT);
    }

    /// Fills the next placeholder with a path of several segments. An empty path is allowed: the root.
    pub(super) fn path(&mut self, value: &str) {
        let value = value.trim_matches('/');
        if value.split('/').any(is_dot_segment) {
            self.refused = Some("a path contains `.` or `..`");
        }
        self.fill(value, PATH);
    }

    fn fill(&mut self, value: &str, keep: &'static AsciiSet) {
        if value.contains('\0') {
            self.refused = Some("a path contains a NUL character");
        }
        let Some((before, after)) = self.rest.split_once('{') else {
            self.refused = Some("more values than placeholders");
            return;
        };
        self.path.push_str(before);
        self.path.extend(utf8_percent_encode(value, keep));
        self.rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }

    /// The finished path, or why it cannot be used.
    pub(super) fn finish(mut self) -> Result<String, &'static str> {
        if let Some(reason) = self.refused {
            return Err(reason);
        }
        if self.rest.contains('{') {
            return Err("a placeholder of the path was not filled");
        }
        self.path.push_str(self.rest);
        Ok(self.path)
    }
}

fn is_dot_segment(segment: &str) -> bool {
    matches!(segment, "." | "..")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Template;

    fn filled(template: &'static str, value: &str) -> Result<String, &'static str> {
        let mut template = Template::new(template);
        template.segment(value);
        template.finish()
    }

    #[test]
    fn values_are_encoded_where_they_stand() {
        assert_eq!(
            filled("/notes/{id}/x", "a/b ?#%é").unwrap(),
            "/notes/a%2Fb%20%3F%23%25%C3%A9/x"
        );
        let mut path = Template::new("/files/{user}/{path}");
        path.segment("alice");
        path.path("/Döcs/a b.txt");
        assert_eq!(path.finish().unwrap(), "/files/alice/D%C3%B6cs/a%20b.txt");
    }

    #[test]
    fn climbing_and_missing_values_are_refused() {
        assert!(filled("/notes/{id}", "..").is_err());
        assert!(filled("/notes/{id}", "").is_err());
        assert!(filled("/notes/{id}", "a\0b").is_err());
        assert!(Template::new("/notes/{id}").finish().is_err());
        let mut path = Template::new("/files/{path}");
        path.path("a/../../b");
        assert!(path.finish().is_err());
    }

    proptest! {
        #[test]
        fn a_segment_never_leaves_its_place(value in "\\PC*") {
            if let Ok(path) = filled("/a/{x}/b", &value) {
                prop_assert_eq!(path.matches('/').count(), 3);
                prop_assert!(!path.contains(['?', '#', '\\']));
                let url = url::Url::parse("http://h").unwrap().join(&path).unwrap();
                prop_assert_eq!(url.path(), path);
            }
        }
    }
}
