//! Whether the server can do its work, and if not, why: what `/health/ready` shows.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::watch;

/// The state of every supervised actor and of every condition that a component reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// The supervised actors by kind.
    pub children: BTreeMap<&'static str, ChildReadiness>,
    /// What else must hold, by name: `oauth_client`.
    pub conditions: BTreeMap<&'static str, Condition>,
    /// The server is shutting down: it finishes what it has and takes nothing new.
    pub draining: bool,
}

/// One supervised actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChildReadiness {
    /// How it is doing.
    #[serde(flatten)]
    pub state: ChildState,
    /// Whether the server is not ready without it.
    pub required: bool,
}

/// How a supervised actor is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ChildState {
    /// Its first start is under way.
    Starting,
    /// It takes messages.
    Running,
    /// It failed and is being started again.
    Restarting {
        /// Why it failed.
        reason: String,
    },
    /// It failed too often: it is down, and tried again at a long interval.
    Degraded {
        /// Why it failed the last time.
        reason: String,
    },
}

/// Something that must hold for the server to be ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Condition {
    /// It holds.
    Met,
    /// It does not.
    Unmet {
        /// Why, for the operator: no secrets.
        reason: String,
    },
}

impl Readiness {
    /// Whether requests can be served: every required actor runs, every condition is met, nothing is shutting down.
    pub fn is_ready(&self) -> bool {
        let children = self.children.values();
        let conditions = self.conditions.values();
        !self.draining
            && children
                .filter(|child| child.required)
                .all(|child| child.state == ChildState::Running)
            && conditions.into_iter().all(|condition| *condition == Condition::Met)
    }
}

/// Where components say how they are doing. A clone is a pointer; readers are woken only by changes.
#[derive(Debug, Clone)]
pub struct ReadinessBoard(Arc<watch::Sender<Readiness>>);

impl ReadinessBoard {
    pub(super) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Readiness::default())))
    }

    /// Says that `condition` holds.
    pub fn met(&self, condition: &'static str) {
        self.set_condition(condition, Condition::Met);
    }

    /// Says that `condition` does not hold, and why. The reason is shown to operators: it holds no secrets.
    pub fn unmet(&self, condition: &'static str, reason: impl Into<String>) {
        self.set_condition(condition, Condition::Unmet { reason: reason.into() });
    }

    /// Follows the changes.
    pub fn subscribe(&self) -> watch::Receiver<Readiness> {
        self.0.subscribe()
    }

    fn set_condition(&self, name: &'static str, condition: Condition) {
        self.0.send_if_modified(|readiness| {
            let changed = readiness.conditions.get(name) != Some(&condition);
            if changed {
                readiness.conditions.insert(name, condition);
            }
            changed
        });
    }

    pub(super) fn set_child(&self, kind: &'static str, required: bool, state: ChildState) {
        let child = ChildReadiness { state, required };
        self.0.send_modify(|readiness| {
            readiness.children.insert(kind, child);
        });
    }

    pub(super) fn set_draining(&self) {
        self.0.send_modify(|readiness| readiness.draining = true);
    }
}

#[cfg(test)]
mod tests {
    use super::{ChildState, ReadinessBoard};

    #[test]
    fn only_required_children_and_conditions_count() {
        let board = ReadinessBoard::new();
        let readiness = board.subscribe();
        assert!(readiness.borrow().is_ready());

        board.set_child("extra", false, ChildState::Starting);
        assert!(readiness.borrow().is_ready());
        board.set_child("vault", true, ChildState::Starting);
        assert!(!readiness.borrow().is_ready());
        board.set_child("vault", true, ChildState::Running);
        assert!(readiness.borrow().is_ready());

        board.unmet("oauth_client", "not registered yet");
        assert!(!readiness.borrow().is_ready());
        board.met("oauth_client");
        assert!(readiness.borrow().is_ready());

        board.set_draining();
        assert!(!readiness.borrow().is_ready());
    }

    #[test]
    fn saying_the_same_again_wakes_nobody() {
        let board = ReadinessBoard::new();
        board.unmet("oauth_client", "not registered yet");
        let mut readiness = board.subscribe();
        readiness.mark_unchanged();
        board.unmet("oauth_client", "not registered yet");
        assert!(!readiness.has_changed().unwrap());
        board.unmet("oauth_client", "refused");
        assert!(readiness.has_changed().unwrap());
    }

    #[test]
    fn it_is_shown_as_flat_json() {
        let board = ReadinessBoard::new();
        let reason = "boom".to_owned();
        board.set_child("vault", true, ChildState::Degraded { reason });
        board.met("oauth_client");
        assert_eq!(
            serde_json::to_value(&*board.subscribe().borrow()).unwrap(),
            serde_json::json!({
                "children": {"vault": {"state": "degraded", "reason": "boom", "required": true}},
                "conditions": {"oauth_client": {"state": "met"}},
                "draining": false,
            })
        );
    }
}
