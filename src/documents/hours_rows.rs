//! The table of an hours sheet on paper: its columns and the words of its cells.

use super::canvas::{Canvas, PAGE_HEIGHT, PAGE_WIDTH, Style};
use super::model::NOTHING;
use super::table::{Align, Area, Cell, Column, GUTTER, Table};
use super::{HoursRow, HoursSheet, format_minutes};

pub const AREA: Area = Area { left: MARGIN, width: PAGE_WIDTH - MARGIN * 2.0, top: 68.0, bottom: PAGE_HEIGHT - 62.0 };
pub const BODY: Style = Style::regular(9.0);
pub const STRONG: Style = Style::bold(9.0);
pub const SMALL: Style = Style::regular(8.0).soft();
/// The column of the day's total, when there is one.
pub const DAY_TOTAL: usize = 5;

const MARGIN: f32 = 42.5;
const NOTE_LINES: usize = 4;

/// The columns this sheet needs.
pub fn table_of(sheet: &HoursSheet) -> Table {
    let words = &sheet.words;
    let column = |label: &str, width, align| Column { label: label.to_owned(), width, align };
    let mut columns = vec![
        column(&words.day, 82.0, Align::Left),
        column(&words.start, 46.0, Align::Left),
        column(&words.end, 60.0, Align::Left),
        column(&words.pause, 52.0, Align::Right),
        column(&words.worked, 64.0, Align::Right),
    ];
    if sheet.has_split_days() {
        columns.push(column(&words.day_total, 66.0, Align::Right));
    }
    let has_notes = sheet.rows.iter().any(|row| row.note.is_some());
    let label = if has_notes { format!("{} · {}", words.place, words.note) } else { words.place.clone() };
    columns.push(column(&label, Table::remaining(&columns, AREA), Align::Left));
    Table { columns, area: AREA }
}

/// The cells of one span; the total of its day stays empty.
pub fn cells_of(canvas: &Canvas, sheet: &HoursSheet, table: &Table, row: &HoursRow) -> Vec<Cell> {
    let words = &sheet.words;
    let end = match &row.end {
        None if row.is_running => {
            canvas.wrap(&words.running, STRONG, table.room(2), 2).into_iter().map(|line| (line, STRONG)).collect()
        }
        None => vec![(NOTHING.to_owned(), BODY)],
        Some(end) if row.end_next_day => vec![(format!("{end} {}", words.next_day), BODY)],
        Some(end) => vec![(end.clone(), BODY)],
    };
    let pause = if row.break_minutes == 0 { NOTHING.to_owned() } else { format_minutes(row.break_minutes) };
    let worked = if sheet.has_split_days() { BODY } else { STRONG };
    let day = canvas.wrap(&row.day, STRONG, table.room(0), 2).into_iter().map(|line| (line, STRONG)).collect();
    let mut cells: Vec<Cell> =
        vec![day, vec![(row.start.clone(), BODY)], end, vec![(pause, BODY)], vec![(format_minutes(row.worked_minutes), worked)]];
    if sheet.has_split_days() {
        cells.push(Vec::new());
    }
    let room = table.room(cells.len()) + GUTTER;
    let place = canvas.wrap(&row.place, BODY, room, NOTE_LINES).into_iter().map(|line| (line, BODY));
    let note = row.note.as_deref().unwrap_or_default();
    let note = canvas.wrap(note, SMALL, room, NOTE_LINES).into_iter().map(|line| (line, SMALL));
    cells.push(place.chain(note).collect());
    cells
}

/// The line under the last span of a week.
pub fn week_cells(sheet: &HoursSheet, row: &HoursRow, minutes: i64) -> Vec<Cell> {
    let label = format!("{} {}", sheet.words.week, row.week().1);
    sum_cells(sheet, label, minutes, STRONG)
}

/// A line with a label and a sum, the sum in the last column of durations.
pub fn sum_cells(sheet: &HoursSheet, label: String, minutes: i64, style: Style) -> Vec<Cell> {
    let mut cells = vec![vec![(label, style)], Vec::new(), Vec::new(), Vec::new()];
    if sheet.has_split_days() {
        cells.push(Vec::new());
    }
    cells.push(vec![(format_minutes(minutes), style)]);
    cells
}
