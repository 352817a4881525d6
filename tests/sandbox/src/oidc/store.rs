//! What the `oidc` app remembers.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use super::client::Client;
use super::jwks::SigningKey;
use crate::random;

/// How long a user's consent is kept.
const CONSENT_LIFETIME: Duration = Duration::from_hours(90 * 24);

/// How many registration tokens of deleted clients are remembered.
const FORMER_REGISTRATIONS: usize = 1024;

/// How many rows are kept; the oldest go first.
const ROWS: usize = 16_384;

/// The app's tables.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(super) key: SigningKey,
    clients: HashMap<String, Client>,
    rows: BTreeMap<u64, Row>,
    by_access_token: HashMap<String, u64>,
    last_row: u64,
    /// By user id and client id.
    consents: HashMap<(String, String), Consent>,
    last_consent: u64,
    /// The numbers of the clients' rows: the consent API calls clients by them.
    client_numbers: HashMap<String, u64>,
    last_client: u64,
    /// Registration tokens of deleted clients: they are refused in other words than unknown ones.
    former_registrations: VecDeque<String>,
}

/// One authorization, from its code to its last refresh. Times are Unix seconds.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) id: u64,
    pub(super) client_id: String,
    pub(super) uid: String,
    pub(super) scope: String,
    pub(super) resource: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) challenge: Option<Challenge>,
    /// When the user logged in.
    pub(super) created: u64,
    /// When the code was made, or, after an exchange, that moment *plus* the lifetime: which is why tokens live twice
    /// as long as they say.
    pub(super) refreshed: u64,
    pub(super) code: String,
    pub(super) access_token: Option<String>,
    pub(super) refresh_token: Option<String>,
}

/// PKCE (RFC 7636).
#[derive(Debug, Clone)]
pub(super) struct Challenge {
    pub(super) value: String,
    pub(super) plain: bool,
}

/// What a user allowed a client. Times are Unix seconds.
#[derive(Debug, Clone)]
pub(super) struct Consent {
    pub(super) id: u64,
    requested: String,
    pub(super) granted: String,
    pub(super) created: u64,
    pub(super) updated: u64,
}

impl Store {
    /// The client with this id. Expired ones are gone.
    pub(super) fn client(&mut self, id: &str, now: u64) -> Option<&Client> {
        self.drop_expired_clients(now);
        self.clients.get(id)
    }

    pub(super) fn client_mut(&mut self, id: &str) -> Option<&mut Client> {
        self.clients.get_mut(id)
    }

    pub(super) fn clients(&self) -> impl Iterator<Item = &Client> {
        self.clients.values()
    }

    pub(super) fn insert_client(&mut self, client: Client) {
        self.last_client += 1;
        self.client_numbers.insert(client.id.clone(), self.last_client);
        self.clients.insert(client.id.clone(), client);
    }

    /// Deletes a client with its tokens and consents. False when there was none.
    pub(super) fn delete_client(&mut self, id: &str) -> bool {
        self.delete_rows(|row| row.client_id == id);
        self.consents.retain(|(_, client_id), _| client_id != id);
        self.client_numbers.remove(id);
        let Some(client) = self.clients.remove(id) else {
            return false;
        };
        let tokens = client.registration.into_iter();
        let tokens = tokens.flat_map(|it| std::iter::once(it.current).chain(it.previous.map(|(token, _)| token)));
        self.former_registrations.extend(tokens);
        while self.former_registrations.len() > FORMER_REGISTRATIONS {
            self.former_registrations.pop_front();
        }
        true
    }

    /// Whether this was the registration token of a client that is gone.
    pub(super) fn was_registration_token(&self, token: &str) -> bool {
        self.former_registrations.iter().any(|former| former == token)
    }

    fn drop_expired_clients(&mut self, now: u64) {
        let is_over = |client: &Client| client.expires_at.is_some_and(|expires_at| now > expires_at);
        let expired: Vec<String> = self
            .clients()
            .filter(|client| is_over(client))
            .map(|it| it.id.clone())
            .collect();
        for id in expired {
            self.delete_client(&id);
        }
    }

    /// Inserts a row under a new id, with a new code, and returns the code.
    pub(super) fn insert_row(&mut self, mut row: Row) -> String {
        self.last_row += 1;
        row.id = self.last_row;
        row.code = random::alphanumeric(128);
        let code = row.code.clone();
        self.rows.insert(row.id, row);
        if self.rows.len() > ROWS
            && let Some((_, oldest)) = self.rows.pop_first()
            && let Some(token) = oldest.access_token
        {
            self.by_access_token.remove(&token);
        }
        code
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    pub(super) fn row_of_code(&self, code: &str) -> Option<&Row> {
        self.rows().find(|row| row.code == code)
    }

    pub(super) fn row_of_refresh_token(&self, token: &str) -> Option<&Row> {
        self.rows().find(|row| row.refresh_token.as_deref() == Some(token))
    }

    pub(super) fn row_of_access_token(&self, token: &str) -> Option<&Row> {
        self.rows.get(self.by_access_token.get(token)?)
    }

    /// Writes a row back after an exchange; its former access token is no longer found.
    pub(super) fn update_row(&mut self, row: Row) {
        if let Some(old) = self.rows.get(&row.id).and_then(|row| row.access_token.as_ref()) {
            self.by_access_token.remove(old);
        }
        if let Some(token) = &row.access_token {
            self.by_access_token.insert(token.clone(), row.id);
        }
        self.rows.insert(row.id, row);
    }

    pub(super) fn delete_row(&mut self, id: u64) {
        self.delete_rows(|row| row.id == id);
    }

    pub(super) fn delete_rows(&mut self, matches: impl Fn(&Row) -> bool) {
        let by_access_token = &mut self.by_access_token;
        self.rows.retain(|_, row| {
            let deleted = matches(row);
            if let Some(token) = row.access_token.as_ref().filter(|_| deleted) {
                by_access_token.remove(token);
            }
            !deleted
        });
    }

    /// The scopes a user granted this client when it asked for exactly this.
    pub(super) fn consent(&self, uid: &str, client_id: &str, requested: &str, now: u64) -> Option<&str> {
        let consent = self.consents.get(&(uid.to_owned(), client_id.to_owned()))?;
        let same = consent.requested == requested || consent.granted == requested;
        (same && now <= consent.updated + CONSENT_LIFETIME.as_secs()).then_some(consent.granted.as_str())
    }

    pub(super) fn keep_consent(&mut self, uid: &str, client_id: &str, requested: String, granted: String, now: u64) {
        self.last_consent += 1;
        let consent = self
            .consents
            .entry((uid.to_owned(), client_id.to_owned()))
            .or_insert(Consent {
                id: self.last_consent,
                requested: String::new(),
                granted: String::new(),
                created: now,
                updated: now,
            });
        consent.requested = requested;
        consent.granted = granted;
        consent.updated = now;
    }

    /// A user's consents with the client and the number of its row, in the order of the clients.
    pub(super) fn consents_of(&self, uid: &str) -> Vec<(u64, &Client, &Consent)> {
        let of_user = self.consents.iter().filter(|((owner, _), _)| owner == uid);
        let mut consents: Vec<_> = of_user
            .filter_map(|((_, client_id), consent)| {
                let client = self.clients.get(client_id)?;
                Some((*self.client_numbers.get(client_id)?, client, consent))
            })
            .collect();
        consents.sort_by_key(|(number, ..)| *number);
        consents
    }

    /// Takes back what a user allowed the client with this row number, and its tokens. False when there was nothing.
    pub(super) fn revoke_consent(&mut self, uid: &str, number: u64) -> bool {
        let mut numbers = self.client_numbers.iter();
        let Some(client_id) = numbers.find(|(_, it)| **it == number).map(|(id, _)| id.clone()) else {
            return false;
        };
        self.delete_rows(|row| row.uid == uid && row.client_id == client_id);
        self.consents.remove(&(uid.to_owned(), client_id)).is_some()
    }
}

impl Row {
    /// The moment until which the access token works, given the configured lifetime.
    pub(super) fn works_until(&self, lifetime: Duration) -> u64 {
        self.refreshed + lifetime.as_secs()
    }
}
