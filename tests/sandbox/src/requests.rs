//! How often each path was asked for, so that a test can say "one introspection".

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use http::Method;

/// Distinct paths remembered; a fuzzer that invents more is no longer counted path by path.
const PATHS: usize = 16_384;

/// The methods that change nothing (RFC 9110 section 9.2.1, RFC 4918, RFC 3253, RFC 5323).
const READ_ONLY: [&str; 6] = ["GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT", "SEARCH"];

/// The requests that arrived, by method and path. Paths are counted without `/index.php` and without the query.
#[derive(Debug, Default)]
pub struct RequestLog {
    counts: Mutex<HashMap<(Method, String), u64>>,
}

impl RequestLog {
    /// How often `path` was asked for, by any method.
    pub fn count(&self, path: &str) -> u64 {
        self.sum(|_, counted| counted == path)
    }

    /// How often `path` was asked for by `method`.
    pub fn count_of(&self, method: &Method, path: &str) -> u64 {
        self.sum(|counted_method, counted| counted_method == method && counted == path)
    }

    /// How often a path beginning with `prefix` was asked for.
    pub fn count_under(&self, prefix: &str) -> u64 {
        self.sum(|_, counted| counted.starts_with(prefix))
    }

    /// The requests that may have changed something: `PUT /remote.php/dav/files/alice/a.txt`.
    pub fn changes(&self) -> Vec<String> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts
            .keys()
            .filter(|(method, _)| !READ_ONLY.contains(&method.as_str()))
            .map(|(method, path)| format!("{method} {path}"))
            .collect()
    }

    /// Forgets every count.
    pub fn reset(&self) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(crate) fn record(&self, method: &Method, path: &str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (method.clone(), path.to_owned());
        if let Some(count) = counts.get_mut(&key) {
            *count += 1;
        } else if counts.len() < PATHS {
            counts.insert(key, 1);
        }
    }

    fn sum(&self, wanted: impl Fn(&Method, &str) -> bool) -> u64 {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts
            .iter()
            .filter(|((method, path), _)| wanted(method, path))
            .map(|(_, count)| count)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_by_path_method_and_prefix() {
        let log = RequestLog::default();
        log.record(&Method::GET, "/apps/oidc/jwks");
        log.record(&Method::POST, "/apps/oidc/token");
        log.record(&Method::GET, "/apps/oidc/token");
        assert_eq!(log.count("/apps/oidc/token"), 2);
        assert_eq!(log.count_of(&Method::POST, "/apps/oidc/token"), 1);
        assert_eq!(log.count_under("/apps/oidc/"), 3);
        assert_eq!(log.changes(), ["POST /apps/oidc/token"]);
        log.reset();
        assert_eq!(log.count("/apps/oidc/token"), 0);
    }
}
