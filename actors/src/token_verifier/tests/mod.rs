//! The verifier against a stub provider on a local port. The clock is the test's.

mod asking;
mod discovery;
mod forged;
mod id_tokens;
mod keys;
mod properties;
mod stub;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;

use self::keys::SigningKey;
use self::stub::Stub;
use super::{OwnClient, ProviderOptions, Rejection, TokenVerifier, VerifierOptions};
use crate::clock::ManualClock;
use crate::http::{ClientOptions, client};
use crate::oidc::ClientCredentials;
use crate::principal::Principal;

const NOW: u64 = 1_795_221_156;
const CLIENT_ID: &str = "our-client";
const CLIENT_SECRET: &str = "our-secret";
const RESOURCE: &str = "https://mcp.example/mcp";

/// A verifier, its provider and its clock.
struct Bench {
    stub: Stub,
    clock: Arc<ManualClock>,
    verifier: TokenVerifier,
}

impl Bench {
    /// A verifier whose provider publishes `keys`.
    async fn with_keys(keys: &[&SigningKey]) -> Self {
        let stub = Stub::start().await;
        stub.publish(keys);
        Self::new(stub, |_| {}).await
    }

    async fn new(stub: Stub, configure: impl FnOnce(&mut VerifierOptions)) -> Self {
        let bench = Self::unready(stub, configure).await;
        let mut provider = bench.verifier.provider();
        provider.wait_for(Option::is_some).await.unwrap();
        bench
    }

    /// Does not wait until the provider is found.
    async fn unready(stub: Stub, configure: impl FnOnce(&mut VerifierOptions)) -> Self {
        let clock = ManualClock::at(NOW);
        let mut provider = ProviderOptions::new(Url::parse(&stub.issuer()).unwrap());
        provider.backoff_base = Duration::from_millis(1);
        provider.backoff_max = Duration::from_millis(5);
        let http = client(&ClientOptions::default()).unwrap();
        let mut options = VerifierOptions::new(http, Arc::<ManualClock>::clone(&clock), provider, RESOURCE);
        options.known_scopes = vec!["notes:read".to_owned(), "notes:write".to_owned()];
        configure(&mut options);
        let verifier = TokenVerifier::new(options);
        verifier.use_clients(our_client());
        verifier.spawn(None).await.unwrap();
        Self { stub, clock, verifier }
    }

    async fn verify(&self, token: &str) -> Result<Arc<Principal>, Rejection> {
        self.verifier.verify(&SecretString::from(token)).await
    }

    /// Why a token is refused.
    async fn reason(&self, token: &str) -> &'static str {
        match self.verify(token).await {
            Ok(principal) => panic!("accepted: {principal:?}"),
            Err(rejection) => rejection.reason(),
        }
    }

    /// The claims of a good token, as Nextcloud 32 with oidc 2.0.9 issues them.
    fn claims(&self) -> Value {
        json!({
            "iss": self.stub.issuer(), "sub": "alice", "aud": RESOURCE, "exp": NOW + 3600, "iat": NOW, "acr": "0",
            "client_id": "inspector", "azp": "inspector", "preferred_username": "alice",
            "scope": "openid profile notes:read", "jti": "2",
        })
    }

    /// Those claims with some changed; null takes one away.
    fn claims_with(&self, changes: &Value) -> Value {
        let mut claims = self.claims();
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        claims
    }
}

fn our_client() -> Arc<dyn OwnClient> {
    Arc::new(ClientCredentials {
        client_id: CLIENT_ID.into(),
        client_secret: Some(CLIENT_SECRET.into()),
    })
}
