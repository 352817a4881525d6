//! OAuth scopes (RFC 6749 §3.3), with the two spellings `notes:read` and `notes.read` understood as one.

use std::collections::BTreeSet;
use std::fmt;

/// The separators between an app and what may be done to it.
const SEPARATORS: [char; 2] = [':', '.'];

/// A set of granted or required scopes, in one spelling: `app:access`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScopeSet(BTreeSet<Box<str>>);

impl ScopeSet {
    /// The scopes of a space-separated `scope` value.
    pub fn parse(scope: &str) -> Self {
        scope.split_ascii_whitespace().collect()
    }

    /// Whether `scope` (either spelling) was granted.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(canonical(scope).as_ref())
    }

    /// Adds one scope, in either spelling.
    pub fn insert(&mut self, scope: &str) {
        self.0.insert(canonical(scope));
    }

    /// Those of `required` that this set lacks.
    pub fn missing<'a>(&self, required: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        required.into_iter().filter(|scope| !self.contains(scope)).collect()
    }

    /// Whether no scope was granted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The scopes in alphabetical order, spelt with `:`.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The set as a `scope` value, spelt with `separator`.
    pub fn to_scope_value(&self, separator: char) -> String {
        self.iter()
            .map(|scope| scope.replacen(':', &separator.to_string(), 1))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl<'a> FromIterator<&'a str> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = &'a str>>(scopes: I) -> Self {
        Self(scopes.into_iter().map(canonical).collect())
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_scope_value(':'))
    }
}

/// `notes.read` and `notes:read` are both `notes:read`. A scope that is a URL keeps its spelling: only `read`,
/// `write` and `send` after the last separator make an app scope.
fn canonical(scope: &str) -> Box<str> {
    match scope.rsplit_once(SEPARATORS) {
        Some((app, access)) if matches!(access, "read" | "write" | "send") => {
            format!("{app}:{access}").into_boxed_str()
        }
        _ => scope.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::ScopeSet;

    #[test]
    fn both_spellings_are_one_scope() {
        let granted = ScopeSet::parse("openid notes.read  notes:write");
        assert!(granted.contains("notes:read"));
        assert!(granted.contains("notes.write"));
        assert_eq!(granted.to_string(), "notes:read notes:write openid");
        assert_eq!(granted.to_scope_value('.'), "notes.read notes.write openid");
    }

    #[test]
    fn a_truncated_scope_is_another_scope() {
        let granted = ScopeSet::parse("cookbook:wri");
        assert_eq!(granted.missing(["cookbook:write"]), ["cookbook:write"]);
    }

    #[test]
    fn scopes_that_are_urls_keep_their_spelling() {
        let granted = ScopeSet::parse("https://example.org/a.b:c");
        assert_eq!(granted.to_string(), "https://example.org/a.b:c");
    }
}
