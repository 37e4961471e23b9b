//! What a reader finds on paper.

use super::super::*;
use super::{lapsed_week, long_month, sheet, week};

/// The text of each page, spaces made plain.
fn pages_of(pdf: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages = document.get_pages();
    pages.keys().map(|page| document.extract_text(&[*page]).unwrap().replace(['\u{a0}', '\u{202f}', '\n'], " ")).collect()
}

#[test]
fn a_week_prints_on_one_page_with_everything_a_reader_checks() {
    let pages = pages_of(&hours_pdf(&week()).unwrap());
    assert_eq!(pages.len(), 1);
    for text in [
        "Théâtre du Mail",
        "Feuille d’heures",
        "Karim Benali",
        "Régisseur son",
        "16–22 novembre 2026",
        "Europe/Paris",
        "08:02",
        "16:36",
        "8 h 04",
        "01:15 +1",
        "7 h 10",
        "en cours",
        "camion en retard",
        "24 h 41",
        "Date et signature du salarié",
        "Date et signature du responsable",
        "Page 1 / 1",
        "Établi le 21 novembre 2026 à 10:02",
    ] {
        assert!(pages[0].contains(text), "{text:?} is missing from {:?}", pages[0]);
    }
}

#[test]
fn a_forgotten_exit_is_not_printed_as_running() {
    let page = |sheet: &HoursSheet| pages_of(&hours_pdf(sheet).unwrap()).concat();
    let (running, lapsed) = (page(&week()), page(&lapsed_week()));
    assert_eq!(running.matches("en cours").count(), 2, "in its row and under the total: {running}");
    assert_eq!(lapsed.matches("en cours").count(), 0, "{lapsed}");
    assert_eq!(lapsed.matches('–').count(), running.matches('–').count() + 1, "in place of the end: {lapsed}");
    assert!(lapsed.contains("14:02") && lapsed.contains("Sortie oubliée") && lapsed.contains("21 h 29"), "{lapsed}");
}

#[test]
fn a_long_month_repeats_the_head_and_numbers_its_pages() {
    let pages = pages_of(&hours_pdf(&long_month()).unwrap());
    assert!(pages.len() > 3);
    for (index, page) in pages.iter().enumerate() {
        assert!(page.contains("Travaillé") && page.contains("Début"), "no head on page {}", index + 1);
        assert!(page.contains(&format!("Page {} / {}", index + 1, pages.len())));
        assert!(page.contains("Karim Benali"));
    }
    assert_eq!(pages.concat().matches("08:00").count(), 200);
    assert!(pages.concat().contains("Semaine 45"));
    let last = pages.last().unwrap();
    assert!(last.contains("200 h 00") && last.contains("signature du salarié") && last.contains("signature du responsable"));
}

#[test]
fn the_properties_of_the_pdf_are_those_given() {
    let document = lopdf::Document::load_mem(&hours_pdf(&week()).unwrap()).unwrap();
    let info = document.trailer.get(b"Info").unwrap().as_reference().unwrap();
    let info = document.get_dictionary(info).unwrap();
    assert_eq!(
        lopdf::decode_text_string(info.get(b"Title").unwrap()).unwrap(),
        "Feuille d’heures · Karim Benali · Semaine 47 · 16–22 novembre 2026"
    );
    assert_eq!(info.get(b"CreationDate").unwrap().as_str().unwrap(), b"D:20261121100200+00'00'");
    assert_eq!(document.catalog().unwrap().get(b"Lang").unwrap().as_str().unwrap(), b"fr");
}

#[test]
fn names_of_all_the_world_print_legibly() {
    let mut week = week();
    week.person = "Юлия Œuvré-Łódź 王芳".to_owned();
    let pages = pages_of(&hours_pdf(&week).unwrap());
    assert!(pages[0].contains("Юлия Œuvré-Łódź Wang Fang"), "{:?}", pages[0]);
}

#[test]
fn a_very_long_name_and_note_do_not_break_the_page() {
    let mut week = week();
    week.person = "Maximilienne-Alexandrine de La Rochefoucauld-Montmorency ".repeat(6);
    week.organisation = "Compagnie nationale des arts ".repeat(20);
    week.rows[0].note = Some("x".repeat(5000));
    let pages = pages_of(&hours_pdf(&week).unwrap());
    assert_eq!(pages.len(), 1);
    assert!(pages[0].contains('…'));
}

#[test]
fn several_people_have_their_own_pages_and_numbers() {
    let mut other = sheet(Vec::new());
    other.person = "Ana Silva".to_owned();
    let pages = pages_of(&hours_pdf_many(&[week(), other, long_month()]).unwrap());
    assert!(pages[0].contains("Karim Benali") && pages[0].contains("Page 1 / 1"));
    assert!(pages[1].contains("Ana Silva") && pages[1].contains("Page 1 / 1"));
    assert!(pages[1].contains("Aucune heure sur cette période.") && pages[1].contains("0 h 00"));
    assert!(pages[2].contains(&format!("Page 1 / {}", pages.len() - 2)));
    assert!(matches!(hours_pdf_many(&[]), Err(DocumentError::NoSheet)));
}

#[test]
fn a_week_is_small_on_disk() {
    assert!(hours_pdf(&week()).unwrap().len() < 100 * 1024);
}
