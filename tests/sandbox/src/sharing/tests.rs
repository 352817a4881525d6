use std::time::Duration;

use super::*;
use crate::SandboxOptions;
use crate::clock::Clock;

#[test]
fn shares_end_when_their_day_begins() {
    let clock = Clock::new(std::sync::Arc::new(|| {
        std::time::UNIX_EPOCH + Duration::from_secs(1_795_221_063)
    }));
    assert_eq!(expiry::read(&clock, "2026-11-22"), Ok(Some("2026-11-22".to_owned())));
    assert_eq!(expiry::read(&clock, ""), Ok(None));
    for (date, message) in [
        ("2026-11-21", "Expiration date is in the past"),
        ("garbage", "Invalid date. Format must be YYYY-MM-DD"),
    ] {
        assert_eq!(expiry::read(&clock, date), Err(message));
    }
    clock.advance(Duration::from_hours(24));
    assert!(expiry::read(&clock, "2026-11-22").is_err());
}

#[test]
fn a_password_is_judged_by_length_and_fame() {
    assert_eq!(link::weakness("L1nk-pass-w0rd!"), None);
    assert!(link::weakness("short").is_some_and(|said| said.contains("common") && said.contains("10 characters")));
}

#[test]
fn a_share_is_seen_by_its_two_sides_only() {
    let state = AppState::new(SandboxOptions::new());
    let item = items::find(&state, "alice", "/Documents/").expect("everybody has it");
    let share = share::Share {
        id: 0,
        kind: share::USER,
        owner: "alice".to_owned(),
        recipient: Some("bob".to_owned()),
        item,
        permissions: 1,
        created: 0,
        expires: None,
        token: None,
        password: None,
        note: String::new(),
        label: String::new(),
    };
    let id = state.shares().add(share).id.to_string();
    let sees = |uid: &str| state.shares().get(&id, uid).is_some();
    assert!(sees("alice") && sees("bob") && !sees("carol"));
}
