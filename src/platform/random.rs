//! Randomness for secrets, from the operating system by way of aws-lc.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `N` random bytes.
///
/// # Panics
/// When the operating system has no randomness to give: nothing secret may be made then.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "going on without randomness would make guessable secrets")]
    rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A token of `N` random bytes in base64url, for links, cookies and keys.
pub fn token<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<N>())
}

/// Groups of four letters and digits that people can read aloud: without 0, O, 1, I, L, U and V.
pub fn spoken_code(groups: usize) -> String {
    const LETTERS: &[u8; 29] = b"23456789ABCDEFGHJKMNPQRSTWXYZ";
    let mut code = String::new();
    while code.len() < groups * 5 {
        let [byte] = bytes::<1>();
        // Rejection keeps every letter equally likely.
        if let Some(letter) = LETTERS.get(usize::from(byte & 31)) {
            code.push(char::from(*letter));
            if code.len() % 5 == 4 {
                code.push('-');
            }
        }
    }
    code.trim_end_matches('-').to_owned()
}
