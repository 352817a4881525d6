//! Where spans go: the standard `OTEL_*` variables and the exporter built from them.
//!
//! The SDK reads headers, timeout, sampler, batch and resource variables itself. Read here is what it does not know
//! (`OTEL_SDK_DISABLED`, `OTEL_TRACES_EXPORTER`) and what decides whether there is an exporter at all.

use http::Uri;
use opentelemetry::{Key, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};

use crate::{InitError, Options};

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const TRACES_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
const PROTOCOL: &str = "OTEL_EXPORTER_OTLP_PROTOCOL";
const TRACES_PROTOCOL: &str = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL";
const DEFAULT_SERVICE_NAME: &str = "nextcloud-mcp-server";
const GRPC_PORT: u16 = 4317;

/// The variables of the OpenTelemetry specification that decide about export. Empty counts as unset, as it says.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    sdk_disabled: bool,
    exporter_none: bool,
    endpoint: Option<String>,
    traces_endpoint: Option<String>,
    protocol: Option<(&'static str, String)>,
}

impl Environment {
    pub(crate) fn read(lookup: impl Fn(&'static str) -> Option<String>) -> Self {
        let value = |name| {
            lookup(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let is = |name, expected: &str| value(name).is_some_and(|value| value.eq_ignore_ascii_case(expected));
        Self {
            sdk_disabled: is("OTEL_SDK_DISABLED", "true"),
            exporter_none: is("OTEL_TRACES_EXPORTER", "none"),
            endpoint: value(ENDPOINT),
            traces_endpoint: value(TRACES_ENDPOINT),
            protocol: [TRACES_PROTOCOL, PROTOCOL]
                .into_iter()
                .find_map(|name| Some((name, value(name)?))),
        }
    }
}

/// A collector, and what the operator should know about how it is reached.
#[derive(Debug, PartialEq)]
pub(crate) struct Target {
    uri: Uri,
    unsupported_protocol: Option<(&'static str, String)>,
}

impl Target {
    /// The address without user information.
    pub(crate) fn shown(&self) -> String {
        let host = self.uri.host().unwrap_or_default();
        let port = self.uri.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!(
            "{}://{host}{port}{}",
            self.uri.scheme_str().unwrap_or_default(),
            self.uri.path()
        )
    }

    pub(crate) fn notices(&self) -> Vec<String> {
        let mut notices = Vec::new();
        if let Some((variable, protocol)) = &self.unsupported_protocol {
            notices.push(format!(
                "{variable}={protocol} is not supported: spans are sent as http/protobuf to {}",
                self.shown()
            ));
        }
        if self.uri.port_u16() == Some(GRPC_PORT) {
            notices.push(format!(
                "port {GRPC_PORT} is usually a collector's gRPC port; OTLP over HTTP is usually on port 4318"
            ));
        }
        notices
    }
}

/// Decides whether and where spans go. `configured` is the base URL of the program's own configuration.
pub(crate) fn target(configured: Option<&str>, environment: &Environment) -> Result<Option<Target>, InitError> {
    if environment.sdk_disabled || environment.exporter_none {
        return Ok(None);
    }
    let (variable, address) = match (&environment.traces_endpoint, configured, &environment.endpoint) {
        (Some(address), _, _) => (TRACES_ENDPOINT, address.clone()),
        (None, Some(base), _) => (ENDPOINT, traces_url(base)),
        (None, None, Some(base)) => (ENDPOINT, traces_url(base)),
        (None, None, None) => return Ok(None),
    };
    let wrong = |problem| InitError::Endpoint { variable, problem };
    let uri: Uri = address.parse().map_err(|_| wrong("is not a URL"))?;
    match uri.scheme_str() {
        Some("http" | "https") => {}
        Some(_) => return Err(wrong("its scheme is neither http nor https")),
        None => return Err(wrong("has no scheme")),
    }
    let unsupported_protocol = environment
        .protocol
        .clone()
        .filter(|(_, protocol)| protocol != "http/protobuf");
    Ok(Some(Target {
        uri,
        unsupported_protocol,
    }))
}

/// The traces endpoint under a base URL, as the exporter specification builds it.
fn traces_url(base: &str) -> String {
    format!("{}/v1/traces", base.trim_end_matches('/'))
}

/// Builds the exporter on its own thread with a blocking client: it needs no runtime, so it outlives ours.
pub(crate) fn provider(options: &Options, target: &Target) -> Result<SdkTracerProvider, InitError> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(target.uri.to_string())
        .build()?;
    Ok(SdkTracerProvider::builder()
        .with_resource(resource(options))
        .with_batch_exporter(exporter)
        .build())
}

fn resource(options: &Options) -> Resource {
    let detected = Resource::builder().build();
    let mut builder = Resource::builder();
    if detected.get(&Key::from_static_str("service.version")).is_none() {
        builder = builder.with_attribute(KeyValue::new("service.version", options.service_version));
    }
    let unnamed = detected
        .get(&Key::from_static_str("service.name"))
        .is_none_or(|name| name.as_str().starts_with("unknown_service"));
    match &options.service_name {
        Some(name) => builder.with_service_name(name.clone()),
        None if unnamed => builder.with_service_name(DEFAULT_SERVICE_NAME),
        None => builder,
    }
    .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&'static str, &str)]) -> Environment {
        Environment::read(|name| {
            variables
                .iter()
                .find(|(variable, _)| *variable == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    fn address(configured: Option<&str>, variables: &[(&'static str, &str)]) -> Option<String> {
        target(configured, &environment(variables))
            .unwrap()
            .map(|target| target.uri.to_string())
    }

    #[test]
    fn the_signal_endpoint_is_used_as_it_is_and_a_base_gets_the_path() {
        assert_eq!(address(None, &[]), None);
        assert_eq!(address(None, &[(ENDPOINT, "  ")]), None);
        assert_eq!(
            address(None, &[(ENDPOINT, "http://c:4318/")]).unwrap(),
            "http://c:4318/v1/traces"
        );
        assert_eq!(
            address(Some("https://c/otlp"), &[(ENDPOINT, "http://d")]).unwrap(),
            "https://c/otlp/v1/traces"
        );
        let signal = [(TRACES_ENDPOINT, "http://d:1/in")];
        assert_eq!(address(Some("http://c:4318"), &signal).unwrap(), "http://d:1/in");
    }

    #[test]
    fn the_specification_can_switch_export_off() {
        assert_eq!(address(Some("http://c"), &[("OTEL_SDK_DISABLED", "TRUE")]), None);
        assert_eq!(address(Some("http://c"), &[("OTEL_TRACES_EXPORTER", "none")]), None);
        assert!(address(Some("http://c"), &[("OTEL_SDK_DISABLED", "no")]).is_some());
    }

    #[test]
    fn other_protocols_and_the_grpc_port_are_named() {
        let variables = [(PROTOCOL, "grpc"), (ENDPOINT, "http://user:pass@c:4317")];
        let notices = target(None, &environment(&variables)).unwrap().unwrap().notices();
        assert_eq!(notices.len(), 2);
        assert_eq!(
            notices[0],
            "OTEL_EXPORTER_OTLP_PROTOCOL=grpc is not supported: spans are sent as http/protobuf to \
             http://c:4317/v1/traces"
        );
        let plain = [
            (PROTOCOL, "grpc"),
            (TRACES_PROTOCOL, "http/protobuf"),
            (ENDPOINT, "http://c:4318"),
        ];
        assert_eq!(
            target(None, &environment(&plain)).unwrap().unwrap().notices(),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_bad_address_names_its_variable_and_is_not_repeated() {
        let error = target(None, &environment(&[(TRACES_ENDPOINT, "ftp://user:pass@c")]))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: its scheme"),
            "{error}"
        );
        assert!(!error.contains("pass"), "{error}");
        assert!(target(Some("collector:4318"), &Environment::default()).is_err());
        assert!(target(Some("http://"), &Environment::default()).is_err());
    }
}
