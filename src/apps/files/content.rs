//! What is written to a file: bytes of a call, behind what the file holds already when they are appended.

use actors::nextcloud::{Etag, NextcloudError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::header::{CONTENT_LENGTH, RANGE};

use super::client::Files;
use super::path::FilePath;
use crate::mcp::{About, ToolError, ToolResult};

/// Reads the arguments `content` and `content_type`: a type that ends in `;base64` says that the content is base64.
pub(super) fn decode(files: &Files, content: String, content_type: Option<&str>) -> ToolResult<(Bytes, String)> {
    let given = content_type.unwrap_or("").trim();
    let (media_type, is_base64) = match given.rsplit_once(';') {
        Some((media_type, parameter)) if parameter.trim().eq_ignore_ascii_case("base64") => (media_type.trim(), true),
        _ => (given, given.eq_ignore_ascii_case("base64")),
    };
    let media_type = if media_type.contains('/') {
        media_type
    } else if is_base64 {
        "application/octet-stream"
    } else {
        "text/plain; charset=utf-8"
    };
    if media_type.chars().any(|character| !(' '..='~').contains(&character)) {
        return Err(ToolError::invalid("argument `content_type`: not a media type"));
    }
    let bytes = if is_base64 {
        let mut encoded = content.into_bytes();
        encoded.retain(|byte| !byte.is_ascii_whitespace());
        STANDARD
            .decode(encoded)
            .map_err(|error| ToolError::invalid(format!("argument `content`: not base64: {error}")))?
    } else {
        content.into_bytes()
    };
    let limit = files.max_write_bytes();
    if bytes.len() > limit {
        return Err(ToolError::new(
            "too_large",
            format!(
                "argument `content`: {} bytes, more than the {limit} that one call may carry (WEBDAV_WRITE_MAX_MB). Send \
                 it in parts with nc_webdav_upload_part.",
                bytes.len()
            ),
        ));
    }
    Ok((bytes.into(), media_type.to_owned()))
}

/// The whole content of a file to be.
#[derive(Debug, Clone)]
pub(super) struct Content {
    /// What stays: this file as it is now.
    pub(super) kept: Option<Kept>,
    /// What comes behind it.
    pub(super) new: Bytes,
    pub(super) media_type: String,
}

/// A file that is copied from Nextcloud to Nextcloud while it is sent.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) path: FilePath,
    pub(super) etag: Etag,
    pub(super) size: u64,
}

impl Content {
    /// Bytes in all.
    pub(super) fn size(&self) -> u64 {
        self.kept_size() + self.new.len() as u64
    }

    fn kept_size(&self) -> u64 {
        self.kept.as_ref().map_or(0, |kept| kept.size)
    }

    /// Puts the bytes from `start` up to `end` on a request. What is kept flows through: at no time is more than a
    /// piece of it in memory.
    pub(super) async fn put(
        &self,
        files: &Files,
        request: actors::nextcloud::NextcloudRequest,
        start: u64,
        end: u64,
    ) -> ToolResult<actors::nextcloud::NextcloudRequest> {
        let kept_size = self.kept_size();
        let cut = |at: u64| {
            usize::try_from(at.saturating_sub(kept_size))
                .unwrap_or(usize::MAX)
                .min(self.new.len())
        };
        let new = self.new.slice(cut(start)..cut(end));
        let Some(kept) = self.kept.as_ref().filter(|_| start < kept_size) else {
            return Ok(request.body(&self.media_type, new));
        };
        let last = end.min(kept_size) - 1;
        let source = files
            .at("GET", &kept.path)
            .await?
            .if_match(&kept.etag)
            .header(RANGE, &format!("bytes={start}-{last}"))
            .send()
            .await
            .about(&kept.path)?;
        let behind = stream::once(async move { Ok::<_, NextcloudError>(new) });
        let body = reqwest::Body::wrap_stream(source.stream().chain(behind));
        Ok(request
            .stream(&self.media_type, body)
            .header(CONTENT_LENGTH, &(end - start).to_string()))
    }
}
