//! Breaking a text into lines that fit.

use super::fonts::Typeface;

const ELLIPSIS: char = '…';

/// Lines of at most `room` thousandths of an em; what exceeds `max_lines` becomes an ellipsis.
pub fn wrap(typeface: &Typeface, text: &str, room: f32, max_lines: usize) -> Vec<String> {
    let text = typeface.printable(text);
    let mut lines: Vec<String> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let cut = fitting(typeface, rest, room);
        if lines.len() + 1 >= max_lines && cut < rest.len() {
            lines.push(ellipsise(typeface, &rest[..cut], room));
            break;
        }
        lines.push(rest[..cut].trim_end().to_owned());
        rest = rest[cut..].trim_start();
    }
    lines
}

/// How many bytes of the text fit: whole words if at least one does, else whole characters, never none.
fn fitting(typeface: &Typeface, text: &str, room: f32) -> usize {
    let (mut used, mut last_space, mut end) = (0.0, None, 0);
    for glyph in typeface.shape(text) {
        if glyph.character == ' ' {
            last_space = Some(end);
        }
        used += typeface.thousandths(&glyph);
        if used > room && glyph.character != ' ' && end > 0 {
            return last_space.filter(|space| *space > 0).unwrap_or(end);
        }
        end += glyph.character.len_utf8();
    }
    text.len()
}

fn ellipsise(typeface: &Typeface, text: &str, room: f32) -> String {
    let mut short = text.trim_end().to_owned();
    loop {
        let candidate = format!("{}{ELLIPSIS}", short.trim_end());
        if typeface.width(&candidate) <= room || short.pop().is_none() {
            return candidate;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::fonts::Weight;

    fn regular() -> &'static Typeface {
        Typeface::get(Weight::Regular).unwrap()
    }

    #[test]
    fn long_texts_wrap_by_words_then_end_with_an_ellipsis() {
        let lines = wrap(regular(), "Théâtre du Mail, grande salle, entrée des artistes", 9000.0, 2);
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], "Théâtre du Mail,");
        assert!(lines[1].ends_with('…'), "{lines:?}");
        assert!(lines.iter().all(|line| regular().width(line) <= 9000.0));
    }

    #[test]
    fn a_word_longer_than_the_line_is_cut() {
        let lines = wrap(regular(), &"m".repeat(40), 6000.0, 20);
        assert!(lines.len() > 4);
        assert_eq!(lines.concat(), "m".repeat(40));
        assert_eq!(wrap(regular(), "mm", 100.0, 9), ["m", "m"]);
        assert!(wrap(regular(), "  ", 6000.0, 2).is_empty());
    }
}
