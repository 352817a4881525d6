//! Media types: what is text, and what is a document that would have to be converted.

/// A file's media type.
#[derive(Debug, Clone)]
pub(super) struct Media {
    name: String,
}

/// Types that are text though their name does not say so.
const TEXT: [&str; 14] = [
    "application/json",
    "application/javascript",
    "application/xml",
    "application/yaml",
    "application/x-yaml",
    "application/toml",
    "application/x-sh",
    "application/x-php",
    "application/x-perl",
    "application/sql",
    "application/x-tex",
    "application/rtf-text",
    "image/svg+xml",
    "message/rfc822",
];
/// Beginnings of the types of documents.
const DOCUMENTS: [&str; 7] = [
    "application/pdf",
    "application/msword",
    "application/vnd.ms-",
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
    "application/epub+zip",
    "application/rtf",
];

impl Media {
    /// Reads a type; parameters are left out.
    pub(super) fn of(name: Option<&str>) -> Self {
        let name = name.unwrap_or("application/octet-stream");
        let essence = name.split(';').next().unwrap_or(name).trim();
        Self {
            name: essence.to_ascii_lowercase(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is worth trying as UTF-8.
    pub(super) fn is_text(&self) -> bool {
        self.name.starts_with("text/")
            || self.name.ends_with("+json")
            || self.name.ends_with("+xml")
            || TEXT.contains(&self.name.as_str())
    }

    /// Whether its text is inside a container that this server does not open.
    pub(super) fn is_document(&self) -> bool {
        DOCUMENTS.iter().any(|beginning| self.name.starts_with(beginning))
    }
}

#[cfg(test)]
mod tests {
    use super::Media;

    #[test]
    fn types_are_told_apart() {
        assert!(Media::of(Some("text/markdown; charset=utf-8")).is_text());
        assert!(Media::of(Some("application/geo+json")).is_text());
        assert!(!Media::of(None).is_text());
        let docx = Media::of(Some(
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ));
        assert!(docx.is_document() && !docx.is_text());
        assert!(!Media::of(Some("image/png")).is_document());
    }
}
