//! Secrets: values that never show themselves, and fingerprints of values that are only ever compared.

use aws_lc_rs::digest;
use std::fmt;

/// A value that is not printed by accident.
#[derive(Clone, Default)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, said out loud in the code.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// SHA-256 in lower-case hexadecimal. Tokens of at least 128 random bits are stored like this: nothing can be guessed
/// from the hash, so no salt or slow function is needed.
pub fn fingerprint(value: impl AsRef<[u8]>) -> String {
    hex(digest::digest(&digest::SHA256, value.as_ref()).as_ref())
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}
