//! Identifiers and secrets, from the system's randomness.

use rand::TryRng as _;
use rand::rngs::SysRng;

const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// A string of `length` letters and digits, the alphabet Nextcloud draws its tokens from.
pub(crate) fn alphanumeric(length: usize) -> String {
    let mut drawn = String::with_capacity(length);
    let mut pool = [0; 128];
    while drawn.len() < length {
        fill(&mut pool);
        // 248 is the largest multiple of 62 in a byte: what lies above would favour the first letters.
        let letters = pool
            .iter()
            .filter(|byte| **byte < 248)
            .map(|byte| char::from(ALPHANUMERIC[usize::from(byte % 62)]));
        drawn.extend(letters.take(length - drawn.len()));
    }
    drawn
}

fn fill(bytes: &mut [u8]) {
    #[expect(clippy::expect_used, reason = "a machine without randomness cannot run the sandbox")]
    SysRng.try_fill_bytes(bytes).expect("the system gives randomness");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_the_length_asked_for_and_differ() {
        assert_eq!(alphanumeric(200).len(), 200);
        assert!(alphanumeric(64).bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(alphanumeric(64), alphanumeric(64));
        assert_ne!(bytes::<16>(), bytes::<16>());
    }
}
