//! A browser's session as it is stored.

use serde::{Deserialize, Serialize};

use super::{IDLE, LONGEST};
use crate::credential_vault::Table;
use crate::expiring_store::Expiring;
use crate::principal::Subject;

/// A browser that is logged in. All times are Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrowserSession {
    issuer: String,
    subject: String,
    /// The person's name, for people to read.
    pub name: Option<String>,
    /// When they logged in.
    pub created_at: u64,
    pub(super) used_at: u64,
}

impl BrowserSession {
    pub(super) fn new(subject: &Subject, name: Option<String>, now: u64) -> Self {
        Self {
            issuer: subject.issuer.as_ref().to_owned(),
            subject: subject.subject.as_ref().to_owned(),
            name,
            created_at: now,
            used_at: now,
        }
    }

    /// Who logged in.
    pub fn subject(&self) -> Subject {
        Subject::new(self.issuer.as_str(), self.subject.as_str())
    }
}

impl Expiring for BrowserSession {
    const TABLE: Table = Table::BrowserSessions;

    fn owner(&self) -> Subject {
        self.subject()
    }

    fn expires_at(&self) -> u64 {
        self.created_at.saturating_add(LONGEST)
    }

    fn is_good(&self, now: u64) -> bool {
        now < self.expires_at() && now < self.used_at.saturating_add(IDLE)
    }
}
