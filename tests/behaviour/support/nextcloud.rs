//! The Nextcloud under test.

use nextcloud_sandbox::{Sandbox, SandboxOptions};
use serde_json::Value;
use tokio::sync::{Mutex, MutexGuard};

/// Held by the test that uses the real Nextcloud. All tests share its two accounts, and where its database is `SQLite`,
/// programs that log in at once are answered with "database is locked".
static TURN: Mutex<()> = Mutex::const_new(());

/// An account.
#[derive(Debug, Clone)]
pub struct TestUser {
    pub name: String,
    pub password: String,
}

/// The sandbox, or a real Nextcloud when `LIVE_NEXTCLOUD_URL`, `LIVE_NEXTCLOUD_USER`, `LIVE_NEXTCLOUD_PASSWORD` and the
/// second user's `…_USER2`, `…_PASSWORD2` are set.
pub struct TestNextcloud {
    pub url: String,
    pub user: TestUser,
    pub other: TestUser,
    behind: Behind,
}

/// What answers.
enum Behind {
    /// Steered by the test.
    Sandbox(Sandbox),
    /// Real, and nobody else's for as long as this is held.
    Real(#[expect(dead_code, reason = "held, not read")] MutexGuard<'static, ()>),
}

impl TestNextcloud {
    /// The Nextcloud that the environment names, or a sandbox of its own.
    pub async fn start() -> Self {
        match live().await {
            Some(nextcloud) => nextcloud,
            None => Self::sandbox(SandboxOptions::new()).await,
        }
    }

    /// A sandbox, even if the environment names a real one: for tests that break things.
    pub async fn sandbox(options: SandboxOptions) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        let user = |user: nextcloud_sandbox::User| TestUser {
            name: user.uid,
            password: user.password,
        };
        Self {
            url: sandbox.url().to_owned(),
            user: user(nextcloud_sandbox::User::alice()),
            other: user(nextcloud_sandbox::User::bob()),
            behind: Behind::Sandbox(sandbox),
        }
    }

    /// Asks Nextcloud itself, as another program of `user` would: for what no tool does. Below `/index.php/apps`.
    pub async fn ask(&self, user: &TestUser, method: &str, path: &str, body: &Value) -> Value {
        let response = super::http_client()
            .request(method.parse().unwrap(), format!("{}/index.php/apps{path}", self.url))
            .basic_auth(&user.name, Some(&user.password))
            .header("OCS-APIRequest", "true")
            .json(body)
            .send()
            .await
            .unwrap();
        assert!(response.status().is_success(), "{method} {path}: {}", response.status());
        response.json().await.unwrap()
    }

    /// Whether this is a real Nextcloud.
    pub fn is_live(&self) -> bool {
        matches!(self.behind, Behind::Real(_))
    }

    /// The sandbox behind it.
    ///
    /// # Panics
    ///
    /// When it is a real Nextcloud: only tests that asked for a sandbox may steer it.
    pub fn state(&self) -> &nextcloud_sandbox::AppState {
        match &self.behind {
            Behind::Sandbox(sandbox) => sandbox.state(),
            Behind::Real(_) => panic!("a real Nextcloud cannot be steered"),
        }
    }
}

async fn live() -> Option<TestNextcloud> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let url = variable("LIVE_NEXTCLOUD_URL")?;
    let needed = |name: &str| variable(name).unwrap_or_else(|| panic!("LIVE_NEXTCLOUD_URL needs {name}"));
    let user = |name: &str, password: &str| TestUser {
        name: needed(name),
        password: needed(password),
    };
    Some(TestNextcloud {
        url: url.trim_end_matches('/').to_owned(),
        user: user("LIVE_NEXTCLOUD_USER", "LIVE_NEXTCLOUD_PASSWORD"),
        other: user("LIVE_NEXTCLOUD_USER2", "LIVE_NEXTCLOUD_PASSWORD2"),
        behind: Behind::Real(TURN.lock().await),
    })
}
