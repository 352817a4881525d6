//! Lines as they are written.

/// Where a line is folded, in octets (RFC 6350 §3.2).
const FOLD: usize = 75;

/// A new line of a card. What goes into it is escaped, so that it stays one line whatever it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    name: String,
    parameters: Vec<String>,
    value: String,
}

impl Line {
    /// A line whose value is a text.
    pub fn text(name: &str, text: &str) -> Self {
        Self::raw(name, &escape(text))
    }

    /// A line whose value is made of components, as `N` and `ADR` are.
    pub fn components<S: AsRef<str>>(name: &str, components: &[S]) -> Self {
        Self::raw(name, &join(components, ";"))
    }

    /// A line whose value is a list.
    pub fn list<S: AsRef<str>>(name: &str, items: &[S]) -> Self {
        Self::raw(name, &join(items, ","))
    }

    /// A line whose value is written as it is: a date, a URI.
    pub fn raw(name: &str, value: &str) -> Self {
        Self {
            name: name
                .chars()
                .filter(|character| is_token(*character) || *character == '.')
                .collect(),
            parameters: Vec::new(),
            value: one_line(value),
        }
    }

    /// Puts the line into a group.
    #[must_use]
    pub fn group(mut self, group: Option<&str>) -> Self {
        if let Some(group) = group {
            self.name = format!("{group}.{}", self.name);
        }
        self
    }

    /// Adds a parameter of these values; none when there are no values.
    #[must_use]
    pub fn parameter<S: AsRef<str>>(mut self, name: &str, values: &[S]) -> Self {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| quote(value.as_ref())).collect();
            self.parameters.push(format!("{name}={}", values.join(",")));
        }
        self
    }

    /// Adds parameters as another line has them ([`Property::other_parameters`](super::Property::other_parameters)).
    #[must_use]
    pub fn written_parameters(mut self, parameters: Vec<String>) -> Self {
        self.parameters.extend(parameters);
        self
    }

    /// The value as it will be written.
    pub fn value(&self) -> &str {
        &self.value
    }

    pub(super) fn to_raw(&self) -> String {
        let head = self
            .parameters
            .iter()
            .fold(self.name.clone(), |head, parameter| format!("{head};{parameter}"));
        format!("{head}:{}", self.value)
    }
}

/// A text as a value (RFC 6350 §3.4).
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\\' => escaped.push_str("\\\\"),
            ',' => escaped.push_str("\\,"),
            ';' => escaped.push_str("\\;"),
            '\n' | '\r' => escaped.push_str("\\n"),
            '\t' => escaped.push('\t'),
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

fn join<S: AsRef<str>>(parts: &[S], separator: &str) -> String {
    let escaped: Vec<String> = parts.iter().map(|part| escape(part.as_ref())).collect();
    escaped.join(separator)
}

/// Without the characters that would end the line.
pub(super) fn one_line(value: &str) -> String {
    value
        .chars()
        .filter(|character| !character.is_control() || *character == '\t')
        .collect()
}

/// A parameter value, in quotes where it has to be. Quotes cannot be in one.
fn quote(value: &str) -> String {
    let value: String = value
        .chars()
        .filter(|character| !character.is_control() && *character != '"')
        .collect();
    if value.chars().all(is_token) {
        value
    } else {
        format!("\"{value}\"")
    }
}

fn is_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '-'
}

/// Breaks a long line between characters; a blank starts each further part.
pub(super) fn fold(line: &str, newline: &str) -> String {
    let mut folded = String::with_capacity(line.len() + line.len() / FOLD * 3);
    let mut width = 0;
    for character in line.chars() {
        if width + character.len_utf8() > FOLD {
            folded.push_str(newline);
            folded.push(' ');
            width = 1;
        }
        folded.push(character);
        width += character.len_utf8();
    }
    folded
}
