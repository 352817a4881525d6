//! Series looked up by a name and an HTTP method, and counters looked up by status code: both resolved once, so that
//! recording formats no string and takes no lock that a scrape or a new series holds for long.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

use prometheus::{IntCounter, IntCounterVec};

/// Methods with series of their own; a client or an app may use others, which share the last place.
const METHODS: [&str; 17] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "PROPFIND",
    "PROPPATCH",
    "REPORT",
    "SEARCH",
    "MKCOL",
    "MKCALENDAR",
    "COPY",
    "MOVE",
    "LOCK",
    "_OTHER",
];
const OTHER_METHOD: usize = METHODS.len() - 1;

/// Names are routes and apps. More than this many means that a caller passes something unbounded: they share one row.
const MAX_NAMES: usize = 256;
const OTHER_NAME: &str = "other";

type Row<S> = Arc<[OnceLock<Arc<S>>; METHODS.len()]>;

/// Lazily made series of each name and method.
#[derive(Debug)]
pub(super) struct ByMethod<S> {
    rows: RwLock<HashMap<String, Row<S>>>,
}

impl<S> ByMethod<S> {
    pub(super) fn new() -> Self {
        Self {
            rows: RwLock::default(),
        }
    }

    /// The series of `name` and `method`, made by `make(name, method)` when asked for the first time.
    pub(super) fn get(&self, name: &str, method: &str, make: impl FnOnce(&str, &'static str) -> S) -> Arc<S> {
        let (row, name) = match self.existing(name) {
            Some(row) => (row, name),
            None => self.insert(name),
        };
        let index = METHODS
            .iter()
            .position(|known| *known == method)
            .unwrap_or(OTHER_METHOD);
        Arc::clone(row[index].get_or_init(|| Arc::new(make(name, METHODS[index]))))
    }

    fn existing(&self, name: &str) -> Option<Row<S>> {
        self.rows
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    fn insert<'a>(&self, name: &'a str) -> (Row<S>, &'a str) {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        let name = if rows.len() < MAX_NAMES || rows.contains_key(name) {
            name
        } else {
            OTHER_NAME
        };
        let row = rows
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new([const { OnceLock::new() }; METHODS.len()]));
        (Arc::clone(row), name)
    }
}

/// Statuses with a resolved counter. The rest are rare enough to be looked up.
const STATUSES: [u16; 36] = [
    200, 201, 202, 204, 206, 207, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 409, 410, 411, 412, 413,
    415, 422, 423, 424, 428, 429, 431, 500, 501, 502, 503, 504, 507,
];

/// The counters of one method and name, by status code.
#[derive(Debug)]
pub(super) struct StatusCounters {
    family: IntCounterVec,
    labels: [String; 2],
    known: [OnceLock<IntCounter>; STATUSES.len()],
}

impl StatusCounters {
    /// `labels` are the values before the status code, in the family's order.
    pub(super) fn new(family: &IntCounterVec, labels: [&str; 2]) -> Self {
        Self {
            family: family.clone(),
            labels: labels.map(str::to_owned),
            known: [const { OnceLock::new() }; STATUSES.len()],
        }
    }

    pub(super) fn add(&self, status: u16) {
        match STATUSES.binary_search(&status) {
            Ok(index) => self.known[index]
                .get_or_init(|| self.resolve(&status.to_string()))
                .inc(),
            Err(_) if (100..600).contains(&status) => self.resolve(&status.to_string()).inc(),
            Err(_) => self.resolve("other").inc(),
        }
    }

    /// Counts an attempt that got no answer.
    pub(super) fn add_unanswered(&self) {
        self.resolve("none").inc();
    }

    fn resolve(&self, status: &str) -> IntCounter {
        let [first, second] = &self.labels;
        self.family
            .with_label_values(&[first.as_str(), second.as_str(), status])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_sorted_for_the_search() {
        assert!(STATUSES.is_sorted());
    }

    #[test]
    fn names_and_methods_without_a_bound_share_one_series() {
        let table = ByMethod::new();
        let make = |name: &str, method: &'static str| format!("{method} {name}");
        for index in 0..MAX_NAMES {
            assert_eq!(*table.get(&index.to_string(), "GET", make), format!("GET {index}"));
        }
        assert_eq!(*table.get("one more", "GET", make), "GET other");
        assert_eq!(*table.get("0", "BREW", make), "_OTHER 0");
        assert!(Arc::ptr_eq(
            &table.get("0", "BREW", make),
            &table.get("0", "STEEP", make)
        ));
        assert_eq!(table.rows.read().unwrap().len(), MAX_NAMES + 1);
    }
}
