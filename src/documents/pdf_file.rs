//! A PDF as a file: its properties going in, its bytes coming out.

use lopdf::{Dictionary, Object};
use printpdf::{OffsetDateTime, PdfDocument, PdfParseErrorSeverity, PdfSaveOptions};

use super::DocumentError;

/// What the properties window of a viewer shows.
#[derive(Debug)]
pub struct Properties<'a> {
    pub title: String,
    pub author: &'a str,
    pub language: &'a str,
    pub created_at_millis: i64,
}

/// A document without pages that says what it is and when it was issued.
pub fn open(properties: &Properties) -> Result<PdfDocument, DocumentError> {
    let mut document = PdfDocument::new(&properties.title);
    let created = OffsetDateTime::from_unix_timestamp(properties.created_at_millis.div_euclid(1000));
    let created = created.map_err(|_| DocumentError::IssuedAt)?;
    let info = &mut document.metadata.info;
    (info.creation_date, info.modification_date, info.metadata_date) = (created, created, created);
    info.author = properties.author.to_owned();
    info.creator = "Régie".to_owned();
    info.producer = "Régie".to_owned();
    Ok(document)
}

/// Saves, and corrects what the writer says about the document: its version, its language, its title bar.
pub fn write(document: &PdfDocument, language: &str) -> Result<Vec<u8>, DocumentError> {
    let mut warnings = Vec::new();
    let mut file = document.to_lopdf_document(&PdfSaveOptions::default(), &mut warnings);
    if let Some(error) = warnings.into_iter().find(|warning| warning.severity == PdfParseErrorSeverity::Error) {
        return Err(DocumentError::Pdf(error.msg));
    }
    file.version = "1.7".to_owned();
    let refused = |error: lopdf::Error| DocumentError::Pdf(error.to_string());
    let catalog = file.catalog_mut().map_err(refused)?;
    catalog.set("Lang", Object::string_literal(language));
    catalog.set("ViewerPreferences", Dictionary::from_iter([("DisplayDocTitle", Object::Boolean(true))]));
    if let Ok(info) = file.trailer.get(b"Info").and_then(Object::as_reference)
        && let Ok(info) = file.get_dictionary_mut(info)
    {
        // The writer claims a print standard this document does not follow.
        info.remove(b"GTS_PDFXVersion");
        info.remove(b"Identifier");
        info.remove(b"Keywords");
    }
    file.compress();
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).map_err(|error| DocumentError::Pdf(error.to_string()))?;
    Ok(bytes)
}
