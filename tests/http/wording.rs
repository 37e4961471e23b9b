//! Sentences with numbers in them, in both languages.

use super::planning::Room;
use crate::support::each_app;
use regie::kernel::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn numbers_and_words_agree() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let cookie = room.manager_cookie().await;
        let see = async |path: &str, language: &str| {
            let path = format!("/o/{}{path}", room.shop.org.slug);
            test.browse("GET", &path, &format!("{cookie}; language={language}"), "").await.text
        };
        let place = json!({ "title": "Accueil", "starts_at": "2026-12-07T08:00", "ends_at": "2026-12-07T12:00", "role": "Salle" });
        let first = room.done("POST", "/missions", Some(place)).await;
        let board = "/plan?date=2026-12-07&by=project";
        let check = async |path: &str, french: &str, english: &str| {
            for (language, words) in [("fr", french), ("en", english)] {
                let page = see(path, language).await;
                assert!(page.contains(words), "{words}: {page}");
            }
        };
        let assign = async |mission: &Value, person: i64| {
            let body = json!({ "mission_id": mission["id"], "user_id": person, "need_id": mission["needs"][0]["id"], "status": "DRAFT" });
            room.done("POST", "/assignments", Some(body)).await;
        };
        check(board, "0 place sur 1 pourvue<", "0 of 1 place filled").await;
        assign(&first, room.karim).await;
        let second = json!({ "title": "Montage", "starts_at": "2026-12-08T08:00", "ends_at": "2026-12-08T12:00", "role": "Son" });
        let second = room.done("POST", "/missions", Some(second)).await;
        check(board, "1 place sur 2 pourvue<", "1 of 2 places filled").await;
        let figures = see("/figures", "en").await;
        assert!(figures.contains("Filled places: 1 of 2, 50%."), "{figures}");
        assign(&second, nora).await;
        check(board, "2 places sur 2 pourvues<", "2 of 2 places filled").await;

        let rates = format!("/crew/{}/rates", room.karim);
        let set = "from_date=2026-11-01&unit=hour&amount=22,50&night_percent=25&sunday_percent=&holiday_percent=";
        let path = format!("/o/{}{rates}", room.shop.org.slug);
        assert_eq!(test.browse("POST", &path, &cookie, set).await.status, 303);
        check(&rates, "+25\u{a0}%", "+25%").await;
    })
    .await;
}

/// French sets a space before these signs, at which no line may break (Lexique des règles typographiques en usage à l'Imprimerie
/// nationale): otherwise a phone begins a line with a colon.
#[test]
fn french_signs_stay_with_their_words() {
    for file in std::fs::read_dir("locales/fr").unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (_, said) = line.split_once(" = ").unwrap_or(("", line));
            let parted = [" :", " ;", " ?", " !", " %", " »", "« "].iter().find(|sign| said.trim_start().contains(**sign));
            assert!(parted.is_none(), "{}: {parted:?} in {line}", path.display());
        }
    }
}
