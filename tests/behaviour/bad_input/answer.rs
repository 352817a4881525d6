//! What came back from a call, and what no answer may look like.

use reqwest::StatusCode;
use serde_json::{Value, json};

/// Longer than this, an error echoes what it was given instead of saying what is wrong with it.
const LONGEST: usize = 1_500;

/// What leaks out of a program, or of Nextcloud, when nobody has thought of the case.
const RAW: [&str; 11] = [
    "panicked",
    "RUST_BACKTRACE",
    ".rs:",
    "fault of the server",
    "<html",
    "<!doctype",
    "<?xml",
    "SQLSTATE",
    "OCA\\",
    "Traceback",
    "HTTP 500",
];

/// The answer to `tools/call`.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    /// The JSON-RPC error code, where there is one.
    code: Option<i64>,
    pub(super) is_error: bool,
    pub(super) text: String,
    pub(super) structured: Value,
}

impl Answer {
    pub(super) fn new(status: StatusCode, body: &str) -> Self {
        let answer: Value = serde_json::from_str(body).unwrap_or_else(|_| json!({"error": {"message": body}}));
        let result = &answer["result"];
        let error = &answer["error"];
        let text = error["message"].as_str().or(result["content"][0]["text"].as_str());
        Self {
            status,
            code: error["code"].as_i64(),
            is_error: !error.is_null() || result["isError"] == json!(true),
            text: text.unwrap_or_default().to_owned(),
            structured: result["structuredContent"].clone(),
        }
    }

    /// What is wrong with it, whatever was asked: `None` for a result, and for an error that can be read and acted on.
    pub(super) fn fault(&self) -> Option<String> {
        if !self.is_error {
            return (!self.structured.is_object()).then(|| format!("no structured result: {}", self.text));
        }
        let text = self.text.to_lowercase();
        if let Some(raw) = RAW.iter().find(|raw| text.contains(&raw.to_lowercase())) {
            return Some(format!("{raw:?} in {:?}", clip(&self.text)));
        }
        if self.text.len() > LONGEST || self.text.trim().len() < 10 {
            return Some(format!("{} bytes: {:?}", self.text.len(), clip(&self.text)));
        }
        if let Some(character) = self.text.chars().find(|character| is_unprintable(*character)) {
            return Some(format!("{character:?} is printed as it is: {:?}", self.text));
        }
        let refused = match self.code {
            // Invalid request, invalid params, not JSON.
            Some(code) => [-32_600, -32_602, -32_700].contains(&code),
            // What is not JSON-RPC is refused by HTTP.
            None => self.status == StatusCode::OK || self.status.is_client_error(),
        };
        (!refused).then(|| format!("{} {:?}: {}", self.status, self.code, self.text))
    }
}

/// The beginning of a text that may be long.
pub(super) fn clip(text: &str) -> String {
    text.chars().take(300).collect()
}

/// Characters that steer a terminal, or turn the text after them around.
fn is_unprintable(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
