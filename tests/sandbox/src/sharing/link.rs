//! Tokens and passwords of links.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::random;

/// The passwords that the policy app knows as common, as far as tests try them.
const COMMON: [&str; 4] = ["short", "password", "123456", "secret"];
const LEAST_LENGTH: usize = 10;

/// A token as links have them.
pub(super) fn token() -> String {
    random::alphanumeric(15)
}

/// What the password policy says against a password.
pub(super) fn weakness(password: &str) -> Option<String> {
    let mut faults = Vec::new();
    if COMMON.contains(&password) {
        faults.push("Password is among the 1,000,000 most common ones. Please make it unique.");
    }
    if password.chars().count() < LEAST_LENGTH {
        faults.push("Password needs to be at least 10 characters long.");
    }
    (!faults.is_empty()).then(|| faults.join(" "))
}

/// Something of the form of a password's hash. Nothing checks against it: the sandbox serves no public pages.
pub(super) fn hash() -> String {
    let salt = STANDARD_NO_PAD.encode(random::bytes::<16>());
    let digest = STANDARD_NO_PAD.encode(random::bytes::<32>());
    format!("3|$argon2id$v=19$m=65536,t=4,p=1${salt}${digest}")
}
