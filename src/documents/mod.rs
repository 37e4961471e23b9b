//! Documents: what leaves the house as a file, hours sheets as PDF and XLSX.
//!
//! Owns no table and asks nothing of the database: callers hand over a finished model whose words are already
//! in the reader's language. Pure CPU work: call it from the blocking pool.
//! Invariants: no clock is read (every date is an argument); every character prints as a glyph or as a readable
//! replacement, never as an empty box; text of the crew is written to spreadsheets as text, never as a formula.
//! Keep an issued file if it must stay identical: writing it again may differ by some bytes.

mod canvas;
mod error;
mod fonts;
mod hours_pdf;
mod hours_rows;
mod hours_xlsx;
mod lines;
mod model;
mod opentype;
mod pdf_file;
mod table;
#[cfg(test)]
mod tests;
mod workbook;

pub use error::DocumentError;
pub use hours_pdf::{hours_pdf, hours_pdf_many};
pub use hours_xlsx::{hours_xlsx, hours_xlsx_many};
pub use model::{HoursRow, HoursSheet, HoursWords, format_minutes};
