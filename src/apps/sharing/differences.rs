//! Where these tools differ on purpose from those of the Python server.

/// Tool, what differs, why.
pub(crate) const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "nc_share_get",
        "needs `sharing:read` instead of `sharing:write`; the result is an object instead of JSON in a string",
        "reading is no writing; typed results have a schema",
    ),
    (
        "nc_share_list",
        "needs `sharing:read` instead of `sharing:write`; the result is a list with total and cursor instead of JSON \
         in a string; `limit` and `cursor` are new",
        "reading is no writing; typed results have a schema; long lists come in pages",
    ),
    (
        "nc_share_create",
        "`share_type` and `permissions` take names as well as numbers; `password`, `expire_date`, `label` and `note` \
         are new; the result is an object instead of JSON in a string",
        "names need no table of numbers; a link without password or expiry is often not what is wanted",
    ),
    (
        "nc_share_update",
        "`permissions` is optional and takes names as well; `password`, `expire_date`, `label` and `note` are new; the \
         result is an object instead of JSON in a string",
        "a note can be changed without giving the permissions anew",
    ),
    (
        "nc_share_delete",
        "the result is `deleted_id` instead of JSON in a string",
        "typed results have a schema",
    ),
    (
        "nc_share_create_public_link",
        "`share_id` is a string and `permissions` a list of names",
        "Nextcloud's share ids are strings; all share tools name permissions alike",
    ),
];
