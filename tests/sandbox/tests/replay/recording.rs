//! Reads a recording: exchanges with a real Nextcloud as text (`../recorded/README.md` has the format).

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// One step of a recording, in order.
#[derive(Debug, PartialEq)]
pub(crate) enum Step {
    /// A request and what Nextcloud answered.
    Exchange(Exchange),
    /// `! name key=value …`: something that the recording needs but does not show.
    Directive(Directive),
}

/// A request and its answer.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Exchange {
    /// The heading: `12. update with stale If-Match`.
    pub(crate) title: String,
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) request: Message,
    pub(crate) status: u16,
    pub(crate) response: Message,
    /// Set by `! skip <reason>` inside the exchange.
    pub(crate) skip: Option<String>,
}

/// Headers and body of a request or an answer.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Message {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

impl Message {
    /// The header's value, by a name in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A body as recorded.
#[derive(Debug, Default, PartialEq)]
pub(crate) enum Body {
    /// No bytes: `(empty)`, or nothing.
    #[default]
    Empty,
    /// `(any)`: a body that does not matter, or was not kept whole.
    Any,
    /// `(html)`: some page, whose text was not kept.
    Html,
    /// `(binary, <length> bytes) base64 of first 96: …`: the first bytes, and how many there were.
    Binary {
        start: Vec<u8>,
        length: usize,
    },
    Text(String),
}

/// `! tokens user=alice scope="openid profile"`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Directive {
    pub(crate) name: String,
    /// Words without `=`, in order.
    pub(crate) words: Vec<String>,
    pub(crate) arguments: Vec<(String, String)>,
}

impl Directive {
    pub(crate) fn argument(&self, name: &str) -> Option<&str> {
        self.arguments
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Reads all steps. Panics with the line that makes no sense: recordings are part of the test.
pub(crate) fn parse(text: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    for block in blocks(text) {
        match exchange(&block) {
            Some((exchange, after)) => {
                steps.push(Step::Exchange(exchange));
                steps.extend(after.into_iter().map(Step::Directive));
            }
            None => steps.extend(block.iter().filter_map(|line| directive(line)).map(Step::Directive)),
        }
    }
    steps
}

/// The lines between the separators `---` and `===`.
fn blocks(text: &str) -> Vec<Vec<&str>> {
    let mut blocks = vec![Vec::new()];
    for line in text.lines() {
        match (line.trim_end(), blocks.last_mut()) {
            ("---" | "===", _) => blocks.push(Vec::new()),
            (_, Some(block)) => block.push(line),
            (_, None) => {}
        }
    }
    blocks
}

fn exchange(block: &[&str]) -> Option<(Exchange, Vec<Directive>)> {
    let mut exchange = Exchange::default();
    let mut after = Vec::new();
    let title = block.iter().position(|line| line.starts_with("### "))?;
    block[title][4..].trim().clone_into(&mut exchange.title);
    let rest = &block[title + 1..];
    let answer = rest
        .iter()
        .position(|line| line.starts_with("< HTTP/"))
        .unwrap_or_else(|| panic!("no answer: {}", exchange.title));

    let (request, response) = rest.split_at(answer);
    let (start, message) = message(request, '>');
    let mut words = start.split(' ');
    words.next().unwrap_or_default().clone_into(&mut exchange.method);
    words
        .next()
        .unwrap_or_else(|| panic!("no request target: {}", exchange.title))
        .clone_into(&mut exchange.target);
    exchange.request = message;

    // Directives may follow the body: they belong to what comes after the exchange.
    let (kept, directives): (Vec<&str>, Vec<&str>) = response.iter().copied().partition(|line| !line.starts_with("! "));
    for directive in directives.into_iter().filter_map(directive) {
        if directive.name == "skip" {
            exchange.skip = Some(directive.words.join(" "));
        } else {
            after.push(directive);
        }
    }
    let (start, message) = self::message(&kept, '<');
    let status = start.split(' ').nth(1).and_then(|status| status.parse().ok());
    exchange.status = status.unwrap_or_else(|| panic!("no status: {}", exchange.title));
    exchange.response = message;
    Some((exchange, after))
}

/// First line, headers and body of lines that start with `mark`; the body follows `mark` alone.
fn message(lines: &[&str], mark: char) -> (String, Message) {
    let mut head = lines.iter().map_while(|line| line.strip_prefix(mark)).map(str::trim);
    let start = head.next().unwrap_or_default().to_owned();
    let headers = head
        .take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with('('));
    let headers = headers
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let body = lines.iter().position(|line| line.trim_end() == mark.to_string());
    let body = body.map(|at| lines[at + 1..].join("\n")).unwrap_or_default();
    (
        start,
        Message {
            headers,
            body: self::body(body.trim_end_matches('\n')),
        },
    )
}

fn body(text: &str) -> Body {
    match text.trim() {
        "" | "(empty)" => return Body::Empty,
        "(any)" => return Body::Any,
        "(html)" => return Body::Html,
        _ => {}
    }
    let Some(rest) = text.strip_prefix("(binary, ") else {
        return Body::Text(text.to_owned());
    };
    let (length, encoded) = rest
        .split_once(" bytes)")
        .unwrap_or_else(|| panic!("no length: {text}"));
    let encoded = encoded.rsplit_once(": ").map_or("", |(_, encoded)| encoded).trim();
    let start = STANDARD
        .decode(encoded)
        .unwrap_or_else(|error| panic!("bad base64 ({error}): {text}"));
    Body::Binary {
        start,
        length: length.parse().unwrap_or_else(|_| panic!("no length: {text}")),
    }
}

fn directive(line: &str) -> Option<Directive> {
    let mut words = split_words(line.strip_prefix("! ")?).into_iter();
    let name = words.next()?;
    let mut directive = Directive {
        name,
        words: Vec::new(),
        arguments: Vec::new(),
    };
    for word in words {
        match word.split_once('=') {
            Some((key, value)) => directive.arguments.push((key.to_owned(), value.to_owned())),
            None => directive.words.push(word),
        }
    }
    Some(directive)
}

/// Words separated by blanks, where `"…"` keeps blanks.
fn split_words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match (c, words.last_mut()) {
            ('"', _) => quoted = !quoted,
            (' ', _) if !quoted => words.push(String::new()),
            (_, Some(word)) => word.push(c),
            (_, None) => {}
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDING: &str = r#"# A title
! user alice

---
### 1. create
> POST /notes?x=1 HTTP/1.1
> Content-Type: application/json
>
{"title": "a"}

< HTTP/1.1 200 OK
< Content-Type: application/json
< (4 Set-Cookie headers)
<
{"id":1}
! tokens user=alice scope="openid profile"

---
### 2. read
> GET /notes HTTP/1.1

< HTTP/1.1 304 Not Modified
< ETag: "a"
<
(empty)
"#;

    #[test]
    fn a_recording_is_read_in_order() {
        let steps = parse(RECORDING);
        let [
            Step::Directive(user),
            Step::Exchange(create),
            Step::Directive(tokens),
            Step::Exchange(read),
        ] = steps.as_slice()
        else {
            panic!("{steps:?}")
        };
        assert_eq!((user.name.as_str(), user.words[0].as_str()), ("user", "alice"));
        assert_eq!(
            (create.method.as_str(), create.target.as_str(), create.status),
            ("POST", "/notes?x=1", 200)
        );
        assert_eq!(create.request.body, Body::Text(r#"{"title": "a"}"#.to_owned()));
        assert_eq!(create.response.headers.len(), 1);
        assert_eq!(create.response.body, Body::Text(r#"{"id":1}"#.to_owned()));
        assert_eq!(tokens.argument("scope"), Some("openid profile"));
        assert_eq!((read.status, read.response.header("etag")), (304, Some("\"a\"")));
        assert_eq!((&read.request.body, &read.response.body), (&Body::Empty, &Body::Empty));
    }

    #[test]
    fn binary_bodies_keep_their_first_bytes_and_length() {
        let expected = Body::Binary {
            start: b"abc".to_vec(),
            length: 300,
        };
        assert_eq!(body("(binary, 300 bytes) base64 of first 96: YWJj"), expected);
    }
}
