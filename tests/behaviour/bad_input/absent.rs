//! Tools of an app that the administrator has disabled.

use super::answer::clip;
use super::valid::ValidCalls;
use super::world::World;

/// Calls every tool of an app that is gone, whether the server knows that already or has to find out.
pub(super) async fn miss<V: ValidCalls>(app: &'static str) {
    let tools = World::start().await.tools(V::PREFIX).await;
    for tool in tools {
        let world = &World::start().await;
        let arguments = V::start(world).await.arguments(world, &tool.name).await.to_string();
        let state = world.nextcloud.state();
        state.disabled_apps().disable(app);
        let before = state.digest();
        for _ in 0..2 {
            let answer = world.call(&tool.name, &arguments).await;
            assert!(answer.is_error, "{}", tool.name);
            assert!(
                answer.text.contains("does not have the"),
                "{}: {}",
                tool.name,
                clip(&answer.text)
            );
        }
        assert!(world.tools(V::PREFIX).await.is_empty());
        assert_eq!(state.digest(), before, "{}", tool.name);
    }
}
