//! Calls of the tools for files.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::world::World;
use super::{ValidCalls, with};
use crate::support::unique;

/// A folder of the test's own.
pub(in super::super) struct Files {
    folder: String,
}

impl ValidCalls for Files {
    const PREFIX: &'static str = "nc_webdav_";

    async fn start(world: &World) -> Self {
        let folder = unique("bad input");
        world.ok("nc_webdav_create_directory", json!({"path": folder})).await;
        Self { folder }
    }

    async fn arguments(&self, world: &World, tool: &str) -> Value {
        let new = self.path();
        let scope = &self.folder;
        match tool {
            "nc_webdav_list_directory" => json!({"path": scope, "limit": 5}),
            "nc_webdav_create_directory" => json!({"path": new}),
            "nc_webdav_write_file" => json!({"path": new, "content": "text"}),
            "nc_webdav_upload_part" => json!({"path": new, "content": "text", "part": 1}),
            "nc_webdav_search_files" => json!({"scope": scope, "name_pattern": "file%", "limit": 5}),
            "nc_webdav_find_by_name" => json!({"scope": scope, "pattern": "file%"}),
            "nc_webdav_find_by_type" => json!({"scope": scope, "mime_type": "text/plain"}),
            "nc_webdav_list_favorites" => json!({"scope": scope}),
            "nc_webdav_list_tags" | "nc_webdav_list_trash" => json!({}),
            "nc_webdav_find_by_tag_name" => {
                let tagged = self.tagged(world).await;
                json!({"tag": tagged["tag"]})
            }
            "nc_webdav_untag_file" => self.tagged(world).await,
            "nc_webdav_restore_from_trash" => self.deleted(world).await,
            "nc_webdav_restore_version" => self.changed(world).await,
            _ => self.of_a_file(world, tool).await,
        }
    }
}

impl Files {
    async fn of_a_file(&self, world: &World, tool: &str) -> Value {
        let file = self.file(world).await;
        let path = &file["path"];
        match tool {
            "nc_webdav_read_file"
            | "nc_webdav_delete_resource"
            | "nc_webdav_list_comments"
            | "nc_webdav_get_file_tags"
            | "nc_webdav_list_versions" => json!({"path": path}),
            "nc_webdav_append_file" => json!({"path": path, "content": "more"}),
            "nc_webdav_move_resource" | "nc_webdav_copy_resource" => {
                json!({"source_path": path, "destination_path": self.path()})
            }
            "nc_webdav_create_comment" => json!({"path": path, "message": "hello"}),
            "nc_webdav_tag_file" => json!({"path": path, "tag": unique("tag")}),
            _ => panic!("{tool} has no call that works"),
        }
    }

    fn path(&self) -> String {
        format!("{}/{}.txt", self.folder, unique("file"))
    }

    async fn file(&self, world: &World) -> Value {
        let new = json!({"path": self.path(), "content": "text"});
        let written = world.ok("nc_webdav_write_file", new.clone()).await;
        json!({"path": new["path"], "etag": written["etag"]})
    }

    async fn tagged(&self, world: &World) -> Value {
        let file = self.file(world).await;
        let arguments = json!({"path": file["path"], "tag": unique("tag")});
        world.ok("nc_webdav_tag_file", arguments.clone()).await;
        arguments
    }

    async fn deleted(&self, world: &World) -> Value {
        let path = self.file(world).await["path"].clone();
        world.ok("nc_webdav_delete_resource", json!({"path": path})).await;
        let trash = world.ok("nc_webdav_list_trash", json!({})).await;
        let mut items = trash["items"].as_array().unwrap().iter();
        let entry = items.find(|entry| entry["original_location"] == path).unwrap();
        json!({"entry_id": entry["id"]})
    }

    /// A file with a version before the current one; Nextcloud keeps one for each second.
    async fn changed(&self, world: &World) -> Value {
        let file = self.file(world).await;
        world.nextcloud.state().clock().advance(Duration::from_mins(1));
        let change = json!({"content": "changed", "path": file["path"], "if_match": file["etag"]});
        world.ok("nc_webdav_write_file", change).await;
        let path = json!({"path": file["path"]});
        let versions = world.ok("nc_webdav_list_versions", path.clone()).await;
        with(path, &json!({"version_id": versions["versions"][0]["version_id"]}))
    }
}
