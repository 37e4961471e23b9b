//! The hours sheet on paper: A4, one person after the other, to be read, checked and signed.

use super::canvas::{Canvas, PAGE_HEIGHT, PAGE_WIDTH, Style};
use super::hours_rows::{AREA, BODY, DAY_TOTAL, SMALL, STRONG, cells_of, sum_cells, table_of, week_cells};
use super::pdf_file::Properties;
use super::table::{Rule, Table};
use super::{DocumentError, HoursSheet, format_minutes};

const MARGIN: f32 = AREA.left;
const RIGHT: f32 = PAGE_WIDTH - MARGIN;
/// The total and the signatures under it.
const END_HEIGHT: f32 = 116.0;
const SIGNATURE_HEIGHT: f32 = 70.0;
const HAIR: f32 = 0.78;

/// The hours of one person as PDF.
///
/// # Errors
/// The moment of issue is impossible, or the PDF writer refused.
pub fn hours_pdf(sheet: &HoursSheet) -> Result<Vec<u8>, DocumentError> {
    hours_pdf_many(std::slice::from_ref(sheet))
}

/// The hours of several people in one PDF: each starts on a new page and has its own page numbers.
///
/// # Errors
/// There is no sheet, the moment of issue is impossible, or the PDF writer refused.
pub fn hours_pdf_many(sheets: &[HoursSheet]) -> Result<Vec<u8>, DocumentError> {
    let first = sheets.first().ok_or(DocumentError::NoSheet)?;
    let mut canvas = Canvas::new()?;
    for sheet in sheets {
        draw_sheet(&mut canvas, sheet);
        if sheets.len() > 1 {
            canvas.bookmark(&sheet.person);
        }
    }
    let subject = if sheets.len() > 1 { &first.organisation } else { &first.person };
    canvas.finish(&Properties {
        title: format!("{} · {subject} · {}", first.words.title, first.period),
        author: &first.organisation,
        language: &first.words.language,
        created_at_millis: first.issued_at_millis,
    })
}

fn draw_sheet(canvas: &mut Canvas, sheet: &HoursSheet) {
    let first_page = canvas.page_count();
    canvas.add_page();
    let y = draw_opening(canvas, sheet);
    let table = table_of(sheet);
    let y = table.head(canvas, y);
    let y = if sheet.rows.is_empty() { draw_empty(canvas, sheet, y) } else { draw_rows(canvas, sheet, &table, y) };
    draw_end(canvas, sheet, &table, y);
    let last_page = canvas.page_count();
    for page in first_page..last_page {
        canvas.turn_to(page);
        draw_margins(canvas, sheet, page - first_page + 1, last_page - first_page);
    }
    canvas.turn_to(first_page);
}

/// Whose hours, when, how many; answers where the table starts.
fn draw_opening(canvas: &mut Canvas, sheet: &HoursSheet) -> f32 {
    let words = &sheet.words;
    let issued_width = canvas.width(&sheet.issued, SMALL);
    let organisation = one_line(canvas, &sheet.organisation, Style::bold(10.0), AREA.width - issued_width - 24.0);
    canvas.text(MARGIN, 50.0, &organisation, Style::bold(10.0));
    canvas.text_right(RIGHT, 50.0, &sheet.issued, SMALL);
    let title = one_line(canvas, &words.title, Style::bold(24.0), AREA.width);
    canvas.text(MARGIN, 92.0, &title, Style::bold(24.0));

    let total = format_minutes(sheet.total_minutes);
    let running = if sheet.is_running() { words.running.as_str() } else { "" };
    let job = sheet.job.as_deref().unwrap_or_default();
    let facts = [
        (&words.person, sheet.person.as_str(), job, 0.0, 186.0),
        (&words.period, sheet.period.as_str(), sheet.time_zone.as_str(), 200.0, 228.0),
        (&words.total, total.as_str(), running, 440.0, AREA.width - 440.0),
    ];
    let top = 112.0;
    let mut bottom: f32 = 0.0;
    for (label, value, detail, offset, width) in facts {
        let x = MARGIN + offset;
        let mut y = top + 15.0;
        canvas.text(x, y, label, SMALL);
        for line in canvas.wrap(value, Style::bold(11.5), width, 3) {
            y += 15.0;
            canvas.text(x, y, &line, Style::bold(11.5));
        }
        for line in canvas.wrap(detail, Style::regular(9.0).soft(), width, 2) {
            y += 12.5;
            canvas.text(x, y, &line, Style::regular(9.0).soft());
        }
        bottom = bottom.max(y + 10.0);
    }
    canvas.line((MARGIN, top), (RIGHT, top), 0.5, HAIR);
    canvas.line((MARGIN, bottom), (RIGHT, bottom), 0.5, HAIR);
    bottom + 20.0
}

fn draw_rows(canvas: &mut Canvas, sheet: &HoursSheet, table: &Table, mut y: f32) -> f32 {
    let rows = &sheet.rows;
    let several_weeks = sheet.has_several_weeks();
    let (mut day_minutes, mut week_minutes) = (0, 0);
    for (index, row) in rows.iter().enumerate() {
        let new_day = index == 0 || rows[index - 1].date != row.date;
        let last_of_day = rows.get(index + 1).is_none_or(|next| next.date != row.date);
        let last_of_week = several_weeks && rows.get(index + 1).is_none_or(|next| next.week() != row.week());
        day_minutes = if new_day { row.worked_minutes } else { day_minutes + row.worked_minutes };
        week_minutes += row.worked_minutes;

        let mut cells = cells_of(canvas, sheet, table, row);
        if sheet.has_split_days() && last_of_day {
            cells[DAY_TOTAL] = vec![(format_minutes(day_minutes), STRONG)];
        }
        let week = if last_of_week { week_cells(sheet, row, week_minutes) } else { Vec::new() };
        let mut kept = if last_of_week { Table::height(&week) } else { 0.0 };
        if index + 1 == rows.len() {
            // Nobody signs a page without hours.
            kept += END_HEIGHT;
        }
        let (top, new_page) = table.make_room(canvas, y, Table::height(&cells) + kept);
        if !new_day && !new_page {
            cells[0].clear();
        }
        let after_week = several_weeks && index > 0 && rows[index - 1].week() != row.week();
        let rule = if new_page || index == 0 || !new_day || after_week { Rule::None } else { Rule::Hair };
        y = table.row(canvas, top, &cells, rule);
        if last_of_week {
            y = table.row(canvas, y, &week, Rule::Band);
            week_minutes = 0;
        }
    }
    y
}

fn draw_empty(canvas: &mut Canvas, sheet: &HoursSheet, y: f32) -> f32 {
    let line = one_line(canvas, &sheet.words.empty, BODY.soft(), AREA.width);
    canvas.text(MARGIN, y + 18.0, &line, BODY.soft());
    y + 30.0
}

/// The total and the two signatures, always on one page.
fn draw_end(canvas: &mut Canvas, sheet: &HoursSheet, table: &Table, y: f32) {
    let (y, _) = table.make_room(canvas, y, END_HEIGHT);
    let cells = sum_cells(sheet, sheet.words.total.clone(), sheet.total_minutes, Style::bold(10.5));
    let y = table.row(canvas, y, &cells, Rule::Strong) + 14.0;
    let width = (AREA.width - 12.0) / 2.0;
    for (label, x) in [(&sheet.words.signature_person, MARGIN), (&sheet.words.signature_manager, MARGIN + width + 12.0)] {
        canvas.frame((x, y), (width, SIGNATURE_HEIGHT), 0.5, 0.45);
        let label = one_line(canvas, label, SMALL, width - 16.0);
        canvas.text(x + 8.0, y + 14.0, &label, SMALL);
    }
}

/// The foot of every page, and a reminder at the top of those that follow the first.
fn draw_margins(canvas: &mut Canvas, sheet: &HoursSheet, number: usize, count: usize) {
    let reminder = format!("{} · {} · {}", sheet.organisation, sheet.person, sheet.period);
    if number > 1 {
        let line = one_line(canvas, &format!("{} · {}", sheet.person, sheet.period), STRONG, AREA.width);
        canvas.text(MARGIN, 50.0, &line, STRONG);
    }
    let page = sheet.words.page.replace("{n}", &number.to_string()).replace("{m}", &count.to_string());
    let foot = PAGE_HEIGHT - 34.0;
    let line = one_line(canvas, &reminder, SMALL, AREA.width - canvas.width(&page, SMALL) - 24.0);
    canvas.text(MARGIN, foot, &line, SMALL);
    canvas.text_right(RIGHT, foot, &page, SMALL);
}

fn one_line(canvas: &Canvas, text: &str, style: Style, width: f32) -> String {
    canvas.wrap(text, style, width, 1).pop().unwrap_or_default()
}
