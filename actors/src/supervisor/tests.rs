//! Children that fail in every way, on paused time; then the directory of sessions.

mod child;
mod directory;
pub(crate) mod parent;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::Instant;
use url::Url;

use super::{ChildState, Condition, Readiness, SuperviseError, Supervisor, SupervisorOptions};
use crate::nextcloud::{NextcloudOptions, NextcloudServer};
use crate::user_session::{BackDoor, SessionOptions};
use child::{ScriptedChild, StartMode, Work};

const SECOND: Duration = Duration::from_secs(1);

/// Three restarts a minute with pauses of 1, 2 and 4 s; then one try in 5 min.
fn options() -> SupervisorOptions {
    let nextcloud = NextcloudOptions::new(Url::parse("http://127.0.0.1:9/").unwrap());
    let server = NextcloudServer::new(&nextcloud).unwrap();
    let mut options = SupervisorOptions::new(SessionOptions::new(server, BackDoor::CallerBearer));
    options.restarts.restarts = 3;
    options.restarts.first_pause = SECOND;
    options.restarts.degraded_pause = 300 * SECOND;
    options
}

async fn supervisor() -> Supervisor {
    Supervisor::start(options()).await.unwrap()
}

/// Waits until `child` is in a state that `wanted` accepts.
async fn until(supervisor: &Supervisor, child: &ScriptedChild, wanted: impl Fn(&ChildState) -> bool) {
    let accepted = |readiness: &Readiness| wanted(&readiness.children[child.kind].state);
    supervisor.readiness().wait_for(accepted).await.unwrap();
}

fn is_restarting(state: &ChildState) -> bool {
    matches!(state, ChildState::Restarting { .. })
}

fn is_degraded(state: &ChildState) -> bool {
    matches!(state, ChildState::Degraded { .. })
}

fn is_running(state: &ChildState) -> bool {
    *state == ChildState::Running
}

#[tokio::test(start_paused = true)]
async fn a_child_that_panics_is_started_again_and_its_sibling_is_left_alone() {
    let supervisor = supervisor().await;
    let (child, sibling) = (ScriptedChild::new("fragile"), ScriptedChild::new("sibling"));
    supervisor.supervise(child.clone()).await.unwrap();
    supervisor.supervise(sibling.clone()).await.unwrap();
    assert!(supervisor.readiness().borrow().is_ready());

    for end in [Work::Panic, Work::Fail, Work::Stop] {
        child.slot.cast(end).unwrap();
        until(&supervisor, &child, is_restarting).await;
        assert!(!supervisor.readiness().borrow().is_ready());
        until(&supervisor, &child, is_running).await;
        assert!(child.answers().await, "the handle reaches the new actor");
    }
    assert_eq!(child.starts(), 4);
    assert_eq!(sibling.starts(), 1);
    assert!(sibling.answers().await);
}

#[tokio::test(start_paused = true)]
async fn a_child_that_fails_too_often_is_degraded_and_tried_at_long_intervals() {
    let supervisor = supervisor().await;
    let (child, sibling) = (ScriptedChild::new("fragile"), ScriptedChild::new("sibling"));
    supervisor.supervise(child.clone()).await.unwrap();
    supervisor.supervise(sibling.clone()).await.unwrap();

    child.set_mode(StartMode::Fail);
    child.slot.cast(Work::Panic).unwrap();
    let failed = Instant::now();
    until(&supervisor, &child, is_degraded).await;
    assert_eq!(failed.elapsed().as_secs(), 1 + 2 + 4);
    assert_eq!(child.starts(), 4);
    let readiness = supervisor.readiness().borrow().clone();
    assert!(!readiness.is_ready());
    let ChildState::Degraded { reason } = &readiness.children["fragile"].state else {
        panic!("{readiness:?}");
    };
    assert_eq!(reason, "its start failed: told to fail");
    assert!(sibling.answers().await);

    child.set_mode(StartMode::Succeed);
    let degraded = Instant::now();
    until(&supervisor, &child, is_running).await;
    assert_eq!(degraded.elapsed().as_secs(), 300);
    assert!(supervisor.readiness().borrow().is_ready());
}

#[tokio::test(start_paused = true)]
async fn a_first_start_that_fails_is_reported_and_repeated() {
    let supervisor = supervisor().await;
    for (kind, mode) in [
        ("failing", StartMode::Fail),
        ("panicking", StartMode::Panic),
        ("outside", StartMode::PanicOutside),
    ] {
        let child = ScriptedChild::new(kind);
        child.set_mode(mode);
        let refused = supervisor.supervise(child.clone()).await.unwrap_err();
        assert!(matches!(refused, SuperviseError::FirstStart { .. }), "{refused}");
        child.set_mode(StartMode::Succeed);
        until(&supervisor, &child, is_running).await;
        assert!(child.answers().await);
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_hangs_delays_no_other_child() {
    let supervisor = supervisor().await;
    let (child, sibling) = (ScriptedChild::new("hanging"), ScriptedChild::new("sibling"));
    child.set_mode(StartMode::Hang);
    let begun = Instant::now();
    let hanging = tokio::spawn({
        let (supervisor, child) = (supervisor.clone(), child.clone());
        async move { supervisor.supervise(child).await }
    });
    tokio::task::yield_now().await;
    supervisor.supervise(sibling).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::ZERO);

    let refused = hanging.await.unwrap().unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), 30);
    assert_eq!(
        refused.to_string(),
        "hanging did not start: its start took longer than 30 s; it is tried again"
    );
}

#[tokio::test(start_paused = true)]
async fn one_child_of_a_kind() {
    let supervisor = supervisor().await;
    let (child, twin) = (ScriptedChild::new("only"), ScriptedChild::new("only"));
    supervisor.supervise(child.clone()).await.unwrap();
    let refused = supervisor.supervise(twin.clone()).await.unwrap_err();
    assert!(
        matches!(refused, SuperviseError::Duplicate { kind: "only" }),
        "{refused}"
    );
    assert_eq!(twin.starts(), 0);
    assert!(child.answers().await);
}

#[tokio::test(start_paused = true)]
async fn draining_finishes_queued_work_in_reverse_order_and_admits_nothing() {
    let supervisor = supervisor().await;
    let first = ScriptedChild::new("first");
    let second = ScriptedChild::with_log("second", Arc::clone(&first.log));
    supervisor.supervise(first.clone()).await.unwrap();
    supervisor.supervise(second.clone()).await.unwrap();
    for child in [&first, &second] {
        child.slot.cast(Work::Note("queued")).unwrap();
    }
    supervisor.drain(10 * SECOND).await;

    let mut log = first.log();
    log.retain(|(_, what)| *what == "ended");
    assert_eq!(log, [("second", "ended"), ("first", "ended")]);
    for kind in ["first", "second"] {
        assert!(first.log().contains(&(kind, "queued")), "{kind}");
    }
    assert!(supervisor.readiness().borrow().draining);
    assert!(!supervisor.readiness().borrow().conditions.contains_key("supervisor"));
    let late = ScriptedChild::new("late");
    let refused = supervisor.supervise(late.clone()).await.unwrap_err();
    assert!(matches!(refused, SuperviseError::Stopping), "{refused}");
    assert!(supervisor.session(&directory::principal("alice")).is_err());
    assert_eq!((first.starts(), second.starts(), late.starts()), (1, 1, 0));
}

#[tokio::test(start_paused = true)]
async fn draining_ends_what_does_not_finish_in_time() {
    let supervisor = supervisor().await;
    let (stuck, other) = (ScriptedChild::new("stuck"), ScriptedChild::new("other"));
    supervisor.supervise(other.clone()).await.unwrap();
    supervisor.supervise(stuck.clone()).await.unwrap();
    stuck.slot.cast(Work::Hang).unwrap();
    let begun = Instant::now();
    supervisor.drain(10 * SECOND).await;
    assert_eq!(begun.elapsed().as_secs(), 10);
    assert!(!stuck.slot.is_live());
    assert!(!other.slot.is_live());
}

#[tokio::test(start_paused = true)]
async fn a_restart_that_is_due_during_the_shutdown_does_not_happen() {
    let supervisor = supervisor().await;
    let (child, stuck) = (ScriptedChild::new("fragile"), ScriptedChild::new("stuck"));
    supervisor.supervise(child.clone()).await.unwrap();
    supervisor.supervise(stuck.clone()).await.unwrap();
    stuck.slot.cast(Work::Hang).unwrap();
    child.slot.cast(Work::Panic).unwrap();
    until(&supervisor, &child, is_restarting).await;
    let begun = Instant::now();
    supervisor.drain(10 * SECOND).await;
    assert_eq!(begun.elapsed().as_secs(), 10, "the restart was due in between");
    assert_eq!(child.starts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_ends_during_the_shutdown_is_undone() {
    let supervisor = supervisor().await;
    let (slow, stuck) = (ScriptedChild::new("slow"), ScriptedChild::new("stuck"));
    supervisor.supervise(stuck.clone()).await.unwrap();
    stuck.slot.cast(Work::Hang).unwrap();
    slow.set_mode(StartMode::Slow);
    let drain = async {
        tokio::time::sleep(SECOND).await;
        supervisor.drain(10 * SECOND).await;
    };
    let (refused, ()) = tokio::join!(supervisor.supervise(slow.clone()), drain);
    assert!(matches!(refused, Err(SuperviseError::Stopping)), "{refused:?}");
    assert!(slow.log().contains(&("slow", "ended")));
}

#[tokio::test(start_paused = true)]
async fn a_child_that_is_not_required_may_be_down() {
    let supervisor = supervisor().await;
    let child = ScriptedChild::new("extra");
    child.required.store(false, Ordering::SeqCst);
    child.set_mode(StartMode::Fail);
    supervisor.supervise(child.clone()).await.unwrap_err();
    until(&supervisor, &child, is_degraded).await;
    assert!(supervisor.readiness().borrow().is_ready());
}

#[tokio::test(start_paused = true)]
async fn readiness_tells_when_the_supervisor_itself_is_gone() {
    let supervisor = supervisor().await;
    supervisor.0.actor.kill();
    let gone = |readiness: &Readiness| matches!(readiness.conditions.get("supervisor"), Some(Condition::Unmet { .. }));
    supervisor.readiness().wait_for(gone).await.unwrap();
}
