//! Who a request acts for. Made by the guard on `/mcp`, and the only thing the MCP handler trusts.

use std::sync::Arc;

use crate::scope::ScopeSet;

/// A person, as an issuer names them. Two issuers' equal subjects are two people (OIDC Core §5.7).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// The issuer's identifier, as its metadata gives it.
    pub issuer: Arc<str>,
    /// The `sub` claim.
    pub subject: Arc<str>,
}

impl Subject {
    /// The person that `issuer` calls `subject`.
    pub fn new(issuer: impl Into<Arc<str>>, subject: impl Into<Arc<str>>) -> Self {
        Self {
            issuer: issuer.into(),
            subject: subject.into(),
        }
    }
}

/// An authenticated caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The person.
    pub subject: Subject,
    /// The OAuth client that acts for them, if the token names one.
    pub client_id: Option<Arc<str>>,
    /// What the person allowed that client to do. `None` where the front door knows no scopes (single user, basic):
    /// then everything is allowed.
    pub scopes: Option<ScopeSet>,
    /// When the token ends, in Unix seconds.
    pub expires_at: Option<u64>,
}

impl Principal {
    /// Those of `required` that the caller was not granted.
    pub fn missing_scopes<'a>(&self, required: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        self.scopes
            .as_ref()
            .map_or_else(Vec::new, |scopes| scopes.missing(required))
    }
}
