//! Where the registered client and the grants are kept, and what they are encrypted with.

use std::path::PathBuf;

use actors::credential_vault::Keyring;

use super::mode::Mode;
use super::problem::Invalid;
use super::reader::Reader;
use super::values::path;
use super::variables::{TOKEN_ENCRYPTION_KEY, TOKEN_STORAGE_DB};

/// The section "Storage".
#[derive(Debug, Clone)]
pub struct StorageConfig {
    /// The database file.
    pub database: PathBuf,
    /// The keys of the database; without them the vault keeps one in a file beside it.
    pub keys: Option<Keyring>,
}

impl StorageConfig {
    /// `None` without a problem in single-user mode, where nothing is kept.
    pub(super) fn read(reader: &mut Reader<'_>, mode: Option<&Mode>) -> Option<Self> {
        let keys = reader
            .secret(&TOKEN_ENCRYPTION_KEY)
            .and_then(|keys| match Keyring::parse(&keys) {
                Ok(keys) => Some(keys),
                Err(error) => {
                    reader.refuse(&TOKEN_ENCRYPTION_KEY, Invalid::new("not usable", error.to_string()));
                    None
                }
            });
        let database = if reader.is_set(&TOKEN_STORAGE_DB) {
            reader.optional(&TOKEN_STORAGE_DB, path)
        } else {
            default_database(reader, mode)
        };
        let database = database?;
        match mode? {
            Mode::OAuth => Some(Self { database, keys }),
            Mode::SingleUser(_) => None,
        }
    }
}

/// The XDG base directory for data. A relative one is invalid, the specification says, and is passed over.
fn default_database(reader: &mut Reader<'_>, mode: Option<&Mode>) -> Option<PathBuf> {
    let directory = |name| {
        let (value, _) = reader.sources().lookup_name(name)?;
        Some(PathBuf::from(value)).filter(|path| path.is_absolute())
    };
    let data = directory("XDG_DATA_HOME").or_else(|| directory("HOME").map(|home| home.join(".local/share")));
    if data.is_none() && matches!(mode, Some(Mode::OAuth)) {
        reader.refuse(
            &TOKEN_STORAGE_DB,
            Invalid::new(
                "not set, and there is no home directory to choose a place in",
                "set it to a file on a disk that outlives a restart",
            ),
        );
    }
    data.map(|data| data.join("nextcloud-mcp-server/credentials.redb"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::tests::{OAUTH, SINGLE_USER, load, problems};

    #[test]
    fn the_default_place_is_the_data_directory() {
        const IN_HOME: &str = "/home/ann/.local/share/nextcloud-mcp-server/credentials.redb";
        for (settings, place) in [
            (&[("HOME", "/home/ann")][..], IN_HOME),
            (
                &[("HOME", "/home/ann"), ("XDG_DATA_HOME", "/data")],
                "/data/nextcloud-mcp-server/credentials.redb",
            ),
            (&[("HOME", "/home/ann"), ("XDG_DATA_HOME", "data")], IN_HOME),
            (&[("TOKEN_STORAGE_DB", "/srv/tokens.db")], "/srv/tokens.db"),
        ] {
            let storage = load(&[OAUTH, settings].concat()).config.storage.unwrap();
            assert_eq!(storage.database, Path::new(place));
        }
    }

    #[test]
    fn without_a_home_the_place_has_to_be_named_unless_nothing_is_kept() {
        let told = problems(&[OAUTH, &[("HOME", "")]].concat());
        assert!(
            told.contains("TOKEN_STORAGE_DB: not set, and there is no home directory"),
            "{told}"
        );
        assert!(load(&[SINGLE_USER, &[("HOME", "")]].concat()).config.storage.is_none());
    }

    #[test]
    fn keys_are_read_and_bad_ones_told_without_showing_them() {
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let good = [OAUTH, &[("TOKEN_ENCRYPTION_KEY", key)]].concat();
        assert!(load(&good).config.storage.unwrap().keys.is_some());
        let told = problems(&[OAUTH, &[("TOKEN_ENCRYPTION_KEY", "hunter2")]].concat());
        assert!(
            told.contains("TOKEN_ENCRYPTION_KEY") && told.contains("openssl rand"),
            "{told}"
        );
        assert!(!told.contains("hunter2"), "{told}");
    }
}
