//! Calls of the tools for shares.

use serde_json::{Value, json};

use super::super::world::World;
use super::{ValidCalls, with};
use crate::support::unique;

pub(in super::super) struct Sharing;

impl ValidCalls for Sharing {
    const PREFIX: &'static str = "nc_share_";

    async fn start(_: &World) -> Self {
        Self
    }

    async fn arguments(&self, world: &World, tool: &str) -> Value {
        let file = json!({"path": file(world).await});
        let share = with(file.clone(), &json!({"share_with": world.nextcloud.other.name}));
        match tool {
            "nc_share_create" => return with(share, &json!({"note": "look", "expire_date": "2031-09-05"})),
            "nc_share_create_public_link" | "nc_share_list" => return file,
            _ => {}
        }
        let share = world.ok("nc_share_create", share).await;
        // Nextcloud gives ids of shares as text.
        let id: i64 = share["id"].as_str().unwrap().parse().unwrap();
        let id = json!({"share_id": id});
        match tool {
            "nc_share_get" | "nc_share_delete" => id,
            "nc_share_update" => with(id, &json!({"note": "look again"})),
            _ => panic!("{tool} has no call that works"),
        }
    }
}

async fn file(world: &World) -> String {
    let path = format!("/{}.txt", unique("share"));
    let new = json!({"path": path, "content": "shared"});
    world.ok("nc_webdav_write_file", new).await;
    path
}
