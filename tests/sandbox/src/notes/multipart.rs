//! The file in a `multipart/form-data` body (RFC 7578).

/// An uploaded file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Upload<'a> {
    pub(crate) file_name: &'a str,
    pub(crate) bytes: &'a [u8],
}

/// The first part that has a file name, if the body is well formed up to there.
pub(crate) fn first_file<'a>(content_type: &str, body: &'a [u8]) -> Option<Upload<'a>> {
    let boundary = content_type
        .split(';')
        .find_map(|parameter| parameter.trim().strip_prefix("boundary="))?;
    let delimiter = format!("--{}", boundary.trim_matches('"'));
    let mut rest = &body[find(body, delimiter.as_bytes())? + delimiter.len()..];
    loop {
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, format!("\r\n{delimiter}").as_bytes())?;
        let blank = find(part, b"\r\n\r\n").filter(|blank| *blank <= end)?;
        let head = std::str::from_utf8(&part[..blank]).ok()?;
        if let Some(file_name) = file_name(head) {
            return Some(Upload {
                file_name,
                bytes: part.get(blank + 4..end)?,
            });
        }
        rest = &part[end + 2 + delimiter.len()..];
    }
}

fn file_name(head: &str) -> Option<&str> {
    let disposition = head.lines().find(|line| {
        line.get(..20)
            .is_some_and(|name| name.eq_ignore_ascii_case("content-disposition:"))
    })?;
    let (_, after) = disposition.split_once("filename=\"")?;
    Some(after.split_once('"')?.0).filter(|name| !name.is_empty())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_file_is_found_after_other_fields() {
        let body = b"--B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--B\r\nContent-Disposition: form-data; name=\"file\"; \
                     filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89\r\n\r\nPNG\r\n--B--\r\n";
        let upload = first_file("multipart/form-data; boundary=\"B\"", body).unwrap();
        assert_eq!(
            (upload.file_name, upload.bytes),
            ("a.png", b"\x89\r\n\r\nPNG".as_slice())
        );
    }

    #[test]
    fn a_body_that_is_cut_has_no_file() {
        let body = b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\nPNG\r\n--B--";
        for length in 0..body.len() - 5 {
            assert_eq!(
                first_file("multipart/form-data; boundary=B", &body[..length]),
                None,
                "{length}"
            );
        }
        assert_eq!(first_file("multipart/form-data", body), None);
        assert_eq!(first_file("multipart/form-data; boundary=C", body), None);
    }
}
