//! The words of the product in both languages, as typed functions made from `locales/` by the build.
//!
//! They stay on the server: islands get theirs as props.

use crate::kernel::Lang;
use std::sync::LazyLock;

/// What the build made. A message that is in the code is in every language, so unwrapping it cannot fail.
#[expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::derivable_impls,
    dead_code,
    reason = "generated; the generator checks every message in every language"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/l10n.rs"));
}

use generated::{L10n, L10nLanguage};

/// The words of one language.
pub type Words = L10nLanguage;

/// The words of `lang`.
pub fn words(lang: Lang) -> &'static Words {
    static FR: LazyLock<Words> = LazyLock::new(|| L10n::Fr.load());
    static EN: LazyLock<Words> = LazyLock::new(|| L10n::En.load());
    match lang {
        Lang::Fr => &FR,
        Lang::En => &EN,
    }
}
