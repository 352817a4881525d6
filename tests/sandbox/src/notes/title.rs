//! What a title, a category and a notes path become as names of files and folders.

/// The title of a note that was given none.
pub(crate) const DEFAULT_TITLE: &str = "New note";

/// Characters that the Notes app keeps out of file names.
const FORBIDDEN: [char; 9] = ['*', '|', '/', '\\', ':', '"', '<', '>', '?'];

/// Longest file name (without suffix) that is made from a title, in characters.
const LONGEST: usize = 100;

/// The file name (without suffix) for `title`: its first line, without forbidden characters, leading dots and outer
/// blanks, cut to 100 characters. [`DEFAULT_TITLE`] if nothing is left.
pub(crate) fn sanitise(title: &str) -> String {
    let line = title.trim_start().lines().next().unwrap_or_default();
    let allowed = line.replace('\t', " ").replace(FORBIDDEN, "");
    let cut: String = allowed
        .trim()
        .trim_start_matches('.')
        .trim()
        .chars()
        .take(LONGEST)
        .collect();
    match cut.trim_end() {
        "" => DEFAULT_TITLE.to_owned(),
        title => title.to_owned(),
    }
}

/// The title that the old API v0.2 makes of a note's text: its first line that holds anything, without Markdown marks.
pub(crate) fn from_content(content: &str) -> String {
    let first = content
        .lines()
        .map(|line| line.trim_start_matches(['#', '*', '-', ' ', '\t']))
        .find(|line| !line.trim().is_empty());
    sanitise(first.unwrap_or_default())
}

/// Whether a name has a control character that no file name may have: the app writes the file and then does not find it.
pub(crate) fn is_impossible(name: &str) -> bool {
    name.chars()
        .any(|character| character.is_ascii_control() && !matches!(character, '\t' | '\n' | '\r' | '\u{7f}'))
}

/// `title`, or the next of `title (2)`, `title (3)`, … that is not `taken`.
pub(crate) fn unused(title: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut candidate = title.to_owned();
    while taken(&candidate) {
        candidate = next(&candidate);
    }
    candidate
}

fn next(title: &str) -> String {
    let counted = title.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    if let Some((stem, count)) = counted
        && let Ok(count) = count.parse::<u64>()
    {
        return format!("{stem}({})", count.saturating_add(1));
    }
    format!("{title} (2)")
}

/// A relative folder path: empty, `.` and `..` segments dropped, forbidden characters taken out of the others.
///
/// `../x` becomes `x`: Nextcloud accepts a notes path of `../x` in just this way.
pub(crate) fn folder(path: &str) -> String {
    let segments = path
        .split('/')
        .map(|segment| segment.replace(FORBIDDEN, "").trim().to_owned());
    segments
        .filter(|segment| !matches!(segment.as_str(), "" | "." | ".."))
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_loses_what_file_names_cannot_hold() {
        assert_eq!(sanitise("Bad/ti:tle*?"), "Badtitle");
        assert_eq!(sanitise("  ..hidden  "), "hidden");
        assert_eq!(sanitise("first\nsecond"), "first");
        assert_eq!(sanitise("/:*"), DEFAULT_TITLE);
        assert_eq!(sanitise(&"ä".repeat(300)).chars().count(), LONGEST);
    }

    #[test]
    fn a_taken_title_counts_up() {
        let taken = ["A", "A (2)", "B (9)"];
        let unused = |title| unused(title, |name| taken.contains(&name));
        assert_eq!(unused("A"), "A (3)");
        assert_eq!(unused("B (9)"), "B (10)");
        assert_eq!(unused("C"), "C");
    }

    #[test]
    fn a_folder_path_cannot_climb() {
        assert_eq!(folder("../x"), "x");
        assert_eq!(folder("/Work//Sub/"), "Work/Sub");
        assert_eq!(folder("a:b/./c"), "ab/c");
    }

    #[test]
    fn the_old_api_titles_a_note_by_its_text() {
        assert_eq!(from_content("\n# Groceries\nmilk"), "Groceries");
        assert_eq!(from_content(""), DEFAULT_TITLE);
    }
}
