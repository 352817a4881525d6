//! How Nextcloud is reached on behalf of those who log in.

use url::Url;

use crate::config::mode::Mode;
use crate::config::problem::Invalid;
use crate::config::reader::Reader;
use crate::config::values::{boolean, shown};
use crate::config::variables::{
    NEXTCLOUD_OIDC_RESOURCE, NEXTCLOUD_TOKEN_EXCHANGE, NEXTCLOUD_TOKEN_EXCHANGE_AUDIENCE, NEXTCLOUD_TOKEN_PASSTHROUGH,
};

/// How this server proves to Nextcloud whom a request is for, in OAuth mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OAuthBackDoor {
    /// By a grant of its own that each user gives it.
    OwnGrant,
    /// By the token that the identity provider gives in exchange for the caller's (RFC 8693).
    TokenExchange {
        /// What the provider calls Nextcloud.
        audience: Option<String>,
    },
    /// By the caller's own token.
    CallerBearer,
}

impl OAuthBackDoor {
    pub(super) fn read(reader: &mut Reader<'_>, mode: Option<&Mode>) -> Self {
        let passthrough = reader.value(&NEXTCLOUD_TOKEN_PASSTHROUGH, boolean);
        let exchange = reader.value(&NEXTCLOUD_TOKEN_EXCHANGE, boolean);
        let audience = reader.optional(&NEXTCLOUD_TOKEN_EXCHANGE_AUDIENCE, |text| Ok(text.to_owned()));
        if passthrough && exchange {
            reader.refuse(
                &NEXTCLOUD_TOKEN_EXCHANGE,
                Invalid::new(
                    "it contradicts NEXTCLOUD_TOKEN_PASSTHROUGH",
                    "leave one of the two out, or both to let each user give this server access",
                ),
            );
        }
        if passthrough && matches!(mode, Some(Mode::OAuth)) {
            reader.notice(
                "NEXTCLOUD_TOKEN_PASSTHROUGH=true: the tokens of MCP clients are shown to Nextcloud. The MCP \
                 specification forbids that, since such a token is good for more than this server. Leave it out to let \
                 each user give this server access of its own",
            );
        }
        if exchange {
            Self::TokenExchange { audience }
        } else if passthrough {
            Self::CallerBearer
        } else {
            Self::OwnGrant
        }
    }
}

/// What this server's own grants are asked for (RFC 8707).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantResource {
    /// Nextcloud, by its public URL.
    Nextcloud,
    /// What the identity provider calls Nextcloud.
    Named(String),
    /// Nothing in particular: the identity provider knows no resources.
    Unnamed,
}

impl GrantResource {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        reader
            .optional(&NEXTCLOUD_OIDC_RESOURCE, Self::parse)
            .unwrap_or(Self::Nextcloud)
    }

    /// RFC 8707 §2: an absolute URI without a fragment. It may be a URN.
    fn parse(text: &str) -> Result<Self, Invalid> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self::Unnamed);
        }
        match Url::parse(text) {
            // Compared character by character by the provider, so it is kept as written.
            Ok(uri) if uri.fragment().is_none() => Ok(Self::Named(text.to_owned())),
            _ => Err(Invalid::new(
                format!("{} is not an absolute URI without a fragment", shown(text)),
                "write the URI that the identity provider knows Nextcloud by, or `none`",
            )),
        }
    }
}
