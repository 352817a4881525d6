//! What fields of events and tasks may hold. Nextcloud stores a wrong STATUS, PRIORITY or PERCENT-COMPLETE as it is
//! sent, so they are checked here.

use actors::randomness::{Randomness as _, SystemRandomness};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::when::invalid;
use crate::ical::{Edit, Line, Moment};
use crate::mcp::ToolResult;

/// Longest title, place, list of categories.
const SHORT: usize = 1_000;
/// Longest description.
const LONG: usize = 100_000;

/// Text of one line and sensible length.
pub fn short(argument: &str, text: &str) -> ToolResult<()> {
    if text.chars().count() > SHORT {
        return Err(invalid(argument, &format!("at most {SHORT} characters")));
    }
    plain(argument, text)
}

/// Text of several lines.
pub fn long(argument: &str, text: &str) -> ToolResult<()> {
    if text.len() > LONG {
        return Err(invalid(argument, &format!("at most {LONG} bytes")));
    }
    plain(argument, text)
}

fn plain(argument: &str, text: &str) -> ToolResult<()> {
    let odd = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    match text.chars().find(|character| odd(*character)) {
        Some(_) => Err(invalid(argument, "control characters are not allowed")),
        None => Ok(()),
    }
}

/// A title: short, and there.
pub fn title(argument: &str, text: &str) -> ToolResult<()> {
    if text.trim().is_empty() {
        return Err(invalid(argument, "it must not be empty"));
    }
    short(argument, text)
}

/// One of a few words, in upper case.
pub fn word(argument: &str, text: &str, allowed: &[&'static str]) -> ToolResult<&'static str> {
    let found = allowed.iter().find(|word| word.eq_ignore_ascii_case(text.trim()));
    found
        .copied()
        .ok_or_else(|| invalid(argument, &format!("one of {}", allowed.join(", "))))
}

/// The states of an event.
pub const EVENT_STATUS: [&str; 3] = ["TENTATIVE", "CONFIRMED", "CANCELLED"];
/// The states of a task.
pub const TASK_STATUS: [&str; 4] = ["NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"];
/// Who may see an event.
pub const PRIVACY: [&str; 3] = ["PUBLIC", "PRIVATE", "CONFIDENTIAL"];

/// 0 (none), 1 (highest) to 9 (lowest).
pub fn priority(argument: &str, priority: i64) -> ToolResult<()> {
    match priority {
        0..=9 => Ok(()),
        _ => Err(invalid(argument, "from 0 (none), 1 (highest) to 9 (lowest)")),
    }
}

/// The items of a comma-separated list.
pub fn items(argument: &str, text: &str) -> ToolResult<Vec<String>> {
    short(argument, text)?;
    let mut items: Vec<String> = Vec::new();
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        if !items.iter().any(|known| known == item) {
            items.push(item.to_owned());
        }
    }
    Ok(items)
}

/// A colour by its CSS3 name: RFC 7986 §5.9 knows no other.
pub fn color(text: &str) -> ToolResult<String> {
    let name = text.trim().to_ascii_lowercase();
    if COLORS.split_ascii_whitespace().any(|known| known == name) {
        return Ok(name);
    }
    Err(invalid("color", "a CSS3 colour name such as tomato or royalblue"))
}

/// The address of a page.
pub fn link(text: &str) -> ToolResult<()> {
    let fine = url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto" | "tel"));
    if fine && text.len() <= SHORT {
        return Ok(());
    }
    Err(invalid("url", "an address that starts with https:// or http://"))
}

/// A UID that nothing else has.
pub fn new_uid() -> String {
    let mut bytes = [0; 16];
    SystemRandomness.fill(&mut bytes);
    let hex = bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// Notes that a component changed (RFC 5545 §3.8.7): `significant` when those invited have to be told.
pub fn touch(edit: &mut Edit<'_>, now: Timestamp, significant: bool) {
    let stamp = Moment::Utc(TimeZone::UTC.to_datetime(now));
    edit.set(Line::moment("DTSTAMP", &stamp));
    edit.set(Line::moment("LAST-MODIFIED", &stamp));
    let scheduled = edit.read().property("ATTENDEE").is_some();
    let sequence = edit.read().number("SEQUENCE");
    if significant && (scheduled || sequence.is_some()) {
        edit.set(Line::new("SEQUENCE", (sequence.unwrap_or_default() + 1).to_string()));
    }
}

/// A path segment for a deep link.
pub fn segment(text: &str) -> String {
    const KEEP: &percent_encoding::AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    utf8_percent_encode(text, KEEP).to_string()
}

/// Whether `text` contains `part`, in any case.
pub fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

const COLORS: &str = "aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet \
    brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan \
    darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred \
    darksalmon darkseagreen darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue \
    dimgray dimgrey dodgerblue firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray \
    green greenyellow grey honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen \
    lemonchiffon lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink \
    lightsalmon lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow lime limegreen \
    linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple mediumseagreen mediumslateblue \
    mediumspringgreen mediumturquoise mediumvioletred midnightblue mintcream mistyrose moccasin navajowhite navy \
    oldlace olive olivedrab orange orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip \
    peachpuff peru pink plum powderblue purple red rosybrown royalblue saddlebrown salmon sandybrown seagreen \
    seashell sienna silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato \
    turquoise violet wheat white whitesmoke yellow yellowgreen";

#[cfg(test)]
mod tests {
    use super::{EVENT_STATUS, color, items, link, new_uid, short, word};

    #[test]
    fn fields_are_checked() {
        assert_eq!(color("Tomato").unwrap(), "tomato");
        assert!(color("#ff0000").is_err());
        assert_eq!(word("status", "confirmed", &EVENT_STATUS).unwrap(), "CONFIRMED");
        assert!(word("status", "COMPLETED", &EVENT_STATUS).is_err());
        assert_eq!(items("categories", " a, b ,,a").unwrap(), ["a", "b"]);
        assert!(link("javascript:alert(1)").is_err());
        assert!(short("title", "a\u{0}b").is_err());
        assert_eq!(new_uid().len(), 36);
    }
}
