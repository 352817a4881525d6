//! Reading a file, whole or in parts. Never more of it is in memory than goes into the result.

use actors::nextcloud::NextcloudError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http::header::RANGE;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::client::{Files, is_precondition};
use super::entry::{Entry, iso, link};
use super::media::Media;
use super::path::FilePath;
use crate::mcp::bulk;
use crate::mcp::{About, ToolError, ToolResult};

/// Bytes of text in a result unless another length is asked for.
const TEXT_PART: u64 = 256 * 1024;
/// Most bytes of a file in one result.
const MAX_PART: u64 = 5 * 1024 * 1024;
/// How often a file that changes while it is read is begun anew.
const TRIES: usize = 3;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ParseDocument {
    // Text as text, anything else as base64.
    #[default]
    Auto,
    // The same; documents are not converted yet.
    Markdown,
    // Base64, whatever it is.
    Raw,
}

#[derive(Debug, Deserialize, JsonSchema)]
pub struct ReadFile {
    path: String,
    #[serde(default)]
    parse_document: ParseDocument,
    #[serde(default)]
    offset: u64,
    /// Bytes, at most 5 MiB.
    length: Option<u64>,
    page_start: Option<u32>,
    page_end: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct FileContent {
    content: String,
    content_type: String,
    /// Bytes of the whole file.
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    content_format: &'static str,
    parse_status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parse_notes: Vec<&'static str>,
    /// Byte that `content` starts at.
    offset: u64,
    /// Where the rest starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

pub async fn read_file(files: Files, args: ReadFile) -> ToolResult<FileContent> {
    if args.page_start.is_some() || args.page_end.is_some() {
        return Err(ToolError::invalid(
            "arguments `page_start` and `page_end`: documents are not converted, so there are no pages; read by \
             `offset` and `length`",
        ));
    }
    match args.length {
        Some(0) => return Err(ToolError::invalid("argument `length`: nothing to read; give 1 or more")),
        Some(length) if length > MAX_PART => {
            let message = format!("argument `length`: at most {MAX_PART} bytes at a time");
            return Err(ToolError::invalid(message));
        }
        _ => {}
    }
    let path = files.locate_entry("path", &args.path).await?;
    let mut tries = 0;
    loop {
        tries += 1;
        let entry = files.settled(&path).await?;
        if entry.is_directory {
            return Err(ToolError::invalid(format!(
                "{path} is a folder; nc_webdav_list_directory lists it"
            )));
        }
        let media = Media::of(entry.content_type.as_deref());
        let part = Part::of(&path, &args, &media, entry.size.unwrap_or(0))?;
        if tries == 1 {
            bulk::take(part.length).await?;
        }
        match fetch(&files, &path, &entry, &part).await? {
            None if tries < TRIES => {}
            None => {
                let message = format!("{path} changes faster than it can be read; try again in a moment");
                return Err(ToolError::new("conflict", message));
            }
            Some(bytes) => return Ok(result(&files, &args, entry, &media, &part, bytes)),
        }
    }
}

/// The bytes that are asked for.
struct Part {
    start: u64,
    length: u64,
}

impl Part {
    fn of(path: &FilePath, args: &ReadFile, media: &Media, size: u64) -> ToolResult<Self> {
        let rest = size.saturating_sub(args.offset);
        if args.offset > size {
            return Err(ToolError::invalid(format!(
                "argument `offset`: {path} has only {size} bytes"
            )));
        }
        let as_text = media.is_text() && args.parse_document != ParseDocument::Raw;
        let length = match args.length {
            Some(length) => length,
            None if as_text => TEXT_PART,
            None if rest > MAX_PART => {
                return Err(ToolError::new(
                    "too_large",
                    format!(
                        "{path} has {size} bytes, more than the {MAX_PART} that fit in one result. Read it in parts with \
                         `offset` and `length`."
                    ),
                ));
            }
            None => MAX_PART,
        };
        Ok(Self {
            start: args.offset,
            length: length.min(rest),
        })
    }
}

/// Reads the part of exactly the file that was described; `None` when it has changed meanwhile.
async fn fetch(files: &Files, path: &FilePath, entry: &Entry, part: &Part) -> ToolResult<Option<Vec<u8>>> {
    if part.length == 0 {
        return Ok(Some(Vec::new()));
    }
    let mut request = files.at("GET", path).await?;
    if let Some(etag) = &entry.etag {
        request = request.if_match(etag);
    }
    let whole = part.start == 0 && entry.size == Some(part.length);
    if !whole {
        let range = format!("bytes={}-{}", part.start, part.start + part.length - 1);
        request = request.header(RANGE, &range);
    }
    let response = match request.send().await {
        Err(error) if is_precondition(&error) => return Ok(None),
        Err(error) if error.status() == Some(StatusCode::RANGE_NOT_SATISFIABLE) => return Ok(None),
        response => response.about(path)?,
    };
    if !whole && response.status() != StatusCode::PARTIAL_CONTENT {
        return Err(ToolError::new(
            "unexpected_answer",
            format!("this Nextcloud, or what stands before it, does not give parts of files — {path}"),
        ));
    }
    let limit = usize::try_from(part.length).unwrap_or(usize::MAX);
    match response.bytes_up_to(limit).await {
        Err(NextcloudError::TooLarge { .. }) => Ok(None),
        bytes => Ok(Some(bytes.about(path)?.into())),
    }
}

fn result(files: &Files, args: &ReadFile, entry: Entry, media: &Media, part: &Part, mut bytes: Vec<u8>) -> FileContent {
    let size = entry.size.unwrap_or(0);
    let raw = args.parse_document == ParseDocument::Raw;
    if !raw && media.is_text() && part.start + (bytes.len() as u64) < size {
        bytes.truncate(whole_characters(&bytes));
    }
    let read = bytes.len() as u64;
    let text = if raw || !media.is_text() {
        Err(bytes)
    } else {
        String::from_utf8(bytes).map_err(std::string::FromUtf8Error::into_bytes)
    };
    let (content, encoding, content_format) = match text {
        Ok(text) => (text, None, "text"),
        Err(bytes) => (STANDARD.encode(bytes), Some("base64"), "base64"),
    };
    let (parse_status, parse_notes) = match () {
        () if raw => ("skipped", Vec::new()),
        () if media.is_document() => (
            "unsupported",
            vec!["This server does not convert documents; the content is the file itself."],
        ),
        () => ("not_applicable", Vec::new()),
    };
    let end = part.start + read;
    FileContent {
        content,
        content_type: media.name().to_owned(),
        size,
        encoding,
        content_format,
        parse_status,
        parse_notes,
        offset: part.start,
        next_offset: (end < size && read > 0).then_some(end),
        etag: entry.etag.map(String::from),
        last_modified: entry.modified.and_then(iso),
        url: entry.file_id.and_then(|id| link(&files.nextcloud, id)),
    }
}

/// How many of the bytes end with a whole character: a part must not cut one in two. Bytes that are not UTF-8 anyway
/// are left as they are.
fn whole_characters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() && error.valid_up_to() > 0 => error.valid_up_to(),
        _ => bytes.len(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::whole_characters;

    proptest! {
        #[test]
        fn parts_of_text_are_text(text in "\\PC{1,40}", at in 4..200_usize) {
            let part = &text.as_bytes()[..at.min(text.len())];
            let end = whole_characters(part);
            prop_assert!(end > 0 || part.len() < 4);
            prop_assert!(std::str::from_utf8(&part[..end]).is_ok() || end == part.len());
        }
    }
}
