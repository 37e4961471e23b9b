//! What readers find in the files: text of the PDF, typed cells of the spreadsheet.

mod pdf;
mod xlsx;

use super::*;

fn words() -> HoursWords {
    let word = |text: &str| text.to_owned();
    HoursWords {
        language: word("fr"),
        title: word("Feuille d’heures"),
        person: word("Personne"),
        job: word("Métier"),
        period: word("Période"),
        day: word("Jour"),
        start: word("Début"),
        end: word("Fin"),
        pause: word("Pause"),
        worked: word("Travaillé"),
        day_total: word("Jour total"),
        week: word("Semaine"),
        place: word("Lieu"),
        note: word("Note"),
        total: word("Total"),
        running: word("en cours"),
        next_day: word("+1"),
        page: word("Page {n} / {m}"),
        empty: word("Aucune heure sur cette période."),
        signature_person: word("Date et signature du salarié"),
        signature_manager: word("Date et signature du responsable"),
    }
}

fn row(day: u8, start: &str, end: &str, worked_minutes: i64) -> HoursRow {
    HoursRow {
        date: (2026, 11, day),
        day: format!("jour {day} nov."),
        start: start.to_owned(),
        end: Some(end.to_owned()),
        end_next_day: false,
        is_running: false,
        break_minutes: 30,
        worked_minutes,
        place: "Grande salle".to_owned(),
        note: None,
    }
}

fn sheet(rows: Vec<HoursRow>) -> HoursSheet {
    HoursSheet {
        organisation: "Théâtre du Mail".to_owned(),
        person: "Karim Benali".to_owned(),
        job: Some("Régisseur son".to_owned()),
        period: "Semaine 47 · 16–22 novembre 2026".to_owned(),
        issued: "Établi le 21 novembre 2026 à 10:02".to_owned(),
        issued_at_millis: 1_795_255_320_000,
        time_zone: "Europe/Paris".to_owned(),
        total_minutes: rows.iter().map(|row| row.worked_minutes).sum(),
        rows,
        words: words(),
    }
}

fn week() -> HoursSheet {
    let mut rows = vec![
        row(16, "08:02", "16:36", 484),
        row(17, "08:00", "12:00", 240),
        row(17, "14:00", "17:10", 190),
        row(18, "18:30", "01:15", 375),
        row(19, "14:02", "", 192),
    ];
    rows[1].place = "Atelier décor, quai de déchargement nord".to_owned();
    rows[3].end_next_day = true;
    rows[3].note = Some("Démontage après la dernière, camion en retard de 40 min".to_owned());
    (rows[4].end, rows[4].is_running) = (None, true);
    rows[4].break_minutes = 0;
    sheet(rows)
}

/// As [`week`], but the last exit was forgotten.
fn lapsed_week() -> HoursSheet {
    let mut rows = week().rows;
    (rows[4].is_running, rows[4].worked_minutes) = (false, 0);
    rows[4].note = Some("Sortie oubliée".to_owned());
    sheet(rows)
}

fn long_month() -> HoursSheet {
    sheet((0..200).map(|span| row(2 + span / 8, "08:00", "09:00", 60)).collect())
}
