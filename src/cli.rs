//! The command line. Its flags are those of the Python server; what they mean is checked with the configuration.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};
use secrecy::{ExposeSecret, SecretString};

use crate::config::Flags;
use crate::config::variable::Variable;
use crate::config::variables::{
    LOG_LEVEL, MCP_TRANSPORT, NEXTCLOUD_HOST, NEXTCLOUD_MCP_ENABLED_APPS, NEXTCLOUD_MCP_HOST, NEXTCLOUD_MCP_PORT,
    NEXTCLOUD_MCP_SERVER_URL, NEXTCLOUD_OIDC_CLIENT_ID, NEXTCLOUD_OIDC_CLIENT_SECRET, NEXTCLOUD_OIDC_SCOPES,
    NEXTCLOUD_OIDC_TOKEN_TYPE, NEXTCLOUD_PASSWORD, NEXTCLOUD_PUBLIC_ISSUER_URL, NEXTCLOUD_USERNAME,
};

/// Serves a Nextcloud to MCP clients.
#[derive(Debug, Parser)]
#[command(
    name = "nextcloud-mcp-server",
    version,
    args_conflicts_with_subcommands = true,
    disable_help_flag = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    run: Box<RunArgs>,

    /// Print help; its short form is taken by the host.
    #[arg(long, action = ArgAction::Help, global = true)]
    help: Option<bool>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve a Nextcloud to MCP clients (the default).
    Run(Box<RunArgs>),
    /// Try the server out against a Nextcloud that lives in this process.
    Sandbox(SandboxArgs),
    /// This server's OAuth client at the identity provider; works while the server is stopped.
    #[command(subcommand)]
    Client(ClientCommand),
}

/// What to do with the OAuth client.
#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Say which client is used and whether the provider knows it.
    Show(Box<RunArgs>),
    /// Register a new client in place of the one there is.
    Register(Box<RunArgs>),
    /// Delete the registered client at the provider and forget it.
    Unregister(Box<RunArgs>),
}

impl ClientCommand {
    /// The options that the configuration is read with.
    pub fn args(&self) -> &RunArgs {
        match self {
            Self::Show(args) | Self::Register(args) | Self::Unregister(args) => args,
        }
    }
}

impl Cli {
    /// The command that was given; without a word it is `run`.
    pub fn into_command(self) -> Command {
        self.command.unwrap_or(Command::Run(self.run))
    }
}

/// The options of `run`. A value that is not given comes from the environment, a file, or a default.
#[derive(Debug, Default, Args)]
pub struct RunArgs {
    /// Address or host name to listen on [default: 127.0.0.1].
    #[arg(short = 'h', long)]
    host: Option<String>,
    /// Port to listen on [default: 8000].
    #[arg(short, long)]
    port: Option<String>,
    /// critical, error, warning, info, debug or trace [default: info].
    #[arg(short, long, value_name = "LEVEL")]
    log_level: Option<String>,
    /// streamable-http (or http) or stdio [default: streamable-http].
    #[arg(short, long)]
    transport: Option<String>,
    /// A Nextcloud app to serve; repeat it for more [default: all].
    #[arg(short, long, value_name = "APP")]
    enable_app: Vec<String>,
    /// Serve many users by OAuth, even if a user name and password are set.
    #[arg(long, overrides_with = "no_oauth")]
    oauth: bool,
    /// Serve a single user; user name and password have to be set.
    #[arg(long, overrides_with = "oauth")]
    no_oauth: bool,
    /// This server's client at the identity provider [default: registers itself].
    #[arg(long, value_name = "ID")]
    oauth_client_id: Option<String>,
    /// Secret of that client; local users can see it here, so prefer the environment.
    #[arg(long, value_name = "SECRET")]
    oauth_client_secret: Option<SecretString>,
    /// URL of this server for its clients, without /mcp [default: localhost and the port].
    #[arg(long, value_name = "URL")]
    mcp_server_url: Option<String>,
    /// Base URL of Nextcloud.
    #[arg(long, value_name = "URL")]
    nextcloud_host: Option<String>,
    /// Login name of the single user.
    #[arg(long, value_name = "NAME")]
    nextcloud_username: Option<String>,
    /// App password of the single user; local users can see it here, so prefer the environment.
    #[arg(long, value_name = "PASSWORD")]
    nextcloud_password: Option<SecretString>,
    /// Scopes to ask for at registration, separated by spaces [default: those of the apps].
    #[arg(long, value_name = "SCOPES")]
    oauth_scopes: Option<String>,
    /// Kind of token to ask for at registration: bearer or jwt [default: bearer].
    #[arg(long, value_name = "TYPE")]
    oauth_token_type: Option<String>,
    /// Issuer as browsers reach it, if the provider has another name inside.
    #[arg(long, value_name = "URL")]
    public_issuer_url: Option<String>,
    /// Settings file (TOML).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// File of NAME=value lines, below the environment.
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Check the configuration, print what it amounts to, and stop.
    #[arg(long)]
    pub check_config: bool,
}

/// The options of `sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Port of the MCP server; 0 is any free one.
    #[arg(short, long, default_value_t = 8000)]
    pub port: u16,
    /// Port of the Nextcloud; 0 is any free one.
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub nextcloud_port: u16,
    /// Another identity provider whose access tokens Nextcloud takes, if they are meant for its client `nextcloud`.
    #[arg(long, value_name = "ISSUER")]
    pub trust_issuer: Option<String>,
}

impl RunArgs {
    /// The configuration's first source.
    pub fn flags(&self) -> Flags {
        let mut flags = Flags {
            oauth: match (self.oauth, self.no_oauth) {
                (true, _) => Some(true),
                (false, true) => Some(false),
                (false, false) => None,
            },
            env_file: self.env_file.clone(),
            settings_file: self.config.clone(),
            ..Flags::default()
        };
        let apps = (!self.enable_app.is_empty()).then(|| self.enable_app.join(","));
        let values: [(&Variable, Option<&str>); 14] = [
            (&NEXTCLOUD_MCP_HOST, self.host.as_deref()),
            (&NEXTCLOUD_MCP_PORT, self.port.as_deref()),
            (&LOG_LEVEL, self.log_level.as_deref()),
            (&MCP_TRANSPORT, self.transport.as_deref()),
            (&NEXTCLOUD_MCP_ENABLED_APPS, apps.as_deref()),
            (&NEXTCLOUD_OIDC_CLIENT_ID, self.oauth_client_id.as_deref()),
            (
                &NEXTCLOUD_OIDC_CLIENT_SECRET,
                self.oauth_client_secret.as_ref().map(ExposeSecret::expose_secret),
            ),
            (&NEXTCLOUD_MCP_SERVER_URL, self.mcp_server_url.as_deref()),
            (&NEXTCLOUD_HOST, self.nextcloud_host.as_deref()),
            (&NEXTCLOUD_USERNAME, self.nextcloud_username.as_deref()),
            (
                &NEXTCLOUD_PASSWORD,
                self.nextcloud_password.as_ref().map(ExposeSecret::expose_secret),
            ),
            (&NEXTCLOUD_OIDC_SCOPES, self.oauth_scopes.as_deref()),
            (&NEXTCLOUD_OIDC_TOKEN_TYPE, self.oauth_token_type.as_deref()),
            (&NEXTCLOUD_PUBLIC_ISSUER_URL, self.public_issuer_url.as_deref()),
        ];
        for (variable, value) in values {
            if let Some(value) = value {
                flags.set(variable, value);
            }
        }
        flags
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};
    use secrecy::ExposeSecret as _;

    use super::{Cli, Command};
    use crate::config::{Loaded, Mode, Problems, Sources, load, variables};

    fn run(arguments: &[&str]) -> Result<Loaded, Problems> {
        let cli = Cli::try_parse_from([&["nextcloud-mcp-server"], arguments].concat()).unwrap();
        let Command::Run(run) = cli.into_command() else {
            panic!("not run")
        };
        load(&Sources::new(
            run.flags(),
            [("HOME".to_owned(), "/home/test".to_owned())],
        ))
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_of_the_registry_exists_and_is_told_on_one_line() {
        let command = Cli::command();
        let run = command.find_subcommand("run").unwrap();
        for flag in variables::ALL.iter().filter_map(|variable| variable.flag) {
            assert!(
                run.get_arguments()
                    .any(|argument| argument.get_long() == flag.strip_prefix("--")),
                "{flag}"
            );
        }
        for argument in run.get_arguments() {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(
                !help.is_empty() && help.len() <= 90 && argument.get_long_help().is_none(),
                "{argument}"
            );
        }
    }

    #[test]
    fn all_flags_reach_the_configuration_with_and_without_the_word_run() {
        let arguments = [
            "-h",
            "0.0.0.0",
            "-p",
            "9000",
            "-l",
            "debug",
            "-t",
            "http",
            "-e",
            "notes",
            "-e",
            "deck",
            "--oauth",
            "--oauth-client-id",
            "id",
            "--oauth-client-secret",
            "hunter2",
            "--mcp-server-url",
            "https://mcp.example.org",
            "--nextcloud-host",
            "https://cloud.example.org",
            "--oauth-scopes",
            "openid notes:read",
            "--oauth-token-type",
            "jwt",
            "--public-issuer-url",
            "https://id.example.org",
        ];
        for first in [&[][..], &["run"]] {
            let config = run(&[first, &arguments].concat()).unwrap().config;
            assert_eq!((config.server.host.as_str(), config.server.port), ("0.0.0.0", 9000));
            assert_eq!(config.server.enabled_apps, Some(vec!["notes", "deck"]));
            assert_eq!(
                config.observability.options.level,
                tracing::level_filters::LevelFilter::DEBUG
            );
            assert_eq!(config.oauth.client.unwrap().secret.unwrap().expose_secret(), "hunter2");
            assert_eq!(config.oauth.public_issuer.unwrap().as_str(), "https://id.example.org/");
        }
    }

    #[test]
    fn the_single_user_and_the_last_of_two_opposite_flags() {
        let user = [
            "--nextcloud-host",
            "https://a.example",
            "--nextcloud-username",
            "ann",
            "--nextcloud-password",
            "hunter2",
        ];
        assert!(matches!(run(&user).unwrap().config.mode, Mode::SingleUser(_)));
        assert!(matches!(
            run(&[&user[..], &["--no-oauth", "--oauth"]].concat())
                .unwrap()
                .config
                .mode,
            Mode::OAuth
        ));
        assert!(matches!(
            run(&[&user[..], &["--oauth", "--no-oauth"]].concat())
                .unwrap()
                .config
                .mode,
            Mode::SingleUser(_)
        ));
    }

    #[test]
    fn help_has_no_short_form_and_the_password_is_not_shown() {
        let help = |arguments: &[&str]| {
            let error = Cli::try_parse_from([&["nextcloud-mcp-server"], arguments].concat()).unwrap_err();
            assert_eq!(error.kind(), clap::error::ErrorKind::DisplayHelp, "{arguments:?}");
            error.to_string()
        };
        assert!(help(&["--help"]).contains("sandbox"));
        assert!(help(&["run", "--help"]).contains("-h, --host"));
        let cli = Cli::try_parse_from(["nextcloud-mcp-server", "--nextcloud-password", "hunter2"]).unwrap();
        assert!(!format!("{cli:?}").contains("hunter2"));
    }

    #[test]
    fn the_sandbox_has_its_ports() {
        let cli = Cli::try_parse_from(["nextcloud-mcp-server", "sandbox", "--port", "0"]).unwrap();
        let Command::Sandbox(sandbox) = cli.into_command() else {
            panic!("not sandbox")
        };
        assert_eq!((sandbox.port, sandbox.nextcloud_port), (0, 8080));
    }
}
