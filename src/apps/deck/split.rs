//! Comments longer than Nextcloud takes, in parts.

/// Longest comment, in characters (code points), after trimming.
pub const LONGEST_COMMENT: usize = 1000;
/// Most parts of one comment.
pub const MOST_PARTS: usize = 10;
/// Room for `\n(10/10)`.
const MARK: usize = 8;

/// A comment in parts of at most [`LONGEST_COMMENT`] characters, each marked with its number; broken between
/// paragraphs, lines or words where one ends in the second half of a part. `None` when [`MOST_PARTS`] do not hold it.
pub fn split(message: &str) -> Option<Vec<String>> {
    let mut rest = message.trim();
    if rest.chars().count() <= LONGEST_COMMENT {
        return Some(vec![rest.to_owned()]);
    }
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        if pieces.len() == MOST_PARTS {
            return None;
        }
        let (piece, after) = rest.split_at(end_of_part(rest));
        pieces.push(piece.trim_end());
        rest = after.trim_start();
    }
    let count = pieces.len();
    let numbered = pieces.iter().enumerate();
    Some(
        numbered
            .map(|(index, piece)| format!("{piece}\n({}/{count})", index + 1))
            .collect(),
    )
}

/// Where the first part of `text` ends, in bytes.
fn end_of_part(text: &str) -> usize {
    let Some((longest, _)) = text.char_indices().nth(LONGEST_COMMENT - MARK) else {
        return text.len();
    };
    let window = &text[..longest];
    let earliest = window
        .char_indices()
        .nth((LONGEST_COMMENT - MARK) / 2)
        .map_or(0, |(index, _)| index);
    ["\n\n", "\n", " "]
        .iter()
        .filter_map(|gap| window.rfind(gap))
        .find(|&index| index >= earliest)
        .unwrap_or(longest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LONGEST_COMMENT, MARK, MOST_PARTS, split};

    #[test]
    fn what_fits_stays_whole() {
        let exact = "é".repeat(LONGEST_COMMENT);
        assert_eq!(split(&format!("  {exact}\n")).unwrap(), [exact]);
    }

    #[test]
    fn parts_end_at_words_and_are_numbered() {
        let text = "word ".repeat(300);
        let parts = split(&text).unwrap();
        assert_eq!(parts.len(), 2);
        assert!(parts[0].ends_with("word\n(1/2)") && parts[1].ends_with("word\n(2/2)"));
    }

    #[test]
    fn too_much_is_too_much() {
        let most = (LONGEST_COMMENT - MARK) * MOST_PARTS;
        assert_eq!(split(&"x".repeat(most)).unwrap().len(), MOST_PARTS);
        assert_eq!(split(&"x".repeat(most + 1)), None);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_no_part_is_too_long(text in "([a-zé☀\u{1F600} \n]{0,200}){0,40}") {
            if let Some(parts) = split(&text) {
                prop_assert!(parts.iter().all(|part| part.chars().count() <= LONGEST_COMMENT));
                let mut together = String::new();
                for (index, part) in parts.iter().enumerate() {
                    let mark = format!("\n({}/{})", index + 1, parts.len());
                    together.push_str(if parts.len() == 1 { part } else { part.strip_suffix(mark.as_str()).unwrap() });
                }
                let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
                prop_assert_eq!(letters(&together), letters(&text));
            }
        }
    }
}
