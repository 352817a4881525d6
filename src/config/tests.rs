//! The configuration as a whole, and what the sections' own tests share.

use proptest::prelude::*;

use super::variable::{Fallback, Section};
use super::{Flags, Loaded, Problems, Sources, load as load_sources, variables};

/// The least that OAuth mode needs.
pub(super) const OAUTH: &[(&str, &str)] = &[("NEXTCLOUD_HOST", "https://cloud.example.org")];

/// The least that single-user mode needs.
pub(super) const SINGLE_USER: &[(&str, &str)] = &[
    ("NEXTCLOUD_HOST", "https://cloud.example.org"),
    ("NEXTCLOUD_USERNAME", "ann"),
    ("NEXTCLOUD_PASSWORD", "hunter2"),
];

/// Loads from an environment in which a later pair replaces an earlier one; there is a home directory.
pub(super) fn try_load(environment: &[(&str, &str)]) -> Result<Loaded, Problems> {
    load_with_oauth_flag(environment, None)
}

/// As [`try_load`], with `--oauth` or `--no-oauth`.
pub(super) fn load_with_oauth_flag(environment: &[(&str, &str)], oauth: Option<bool>) -> Result<Loaded, Problems> {
    let flags = Flags {
        oauth,
        ..Flags::default()
    };
    let environment = [&[("HOME", "/home/test")], environment].concat();
    load_sources(&Sources::new(
        flags,
        environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    ))
}

pub(super) fn load(environment: &[(&str, &str)]) -> Loaded {
    try_load(environment).unwrap_or_else(|problems| panic!("{problems}"))
}

pub(super) fn problems(environment: &[(&str, &str)]) -> String {
    match try_load(environment) {
        Ok(_) => panic!("accepted"),
        Err(problems) => problems.to_string(),
    }
}

pub(super) fn notices(environment: &[(&str, &str)]) -> String {
    let notices = load(environment).notices;
    notices.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_registry_is_consistent() {
    for (index, variable) in variables::ALL.iter().enumerate() {
        assert!(
            !variables::ALL[..index].iter().any(|other| other.name == variable.name),
            "{} twice",
            variable.name
        );
        assert!(
            variable.meaning.ends_with('.'),
            "{} is explained in a sentence",
            variable.name
        );
        assert!(
            !(variable.secret && matches!(variable.fallback, Fallback::Value(_))),
            "{}",
            variable.name
        );
    }
    for section in Section::ALL {
        assert!(
            variables::ALL.iter().any(|variable| variable.section == section),
            "{section:?} is empty"
        );
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let told = problems(&[
        ("NEXTCLOUD_HOST", "cloud"),
        ("NEXTCLOUD_MCP_PORT", "0"),
        ("NEXTCLOUD_USERNAME", "ann"),
        ("MCP_ALLOWED_HOSTS", "/"),
        ("TOKEN_STORAGE_DB", "~/tokens"),
        ("METRICS_PORT", "x"),
        ("ENABLE_LOGIN_FLOW", "1"),
    ]);
    assert!(
        told.starts_with("the configuration has 7 problems:\n  NEXTCLOUD_MCP_PORT: "),
        "{told}"
    );
}

#[test]
fn a_problem_names_the_source() {
    let mut flags = Flags::default();
    flags.set(&variables::NEXTCLOUD_MCP_PORT, "x");
    let sources = Sources::new(flags, [])
        .with_env_file("METRICS_PORT=x")
        .with_settings_file("log_level = \"x\"");
    let told = load_sources(&sources).unwrap_err().to_string();
    for subject in [
        "\n  --port: ",
        "\n  METRICS_PORT (from --env-file): ",
        "\n  LOG_LEVEL (from the settings file): ",
    ] {
        assert!(told.contains(subject), "{told}");
    }
}

#[test]
fn debug_and_summary_show_no_secret() {
    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let secrets = [
        ("NEXTCLOUD_PASSWORD", "hunter2"),
        ("NEXTCLOUD_OIDC_CLIENT_ID", "id"),
        ("NEXTCLOUD_OIDC_CLIENT_SECRET", "hunter2"),
        ("TOKEN_ENCRYPTION_KEY", KEY),
    ];
    let single = load(&[SINGLE_USER, &secrets].concat());
    let many = load_with_oauth_flag(&[SINGLE_USER, &secrets].concat(), Some(true)).unwrap();
    for loaded in [single, many] {
        let shown = format!("{loaded:?}\n{}", loaded.config.summary());
        assert!(!shown.contains("hunter2") && !shown.contains(KEY), "{shown}");
    }
}

#[test]
fn a_secret_in_a_flag_is_warned_about() {
    let mut flags = Flags::default();
    flags.set(&variables::NEXTCLOUD_PASSWORD, "hunter2");
    let environment = [("NEXTCLOUD_HOST", "https://a.example"), ("NEXTCLOUD_USERNAME", "ann")];
    let sources = Sources::new(
        flags,
        environment.map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let notices = load_sources(&sources).unwrap().notices;
    assert!(
        notices[0]
            .to_string()
            .starts_with("--nextcloud-password was given on the command line")
    );
}

#[test]
fn clear_text_is_warned_about_where_tokens_travel() {
    let url = |url| [OAUTH, &[("NEXTCLOUD_MCP_SERVER_URL", url)]].concat();
    assert!(notices(&url("http://mcp.example.org")).contains("tokens travel in the clear"));
    assert_eq!(notices(&url("http://127.0.0.1:8000")), "");
    assert_eq!(notices(&url("https://mcp.example.org")), "");
}

/// A value that some variable accepts, or anything at all.
fn any_value() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "true",
            "0",
            "5",
            "jwt",
            "*",
            ".",
            "stdio",
            "oauth",
            "https://a.example/b",
            "a,b",
            "@none"
        ])
        .prop_map(str::to_owned),
        "(?s).{0,40}",
    ]
}

proptest! {
    #[test]
    fn any_environment_is_read_or_refused_with_a_reason(
        values in proptest::collection::btree_map(
            proptest::sample::select(variables::ALL.iter().map(|variable| variable.name).collect::<Vec<_>>()),
            any_value(),
            0..12,
        ),
        others in proptest::collection::btree_map("(NEXTCLOUD_|MCP_|ENABLE_)?[A-Z_]{0,12}", any_value(), 0..4),
        oauth in proptest::option::of(any::<bool>()),
    ) {
        let flags = Flags { oauth, ..Flags::default() };
        let environment = values.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(others);
        if let Err(problems) = load_sources(&Sources::new(flags, environment)) {
            prop_assert!(problems.iter().count() > 0);
            for problem in problems.iter() {
                prop_assert!(!problem.subject.is_empty() && !problem.problem.is_empty() && !problem.fix.is_empty());
            }
        }
    }

    #[test]
    fn any_secret_stays_out_of_every_message(secret in "hunter2[ -~]{0,40}") {
        for variable in variables::ALL.iter().filter(|variable| variable.secret) {
            let environment = [("NEXTCLOUD_USERNAME", "a:b"), (variable.name, secret.as_str())];
            let told = problems(&environment);
            prop_assert!(!told.contains("hunter2"), "{}", told);
        }
    }
}
