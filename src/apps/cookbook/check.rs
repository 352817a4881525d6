//! Arguments that Cookbook would take and quietly change are refused before they are sent.

use url::Url;

use super::recipe::RecipeChanges;
use crate::mcp::{ToolError, ToolResult};

/// What Cookbook's index holds of a name, in bytes.
const LONGEST_NAME: usize = 128;
/// What its index holds of a category or keyword, in characters.
const LONGEST_LABEL: usize = 64;
const LONGEST_TEXT: usize = 64 * 1024;
const LONGEST_URL: usize = 2048;
const MOST_LINES: usize = 1000;
const MOST_SERVINGS: i64 = 100_000;

pub fn id(recipe_id: i64) -> ToolResult<()> {
    if recipe_id < 1 {
        return Err(ToolError::invalid("argument `recipe_id`: ids are positive numbers"));
    }
    Ok(())
}

pub fn changes(changes: &RecipeChanges) -> ToolResult<()> {
    if let Some(text) = &changes.name {
        name(text)?;
    }
    if let Some(text) = &changes.description {
        long_text("description", text)?;
    }
    for (argument, lines) in [
        ("ingredients", &changes.ingredients),
        ("instructions", &changes.instructions),
    ] {
        let lines = lines.as_deref().unwrap_or_default();
        if lines.len() > MOST_LINES {
            return Err(invalid(argument, "at most 1000 entries"));
        }
        for line in lines {
            long_text(argument, line)?;
        }
    }
    if let Some(text) = changes.url.as_deref().filter(|text| !text.is_empty()) {
        web_address("url", text)?;
    }
    if changes
        .recipe_yield
        .is_some_and(|servings| !(1..=MOST_SERVINGS).contains(&servings))
    {
        return Err(invalid("recipe_yield", "a number of servings from 1 to 100000"));
    }
    if let Some(text) = &changes.category {
        label("category", text)?;
        if text.contains(['/', '\\']) {
            return Err(invalid("category", "Cookbook keeps no `/` and no `\\` in a category"));
        }
    }
    for keyword in changes.keywords.iter().flat_map(|keywords| keywords.split(',')) {
        label("keywords", keyword)?;
    }
    Ok(())
}

fn name(text: &str) -> ToolResult<()> {
    if text.trim().is_empty() {
        return Err(invalid("name", "a recipe needs a name"));
    }
    if text.len() > LONGEST_NAME {
        return Err(invalid("name", "at most 128 bytes"));
    }
    one_line("name", text)
}

pub fn label(argument: &str, text: &str) -> ToolResult<()> {
    if text.chars().count() > LONGEST_LABEL {
        return Err(invalid(argument, "at most 64 characters"));
    }
    one_line(argument, text)
}

/// An absolute `http` or `https` address.
pub fn web_address(argument: &str, text: &str) -> ToolResult<()> {
    let accepted = text.len() <= LONGEST_URL
        && !text
            .chars()
            .any(|character| character.is_control() || character.is_whitespace())
        && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if accepted {
        Ok(())
    } else {
        Err(invalid(
            argument,
            "give a whole address that begins with http:// or https://",
        ))
    }
}

/// Where recipes are kept: a path in the user's files.
pub fn folder(text: &str) -> ToolResult<()> {
    let climbs = text.split('/').any(|segment| matches!(segment, "." | ".."));
    if text.trim_matches(['/', ' ']).is_empty() || climbs || text.len() > LONGEST_URL {
        return Err(invalid("folder", "a folder of the user's files, such as `/Recipes`"));
    }
    one_line("folder", text)
}

fn one_line(argument: &str, text: &str) -> ToolResult<()> {
    if text.chars().any(char::is_control) {
        return Err(invalid(argument, "no line breaks or other control characters"));
    }
    Ok(())
}

fn long_text(argument: &str, text: &str) -> ToolResult<()> {
    if text.len() > LONGEST_TEXT {
        return Err(invalid(argument, "at most 64 KiB of text"));
    }
    if text
        .chars()
        .any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
    {
        return Err(invalid(
            argument,
            "no control characters other than line breaks and tabs",
        ));
    }
    Ok(())
}

fn invalid(argument: &str, rule: &str) -> ToolError {
    ToolError::invalid(format!("argument `{argument}`: {rule}"))
}
