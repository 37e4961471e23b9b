//! What was pasted from a spreadsheet, record by record: columns end with a comma, a semicolon or a tab, whichever the first line
//! has most of.

use crate::kernel::text::slug;

/// The records in which something is written, each with the line it begins on, counted from 1 as an editor does.
pub fn read_records(text: &str) -> Vec<(u64, csv::StringRecord)> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = [b';', b'\t', b','].into_iter().max_by_key(|d| first.matches(char::from(*d)).count());
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut place = Place { byte: 0, line: 1 };
    // No record of a text is unreadable: each may have as many columns as it likes.
    let written = reader.records().map_while(Result::ok).filter(|record| !record.iter().all(str::is_empty));
    written.map(|record| (place.line_of(text.as_bytes(), &record), record)).collect()
}

/// Whether a column with this title has addresses of mail, in French or English.
pub fn is_address_title(title: &str) -> bool {
    const TITLES: [&str; 11] = [
        "e-mail",
        "email",
        "mail",
        "courriel",
        "adresse",
        "adresse-e-mail",
        "adresse-email",
        "adresse-mail",
        "address",
        "e-mail-address",
        "email-address",
    ];
    TITLES.contains(&slug(title).as_str())
}

/// How far lines have been counted.
struct Place {
    byte: usize,
    line: u64,
}

impl Place {
    /// The line on which a record begins. The reader itself says where the one before ended, and blank lines may follow there.
    fn line_of(&mut self, text: &[u8], record: &csv::StringRecord) -> u64 {
        let ended = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.byte);
        let begins = ended + text[ended..].iter().take_while(|byte| matches!(**byte, b'\r' | b'\n')).count();
        self.line += text[self.byte..begins].iter().filter(|byte| **byte == b'\n').count() as u64;
        self.byte = begins;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        for end in ["\n", "\r\n"] {
            let text = ["\u{feff}", "a;b", "", ";", "c;\"d", "e\"", "f"].join(end);
            let records = read_records(&text);
            let begun: Vec<_> = records.iter().map(|(line, record)| (*line, &record[0])).collect();
            assert_eq!(begun, [(2, "a"), (5, "c"), (7, "f")], "{text:?}");
        }
    }

    #[test]
    fn titles_of_addresses_are_known_however_they_are_written() {
        for (title, known) in
            [("E-mail", true), (" Adresse  e-mail ", true), ("COURRIEL", true), ("", false), ("ana.exemple.fr", false)]
        {
            assert_eq!(is_address_title(title), known, "{title}");
        }
    }
}
