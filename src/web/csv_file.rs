//! CSV files that spreadsheets open as what they are.

/// Rows as CSV with semicolons and a byte order mark, which is what spreadsheets of French desks read without asking.
///
/// # Errors
/// Never for rows of one length.
pub fn write(rows: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    Ok(["\u{feff}".as_bytes(), go_on(rows)?.as_slice()].concat())
}

/// More rows of a file that began with [`write`].
///
/// # Errors
/// Never for rows of one length.
pub fn go_on(rows: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    for row in rows {
        out.write_record(row.iter().map(|cell| harmless(cell).into_owned()))?;
    }
    out.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe (CWE-1236).
pub fn harmless(cell: &str) -> std::borrow::Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_stay_text() {
        let rows = [vec!["Nom".to_owned(), "=HYPERLINK(\"x\")".to_owned()], vec!["a;b".to_owned(), "-1".to_owned()]];
        let text = String::from_utf8(write(&rows).unwrap()).unwrap();
        assert_eq!(text, "\u{feff}Nom;\"'=HYPERLINK(\"\"x\"\")\"\n\"a;b\";'-1\n");
        for text in ["=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["Karim", "Ana = Ana", "7-8", ""] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn a_file_in_pieces_is_the_file() {
        let rows: Vec<_> = ["é", "=b", "c;d"].map(|cell| vec![cell.to_owned(), "x".to_owned()]).into();
        let pieces = [write(&rows[..1]).unwrap(), go_on(&rows[1..]).unwrap(), go_on(&[]).unwrap()];
        assert_eq!(pieces.concat(), write(&rows).unwrap());
    }
}
