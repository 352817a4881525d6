//! What the calendars hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::{hex, random};

/// The homes of all users.
#[derive(Debug, Default)]
pub(crate) struct Calendars {
    homes: BTreeMap<String, Home>,
}

/// One user's calendars.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) calendars: Vec<Calendar>,
    pub(super) inbox: BTreeMap<String, Object>,
    /// The UIDs of what was deleted from the personal calendar, where they stay taken.
    pub(super) trash: BTreeSet<String>,
}

/// A calendar.
#[derive(Debug, Clone)]
pub(super) struct Calendar {
    pub(super) uri: String,
    pub(super) display_name: String,
    pub(super) description: Option<String>,
    pub(super) color: Option<String>,
    pub(super) timezone: Option<String>,
    pub(super) enabled: Option<String>,
    pub(super) transparent: bool,
    pub(super) components: Vec<String>,
    /// Nextcloud makes it itself: nobody writes to it.
    pub(super) generated: bool,
    pub(super) deleted_at: Option<u64>,
    pub(super) objects: BTreeMap<String, Object>,
    /// Who sees it, too, and whether they may write.
    pub(super) shares: BTreeMap<String, bool>,
    /// The number in its sync token.
    pub(super) version: u64,
    /// Which object changed with which version.
    pub(super) changes: Vec<(u64, String)>,
}

/// A stored calendar object.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) text: String,
    pub(super) etag: String,
    pub(super) modified: u64,
    /// `VEVENT`, `VTODO` or `VJOURNAL`.
    pub(super) component: String,
    pub(super) uid: String,
}

impl Object {
    pub(super) fn new(text: String, component: &str, uid: &str, now: u64) -> Self {
        Self {
            // Nextcloud takes the MD5 of the text; that it changes with the text is what counts.
            etag: hex::encode(&random::bytes::<16>()),
            text,
            modified: now,
            component: component.to_owned(),
            uid: uid.to_owned(),
        }
    }
}

impl Calendar {
    pub(super) fn new(uri: &str, components: &[&str]) -> Self {
        Self {
            uri: uri.to_owned(),
            display_name: uri.to_owned(),
            description: None,
            color: None,
            timezone: None,
            enabled: None,
            transparent: false,
            components: components.iter().map(|name| (*name).to_owned()).collect(),
            generated: false,
            deleted_at: None,
            objects: BTreeMap::new(),
            shares: BTreeMap::new(),
            version: 1,
            changes: Vec::new(),
        }
    }

    /// Notes that an object changed or went.
    pub(super) fn touch(&mut self, name: &str) {
        self.changes.push((self.version, name.to_owned()));
        self.version += 1;
    }

    pub(super) fn token(&self) -> String {
        format!("http://sabre.io/ns/sync/{}", self.version)
    }
}

impl Home {
    fn new() -> Self {
        let mut personal = Calendar::new("personal", &["VEVENT"]);
        "Personal".clone_into(&mut personal.display_name);
        personal.color = Some("#00679e".to_owned());
        let mut birthdays = Calendar::new("contact_birthdays", &["VEVENT"]);
        "Contact birthdays".clone_into(&mut birthdays.display_name);
        birthdays.color = Some("#E9D859".to_owned());
        birthdays.generated = true;
        Self {
            calendars: vec![personal, birthdays],
            inbox: BTreeMap::new(),
            trash: BTreeSet::new(),
        }
    }
}

/// A calendar as one user sees it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Its name in that user's home.
    pub(super) uri: String,
    /// Whose it is.
    pub(super) owner: String,
    pub(super) may_write: bool,
    pub(super) calendar: Calendar,
}

impl Calendars {
    pub(super) fn home(&mut self, uid: &str) -> &mut Home {
        self.homes.entry(uid.to_owned()).or_insert_with(Home::new)
    }

    /// All calendars in a user's home, own and shared, with those in the trash.
    pub(super) fn seen_by(&mut self, uid: &str) -> Vec<Seen> {
        self.home(uid);
        let mut seen = Vec::new();
        for (owner, home) in &self.homes {
            for calendar in &home.calendars {
                let own = owner == uid;
                let share = calendar.shares.get(uid).copied();
                if !own && (share.is_none() || calendar.deleted_at.is_some()) {
                    continue;
                }
                let uri = if own {
                    calendar.uri.clone()
                } else {
                    format!("{}_shared_by_{owner}", calendar.uri)
                };
                seen.push(Seen {
                    uri,
                    owner: owner.clone(),
                    may_write: if own { !calendar.generated } else { share == Some(true) },
                    calendar: calendar.clone(),
                });
            }
        }
        // Own calendars come first.
        seen.sort_by_key(|seen| seen.owner != uid);
        seen
    }

    /// The calendar with this name in a user's home.
    pub(super) fn find(&mut self, uid: &str, uri: &str) -> Option<Seen> {
        self.seen_by(uid).into_iter().find(|seen| seen.uri == uri)
    }

    /// The same, to be changed.
    pub(super) fn find_mut(&mut self, uid: &str, uri: &str) -> Option<&mut Calendar> {
        let seen = self.find(uid, uri)?;
        let home = self.home(&seen.owner);
        home.calendars
            .iter_mut()
            .find(|calendar| calendar.uri == seen.calendar.uri)
    }
}
