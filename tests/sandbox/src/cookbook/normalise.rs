//! What the app makes of a recipe before it stores it: unknown fields stay, what it cannot read is dropped.

use serde_json::{Value, json};

use super::book::Recipe;

/// The document as it is stored, or `None` if it has no name.
pub(crate) fn normalise(mut recipe: Recipe) -> Option<Recipe> {
    let name = text(recipe.get("name"));
    if name.is_empty() {
        return None;
    }
    let mut set = |field: &str, value: Value| recipe.insert(field.to_owned(), value);
    set("@context", json!("http://schema.org"));
    set("@type", json!("Recipe"));
    set("name", json!(cleaned(&name)));
    for field in ["prepTime", "cookTime", "totalTime"] {
        let duration = recipe.get(field).and_then(Value::as_str).and_then(duration);
        recipe.insert(field.to_owned(), json!(duration));
    }
    for field in ["description", "image", "url"] {
        let value = text(recipe.get(field));
        recipe.insert(field.to_owned(), json!(value));
    }
    let category = cleaned(&text(recipe.get("recipeCategory"))).replace(['/', '\\'], "_");
    recipe.insert("recipeCategory".to_owned(), json!(category));
    let keywords = keywords(&text(recipe.get("keywords")));
    recipe.insert("keywords".to_owned(), json!(keywords));
    let servings = recipe.get("recipeYield").map_or(Value::Null, servings);
    recipe.insert("recipeYield".to_owned(), servings);
    for field in ["tool", "recipeIngredient", "recipeInstructions"] {
        let lines: Vec<String> = recipe
            .get(field)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect();
        recipe.insert(field.to_owned(), json!(lines));
    }
    let mut nutrition = recipe
        .get("nutrition")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    nutrition
        .entry("@type")
        .or_insert_with(|| json!("NutritionInformation"));
    recipe.insert("nutrition".to_owned(), Value::Object(nutrition));
    for field in ["datePublished", "dateCreated"] {
        recipe.entry(field).or_insert(Value::Null);
    }
    Some(recipe)
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// One line without repeated spaces.
fn cleaned(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without repetitions and spaces around commas.
fn keywords(text: &str) -> String {
    let mut kept: Vec<String> = Vec::new();
    for keyword in text.split(',').map(cleaned) {
        if !keyword.is_empty() && !kept.contains(&keyword) {
            kept.push(keyword);
        }
    }
    kept.join(",")
}

/// The highest number in it; 1 if there is none.
fn servings(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Number(number) => json!(number.as_i64().unwrap_or(1)),
        other => {
            let numbers = other.as_str().unwrap_or_default();
            let numbers = numbers.split(|character: char| !character.is_ascii_digit());
            json!(
                numbers
                    .filter_map(|number| number.parse::<i64>().ok())
                    .max()
                    .unwrap_or(1)
            )
        }
    }
}

/// `PT10M` or `0:10` as `PT0H10M0S`. Days and more are matched, and lost.
fn duration(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some((hours, minutes)) = text.split_once(':') {
        let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
        return Some(format!("PT{hours}H{minutes}M"));
    }
    let rest = text.strip_prefix('P').filter(|rest| !rest.is_empty())?;
    let (date, time) = rest.split_once('T').unwrap_or((rest, ""));
    parts(date, &['Y', 'M', 'W', 'D'])?;
    let [hours, minutes, seconds] = parts(time, &['H', 'M', 'S'])?[..] else {
        return None;
    };
    let minutes = minutes + seconds / 60;
    let hours = hours + minutes / 60;
    Some(format!("PT{hours}H{}M{}S", minutes % 60, seconds % 60))
}

/// The number before each unit, 0 where it is missing.
fn parts(mut text: &str, units: &[char]) -> Option<Vec<u64>> {
    let mut numbers = Vec::new();
    for unit in units {
        match text.split_once(*unit) {
            Some((number, rest)) => {
                numbers.push(number.parse().ok()?);
                text = rest;
            }
            None => numbers.push(0),
        }
    }
    text.is_empty().then_some(numbers)
}
