//! A sandbox and whoever asks it, for the tests of its apps.

use http::StatusCode;
use serde_json::Value;

use crate::{Sandbox, SandboxOptions, User};

/// A sandbox of one test.
pub(crate) struct TestClient {
    pub(crate) sandbox: Sandbox,
    http: reqwest::Client,
}

impl TestClient {
    pub(crate) async fn start(options: SandboxOptions) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        #[expect(
            clippy::disallowed_methods,
            reason = "the sandbox does not depend on the crate that makes our clients"
        )]
        let http = reqwest::Client::new();
        Self { sandbox, http }
    }

    /// Sends a request as `user`, by Basic Auth. Gives the status and the body: as JSON, or as text where it is none.
    pub(crate) async fn send(&self, method: &str, path: &str, user: &User, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = self
            .http
            .request(method.parse().unwrap(), format!("{}{path}", self.sandbox.url()))
            .basic_auth(&user.uid, Some(&user.password))
            .header("OCS-APIRequest", "true");
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}
