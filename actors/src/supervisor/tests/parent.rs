//! Whoever an actor is linked to when there is no supervisor.

use ractor::{Actor, ActorCell, ActorProcessingErr, ActorRef, SupervisionEvent};

struct Parent;

impl Actor for Parent {
    type Msg = ();
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<()>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<()>,
        _: SupervisionEvent,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}

/// An actor that stands in for the supervisor.
pub(crate) async fn parent() -> ActorCell {
    Parent::spawn(None, Parent, ()).await.unwrap().0.get_cell()
}
