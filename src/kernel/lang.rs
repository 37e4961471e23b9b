//! The languages of the product.

use serde::{Deserialize, Serialize};

/// A language of the interface. French is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Lang {
    #[default]
    Fr,
    En,
}

impl Lang {
    /// The BCP 47 code, as in `<html lang>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Reads a code; `None` for a language we do not have.
    pub fn parse(code: &str) -> Option<Self> {
        match code.get(..2)?.to_ascii_lowercase().as_str() {
            "fr" => Some(Self::Fr),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The best language for an `Accept-Language` header (RFC 9110 §12.5.4): the highest weight, the first among equals.
    pub fn negotiate(accept: &str) -> Self {
        let weighed = accept.split(',').filter_map(|part| {
            let mut fields = part.split(';');
            let lang = Self::parse(fields.next()?.trim())?;
            let weight = fields.find_map(|f| f.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            (weight > 0.0).then_some((lang, weight))
        });
        weighed.reduce(|best, next| if next.1 > best.1 { next } else { best }).map_or(Self::default(), |(lang, _)| lang)
    }

    /// The other one, for the switch in the page shell.
    pub const fn other(self) -> Self {
        match self {
            Self::Fr => Self::En,
            Self::En => Self::Fr,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        for (header, expected) in [
            ("", Lang::Fr),
            ("en", Lang::En),
            ("en-GB,fr;q=0.8", Lang::En),
            ("de, en;q=0.5, fr;q=0.9", Lang::Fr),
            ("fr;q=0, en;q=0.1", Lang::En),
            ("zz,é", Lang::Fr),
        ] {
            assert_eq!(Lang::negotiate(header), expected, "{header}");
        }
    }
}
