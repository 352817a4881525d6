//! Lists of recipes: all of them, and those that match.
//!
//! Two routes of Cookbook's cannot be relied on, so what they would give is picked from the list of all recipes:
//! `/tags/…` finds nothing on `SQLite` nor any recipe without a category, and `/search/…` and `/category/…` refuse a
//! `/` and decode their last segment twice, which makes something else of `+` and `%`.

use actors::nextcloud::{NextcloudClient, NextcloudError};

use super::model::{
    Categories, FoundRecipes, Keywords, ListRecipes, ListedRecipe, NoArguments, RecipeList, RecipeSummary,
    RecipesInCategory, RecipesWithKeywords, SearchRecipes,
};
use super::{api, check, explain, link};
use crate::apps::page::{self, Page};
use crate::mcp::{ToolError, ToolResult};

/// Longest query, in characters.
const LONGEST_QUERY: usize = 256;
/// Most keywords that are asked for at once.
const MOST_KEYWORDS: usize = 50;

pub async fn list_recipes(nextcloud: NextcloudClient, args: ListRecipes) -> ToolResult<RecipeList> {
    let recipes = explain(api::list(&nextcloud).await, "the list of recipes")?;
    listed(&nextcloud, recipes, args.limit, args.cursor.as_deref())
}

pub async fn search_recipes(nextcloud: NextcloudClient, args: SearchRecipes) -> ToolResult<FoundRecipes> {
    let query = args.query.trim();
    if query.is_empty() || query.chars().count() > LONGEST_QUERY || query.chars().any(char::is_control) {
        return Err(ToolError::invalid(
            "argument `query`: give one to 256 characters, without control characters",
        ));
    }
    let found = if fits_path(query) {
        api::search(&nextcloud, query).await
    } else {
        all(&nextcloud, |recipe| has_any_word(recipe, query)).await
    };
    let recipes = explain(found, "the search for recipes")?;
    let page = page(&nextcloud, recipes, args.limit, args.cursor.as_deref())?;
    Ok(FoundRecipes {
        recipes: page.items,
        total_found: page.total,
        next_cursor: page.next_cursor,
    })
}

pub async fn get_recipes_in_category(nextcloud: NextcloudClient, args: RecipesInCategory) -> ToolResult<RecipeList> {
    let category = args.category.trim();
    check::label("category", category)?;
    let found = match category {
        // The list of categories calls it `*`.
        "" | "*" | "_" => api::in_category(&nextcloud, "_").await,
        category if fits_path(category) => api::in_category(&nextcloud, category).await,
        category => all(&nextcloud, |recipe| recipe.category.as_deref() == Some(category)).await,
    };
    let recipes = explain(found, format_args!("the category \"{}\"", category.escape_debug()))?;
    listed(&nextcloud, recipes, args.limit, args.cursor.as_deref())
}

pub async fn get_recipes_with_keywords(
    nextcloud: NextcloudClient,
    args: RecipesWithKeywords,
) -> ToolResult<RecipeList> {
    let wanted: Vec<String> = args
        .keywords
        .iter()
        .flat_map(|keywords| keywords.split(','))
        .map(|keyword| keyword.trim().to_lowercase())
        .filter(|keyword| !keyword.is_empty())
        .collect();
    if wanted.is_empty() || wanted.len() > MOST_KEYWORDS {
        return Err(ToolError::invalid("argument `keywords`: give 1 to 50 keywords"));
    }
    let found = all(&nextcloud, |recipe| has_all_keywords(recipe, &wanted)).await;
    let recipes = explain(found, "the list of recipes")?;
    listed(&nextcloud, recipes, args.limit, args.cursor.as_deref())
}

pub async fn list_categories(nextcloud: NextcloudClient, _: NoArguments) -> ToolResult<Categories> {
    let mut categories = explain(api::categories(&nextcloud).await, "the list of categories")?;
    categories.sort_by_cached_key(|category| (category.name.to_lowercase(), category.name.clone()));
    Ok(Categories { categories })
}

pub async fn list_keywords(nextcloud: NextcloudClient, _: NoArguments) -> ToolResult<Keywords> {
    let mut keywords = explain(api::keywords(&nextcloud).await, "the list of keywords")?;
    keywords.sort_by_cached_key(|keyword| (keyword.name.to_lowercase(), keyword.name.clone()));
    Ok(Keywords { keywords })
}

async fn all(
    nextcloud: &NextcloudClient,
    matches: impl Fn(&ListedRecipe) -> bool,
) -> Result<Vec<ListedRecipe>, NextcloudError> {
    let mut recipes = api::list(nextcloud).await?;
    recipes.retain(matches);
    Ok(recipes)
}

/// Whether a text arrives as it is when it is the last segment of a path.
fn fits_path(text: &str) -> bool {
    !text.contains(['/', '\\', '+', '%']) && !matches!(text, "." | "..")
}

/// Cookbook's own rule of a match: any word in name, category or a keyword.
fn has_any_word(recipe: &ListedRecipe, query: &str) -> bool {
    let query = query.to_lowercase();
    let texts = [
        Some(recipe.name.as_str()),
        recipe.category.as_deref(),
        recipe.keywords.as_deref(),
    ];
    let texts = texts.map(|text| text.unwrap_or_default().to_lowercase());
    query
        .split([' ', ','])
        .filter(|word| !word.is_empty())
        .any(|word| texts.iter().any(|text| text.contains(word)))
}

fn has_all_keywords(recipe: &ListedRecipe, wanted: &[String]) -> bool {
    let keywords = recipe.keywords.as_deref().unwrap_or_default().to_lowercase();
    wanted
        .iter()
        .all(|wanted| keywords.split(',').any(|keyword| keyword.trim() == wanted))
}

fn listed(
    nextcloud: &NextcloudClient,
    recipes: Vec<ListedRecipe>,
    limit: u32,
    cursor: Option<&str>,
) -> ToolResult<RecipeList> {
    let page = page(nextcloud, recipes, limit, cursor)?;
    Ok(RecipeList {
        recipes: page.items,
        total_count: page.total,
        next_cursor: page.next_cursor,
    })
}

/// By name, then by id.
fn page(
    nextcloud: &NextcloudClient,
    mut recipes: Vec<ListedRecipe>,
    limit: u32,
    cursor: Option<&str>,
) -> ToolResult<Page<RecipeSummary>> {
    let size = page::size(limit)?;
    recipes.sort_by_cached_key(|recipe| (recipe.name.to_lowercase(), recipe.recipe_id));
    let summaries = recipes.into_iter().map(|recipe| summary(nextcloud, recipe)).collect();
    Page::of(summaries, size, cursor)
}

fn summary(nextcloud: &NextcloudClient, recipe: ListedRecipe) -> RecipeSummary {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    RecipeSummary {
        id: recipe.recipe_id.to_string(),
        recipe_id: recipe.recipe_id,
        name: recipe.name,
        category: filled(recipe.category),
        keywords: filled(recipe.keywords),
        date_created: recipe.date_created,
        date_modified: recipe.date_modified,
        url: link(nextcloud, recipe.recipe_id),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ListedRecipe, fits_path, has_all_keywords, has_any_word};

    fn recipe() -> ListedRecipe {
        serde_json::from_value(json!({
            "recipe_id": "12", "name": "Crème brûlée 1/2", "keywords": "sweet,Quick Win", "category": "Dessert",
        }))
        .unwrap()
    }

    #[test]
    fn keywords_match_whole_and_all_of_them() {
        let has = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(|&keyword| keyword.to_owned()).collect();
            has_all_keywords(&recipe(), &wanted)
        };
        assert!(has(&["sweet"]) && has(&["quick win", "sweet"]));
        assert!(!has(&["quick"]) && !has(&["sweet", "salty"]));
    }

    #[test]
    fn words_match_anywhere_and_any_of_them() {
        assert!(has_any_word(&recipe(), "1/2"));
        assert!(has_any_word(&recipe(), "nothing,BRÛ"));
        assert!(has_any_word(&recipe(), "dess quite+other"));
        assert!(!has_any_word(&recipe(), "2/1 ,"));
    }

    #[test]
    fn what_a_path_would_change_does_not_fit_it() {
        assert!(fits_path("crème & salt?") && fits_path("a.b"));
        for text in ["a/b", "100%", "a+b", "..", "a\\b"] {
            assert!(!fits_path(text), "{text}");
        }
    }
}
