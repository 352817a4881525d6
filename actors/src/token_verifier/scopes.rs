//! Granted scopes as this server understands them.

use std::collections::BTreeSet;
use std::ops::Bound;

use moka::sync::Cache;

use crate::scope::ScopeSet;

/// Scopes of OpenID Connect that any token may carry (Core §5.4, §11).
const STANDARD_SCOPES: [&str; 6] = ["openid", "profile", "email", "address", "phone", "offline_access"];

/// How many clients are remembered as reported.
const REPORTED_LIMIT: u64 = 1000;

/// Turns the scopes in a token into those that are honoured.
pub(super) struct ScopeRules {
    known: BTreeSet<String>,
    prefix: Option<String>,
    reported: Cache<String, ()>,
}

impl ScopeRules {
    pub(super) fn new(known: &[String], resource_server_id: Option<&str>) -> Self {
        let known = known.iter().map(String::as_str).chain(STANDARD_SCOPES);
        let both_spellings = known.flat_map(|scope| {
            let set: ScopeSet = std::iter::once(scope).collect();
            [set.to_scope_value(':'), set.to_scope_value('.')]
        });
        Self {
            known: both_spellings.collect(),
            prefix: resource_server_id.map(|id| format!("{}/", id.trim_end_matches('/'))),
            reported: Cache::new(REPORTED_LIMIT),
        }
    }

    /// The scopes that are honoured. One that was cut short is not: it would pass for a scope nobody granted. The cut is
    /// reported once per client.
    pub(super) fn granted<'a>(&self, scopes: impl Iterator<Item = &'a str>, client_id: Option<&str>) -> ScopeSet {
        let without_prefix = |scope: &'a str| {
            let prefix = self.prefix.as_deref().unwrap_or_default();
            scope.strip_prefix(prefix).unwrap_or(scope)
        };
        scopes
            .map(without_prefix)
            .filter(|scope| match self.cut_from(scope) {
                Some(whole) => {
                    self.report(scope, whole, client_id.unwrap_or_default());
                    false
                }
                None => true,
            })
            .collect()
    }

    /// The known scope that `scope` is only the beginning of.
    fn cut_from(&self, scope: &str) -> Option<&str> {
        // The first known scope that is not smaller: equal if it is known, otherwise the only place for a longer one.
        let next = self
            .known
            .range::<str, _>((Bound::Included(scope), Bound::Unbounded))
            .next()?;
        (next != scope && next.starts_with(scope)).then_some(next)
    }

    fn report(&self, cut: &str, whole: &str, client_id: &str) {
        if self.reported.entry_by_ref(client_id).or_insert(()).is_fresh() {
            tracing::warn!(
                client_id,
                scope = cut,
                "the identity provider cut a scope short and it is not honoured: {cut} should be {whole}. Nextcloud's \
                 oidc app before 1.11 does this to long scope lists: update the app, or grant fewer scopes to the client"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ScopeRules;

    fn rules(prefix: Option<&str>) -> ScopeRules {
        let known = ["cookbook:read", "cookbook:write", "files.read", "todo:read"];
        ScopeRules::new(&known.map(String::from), prefix)
    }

    fn granted(rules: &ScopeRules, scope: &str) -> String {
        rules.granted(scope.split(' '), Some("client")).to_string()
    }

    #[test]
    fn a_scope_that_was_cut_short_is_not_honoured() {
        let rules = rules(None);
        assert_eq!(
            granted(&rules, "openid cookbook:read cookbook:wri"),
            "cookbook:read openid"
        );
        for cut in [
            "c",
            "cookbook",
            "cookbook:",
            "cookbook.writ",
            "files.r",
            "files:rea",
            "offline_acces",
        ] {
            assert_eq!(granted(&rules, cut), "", "{cut}");
        }
        // The whole ones in both spellings, and those that are nobody's beginning.
        assert_eq!(
            granted(&rules, "cookbook.write files:read groups notes:read"),
            "cookbook:write files:read groups notes:read"
        );
    }

    #[test]
    fn a_cut_is_reported_once_per_client() {
        let rules = rules(None);
        for client in ["a", "a", "b"] {
            rules.granted(std::iter::once("todo:"), Some(client));
        }
        rules.reported.run_pending_tasks();
        assert_eq!(rules.reported.entry_count(), 2);
    }

    #[test]
    fn the_resource_server_prefix_is_stripped() {
        let rules = rules(Some("https://cloud.example/mcp"));
        assert_eq!(
            granted(
                &rules,
                "https://cloud.example/mcp/files.read openid https://cloud.example/mcp/files.re"
            ),
            "files:read openid"
        );
    }
}
