//! Where values come from, in order: flag, environment, `--env-file`, settings file. Defaults come after these.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use super::problem::Problem;
use super::variable::Variable;
use super::{env_file, settings_file, variables};

/// Names the settings file where `--config` does not.
pub const SETTINGS_FILE: &str = "NEXTCLOUD_MCP_SETTINGS_FILE";

/// What the command line says about the configuration.
#[derive(Default)]
pub struct Flags {
    pub(crate) values: BTreeMap<String, String>,
    /// `--oauth` (true) or `--no-oauth` (false).
    pub oauth: Option<bool>,
    /// `--env-file`.
    pub env_file: Option<PathBuf>,
    /// `--config`.
    pub settings_file: Option<PathBuf>,
}

impl Flags {
    /// Sets `variable` above every other source, as its flag does.
    pub fn set(&mut self, variable: &Variable, value: impl Into<String>) {
        self.values.insert(variable.name.to_owned(), value.into());
    }
}

/// A kind of source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    Flag,
    /// The environment of the process.
    Environment,
    /// The file named by `--env-file`.
    EnvFile,
    /// The settings file.
    SettingsFile,
}

/// The values of all sources, as text. Debug shows no values, for some are secrets.
pub struct Sources {
    layers: Vec<Layer>,
    oauth: Option<bool>,
    problems: Vec<Problem>,
}

struct Layer {
    origin: Origin,
    values: BTreeMap<String, String>,
}

impl Sources {
    /// The command line and an environment, without reading any file.
    pub fn new(flags: Flags, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let layers = vec![
            Layer {
                origin: Origin::Flag,
                values: flags.values,
            },
            Layer {
                origin: Origin::Environment,
                values: environment.into_iter().collect(),
            },
        ];
        Self {
            layers,
            oauth: flags.oauth,
            problems: Vec::new(),
        }
    }

    /// The command line, the environment of a process (`std::env::vars_os`), and the files that these name.
    ///
    /// What cannot be read is reported by [`super::load`], together with all other problems.
    pub fn read(flags: Flags, environment: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let env_file = flags.env_file.clone();
        let settings_file = flags.settings_file.clone();
        let (environment, problems) = unicode(environment);
        let mut sources = Self::new(flags, environment);
        sources.problems = problems;
        if let Some(path) = env_file
            && let Some(text) = sources.read_file("--env-file", &path)
        {
            sources = sources.with_env_file(&text);
        }
        let named = sources
            .lookup_name(SETTINGS_FILE)
            .map(|(value, _)| PathBuf::from(value));
        let (subject, path) = match settings_file {
            Some(path) => ("--config", Some(path)),
            None => (SETTINGS_FILE, named),
        };
        if let Some(path) = path
            && let Some(text) = sources.read_file(subject, &path)
        {
            sources = sources.with_settings_file(&text);
        }
        sources
    }

    /// Adds the text of an environment file, below what is there already.
    #[must_use]
    pub fn with_env_file(mut self, text: &str) -> Self {
        match env_file::parse(text) {
            Ok(values) => self.layers.push(Layer {
                origin: Origin::EnvFile,
                values,
            }),
            Err(lines) => self.problems.extend(lines.iter().map(|line| Problem {
                subject: "--env-file".to_owned(),
                problem: line.to_string(),
                fix: "write lines of NAME=value".to_owned(),
            })),
        }
        self
    }

    /// Adds the text of a settings file, below what is there already. Its `[<mode>]` section applies when
    /// `MCP_DEPLOYMENT_MODE` names that mode, here or in a source above.
    #[must_use]
    pub fn with_settings_file(mut self, text: &str) -> Self {
        let mut file = match settings_file::parse(text) {
            Ok(file) => file,
            Err(sentences) => {
                self.problems.extend(sentences.into_iter().map(|problem| Problem {
                    subject: "settings file".to_owned(),
                    problem,
                    fix: "write `variable_name = value` lines, at the top or in [default] or [<mode>]".to_owned(),
                }));
                return self;
            }
        };
        let mode_variable = variables::MCP_DEPLOYMENT_MODE.name;
        let mode = self
            .lookup_name(mode_variable)
            .map(|(value, _)| value)
            .or_else(|| file.common.get(mode_variable).map(String::as_str))
            .map(str::to_lowercase);
        let of_mode = mode.and_then(|mode| file.modes.remove(&mode)).unwrap_or_default();
        self.layers.extend([of_mode, file.common].map(|values| Layer {
            origin: Origin::SettingsFile,
            values,
        }));
        self
    }

    /// What `--oauth` and `--no-oauth` say.
    pub(super) fn oauth(&self) -> Option<bool> {
        self.oauth
    }

    /// The first source's value of `variable`. A blank value counts as not set: `.env` templates are full of them.
    pub(super) fn lookup(&self, variable: &Variable) -> Option<(&str, &Origin)> {
        self.lookup_name(variable.name)
    }

    /// As [`Self::lookup`], for a name outside the registry.
    pub(super) fn lookup_name(&self, name: &str) -> Option<(&str, &Origin)> {
        self.layers.iter().find_map(|layer| {
            let value = layer.values.get(name)?.trim();
            (!value.is_empty() && !is_service_link(name, value)).then_some((value, &layer.origin))
        })
    }

    /// The names that have a value, with the first source that sets each.
    pub(super) fn names(&self) -> BTreeMap<&str, &Origin> {
        let mut names = BTreeMap::new();
        for name in self.layers.iter().flat_map(|layer| layer.values.keys()) {
            if let Some((_, origin)) = self.lookup_name(name) {
                names.insert(name.as_str(), origin);
            }
        }
        names
    }

    /// What was wrong with the sources themselves.
    pub(super) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    fn read_file(&mut self, subject: &str, path: &Path) -> Option<String> {
        std::fs::read_to_string(path)
            .map_err(|error| {
                self.problems.push(Problem {
                    subject: subject.to_owned(),
                    problem: format!("{} cannot be read: {error}", path.display()),
                    fix: "name a readable UTF-8 text file, or leave it out".to_owned(),
                });
            })
            .ok()
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.names()).finish()
    }
}

/// Kubernetes gives every pod of a namespace `<SERVICE>_PORT=tcp://10.0.0.1:80`: a service called `nextcloud-mcp`
/// would set `NEXTCLOUD_MCP_PORT`, and nobody wrote that value.
fn is_service_link(name: &str, value: &str) -> bool {
    name.ends_with("_PORT")
        && ["tcp://", "udp://", "sctp://"]
            .iter()
            .any(|scheme| value.starts_with(scheme))
}

/// Drops what is not Unicode, and reports it where the variable is one of ours.
fn unicode(environment: impl IntoIterator<Item = (OsString, OsString)>) -> (BTreeMap<String, String>, Vec<Problem>) {
    let mut values = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, value) in environment {
        let Ok(name) = name.into_string() else { continue };
        match value.into_string() {
            Ok(value) => {
                values.insert(name, value);
            }
            Err(_) if variables::find(&name).is_some() || name == SETTINGS_FILE => problems.push(Problem {
                subject: name,
                problem: "the value is not valid Unicode".to_owned(),
                fix: "set it again as UTF-8 text".to_owned(),
            }),
            Err(_) => {}
        }
    }
    (values, problems)
}

#[cfg(test)]
mod tests {
    use super::super::variables::{LOG_LEVEL, METRICS_PORT, NEXTCLOUD_MCP_PORT};
    use super::{Flags, Origin, Sources};

    fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn the_first_source_wins_in_the_documented_order() {
        let mut flags = Flags::default();
        flags.set(&LOG_LEVEL, "flag");
        let file = "log_level = \"top\"\n[default]\nlog_level = \"default\"\n[oauth]\nlog_level = \"mode\"";
        let with_flag = Sources::new(flags, environment(&[("LOG_LEVEL", "environment")]));
        let with_environment = Sources::new(Flags::default(), environment(&[("LOG_LEVEL", "environment")]))
            .with_env_file("LOG_LEVEL=env-file");
        let with_env_file = Sources::new(Flags::default(), environment(&[("LOG_LEVEL", "")]))
            .with_env_file("LOG_LEVEL=env-file")
            .with_settings_file(file);
        let with_mode =
            Sources::new(Flags::default(), environment(&[("MCP_DEPLOYMENT_MODE", "OAuth")])).with_settings_file(file);
        let with_default = Sources::new(Flags::default(), []).with_settings_file(file);
        for (sources, value, origin) in [
            (with_flag, "flag", Origin::Flag),
            (with_environment, "environment", Origin::Environment),
            (with_env_file, "env-file", Origin::EnvFile),
            (with_mode, "mode", Origin::SettingsFile),
            (with_default, "default", Origin::SettingsFile),
        ] {
            assert_eq!(sources.lookup(&LOG_LEVEL), Some((value, &origin)));
        }
    }

    #[test]
    fn a_kubernetes_service_link_is_not_a_port() {
        let sources = Sources::new(
            Flags::default(),
            environment(&[("NEXTCLOUD_MCP_PORT", "tcp://10.0.0.1:8000"), ("METRICS_PORT", "9191")]),
        );
        assert_eq!(sources.lookup(&NEXTCLOUD_MCP_PORT), None);
        assert!(sources.lookup(&METRICS_PORT).is_some());
    }

    #[test]
    fn files_are_found_by_flag_or_variable_and_a_missing_one_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, "log_level = \"debug\"").unwrap();
        let named = Sources::read(
            Flags::default(),
            [("NEXTCLOUD_MCP_SETTINGS_FILE".into(), path.clone().into())],
        );
        assert_eq!(named.lookup(&LOG_LEVEL), Some(("debug", &Origin::SettingsFile)));

        let flags = Flags {
            env_file: Some(folder.path().join("absent.env")),
            settings_file: Some(folder.path().join("absent.toml")),
            ..Flags::default()
        };
        let missing = Sources::read(flags, []);
        let subjects: Vec<_> = missing
            .problems()
            .iter()
            .map(|problem| problem.subject.as_str())
            .collect();
        assert_eq!(subjects, ["--env-file", "--config"]);
    }

    #[test]
    fn debug_shows_names_and_no_values() {
        let sources = Sources::new(Flags::default(), environment(&[("NEXTCLOUD_PASSWORD", "hunter2")]));
        let shown = format!("{sources:?}");
        assert!(
            shown.contains("NEXTCLOUD_PASSWORD") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
