//! What a reader finds in the spreadsheet.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::super::*;
use super::{lapsed_week, sheet, week};

fn cells_of(xlsx: Vec<u8>, sheet: usize) -> calamine::Range<Data> {
    let mut book = Xlsx::new(Cursor::new(xlsx)).unwrap();
    book.worksheet_range_at(sheet).unwrap().unwrap()
}

fn number(cell: Option<&Data>) -> f64 {
    match cell {
        Some(Data::Float(number)) => *number,
        Some(Data::DateTime(time)) => time.as_f64(),
        other => panic!("{other:?} is no number"),
    }
}

#[test]
fn the_cells_of_the_spreadsheet_are_typed() {
    let cells = cells_of(hours_xlsx(&week()).unwrap(), 0);
    let at = |line, column| cells.get_value((line, column)).unwrap().clone();
    assert_eq!(at(5, 0), Data::String("Jour".to_owned()));
    let Data::DateTime(date) = at(6, 0) else { panic!("{:?} is no date", at(6, 0)) };
    assert_eq!(date.to_ymd_hms_milli(), (2026, 11, 16, 0, 0, 0, 0));
    let number = |line, column| number(cells.get_value((line, column)));
    assert!((number(6, 1) - 482.0 / 1440.0).abs() < 1e-9);
    assert!((number(9, 2) - (1.0 + 75.0 / 1440.0)).abs() < 1e-9, "the end of the next day");
    assert_eq!(at(10, 2), Data::String("en cours".to_owned()));
    assert!((number(6, 4) - 484.0 / 1440.0).abs() < 1e-9);
    assert!((number(11, 4) - 1481.0 / 1440.0).abs() < 1e-9, "the total");
}

#[test]
fn a_forgotten_exit_is_no_time_and_is_not_running() {
    for file in [hours_xlsx(&lapsed_week()), hours_xlsx_many(&[lapsed_week(), week()])] {
        let cells = cells_of(file.unwrap(), 0);
        let count = |text: &str| cells.cells().filter(|(_, _, cell)| **cell == Data::String(text.to_owned())).count();
        assert_eq!((count("–"), count("Sortie oubliée")), (1, 1), "{cells:?}");
    }
    let cells = cells_of(hours_xlsx(&lapsed_week()).unwrap(), 0);
    assert_eq!(cells.get_value((10, 2)), Some(&Data::String("–".to_owned())));
    assert!((number(cells.get_value((11, 4))) - 1289.0 / 1440.0).abs() < 1e-9, "the total");
}

#[test]
fn text_that_looks_like_a_formula_stays_text() {
    let mut week = week();
    let attacks = ["=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2+3", "=HYPERLINK(\"http://x\")"];
    for (row, attack) in week.rows.iter_mut().zip(attacks) {
        row.place = attack.to_owned();
        row.note = Some(attack.to_owned());
    }
    week.person = "=1+1".to_owned();
    let file = hours_xlsx_many(&[week]).unwrap();
    let cells = cells_of(file.clone(), 0);
    for (line, attack) in (5..).zip(attacks) {
        assert_eq!(cells.get_value((line, 0)), Some(&Data::String("=1+1".to_owned())));
        assert_eq!(cells.get_value((line, 7)), Some(&Data::String(attack.to_owned())));
        assert_eq!(cells.get_value((line, 8)), Some(&Data::String(attack.to_owned())));
    }
    let mut book = Xlsx::new(Cursor::new(file)).unwrap();
    let formulas = book.worksheet_formula(&book.sheet_names()[0].clone()).unwrap();
    let formulas: Vec<&String> = formulas.cells().map(|(_, _, formula)| formula).filter(|formula| !formula.is_empty()).collect();
    assert_eq!(formulas, ["SUBTOTAL(109,G6:G10)"]);
}

#[test]
fn an_export_of_several_people_has_their_totals() {
    let mut other = week();
    other.person = "Ana Silva".to_owned();
    let file = hours_xlsx_many(&[week(), other]).unwrap();
    let all = cells_of(file.clone(), 0);
    assert_eq!(all.get_value((10, 0)), Some(&Data::String("Ana Silva".to_owned())));
    let totals = cells_of(file, 1);
    assert_eq!(totals.get_value((5, 0)), Some(&Data::String("Karim Benali".to_owned())));
    assert!((number(totals.get_value((6, 2))) - 1481.0 / 1440.0).abs() < 1e-9);
}

#[test]
fn an_empty_sheet_is_a_file_all_the_same() {
    let cells = cells_of(hours_xlsx(&sheet(Vec::new())).unwrap(), 0);
    assert_eq!(cells.get_value((6, 0)), Some(&Data::String("Aucune heure sur cette période.".to_owned())));
    assert!(matches!(hours_xlsx_many(&[]), Err(DocumentError::NoSheet)));
}

#[test]
fn impossible_dates_and_times_are_refused() {
    let mut wrong = week();
    wrong.rows[0].date = (2026, 13, 1);
    assert!(matches!(hours_xlsx(&wrong), Err(DocumentError::Date(2026, 13, 1))));
    let mut wrong = week();
    wrong.rows[0].start = "midi".to_owned();
    assert!(matches!(hours_xlsx(&wrong), Err(DocumentError::Time)));
}
