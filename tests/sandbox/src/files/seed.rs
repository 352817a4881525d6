//! Files to look at in a new sandbox.

use super::Files;
use super::content::Content;
use super::home::take;
use super::node::Node;

const DAY: u64 = 24 * 60 * 60;

/// A file: user, days ago, path, text. A path that ends with a slash is a folder.
const SAMPLES: [(&str, u64, &str, &str); 12] = [
    ("alice", 40, "Documents/", ""),
    (
        "alice",
        40,
        "Documents/Example.md",
        "# Example\n\nA text file in Markdown: **bold**, _italic_, [links](https://nextcloud.com).\n",
    ),
    (
        "alice",
        12,
        "Documents/Budget 2026.csv",
        "month,rent,food,travel\nJanuary,900,310,45\nFebruary,900,295,120\nMarch,915,330,60\n",
    ),
    ("alice", 40, "Photos/", ""),
    ("alice", 40, "Photos/Readme.md", "Photos from the last years.\n"),
    ("alice", 5, "Projects/", ""),
    (
        "alice",
        5,
        "Projects/Release 2.4.md",
        "# Release 2.4\n\nCandidate tagged. Bob tests the upgrade.\n",
    ),
    (
        "alice",
        2,
        "Projects/server.log",
        "09:14:02 INFO started\n09:14:03 WARN slow answer (2.1 s)\n09:20:41 ERROR out of space\n",
    ),
    (
        "alice",
        40,
        "Readme.md",
        "Welcome! These files live in memory and are gone when the sandbox stops.\n",
    ),
    ("bob", 30, "Documents/", ""),
    (
        "bob",
        8,
        "Documents/Upgrade test.md",
        "- [ ] fresh database\n- [ ] interrupted half way\n",
    ),
    ("bob", 30, "Readme.md", "Bob's files.\n"),
];

/// Writes the samples of those of `users` that have any, as if they had been written in the days before `now`.
pub(crate) fn seed(files: &mut Files, users: &[&str], now: u64) {
    for (uid, days, path, text) in SAMPLES {
        if !users.contains(&uid) {
            continue;
        }
        let time = now.saturating_sub(days * DAY);
        let (home, ids) = files.with_ids(uid, now);
        let id = take(ids);
        let node = if path.ends_with('/') {
            Node::folder(id, time)
        } else {
            Node::file(id, time, Content::new(vec![text.into()]))
        };
        let path = path.trim_end_matches('/').split('/').map(ToOwned::to_owned).collect();
        home.insert(path, node);
    }
}
