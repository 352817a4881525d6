//! Hrefs of a multistatus, and the names in them.

use percent_encoding::percent_decode_str;

/// The path of an href: servers behind a proxy may write whole URLs (RFC 4918 §8.3).
pub fn path(href: &str) -> &str {
    let after_scheme = href.strip_prefix("https://").or_else(|| href.strip_prefix("http://"));
    match after_scheme {
        Some(rest) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => href,
    }
}

/// What an href names below a collection, decoded and without slashes at the ends: `Docs/a b.txt`. An empty string is
/// the collection itself.
///
/// `base` is the collection's path, decoded: `/remote.php/dav/files/alice`. Nextcloud may live below a path
/// (`https://example.org/cloud`), so anything may stand before the base. `None` for what lies elsewhere, climbs, or is
/// not UTF-8 or holds a NUL once decoded.
pub fn below(href: &str, base: &str) -> Option<String> {
    let decoded = percent_decode_str(path(href)).decode_utf8().ok()?;
    if decoded.contains('\0') {
        return None;
    }
    let base = base.trim_matches('/');
    let rest = decoded
        .match_indices(base)
        .find_map(|(at, _)| {
            let rest = &decoded[at + base.len()..];
            let starts = decoded[..at].ends_with('/') && !decoded[..at].contains("/remote.php/");
            (starts && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
        })?
        .trim_matches('/');
    if rest.split('/').any(|segment| matches!(segment, "." | "..")) {
        return None;
    }
    Some(rest.to_owned())
}

/// The last segment of an href, decoded: `personal` of `/remote.php/dav/calendars/alice/personal/`.
pub fn name(href: &str) -> Option<String> {
    let last = path(href).trim_end_matches('/').rsplit('/').next()?;
    let name = percent_decode_str(last).decode_utf8().ok()?;
    let usable = !name.is_empty() && !name.contains(['/', '\0']) && !matches!(&*name, "." | "..");
    usable.then(|| name.into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{below, name};

    const BASE: &str = "/remote.php/dav/files/alice";

    #[test]
    fn paths_are_relative_to_the_collection() {
        let relative = |href| below(href, BASE);
        assert_eq!(relative("/remote.php/dav/files/alice/").as_deref(), Some(""));
        assert_eq!(relative("/remote.php/dav/files/alice/Docs/").as_deref(), Some("Docs"));
        assert_eq!(
            relative("/cloud/remote.php/dav/files/alice/we%20ird%20%c3%a9%23%25.txt").as_deref(),
            Some("we ird é#%.txt")
        );
        assert_eq!(
            relative("https://example.org/remote.php/dav/files/alice/a").as_deref(),
            Some("a")
        );
    }

    #[test]
    fn other_places_are_rejected() {
        for href in [
            "/remote.php/dav/files/alice2/x",
            "/remote.php/dav/files/bob/x",
            "/remote.php/dav/files/alice/../bob/x",
            "/remote.php/dav/files/alice/a%2f..%2f..%2fbob",
            "/remote.php/dav/files/alice/%00",
            "/remote.php/dav/files/alice/%ff",
            "/remote.php/dav/files/bob/remote.php/dav/files/alice/x",
            "remote.php/dav/files/alice/x",
            "",
        ] {
            assert_eq!(below(href, BASE), None, "{href}");
        }
    }

    #[test]
    fn the_last_segment_is_the_name() {
        assert_eq!(
            name("/remote.php/dav/calendars/alice/per%20sonal/").as_deref(),
            Some("per sonal")
        );
        assert_eq!(name("/a/%2e%2e/"), None);
        assert_eq!(name("/"), None);
    }

    proptest! {
        #[test]
        fn what_is_below_never_climbs(href in "\\PC*", tail in "[a-z./%20efc]{0,30}") {
            for href in [href.clone(), format!("{BASE}/{tail}")] {
                if let Some(relative) = below(&href, BASE) {
                    prop_assert!(!relative.split('/').any(|segment| segment == ".."));
                    prop_assert!(!relative.contains('\0'));
                }
                let _ = name(&href);
            }
        }
    }
}
