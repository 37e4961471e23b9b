//! Time-based one-time codes (RFC 6238): SHA-1, six digits, 30 seconds, as every authenticator app expects.

use crate::kernel::Instant;
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// Bytes of a secret: the output length of SHA-1, as RFC 4226 §4 recommends.
pub const SECRET_BYTES: usize = 20;
/// Seconds of a step.
const STEP: u64 = 30;

fn generator(secret: &[u8]) -> Totp {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6).with_skew(1).with_step_duration(STEP);
    builder.with_secret(secret.to_vec()).build_noncompliant()
}

/// The step whose code this is, one before and one after included; `None` for a wrong code. Spaces do not count.
pub fn matching_step(secret: &[u8], code: &str, now: Instant) -> Option<i64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.0.div_euclid(1000)).ok()?;
    (code.len() == 6).then(|| generator(secret).check(&code, seconds)).flatten().and_then(|step| i64::try_from(step).ok())
}

/// The secret as people type it: base32 in groups of four.
pub fn spoken(secret: &[u8]) -> String {
    let letters = Secret::from(secret.to_vec()).to_base32();
    letters.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
}

/// The address in the QR code (Key URI format). `account` is an e-mail address.
pub fn address(secret: &[u8], account: &str) -> String {
    let letters = Secret::from(secret.to_vec()).to_base32();
    let account: String =
        account.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_@".contains(c) { c } else { '_' }).collect();
    format!("otpauth://totp/R%C3%A9gie:{account}?secret={letters}&issuer=R%C3%A9gie&algorithm=SHA1&digits=6&period=30")
}

/// The code of a moment, for tests of everything that asks for one.
pub fn code_at(secret: &[u8], now: Instant) -> String {
    generator(secret).generate(u64::try_from(now.0.div_euclid(1000)).unwrap_or(0)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_6238_hold() {
        // Appendix B, SHA-1, the last six of its eight digits.
        let secret = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(code_at(secret, Instant(seconds * 1000)), code);
            assert_eq!(matching_step(secret, code, Instant(seconds * 1000)), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_lives_for_one_step_more_and_says_which() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64| Instant(seconds * 1000);
        let code = code_at(secret, at(3000));
        assert_eq!(matching_step(secret, &code, at(3000)), Some(100));
        assert_eq!(matching_step(secret, &code, at(3035)), Some(100));
        assert_eq!(matching_step(secret, &format!(" {} {} ", &code[..3], &code[3..]), at(2980)), Some(100));
        assert_eq!(matching_step(secret, &code, at(3065)), None);
        assert_eq!(matching_step(secret, "12345", at(3000)), None);
        assert!(address(secret, "ana@exemple.fr").contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"));
        assert_eq!(&spoken(secret)[..9], "GEZD GNBV");
    }
}
