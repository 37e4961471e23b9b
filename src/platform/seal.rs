//! Sealing: what must be read again but not by who steals the database. AES-256-GCM under a key file.

use super::random;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Seals and opens with the installation's key.
pub struct Sealer(LessSafeKey);

impl Sealer {
    /// `None` unless the key has 32 bytes.
    pub fn new(key: &[u8]) -> Option<Self> {
        UnboundKey::new(&AES_256_GCM, key).ok().map(|key| Self(LessSafeKey::new(key)))
    }

    /// Seals `plain` for `place` (what the value is and whose): in another place it does not open. The nonce is 96 random
    /// bits, which is safe for 2^32 values (NIST SP 800-38D §8.3). `None` when the cipher fails.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Option<String> {
        let nonce = random::bytes::<NONCE_LEN>();
        let mut bytes = plain.to_vec();
        let aad = Aad::from(place.as_bytes());
        self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut bytes).ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], &bytes].concat()))
    }

    /// Opens what was sealed for `place`; `None` for anything else.
    pub fn open(&self, place: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, text) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = text.to_vec();
        let plain = self.0.open_in_place(nonce, Aad::from(place.as_bytes()), &mut text).ok()?;
        Some(plain.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_in_its_place_only() {
        let sealer = Sealer::new(&[7; 32]).unwrap();
        let sealed = sealer.seal("totp/1", b"secret").unwrap();
        assert_eq!(sealer.open("totp/1", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(sealer.open("totp/2", &sealed), None);
        assert_eq!(Sealer::new(&[8; 32]).unwrap().open("totp/1", &sealed), None);
        assert_ne!(sealer.seal("totp/1", b"secret").unwrap(), sealed, "each sealing has its own nonce");
        assert!(sealer.open("totp/1", "AAAA").is_none() && Sealer::new(&[7; 31]).is_none());
    }
}
