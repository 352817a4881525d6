//! File contents as shared pieces: copies, versions and ranges of a large file cost nothing.

use std::sync::Arc;

use bytes::Bytes;

/// The bytes of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    pieces: Arc<[Bytes]>,
    length: u64,
}

impl Content {
    pub(crate) fn new(pieces: Vec<Bytes>) -> Self {
        let length = pieces.iter().map(|piece| piece.len() as u64).sum();
        Self {
            pieces: pieces.into(),
            length,
        }
    }

    pub(crate) fn len(&self) -> u64 {
        self.length
    }

    /// Several contents after one another.
    pub(crate) fn join<'content>(contents: impl IntoIterator<Item = &'content Self>) -> Self {
        Self::new(
            contents
                .into_iter()
                .flat_map(|content| content.pieces.iter().cloned())
                .collect(),
        )
    }

    /// The pieces from byte `start` up to `end`.
    pub(crate) fn range(&self, start: u64, end: u64) -> Vec<Bytes> {
        let mut at = 0;
        let mut range = Vec::new();
        for piece in self.pieces.iter() {
            let next = at + piece.len() as u64;
            let (from, to) = (start.max(at), end.min(next));
            if from < to {
                let index = |byte: u64| usize::try_from(byte - at).unwrap_or(usize::MAX);
                range.push(piece.slice(index(from)..index(to)));
            }
            at = next;
        }
        range
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cross_pieces() {
        let content = Content::new(vec!["abc".into(), "def".into(), "g".into()]);
        let text = |start, end| String::from_utf8(content.range(start, end).concat()).unwrap();
        assert_eq!(content.len(), 7);
        assert_eq!(text(2, 7), "cdefg");
        assert_eq!(text(3, 4), "d");
        assert_eq!(text(7, 9), "");
    }
}
