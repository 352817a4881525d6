//! The `--env-file`: lines of `NAME=value`, as `docker run --env-file` and shells read them.

use std::collections::BTreeMap;

/// A line that cannot be read. The line itself may hold a secret, so only its number is told.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {what}")]
pub(super) struct BadLine {
    line: usize,
    what: &'static str,
}

/// Reads comments (`#`), `export NAME=value`, bare values with a trailing ` # comment`, `'literal'` values and
/// `"quoted"` values with the escapes `\n`, `\t`, `\"`, `\\` and `\$`. Nothing is expanded. A name set twice has its last value.
pub(super) fn parse(text: &str) -> Result<BTreeMap<String, String>, Vec<BadLine>> {
    let mut values = BTreeMap::new();
    let mut bad = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        match assignment(line.trim()) {
            Ok(Some((name, value))) => {
                values.insert(name.to_owned(), value);
            }
            Ok(None) => {}
            Err(what) => bad.push(BadLine { line: index + 1, what }),
        }
    }
    if bad.is_empty() { Ok(values) } else { Err(bad) }
}

fn assignment(line: &str) -> Result<Option<(&str, String)>, &'static str> {
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=').ok_or("has no `=`")?;
    let name = name.trim();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err("has something other than a variable name before `=`");
    }
    let value = value.trim();
    let value = if let Some(rest) = value.strip_prefix('\'') {
        let (literal, rest) = rest.split_once('\'').ok_or("has a quotation mark that is not closed")?;
        nothing_but_comment(rest)?;
        literal.to_owned()
    } else if let Some(rest) = value.strip_prefix('"') {
        quoted(rest)?
    } else {
        bare(value).to_owned()
    };
    Ok(Some((name, value)))
}

/// The value up to a ` #`; a `#` within a word belongs to the value, as in many passwords.
fn bare(value: &str) -> &str {
    if value.starts_with('#') {
        return "";
    }
    let end = [" #", "\t#"]
        .iter()
        .filter_map(|comment| value.find(comment))
        .min()
        .unwrap_or(value.len());
    value[..end].trim_end()
}

fn quoted(text: &str) -> Result<String, &'static str> {
    let mut value = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return nothing_but_comment(chars.as_str()).map(|()| value),
            '\\' => match chars.next() {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some(escaped @ ('"' | '\\' | '$')) => value.push(escaped),
                _ => return Err("has an escape other than \\n, \\t, \\\", \\\\ and \\$"),
            },
            c => value.push(c),
        }
    }
    Err("has a quotation mark that is not closed")
}

fn nothing_but_comment(rest: &str) -> Result<(), &'static str> {
    let rest = rest.trim();
    if rest.is_empty() || rest.starts_with('#') {
        Ok(())
    } else {
        Err("goes on after the closing quotation mark")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::parse;

    #[test]
    fn values_are_read_as_shells_read_them() {
        for (line, value) in [
            ("A=1", "1"),
            ("  export A = 1  ", "1"),
            ("A=", ""),
            ("A= # nothing", ""),
            ("A=pass#word # comment", "pass#word"),
            ("A='lit $x \\n' # comment", "lit $x \\n"),
            (r#"A="two\nlines \"here\" \$5""#, "two\nlines \"here\" $5"),
            ("A=a=b", "a=b"),
            ("\u{feff}A=1\r", "1"),
            ("A=0\nA=1", "1"),
        ] {
            let values = parse(line).unwrap();
            assert_eq!(values["A"], value, "{line}");
        }
        assert!(parse("\n# A=1\n").unwrap().is_empty());
    }

    #[test]
    fn every_bad_line_is_told_by_number_only() {
        let bad = parse("hunter2\nA=1\nB='hunter2\nC=\"hunter2\" x\nD D=hunter2\nE=\"\\x\"").unwrap_err();
        let told: Vec<_> = bad.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), 5, "{told:?}");
        assert_eq!(told[0], "line 1 has no `=`");
        assert!(told[4].starts_with("line 6 "), "{told:?}");
        assert!(!told.concat().contains("hunter2"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).*") {
            let _ = parse(&text);
        }

        #[test]
        fn a_quoted_value_comes_back(value in "[^\r\n]*") {
            let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
            prop_assert_eq!(&parse(&format!("A=\"{escaped}\"")).unwrap()["A"], &value);
        }
    }
}
