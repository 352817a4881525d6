//! Delegated access (Flow 2) at a provider that says what the test wants.

use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::bench::{Bench, now};
use super::provider::changed;
use crate::support::{Departed, come_back};

/// Each user gives this server a grant of its own.
pub const OWN_GRANT: (&str, &str) = ("NEXTCLOUD_TOKEN_PASSTHROUGH", "false");

impl Bench {
    pub async fn delegating() -> Self {
        Self::with(&json!({}), &[OWN_GRANT]).await
    }

    /// A link that the tool gives to `subject`.
    pub async fn link(&self, subject: &str) -> String {
        let mcp = self.client_of(subject);
        let answer = mcp.call("provision_nextcloud_access", json!({})).await.ok();
        let link = answer["provisioning_url"].as_str().unwrap();
        link.replace(&self.public_url, &self.server.url)
    }

    pub async fn depart(&self, subject: &str) -> Departed {
        Departed::through(&self.link(subject).await).await
    }

    /// The claims of a good ID token for a login, with changes.
    pub fn id_claims(&self, departed: &Departed, subject: &str, changes: &Value) -> Value {
        let claims = json!({
            "iss": self.provider.url, "sub": subject, "aud": "us", "azp": "us", "exp": now() + 600, "iat": now(),
            "nonce": departed.asked("nonce"),
        });
        changed(claims, changes)
    }

    /// The address that `subject`, who has logged in and agreed, comes back with.
    pub fn agreed(&self, departed: &Departed, subject: &str, id_token: &str, expires_in: u64) -> Url {
        let code = format!("code-of-{}", departed.asked("state"));
        let tokens = changed(
            self.provider.tokens(subject, expires_in),
            &json!({ "id_token": id_token }),
        );
        self.provider.sell(&code, tokens);
        self.callback(&[("code", &code), ("state", &departed.asked("state"))])
    }

    /// The address of the callback.
    pub fn callback(&self, parameters: &[(&str, &str)]) -> Url {
        let mut url = Url::parse(&format!("{}/oauth/callback", self.server.url)).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        url
    }

    /// An ID token with these claims, honestly signed.
    pub fn id_token(&self, claims: &Value) -> String {
        let header = json!({"typ": "JWT", "alg": "EdDSA", "kid": "k"});
        self.key.token_with(&header, claims)
    }

    pub async fn provision(&self, subject: &str, expires_in: u64) {
        let departed = self.depart(subject).await;
        let id_token = self.id_token(&self.id_claims(&departed, subject, &json!({})));
        let back = self.agreed(&departed, subject, &id_token, expires_in);
        let page = come_back(&back, &departed.cookie).await;
        assert_eq!(page.status(), StatusCode::OK, "{}", page.text().await.unwrap());
    }

    pub async fn is_provisioned(&self, subject: &str) -> bool {
        let mcp = self.client_of(subject);
        mcp.call("check_provisioning_status", json!({})).await.ok()["is_provisioned"] == true
    }
}
