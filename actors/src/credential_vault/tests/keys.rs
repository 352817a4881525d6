//! Encryption: places, tampering, wrong keys, rotation, and what is accepted as a key.

use proptest::prelude::*;

use super::super::record::{self, Place};
use super::*;

const PLACE: Place<'static> = Place {
    table: "grants.v1",
    key: "ada",
};

#[tokio::test]
async fn a_record_only_opens_where_it_was_put() {
    let (_directory, path) = directory();
    let vault = open(&path, KEY_A);
    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap();
    vault.put(Table::Grants, "grace", &grant(2)).await.unwrap();
    vault.close().await;
    let record = raw(&path, "grants.v1", "ada");
    put_raw(&path, "grants.v1", "grace", &record);
    put_raw(&path, "mcp_clients.v1", "ada", &record);

    let vault = open(&path, KEY_A);
    let forged = |table| {
        Err(VaultError::Unreadable {
            table,
            problem: Damage::Forged,
        })
    };
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(1))));
    assert_eq!(vault.get::<Grant>(Table::Grants, "grace").await, forged("grants.v1"));
    assert_eq!(
        vault.get::<Grant>(Table::McpClients, "ada").await,
        forged("mcp_clients.v1")
    );
    let listed = vault.list(Table::Grants).await.unwrap();
    assert_eq!(listed, [("ada".to_owned(), grant(1))], "the others are still listed");
    vault.close().await;
}

#[tokio::test]
async fn every_flipped_byte_and_every_cut_is_noticed() {
    let ring = keys(KEY_A);
    let record = record::seal(&ring, PLACE, b"{}", &CountingRandomness::default()).unwrap();
    assert_eq!(record::unseal(&ring, PLACE, &record).unwrap().as_slice(), b"{}");
    for index in 0..record.len() {
        let mut changed = record.clone();
        changed[index] ^= 1;
        assert!(record::unseal(&ring, PLACE, &changed).is_err(), "byte {index}");
        assert!(
            record::unseal(&ring, PLACE, &record[..index]).is_err(),
            "cut at {index}"
        );
    }
}

#[tokio::test]
async fn the_same_value_never_looks_the_same() {
    let (ring, randomness) = (keys(KEY_A), CountingRandomness::default());
    let [first, second] = [(); 2].map(|()| record::seal(&ring, PLACE, b"{}", &randomness).unwrap());
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_wrong_key_is_found_at_the_start() {
    let (_directory, path) = directory();
    open(&path, KEY_A).close().await;
    let error = CredentialVault::open(options(&path, KEY_B)).unwrap_err();
    assert!(matches!(error, VaultError::WrongKey { .. }), "{error:?}");
    let text = error.to_string();
    for part in [
        "vault.redb",
        KEY_VARIABLE,
        "new,old",
        &keys(KEY_A).ids(),
        &keys(KEY_B).ids(),
    ] {
        assert!(text.contains(part), "{text}");
    }
    open(&path, KEY_A).close().await;
}

#[tokio::test]
async fn keys_rotate_without_losing_anything() {
    let (_directory, path) = directory();
    let vault = open(&path, KEY_A);
    vault.put(Table::Grants, "ada", &grant(1)).await.unwrap();
    vault.put(Table::OAuthClients, "issuer", &grant(2)).await.unwrap();
    vault.close().await;

    // The old key behind the new one: everything is encrypted again.
    let vault = open(&path, &format!("{KEY_B},{KEY_A}"));
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(1))));
    vault.close().await;

    // The old key alone does not fit any more; the new one alone does.
    let error = CredentialVault::open(options(&path, KEY_A)).unwrap_err();
    assert!(matches!(error, VaultError::WrongKey { .. }), "{error:?}");
    let vault = open(&path, KEY_B);
    assert_eq!(vault.get(Table::Grants, "ada").await, Ok(Some(grant(1))));
    assert_eq!(vault.get(Table::OAuthClients, "issuer").await, Ok(Some(grant(2))));
    vault.close().await;
}

#[tokio::test]
async fn a_canary_that_was_changed_stops_the_start() {
    let (_directory, path) = directory();
    open(&path, KEY_A).close().await;
    let mut canary = raw(&path, "meta.v1", "canary");
    *canary.last_mut().unwrap() ^= 1;
    put_raw(&path, "meta.v1", "canary", &canary);
    let error = CredentialVault::open(options(&path, KEY_A)).unwrap_err();
    assert!(matches!(error, VaultError::Corrupted { .. }), "{error:?}");
}

#[test]
fn keys_are_accepted_in_the_forms_that_tools_print() {
    let hexadecimal = "fbff000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d";
    let id = keys(hexadecimal).ids();
    for form in [
        "-_8AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0=", // what Fernet.generate_key() prints
        "-_8AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0",
        "+/8AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0=", // what openssl rand -base64 32 prints
        "+/8AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0",
        "FBFF000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D",
        "  -_8AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0=\n",
        "-_8AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0=,",
    ] {
        assert_eq!(keys(form).ids(), id, "{form}");
    }
    assert_eq!(
        keys(&format!("{KEY_A} , {KEY_B}")).ids(),
        format!("{}, {}", keys(KEY_A).ids(), keys(KEY_B).ids())
    );
}

#[test]
fn what_is_no_key_is_refused_without_repeating_it() {
    let refused = |value: &str| Keyring::parse(&SecretString::from(value)).unwrap_err();
    assert_eq!(refused(""), KeyError::Empty);
    assert_eq!(refused(" , "), KeyError::Empty);
    let passphrase = "correct horse battery staple";
    let error = refused(passphrase);
    assert_eq!(
        error,
        KeyError::NotAKey {
            position: 1,
            length: 28
        }
    );
    assert!(error.to_string().contains("openssl rand -base64 32") && !error.to_string().contains("horse"));
    assert_eq!(
        refused(&format!("{KEY_A},{}", &KEY_A[..40])),
        KeyError::NotAKey {
            position: 2,
            length: 40
        }
    );
    assert_eq!(refused(&"0".repeat(64)), KeyError::Placeholder { position: 1 });
    assert_eq!(refused(&"A".repeat(43)), KeyError::Placeholder { position: 1 });
    assert_eq!(refused(&[KEY_A; 9].join(",")), KeyError::TooMany);
}

proptest! {
    #[test]
    fn no_text_makes_the_key_parser_panic(text in "\\PC{0,100}") {
        let _ = Keyring::parse(&SecretString::from(text));
    }

    #[test]
    fn no_bytes_make_reading_a_record_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(record::unseal(&keys(KEY_A), PLACE, &bytes).is_err());
    }

    #[test]
    fn no_bytes_behind_a_true_header_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let ring = keys(KEY_A);
        let mut record = record::seal(&ring, PLACE, b"{}", &CountingRandomness::default()).unwrap();
        record.truncate(5);
        record.extend_from_slice(&bytes);
        prop_assert!(record::unseal(&ring, PLACE, &record).is_err());
    }

    #[test]
    fn any_value_at_any_place_comes_back(value in proptest::collection::vec(any::<u8>(), 0..500), key in "\\PC{0,40}") {
        let ring = keys(KEY_A);
        let place = Place { table: "grants.v1", key: &key };
        let record = record::seal(&ring, place, &value, &CountingRandomness::default()).unwrap();
        prop_assert_eq!(&*record::unseal(&ring, place, &record).unwrap(), &value);
    }
}
