//! The hours sheet as a spreadsheet: real dates, times and durations, ready to be filtered and summed.
//!
//! Every text goes through `write_string`, so a name that looks like a formula stays a name.

use rust_xlsxwriter::{ExcelDateTime, Formula, Worksheet};

use super::model::NOTHING;
use super::workbook::{Formats, duration_of, new_book, print_set_up, set_up, time_of};
use super::{DocumentError, HoursRow, HoursSheet};

/// The hours of one person as XLSX.
///
/// # Errors
/// A date or a time of the sheet is impossible, or the spreadsheet writer refused.
pub fn hours_xlsx(sheet: &HoursSheet) -> Result<Vec<u8>, DocumentError> {
    let mut book = new_book(sheet, &sheet.person)?;
    let lines = [
        format!("{} · {}", sheet.words.title, sheet.organisation),
        with_detail(&sheet.person, sheet.job.as_deref()),
        format!("{} · {}", sheet.period, sheet.time_zone),
        sheet.issued.clone(),
    ];
    write_hours(book.add_worksheet(), std::slice::from_ref(sheet), &lines, false)?;
    Ok(book.save_to_buffer()?)
}

/// The hours of several people in one table with a column for the person, and a second sheet with their totals.
///
/// # Errors
/// There is no sheet, a date or a time is impossible, or the spreadsheet writer refused.
pub fn hours_xlsx_many(sheets: &[HoursSheet]) -> Result<Vec<u8>, DocumentError> {
    let first = sheets.first().ok_or(DocumentError::NoSheet)?;
    let mut book = new_book(first, &first.organisation)?;
    let lines = [
        format!("{} · {}", first.words.title, first.organisation),
        format!("{} · {}", first.period, first.time_zone),
        first.issued.clone(),
    ];
    write_hours(book.add_worksheet(), sheets, &lines, true)?;
    write_totals(book.add_worksheet(), sheets, &lines)?;
    Ok(book.save_to_buffer()?)
}

fn write_hours(page: &mut Worksheet, sheets: &[HoursSheet], lines: &[String], with_person: bool) -> Result<(), DocumentError> {
    let Some(first) = sheets.first() else {
        return Err(DocumentError::NoSheet);
    };
    let words = &first.words;
    let formats = Formats::new();
    let mut columns: Vec<(&str, f64)> = if with_person { vec![(&words.person, 26.0), (&words.job, 18.0)] } else { Vec::new() };
    let shift = columns.len() as u16;
    columns.extend([(words.day.as_str(), 12.0), (&words.start, 9.0), (&words.end, 11.0)]);
    columns.extend([(words.pause.as_str(), 9.0), (&words.worked, 11.0), (&words.place, 28.0), (&words.note, 34.0)]);

    let head = set_up(page, &words.title, lines, &columns, &formats)?;
    let mut line = head;
    for sheet in sheets {
        for row in &sheet.rows {
            line += 1;
            if with_person {
                page.write_string_with_format(line, 0, &sheet.person, &formats.text)?;
                page.write_string_with_format(line, 1, sheet.job.as_deref().unwrap_or_default(), &formats.text)?;
            }
            write_row(page, line, shift, row, sheet, &formats)?;
        }
    }
    let last_column = columns.len() as u16 - 1;
    if line > head {
        page.autofilter(head, 0, line, last_column)?;
    }
    write_sum(page, (head + 1, line), &columns, shift + 4, sheets, &formats)?;
    print_set_up(page, first, head, with_person)
}

fn write_row(
    page: &mut Worksheet,
    line: u32,
    shift: u16,
    row: &HoursRow,
    sheet: &HoursSheet,
    formats: &Formats,
) -> Result<(), DocumentError> {
    page.write_datetime_with_format(line, shift, &date_of(row)?, &formats.date)?;
    page.write_number_with_format(line, shift + 1, time_of(&row.start)?, &formats.time)?;
    match &row.end {
        None => {
            let text = if row.is_running { sheet.words.running.as_str() } else { NOTHING };
            page.write_string_with_format(line, shift + 2, text, &formats.text)?
        }
        Some(end) if row.end_next_day => {
            page.write_number_with_format(line, shift + 2, time_of(end)? + 1.0, &formats.time_next_day(&sheet.words.next_day))?
        }
        Some(end) => page.write_number_with_format(line, shift + 2, time_of(end)?, &formats.time)?,
    };
    page.write_number_with_format(line, shift + 3, duration_of(row.break_minutes), &formats.duration)?;
    page.write_number_with_format(line, shift + 4, duration_of(row.worked_minutes), &formats.duration)?;
    page.write_string_with_format(line, shift + 5, &row.place, &formats.text)?;
    page.write_string_with_format(line, shift + 6, row.note.as_deref().unwrap_or_default(), &formats.text)?;
    Ok(())
}

/// The sum under the table; it follows the filter. Without rows there is nothing to sum: the total is a number.
fn write_sum(
    page: &mut Worksheet,
    rows: (u32, u32),
    columns: &[(&str, f64)],
    column: u16,
    sheets: &[HoursSheet],
    formats: &Formats,
) -> Result<(), DocumentError> {
    let Some(first) = sheets.first() else {
        return Err(DocumentError::NoSheet);
    };
    let line = rows.1 + 1;
    for blank in 1..columns.len() as u16 {
        page.write_blank(line, blank, &formats.total_label)?;
    }
    page.write_string_with_format(line, 0, &first.words.total, &formats.total_label)?;
    let total = duration_of(sheets.iter().map(|sheet| sheet.total_minutes).sum());
    if rows.0 > rows.1 {
        page.write_string_with_format(line, 0, &first.words.empty, &formats.text)?;
        page.write_number_with_format(line, column, total, &formats.total)?;
        return Ok(());
    }
    let letter = char::from(b'A' + column as u8);
    let formula = format!("=SUBTOTAL(109,{letter}{}:{letter}{})", rows.0 + 1, rows.1 + 1);
    let minutes: i64 = sheets.iter().flat_map(|sheet| &sheet.rows).map(|row| row.worked_minutes).sum();
    let formula = Formula::new(formula).set_result(duration_of(minutes).to_string());
    page.write_formula_with_format(line, column, formula, &formats.total)?;
    Ok(())
}

fn write_totals(page: &mut Worksheet, sheets: &[HoursSheet], lines: &[String]) -> Result<(), DocumentError> {
    let Some(first) = sheets.first() else {
        return Err(DocumentError::NoSheet);
    };
    let words = &first.words;
    let formats = Formats::new();
    let columns = [(words.person.as_str(), 30.0), (words.job.as_str(), 24.0), (words.total.as_str(), 12.0)];
    let name = if words.total == words.title { format!("{} 2", words.total) } else { words.total.clone() };
    let head = set_up(page, &name, lines, &columns, &formats)?;
    let mut line = head;
    for sheet in sheets {
        line += 1;
        page.write_string_with_format(line, 0, &sheet.person, &formats.text)?;
        page.write_string_with_format(line, 1, sheet.job.as_deref().unwrap_or_default(), &formats.text)?;
        page.write_number_with_format(line, 2, duration_of(sheet.total_minutes), &formats.duration)?;
    }
    page.autofilter(head, 0, line, 2)?;
    print_set_up(page, first, head, false)
}

fn with_detail(text: &str, detail: Option<&str>) -> String {
    detail.map_or_else(|| text.to_owned(), |detail| format!("{text} · {detail}"))
}

fn date_of(row: &HoursRow) -> Result<ExcelDateTime, DocumentError> {
    let (year, month, day) = row.date;
    let refused = DocumentError::Date(year, month, day);
    let Ok(short_year) = u16::try_from(year) else {
        return Err(refused);
    };
    ExcelDateTime::from_ymd(short_year, month, day).map_err(|_| refused)
}
