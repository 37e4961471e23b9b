//! Texts that people type: how they are cleaned and when they are refused.

/// Trims, folds runs of white space and refuses control characters. `None` when nothing is left or it is too long
/// (`max` in characters).
pub fn clean_line(text: &str, max: usize) -> Option<String> {
    let clean = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = !clean.is_empty() && clean.chars().count() <= max && !clean.chars().any(char::is_control);
    fits.then_some(clean)
}

/// An e-mail address in the one form that is stored and compared: trimmed, lower case. `None` when it cannot be an
/// address (RFC 5321 lengths; one `@`; a dot in the domain; no space, control or quoting characters).
pub fn clean_email(text: &str) -> Option<String> {
    let email = text.trim().to_lowercase();
    let (local, domain) = email.split_once('@')?;
    let plain = |s: &str| s.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"\"(),:;<>@[\\]".contains(c));
    let dotted = |s: &str| !s.starts_with('.') && !s.ends_with('.') && !s.contains("..");
    let valid = (1..=64).contains(&local.len())
        && (3..=253).contains(&domain.len())
        && plain(local)
        && plain(domain)
        && dotted(local)
        && dotted(domain)
        && domain.contains('.')
        && domain.split('.').all(|label| !label.starts_with('-') && !label.ends_with('-'));
    valid.then_some(email)
}

/// Two letters that stand for a name in an avatar: "Karim Benali" → "KB".
pub fn initials(name: &str) -> String {
    let mut words = name.split(|c: char| c.is_whitespace() || c == '-').filter(|w| !w.is_empty());
    let first = words.next().and_then(|w| w.chars().next());
    let last = words.next_back().and_then(|w| w.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// One of the six colours of the house, 1 to 6, for an avatar: always the same for a name.
pub fn colour_of(name: &str) -> u32 {
    name.chars().fold(0, |sum: u32, letter| sum.wrapping_mul(31).wrapping_add(u32::from(letter))) % 6 + 1
}

/// The first word of a name: what a kiosk may show to the whole queue.
pub fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// Three letters that stand for a project where there is no room for its name: "Le Soulier de satin" → "SDS", "Nuits électro" →
/// "NÉL", "Tartuffe" → "TAR". An article in front does not count.
pub fn short_code(name: &str) -> String {
    const ARTICLES: [&str; 8] = ["le", "la", "les", "l", "un", "une", "the", "a"];
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let words = match words.as_slice() {
        [first, rest @ ..] if !rest.is_empty() && ARTICLES.contains(&first.to_lowercase().as_str()) => rest,
        all => all,
    };
    let each = match words.len() {
        1 => [3, 0, 0],
        2 => [1, 2, 0],
        _ => [1, 1, 1],
    };
    let letters = words.iter().zip(each).flat_map(|(word, count)| word.chars().take(count));
    letters.flat_map(char::to_uppercase).take(4).collect()
}

/// Lower case without accents, so that "elodie" finds "Élodie" on every database.
pub fn fold(text: &str) -> String {
    text.to_lowercase().chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => out.push('a'),
            'é' | 'è' | 'ê' | 'ë' => out.push('e'),
            'î' | 'ï' | 'í' | 'ì' => out.push('i'),
            'ô' | 'ö' | 'ó' | 'õ' | 'ò' => out.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => out.push('u'),
            'ÿ' | 'ý' => out.push('y'),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            'œ' => out.push_str("oe"),
            'æ' => out.push_str("ae"),
            c => out.push(c),
        }
        out
    })
}

/// A name as it appears in an address: `Compagnie des Lumières` → `compagnie-des-lumieres`. Never empty.
pub fn slug(name: &str) -> String {
    let plain = fold(name).replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let words: Vec<_> = plain.split('-').filter(|w| !w.is_empty()).collect();
    let joined: String = words.join("-").chars().take(48).collect();
    let slug = joined.trim_end_matches('-');
    if slug.is_empty() { "org".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_have_a_short_code() {
        for (name, code) in [
            ("Le Soulier de satin", "SDS"),
            ("Assises du climat", "ADC"),
            ("Nuits électro", "NÉL"),
            ("L’Avare", "AVA"),
            ("Tartuffe", "TAR"),
            ("Un", "UN"),
            ("Festival du Vieux Moulin", "FDV"),
            ("…", ""),
        ] {
            assert_eq!(short_code(name), code, "{name}");
        }
    }

    #[test]
    fn addresses_are_lower_case_and_plausible() {
        assert_eq!(clean_email(" Ana.Diaz@Exemple.FR "), Some("ana.diaz@exemple.fr".to_owned()));
        for bad in
            ["", "a", "a@b", "@b.fr", "a@.fr", "a@b..fr", "a b@c.fr", "a@b@c.fr", "a\n@b.fr", "<a@b.fr>", ".a@b.fr", "a@-b.fr"]
        {
            assert_eq!(clean_email(bad), None, "{bad}");
        }
    }

    #[test]
    fn lines_are_folded_and_bounded() {
        assert_eq!(clean_line("  Ana \t  Díaz ", 20), Some("Ana Díaz".to_owned()));
        assert_eq!(clean_line(" \n ", 20), None);
        assert_eq!(clean_line("abc", 2), None);
    }

    #[test]
    fn slugs_are_readable() {
        assert_eq!(slug("Compagnie des Lumières"), "compagnie-des-lumieres");
        assert_eq!(slug("  L'Œil & Cie — 2 "), "l-oeil-cie-2");
        assert_eq!(slug("日本"), "org");
    }

    #[test]
    fn names_become_initials() {
        assert_eq!(initials("Karim Benali"), "KB");
        assert_eq!(initials("Inès"), "I");
        assert_eq!(initials("Yann Le Goff"), "YG");
        assert_eq!(initials(""), "");
    }
}
