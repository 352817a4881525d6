//! Numbers: with decimals and limits, stars, and progress in percent.

use serde_json::{Value, json};

use super::refused;
use crate::apps::tables::column::Column;
use crate::mcp::ToolResult;

pub fn number(column: &Column, value: &Value) -> ToolResult<Value> {
    let number = as_number(value).ok_or_else(|| refused(column, "it takes a number"))?;
    if column.number_min.is_some_and(|least| number < least) || column.number_max.is_some_and(|most| number > most) {
        let bound = |bound: Option<f64>| bound.map_or_else(|| "any".to_owned(), |bound| bound.to_string());
        let rule = format!(
            "it takes numbers from {} to {}",
            bound(column.number_min),
            bound(column.number_max)
        );
        return Err(refused(column, rule));
    }
    let decimals = column.number_decimals.unwrap_or(0);
    if decimals_of(number) > decimals as usize {
        return Err(refused(
            column,
            format_args!("it keeps {decimals} decimals: round the number first"),
        ));
    }
    Ok(match value {
        Value::Number(_) => value.clone(),
        _ => json!(number),
    })
}

pub fn whole(column: &Column, value: &Value, most: u32) -> ToolResult<Value> {
    let number = as_number(value).filter(|number| number.fract() == 0.0 && (0.0..=f64::from(most)).contains(number));
    match number {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 100, and whole"
        )]
        Some(number) => Ok(json!(number as u32)),
        None => Err(refused(column, format_args!("it takes whole numbers from 0 to {most}"))),
    }
}

fn as_number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

/// How many decimals the shortest way of writing the number has.
fn decimals_of(number: f64) -> usize {
    number
        .to_string()
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len())
}
