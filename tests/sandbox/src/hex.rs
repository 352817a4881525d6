//! Hexadecimal digits.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Two lower-case digits for each byte.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let text = String::with_capacity(2 * bytes.len());
    bytes.iter().fold(text, |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// 32 digits that stand for `content`, where Nextcloud has its MD5 sum.
pub(crate) fn fingerprint(content: impl AsRef<[u8]>) -> String {
    encode(&Sha256::digest(content)[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_the_first_half_of_the_sha_256_of_fips_180() {
        assert_eq!(fingerprint("abc"), "ba7816bf8f01cfea414140de5dae2223");
        assert_eq!(encode(&[0, 10, 255]), "000aff");
    }
}
