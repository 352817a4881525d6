//! Writing files. A file that is there is only replaced when the caller has read it, or says that it need not.

use std::time::Duration;

use actors::nextcloud::{Etag, NextcloudError, NextcloudResponse};
use http::{HeaderName, StatusCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::{Files, changed, is_precondition, not_found};
use super::content::{Content, Kept, decode};
use super::entry::link;
use super::path::FilePath;
use super::upload;
use crate::mcp::{About, ToolError, ToolResult};

/// The time that a written file gets (Unix seconds).
pub(super) const X_OC_MTIME: HeaderName = HeaderName::from_static("x-oc-mtime");
/// Content above this goes up in chunks.
const SINGLE_PUT: u64 = 20 * 1024 * 1024;
/// How often an append reads the file anew when somebody else changes it meanwhile.
const APPEND_TRIES: usize = 3;
/// The longest wait for a file's second to pass.
const LONGEST_WAIT: i64 = 3;
/// Slowest transfer that is waited for, in bytes a second.
const SLOWEST: u64 = 256 * 1024;

#[derive(Debug, Deserialize, JsonSchema)]
pub struct WriteFile {
    path: String,
    content: String,
    /// Media type; with `;base64` behind it the content is base64.
    content_type: Option<String>,
    /// Etag of the file to replace, or `*` for any.
    if_match: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct AppendFile {
    path: String,
    content: String,
    /// As for `nc_webdav_write_file`.
    content_type: Option<String>,
    if_match: Option<String>,
}

/// A file after a write.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Written {
    pub(super) created: bool,
    pub(super) size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) file_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
}

pub async fn write_file(files: Files, args: WriteFile) -> ToolResult<Written> {
    let path = files.locate_entry("path", &args.path).await?;
    let (new, media_type) = decode(&files, args.content, args.content_type.as_deref())?;
    let target = Target::find(&files, path, args.if_match.as_deref()).await?;
    let content = Content {
        kept: None,
        new,
        media_type,
    };
    store(&files, &target, &content).await
}

pub async fn append_file(files: Files, args: AppendFile) -> ToolResult<Written> {
    let path = files.locate_entry("path", &args.path).await?;
    let (new, media_type) = decode(&files, args.content, args.content_type.as_deref())?;
    let mut tries = 0;
    loop {
        tries += 1;
        let entry = files.settled(&path).await?;
        let etag = entry.etag.clone();
        let etag = etag.ok_or_else(|| ToolError::new("unexpected_answer", format!("{path} came without an etag")))?;
        if args
            .if_match
            .as_deref()
            .is_some_and(|given| given != "*" && Etag::parse(given) != etag)
        {
            return Err(changed(&path, Some(&etag)));
        }
        let content = Content {
            kept: Some(Kept {
                path: path.clone(),
                etag: etag.clone(),
                size: entry.size.unwrap_or(0),
            })
            .filter(|kept| kept.size > 0),
            new: new.clone(),
            media_type: media_type.clone(),
        };
        let target = Target::find(&files, path.clone(), Some(etag.as_str())).await;
        let written = match target {
            Ok(target) => store(&files, &target, &content).await,
            Err(error) => Err(error),
        };
        match written {
            Err(error) if error.kind() == "precondition_failed" && tries < APPEND_TRIES && args.if_match.is_none() => {}
            written => return written,
        }
    }
}

/// Where something is to be written, and what has to be true of it.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) path: FilePath,
    pub(super) condition: Condition,
    /// The time that the file gets, chosen so that its etag cannot stay the same; `None` leaves it to Nextcloud.
    pub(super) mtime: Option<i64>,
}

/// What has to be true when the file is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// Nothing is there.
    Absent,
    /// The file with this etag is there.
    Unchanged(Etag),
    /// Some file is there.
    Exists,
}

impl Target {
    /// Looks at what is there and at what the caller says of it.
    pub(super) async fn find(files: &Files, path: FilePath, if_match: Option<&str>) -> ToolResult<Self> {
        let if_match = if_match.map(str::trim).filter(|given| !given.is_empty());
        let look = files.look(&path).await?;
        let condition = match (&look.entry, if_match) {
            (Some(entry), _) if entry.is_directory => {
                return Err(ToolError::invalid(format!("{path} is a folder; name a file in it")));
            }
            (Some(_), None) => return Err(exists(&path)),
            (None, None) => Condition::Absent,
            (None, Some(_)) => return Err(not_found(&path)),
            (Some(_), Some("*")) => Condition::Exists,
            (Some(entry), Some(given)) => {
                let given = Etag::parse(given);
                if entry.etag.as_ref() != Some(&given) {
                    return Err(changed(&path, entry.etag.as_ref()));
                }
                Condition::Unchanged(given)
            }
        };
        let modified = look.entry.and_then(|entry| entry.modified);
        let mtime = match look.answered {
            Some(now) => {
                let (wait, time) = next_time(modified, now);
                tokio::time::sleep(wait).await;
                Some(time)
            }
            None => None,
        };
        Ok(Self { path, condition, mtime })
    }
}

/// How long to wait, and then a time for the next content of a file that was last changed at `modified`, when it is
/// `now` by Nextcloud's clock.
///
/// Nextcloud makes a file's etag of its time in whole seconds, so two contents of the same second can have the same
/// etag. The time chosen is before the current second, so that whoever else writes in this second makes another etag,
/// and it is not the time that the file has, so that this write does too. When there is no such time yet, it is waited
/// for. `docs/decisions/same-second-writes.md` tells more.
fn next_time(modified: Option<i64>, now: i64) -> (Duration, i64) {
    let last = now - 1;
    let Some(modified) = modified.filter(|modified| *modified >= last && *modified <= now + LONGEST_WAIT) else {
        return (Duration::ZERO, last);
    };
    let wait = u64::try_from(modified + 2 - now).unwrap_or(1);
    (Duration::from_secs(wait), modified + 1)
}

/// Writes `content`, in one piece or in chunks.
pub(super) async fn store(files: &Files, target: &Target, content: &Content) -> ToolResult<Written> {
    let size = content.size();
    if size > SINGLE_PUT {
        return upload::in_chunks(files, target, content).await;
    }
    let path = &target.path;
    let mut request = files.at("PUT", path).await?;
    request = match &target.condition {
        Condition::Absent => request.if_absent(),
        Condition::Unchanged(etag) => request.if_match(etag),
        Condition::Exists => request.if_exists(),
    };
    if let Some(mtime) = target.mtime {
        request = request.header(X_OC_MTIME, &mtime.to_string());
    }
    let request = content.put(files, request, 0, size).await?;
    let answer = request.timeout(patience(size)).send().await;
    let response = refusals(target, answer)?;
    Ok(written(files, &response, size))
}

/// How long a transfer of this size may take.
pub(super) fn patience(size: u64) -> Duration {
    Duration::from_secs(60 + size / SLOWEST)
}

/// Explains the refusals of a write.
pub(super) fn refusals(
    target: &Target,
    answer: Result<NextcloudResponse, NextcloudError>,
) -> ToolResult<NextcloudResponse> {
    let path = &target.path;
    match answer {
        Err(error) if is_precondition(&error) => Err(match &target.condition {
            Condition::Absent => exists(path),
            Condition::Unchanged(_) => changed(path, None),
            Condition::Exists => not_found(path),
        }),
        answer => answer.about_with(path, |status| match StatusCode::from_u16(status).ok()? {
            StatusCode::NOT_FOUND | StatusCode::CONFLICT => {
                Some("Its folder does not exist: create it with nc_webdav_create_directory first.")
            }
            StatusCode::BAD_REQUEST => Some("Nextcloud does not take this name."),
            _ => None,
        }),
    }
}

pub(super) fn written(files: &Files, response: &NextcloudResponse, size: u64) -> Written {
    let file_id = response.header("oc-fileid").and_then(file_id);
    Written {
        created: response.status() == StatusCode::CREATED,
        size,
        etag: response.etag().map(String::from),
        url: file_id.and_then(|id| link(&files.nextcloud, id)),
        file_id,
    }
}

/// The file id in `OC-FileId`: zero-padded to eight digits or longer, the instance's id behind it.
fn file_id(header: &str) -> Option<u64> {
    let digits = header
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(header.len());
    // An instance id starts with a letter (`oc…`), so all digits are the file's.
    header[..digits].parse().ok()
}

fn exists(path: &FilePath) -> ToolError {
    ToolError::new(
        "precondition_failed",
        format!(
            "{path} exists already (HTTP 412). Nothing was written. To replace it, read it and give its etag as if_match; \
             to replace it unread, give if_match \"*\"."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::{file_id, next_time};

    #[test]
    fn the_next_time_is_past_and_new() {
        for (modified, wait) in [
            (None, 0),
            (Some(10), 0),
            (Some(98), 0),
            (Some(99), 1),
            (Some(100), 2),
            (Some(500), 0),
        ] {
            let (waits, time) = next_time(modified, 100);
            assert_eq!(waits.as_secs(), wait, "{modified:?}");
            let now = 100 + i64::try_from(wait).unwrap();
            assert!(time < now && Some(time) != modified, "{modified:?}");
        }
    }

    #[test]
    fn the_file_id_is_before_the_instance_id() {
        assert_eq!(file_id("00000254oc6u2dm6tv4z"), Some(254));
        assert_eq!(file_id("1234567890oc6u2dm6tv4z"), Some(1_234_567_890));
        assert_eq!(file_id("oc"), None);
    }
}
