//! The encryption keys: the first one encrypts, all of them decrypt.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::randomness::Randomness;

/// The environment variable that holds the keys.
pub const KEY_VARIABLE: &str = "TOKEN_ENCRYPTION_KEY";

/// Length of a key in bytes.
pub(super) const KEY_LENGTH: usize = 32;

/// More keys than anyone rotates through at once; every key costs a look at start.
const MAX_KEYS: usize = 8;

/// Fernet keys come with padding and in the URL-safe alphabet, `openssl rand -base64 32` in the other; some tools leave
/// the padding away, and Python's decoder does not look at the two bits that are left over.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// Which key a record was encrypted with: the first bytes of a hash of the key. Fit for logs.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub(super) [u8; KeyId::LENGTH]);

impl KeyId {
    pub(super) const LENGTH: usize = 4;

    fn of(key: &[u8; KEY_LENGTH]) -> Self {
        let digest = Sha256::new()
            .chain_update(b"nextcloud-mcp-server key id\0")
            .chain_update(key)
            .finalize();
        let mut id = [0; Self::LENGTH];
        id.copy_from_slice(&digest[..Self::LENGTH]);
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Why a text is not a list of keys. The text itself is never part of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no key in it.
    #[error("it holds no key. Make one with `openssl rand -base64 32`")]
    Empty,
    /// One of the keys has neither form.
    #[error(
        "key {position} has {length} characters and is neither base64 of 32 bytes (43 or 44 characters) nor 64 \
         hexadecimal digits. A passphrase is not accepted: make a key with `openssl rand -base64 32`"
    )]
    NotAKey {
        /// Which one, counted from 1.
        position: usize,
        /// How long it is.
        length: usize,
    },
    /// A placeholder: one byte, repeated.
    #[error("key {position} is one byte repeated. Make a key with `openssl rand -base64 32`")]
    Placeholder {
        /// Which one, counted from 1.
        position: usize,
    },
    /// More keys than are accepted.
    #[error(
        "it holds more than {MAX_KEYS} keys. Keep the newest first, and the old ones only until the server has started once with the new one"
    )]
    TooMany,
}

/// One key, ready for use. Its bytes are wiped when it is dropped.
pub(super) struct Key {
    pub(super) id: KeyId,
    pub(super) cipher: XChaCha20Poly1305,
}

/// The keys of a vault, at least one. Cloning shares them.
#[derive(Clone)]
pub struct Keyring {
    keys: Arc<[Arc<Key>]>,
}

impl Keyring {
    /// Reads the value of `TOKEN_ENCRYPTION_KEY`: keys divided by commas, the first one for encrypting. A key is 32
    /// bytes as base64 (either alphabet, padded or not) or as 64 hexadecimal digits, so the Fernet key of the Python
    /// server is one.
    pub fn parse(value: &SecretString) -> Result<Self, KeyError> {
        let mut keys = Vec::new();
        let parts = value.expose_secret().split(',').map(str::trim);
        for (index, part) in parts.enumerate() {
            let position = index + 1;
            if position > MAX_KEYS {
                return Err(KeyError::TooMany);
            }
            if part.is_empty() {
                continue;
            }
            let bytes = decode(part).ok_or(KeyError::NotAKey {
                position,
                length: part.chars().count(),
            })?;
            if bytes.iter().all(|byte| *byte == bytes[0]) {
                return Err(KeyError::Placeholder { position });
            }
            keys.push(Arc::new(Key::new(&bytes)));
        }
        if keys.is_empty() {
            return Err(KeyError::Empty);
        }
        Ok(Self { keys: keys.into() })
    }

    /// A key ring with one fresh key that nobody else knows: for a vault in memory.
    pub(super) fn ephemeral(randomness: &dyn Randomness) -> Self {
        let mut bytes = Zeroizing::new([0; KEY_LENGTH]);
        randomness.fill(bytes.as_mut_slice());
        Self {
            keys: Arc::new([Arc::new(Key::new(&bytes))]),
        }
    }

    /// This key ring with the keys of another one behind its own, for decrypting.
    pub(super) fn followed_by(&self, older: &Self) -> Self {
        Self {
            keys: self.keys.iter().chain(older.keys.iter()).cloned().collect(),
        }
    }

    /// The key that encrypts.
    pub(super) fn primary(&self) -> &Key {
        &self.keys[0]
    }

    /// The keys with this id: usually one, since two keys share an id once in four thousand million.
    pub(super) fn with_id(&self, id: KeyId) -> impl Iterator<Item = &Key> {
        self.keys.iter().map(AsRef::as_ref).filter(move |key| key.id == id)
    }

    /// The ids of all keys, the encrypting one first.
    pub(super) fn ids(&self) -> String {
        let ids: Vec<_> = self.keys.iter().map(|key| key.id.to_string()).collect();
        ids.join(", ")
    }
}

impl Key {
    fn new(bytes: &[u8; KEY_LENGTH]) -> Self {
        Self {
            id: KeyId::of(bytes),
            cipher: XChaCha20Poly1305::new(bytes.into()),
        }
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Keyring({})", self.ids())
    }
}

fn decode(text: &str) -> Option<Zeroizing<[u8; KEY_LENGTH]>> {
    let mut key = Zeroizing::new([0; KEY_LENGTH]);
    let text = text.as_bytes();
    if text.len() == 2 * KEY_LENGTH {
        for (byte, pair) in key.iter_mut().zip(text.chunks_exact(2)) {
            *byte = hexadecimal(pair[0])? << 4 | hexadecimal(pair[1])?;
        }
        return Some(key);
    }
    // Room for what 44 characters can hold; longer texts do not fit and are refused.
    let mut buffer = Zeroizing::new([0; KEY_LENGTH + 1]);
    let length = URL_SAFE
        .decode_slice(text, buffer.as_mut_slice())
        .or_else(|_| STANDARD.decode_slice(text, buffer.as_mut_slice()))
        .ok()?;
    if length != KEY_LENGTH {
        return None;
    }
    key.copy_from_slice(&buffer[..KEY_LENGTH]);
    Some(key)
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
