//! Dates and times.

use jiff::civil;
use serde_json::{Value, json};

use super::refused;
use crate::apps::tables::column::Column;
use crate::mcp::ToolResult;

/// Tables keeps no time zone, so an offset would be lost.
pub fn date_time(column: &Column, value: &Value) -> ToolResult<Value> {
    let read = value.as_str().map(str::trim).filter(|text| {
        let time = text.split_once(['T', 't', ' ']).map_or("", |(_, time)| time);
        is_local(time)
    });
    match read.and_then(|text| text.parse::<civil::DateTime>().ok()) {
        Some(date_time) => Ok(json!(date_time.strftime("%Y-%m-%d %H:%M").to_string())),
        None => Err(refused(
            column,
            "it takes a date with a time and without a time zone: 2026-09-01 14:30",
        )),
    }
}

pub fn date(column: &Column, value: &Value) -> ToolResult<Value> {
    let read = value.as_str().map(str::trim).filter(|text| text.len() == 10);
    match read.and_then(|text| text.parse::<civil::Date>().ok()) {
        Some(date) => Ok(json!(date.strftime("%Y-%m-%d").to_string())),
        None => Err(refused(column, "it takes a date: 2026-09-01")),
    }
}

pub fn time(column: &Column, value: &Value) -> ToolResult<Value> {
    let read = value.as_str().map(str::trim).filter(|text| is_local(text));
    match read.and_then(|text| text.parse::<civil::Time>().ok()) {
        Some(time) => Ok(json!(time.strftime("%H:%M").to_string())),
        None => Err(refused(column, "it takes a time of day: 14:30")),
    }
}

/// Whether a time of day is just that: jiff would read an offset or a zone, and drop it.
fn is_local(time: &str) -> bool {
    time.contains(':')
        && time
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'))
}
