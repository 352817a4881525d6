//! The users of a sandbox and the passwords that open their accounts.

use std::collections::HashMap;
use std::sync::Arc;

use subtle::ConstantTimeEq as _;

use crate::random;

/// A user account.
#[derive(Clone)]
pub struct User {
    /// The user id.
    pub uid: String,
    /// The password of the login form.
    pub password: String,
    /// What the user is called.
    pub display_name: String,
    /// The e-mail address; it is also a login name.
    pub email: String,
}

impl User {
    /// An account named after its id.
    pub fn new(uid: impl Into<String>, password: impl Into<String>) -> Self {
        let uid = uid.into();
        Self {
            password: password.into(),
            display_name: uid.clone(),
            email: format!("{uid}@example.org"),
            uid,
        }
    }

    /// The first demonstration user: `alice`, `alice-demo-password`.
    pub fn alice() -> Self {
        Self {
            display_name: "Alice Liddell".to_owned(),
            ..Self::new("alice", "alice-demo-password")
        }
    }

    /// The second demonstration user: `bob`, `bob-demo-password`.
    pub fn bob() -> Self {
        Self {
            display_name: "Bob Builder".to_owned(),
            ..Self::new("bob", "bob-demo-password")
        }
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("User")
            .field("uid", &self.uid)
            .field("display_name", &self.display_name)
            .field("email", &self.email)
            .finish_non_exhaustive()
    }
}

/// What a basic login was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Secret {
    /// The user's own password.
    Password,
    /// An app password.
    AppPassword,
}

/// Every account and every app password.
#[derive(Debug)]
pub(crate) struct Users {
    accounts: Vec<Arc<User>>,
    app_passwords: HashMap<String, String>,
    last_logins: HashMap<String, u64>,
}

impl Users {
    /// The accounts, all of them last seen at `now`.
    pub(crate) fn new(accounts: Vec<User>, now: u64) -> Self {
        let last_logins = accounts.iter().map(|user| (user.uid.clone(), now)).collect();
        Self {
            accounts: accounts.into_iter().map(Arc::new).collect(),
            app_passwords: HashMap::new(),
            last_logins,
        }
    }

    pub(crate) fn get(&self, uid: &str) -> Option<Arc<User>> {
        self.accounts.iter().find(|user| user.uid == uid).cloned()
    }

    /// The account behind a login name: the user id in any case, or the e-mail address.
    pub(crate) fn by_login(&self, login: &str) -> Option<Arc<User>> {
        self.accounts
            .iter()
            .find(|user| user.uid.eq_ignore_ascii_case(login) || user.email.eq_ignore_ascii_case(login))
            .cloned()
    }

    /// Checks a login name with a password or an app password. An app password opens its own account only.
    pub(crate) fn check(&self, login: &str, secret: &str) -> Option<(Arc<User>, Secret)> {
        let user = self.by_login(login)?;
        if user.password.as_bytes().ct_eq(secret.as_bytes()).into() {
            return Some((user, Secret::Password));
        }
        let owner = self.app_passwords.get(secret)?;
        (*owner == user.uid).then_some((user, Secret::AppPassword))
    }

    /// When the user last passed the login form, in Unix seconds.
    pub(crate) fn last_login(&self, uid: &str) -> u64 {
        self.last_logins.get(uid).copied().unwrap_or_default()
    }

    pub(crate) fn logged_in(&mut self, uid: &str, now: u64) {
        self.last_logins.insert(uid.to_owned(), now);
    }

    /// Creates an app password of 72 characters, as Nextcloud's are.
    pub(crate) fn create_app_password(&mut self, uid: &str) -> String {
        let secret = random::alphanumeric(72);
        self.app_passwords.insert(secret.clone(), uid.to_owned());
        secret
    }

    /// Takes an app password back. False when there was none.
    pub(crate) fn delete_app_password(&mut self, secret: &str) -> bool {
        self.app_passwords.remove(secret).is_some()
    }

    pub(crate) fn app_passwords_of(&self, uid: &str) -> Vec<String> {
        self.app_passwords
            .iter()
            .filter(|(_, owner)| *owner == uid)
            .map(|(secret, _)| secret.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_is_the_uid_in_any_case_or_the_address() {
        let users = Users::new(vec![User::alice(), User::bob()], 0);
        for login in ["alice", "ALICE", "alice@example.org"] {
            let (user, secret) = users.check(login, "alice-demo-password").unwrap();
            assert_eq!((user.uid.as_str(), secret), ("alice", Secret::Password));
        }
        assert!(users.check("bob", "alice-demo-password").is_none());
    }

    #[test]
    fn an_app_password_opens_its_own_account_until_deleted() {
        let mut users = Users::new(vec![User::alice(), User::bob()], 0);
        let secret = users.create_app_password("alice");
        assert_eq!(
            users.check("alice@example.org", &secret).unwrap().1,
            Secret::AppPassword
        );
        assert!(users.check("bob", &secret).is_none());
        assert!(users.delete_app_password(&secret));
        assert!(users.check("alice", &secret).is_none());
    }
}
