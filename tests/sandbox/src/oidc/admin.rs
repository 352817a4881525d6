//! What an administrator, or a test, does to the `oidc` app without HTTP.

use super::client::Client;
use super::store::Row;
use super::tokens;
use crate::{AppState, TokenType, random};

/// The `oidc` app of one sandbox: [`AppState::oidc_admin`].
#[derive(Debug, Clone)]
pub struct OidcAdmin(AppState);

/// A client's credentials.
#[derive(Debug, Clone)]
pub struct RegisteredClient {
    /// The client id.
    pub client_id: String,
    /// The client secret.
    pub client_secret: String,
    /// The name users see when asked for consent.
    pub name: String,
    /// When the client goes away, in Unix seconds; `None` is never.
    pub expires_at: Option<u64>,
}

/// One authorization that has been exchanged for tokens.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// The client it was issued to.
    pub client_id: String,
    /// The user it stands for.
    pub uid: String,
    /// Its scopes.
    pub scope: String,
    /// The current access token.
    pub access_token: String,
    /// The current refresh token, with `offline_access`.
    pub refresh_token: Option<String>,
    /// The last second in which the access token works.
    pub works_until: u64,
}

/// Tokens made without a browser.
#[derive(Debug, Clone)]
pub struct IssuedTokens {
    /// The access token, opaque or JWT as the client's are.
    pub access_token: String,
    /// The id token.
    pub id_token: String,
    /// The refresh token, with `offline_access`.
    pub refresh_token: Option<String>,
    /// What the token endpoint would have said.
    pub expires_in: u64,
}

impl OidcAdmin {
    pub(crate) fn new(state: AppState) -> Self {
        Self(state)
    }

    /// Creates a confidential client as the administration page does: it never expires and may ask for any scope.
    pub fn create_client(&self, name: &str, redirect_uris: &[&str], token_type: TokenType) -> RegisteredClient {
        let client = Client {
            id: random::alphanumeric(64),
            secret: random::alphanumeric(64),
            name: name.to_owned(),
            redirect_uris: redirect_uris.iter().map(|uri| (*uri).to_owned()).collect(),
            scope: String::new(),
            token_type,
            resource_url: None,
            application_type: "web".to_owned(),
            signing_alg: "RS256",
            implicit: false,
            issued_at: self.0.clock().unix(),
            expires_at: None,
            registration: None,
        };
        let created = RegisteredClient::from(&client);
        self.0.oidc().insert_client(client);
        created
    }

    /// The clients there are, in no order.
    pub fn clients(&self) -> Vec<RegisteredClient> {
        self.0.oidc().clients().map(RegisteredClient::from).collect()
    }

    /// Deletes a client with its tokens, as the nightly job does to expired ones. False when there was none.
    pub fn delete_client(&self, client_id: &str) -> bool {
        self.0.oidc().delete_client(client_id)
    }

    /// The tokens there are, in no order.
    pub fn tokens(&self) -> Vec<TokenRow> {
        let lifetime = self.0.options().expire_time;
        let of = |row: &Row| {
            Some(TokenRow {
                client_id: row.client_id.clone(),
                uid: row.uid.clone(),
                scope: row.scope.clone(),
                access_token: row.access_token.clone()?,
                refresh_token: row.refresh_token.clone(),
                works_until: row.works_until(lifetime),
            })
        };
        self.0.oidc().rows().filter_map(of).collect()
    }

    /// Takes an access token away, and its refresh token with it. False when nobody knew it.
    pub fn revoke(&self, access_token: &str) -> bool {
        let mut store = self.0.oidc();
        let id = store.row_of_access_token(access_token).map(|row| row.id);
        id.inspect(|id| store.delete_row(*id)).is_some()
    }

    /// Signs with another key from now on; the JWKS document has only the new one, as the app's has.
    pub fn rotate_signing_key(&self) {
        let mut store = self.0.oidc();
        store.key = store.key.next();
    }

    /// Makes tokens for a user as if they had logged in and consented. `issuer` is the sandbox's URL as clients know
    /// it. `None` for an unknown user or client.
    pub fn issue(&self, uid: &str, client_id: &str, scope: &str, issuer: &str) -> Option<IssuedTokens> {
        self.issue_for(uid, client_id, scope, issuer, None)
    }

    /// The same with a `resource` (RFC 8707), which becomes the audience of a JWT.
    pub fn issue_for(
        &self,
        uid: &str,
        client_id: &str,
        scope: &str,
        issuer: &str,
        resource: Option<&str>,
    ) -> Option<IssuedTokens> {
        let now = self.0.clock().unix();
        let mut store = self.0.oidc();
        let code = store.insert_row(Row {
            id: 0,
            client_id: client_id.to_owned(),
            uid: uid.to_owned(),
            scope: scope.to_owned(),
            resource: resource.map(str::to_owned),
            nonce: None,
            challenge: None,
            created: now,
            refreshed: now,
            code: String::new(),
            access_token: None,
            refresh_token: None,
        });
        let row = store.row_of_code(&code)?.clone();
        let id = row.id;
        let made = tokens::renew(&self.0, &mut store, row, issuer);
        if made.is_none() {
            store.delete_row(id);
        }
        made.map(|tokens| IssuedTokens {
            access_token: tokens.access_token,
            id_token: tokens.id_token,
            refresh_token: tokens.refresh_token,
            expires_in: tokens.expires_in,
        })
    }
}

impl From<&Client> for RegisteredClient {
    fn from(client: &Client) -> Self {
        Self {
            client_id: client.id.clone(),
            client_secret: client.secret.clone(),
            name: client.name.clone(),
            expires_at: client.expires_at,
        }
    }
}
