//! What is known about one configuration variable, whatever source its value comes from.

/// One configuration variable of the registry in [`super::variables`].
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// The environment variable; in lower case the key in the settings file.
    pub name: &'static str,
    /// The part of the configuration that it belongs to.
    pub section: Section,
    /// What applies when no source sets it.
    pub fallback: Fallback,
    /// Its meaning in one sentence, for the reference page.
    pub meaning: &'static str,
    /// Whether the value must never be shown.
    pub secret: bool,
    /// The long command-line flag that sets it.
    pub flag: Option<&'static str>,
}

/// What applies when no source sets a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing: what the variable describes is absent.
    Unset,
    /// This value, read as if it had been written down.
    Value(&'static str),
    /// A value that follows from other settings, in words.
    Computed(&'static str),
}

/// The parts of the configuration, in the order of the reference page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// What the server listens on and serves.
    Server,
    /// Which web pages and host names may reach it.
    HttpGuard,
    /// The Nextcloud behind it.
    Nextcloud,
    /// The identity provider and the tokens it issues.
    OAuth,
    /// What is kept on disk.
    Storage,
    /// Logs, traces and metrics.
    Observability,
}

impl Section {
    /// Every section, in the order of the reference page.
    pub const ALL: [Self; 6] = [
        Self::Server,
        Self::HttpGuard,
        Self::Nextcloud,
        Self::OAuth,
        Self::Storage,
        Self::Observability,
    ];

    /// The heading of the section.
    pub fn title(self) -> &'static str {
        match self {
            Self::Server => "Server",
            Self::HttpGuard => "Web pages and host names",
            Self::Nextcloud => "Nextcloud",
            Self::OAuth => "OAuth",
            Self::Storage => "Storage",
            Self::Observability => "Logs, traces and metrics",
        }
    }
}

impl Variable {
    /// A variable without default and flag whose value may be shown.
    pub(super) const fn new(section: Section, meaning: &'static str) -> Self {
        Self {
            name: "",
            section,
            fallback: Fallback::Unset,
            meaning,
            secret: false,
            flag: None,
        }
    }

    /// Applies `value` when no source sets the variable.
    pub(super) const fn default(self, value: &'static str) -> Self {
        Self {
            fallback: Fallback::Value(value),
            ..self
        }
    }

    /// Says in words which value applies when no source sets the variable.
    pub(super) const fn computed(self, description: &'static str) -> Self {
        Self {
            fallback: Fallback::Computed(description),
            ..self
        }
    }

    /// Names the command-line flag.
    pub(super) const fn flag(self, flag: &'static str) -> Self {
        Self {
            flag: Some(flag),
            ..self
        }
    }

    /// Keeps the value out of every message.
    pub(super) const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }
}
