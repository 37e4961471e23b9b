//! Hours over a week and a month, on the page and in its files.

use crate::support::{Holder, Shop, TestApp, each_app};
use axum::body::{Body, to_bytes};
use calamine::{Data, Reader, Xlsx};
use http::Request;
use regie::kernel::Role;
use serde_json::json;
use std::io::Cursor;
use tower::ServiceExt;

/// A stage with a kiosk, a manager, and somebody with a phone.
struct Stage {
    test: TestApp,
    shop: Shop,
    base: String,
    kiosk: String,
    karim: Holder,
}

impl Stage {
    async fn open(test: &TestApp) -> Self {
        let shop = test.shop("Théâtre du Mail").await;
        let owner = test.token(&shop.owner.email).await;
        test.person(&shop, "Ines", Role::Manager).await;
        let (karim, (_, kiosk)) = (test.holder(&shop, "Karim").await, test.kiosk(&owner, "Quai").await);
        Self { test: test.clone(), base: format!("/o/{}", shop.org.slug), shop, kiosk, karim }
    }

    fn wait(&self, minutes: i64) {
        self.test.app.clock.advance_seconds(minutes * 60);
    }

    /// Shows his badge to the kiosk, now.
    async fn scan(&self) {
        let token = self.test.token(&self.karim.email).await;
        let code = self.test.code(&token, self.karim.phone).await;
        let answer = self.test.scan(&self.kiosk, json!({ "qr_token": code })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    async fn see(&self, cookie: &str, path: &str) -> String {
        let answer = self.test.browse("GET", &format!("{}{path}", self.base), cookie, "").await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.text
    }

    /// The bytes of a file.
    async fn file(&self, cookie: &str, path: &str) -> Vec<u8> {
        let request = Request::get(format!("{}{path}", self.base)).header("cookie", cookie).body(Body::empty()).unwrap();
        let response = self.test.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
    }

    /// The text of the first page of his hours on paper.
    async fn paper(&self, cookie: &str, query: &str) -> String {
        let pdf = lopdf::Document::load_mem(&self.file(cookie, &format!("/hours/hours.pdf{query}")).await).unwrap();
        pdf.extract_text(&[1]).unwrap().replace(['\u{a0}', '\n'], " ")
    }

    /// The cells of his hours as a spreadsheet.
    async fn cells(&self, cookie: &str, query: &str) -> calamine::Range<Data> {
        let file = self.file(cookie, &format!("/hours/hours.xlsx{query}")).await;
        Xlsx::new(Cursor::new(file)).unwrap().worksheet_range_at(0).unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_forgotten_exit_is_not_running_in_the_files_of_last_month() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        // In on Saturday at 9:00, and never out; on Sunday from 9:00 to 11:00. The files are made on 2 December.
        stage.scan().await;
        stage.wait(24 * 60);
        stage.scan().await;
        stage.wait(2 * 60);
        stage.scan().await;
        stage.wait(10 * 24 * 60);
        let cookie = test.cookie(&stage.karim.email).await;
        let paper = stage.paper(&cookie, "?month=2026-11").await;
        assert!(!paper.contains("en cours"), "{paper}");
        for said in ["Sortie oubliée", "novembre 2026", "11:00", "2 h 00"] {
            assert!(paper.contains(said), "{said:?} is missing from {paper:?}");
        }
        let cells = stage.cells(&cookie, "?month=2026-11").await;
        let text = |line, column| cells.get_value((line, column)).map(Data::to_string).unwrap_or_default();
        assert_eq!((text(6, 2).as_str(), text(6, 6).as_str()), ("–", "Sortie oubliée"), "{cells:?}");
        assert!(cells.cells().all(|(_, _, cell)| *cell != Data::String("en cours".to_owned())), "{cells:?}");

        // Who is in now is running.
        stage.scan().await;
        stage.wait(60);
        assert!(stage.paper(&cookie, "?month=2026-12").await.contains("en cours"));
        let cells = stage.cells(&cookie, "?month=2026-12").await;
        assert_eq!(cells.get_value((6, 2)), Some(&Data::String("en cours".to_owned())));
    })
    .await;
}

#[tokio::test]
async fn a_week_says_its_year_on_the_page_and_in_its_files() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        let cookie = test.cookie(&stage.karim.email).await;
        for (query, said) in [
            ("?week=2026-11-16", "Semaine 47 · 16–22 novembre 2026"),
            ("?week=2026-12-03", "Semaine 49 · 30 novembre – 6 décembre 2026"),
            ("?week=2026-12-28", "Semaine 53 · 28 décembre 2026 – 3 janvier 2027"),
            ("?week=2027-02-01", "Semaine 5 · 1er–7 février 2027"),
        ] {
            assert!(stage.see(&cookie, &format!("/hours{query}")).await.contains(said), "{said}");
            let paper = stage.paper(&cookie, query).await;
            assert!(paper.contains(said), "{said:?} is missing from {paper:?}");
            let period = stage.cells(&cookie, query).await.get_value((2, 0)).map(Data::to_string);
            assert_eq!(period, Some(format!("{said} · Europe/Paris")));
        }
    })
    .await;
}

#[tokio::test]
async fn the_month_of_a_week_of_two_months_is_today_s() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        // Wednesday, 2 December.
        stage.wait(11 * 24 * 60);
        let (his, hers) = (test.cookie(&stage.karim.email).await, test.cookie(&stage.shop.email("Ines")).await);
        for (cookie, path) in [(&his, "/hours".to_owned()), (&hers, format!("/crew/{}/hours", stage.karim.id))] {
            for (query, month) in [
                ("", "2026-12"),
                ("?week=2026-11-30", "2026-12"),
                ("?week=2026-11-23", "2026-11"),
                ("?week=2026-12-28", "2026-12"),
            ] {
                let page = stage.see(cookie, &format!("{path}{query}")).await;
                let link = format!("href=\"{}{path}?month={month}\"", stage.base);
                assert!(page.contains(&link), "{path}{query}: no {link}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_week_of_a_past_month_is_its_first() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        let (his, hers) = (test.cookie(&stage.karim.email).await, test.cookie(&stage.shop.email("Ines")).await);
        for (cookie, path) in [(&his, "/hours".to_owned()), (&hers, format!("/crew/{}/hours", stage.karim.id))] {
            for (month, week) in [("2026-11", "2026-11-16"), ("2026-10", "2026-09-28"), ("2026-06", "2026-06-01")] {
                let page = stage.see(cookie, &format!("{path}?month={month}")).await;
                let link = format!("href=\"{}{path}?week={week}\"", stage.base);
                assert!(page.contains(&link), "{path} {month}: no {link}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn somebody_else_s_empty_hours_are_not_called_one_s_own() {
    each_app(async |test| {
        let stage = Stage::open(&test).await;
        let (his, hers) = (test.cookie(&stage.karim.email).await, test.cookie(&stage.shop.email("Ines")).await);
        let own = stage.see(&his, "/hours").await;
        assert!(own.contains("Vos heures apparaissent dès que vous badgez"), "{own}");
        let other = stage.see(&hers, &format!("/crew/{}/hours", stage.karim.id)).await;
        assert!(other.contains("Les heures de cette personne apparaissent") && !other.contains("Vos heures"), "{other}");
    })
    .await;
}
