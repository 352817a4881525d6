//! Log lines: their form, what they say about the trace, and that no value breaks out of its line.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    io,
    sync::{Arc, Mutex},
};

use nextcloud_mcp_observability::{
    Guard, LogFormat, Options,
    spans::{McpRequest, McpTarget, mcp_server},
    subscriber,
};
use serde_json::Value;
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn last_json(&self) -> Value {
        serde_json::from_str(self.text().lines().last().expect("a line")).unwrap()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'writer> MakeWriter<'writer> for Lines {
    type Writer = Self;

    fn make_writer(&'writer self) -> Self {
        self.clone()
    }
}

/// Runs `speak` under a subscriber of its own and returns what was logged.
fn logged(options: &Options, speak: impl FnOnce(&Guard)) -> Lines {
    let lines = Lines::default();
    let (dispatch, guard) = subscriber(options, lines.clone()).unwrap();
    tracing::dispatcher::with_default(&dispatch, || speak(&guard));
    lines
}

/// An exporter is needed to have trace ids; nothing listens on the discard port, and nothing is flushed.
fn exporting(format: LogFormat) -> Options {
    Options {
        format,
        otlp_endpoint: Some("http://127.0.0.1:9".to_owned()),
        ..Options::default()
    }
}

fn call() -> tracing::Span {
    mcp_server(McpRequest {
        method: "tools/call",
        target: McpTarget::Tool("nc_notes_get_note"),
        request_id: Some("7"),
        protocol_version: None,
        parent: None,
    })
}

#[test]
fn a_json_line_names_its_span_and_its_trace() {
    let lines = logged(&exporting(LogFormat::Json), |guard| {
        assert!(guard.exports());
        call().in_scope(
            || tracing::info!(target: "nextcloud_mcp_server", attempt = 2, ratio = f64::NAN, "slow \"answer\""),
        );
    });
    let line = lines.last_json();
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["target"], "nextcloud_mcp_server");
    assert_eq!(line["message"], "slow \"answer\"");
    assert_eq!(line["fields"], serde_json::json!({"attempt": 2, "ratio": "NaN"}));
    assert_eq!(line["spans"][0]["name"], "mcp");
    assert_eq!(line["spans"][0]["gen_ai.tool.name"], "nc_notes_get_note");
    assert!(line["spans"][0].get("otel.name").is_none());
    assert_eq!(line["trace_id"].as_str().map(str::len), Some(32));
    assert_eq!(line["span_id"].as_str().map(str::len), Some(16));
    assert!(line["timestamp"].as_str().is_some_and(|time| time.ends_with('Z')));
}

#[test]
fn fields_recorded_later_are_part_of_the_span() {
    let options = Options {
        format: LogFormat::Json,
        ..Options::default()
    };
    let lines = logged(&options, |_| {
        let span = call();
        nextcloud_mcp_observability::spans::failed(&span, "timeout");
        span.in_scope(|| tracing::warn!("given up"));
    });
    assert_eq!(lines.last_json()["spans"][0]["error.type"], "timeout");
    assert!(lines.last_json().get("trace_id").is_none(), "no exporter, no trace");
}

#[test]
fn a_text_line_ends_with_its_trace() {
    let lines = logged(&exporting(LogFormat::Text), |_| {
        call().in_scope(|| tracing::info!(status = "late", "slow"));
    });
    let text = lines.text();
    let line = text.lines().last().unwrap();
    let (before, ids) = line.split_once(" trace_id=").expect("a trace id");
    assert!(before.ends_with("slow status=\"late\""), "{line}");
    assert!(before.contains("mcp{mcp.method.name=\"tools/call\""), "{line}");
    assert_eq!(ids.len(), 32 + " span_id=".len() + 16, "{line}");
}

#[test]
fn trace_ids_can_be_left_out() {
    let options = Options {
        trace_context: false,
        ..exporting(LogFormat::Text)
    };
    let lines = logged(&options, |_| call().in_scope(|| tracing::info!("slow")));
    assert!(lines.text().contains("slow") && !lines.text().contains("trace_id"));
}

#[test]
fn no_value_starts_a_line_of_its_own() {
    for format in [LogFormat::Text, LogFormat::Json] {
        let options = Options {
            format,
            ..Options::default()
        };
        let lines = logged(&options, |_| {
            let evil = "a\nINFO forged \u{1b}[31m";
            tracing::info!(shown = %evil, quoted = evil, debug = ?evil, "{evil}");
        });
        assert_eq!(lines.text().lines().count(), 1, "{}", lines.text());
        assert!(!lines.text().contains('\u{1b}'), "{}", lines.text());
    }
}

#[test]
fn spans_cost_nothing_below_their_level() {
    let options = Options {
        level: LevelFilter::WARN,
        ..Options::default()
    };
    logged(&options, |guard| {
        assert!(!guard.exports());
        assert!(call().is_disabled());
    });
    logged(&Options::default(), |_| assert!(!call().is_disabled()));
}
