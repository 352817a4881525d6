//! Columns.

use serde_json::{Map, Value, json};

/// The types that a column can have.
const KINDS: [&str; 5] = ["text", "number", "datetime", "selection", "usergroup"];

/// Fields that a change of a column sets to what it says, or to null.
const CHANGED_WHOLLY: [&str; 13] = [
    "description",
    "numberDefault",
    "numberMin",
    "numberMax",
    "numberDecimals",
    "textDefault",
    "textAllowedPattern",
    "textMaxLength",
    "textUnique",
    "datetimeDefault",
    "usergroupMultipleItems",
    "usergroupSelectUsers",
    "showUserStatus",
];

/// A column: who made it, and its fields under the names of the API.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) id: i64,
    pub(crate) table: i64,
    owner: String,
    at: String,
    fields: Map<String, Value>,
}

impl Column {
    /// A column from the parameters of a request. `unset` is what defaults are where none is given: the versions of the
    /// API differ.
    pub(crate) fn new(id: i64, table: i64, owner: &str, at: &str, sent: &Map<String, Value>, unset: &Value) -> Self {
        let mut fields = json!({
            "title": "", "type": "text", "subtype": "", "mandatory": false, "description": "", "numberDefault": null,
            "numberMin": null, "numberMax": null, "numberDecimals": null, "numberPrefix": "", "numberSuffix": "",
            "textDefault": null, "textAllowedPattern": null, "textMaxLength": null, "textUnique": null,
            "selectionOptions": [], "selectionDefault": unset, "datetimeDefault": unset, "usergroupDefault": [],
            "usergroupMultipleItems": null, "usergroupSelectUsers": null, "usergroupSelectGroups": null,
            "usergroupSelectTeams": null, "showUserStatus": null,
        });
        if let Value::Object(fields) = &mut fields {
            for (name, value) in sent
                .iter()
                .filter(|(name, _)| fields.contains_key(*name))
                .collect::<Vec<_>>()
            {
                let value = match value.as_str().filter(|_| name == "selectionOptions") {
                    Some(text) => serde_json::from_str(text).unwrap_or_else(|_| json!([])),
                    None => value.clone(),
                };
                fields.insert(name.clone(), value);
            }
        }
        let fields = match fields {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        Self {
            id,
            table,
            owner: owner.to_owned(),
            at: at.to_owned(),
            fields,
        }
    }

    /// Whether there is such a type.
    pub(crate) fn is_kind(kind: &str) -> bool {
        KINDS.contains(&kind)
    }

    /// A change: what is not sent becomes null.
    pub(crate) fn change(&mut self, sent: &Map<String, Value>) {
        for name in CHANGED_WHOLLY {
            let value = sent.get(name).cloned().unwrap_or(Value::Null);
            self.fields.insert(name.to_owned(), value);
        }
        for name in ["title", "mandatory", "numberPrefix", "numberSuffix"] {
            if let Some(value) = sent.get(name) {
                self.fields.insert(name.to_owned(), value.clone());
            }
        }
    }

    pub(crate) fn title(&self) -> &str {
        self.text("title")
    }

    /// Type and subtype.
    pub(crate) fn kind(&self) -> (&str, &str) {
        (self.text("type"), self.text("subtype"))
    }

    /// Where cells of this type come in a row: they are stored by type.
    pub(crate) fn place(&self) -> usize {
        let kind = self.text("type");
        KINDS.iter().position(|other| *other == kind).unwrap_or(KINDS.len())
    }

    pub(crate) fn is_mandatory(&self) -> bool {
        self.fields.get("mandatory") == Some(&Value::Bool(true))
    }

    pub(crate) fn number(&self, name: &str) -> Option<f64> {
        self.fields.get(name)?.as_f64()
    }

    /// The options of a selection: id and label.
    pub(crate) fn options(&self) -> impl Iterator<Item = (i64, &str)> {
        let options = self.fields.get("selectionOptions").and_then(Value::as_array);
        options
            .into_iter()
            .flatten()
            .filter_map(|option| Some((option.get("id")?.as_i64()?, option.get("label")?.as_str()?)))
    }

    fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// As the answer to the request that made or changed it.
    pub(crate) fn written(&self, display_name: &str) -> Value {
        let mut view = json!({
            "id": self.id, "tableId": self.table, "createdBy": self.owner, "createdByDisplayName": display_name,
            "createdAt": self.at, "lastEditBy": self.owner, "lastEditByDisplayName": display_name,
            "lastEditAt": self.at, "viewColumnInformation": null, "customSettings": {},
        });
        for (name, value) in &self.fields {
            view[name] = value.clone();
        }
        view
    }

    /// As it comes from the database, where some nulls are not.
    pub(crate) fn read(&self, display_name: &str) -> Value {
        let mut view = self.written(display_name);
        let flags = [
            "textUnique",
            "usergroupMultipleItems",
            "usergroupSelectUsers",
            "usergroupSelectGroups",
            "usergroupSelectTeams",
            "showUserStatus",
        ];
        let stored = flags.map(|name| (name, json!(false)));
        for (name, value) in stored.into_iter().chain([("numberDecimals", json!(0))]) {
            if view[name].is_null() {
                view[name] = value;
            }
        }
        view
    }
}
