//! Reading while the requests of one tool meet in Nextcloud's database and fail there.

use super::answer::clip;
use super::valid::ValidCalls;
use super::world::World;

/// Calls every reading tool of an app, first undisturbed: the second answer has to be the same.
pub(super) async fn withstand<V: ValidCalls>() {
    let world = &World::start().await;
    let app = V::start(world).await;
    let state = world.nextcloud.state();
    for tool in world.tools(V::PREFIX).await {
        if !tool.read_only {
            continue;
        }
        let arguments = app.arguments(world, &tool.name).await.to_string();
        let undisturbed = world.call(&tool.name, &arguments).await;
        state.faults().one_at_a_time("/");
        let disturbed = world.call(&tool.name, &arguments).await;
        state.faults().clear_all();
        assert!(!disturbed.is_error, "{}: {}", tool.name, clip(&disturbed.text));
        assert_eq!(disturbed.structured, undisturbed.structured, "{}", tool.name);
    }
}
