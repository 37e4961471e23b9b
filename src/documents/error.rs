//! What can go wrong while a document is produced.

/// Why a document could not be produced.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// An export was asked for nobody.
    #[error("there is no sheet to put into the document")]
    NoSheet,
    /// The day of a row does not exist in the calendar, or is out of a spreadsheet's reach.
    #[error("{0}-{1}-{2} is not a date a document can hold")]
    Date(i32, u8, u8),
    /// A time of a row is not written `HH:MM`.
    #[error("a time of the sheet is not written HH:MM")]
    Time,
    /// The moment of issue is out of the calendar's range.
    #[error("the moment of issue is out of range")]
    IssuedAt,
    /// The typeface shipped with the product could not be read or reduced.
    #[error("the typeface cannot be used: {0}")]
    Typeface(&'static str),
    /// The PDF writer refused the page.
    #[error("the pdf cannot be written: {0}")]
    Pdf(String),
    /// The spreadsheet writer refused a cell or a setting.
    #[error("the spreadsheet cannot be written")]
    Spreadsheet(#[from] rust_xlsxwriter::XlsxError),
}
