//! Names that are set and mean nothing here: those of the Python server, removed ones, and slips of the pen.

use super::problem::Invalid;
use super::reader::Reader;
use super::sources::{Origin, SETTINGS_FILE};
use super::values::boolean;
use super::variable::Variable;
use super::variables;

/// Settings of the Python server without effect here, and what does their work, if anything does.
pub(super) const WITHOUT_EFFECT: &[(&str, &str)] = &[
    ("PORT", "NEXTCLOUD_MCP_PORT sets the port"),
    ("DOCKER_CONTAINER", "NEXTCLOUD_MCP_SERVER_URL sets this server's URL"),
    (
        "NEXTCLOUD_MCP_SERVICE_NAME",
        "NEXTCLOUD_MCP_SERVER_URL sets this server's URL",
    ),
    ("NEXTCLOUD_RESOURCE_URI", ""),
    ("FORWARDED_ALLOW_IPS", "forwarding headers are not used"),
    ("POD_NAMESPACE", "OTEL_RESOURCE_ATTRIBUTES labels traces"),
    ("POD_NAME", "OTEL_RESOURCE_ATTRIBUTES labels traces"),
    ("OIDC_DISCOVERY_MAX_ATTEMPTS", "discovery is tried until it succeeds"),
    ("MCP_SERVER_CLIENT_ID", "NEXTCLOUD_OIDC_CLIENT_ID sets the client"),
    (
        "MCP_SERVER_CLIENT_SECRET",
        "NEXTCLOUD_OIDC_CLIENT_SECRET sets the client's secret",
    ),
    ("ENABLE_DCR", "MCP clients register at the identity provider"),
    ("CIMD_ALLOWED_HOSTS", "MCP clients register at the identity provider"),
    ("ALLOWED_MGMT_CLIENT", "there is no management API"),
    ("DATABASE_URL", "TOKEN_STORAGE_DB names the file that is used"),
    ("DATABASE_POOL_SIZE", ""),
    ("DATABASE_MAX_OVERFLOW", ""),
    (
        "ENABLE_BACKGROUND_OPERATIONS",
        "nothing runs in the background for a user",
    ),
    ("ENABLE_OFFLINE_ACCESS", "nothing runs in the background for a user"),
    ("ENABLE_SEMANTIC_SEARCH", "there is no semantic search"),
    ("VECTOR_SYNC_ENABLED", "there is no semantic search"),
    ("WEBHOOK_SECRET", "webhooks are not received"),
    ("WEBHOOK_INTERNAL_URL", "webhooks are not received"),
    ("HEALTH_READY_REFRESH_INTERVAL", ""),
    ("USAGE_METERING_ENABLED", ""),
    ("MCP_ROLE", "there is one process"),
    ("INGEST_QUEUE", "there is one process"),
    ("OTEL_EXPORTER_VERIFY_SSL", "certificates are checked"),
    ("PYROSCOPE_ENABLED", ""),
    ("PYROSCOPE_SERVER_ADDRESS", ""),
];

/// The Python server's semantic search, document reading and hosting at Smithery, by the beginning of the name.
const WITHOUT_EFFECT_BEGINNINGS: [&str; 7] = [
    "VECTOR_",
    "QDRANT_",
    "EMBEDDING_",
    "SEARCH_RERANK_",
    "INGEST_",
    "DOCUMENT_OCR_",
    "SMITHERY_",
];

/// Switches that the Python server has removed: turned on, they asked for something that must not silently become
/// something else.
pub(super) const REMOVED: &[(&str, &str)] = &[
    ("ENABLE_LOGIN_FLOW", "set MCP_DEPLOYMENT_MODE=oauth"),
    (
        "ENABLE_MULTI_USER_BASIC_AUTH",
        "set MCP_DEPLOYMENT_MODE=oauth; basic authentication for many users is not supported yet",
    ),
    ("ENABLE_TOKEN_EXCHANGE", "set NEXTCLOUD_TOKEN_EXCHANGE=true"),
];

/// Names that people guess.
const GUESSES: &[(&str, &Variable)] = &[
    ("NEXTCLOUD_URL", &variables::NEXTCLOUD_HOST),
    ("NEXTCLOUD_BASE_URL", &variables::NEXTCLOUD_HOST),
    ("NEXTCLOUD_USER", &variables::NEXTCLOUD_USERNAME),
    ("NEXTCLOUD_APP_PASSWORD", &variables::NEXTCLOUD_PASSWORD),
    ("NEXTCLOUD_TOKEN", &variables::NEXTCLOUD_PASSWORD),
];

/// What a misspelt name has to begin with to be ours: an environment is full of other programs' variables.
const OUR_BEGINNINGS: [&str; 5] = ["NEXTCLOUD_", "OIDC_", "MCP_", "OAUTH", "TOKEN_"];

/// Likeness from which a name counts as misspelt; the Python server measured the same bound on real environments.
const ALIKE: f64 = 0.85;

/// Records what is set and has no meaning.
pub(super) fn check(reader: &mut Reader<'_>) {
    let mut without_effect = Vec::new();
    for (name, origin) in reader.sources().names() {
        if variables::find(name).is_some() || name == SETTINGS_FILE {
            continue;
        }
        if let Some((_, fix)) = REMOVED.iter().find(|(removed, _)| *removed == name) {
            let value = reader.sources().lookup_name(name).map(|(value, _)| boolean(value));
            if value != Some(Ok(false)) {
                reader.problem(name, Invalid::new("it was removed", *fix));
            }
        } else if let Some((_, instead)) = WITHOUT_EFFECT.iter().find(|(known, _)| *known == name) {
            without_effect.push(if instead.is_empty() {
                name.to_owned()
            } else {
                format!("{name} ({instead})")
            });
        } else if WITHOUT_EFFECT_BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning))
        {
            without_effect.push(name.to_owned());
        } else if let Some(meant) = meant(name) {
            reader.notice(format!("{name} is not a setting and is ignored; did you mean {meant}?"));
        } else if *origin == Origin::SettingsFile {
            reader.notice(format!(
                "{} in the settings file is not a setting and is ignored",
                name.to_lowercase()
            ));
        }
    }
    if !without_effect.is_empty() {
        reader.notice(format!("set without effect here: {}", without_effect.join(", ")));
    }
}

/// The variable that was probably meant by `name`.
fn meant(name: &str) -> Option<&'static str> {
    if let Some((_, variable)) = GUESSES.iter().find(|(guess, _)| *guess == name) {
        return Some(variable.name);
    }
    if !OUR_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning)) || is_service_variable(name) {
        return None;
    }
    variables::ALL
        .iter()
        .map(|variable| (likeness(name, variable.name), variable.name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

/// From 0 to 1; a prefix too many or too few (`NEXTCLOUD_OIDC_ISSUER`, `OIDC_CLIENT_ID`) makes little difference.
fn likeness(name: &str, known: &str) -> f64 {
    const SHORTEST_STEM: usize = 8;
    let (short, long) = if name.len() < known.len() {
        (name, known)
    } else {
        (known, name)
    };
    let prefixed = long.strip_suffix(short).is_some_and(|prefix| prefix.ends_with('_'));
    if prefixed && short.len() >= SHORTEST_STEM {
        return ALIKE;
    }
    strsim::normalized_damerau_levenshtein(name, known)
}

/// What Kubernetes sets for each service of a namespace (`NEXTCLOUD_SERVICE_HOST`, `NEXTCLOUD_PORT_80_TCP_ADDR` …).
fn is_service_variable(name: &str) -> bool {
    name.contains("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || ["_TCP", "_UDP"]
            .iter()
            .any(|protocol| name.contains("_PORT_") && name.contains(protocol))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{OAUTH, notices, problems, try_load};
    use super::super::variables;
    use super::{GUESSES, REMOVED, WITHOUT_EFFECT, meant};

    #[test]
    fn slips_are_recognised_and_other_names_left_alone() {
        for (name, variable) in [
            ("NEXTCLOUD_PASWORD", Some("NEXTCLOUD_PASSWORD")),
            ("NEXTCLOUD_USERNMAE", Some("NEXTCLOUD_USERNAME")),
            ("NEXTCLOUD_URL", Some("NEXTCLOUD_HOST")),
            ("NEXTCLOUD_OIDC_DISCOVERY_URL", Some("OIDC_DISCOVERY_URL")),
            ("OIDC_CLIENT_ID", Some("NEXTCLOUD_OIDC_CLIENT_ID")),
            ("MCP_ALLOWED_HOST", Some("MCP_ALLOWED_HOSTS")),
            ("TOKEN_ENCRYPTION_KEYS", Some("TOKEN_ENCRYPTION_KEY")),
            ("NEXTCLOUD_SERVICE_HOST", None),
            ("NEXTCLOUD_PORT_80_TCP_ADDR", None),
            ("NEXTCLOUD_VERSION", None),
            ("PATH", None),
            ("METRICS_PORTS", None),
        ] {
            assert_eq!(meant(name), variable, "{name}");
        }
    }

    #[test]
    fn no_name_is_in_two_lists() {
        let others = WITHOUT_EFFECT.iter().chain(REMOVED).map(|(name, _)| *name);
        for name in others.chain(GUESSES.iter().map(|(name, _)| *name)) {
            assert!(variables::find(name).is_none(), "{name}");
        }
    }

    #[test]
    fn settings_without_effect_make_one_notice() {
        let told = notices(
            &[
                OAUTH,
                &[
                    ("DATABASE_URL", "postgresql://hunter2@db"),
                    ("QDRANT_URL", "x"),
                    ("MCP_ROLE", ""),
                ],
            ]
            .concat(),
        );
        assert_eq!(
            told,
            "set without effect here: DATABASE_URL (TOKEN_STORAGE_DB names the file that is used), QDRANT_URL"
        );
    }

    #[test]
    fn removed_switches_are_refused_when_on() {
        let told = problems(&[OAUTH, &[("ENABLE_LOGIN_FLOW", "true")]].concat());
        assert!(
            told.contains("ENABLE_LOGIN_FLOW: it was removed; set MCP_DEPLOYMENT_MODE=oauth"),
            "{told}"
        );
        assert!(try_load(&[OAUTH, &[("ENABLE_LOGIN_FLOW", "false")]].concat()).is_ok());
    }
}
