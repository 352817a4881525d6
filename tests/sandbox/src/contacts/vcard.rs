//! vCards as Sabre treats them: checked, put right, converted. Line by line, as far as recordings show it.

use crate::dav::DavError;
use crate::random;

const PRODID: &str = "PRODID:-//Sabre//Sabre VObject 4.5.6//EN";

/// A logical line, taken apart.
pub(super) struct Property {
    /// In upper case, without its group.
    pub(super) name: String,
    pub(super) parameters: String,
    pub(super) value: String,
}

/// The properties of a card, unfolded.
pub(super) fn properties(text: &str) -> Vec<Property> {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    unfolded.lines().filter_map(property).collect()
}

fn property(line: &str) -> Option<Property> {
    let mut quoted = false;
    let colon = line.find(|character| {
        quoted ^= character == '"';
        character == ':' && !quoted
    })?;
    let (head, value) = (&line[..colon], &line[colon + 1..]);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    let name = name.rsplit('.').next().unwrap_or(name).to_ascii_uppercase();
    Some(Property {
        name,
        parameters: parameters.to_owned(),
        value: unescape(value),
    })
}

fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match (character, character == '\\') {
            (_, true) => match characters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            (other, false) => text.push(other),
        }
    }
    text
}

fn first(text: &str, name: &str) -> Option<String> {
    properties(text)
        .into_iter()
        .find(|property| property.name == name)
        .map(|property| property.value)
}

/// The UID.
pub(super) fn uid(text: &str) -> Option<String> {
    first(text, "UID")
}

/// Checks a card that is to be stored and adds what it must have. Gives the text to store and the warning that goes
/// with a change.
pub(super) fn admit(text: String) -> Result<(String, Option<&'static str>), DavError> {
    let refuse = |message: &str| {
        DavError::new(
            http::StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaType",
            message,
        )
    };
    let upper = text.trim_start().to_ascii_uppercase();
    if !upper.starts_with("BEGIN:VCARD") {
        return Err(refuse(
            "This resource only supports valid vCard or jCard data. Parse error: This parser only supports VCARD and \
             VCALENDAR files",
        ));
    }
    if !upper.trim_end().ends_with("END:VCARD") {
        return Err(refuse(
            "This resource only supports valid vCard or jCard data. Parse error: End of document reached prematurely",
        ));
    }
    if first(&text, "VERSION").as_deref() == Some("2.1") {
        return Err(refuse(
            "Validation error in vCard: CardDAV servers are not allowed to accept vCard 2.1.",
        ));
    }
    if let Some(reason) = forbidden_encoding(&text) {
        return Err(refuse(&format!("Validation error in vCard: {reason}")));
    }
    for birthday in properties(&text).iter().filter(|property| property.name == "BDAY") {
        let plain = birthday.value.replace(['-', 'T', ':', 'Z'], "");
        let is_text = birthday.parameters.to_ascii_uppercase().contains("VALUE=TEXT");
        if !is_text && (plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(refuse(
                "Validation error in vCard: The supplied value is not a correct DATE-AND-OR-TIME",
            ));
        }
    }
    if uid(&text).is_none() {
        let number = u128::from_be_bytes(random::bytes::<16>());
        let hex = format!("{number:032x}");
        let uuid = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
        return Ok((
            with_line(&text, &format!("UID:{uuid}")),
            Some("vCard validation warning: vCards on CardDAV servers MUST have a UID property."),
        ));
    }
    if first(&text, "FN").is_none() {
        let instead = first(&text, "ORG")
            .or_else(|| first(&text, "EMAIL"))
            .unwrap_or_else(|| "Unknown".to_owned());
        return Ok((
            with_line(&text, &format!("FN:{instead}")),
            Some("vCard validation warning: The FN property must appear in the VCARD component exactly 1 time"),
        ));
    }
    Ok((text, None))
}

/// What is wrong with the `ENCODING` of a property: vCard 4 knows none, vCard 3 only base64.
fn forbidden_encoding(text: &str) -> Option<String> {
    let four = first(text, "VERSION").as_deref() == Some("4.0");
    properties(text).iter().find_map(|property| {
        let parameters = property.parameters.to_ascii_uppercase();
        let encoding = parameters.split(';').find_map(|one| one.strip_prefix("ENCODING="))?;
        if four {
            Some("ENCODING parameter is not valid in vCard 4.".to_owned())
        } else if matches!(encoding, "B" | "BASE64") {
            None
        } else {
            Some(format!("ENCODING={encoding} is not valid for this document type."))
        }
    })
}

/// Adds a line before `END`.
fn with_line(text: &str, line: &str) -> String {
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    match text.rfind("END:VCARD") {
        Some(at) => format!("{}{line}{eol}{}", &text[..at], &text[at..]),
        None => text.to_owned(),
    }
}

/// The card in the version asked for: as stored, if it is of that version.
pub(super) fn in_version(text: &str, four: bool) -> String {
    let stored_as_four = first(text, "VERSION").as_deref() == Some("4.0");
    if stored_as_four == four {
        return text.to_owned();
    }
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines = text
        .lines()
        .filter_map(|line| if four { to_four(line) } else { to_three(line) });
    lines.fold(String::new(), |all, line| all + &line + eol)
}

fn to_three(line: &str) -> Option<String> {
    if line == "VERSION:4.0" {
        return Some(format!("VERSION:3.0\n{PRODID}"));
    }
    if line.starts_with("KIND:") || line.starts_with("PRODID:") {
        return None;
    }
    if let Some(day) = line.strip_prefix("BDAY:--") {
        let day = day.replace('-', "");
        let (month, day) = day.split_at_checked(2)?;
        return Some(format!("BDAY;X-APPLE-OMIT-YEAR=1604:1604-{month}-{day}"));
    }
    match line.split_once(';').zip(line.find(";PREF=1:")) {
        Some((_, at)) if line[..at].contains("TYPE=") => Some(format!("{},PREF:{}", &line[..at], &line[at + 8..])),
        Some((_, at)) => Some(format!("{};TYPE=PREF:{}", &line[..at], &line[at + 8..])),
        None => Some(line.to_owned()),
    }
}

fn to_four(line: &str) -> Option<String> {
    if line == "VERSION:3.0" {
        return Some(format!("VERSION:4.0\n{PRODID}"));
    }
    if line.starts_with("PRODID:") {
        return None;
    }
    Some(
        line.replacen(",PREF:", ";PREF=1:", 1)
            .replacen("TYPE=PREF:", "PREF=1:", 1),
    )
}
