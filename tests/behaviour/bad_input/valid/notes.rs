//! Calls of the Notes tools.

use serde_json::{Value, json};

use super::super::world::World;
use super::ValidCalls;
use crate::support::{http_client, unique};

pub(in super::super) struct Notes;

impl ValidCalls for Notes {
    const PREFIX: &'static str = "nc_notes_";

    async fn start(_: &World) -> Self {
        Self
    }

    async fn arguments(&self, world: &World, tool: &str) -> Value {
        let new = json!({"title": unique("note"), "content": "text", "category": "work"});
        let note = match tool {
            "nc_notes_create_note" => return new,
            "nc_notes_search_notes" => return json!({"query": "text"}),
            "nc_notes_list_notes" => return json!({"category": "work", "limit": 2}),
            "nc_notes_get_attachment" => {
                let id = note(world, new).await["id"].clone();
                return json!({"note_id": id, "attachment_filename": attachment(world, &id).await});
            }
            _ => note(world, new).await,
        };
        let id = &note["id"];
        match tool {
            "nc_notes_update_note" => {
                json!({"note_id": id, "etag": note["etag"], "title": "new", "content": "new", "category": "new"})
            }
            "nc_notes_append_content" => json!({"note_id": id, "content": "more"}),
            "nc_notes_get_note" | "nc_notes_delete_note" => json!({"note_id": id}),
            _ => panic!("{tool} has no call that works"),
        }
    }
}

async fn note(world: &World, new: Value) -> Value {
    world.ok("nc_notes_create_note", new).await
}

/// Attaches a file to a note as the app's editor does, and gives the name that it got.
async fn attachment(world: &World, note: &Value) -> Value {
    let user = &world.nextcloud.user;
    let response = http_client()
        .post(format!(
            "{}/index.php/apps/notes/api/v1.4/attachment/{note}",
            world.nextcloud.url
        ))
        .basic_auth(&user.name, Some(&user.password))
        .header("content-type", "multipart/form-data; boundary=b")
        .body("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\npng\r\n--b--\r\n")
        .send()
        .await
        .unwrap();
    let stored: Value = response.error_for_status().unwrap().json().await.unwrap();
    stored["filename"].clone()
}
