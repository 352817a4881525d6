//! How a log line looks: text or JSON, with the trace it belongs to.

use std::fmt::{self, Debug, Write as _};

use opentelemetry::{Context, trace::TraceContextExt as _};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    span::Record,
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::{Format, Full, Writer},
        time::{FormatTime as _, SystemTime},
    },
    registry::{LookupSpan, Scope},
};

use crate::{LogFormat, Options};

/// Writes the fields of spans and events. `otel.*` fields steer the exporter and are left out.
pub(crate) struct ContextFields(LogFormat);

impl ContextFields {
    pub(crate) fn new(format: LogFormat) -> Self {
        Self(format)
    }

    fn write(&self, writer: &mut dyn fmt::Write, fields: impl RecordFields, first: bool) -> fmt::Result {
        let mut visitor = FieldWriter {
            format: self.0,
            out: writer,
            first,
            message: None,
            result: Ok(()),
        };
        fields.record(&mut visitor);
        visitor.result
    }
}

impl<'writer> FormatFields<'writer> for ContextFields {
    fn format_fields<R: RecordFields>(&self, mut writer: Writer<'writer>, fields: R) -> fmt::Result {
        self.write(&mut writer, fields, true)
    }

    fn add_fields(&self, current: &'writer mut FormattedFields<Self>, fields: &Record<'_>) -> fmt::Result {
        let first = current.fields.is_empty();
        self.write(&mut current.fields, fields, first)
    }
}

/// Writes a whole line.
pub(crate) struct Lines {
    format: LogFormat,
    trace_context: bool,
    text: Format<Full, SystemTime>,
}

impl Lines {
    pub(crate) fn new(options: &Options) -> Self {
        let text = Format::default().with_ansi(options.ansi);
        Self {
            format: options.format,
            trace_context: options.trace_context,
            text,
        }
    }

    /// Ids of the trace the current thread works for. The exporter's context is asked rather than the innermost
    /// logged span, which may be a coarser one.
    fn trace_ids(&self) -> Option<(String, String)> {
        if !self.trace_context {
            return None;
        }
        let context = Context::current();
        let span = context.span();
        let ids = span.span_context();
        ids.is_valid()
            .then(|| (ids.trace_id().to_string(), ids.span_id().to_string()))
    }
}

impl<S> FormatEvent<S, ContextFields> for Lines
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, ContextFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let ids = self.trace_ids();
        match self.format {
            LogFormat::Text => {
                let mut line = String::with_capacity(256);
                self.text.format_event(context, Writer::new(&mut line), event)?;
                writer.write_str(line.trim_end())?;
                if let Some((trace, span)) = ids {
                    write!(writer, " trace_id={trace} span_id={span}")?;
                }
            }
            LogFormat::Json => write_json(context, &mut writer, event, ids)?,
        }
        writer.write_char('\n')
    }
}

fn write_json<S>(
    context: &FmtContext<'_, S, ContextFields>,
    writer: &mut Writer<'_>,
    event: &Event<'_>,
    ids: Option<(String, String)>,
) -> fmt::Result
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    let metadata = event.metadata();
    let mut fields = String::new();
    let mut message = String::new();
    let mut visitor = FieldWriter {
        format: LogFormat::Json,
        out: &mut fields,
        first: true,
        message: Some(&mut message),
        result: Ok(()),
    };
    event.record(&mut visitor);
    visitor.result?;

    writer.write_str("{\"timestamp\":\"")?;
    SystemTime.format_time(writer)?;
    write!(
        writer,
        "\",\"level\":\"{}\",\"target\":{}",
        metadata.level(),
        json(metadata.target())
    )?;
    write!(writer, ",\"message\":{}", json(&message))?;
    if !fields.is_empty() {
        write!(writer, ",\"fields\":{{{fields}}}")?;
    }
    let mut spans = context.event_scope().into_iter().flat_map(Scope::from_root).peekable();
    if spans.peek().is_some() {
        writer.write_str(",\"spans\":[")?;
        for (index, span) in spans.enumerate() {
            let separator = if index == 0 { "" } else { "," };
            write!(writer, "{separator}{{\"name\":{}", json(span.name()))?;
            if let Some(fields) = span.extensions().get::<FormattedFields<ContextFields>>()
                && !fields.fields.is_empty()
            {
                write!(writer, ",{}", fields.fields)?;
            }
            writer.write_char('}')?;
        }
        writer.write_char(']')?;
    }
    if let Some((trace, span)) = ids {
        write!(writer, ",\"trace_id\":\"{trace}\",\"span_id\":\"{span}\"")?;
    }
    writer.write_char('}')
}

/// A JSON string literal.
fn json(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}

struct FieldWriter<'a> {
    format: LogFormat,
    out: &'a mut dyn fmt::Write,
    first: bool,
    /// Where a JSON line's message goes; without it the message is a field like the others.
    message: Option<&'a mut String>,
    result: fmt::Result,
}

impl FieldWriter<'_> {
    /// Writes one field; `value` is valid JSON for a JSON line and printable for a text line.
    fn field(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let name = field.name();
        if self.result.is_err() || name.starts_with("otel.") {
            return;
        }
        let separator = match (self.first, self.format) {
            (true, _) => "",
            (false, LogFormat::Text) => " ",
            (false, LogFormat::Json) => ",",
        };
        self.result = match self.format {
            LogFormat::Text if name == "message" => write!(self.out, "{separator}{value}"),
            LogFormat::Text => write!(self.out, "{separator}{name}={value}"),
            LogFormat::Json => write!(self.out, "{separator}\"{name}\":{value}"),
        };
        self.first = false;
    }

    fn number(&mut self, field: &Field, value: impl fmt::Display) {
        self.field(field, format_args!("{value}"));
    }
}

impl Visit for FieldWriter<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        match self.format {
            LogFormat::Text if field.name() != "message" => self.field(field, format_args!("{value:?}")),
            _ => self.record_debug(field, &format_args!("{value}")),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.number(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.number(field, value);
        } else {
            // JSON has no infinity.
            self.record_debug(field, &value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match self.format {
            LogFormat::Text => self.field(field, format_args!("{}", OneLine(value))),
            LogFormat::Json => {
                let value = format!("{value:?}");
                match &mut self.message {
                    Some(message) if field.name() == "message" => **message = value,
                    _ => self.field(field, format_args!("{}", json(&value))),
                }
            }
        }
    }
}

/// Escapes control characters, so that no value can start a line of its own or drive a terminal.
struct OneLine<'a>(&'a dyn Debug);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        struct Escape<'a, 'b>(&'a mut fmt::Formatter<'b>);
        impl fmt::Write for Escape<'_, '_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                let mut rest = text;
                while let Some(at) = rest.find(char::is_control) {
                    let (plain, controlled) = rest.split_at(at);
                    self.0.write_str(plain)?;
                    let mut characters = controlled.chars();
                    if let Some(control) = characters.next() {
                        write!(self.0, "{}", control.escape_default())?;
                    }
                    rest = characters.as_str();
                }
                self.0.write_str(rest)
            }
        }
        write!(Escape(f), "{:?}", self.0)
    }
}
