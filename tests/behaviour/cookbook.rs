//! The Cookbook tools and resources, through MCP over HTTP.

use crate::support::{McpClient, TestNextcloud, TestServer, http_client, unique};
use serde_json::{Value, json};

const SCOPE: &str = "openid profile email cookbook:read cookbook:write";

struct Fixture {
    nextcloud: TestNextcloud,
    server: TestServer,
    mcp: McpClient,
}

impl Fixture {
    async fn start() -> Self {
        let nextcloud = TestNextcloud::start().await;
        let server = TestServer::oauth(&nextcloud).await;
        let mcp = server.client_of(&nextcloud.user, SCOPE).await;
        Self { nextcloud, server, mcp }
    }

    async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.mcp.call(&format!("nc_cookbook_{tool}"), arguments).await.ok()
    }

    async fn error(&self, tool: &str, arguments: Value) -> String {
        self.mcp.call(&format!("nc_cookbook_{tool}"), arguments).await.error()
    }

    async fn create(&self, recipe: Value) -> i64 {
        self.ok("create_recipe", recipe).await["id"].as_i64().unwrap()
    }

    async fn get(&self, id: i64) -> Value {
        self.ok("get_recipe", json!({"recipe_id": id})).await
    }

    async fn delete(&self, id: i64) {
        self.ok("delete_recipe", json!({"recipe_id": id})).await;
    }

    /// Asks Nextcloud itself, as another program of the user would.
    async fn directly(&self, method: &str, path: &str, body: Value) -> Value {
        let user = &self.nextcloud.user;
        let response = http_client()
            .request(
                method.parse().unwrap(),
                format!("{}/index.php/apps/cookbook/api/v1{path}", self.nextcloud.url),
            )
            .basic_auth(&user.name, Some(&user.password))
            .header("OCS-APIRequest", "true")
            .json(&body)
            .send()
            .await
            .unwrap();
        response.error_for_status().unwrap().json().await.unwrap()
    }
}

fn ids(list: &Value) -> Vec<i64> {
    list["recipes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|recipe| recipe["recipe_id"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn a_recipe_lives_from_creation_to_deletion() {
    let fixture = Fixture::start().await;
    let name = unique("Leek soup");
    let category = unique("Soups");
    let keyword = unique("winter");
    let id = fixture
        .create(json!({
            "name": name, "description": "Wärmt ☀", "ingredients": ["3 leeks", "salt"], "instructions": ["Cut.", "Boil."],
            "prep_time": "15", "cook_time": "1:05", "total_time": "PT80M", "recipe_yield": 4, "category": category,
            "keywords": format!("{keyword}, vegan"), "url": "https://example.org/soup",
        }))
        .await;

    let recipe = fixture.get(id).await;
    assert_eq!(recipe["id"], json!(id.to_string()));
    for (field, value) in [
        ("name", json!(name)),
        ("description", json!("Wärmt ☀")),
        ("recipeIngredient", json!(["3 leeks", "salt"])),
        ("recipeInstructions", json!(["Cut.", "Boil."])),
        ("prepTime", json!("PT15M")),
        ("cookTime", json!("PT1H5M")),
        ("totalTime", json!("PT1H20M")),
        ("recipeYield", json!(4)),
        ("recipeCategory", json!(category)),
        ("keywords", json!(format!("{keyword},vegan"))),
        ("url", json!("https://example.org/soup")),
    ] {
        assert_eq!(recipe[field], value, "{field}");
    }
    let link = recipe["link"].as_str().unwrap();
    assert_eq!(
        link,
        format!("{}/index.php/apps/cookbook/#/recipe/{id}", fixture.nextcloud.url)
    );

    for (tool, arguments) in [
        ("list_recipes", json!({"limit": 10_000})),
        ("search_recipes", json!({"query": name})),
        ("get_recipes_in_category", json!({"category": category})),
        (
            "get_recipes_with_keywords",
            json!({"keywords": [keyword.to_uppercase(), "vegan"]}),
        ),
    ] {
        let list = fixture.ok(tool, arguments).await;
        let listed = list["recipes"].as_array().unwrap();
        let listed = listed.iter().find(|recipe| recipe["recipe_id"] == json!(id)).unwrap();
        assert_eq!(
            (&listed["name"], &listed["category"]),
            (&json!(name), &json!(category)),
            "{tool}"
        );
        assert_eq!(listed["url"], json!(link), "{tool}");
    }
    let none = fixture
        .ok("get_recipes_with_keywords", json!({"keywords": [keyword, "meat"]}))
        .await;
    assert!(ids(&none).is_empty());
    for (tool, list, counted) in [
        ("list_categories", "categories", &category),
        ("list_keywords", "keywords", &keyword),
    ] {
        let counts = fixture.ok(tool, json!({})).await;
        assert!(
            counts[list]
                .as_array()
                .unwrap()
                .contains(&json!({"name": counted, "recipe_count": 1})),
            "{counts}"
        );
    }

    let deleted = fixture.ok("delete_recipe", json!({"recipe_id": id})).await;
    assert_eq!(deleted, json!({"deleted_id": id}));
    for tool in ["get_recipe", "delete_recipe"] {
        let error = fixture.error(tool, json!({"recipe_id": id})).await;
        assert!(
            error.contains(&format!("not found — recipe {id} (HTTP 404)")),
            "{error}"
        );
    }
    let error = fixture
        .error("update_recipe", json!({"recipe_id": id, "description": "x"}))
        .await;
    assert!(error.contains("HTTP 404"), "{error}");
}

#[tokio::test]
async fn an_update_changes_what_was_asked_and_nothing_else() {
    let fixture = Fixture::start().await;
    let name = unique("Bread");
    let id = fixture
        .directly(
            "POST",
            "/recipes",
            json!({
                "name": name, "description": "old", "prepTime": "PT10M", "cookTime": "PT1H", "recipeYield": 3, "tool": ["tin"],
                "recipeIngredient": ["rye"], "recipeInstructions": ["bake"], "keywords": "a,b", "recipeCategory": "Baking",
                "nutrition": {"@type": "NutritionInformation", "calories": "200 kcal"},
                "aggregateRating": {"@type": "AggregateRating", "ratingValue": 4}, "x-mine": [1, {"two": null}],
            }),
        )
        .await;
    let id = id.as_i64().unwrap();
    let path = format!("/recipes/{id}");
    let before = fixture.directly("GET", &path, json!({})).await;
    assert_eq!(before["x-mine"], json!([1, {"two": null}]));

    let written = fixture
        .ok(
            "update_recipe",
            json!({"recipe_id": id, "description": "new", "cook_time": "45 min"}),
        )
        .await;
    assert_eq!(written["id"], json!(id));
    let mut after = fixture.directly("GET", &path, json!({})).await;
    assert_eq!(
        (&after["description"], &after["cookTime"]),
        (&json!("new"), &json!("PT0H45M0S"))
    );
    for changed in ["description", "cookTime", "dateModified"] {
        after[changed] = before[changed].clone();
    }
    assert_eq!(after, before);

    // Empty values clear.
    fixture
        .ok(
            "update_recipe",
            json!({"recipe_id": id, "description": "", "prep_time": "", "ingredients": [], "keywords": "", "category": ""}),
        )
        .await;
    let cleared = fixture.get(id).await;
    for field in ["description", "prepTime", "keywords", "recipeCategory"] {
        assert_eq!(cleared.get(field), None, "{field}");
    }
    assert_eq!(cleared["recipeIngredient"], json!([]));
    assert_eq!((&cleared["name"], &cleared["recipeYield"]), (&json!(name), &json!(3)));
    for uncategorised in ["_", "*", ""] {
        let list = fixture
            .ok(
                "get_recipes_in_category",
                json!({"category": uncategorised, "limit": 10_000}),
            )
            .await;
        assert!(ids(&list).contains(&id), "{uncategorised}");
    }
    fixture.delete(id).await;
}

#[tokio::test]
async fn a_new_name_renames_and_never_duplicates() {
    let fixture = Fixture::start().await;
    let (old, new, taken) = (unique("Old"), unique("New"), unique("Taken"));
    let id = fixture.create(json!({"name": old, "description": "mine"})).await;
    let other = fixture.create(json!({"name": taken})).await;

    let renamed = fixture.ok("update_recipe", json!({"recipe_id": id, "name": new})).await;
    assert_eq!(renamed["id"], json!(id));
    let recipe = fixture.get(id).await;
    assert_eq!((&recipe["name"], &recipe["description"]), (&json!(new), &json!("mine")));
    let list = fixture.ok("list_recipes", json!({"limit": 10_000})).await;
    let named = |name: &str| {
        let recipes = list["recipes"].as_array().unwrap().iter();
        recipes.filter(|recipe| recipe["name"] == name).count()
    };
    assert_eq!((named(&old), named(&new)), (0, 1));

    let error = fixture
        .error("update_recipe", json!({"recipe_id": id, "name": taken}))
        .await;
    assert!(error.contains("409") && error.contains(&taken), "{error}");
    let error = fixture.error("create_recipe", json!({"name": taken})).await;
    assert!(
        error.contains("409") && error.contains("Nothing was created"),
        "{error}"
    );
    assert_eq!(fixture.get(id).await["name"], json!(new));
    assert_eq!(fixture.get(other).await["name"], json!(taken));
    fixture.delete(id).await;
    fixture.delete(other).await;
}

#[tokio::test]
async fn recipes_of_others_are_not_found_and_stay() {
    let fixture = Fixture::start().await;
    let name = unique("Private");
    let id = fixture.create(json!({"name": name})).await;
    let stranger = fixture.server.client_of(&fixture.nextcloud.other, SCOPE).await;
    for (tool, arguments) in [
        ("nc_cookbook_get_recipe", json!({"recipe_id": id})),
        (
            "nc_cookbook_update_recipe",
            json!({"recipe_id": id, "description": "x"}),
        ),
        ("nc_cookbook_delete_recipe", json!({"recipe_id": id})),
    ] {
        let error = stranger.call(tool, arguments).await.error();
        assert!(error.contains("HTTP 404"), "{tool}: {error}");
    }
    assert_eq!(fixture.get(id).await["name"], json!(name));
    fixture.delete(id).await;
}

#[tokio::test]
async fn names_with_awkward_characters_work() {
    let fixture = Fixture::start().await;
    let token = unique("x").replace(' ', "");
    for awkward in [
        "half 1/2 & half",
        "100% rye",
        "C# or F? + more",
        "مرق الخضار",
        "Ünï 🥖",
        "a'b\"c",
    ] {
        let name = format!("{awkward} {token}");
        let id = fixture.create(json!({"name": name})).await;
        assert_eq!(fixture.get(id).await["name"], json!(name));
        for query in [name.as_str(), token.as_str()] {
            let found = fixture
                .ok("search_recipes", json!({"query": query, "limit": 10_000}))
                .await;
            assert!(ids(&found).contains(&id), "{query}");
        }
        let renamed = format!("{awkward} again {token}");
        fixture
            .ok("update_recipe", json!({"recipe_id": id, "name": renamed}))
            .await;
        assert_eq!(fixture.get(id).await["name"], json!(renamed));
        fixture.delete(id).await;
    }
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let fixture = Fixture::start().await;
    let keyword = unique("paged");
    let mut created = Vec::new();
    for letter in ["C", "a", "B"] {
        let name = unique(letter);
        created.push(fixture.create(json!({"name": name, "keywords": keyword})).await);
    }
    let arguments = json!({"keywords": [keyword], "limit": 2});
    let first = fixture.ok("get_recipes_with_keywords", arguments.clone()).await;
    assert_eq!(
        (first["total_count"].as_i64(), ids(&first)),
        (Some(3), vec![created[1], created[2]])
    );
    let mut next = arguments;
    next["cursor"] = first["next_cursor"].clone();
    let second = fixture.ok("get_recipes_with_keywords", next).await;
    assert_eq!((ids(&second), second.get("next_cursor")), (vec![created[0]], None));
    for id in created {
        fixture.delete(id).await;
    }
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "most of it is a table")]
async fn bad_arguments_are_refused_before_anything_is_sent() {
    let fixture = Fixture::start().await;
    let long = "x".repeat(70_000);
    for (tool, arguments, part) in [
        ("get_recipe", json!({}), "recipe_id"),
        ("get_recipe", json!({"recipe_id": "soup"}), "recipe_id"),
        ("get_recipe", json!({"recipe_id": -1}), "positive"),
        ("get_recipe", json!({"recipe_id": 1, "recipeid": 2}), "did you mean"),
        ("delete_recipe", json!({"recipe_id": 0}), "positive"),
        ("delete_recipe", json!({"recipe_id": "1/../2"}), "recipe_id"),
        ("create_recipe", json!({}), "name"),
        ("create_recipe", json!({"name": "  "}), "needs a name"),
        ("create_recipe", json!({"name": long}), "128 bytes"),
        ("create_recipe", json!({"name": "a\nb"}), "control characters"),
        ("create_recipe", json!({"name": "a\u{0}b"}), "control characters"),
        (
            "create_recipe",
            json!({"name": "n", "prep_time": "a while"}),
            "prep_time",
        ),
        ("create_recipe", json!({"name": "n", "cook_time": "P1Y"}), "PT1H30M"),
        ("create_recipe", json!({"name": "n", "total_time": -5}), "total_time"),
        ("create_recipe", json!({"name": "n", "recipe_yield": 0}), "recipe_yield"),
        (
            "create_recipe",
            json!({"name": "n", "recipe_yield": "four"}),
            "recipe_yield",
        ),
        (
            "create_recipe",
            json!({"name": "n", "url": "javascript:alert(1)"}),
            "http://",
        ),
        (
            "create_recipe",
            json!({"name": "n", "url": "https://a.example/\r\nX: y"}),
            "http://",
        ),
        ("create_recipe", json!({"name": "n", "category": "a/b"}), "category"),
        (
            "create_recipe",
            json!({"name": "n", "category": "c".repeat(65)}),
            "64 characters",
        ),
        (
            "create_recipe",
            json!({"name": "n", "keywords": format!("ok,{}", "k".repeat(65))}),
            "64 characters",
        ),
        (
            "create_recipe",
            json!({"name": "n", "ingredients": "flour"}),
            "ingredients",
        ),
        ("create_recipe", json!({"name": "n", "ingredients": [long]}), "64 KiB"),
        (
            "create_recipe",
            json!({"name": "n", "instructions": vec!["x"; 1001]}),
            "1000 entries",
        ),
        (
            "create_recipe",
            json!({"name": "n", "description": "a\u{1b}[0m"}),
            "control characters",
        ),
        ("update_recipe", json!({"recipe_id": 1}), "nothing to change"),
        ("update_recipe", json!({"recipe_id": 1, "name": ""}), "needs a name"),
        (
            "update_recipe",
            json!({"recipe_id": -4, "description": "x"}),
            "positive",
        ),
        ("search_recipes", json!({"query": " "}), "query"),
        ("search_recipes", json!({"query": "q".repeat(257)}), "256"),
        ("search_recipes", json!({"query": "a\r\nb"}), "control"),
        ("search_recipes", json!({"query": "a", "limit": 0}), "limit"),
        ("list_recipes", json!({"cursor": "nonsense"}), "cursor"),
        ("list_recipes", json!({"limit": -1}), "limit"),
        (
            "get_recipes_in_category",
            json!({"category": "c".repeat(65)}),
            "64 characters",
        ),
        (
            "get_recipes_in_category",
            json!({"category": "a\u{7}"}),
            "control characters",
        ),
        ("get_recipes_with_keywords", json!({"keywords": []}), "keywords"),
        ("get_recipes_with_keywords", json!({"keywords": [" ", ","]}), "keywords"),
        ("import_recipe", json!({"url": ""}), "http://"),
        ("import_recipe", json!({"url": "file:///etc/passwd"}), "http://"),
        ("import_recipe", json!({"url": "recipes.example.org/soup"}), "http://"),
        ("set_config", json!({}), "nothing to change"),
        ("set_config", json!({"folder": "../other"}), "folder"),
        ("set_config", json!({"folder": "/"}), "folder"),
        ("set_config", json!({"update_interval": 0}), "update_interval"),
        ("set_config", json!({"print_image": "perhaps"}), "print_image"),
        ("reindex", json!({"force": true}), "takes none"),
    ] {
        let shown: String = arguments.to_string().chars().take(120).collect();
        let error = fixture.error(tool, arguments).await;
        assert!(error.contains(part), "{tool} {shown}: {error}");
        assert!(error.len() < 600, "{tool} {shown}: {} bytes", error.len());
    }
}

#[tokio::test]
async fn an_import_says_why_it_did_not_work() {
    let fixture = Fixture::start().await;
    let error = fixture
        .error("import_recipe", json!({"url": "http://127.0.0.1/soup"}))
        .await;
    assert!(error.contains("public host names"), "{error}");
    if fixture.nextcloud.is_live() {
        // What the web has to offer is not the test's to rely on.
        return;
    }
    let import = |page: &str| json!({"url": format!("https://recipes.example.org/{page}")});
    let imported = fixture.ok("import_recipe", import("leek-soup")).await;
    let recipe = &imported["recipe"];
    assert_eq!(
        (&recipe["name"], &recipe["cookTime"], &recipe["recipeYield"]),
        (&json!("Leek soup"), &json!("PT25M"), &json!(4))
    );
    assert_eq!(imported["recipe_id"], recipe["id"]);
    for (page, part) in [
        ("leek-soup", "exists already (HTTP 409)"),
        ("about", "no recipe in schema.org form"),
        ("missing", "answered Nextcloud with an error"),
    ] {
        let error = fixture.error("import_recipe", import(page)).await;
        assert!(error.contains(part), "{page}: {error}");
    }
    let error = fixture
        .error("import_recipe", json!({"url": "https://nowhere.invalid/"}))
        .await;
    assert!(error.contains("could not fetch the page"), "{error}");
}

#[tokio::test]
async fn settings_are_changed_one_by_one_and_the_index_is_rebuilt() {
    let fixture = Fixture::start().await;
    let before = fixture.directly("GET", "/config", json!({})).await;
    let interval = before["update_interval"].as_i64().unwrap();
    let changed = fixture.ok("set_config", json!({"update_interval": interval + 7})).await;
    assert_eq!(
        changed,
        json!({"folder": before["folder"], "update_interval": interval + 7, "print_image": before["print_image"]})
    );
    let restored = fixture.ok("set_config", json!({"update_interval": interval})).await;
    assert_eq!(restored["update_interval"], json!(interval));
    fixture.ok("reindex", json!({})).await;
}

#[tokio::test]
async fn recipes_settings_and_version_are_resources() {
    let fixture = Fixture::start().await;
    let name = unique("Readable");
    let id = fixture.create(json!({"name": name})).await;
    for (uri, part) in [
        (format!("nc://Cookbook/{id}"), name.as_str()),
        ("cookbook://config".to_owned(), "update_interval"),
        ("cookbook://version".to_owned(), "api_version"),
    ] {
        let resource = fixture.mcp.result("resources/read", json!({"uri": uri})).await;
        let text = resource["contents"][0]["text"].as_str().unwrap();
        assert!(text.contains(part), "{uri}: {text}");
    }
    fixture.delete(id).await;
}
