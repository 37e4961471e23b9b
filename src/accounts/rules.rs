//! Which passwords are taken.

/// Fewest characters of a password. NIST SP 800-63B-4 §3.1.1.2 counts length, and asks for no mixture of kinds.
pub const MIN_PASSWORD: usize = 12;
/// Most characters; far above what anybody types, far below what would cost us time.
pub const MAX_PASSWORD: usize = 256;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    TooShort,
    TooLong,
    /// It is the person's name or address, the product's name, or one character repeated.
    Guessable,
}

impl PasswordProblem {
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password.too_short",
            Self::TooLong => "password.too_long",
            Self::Guessable => "password.guessable",
        }
    }
}

/// Decides whether `password` may belong to the person with this address and name.
///
/// # Errors
/// The first problem found.
pub fn check_password(password: &str, email: &str, name: &str) -> Result<(), PasswordProblem> {
    let length = password.chars().count();
    if length < MIN_PASSWORD {
        return Err(PasswordProblem::TooShort);
    }
    if length > MAX_PASSWORD {
        return Err(PasswordProblem::TooLong);
    }
    let plain = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let password = plain(password);
    let context = [email, email.split('@').next().unwrap_or_default(), name, "regie", "motdepasse", "password"];
    // What is left when the context words are taken out must still be worth something.
    let rest =
        context.iter().map(|word| plain(word)).filter(|w| w.len() >= 4).fold(password, |rest, word| rest.replace(&word, ""));
    let distinct = rest.chars().collect::<std::collections::BTreeSet<_>>().len();
    if rest.chars().count() < 6 || distinct < 4 { Err(PasswordProblem::Guessable) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_context_does_not() {
        let check = |password| check_password(password, "karim.benali@exemple.fr", "Karim Benali");
        assert_eq!(check("le rideau se lève"), Ok(()));
        assert_eq!(check("éàùïöéàùïöéà"), Ok(()));
        assert_eq!(check("court"), Err(PasswordProblem::TooShort));
        assert_eq!(check("karim.benali1"), Err(PasswordProblem::Guessable));
        assert_eq!(check("motdepasse123"), Err(PasswordProblem::Guessable));
        assert_eq!(check("aaaaaaaaaaaaaaaa"), Err(PasswordProblem::Guessable));
        assert_eq!(check(&"a1b2".repeat(65)), Err(PasswordProblem::TooLong));
    }
}
