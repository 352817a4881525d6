//! The reference page of metrics, written from the families themselves.

use std::fmt::Write as _;

use super::families::{DURATION_BUCKETS, FAMILIES, Kind};

/// The text of `docs/metrics.md`.
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "# Metrics\n\n\
         <!-- Written by `UPDATE_DOCS=1 cargo test -p nextcloud-mcp-observability`; do not edit. -->\n\n\
         Served in the Prometheus text format at `/metrics` on a port of its own, on the loopback interface unless\n\
         configured otherwise. A series appears when it is first used. No label holds a user, a token, a path or\n\
         anything else without a bound.\n\n\
         | metric | type | labels | meaning |\n|---|---|---|---|\n",
    );
    for family in FAMILIES {
        let kind = match family.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let labels = match family.labels {
            [] => "–".to_owned(),
            labels => labels
                .iter()
                .map(|label| format!("`{}`: {}", label.name, label.values))
                .collect::<Vec<_>>()
                .join("<br>"),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| `{}` | {kind} | {labels} | {} |", family.name, family.help);
    }
    let bounds = DURATION_BUCKETS
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    let _ = write!(
        page,
        "\nHistograms count durations in seconds, in buckets up to {bounds} and above.\n"
    );
    page
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn the_page_in_docs_is_this_one() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/metrics.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            fs::write(&path, reference_markdown()).unwrap();
        }
        let page = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            page == reference_markdown(),
            "docs/metrics.md is stale: run `UPDATE_DOCS=1 cargo test -p nextcloud-mcp-observability`"
        );
    }
}
