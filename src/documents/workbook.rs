//! What every spreadsheet of ours has: properties, looks, a frozen head, a page set-up, a name Excel accepts.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

use super::{DocumentError, HoursSheet};

const MINUTES_PER_DAY: f64 = 1440.0;
const A4: u8 = 9;
/// The format of a date that follows the habits of the reader's country.
const LOCAL_DATE: u8 = 14;
/// The name Excel keeps for itself.
const RESERVED_NAME: &str = "history";
const MAX_NAME: usize = 31;
const MAX_FOOTER: usize = 120;

/// An empty workbook that says what it is and when it was issued.
pub fn new_book(sheet: &HoursSheet, subject: &str) -> Result<Workbook, DocumentError> {
    let issued_at =
        ExcelDateTime::from_timestamp(sheet.issued_at_millis.div_euclid(1000)).map_err(|_| DocumentError::IssuedAt)?;
    let properties = DocProperties::new()
        .set_title(format!("{} · {subject} · {}", sheet.words.title, sheet.period))
        .set_author(&sheet.organisation)
        .set_company(&sheet.organisation)
        .set_creation_datetime(&issued_at);
    let mut book = Workbook::new();
    book.set_properties(&properties);
    Ok(book)
}

/// The looks of the cells.
pub struct Formats {
    pub title: Format,
    pub head: Format,
    pub text: Format,
    pub date: Format,
    pub time: Format,
    pub duration: Format,
    pub total_label: Format,
    pub total: Format,
}

impl Formats {
    pub fn new() -> Self {
        let cell = Format::new().set_align(FormatAlign::Top);
        let total = Format::new().set_bold().set_border_top(FormatBorder::Thin);
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_align(FormatAlign::Top).set_text_wrap(),
            text: cell.clone().set_text_wrap(),
            date: cell.clone().set_num_format_index(LOCAL_DATE).set_align(FormatAlign::Left),
            time: cell.clone().set_num_format("hh:mm"),
            duration: cell.set_num_format("[h]:mm"),
            total_label: total.clone(),
            total: total.set_num_format("[h]:mm"),
        }
    }

    /// The time of an end on the next day is more than one day: the mark is part of the format.
    pub fn time_next_day(&self, mark: &str) -> Format {
        let mark: String = mark.chars().filter(|character| *character != '"').collect();
        self.time.clone().set_num_format(format!("hh:mm\" {mark}\""))
    }
}

/// Names the sheet, writes the lines above the table and its frozen head; answers the row of the head.
pub fn set_up(
    page: &mut Worksheet,
    name: &str,
    lines: &[String],
    columns: &[(&str, f64)],
    formats: &Formats,
) -> Result<u32, DocumentError> {
    page.set_name(sheet_name(name))?;
    for (line, text) in (0..).zip(lines) {
        let format = if line == 0 { formats.title.clone() } else { Format::new() };
        page.write_string_with_format(line, 0, text, &format)?;
    }
    let head = lines.len() as u32 + 1;
    for (column, (label, width)) in (0..).zip(columns) {
        page.write_string_with_format(head, column, *label, &formats.head)?;
        page.set_column_width(column, *width)?;
    }
    page.set_freeze_panes(head + 1, 0)?;
    Ok(head)
}

/// A4, as wide as the page, head repeated, page numbers.
pub fn print_set_up(page: &mut Worksheet, sheet: &HoursSheet, head: u32, wide: bool) -> Result<(), DocumentError> {
    page.set_paper_size(A4).set_print_fit_to_pages(1, 0).set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.3);
    if wide {
        page.set_landscape();
    } else {
        page.set_portrait();
    }
    page.set_repeat_rows(head, head)?;
    let number = footer_text(&sheet.words.page).replace("{n}", "&P").replace("{m}", "&N");
    page.set_footer(format!("&L{}&R{number}", footer_text(&format!("{} · {}", sheet.organisation, sheet.period))));
    Ok(())
}

/// `08:02` as a fraction of a day.
pub fn time_of(text: &str) -> Result<f64, DocumentError> {
    let (hours, minutes) = text.split_once(':').ok_or(DocumentError::Time)?;
    let (Ok(hours), Ok(minutes)) = (hours.parse::<u8>(), minutes.parse::<u8>()) else {
        return Err(DocumentError::Time);
    };
    if hours > 24 || minutes > 59 {
        return Err(DocumentError::Time);
    }
    Ok(f64::from(u16::from(hours) * 60 + u16::from(minutes)) / MINUTES_PER_DAY)
}

/// Minutes as a fraction of a day.
pub fn duration_of(minutes: i64) -> f64 {
    minutes as f64 / MINUTES_PER_DAY
}

/// A name Excel accepts: no `[ ] : * ? / \`, no apostrophe at the ends, 31 characters, not empty, not reserved.
fn sheet_name(text: &str) -> String {
    let clean = |character: char| {
        if "[]:*?/\\".contains(character) || character.is_control() { ' ' } else { character }
    };
    let cleaned: String = text.chars().map(clean).collect();
    let edges = |character: char| character == '\'' || character.is_whitespace();
    let mut name = String::new();
    for character in cleaned.trim_matches(edges).chars() {
        // Excel counts in UTF-16.
        if name.encode_utf16().count() + character.len_utf16() > MAX_NAME {
            break;
        }
        name.push(character);
    }
    let name = name.trim_matches(edges);
    if name.is_empty() || name.to_lowercase() == RESERVED_NAME { "Sheet".to_owned() } else { name.to_owned() }
}

/// `&` starts a command in a footer, and Excel refuses a file whose footer is too long.
fn footer_text(text: &str) -> String {
    text.chars().take(MAX_FOOTER).collect::<String>().replace('&', "&&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_name_is_always_acceptable() {
        assert_eq!(sheet_name("Heures / semaine"), "Heures   semaine");
        assert_eq!(sheet_name("'[x]'"), "x");
        assert_eq!(sheet_name("History"), "Sheet");
        assert_eq!(sheet_name("  "), "Sheet");
        assert_eq!(sheet_name(&"é".repeat(40)).chars().count(), 31);
    }

    #[test]
    fn a_time_is_a_fraction_of_a_day() {
        assert_eq!(time_of("06:00").unwrap(), 0.25);
        assert!(matches!(time_of("6h"), Err(DocumentError::Time)));
        assert!(matches!(time_of("12:75"), Err(DocumentError::Time)));
    }

    #[test]
    fn an_ampersand_does_not_command_the_footer() {
        assert_eq!(footer_text("Son & Lumière &D"), "Son && Lumière &&D");
    }
}
