//! Replays recorded exchanges with a real Nextcloud 32 against the sandbox.
//!
//! Each recording of `../recorded/` is one line below. Its requests are sent in order to a fresh sandbox; status,
//! headers, content type and the shape of the body must be those recorded. What differs on purpose is listed in
//! [`known`], with the reason.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test stops where it cannot go on, and tells what it saw"
)]

mod compare;
mod json;
mod known;
mod mapping;
mod oauth;
mod recording;
mod replayer;
mod server;
mod xml;

use std::fmt::Write as _;
use std::time::Duration;

use nextcloud_sandbox::SandboxOptions;

use known::KNOWN;
use replayer::Outcome;

/// A test that replays `recorded/<name>.txt`, and fails where the sandbox answers otherwise. `literal` names the
/// fields whose values count too.
macro_rules! replay {
    ($name:ident $(, literal: $literal:expr)? $(, options: $options:expr)?) => {
        #[tokio::test]
        async fn $name() {
            let recording = include_str!(concat!("../recorded/", stringify!($name), ".txt"));
            let literal: &[&[&str]] = &[$($literal)?];
            let options = [$($options)?].into_iter().next().unwrap_or_else(SandboxOptions::new);
            run(stringify!($name), recording, &literal.concat(), options).await;
        }
    };
}

/// The fields of a note that depend on nothing but the requests.
const NOTE: &[&str] = &[
    "title",
    "category",
    "content",
    "internalPath",
    "fileSuffix",
    "notesPath",
    "noteMode",
];

/// The fields of a share that depend on nothing but the requests.
const SHARE: &[&str] = &[
    "share_type",
    "permissions",
    "item_permissions",
    "path",
    "item_type",
    "expiration",
    "note",
    "label",
    "share_with_displayname",
    "mail_send",
    "storage_id",
];

/// The fields of boards and cards that depend on nothing but the requests.
const DECK: &[&str] = &[
    "title",
    "color",
    "description",
    "type",
    "order",
    "uid",
    "displayname",
    "participant",
    "boardId",
    "stackId",
    "objectId",
    "duedate",
    "done",
    "overdue",
    "lastEditor",
    "commentsCount",
    "attachmentCount",
    "filesize",
];

/// The fields of a recipe that depend on nothing but the requests, and what is said of it.
const RECIPE: &[&str] = &[
    "category",
    "cookTime",
    "description",
    "folder",
    "keywords",
    "msg",
    "name",
    "prepTime",
    "recipeCategory",
    "recipeYield",
    "recipe_count",
    "totalTime",
    "update_interval",
];

/// The same of a table, its columns, views and cells.
const TABLE: &[&str] = &[
    "columnId",
    "columnsCount",
    "displayName",
    "emoji",
    "numberDecimals",
    "numberMax",
    "numberMin",
    "numberSuffix",
    "ownerDisplayName",
    "ownership",
    "rowsCount",
    "selectionDefault",
    "subtype",
    "textMaxLength",
    "title",
    "type",
];

replay!(auth_basic);
replay!(carddav);
replay!(vcard_versions);
replay!(cookbook, literal: RECIPE);
replay!(tables, literal: TABLE);
replay!(bearer_matrix, literal: NOTE);
replay!(caldav);
replay!(caldav_workflows);
replay!(deck, literal: DECK);
replay!(gzip_etags, literal: NOTE);
replay!(notes, literal: NOTE);
replay!(ocs_core);
replay!(ocs_shares, literal: SHARE);
replay!(oidc_dcr);
replay!(oidc_discovery);
replay!(oidc_errors);
replay!(oidc_expiry, options: SandboxOptions::new().expire_time(Duration::from_secs(5)));
replay!(oidc_flow_jwt);
replay!(oidc_flow_opaque);

replay!(webdav, options: SandboxOptions::new().seed(false));
replay!(systemtags, options: SandboxOptions::new().seed(false));
replay!(workflows_files, options: SandboxOptions::new().seed(false));

async fn run(name: &str, text: &str, literal: &[&str], options: SandboxOptions) {
    let outcomes = replayer::replay(recording::parse(text), options, literal).await;
    let (report, failed) = report(name, &outcomes);
    println!("{report}");
    assert!(!failed, "{report}");
}

/// One line per file, then one per exchange that did not simply match; and whether that is a failure.
fn report(name: &str, outcomes: &[(String, Outcome)]) -> (String, bool) {
    let mut known: Vec<_> = KNOWN
        .iter()
        .filter(|known| known.recording == name)
        .map(|known| (known, false))
        .collect();
    let (mut matched, mut differ, mut skipped, mut lines) = (0, 0, 0, String::new());
    let mut failed = false;
    for (title, outcome) in outcomes {
        match outcome {
            Outcome::Matched => matched += 1,
            Outcome::Skipped(reason) => {
                skipped += 1;
                let _ = writeln!(lines, "  skipped {title}: {reason}");
            }
            Outcome::Differs(differences) => {
                differ += 1;
                for difference in differences {
                    let reason = known.iter_mut().find(|(known, _)| known.covers(title, difference));
                    if let Some((known, used)) = reason {
                        *used = true;
                        let _ = writeln!(lines, "  known   {title}: {difference} ({})", known.reason);
                    } else {
                        failed = true;
                        let _ = writeln!(lines, "  DIFFERS {title}: {difference}");
                    }
                }
            }
        }
    }
    for (stale, _) in known.iter().filter(|(_, used)| !used) {
        failed = true;
        let _ = writeln!(
            lines,
            "  STALE   {} {}: no longer differs",
            stale.exchange, stale.difference
        );
    }
    (
        format!("{name}: {matched} matched, {differ} differ, {skipped} skipped\n{lines}"),
        failed,
    )
}
