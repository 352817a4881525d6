//! Where the tools differ on purpose from those of the Python server: tool, what, why.

pub(crate) const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "nc_cookbook_get_recipe",
        "durations are given in their shortest form (`PT10M`, stored as `PT0H10M0S`); empty fields, `@type` and \
         `imageUrl` are left out; `link` opens the recipe",
        "what was written reads back the same; the image's address works only with a browser's login; `url` is where \
         the recipe is from",
    ),
    (
        "nc_cookbook_create_recipe",
        "durations are also taken as `1:30`, `1 h 30 min` or minutes; what Cookbook would drop or cut is an error",
        "Cookbook makes the recipe without what it cannot read and reports success",
    ),
    (
        "nc_cookbook_update_recipe",
        "a new name renames the recipe, or is refused when it is taken; empty values clear",
        "Cookbook goes by the id in the body and not by the path's: without it, a new name makes another recipe",
    ),
    (
        "nc_cookbook_delete_recipe",
        "a recipe that does not exist is an error; `status_code` and `message` are left out",
        "Cookbook reports success for any id and deletes any file of its folder that has it",
    ),
    (
        "nc_cookbook_list_recipes",
        "`limit` and `cursor`; `category` and `url` are added, `imageUrl` and `imagePlaceholderUrl` left out; sorted by \
         name",
        "long lists come in pages; the images' addresses work only with a browser's login",
    ),
    (
        "nc_cookbook_search_recipes",
        "as in the list of recipes; a query with `/ \\ + %` is matched by this server",
        "Cookbook's route refuses `/` and decodes twice",
    ),
    (
        "nc_cookbook_get_recipes_in_category",
        "as in the list of recipes; `*` and an empty text mean `_`",
        "the list of categories calls recipes without one `*`",
    ),
    (
        "nc_cookbook_get_recipes_with_keywords",
        "as in the list of recipes; matched by this server",
        "Cookbook's route finds nothing on SQLite, and no recipe without a category anywhere",
    ),
    (
        "nc_cookbook_import_recipe",
        "the recipe as from reading it",
        "one form for a recipe",
    ),
    (
        "nc_cookbook_set_config",
        "gives the settings as they are now instead of a message",
        "what was stored is worth more than \"OK\"",
    ),
    (
        "nc_cookbook_reindex",
        "`status_code` is left out",
        "an error is an error",
    ),
    (
        "nc_cookbook_get_recipe",
        "`imagePlaceholderUrl` is left out",
        "the image's address works only with a browser's login",
    ),
];
