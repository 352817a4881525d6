//! PHP sessions: what the login form leaves in the browser, and what every authenticated API request leaves too.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::extract::FromRequestParts;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, header};
use subtle::ConstantTimeEq as _;

use crate::login_flow::FlowInBrowser;
use crate::oidc::AuthorizationRequest;
use crate::state::lock;
use crate::{AppState, random};

/// The session cookie. A real one is named after the instance id.
const COOKIE: &str = "ocsandbox001";
/// Sessions of browsers kept at a time.
const BROWSERS: usize = 4096;
/// Sessions left behind by API requests kept at a time: few, as nobody comes back for them.
const LEFT_BEHIND: usize = 256;

/// What one browser is known by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Session {
    /// The user id, once logged in.
    pub(crate) uid: Option<String>,
    /// When the login form was passed, in Unix seconds.
    pub(crate) logged_in_at: u64,
    /// The authorization request that sent the browser through the login form or the consent page.
    pub(crate) authorization: Option<AuthorizationRequest>,
    /// Whether that request waits for the user's consent.
    pub(crate) consent_pending: bool,
    /// The Login Flow v2 the browser is in.
    pub(crate) login_flow: Option<FlowInBrowser>,
    request_token: [u8; 32],
}

/// All sessions, by cookie value.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    known: HashMap<String, Session>,
    browsers: VecDeque<String>,
    left_behind: VecDeque<String>,
}

impl Sessions {
    pub(crate) fn get(&self, id: &str) -> Option<&Session> {
        self.known.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Session> {
        self.known.get_mut(id)
    }

    /// A new session of a browser.
    pub(crate) fn open(&mut self) -> String {
        let id = self.insert(None, 0);
        self.browsers.push_back(id.clone());
        Self::bound(&mut self.browsers, BROWSERS, &mut self.known);
        id
    }

    /// The session that a request with its own credentials leaves behind.
    pub(crate) fn leave_behind(&mut self, uid: &str, now: u64) -> String {
        let id = self.insert(Some(uid.to_owned()), now);
        self.left_behind.push_back(id.clone());
        Self::bound(&mut self.left_behind, LEFT_BEHIND, &mut self.known);
        id
    }

    /// Logs a session's browser in under a new cookie value, keeping what the session held.
    pub(crate) fn log_in(&mut self, id: &str, uid: &str, now: u64) -> String {
        let mut session = self.known.remove(id).unwrap_or_default();
        session.uid = Some(uid.to_owned());
        session.logged_in_at = now;
        session.request_token = random::bytes();
        let new = self.open();
        self.known.insert(new.clone(), session);
        new
    }

    pub(crate) fn close(&mut self, id: &str) {
        self.known.remove(id);
    }

    fn insert(&mut self, uid: Option<String>, now: u64) -> String {
        let id = random::alphanumeric(32);
        self.known.insert(
            id.clone(),
            Session {
                uid,
                logged_in_at: now,
                request_token: random::bytes(),
                ..Session::default()
            },
        );
        id
    }

    fn bound(order: &mut VecDeque<String>, limit: usize, sessions: &mut HashMap<String, Session>) {
        while order.len() > limit {
            if let Some(oldest) = order.pop_front() {
                sessions.remove(&oldest);
            }
        }
    }
}

impl Session {
    /// The token for forms and scripts: masked anew each time, `base64(token xor mask):base64(mask)`.
    pub(crate) fn request_token(&self) -> String {
        let mask: [u8; 32] = random::bytes();
        format!(
            "{}:{}",
            STANDARD.encode(xor(&self.request_token, &mask)),
            STANDARD.encode(mask)
        )
    }

    /// Whether a form or script sent the token back.
    pub(crate) fn accepts(&self, masked: &str) -> bool {
        let decode = |part: &str| {
            STANDARD
                .decode(part)
                .ok()
                .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        };
        masked
            .split_once(':')
            .and_then(|(token, mask)| Some(xor(&decode(token)?, &decode(mask)?)))
            .is_some_and(|token| token.ct_eq(&self.request_token).into())
    }
}

fn xor(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    std::array::from_fn(|index| left[index] ^ right[index])
}

/// The session of the request at hand: the one its cookie names, or one a handler opens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visit(Arc<Mutex<Option<String>>>);

impl Visit {
    /// The visit of the session that the request's cookie names, if it is known.
    pub(crate) fn of(state: &AppState, headers: &HeaderMap) -> Self {
        let id = cookie(headers, COOKIE).filter(|id| state.sessions().get(id).is_some());
        Self(Arc::new(Mutex::new(id)))
    }

    /// The session, if there is one.
    pub(crate) fn session(&self, state: &AppState) -> Option<Session> {
        let id = lock(&self.0).clone()?;
        state.sessions().get(&id).cloned()
    }

    /// The session, opened if need be.
    pub(crate) fn open(&self, state: &AppState) -> Session {
        self.change(state, |session| session.clone())
    }

    /// Changes the session, opened if need be.
    pub(crate) fn change<T>(&self, state: &AppState, change: impl FnOnce(&mut Session) -> T) -> T {
        let mut id = lock(&self.0);
        let mut sessions = state.sessions();
        let known = id
            .take()
            .filter(|id| sessions.get(id).is_some())
            .unwrap_or_else(|| sessions.open());
        let mut fallback = Session::default();
        let changed = change(sessions.get_mut(&known).unwrap_or(&mut fallback));
        *id = Some(known);
        changed
    }

    /// Logs the browser in.
    pub(crate) fn log_in(&self, state: &AppState, uid: &str) {
        let now = state.clock().unix();
        let mut id = lock(&self.0);
        let old = id.take().unwrap_or_default();
        *id = Some(state.sessions().log_in(&old, uid, now));
    }

    /// Ends the session.
    pub(crate) fn close(&self, state: &AppState) {
        if let Some(id) = lock(&self.0).take() {
            state.sessions().close(&id);
        }
    }

    /// Leaves the session of a request that came with its own credentials, unless its cookie already is that user's.
    pub(crate) fn leave_behind(&self, state: &AppState, uid: &str) {
        let now = state.clock().unix();
        let mut id = lock(&self.0);
        let mut sessions = state.sessions();
        let known = id
            .as_deref()
            .and_then(|id| sessions.get(id))
            .is_some_and(|session| session.uid.as_deref() == Some(uid));
        if !known {
            *id = Some(sessions.leave_behind(uid, now));
        }
    }

    /// Sets the cookies of a session that the browser does not have yet.
    pub(crate) fn set_cookies(&self, request: &HeaderMap, response: &mut Response) {
        let Some(id) = lock(&self.0).clone() else { return };
        if cookie(request, COOKIE).as_deref() == Some(id.as_str()) {
            return;
        }
        let cookies = [
            format!("{COOKIE}={id}; path=/; HttpOnly; SameSite=Lax"),
            "nc_sameSiteCookielax=true; path=/; httponly; SameSite=lax".to_owned(),
            "nc_sameSiteCookiestrict=true; path=/; httponly; SameSite=strict".to_owned(),
        ];
        for cookie in cookies {
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
        }
    }
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Whether a request from a browser came from Nextcloud's own pages: with a session cookie, the strict same-site
/// cookie must be there as well.
pub(crate) fn is_same_site(headers: &HeaderMap) -> bool {
    cookie(headers, COOKIE).is_none() || cookie(headers, "nc_sameSiteCookiestrict").as_deref() == Some("true")
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_token_is_accepted_by_its_session_only() {
        let mut sessions = Sessions::default();
        let (one, other) = (sessions.open(), sessions.open());
        let token = sessions.get(&one).unwrap().request_token();
        assert!(sessions.get(&one).unwrap().accepts(&token));
        assert!(!sessions.get(&other).unwrap().accepts(&token));
        assert!(!sessions.get(&one).unwrap().accepts("nonsense"));
        assert!(!sessions.get(&one).unwrap().accepts("AAAA:AAAA"));
    }

    #[test]
    fn logging_in_changes_the_cookie() {
        let mut sessions = Sessions::default();
        let visitor = sessions.open();
        let user = sessions.log_in(&visitor, "alice", 7);
        assert!(sessions.get(&visitor).is_none());
        assert_eq!(sessions.get(&user).unwrap().uid.as_deref(), Some("alice"));
    }

    #[test]
    fn sessions_left_behind_are_bounded() {
        let mut sessions = Sessions::default();
        let browser = sessions.open();
        for _ in 0..2 * LEFT_BEHIND {
            sessions.leave_behind("alice", 0);
        }
        assert_eq!(sessions.known.len(), LEFT_BEHIND + 1);
        assert!(sessions.get(&browser).is_some());
    }
}
