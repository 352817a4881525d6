//! A Nextcloud in trouble: down, slow, answering HTML, answering nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Method, StatusCode, header};
use tokio::sync::{Semaphore, watch};

use crate::AppState;
use crate::dav::DavError;
use crate::{pages, reply};

/// How long a request has the database to itself under [`Faults::one_at_a_time`].
const AT_THE_DATABASE: Duration = Duration::from_millis(20);

/// What happens to a request instead of, or before, its answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// This status with Nextcloud's HTML error page; 503 also says `Retry-After: 120`, as maintenance mode does.
    Status(StatusCode),
    /// 200 with an HTML page where something else was expected.
    Html,
    /// 200, `text/html` and no body: what a crash in a controller's constructor looks like.
    Empty,
    /// Any other answer.
    Answer {
        /// The HTTP status.
        status: StatusCode,
        /// The `Content-Type`.
        content_type: &'static str,
        /// The body.
        body: String,
    },
    /// The usual answer, this much later.
    Delay(Duration),
    /// The connection ends without an answer.
    Close,
}

/// The faults of one sandbox, by path prefix (without `/index.php`). The newest fault that fits is the one that shows.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Mutex<Vec<Rule>>,
}

#[derive(Debug)]
struct Rule {
    prefix: String,
    /// The only method this rule is for; `None` is every one.
    method: Option<Method>,
    effect: Effect,
    /// Requests this rule is still for; `None` is every one.
    remaining: Option<usize>,
}

#[derive(Debug, Clone)]
enum Effect {
    Fault(Fault),
    Hold(Arc<watch::Sender<Gate>>),
    OneAtATime(Arc<Semaphore>),
}

#[derive(Debug, Clone, Copy, Default)]
struct Gate {
    open: bool,
    arrived: usize,
}

/// Requests that wait until a test lets them go. Dropping it lets them go too.
#[derive(Debug)]
pub struct Held {
    gate: Arc<watch::Sender<Gate>>,
}

impl Faults {
    /// From now on requests under `prefix` meet `fault`.
    pub fn set(&self, prefix: impl Into<String>, fault: Fault) {
        self.push(prefix.into(), None, Effect::Fault(fault), None);
    }

    /// From now on requests with `method` under `prefix` meet `fault`.
    pub fn set_method(&self, method: Method, prefix: impl Into<String>, fault: Fault) {
        self.push(prefix.into(), Some(method), Effect::Fault(fault), None);
    }

    /// The next `times` requests under `prefix` meet `fault`.
    pub fn set_times(&self, prefix: impl Into<String>, fault: Fault, times: usize) {
        self.push(prefix.into(), None, Effect::Fault(fault), Some(times));
    }

    /// Requests under `prefix` wait, and are answered as usual once the returned value releases them.
    pub fn hold(&self, prefix: impl Into<String>) -> Held {
        let gate = Arc::new(watch::Sender::new(Gate::default()));
        self.push(prefix.into(), None, Effect::Hold(Arc::clone(&gate)), None);
        Held { gate }
    }

    /// Requests under `prefix` that come while another is answered fail, as those do that meet in Nextcloud's database
    /// when that is `SQLite`.
    pub fn one_at_a_time(&self, prefix: impl Into<String>) {
        let place = Arc::new(Semaphore::new(1));
        self.push(prefix.into(), None, Effect::OneAtATime(place), None);
    }

    /// Takes away the faults that were set for exactly this prefix.
    pub fn clear(&self, prefix: &str) {
        self.rules().retain(|rule| rule.prefix != prefix);
    }

    /// Takes away every fault.
    pub fn clear_all(&self) {
        self.rules().clear();
    }

    fn push(&self, prefix: String, method: Option<Method>, effect: Effect, remaining: Option<usize>) {
        self.rules().push(Rule {
            prefix,
            method,
            effect,
            remaining,
        });
    }

    fn take(&self, method: &Method, path: &str) -> Option<Effect> {
        let mut rules = self.rules();
        let found = rules
            .iter()
            .rposition(|rule| rule.is_for(method, path) && !rule.is_over())?;
        let effect = rules[found].effect.clone();
        if let Some(remaining) = &mut rules[found].remaining {
            *remaining -= 1;
        }
        rules.retain(|rule| !rule.is_over());
        Some(effect)
    }

    fn rules(&self) -> std::sync::MutexGuard<'_, Vec<Rule>> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rule {
    fn is_for(&self, method: &Method, path: &str) -> bool {
        path.starts_with(&self.prefix) && self.method.as_ref().is_none_or(|only| only == method)
    }

    fn is_over(&self) -> bool {
        self.remaining == Some(0) || matches!(&self.effect, Effect::Hold(gate) if gate.borrow().open)
    }
}

impl Held {
    /// Waits until `count` requests have arrived here.
    pub async fn arrived(&self, count: usize) {
        // The sender lives in `self`, so the wait cannot fail.
        let _ = self.gate.subscribe().wait_for(|gate| gate.arrived >= count).await;
    }

    /// How many requests have arrived here so far.
    pub fn waiting(&self) -> usize {
        self.gate.borrow().arrived
    }

    /// Lets the waiting requests go, and every later one pass.
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gate.send_modify(|gate| gate.open = true);
    }
}

/// Middleware: the fault of this path, if there is one.
pub(crate) async fn apply(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let effect = state.faults().take(request.method(), request.uri().path());
    match effect {
        None => next.run(request).await,
        Some(Effect::Hold(gate)) => {
            gate.send_modify(|gate| gate.arrived += 1);
            let _ = gate.subscribe().wait_for(|gate| gate.open).await;
            next.run(request).await
        }
        Some(Effect::OneAtATime(place)) => match place.try_acquire() {
            Ok(_place) => {
                tokio::time::sleep(AT_THE_DATABASE).await;
                next.run(request).await
            }
            Err(_) => locked(request.uri().path()),
        },
        Some(Effect::Fault(Fault::Delay(delay))) => {
            tokio::time::sleep(delay).await;
            next.run(request).await
        }
        Some(Effect::Fault(fault)) => fault.into_response(),
    }
}

/// The answer to a request that met another one in the database.
fn locked(path: &str) -> Response {
    if path.starts_with("/remote.php") {
        let message = "OC\\DB\\Exceptions\\DbalException: An exception occurred while executing a query: \
                       SQLSTATE[HY000]: General error: 5 database is locked";
        return DavError::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", message).into_response();
    }
    pages::error(StatusCode::INTERNAL_SERVER_ERROR)
}

impl Fault {
    fn into_response(self) -> Response {
        match self {
            Self::Status(status) => {
                let mut response = pages::error(status);
                if status == StatusCode::SERVICE_UNAVAILABLE {
                    response
                        .headers_mut()
                        .insert(header::RETRY_AFTER, HeaderValue::from_static("120"));
                }
                response
            }
            Self::Html => pages::plain(StatusCode::OK, "Nextcloud", "<h2>Nextcloud</h2>"),
            // A delay has no answer of its own: `apply` waits and asks the router.
            Self::Empty | Self::Delay(_) => reply::empty(StatusCode::OK),
            Self::Answer {
                status,
                content_type,
                body,
            } => reply::text(status, content_type, body),
            Self::Close => close_connection(),
        }
    }
}

/// Ends the task that serves this connection, and with it the connection, before anything is sent. Resuming an
/// unwinding, unlike panicking, prints nothing.
fn close_connection() -> ! {
    std::panic::resume_unwind(Box::new("a fault closed the connection"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_fault_that_fits_is_taken_as_often_as_it_was_set() {
        let faults = Faults::default();
        faults.set("/", Fault::Close);
        faults.set_times("/apps/notes", Fault::Html, 1);
        assert!(matches!(
            faults.take(&Method::GET, "/apps/notes/api/v1/notes"),
            Some(Effect::Fault(Fault::Html))
        ));
        assert!(matches!(
            faults.take(&Method::GET, "/apps/notes/api/v1/notes"),
            Some(Effect::Fault(Fault::Close))
        ));
        faults.set_method(Method::PUT, "/apps", Fault::Empty);
        assert!(matches!(
            faults.take(&Method::GET, "/apps/notes"),
            Some(Effect::Fault(Fault::Close))
        ));
        faults.clear("/");
        assert!(faults.take(&Method::GET, "/apps/notes/api/v1/notes").is_none());
    }

    #[tokio::test]
    async fn a_hold_ends_when_its_handle_goes() {
        let faults = Faults::default();
        let held = faults.hold("/ocs");
        assert!(matches!(
            faults.take(&Method::GET, "/ocs/v2.php"),
            Some(Effect::Hold(_))
        ));
        held.release();
        assert!(faults.take(&Method::GET, "/ocs/v2.php").is_none());
    }
}
