//! One stored value: `[format version][key id, 4 bytes][nonce, 24 bytes][XChaCha20-Poly1305 ciphertext and tag]`.
//!
//! The associated data names the format version, the key id, the table and the key of the record, so a record that is
//! copied to another place, or relabelled, does not decrypt. Nonces are random: 192 bits leave no chance of a repeat.

use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};
use zeroize::Zeroizing;

use super::error::Damage;
use super::keyring::{KeyId, Keyring};
use crate::randomness::Randomness;

const VERSION: u8 = 1;
const NONCE_LENGTH: usize = 24;
const NONCE_START: usize = 1 + KeyId::LENGTH;
const CIPHERTEXT_START: usize = NONCE_START + NONCE_LENGTH;

/// Where a record is kept.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) table: &'a str,
    pub(super) key: &'a str,
}

/// Encrypts a value with the first key of the ring, bound to its place. `None` only for a value beyond the cipher's
/// limit of 256 GiB.
pub(super) fn seal(keys: &Keyring, place: Place<'_>, plaintext: &[u8], randomness: &dyn Randomness) -> Option<Vec<u8>> {
    let key = keys.primary();
    let mut nonce = [0; NONCE_LENGTH];
    randomness.fill(&mut nonce);
    let payload = Payload {
        msg: plaintext,
        aad: &associated_data(key.id, place),
    };
    let ciphertext = key.cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
    let mut record = Vec::with_capacity(CIPHERTEXT_START + ciphertext.len());
    record.push(VERSION);
    record.extend_from_slice(&key.id.0);
    record.extend_from_slice(&nonce);
    record.extend_from_slice(&ciphertext);
    Some(record)
}

/// Decrypts what is stored at a place.
pub(super) fn unseal(keys: &Keyring, place: Place<'_>, record: &[u8]) -> Result<Zeroizing<Vec<u8>>, Damage> {
    let id = key_id(record)?;
    let (nonce, ciphertext) = record
        .get(NONCE_START..)
        .and_then(<[u8]>::split_first_chunk::<NONCE_LENGTH>)
        .ok_or(Damage::Truncated)?;
    let associated = associated_data(id, place);
    let mut damage = Damage::Key(id);
    for key in keys.with_id(id) {
        let payload = Payload {
            msg: ciphertext,
            aad: &associated,
        };
        match key.cipher.decrypt(&XNonce::from(*nonce), payload) {
            Ok(plaintext) => return Ok(Zeroizing::new(plaintext)),
            Err(_) => damage = Damage::Forged,
        }
    }
    Err(damage)
}

/// Which key a record says it was encrypted with.
pub(super) fn key_id(record: &[u8]) -> Result<KeyId, Damage> {
    let (version, rest) = record.split_first().ok_or(Damage::Truncated)?;
    if *version != VERSION {
        return Err(Damage::Version(*version));
    }
    let id = rest.first_chunk::<{ KeyId::LENGTH }>().ok_or(Damage::Truncated)?;
    Ok(KeyId(*id))
}

/// Unambiguous, since no table's name holds a zero byte and the parts before it have a fixed length.
fn associated_data(id: KeyId, place: Place<'_>) -> Vec<u8> {
    let mut data = Vec::with_capacity(1 + KeyId::LENGTH + place.table.len() + 1 + place.key.len());
    data.push(VERSION);
    data.extend_from_slice(&id.0);
    data.extend_from_slice(place.table.as_bytes());
    data.push(0);
    data.extend_from_slice(place.key.as_bytes());
    data
}
