//! The crew's pages for managers: who can what, who is free, profiles and rates.

use super::planning::Room;
use crate::support::{Answer, TestApp, between, each_app, escaped};
use regie::kernel::Role;
use serde_json::json;

/// A manager's browser and three people who can different things.
struct Desk {
    room: Room,
    cookie: String,
    crew: String,
    nora: i64,
}

impl Desk {
    async fn open(test: &TestApp) -> Self {
        let room = Room::open(test, "Théâtre du Mail").await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        test.person(&room.shop, "Ana", Role::Tech).await;
        let cookie = room.manager_cookie().await;
        let karim = json!({ "employment_type": "INTERMITTENT", "tags": ["permis B", "Lyon"],
            "skills": [{ "name": "son", "level": 3 }, { "name": "CACES", "level": 1, "expires_on": "2026-12-10" }] });
        room.done("PUT", &format!("/users/{}/profile", room.karim), Some(karim)).await;
        let hers = json!({ "employment_type": "CDI", "tags": ["Lyonnaise"],
            "skills": [{ "name": "SSIAP", "level": 1, "expires_on": "2026-11-01" }, { "name": "lumière", "expires_on": "2027-11-01" }] });
        room.done("PUT", &format!("/users/{nora}/profile"), Some(hers)).await;
        let crew = format!("/o/{}/crew", room.shop.org.slug);
        Self { room, cookie, crew, nora }
    }

    async fn see(&self, rest: &str) -> Answer {
        self.room.test.browse("GET", &format!("{}{rest}", self.crew), &self.cookie, "").await
    }

    /// Who is in the list: of the three, by the first letter.
    async fn listed(&self, query: &str) -> String {
        let text = self.see(query).await.text;
        ["Ana", "Karim", "Nora"]
            .into_iter()
            .filter(|name| text.contains(&format!(">{name}</a>")))
            .map(|name| &name[..1])
            .collect()
    }

    async fn post(&self, rest: &str, form: &str) -> Answer {
        self.room.test.browse("POST", &format!("{}{rest}", self.crew), &self.cookie, form).await
    }
}

#[tokio::test]
async fn the_crew_is_found_by_what_it_can_and_when_it_is_free() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let room = &desk.room;
        let draft = json!({ "mission_id": room.mission(1, 8, 12).await, "user_id": room.karim, "status": "DRAFT" });
        room.done("POST", "/assignments", Some(draft)).await;
        let off = json!({ "user_id": desk.nora, "start_at": "2026-12-01T14:00", "end_at": "2026-12-02T00:00" });
        let off = room.done("POST", "/availabilities", Some(off)).await["id"].as_i64().unwrap();
        for (query, expected) in [
            ("", "AKN"),
            ("?skill=son", "K"),
            ("?tag=Lyon", "K"),
            ("?tag=Lyonnaise", "N"),
            ("?soon=true", "KN"),
            ("?soon=true&skill=CACES", "K"),
            ("?free=2026-12-01", "AN"),
            ("?free=2026-12-02&skill=", "AKN"),
            ("?free=2026-12-01&tag=Lyon", ""),
        ] {
            assert_eq!(desk.listed(query).await, expected, "{query}");
        }
        room.done("POST", &format!("/availabilities/{off}:approve"), None).await;
        assert_eq!(desk.listed("?free=2026-12-01").await, "A", "it was granted");
        assert!(desk.see("?free=2026-12-01&tag=Lyon").await.text.contains("Personne ne correspond"));
        let soon = desk.see("?soon=true").await.text;
        assert!(
            soon.contains("CACES · expire le 10 décembre 2026") && soon.contains("SSIAP · expirée, valable jusqu’au"),
            "{soon}"
        );
        assert!(!soon.contains("lumière ·"), "there is a year left");
        assert!(desk.see("").await.text.contains("2 personnes ont une habilitation à renouveler"));
        let typed = desk.see("?q=Kar&tag=Lyon&free=2026-12-02&soon=true").await.text;
        for kept in ["value=\"Kar\"", "<option selected>Lyon</option>", "value=\"2026-12-02\""] {
            assert!(typed.contains(kept), "{kept}: {typed}");
        }
        for number in 0..51 {
            room.done("POST", "/users", Some(json!({ "name": format!("Figurant {number}") }))).await;
        }
        let next = desk.see("?q=figurant&free=2026-12-02").await.text;
        assert!(next.contains("/crew?q=figurant&amp;free=2026-12-02&amp;after="), "{next}");

        // The same for programs of who plans.
        let names = async |query: &str| {
            let found = room.ask("GET", &format!("/users{query}"), None).await;
            assert_eq!(found.status, 200, "{query}: {}", found.text);
            found.json().as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap()[..1].to_owned()).collect::<String>()
        };
        assert_eq!(names("?skill=son").await, "K");
        assert_eq!(names("?ends_soon=true").await, "KN");
        assert_eq!(names("?free_on=2026-12-01&q=example&limit=9").await, "AI");
        assert_eq!(room.ask("GET", "/users?free_on=demain", None).await.status, 422);
        for query in ["skill=son", "tag=Lyon", "free_on=2026-12-01", "ends_soon=true"] {
            assert_eq!(test.api("GET", &format!("/api/v1/users?{query}"), &room.tech, None).await.status, 403, "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_profile_is_read_and_written_in_the_browser() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let path = format!("/{}/profile", desk.room.karim);
        let page = desk.see(&format!("/{}", desk.room.karim)).await.text;
        for said in ["Intermittent", "Niveau 3 sur 5", "expire le 10 décembre 2026", "permis B"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let form = desk.see(&path).await.text;
        assert!(
            form.contains("value=\"CACES\"")
                && form.contains("value=\"2026-12-10\"")
                && form.contains("value=\"permis B, Lyon\"")
        );
        let version = between(&form, "name=\"version\" value=\"", "\"").unwrap();
        let row = |name: &str, level: &str, until: &str| format!("&skill={}&level={level}&expires_on={until}", escaped(name));
        let head = format!("version={version}&employment_type=CDI&tags=permis+B,+nuit&bio=R%C3%A9gisseur");
        let bad = desk.post(&path, &format!("{head}{}{}", row("son", "9", ""), row("levage", "2", ""))).await;
        assert_eq!(bad.status, 422);
        assert!(bad.text.contains("value=\"levage\"") && bad.text.contains("un niveau de 1 à 5"), "{}", bad.text);
        let good = format!("{head}{}{}{}", row("levage", "2", "2028-01-31"), row("", "1", ""), row("son", "4", ""));
        let saved = desk.post(&path, &good).await;
        assert_eq!(saved.headers["location"].to_str().unwrap(), format!("{}/{}", desk.crew, desk.room.karim));
        let known = desk.room.done("GET", &format!("/users/{}/profile", desk.room.karim), None).await;
        assert_eq!(known["skills"][0], json!({ "name": "levage", "level": 2, "expires_on": "2028-01-31" }));
        assert_eq!((known["skills"].as_array().unwrap().len(), known["skills"][1]["level"].as_i64()), (2, Some(4)));
        assert_eq!((&known["tags"], known["employment_type"].as_str()), (&json!(["permis B", "nuit"]), Some("CDI")));
        let stale = desk.post(&path, &good).await;
        assert_eq!(stale.status, 409, "somebody was faster");
        assert!(stale.text.contains("value=\"levage\""), "what was typed stays");
    })
    .await;
}

#[tokio::test]
async fn rates_are_set_from_a_day_on() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let path = format!("/{}/rates", desk.room.karim);
        assert!(desk.see(&path).await.text.contains("Aucun tarif"));
        let first = "from_date=2026-11-01&unit=hour&amount=22,50&night_percent=25&sunday_percent=&holiday_percent=100";
        assert_eq!(desk.post(&path, first).await.status, 303);
        assert_eq!(desk.post(&path, "from_date=2027-01-01&unit=hour&amount=24").await.status, 303);
        let page = desk.see(&path).await.text;
        for said in ["22,50\u{a0}€", "24,00\u{a0}€", "+25\u{a0}%", "+100\u{a0}%"] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert_eq!(page.matches("En vigueur").count(), 1);
        for bad in [
            "amount=vingt&unit=hour",
            "amount=20&unit=hour&night_percent=beaucoup",
            "amount=20&unit=week",
            "amount=20&unit=day&from_date=x",
        ] {
            let answer = desk.post(&path, bad).await;
            assert_eq!(answer.status, 422, "{bad}");
            let amount = bad.split('&').next().unwrap().trim_start_matches("amount=");
            assert!(
                answer.text.contains(&format!("value=\"{amount}\"")) && answer.text.contains("class=\"error\""),
                "{}",
                answer.text
            );
        }
        let rates = desk.room.done("GET", &format!("/rates/user/{}", desk.room.karim), None).await;
        assert_eq!(rates["rates"].as_array().unwrap().len(), 2);
    })
    .await;
}
