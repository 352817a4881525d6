//! W3C Trace Context (<https://www.w3.org/TR/trace-context/>): taken from a caller, handed on to Nextcloud.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    Context,
    propagation::{Extractor, Injector, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// Longest `traceparent` looked at. Version 00 has 55 characters, a later one may append fields.
const MAX_TRACEPARENT: usize = 256;
/// Longest `tracestate` kept: what W3C asks of everyone. A longer one is dropped, the parent stays.
const MAX_TRACESTATE: usize = 512;

/// The span of another process that caused ours.
#[derive(Clone, Debug)]
pub struct RemoteParent(Context);

impl RemoteParent {
    /// Reads the strings of an MCP request's `_meta` (or of any other carrier). `None` when they are not valid.
    pub fn from_strings(traceparent: &str, tracestate: Option<&str>) -> Option<Self> {
        let traceparent = traceparent.trim();
        if traceparent.len() > MAX_TRACEPARENT || !traceparent.is_ascii() {
            return None;
        }
        let tracestate = tracestate.filter(|state| state.len() <= MAX_TRACESTATE && !state.trim().is_empty());
        let carrier = Strings {
            traceparent,
            tracestate,
        };
        let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
        context.span().span_context().is_valid().then_some(Self(context))
    }

    /// Makes this the parent of `span`, which must not have been entered yet. Nothing happens without an exporter.
    pub fn adopt(&self, span: &Span) {
        // Fails when nothing is exported: there is then no trace to continue.
        let _ = span.set_parent(self.0.clone());
    }
}

/// Reads `traceparent` and `tracestate` of a request. More than one `traceparent` is none at all.
pub fn extract_parent(headers: &HeaderMap) -> Option<RemoteParent> {
    let mut parents = headers.get_all(TRACEPARENT).iter();
    let parent = parents.next()?.to_str().ok()?;
    if parents.next().is_some() {
        return None;
    }
    RemoteParent::from_strings(parent, tracestate(headers).as_deref())
}

/// Several `tracestate` headers are one list (§3.3.1).
fn tracestate(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let mut states = headers.get_all(TRACESTATE).iter().map(HeaderValue::to_str);
    let first = states.next()?.ok()?;
    let mut joined = Cow::Borrowed(first);
    for state in states {
        let joined = joined.to_mut();
        joined.push(',');
        joined.push_str(state.ok()?);
        if joined.len() > MAX_TRACESTATE {
            return None;
        }
    }
    Some(joined)
}

/// Adds the current span's trace context to an outgoing request. Nothing is added without an exporter.
pub fn inject(headers: &mut HeaderMap) {
    inject_span(&Span::current(), headers);
}

/// Adds the trace context of `span` to an outgoing request. Nothing is added without an exporter.
pub fn inject_span(span: &Span, headers: &mut HeaderMap) {
    TraceContextPropagator::new().inject_context(&span.context(), &mut Headers(headers));
}

struct Strings<'a> {
    traceparent: &'a str,
    tracestate: Option<&'a str>,
}

impl Extractor for Strings<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        match key {
            TRACEPARENT => Some(self.traceparent),
            TRACESTATE => self.tracestate,
            _ => None,
        }
    }

    fn keys(&self) -> Vec<&str> {
        vec![TRACEPARENT, TRACESTATE]
    }
}

struct Headers<'a>(&'a mut HeaderMap);

impl Injector for Headers<'_> {
    fn set(&mut self, key: &str, value: String) {
        // The propagator also sets an empty tracestate, which W3C asks not to send.
        if value.is_empty() {
            return;
        }
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(key.as_bytes()), HeaderValue::try_from(value)) {
            self.0.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn round_trip(parent: &RemoteParent) -> HeaderMap {
        let mut headers = HeaderMap::new();
        TraceContextPropagator::new().inject_context(&parent.0, &mut Headers(&mut headers));
        headers
    }

    #[test]
    fn a_parent_survives_the_round_trip() {
        let headers = round_trip(&RemoteParent::from_strings(PARENT, Some("vendor=1")).unwrap());
        assert_eq!(headers[TRACEPARENT], PARENT);
        assert_eq!(headers[TRACESTATE], "vendor=1");
        let headers = round_trip(&RemoteParent::from_strings(PARENT, None).unwrap());
        assert!(!headers.contains_key(TRACESTATE));
    }

    #[test]
    fn several_tracestate_headers_are_one_list() {
        let mut headers = HeaderMap::new();
        headers.append(TRACEPARENT, HeaderValue::from_static(PARENT));
        headers.append(TRACESTATE, HeaderValue::from_static("a=1"));
        headers.append(TRACESTATE, HeaderValue::from_static("b=2"));
        assert_eq!(round_trip(&extract_parent(&headers).unwrap())[TRACESTATE], "a=1,b=2");
    }

    #[test]
    fn a_doubled_or_unusable_parent_is_none() {
        let mut headers = HeaderMap::new();
        assert!(extract_parent(&headers).is_none());
        headers.append(TRACEPARENT, HeaderValue::from_static(PARENT));
        headers.append(TRACEPARENT, HeaderValue::from_static(PARENT));
        assert!(extract_parent(&headers).is_none());
        for bad in [
            "",
            "00",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            &PARENT.to_uppercase(),
        ] {
            assert!(RemoteParent::from_strings(bad, None).is_none(), "{bad}");
        }
        assert!(RemoteParent::from_strings(&format!("01{}-{}", &PARENT[2..], "x".repeat(300)), None).is_none());
    }

    #[test]
    fn an_overlong_tracestate_is_dropped_and_the_parent_stays() {
        let state = format!("a={}", "x".repeat(MAX_TRACESTATE));
        let headers = round_trip(&RemoteParent::from_strings(PARENT, Some(&state)).unwrap());
        assert_eq!(headers[TRACEPARENT], PARENT);
        assert!(!headers.contains_key(TRACESTATE));
    }

    proptest! {
        #[test]
        fn any_string_is_read_without_a_panic(parent in any::<String>(), state in any::<Option<String>>()) {
            let _ = RemoteParent::from_strings(&parent, state.as_deref());
        }

        #[test]
        fn any_header_is_read_without_a_panic(parent in any::<Vec<u8>>(), states in any::<Vec<Vec<u8>>>()) {
            let mut headers = HeaderMap::new();
            for (name, value) in [(TRACEPARENT, &parent)].into_iter().chain(states.iter().map(|s| (TRACESTATE, s))) {
                if let Ok(value) = HeaderValue::from_bytes(value) {
                    headers.append(name, value);
                }
            }
            let _ = extract_parent(&headers);
        }

        /// Close to the real shape, so that the parser gets past its first checks.
        #[test]
        fn what_is_accepted_is_handed_on_unchanged(parent in "0[0-9a-f]-[0-9a-f]{32}-[0-9a-f]{16}-0[01]") {
            if let Some(read) = RemoteParent::from_strings(&parent, None) {
                let sent = round_trip(&read);
                prop_assert_eq!(&sent[TRACEPARENT].to_str().unwrap()[2..], &parent[2..]);
            }
        }
    }
}
