//! Notes to look at in a new sandbox.

use super::Notes;
use super::folder::Draft;

const DAY: i64 = 24 * 60 * 60;

/// A note: user, days ago, category, starred, title, text.
type Sample = (&'static str, i64, &'static str, bool, &'static str, &'static str);

const SAMPLES: [Sample; 9] = [
    (
        "alice",
        30,
        "",
        true,
        "Welcome to the sandbox",
        "# Welcome\n\nThis Nextcloud lives in memory: change and delete what you like, it is gone when the sandbox stops.\n",
    ),
    (
        "alice",
        12,
        "Home",
        false,
        "Groceries",
        "- [ ] oat milk\n- [ ] lemons\n- [x] rye bread\n- [ ] coffee beans\n",
    ),
    (
        "alice",
        9,
        "Home",
        false,
        "Bicycle service",
        "Chain replaced at 4,300 km. Next: brake pads in March.\n\nWorkshop: Hafenstraße 12, open until 18:00.\n",
    ),
    (
        "alice",
        6,
        "Work/Release 2.4",
        true,
        "Release checklist",
        "# Release 2.4\n\n1. Freeze translations\n2. Tag the candidate\n3. Ask Bob to test the upgrade from 2.3\n4. Publish the notes\n",
    ),
    (
        "alice",
        5,
        "Work/Release 2.4",
        false,
        "Open questions",
        "- Do we drop PostgreSQL 13?\n- Who writes the announcement? (Bob?)\n- Is the migration safe to interrupt?\n",
    ),
    (
        "alice",
        2,
        "Work",
        false,
        "Meeting 2026-11-19",
        "Present: Alice, Bob, Chloé\n\n**Decided**: weekly builds move to Thursday.\n",
    ),
    (
        "alice",
        1,
        "Reading",
        false,
        "Books",
        "| Title | Author | Read |\n|---|---|---|\n| Solaris | Stanisław Lem | yes |\n| 雪国 | 川端 康成 | no |\n",
    ),
    (
        "bob",
        8,
        "",
        true,
        "Upgrade test plan",
        "# Upgrade from 2.3\n\n- [ ] fresh database\n- [ ] database with 100,000 rows\n- [ ] interrupted half way\n",
    ),
    (
        "bob",
        3,
        "Garden",
        false,
        "Tomatoes",
        "Sow in February, inside. Last year: 24 °C and twelve hours of light worked well.\n",
    ),
];

/// Writes the samples of those of `users` that have any, as if they had been written in the days before `now`.
pub(crate) fn seed(notes: &mut Notes, users: &[&str], now: u64) {
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    for (uid, days, category, favorite, title, content) in SAMPLES {
        if !users.contains(&uid) {
            continue;
        }
        let draft = Draft {
            title: title.to_owned(),
            category: category.to_owned(),
            content: content.to_owned(),
            favorite,
            modified: None,
        };
        let id = notes.new_id();
        // Fails only while a test has locked the folder, and there is no test yet.
        let _ = notes.of(uid).create(id, draft, now - days * DAY);
    }
}
