//! What is wrong with a configuration, said so that it can be mended.

use std::fmt;

/// One thing that is wrong: where it was set, what is wrong with it, and what to do.
///
/// The value of a secret variable appears in none of the parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The variable, flag or file.
    pub subject: String,
    /// What is wrong with it.
    pub problem: String,
    /// What to do about it.
    pub fix: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}; {}", self.subject, self.problem, self.fix)
    }
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// Never empty.
    pub(super) problems: Vec<Problem>,
    /// What else was noticed: a misspelt name is often why a setting is missing.
    pub(super) notices: Vec<Notice>,
}

impl Problems {
    /// The single problems, in the order of the reference page.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.len() {
            1 => write!(formatter, "the configuration has a problem:")?,
            count => write!(formatter, "the configuration has {count} problems:")?,
        }
        for problem in &self.problems {
            write!(formatter, "\n  {problem}")?;
        }
        if !self.notices.is_empty() {
            write!(formatter, "\nalso noticed:")?;
        }
        for notice in &self.notices {
            write!(formatter, "\n  {notice}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// What is wrong with a value, before it is known where the value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Invalid {
    /// What is wrong with it.
    pub(super) problem: String,
    /// What to do about it.
    pub(super) fix: String,
}

impl Invalid {
    pub(super) fn new(problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            fix: fix.into(),
        }
    }
}

/// Something the operator should know although the server can start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice(pub(super) String);

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
