//! Compression as the documented web server does it for clients that ask for it, and what it does to entity tags.
//!
//! nginx compresses what PHP sends as text, takes the length away and makes the ETag weak: sent back in `If-Match`, a weak
//! tag matches nothing. JSON is compressed by PHP before, and keeps both. Nothing is saved here: the bytes are stored
//! in the gzip format as they are (RFC 1952, RFC 1951 §3.2.4).

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body_util::BodyExt as _;

/// `gzip_min_length` of the documented rules.
const LEAST: usize = 256;
/// Most bytes in a stored block.
const BLOCK: usize = 0xffff;

/// Middleware: compresses answers for who asks.
pub(crate) async fn compress(request: Request, next: Next) -> Response {
    let wanted = header(request.headers(), &ACCEPT_ENCODING).contains("gzip");
    let response = next.run(request).await;
    let media_type = header(response.headers(), &CONTENT_TYPE);
    let by_php = media_type.starts_with("application/json");
    let by_nginx = ["text/plain", "text/vcard", "application/xml"]
        .iter()
        .any(|compressible| media_type.starts_with(compressible));
    if !wanted || response.status() != StatusCode::OK || !(by_php || by_nginx) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = body.collect().await else {
        return Response::from_parts(parts, Body::empty());
    };
    let body = body.to_bytes();
    if body.len() < LEAST {
        return Response::from_parts(parts, Body::from(body));
    }
    let stored = stored(&body);
    let headers = &mut parts.headers;
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.remove(CONTENT_LENGTH);
    if by_php {
        headers.insert(CONTENT_LENGTH, stored.len().into());
    } else if let Ok(weak) = HeaderValue::from_str(&format!("W/{}", header(headers, &ETAG)))
        && headers.contains_key(ETAG)
    {
        headers.insert(ETAG, weak);
    }
    Response::from_parts(parts, Body::from(stored))
}

fn header<'headers>(headers: &'headers HeaderMap, name: &HeaderName) -> &'headers str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The bytes as a gzip member of stored blocks.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut blocks = bytes.chunks(BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        member.push(u8::from(blocks.peek().is_none()));
        member.extend(length.to_le_bytes());
        member.extend((!length).to_le_bytes());
        member.extend_from_slice(block);
    }
    member.extend(crc32(bytes).to_le_bytes());
    // The length modulo 2^32.
    member.extend(&(bytes.len() as u64).to_le_bytes()[..4]);
    member
}

/// The checksum of RFC 1952 §8.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let mask = (crc & 1).wrapping_neg();
            crc = (crc >> 1) ^ (0xedb8_8320 & mask);
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::{crc32, stored};

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn blocks_say_how_long_they_are_and_which_is_the_last() {
        let member = stored(&vec![7; 0x1_0001]);
        assert_eq!(member[10..15], [0, 0xff, 0xff, 0, 0]);
        assert_eq!(member[15 + 0xffff..][..5], [1, 2, 0, 0xfd, 0xff]);
        assert_eq!(member[member.len() - 4..], [1, 0, 1, 0]);
    }
}
