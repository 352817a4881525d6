//! Errors that a model can act on.

use std::fmt;

use actors::nextcloud::{NextcloudError, StatusError};

/// Characters of the longest message.
const LONGEST: usize = 1_000;
/// Of these, those at its end: there stands what to do next.
const LAST: usize = 300;

/// What a tool gives: its result, or an error worth reading.
pub type ToolResult<T> = Result<T, ToolError>;

/// Why a tool could not do what was asked: what failed, at which of the user's things, what Nextcloud said, and what
/// to do next. Holds no credentials and no contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolError {
    message: String,
    kind: &'static str,
}

impl ToolError {
    /// The arguments cannot be carried out; nothing was sent to Nextcloud.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new("invalid_arguments", message)
    }

    /// An error of `kind`: a short name for metrics and traces (`conflict`, `not_found` …).
    ///
    /// The message is made fit to be read: what it quotes may be long, or hold characters that steer a terminal.
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            message: readable(message.into()),
            kind,
        }
    }

    /// Something that should not be able to happen did.
    pub(super) fn internal() -> Self {
        Self::new(
            "internal",
            "the result could not be written; this is a fault of the server",
        )
    }

    /// A short name for metrics and `error.type` in traces.
    pub fn kind(&self) -> &'static str {
        self.kind
    }
}

/// The message without characters that are not for printing, and without the middle if it is very long.
fn readable(message: String) -> String {
    let unprintable = |character: char| {
        (character.is_control() && character != '\n')
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if message.len() <= LONGEST && !message.contains(unprintable) {
        return message;
    }
    let start: String = message.chars().take(LONGEST - LAST).collect();
    let rest = &message[start.len()..];
    let end = rest.char_indices().rev().take(LAST).last().map_or(0, |(at, _)| at);
    let left_out = if end > 0 { " … " } else { "" };
    let mut readable = String::with_capacity(LONGEST);
    for character in [&start, left_out, &rest[end..]].into_iter().flat_map(str::chars) {
        if unprintable(character) {
            readable.extend(character.escape_unicode());
        } else {
            readable.push(character);
        }
    }
    readable
}

impl fmt::Display for ToolError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ToolError {}

impl From<NextcloudError> for ToolError {
    fn from(error: NextcloudError) -> Self {
        explain(&error, None, None)
    }
}

/// Says what an error of Nextcloud's is about, in the user's words.
pub trait About<T> {
    /// `subject` is the thing that was asked for: `note 12`, `the file "/Docs/a.txt"`.
    fn about(self, subject: impl fmt::Display) -> ToolResult<T>;

    /// As [`about`](Self::about), with another advice than the general one for the statuses that `hint` answers.
    fn about_with(self, subject: impl fmt::Display, hint: impl FnOnce(u16) -> Option<&'static str>) -> ToolResult<T>;
}

impl<T> About<T> for Result<T, NextcloudError> {
    fn about(self, subject: impl fmt::Display) -> ToolResult<T> {
        self.map_err(|error| explain(&error, Some(&subject), None))
    }

    fn about_with(self, subject: impl fmt::Display, hint: impl FnOnce(u16) -> Option<&'static str>) -> ToolResult<T> {
        self.map_err(|error| {
            let hint = error.status().and_then(|status| hint(status.as_u16()));
            explain(&error, Some(&subject), hint)
        })
    }
}

fn explain(error: &NextcloudError, subject: Option<&dyn fmt::Display>, hint: Option<&str>) -> ToolError {
    let mut message = match error {
        NextcloudError::Status(status) => summary(status).to_owned(),
        other => other.to_string(),
    };
    if let Some(subject) = subject {
        message = format!("{message} — {subject}");
    }
    if let NextcloudError::Status(status) = error {
        message = format!("{message} (HTTP {}).", status.status.as_u16());
        let advice = hint.map_or_else(|| advice(status), ToOwned::to_owned);
        if !advice.is_empty() {
            message = format!("{message} {advice}");
        }
        if let Some(said) = &status.message {
            message = format!("{message} Nextcloud said: {said}");
        }
    } else if let Some(advice) = transport_advice(error) {
        message = format!("{message}. {advice}");
    }
    ToolError::new(error.kind(), message)
}

fn summary(error: &StatusError) -> &'static str {
    match error.status.as_u16() {
        400 | 415 | 422 => "Nextcloud refused the request as invalid",
        401 => "Nextcloud did not accept the login",
        403 => "not allowed",
        404 => "not found",
        405 => "not possible for this object",
        406 => "not available in the wanted form",
        409 => "it conflicts with what is there",
        412 => "it changed, or exists already",
        413 => "too large for this Nextcloud",
        423 => "it is locked",
        429 => "too many requests",
        507 => "the storage quota is used up",
        500..=599 => "Nextcloud failed",
        _ => "Nextcloud refused the request",
    }
}

fn advice(error: &StatusError) -> String {
    let advice = match error.status.as_u16() {
        401 => "The login has ended or was revoked: log in again.",
        403 => "The account may lack the permission, or the object is not shared with it.",
        404 => "Check the id or path; it may have been deleted or belong to another account.",
        409 => "Check that the parent exists and that the name is free.",
        412 => "Read it again for its current etag, then decide whether to write.",
        413 => "Send less at a time.",
        423 => "Somebody is editing it: try again in a moment.",
        429 | 503 => {
            return match error.retry_after {
                Some(wait) => format!("Try again in {} s.", wait.as_secs()),
                None => "Try again later (maintenance or overload).".to_owned(),
            };
        }
        507 => "Free some space first.",
        500..=599 => "Try again; if it stays, the administrator finds the reason in Nextcloud's log.",
        _ => "",
    };
    advice.to_owned()
}

fn transport_advice(error: &NextcloudError) -> Option<&'static str> {
    match error {
        NextcloudError::Unreachable(_) | NextcloudError::Interrupted(_) => {
            Some("Try again; if it stays, Nextcloud is down or its address is wrong")
        }
        NextcloudError::Timeout(_) => Some("It may still be carrying the request out: look before repeating a write"),
        NextcloudError::NoCredential(error) if !error.has_ended => {
            Some("The tool check_provisioning_status says how the access stands")
        }
        NextcloudError::TooLarge { .. } => Some("Ask for less at a time"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actors::nextcloud::{NextcloudError, StatusError};
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode};

    use super::{About, ToolError};

    fn status(code: u16, body: &'static str) -> NextcloudError {
        let status = StatusCode::from_u16(code).unwrap();
        StatusError::new(status, &HeaderMap::new(), Bytes::from_static(body.as_bytes())).into()
    }

    #[test]
    fn an_error_names_the_thing_the_status_and_the_next_step() {
        let error = Err::<(), _>(status(404, r#"{"message":"gone"}"#))
            .about("note 12")
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "not found — note 12 (HTTP 404). Check the id or path; it may have been deleted or belong to another \
             account. Nextcloud said: gone"
        );
        assert_eq!(error.kind(), "not_found");
    }

    #[test]
    fn an_app_can_give_better_advice() {
        let result = Err::<(), _>(status(403, "")).about_with("board 3", |status| {
            (status == 403).then_some("Deck answers so for boards that do not exist, too.")
        });
        assert_eq!(
            result.unwrap_err().to_string(),
            "not allowed — board 3 (HTTP 403). Deck answers so for boards that do not exist, too."
        );
    }

    #[test]
    fn what_is_quoted_is_shortened_and_cannot_steer_a_terminal() {
        let error = ToolError::invalid(format!("argument `title`: \"{}\" is too long", "é".repeat(70_000)));
        let shown = error.to_string();
        assert!(
            shown.starts_with("argument `title`: \"éé") && shown.ends_with("é\" is too long"),
            "{shown}"
        );
        assert_eq!(shown.chars().count(), 1_003);
        let error = ToolError::invalid("a\u{1b}[31m\u{202e}b\nc");
        assert_eq!(error.to_string(), "a\\u{1b}[31m\\u{202e}b\nc");
        let short = "é".repeat(900);
        assert_eq!(ToolError::invalid(short.clone()).to_string(), short);
    }

    #[test]
    fn transport_errors_need_no_status() {
        let error = ToolError::from(NextcloudError::Unreachable("connection refused".to_owned()));
        assert!(
            error
                .to_string()
                .starts_with("Nextcloud cannot be reached: connection refused.")
        );
        assert_eq!(error.kind(), "unreachable");
    }
}
