//! Whom the server serves: one user whose credential it was given, or everybody who logs in.

use secrecy::SecretString;

use super::problem::Invalid;
use super::reader::Reader;
use super::server::Transport;
use super::values::shown;
use super::variables::{MCP_DEPLOYMENT_MODE, MCP_TRANSPORT, NEXTCLOUD_PASSWORD, NEXTCLOUD_USERNAME};

/// Whom the server serves.
#[derive(Debug, Clone)]
pub enum Mode {
    /// One user: whoever reaches the server acts as that user.
    SingleUser(SingleUser),
    /// Many users: every request carries a token of the identity provider.
    OAuth,
}

/// The account of single-user mode.
#[derive(Debug, Clone)]
pub struct SingleUser {
    /// The login name.
    pub username: String,
    /// The app password.
    pub password: SecretString,
}

/// What `MCP_DEPLOYMENT_MODE` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Auto,
    SingleUser,
    OAuth,
    LoginFlow,
}

impl Mode {
    /// The mode in a word, for logs and the health endpoints.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SingleUser(_) => "single_user_basic",
            Self::OAuth => "oauth",
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, transport: Transport) -> Option<Self> {
        let wanted = if reader.is_set(&MCP_DEPLOYMENT_MODE) {
            reader.optional(&MCP_DEPLOYMENT_MODE, wanted)?
        } else {
            Wanted::Auto
        };
        let mode = match (reader.sources().oauth(), wanted) {
            (Some(true), Wanted::SingleUser) => return contradiction(reader, "--oauth"),
            (Some(false), Wanted::OAuth | Wanted::LoginFlow) => return contradiction(reader, "--no-oauth"),
            (Some(false), _) => single_user(reader, "--no-oauth asks for single-user mode")?,
            (None, Wanted::SingleUser) => single_user(reader, "MCP_DEPLOYMENT_MODE asks for single-user mode")?,
            (None, Wanted::Auto) => detect(reader)?,
            (Some(true) | None, _) => oauth(reader),
        };
        if wanted == Wanted::LoginFlow {
            reader.notice(
                "MCP_DEPLOYMENT_MODE=login_flow: Login Flow v2 is not served here; running in OAuth mode, where Nextcloud \
                 is reached with tokens of its identity provider. Set MCP_DEPLOYMENT_MODE=oauth to say so",
            );
        }
        if transport == Transport::Stdio && matches!(mode, Self::OAuth) {
            reader.refuse(
                &MCP_TRANSPORT,
                Invalid::new(
                    "stdio serves a single user only, and this configuration is for OAuth",
                    "set NEXTCLOUD_USERNAME and NEXTCLOUD_PASSWORD, or use streamable-http",
                ),
            );
        }
        Some(mode)
    }
}

fn wanted(text: &str) -> Result<Wanted, Invalid> {
    match text.to_ascii_lowercase().as_str() {
        "auto" => Ok(Wanted::Auto),
        "single_user_basic" => Ok(Wanted::SingleUser),
        "oauth" => Ok(Wanted::OAuth),
        "login_flow" => Ok(Wanted::LoginFlow),
        "multi_user_basic" => Err(Invalid::new(
            "multi_user_basic is not supported yet",
            "use oauth for many users, or single_user_basic",
        )),
        _ => Err(Invalid::new(
            format!("{} is not a mode", shown(text)),
            "use auto, single_user_basic, oauth or login_flow",
        )),
    }
}

fn contradiction(reader: &mut Reader<'_>, flag: &str) -> Option<Mode> {
    reader.problem(
        flag,
        Invalid::new("it contradicts MCP_DEPLOYMENT_MODE", "leave one of the two out"),
    );
    None
}

/// Both credentials: single user. None: OAuth. One alone is a slip, and guessing would open the wrong door.
fn detect(reader: &mut Reader<'_>) -> Option<Mode> {
    match (reader.is_set(&NEXTCLOUD_USERNAME), reader.is_set(&NEXTCLOUD_PASSWORD)) {
        (false, false) => Some(Mode::OAuth),
        (true, false) => single_user(reader, "NEXTCLOUD_USERNAME is set"),
        (false, true) => single_user(reader, "NEXTCLOUD_PASSWORD is set"),
        (true, true) => single_user(reader, ""),
    }
}

fn single_user(reader: &mut Reader<'_>, because: &str) -> Option<Mode> {
    for variable in [NEXTCLOUD_USERNAME, NEXTCLOUD_PASSWORD] {
        if !reader.is_set(&variable) {
            reader.refuse(
                &variable,
                Invalid::new(
                    format!("not set, but {because}"),
                    "set NEXTCLOUD_USERNAME and NEXTCLOUD_PASSWORD (an app password) for a single user, neither for OAuth",
                ),
            );
        }
    }
    // RFC 7617 §2: the colon ends the user name.
    let username = reader.optional(&NEXTCLOUD_USERNAME, |text| {
        if text.contains(':') || text.chars().any(char::is_control) {
            return Err(Invalid::new(
                "the user name has a colon or a control character",
                "use the name that you log in to Nextcloud with",
            ));
        }
        Ok(text.to_owned())
    });
    let password = reader.secret(&NEXTCLOUD_PASSWORD);
    Some(Mode::SingleUser(SingleUser {
        username: username?,
        password: password?,
    }))
}

fn oauth(reader: &mut Reader<'_>) -> Mode {
    for variable in [NEXTCLOUD_USERNAME, NEXTCLOUD_PASSWORD] {
        if reader.is_set(&variable) {
            reader.notice(format!("{} is ignored in OAuth mode", variable.name));
        }
    }
    Mode::OAuth
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::super::tests::{OAUTH, SINGLE_USER, load, load_with_oauth_flag, notices, problems};
    use super::Mode;

    #[test]
    fn credentials_make_a_single_user_and_their_absence_oauth() {
        let Mode::SingleUser(user) = load(SINGLE_USER).config.mode else {
            panic!("not single user")
        };
        assert_eq!(
            (user.username.as_str(), user.password.expose_secret()),
            ("ann", "hunter2")
        );
        assert!(matches!(load(OAUTH).config.mode, Mode::OAuth));
    }

    #[test]
    fn modes_by_name_and_flag() {
        for (mode, oauth_flag, name) in [
            ("auto", None, "single_user_basic"),
            ("single_user_basic", None, "single_user_basic"),
            ("SINGLE_USER_BASIC", Some(false), "single_user_basic"),
            ("oauth", None, "oauth"),
            ("oauth", Some(true), "oauth"),
            ("login_flow", None, "oauth"),
            ("auto", Some(true), "oauth"),
        ] {
            let settings = [SINGLE_USER, &[("MCP_DEPLOYMENT_MODE", mode)]].concat();
            let loaded = load_with_oauth_flag(&settings, oauth_flag).unwrap();
            assert_eq!(loaded.config.mode.name(), name, "{mode} {oauth_flag:?}");
        }
    }

    #[test]
    fn what_cannot_be_served_is_refused() {
        for (settings, oauth_flag, told) in [
            (
                OAUTH,
                Some(false),
                "NEXTCLOUD_USERNAME (--nextcloud-username): not set, but --no-oauth",
            ),
            (
                &[SINGLE_USER, &[("MCP_DEPLOYMENT_MODE", "single_user_basic")]].concat(),
                Some(true),
                "--oauth: it contradicts",
            ),
            (
                &[SINGLE_USER, &[("MCP_DEPLOYMENT_MODE", "login_flow")]].concat(),
                Some(false),
                "--no-oauth: it contradicts",
            ),
            (
                &[OAUTH, &[("MCP_DEPLOYMENT_MODE", "multi_user_basic")]].concat(),
                None,
                "not supported yet",
            ),
            (
                &[OAUTH, &[("MCP_DEPLOYMENT_MODE", "smithery")]].concat(),
                None,
                "\"smithery\" is not a mode",
            ),
            (
                &[OAUTH, &[("NEXTCLOUD_USERNAME", "ann")]].concat(),
                None,
                "not set, but NEXTCLOUD_USERNAME is set",
            ),
            (
                &[OAUTH, &[("MCP_TRANSPORT", "stdio")]].concat(),
                None,
                "MCP_TRANSPORT: stdio serves a single user only",
            ),
            (&[SINGLE_USER, &[("NEXTCLOUD_USERNAME", "a:b")]].concat(), None, "colon"),
        ] {
            let problems = load_with_oauth_flag(settings, oauth_flag).unwrap_err().to_string();
            assert!(problems.contains(told), "{told}: {problems}");
        }
        assert!(!problems(&[OAUTH, &[("NEXTCLOUD_PASSWORD", "hunter2")]].concat()).contains("hunter2"));
    }

    #[test]
    fn what_is_overridden_is_told() {
        let told = notices(&[SINGLE_USER, &[("MCP_DEPLOYMENT_MODE", "login_flow")]].concat());
        assert!(told.contains("Login Flow v2 is not served here"), "{told}");
        assert!(told.contains("NEXTCLOUD_PASSWORD is ignored in OAuth mode"), "{told}");
    }
}
