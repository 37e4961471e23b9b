//! Which passwords are taken.

use zxcvbn::{Score, zxcvbn};

/// Fewest characters of a password. NIST SP 800-63B-4 §3.1.1.2: 15 where the password may be the only factor, no mixture of
/// kinds asked for, and a list of passwords that others would try first.
pub const MIN_PASSWORD: usize = 15;
/// Most characters; far above what anybody types, far below what would cost us time.
pub const MAX_PASSWORD: usize = 256;
/// The estimate is quadratic; what lies beyond these characters only makes a password better.
const ESTIMATED: usize = 72;
/// Characters that must be left when the person's own name and address are taken out.
const OWN_WORDS_APART: usize = 10;

/// Words that people here would try first, besides the English ones that the estimator knows.
const LOCAL_WORDS: &[&str] = &[
    "regie",
    "régie",
    "motdepasse",
    "azerty",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "bonjour",
    "soleil",
    "doudou",
    "chouchou",
    "theatre",
    "théâtre",
    "spectacle",
    "lumiere",
    "lumière",
    "plateau",
    "coulisses",
    "technicien",
    "intermittent",
    "badge",
    "bienvenue",
    "jetaime",
    "france",
    "marseille",
    "paris",
    "password",
    "changeme",
    "football",
    "loulou",
    "camille",
    "nicolas",
];

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordProblem {
    TooShort,
    TooLong,
    /// Somebody who knows the person, or lists of passwords, would find it soon.
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
    let parts = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= 3);
        words.map(str::to_lowercase).collect()
    };
    let mut context = [parts(email), parts(name)].concat();
    context.push(parts(name).concat());
    context.push(email.to_lowercase());
    let mut rest = password.to_lowercase();
    for own in context.iter().filter(|word| word.chars().count() > 3) {
        rest = rest.replace(own.as_str(), "");
    }
    if rest.chars().count() < OWN_WORDS_APART {
        return Err(PasswordProblem::Guessable);
    }
    let words: Vec<&str> = context.iter().map(String::as_str).chain(LOCAL_WORDS.iter().copied()).collect();
    let start: String = password.chars().take(ESTIMATED).collect();
    if zxcvbn(&start, &words).score() < Score::Three { Err(PasswordProblem::Guessable) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_and_context_does_not() {
        let check = |password| check_password(password, "karim.benali@exemple.fr", "Karim Benali");
        for good in ["le rideau se lève", "éàùïöéàùïöéà tôt", "correct cheval pile agrafe", "mon chat dort sur le pupitre"]
        {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        assert_eq!(check("court"), Err(PasswordProblem::TooShort));
        assert_eq!(check("quatorze lettre"), Ok(()), "fifteen are enough");
        assert_eq!(check("treize lettre"), Err(PasswordProblem::TooShort));
        let bad = [
            "karimbenalikarim",
            "Karim.Benali-2026",
            "motdepassemotdepasse",
            "azertyuiopqsdfghjklm",
            "aaaaaaaaaaaaaaaaaaaa",
            "123456789012345",
            "passwordpassword1",
        ];
        for bad in bad {
            assert_eq!(check(bad), Err(PasswordProblem::Guessable), "{bad}");
        }
        assert_eq!(check(&"a1b2".repeat(65)), Err(PasswordProblem::TooLong));
    }
}
