//! Everything a sandbox remembers.

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::apps::DisabledApps;
use crate::calendars::{self, Calendars};
use crate::clock::Clock;
use crate::contacts::{self, AddressBooks};
use crate::cookbook::{self, Cookbook};
use crate::deck::{self, Deck};
use crate::faults::Faults;
use crate::files::{self, Files};
use crate::login_flow::LoginFlows;
use crate::notes::{self, Notes};
use crate::oidc::{self, OidcAdmin};
use crate::options::SandboxOptions;
use crate::requests::RequestLog;
use crate::sessions::Sessions;
use crate::sharing::Shares;
use crate::tables::Tables;
use crate::users::{User, Users};

/// The handle on a sandbox's memory: handlers get it from axum, tests from [`Sandbox::state`](crate::Sandbox::state).
/// Clones share the same memory. No lock is ever held over an await.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Memory>);

#[derive(Debug)]
struct Memory {
    options: SandboxOptions,
    faults: Faults,
    disabled_apps: DisabledApps,
    requests: RequestLog,
    users: Mutex<Users>,
    sessions: Mutex<Sessions>,
    oidc: Mutex<oidc::Store>,
    login_flows: Mutex<LoginFlows>,
    notes: Mutex<Notes>,
    calendars: Mutex<Calendars>,
    cookbook: Mutex<Cookbook>,
    tables: Mutex<Tables>,
    files: Mutex<Files>,
    shares: Mutex<Shares>,
    deck: Mutex<Deck>,
    address_books: Mutex<AddressBooks>,
}

impl AppState {
    pub(crate) fn new(options: SandboxOptions) -> Self {
        let users = Users::new(options.users.clone(), options.clock.unix());
        let (mut notes, mut files, mut deck) = (Notes::default(), Files::default(), Deck::default());
        let (mut cookbook, mut calendars) = (Cookbook::default(), Calendars::default());
        let mut address_books = AddressBooks::default();
        if options.seed {
            let uids: Vec<&str> = options.users.iter().map(|user| user.uid.as_str()).collect();
            notes::seed(&mut notes, &uids, options.clock.unix());
            calendars::seed(&mut calendars, &uids, options.clock.unix());
            cookbook::seed(&mut cookbook, &uids, options.clock.unix());
            files::seed(&mut files, &uids, options.clock.unix());
            deck::seed(&mut deck, &uids, options.clock.unix());
            contacts::seed(&mut address_books, &uids, options.clock.unix());
        }
        Self(Arc::new(Memory {
            options,
            faults: Faults::default(),
            disabled_apps: DisabledApps::default(),
            requests: RequestLog::default(),
            users: Mutex::new(users),
            sessions: Mutex::default(),
            oidc: Mutex::default(),
            login_flows: Mutex::default(),
            notes: Mutex::new(notes),
            calendars: Mutex::new(calendars),
            cookbook: Mutex::new(cookbook),
            tables: Mutex::default(),
            files: Mutex::new(files),
            shares: Mutex::default(),
            deck: Mutex::new(deck),
            address_books: Mutex::new(address_books),
        }))
    }

    /// The time, which tests can move.
    pub fn clock(&self) -> &Clock {
        &self.0.options.clock
    }

    /// The same in Unix seconds with a sign, as apps store it beside times that clients chose.
    pub(crate) fn now(&self) -> i64 {
        i64::try_from(self.clock().unix()).unwrap_or(i64::MAX)
    }

    /// The faults that requests meet.
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// The apps that are disabled.
    pub fn disabled_apps(&self) -> &DisabledApps {
        &self.0.disabled_apps
    }

    /// How often each path was asked for.
    pub fn requests(&self) -> &RequestLog {
        &self.0.requests
    }

    /// The account with this user id.
    pub fn user(&self, uid: &str) -> Option<Arc<User>> {
        self.users().get(uid)
    }

    /// Creates an app password, as the user's settings page does.
    pub fn create_app_password(&self, uid: &str) -> String {
        self.users().create_app_password(uid)
    }

    /// The app passwords a user has, in no order.
    pub fn app_passwords(&self, uid: &str) -> Vec<String> {
        self.users().app_passwords_of(uid)
    }

    /// The `oidc` app, for what an administrator does to it.
    pub fn oidc_admin(&self) -> OidcAdmin {
        OidcAdmin::new(self.clone())
    }

    /// A fingerprint of all that the apps have stored: the same before and after means that nothing changed.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Hashing(Sha256::new());
        // Hashing cannot fail, and derived `Debug` has no errors of its own. One lock at a time: handlers hold two.
        let _ = write!(hash, "{:?}", self.notes());
        let _ = write!(hash, "{:?}", self.calendars());
        let _ = write!(hash, "{:?}", self.address_books());
        let _ = write!(hash, "{:?}", self.files());
        let _ = write!(hash, "{:?}", self.shares());
        let _ = write!(hash, "{:?}", self.deck());
        let _ = write!(hash, "{:?}", self.cookbook());
        let _ = write!(hash, "{:?}", self.tables());
        hash.0.finalize().into()
    }

    pub(crate) fn options(&self) -> &SandboxOptions {
        &self.0.options
    }

    pub(crate) fn users(&self) -> MutexGuard<'_, Users> {
        lock(&self.0.users)
    }

    pub(crate) fn login_flows(&self) -> MutexGuard<'_, LoginFlows> {
        lock(&self.0.login_flows)
    }

    pub(crate) fn oidc(&self) -> MutexGuard<'_, oidc::Store> {
        lock(&self.0.oidc)
    }

    pub(crate) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        lock(&self.0.sessions)
    }

    pub(crate) fn calendars(&self) -> MutexGuard<'_, Calendars> {
        lock(&self.0.calendars)
    }

    pub(crate) fn files(&self) -> MutexGuard<'_, Files> {
        lock(&self.0.files)
    }

    pub(crate) fn shares(&self) -> MutexGuard<'_, Shares> {
        lock(&self.0.shares)
    }

    pub(crate) fn address_books(&self) -> MutexGuard<'_, AddressBooks> {
        lock(&self.0.address_books)
    }

    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        lock(&self.0.notes)
    }

    pub(crate) fn cookbook(&self) -> MutexGuard<'_, Cookbook> {
        lock(&self.0.cookbook)
    }

    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        lock(&self.0.tables)
    }

    pub(crate) fn deck(&self) -> MutexGuard<'_, Deck> {
        lock(&self.0.deck)
    }
}

/// What is written into it, hashed.
struct Hashing(Sha256);

impl fmt::Write for Hashing {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

/// A panic in one test's request must not take the others down: what it left is still consistent enough to go on.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
