//! Everybody's recipes.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::normalise::normalise;

/// A recipe's document.
pub(crate) type Recipe = Map<String, Value>;

/// All books.
#[derive(Debug)]
pub(crate) struct Cookbook {
    books: HashMap<String, Book>,
    next_id: u64,
}

/// One user's recipes by id, and their settings.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) recipes: BTreeMap<u64, Recipe>,
    pub(crate) settings: Settings,
}

/// What the settings page has.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) folder: String,
    pub(crate) update_interval: i64,
    pub(crate) print_image: bool,
}

/// Why a recipe is not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotWritten {
    NoName,
    NameTaken,
    /// The document names an id that no folder has: PHP calls a method of null.
    NoSuchId,
}

impl Default for Cookbook {
    fn default() -> Self {
        Self {
            books: HashMap::new(),
            next_id: 296,
        }
    }
}

impl Default for Book {
    fn default() -> Self {
        Self {
            recipes: BTreeMap::new(),
            settings: Settings {
                folder: "/Recipes".to_owned(),
                update_interval: 5,
                print_image: true,
            },
        }
    }
}

impl Cookbook {
    /// The recipes of the user with this id.
    pub(crate) fn of(&mut self, uid: &str) -> &mut Book {
        self.books.entry(uid.to_owned()).or_default()
    }

    /// Writes a recipe: a new one, or the one that the document's `id` names, which a new name renames.
    pub(crate) fn write(&mut self, uid: &str, document: Recipe, now: u64) -> Result<u64, NotWritten> {
        let recipe = normalise(document).ok_or(NotWritten::NoName)?;
        let id = recipe.get("id").and_then(as_id);
        let book = self.of(uid);
        if id.is_some_and(|id| !book.recipes.contains_key(&id)) {
            return Err(NotWritten::NoSuchId);
        }
        let folder = folder_of(&recipe);
        let taken = |(other, recipe): (&u64, &Recipe)| Some(*other) != id && folder_of(recipe) == folder;
        if book.recipes.iter().any(taken) {
            return Err(NotWritten::NameTaken);
        }
        Ok(self.store(uid, id, recipe, now))
    }

    /// Stores a recipe of which nothing needs to be checked (any more).
    pub(crate) fn store(&mut self, uid: &str, id: Option<u64>, mut recipe: Recipe, now: u64) -> u64 {
        let now = date(now);
        recipe.insert("dateModified".to_owned(), json!(now));
        if id.is_none() || recipe.get("dateCreated").is_none_or(Value::is_null) {
            recipe.insert("dateCreated".to_owned(), json!(now));
        }
        // A folder, the document in it, and a file that keeps the pictures out of galleries.
        let id = id.unwrap_or_else(|| {
            self.next_id += 3;
            self.next_id - 3
        });
        recipe.insert("id".to_owned(), json!(id.to_string()));
        self.of(uid).recipes.insert(id, recipe);
        id
    }
}

impl Book {
    /// The recipe as a client sees it.
    pub(crate) fn view(&self, id: u64) -> Option<Recipe> {
        let mut recipe = self.recipes.get(&id)?.clone();
        let image = format!("/apps/cookbook/webapp/recipes/{id}/image?size=full");
        recipe.insert("printImage".to_owned(), json!(self.settings.print_image));
        recipe.insert("imageUrl".to_owned(), json!(image));
        Some(recipe)
    }
}

/// A text of the recipe; empty when it has none.
pub(crate) fn text<'recipe>(recipe: &'recipe Recipe, field: &str) -> &'recipe str {
    recipe.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The folder that a recipe is kept in: its name without what file systems dislike.
fn folder_of(recipe: &Recipe) -> String {
    text(recipe, "name").replace(['/', ':', '?', '!', '"', '\\', '\'', '|', '&', '^', '#'], "_")
}

/// An id as a number or as text; 0 counts as none.
fn as_id(value: &Value) -> Option<u64> {
    let id = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    id.filter(|id| *id != 0)
}

fn date(unix: u64) -> String {
    let second = i64::try_from(unix).unwrap_or_default();
    let time = Timestamp::from_second(second).unwrap_or_default();
    time.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}
