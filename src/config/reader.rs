//! Reads typed values from the sources and gathers what is wrong, so that everything is told at once.

use secrecy::SecretString;

use super::problem::{Invalid, Notice, Problem, Problems};
use super::sources::{Origin, Sources};
use super::variable::{Fallback, Variable};

/// Reads variables one after another; problems pile up here instead of ending the reading.
pub(super) struct Reader<'a> {
    sources: &'a Sources,
    problems: Vec<Problem>,
    notices: Vec<Notice>,
}

impl<'a> Reader<'a> {
    /// Begins with the problems of the sources themselves.
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            problems: sources.problems().to_vec(),
            notices: Vec::new(),
        }
    }

    /// Where the values come from.
    pub(super) fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// Whether a source sets `variable`, rightly or not.
    pub(super) fn is_set(&self, variable: &Variable) -> bool {
        self.sources.lookup(variable).is_some()
    }

    /// The value of a variable that may be absent. A value that `parse` refuses is a problem, and absent.
    pub(super) fn optional<T>(
        &mut self,
        variable: &Variable,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let (value, _) = self.sources.lookup(variable)?;
        parse(value).map_err(|invalid| self.refuse(variable, invalid)).ok()
    }

    /// The value of a variable that has a [`Fallback::Value`], which also stands in for a refused value.
    pub(super) fn value<T>(&mut self, variable: &Variable, parse: impl Fn(&str) -> Result<T, Invalid>) -> T {
        if let Some(value) = self.optional(variable, &parse) {
            return value;
        }
        let Fallback::Value(default) = variable.fallback else {
            unreachable!("{} is read as if it had a default", variable.name)
        };
        match parse(default) {
            Ok(value) => value,
            Err(invalid) => unreachable!("the default of {} is refused: {}", variable.name, invalid.problem),
        }
    }

    /// The value of a secret variable.
    pub(super) fn secret(&mut self, variable: &Variable) -> Option<SecretString> {
        let (value, origin) = self.sources.lookup(variable)?;
        if *origin == Origin::Flag {
            self.notice(format!(
                "{} was given on the command line, where every local user can read it: set {} instead",
                variable.flag.unwrap_or(variable.name),
                variable.name
            ));
        }
        Some(SecretString::from(value))
    }

    /// Records that `variable`, which was set, cannot be used.
    pub(super) fn refuse(&mut self, variable: &Variable, invalid: Invalid) {
        let subject = match (self.sources.lookup(variable), variable.flag) {
            (Some((_, Origin::Flag)), Some(flag)) => flag.to_owned(),
            (Some((_, Origin::EnvFile)), _) => format!("{} (from --env-file)", variable.name),
            (Some((_, Origin::SettingsFile)), _) => format!("{} (from the settings file)", variable.name),
            (None, Some(flag)) => format!("{} ({flag})", variable.name),
            (Some(_), _) | (None, None) => variable.name.to_owned(),
        };
        self.problem(subject, invalid);
    }

    /// Records a problem of something that is no variable.
    pub(super) fn problem(&mut self, subject: impl Into<String>, invalid: Invalid) {
        self.problems.push(Problem {
            subject: subject.into(),
            problem: invalid.problem,
            fix: invalid.fix,
        });
    }

    /// Records something that the operator should know.
    pub(super) fn notice(&mut self, text: impl Into<String>) {
        self.notices.push(Notice(text.into()));
    }

    /// What was recorded: the notices, together with the problems if there are any.
    pub(super) fn finish(self) -> Result<Vec<Notice>, Problems> {
        if self.problems.is_empty() {
            Ok(self.notices)
        } else {
            Err(Problems {
                problems: self.problems,
                notices: self.notices,
            })
        }
    }
}
