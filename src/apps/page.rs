//! Lists in pages: a total, a stable order given by the caller, and an opaque cursor that means the same after a
//! restart.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::mcp::{ToolError, ToolResult};

/// Most items of one page, where an app has no reason for fewer: more do not fit a model's context.
pub const LARGEST_PAGE: u32 = 1000;

/// The argument `limit` of a list: from 1 to [`LARGEST_PAGE`]. A page of none would look like the last one.
pub fn size(limit: u32) -> ToolResult<usize> {
    if (1..=LARGEST_PAGE).contains(&limit) {
        Ok(limit as usize)
    } else {
        Err(ToolError::invalid(format!(
            "argument `limit`: from 1 to {LARGEST_PAGE}; `cursor` leads to the rest"
        )))
    }
}

/// One page of a longer list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// How many items there are in all.
    pub total: usize,
    /// Where the next page starts; `None` on the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The `limit` items from where `cursor` points, or from the start.
    pub fn of(items: Vec<T>, limit: usize, cursor: Option<&str>) -> ToolResult<Self> {
        let start = cursor.filter(|cursor| !cursor.is_empty()).map_or(Ok(0), offset)?;
        let total = items.len();
        let items: Vec<T> = items.into_iter().skip(start).take(limit).collect();
        let end = start.saturating_add(items.len());
        let next_cursor = (end < total && !items.is_empty()).then(|| cursor_at(end));
        Ok(Self {
            items,
            total,
            next_cursor,
        })
    }
}

/// The cursor of the page that starts after `offset` items.
pub fn cursor_at(offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("after:{offset}"))
}

fn offset(cursor: &str) -> ToolResult<usize> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix("after:")?.parse().ok())
        .ok_or_else(|| {
            ToolError::invalid("argument `cursor`: not one that this tool gave out; leave it out to start anew")
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Page;

    #[test]
    fn pages_follow_each_other_without_gap_or_repetition() {
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page = Page::of((0..7).collect::<Vec<_>>(), 3, cursor.as_deref()).unwrap();
            assert_eq!(page.total, 7);
            seen.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, (0..7).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn any_cursor_is_read_or_refused(cursor in "\\PC*", limit in any::<usize>()) {
            let _ = Page::of(vec![1, 2, 3], limit, Some(&cursor));
        }
    }
}
