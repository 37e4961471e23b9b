//! Somebody else was faster: their work is neither lost nor hidden.

use crate::support::{Answer, TestApp, between, each_app, escaped};

/// A desk from which forms are sent, and the record of somebody.
struct Desk {
    test: TestApp,
    cookie: String,
    base: String,
    /// The path of the record.
    record: String,
}

impl Desk {
    async fn open(test: &TestApp) -> Self {
        let shop = test.shop("Théâtre du Mail").await;
        let (cookie, base) = (test.cookie(&shop.owner.email).await, format!("/o/{}", shop.org.slug));
        let new = "name=Karim&email=&phone=&job=Son&skills=son";
        assert_eq!(test.browse("POST", &format!("{base}/crew/new"), &cookie, new).await.status, 303);
        let id = test.number("SELECT id FROM crew_members WHERE name = 'Karim'").await;
        Self { test: test.clone(), cookie, record: format!("{base}/crew/{id}"), base }
    }

    async fn see(&self, path: &str) -> Answer {
        self.test.browse("GET", path, &self.cookie, "").await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        self.test.browse("POST", path, &self.cookie, form).await
    }

    async fn contact(&self, version: i64, phone: &str, job: &str) -> Answer {
        let form = format!("name=Karim&email=&phone={phone}&job={}&version={version}", escaped(job));
        self.post(&self.record, &form).await
    }

    async fn skills(&self) -> Vec<String> {
        self.test.texts("SELECT skill || ' ' || coalesce(expires_on, '') FROM crew_skills ORDER BY skill").await
    }
}

fn version(page: &Answer) -> i64 {
    between(&page.text, "name=\"version\" value=\"", "\"").unwrap().parse().unwrap()
}

/// What the page says of others: pairs of a label and what is stored.
fn meanwhile(page: &Answer) -> Vec<(&str, &str)> {
    let Some(note) = between(&page.text, "Enregistré entre-temps par quelqu’un d’autre", "</dl>") else { return Vec::new() };
    let pairs = note.split("<dt>").skip(1).map(|pair| pair.split_once("</dt><dd>").unwrap());
    pairs.map(|(label, rest)| (label, rest.split("</dd>").next().unwrap())).collect()
}

#[tokio::test]
async fn contact_details_and_skills_do_not_know_of_each_other() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let long = "habilitation électrique BR et travail en hauteur";
        let profile = format!(
            "version=1&employment_type=CDI&tags=&bio=&skill=CACES&level=2&expires_on=2026-12-10&skill={}&level=1&expires_on=",
            escaped(long)
        );
        let done = desk.post(&format!("{}/profile", desk.record), &profile).await;
        assert_eq!(done.status, 303, "{}", done.text);
        let skills = vec!["CACES 2026-12-10".to_owned(), format!("{long} ")];
        let mut sorted = desk.skills().await;
        sorted.sort();
        assert_eq!(sorted, skills, "a name of more than forty letters");

        // Who had the page open since before, and one that was made before skills had a page of their own.
        assert_eq!(desk.contact(1, "0612345678", "Son").await.status, 409);
        let page = desk.see(&desk.record).await;
        assert!(!page.text.contains("name=\"skills\""), "{}", page.text);
        let old = "name=Karim&email=&phone=0612345678&job=Son&skills=son&version=2";
        assert_eq!(desk.post(&desk.record, old).await.status, 303);
        let mut sorted = desk.skills().await;
        sorted.sort();
        assert_eq!(sorted, skills);
    })
    .await;
}

#[tokio::test]
async fn who_is_late_sees_what_was_stored_and_what_they_typed() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        assert_eq!(desk.contact(1, "0612345678", "").await.status, 303);
        let late = desk.contact(1, "0699999999", "Lumière").await;
        assert_eq!((late.status.as_u16(), version(&late)), (409, 2), "{}", late.text);
        assert_eq!(meanwhile(&late), [("Téléphone (facultatif)", "0612345678"), ("Métier", "–")]);
        for typed in ["value=\"0699999999\"", "value=\"Lumière\"", "value=\"Karim\""] {
            assert!(late.text.contains(typed), "{typed}: {}", late.text);
        }
        assert_eq!(desk.contact(2, "0699999999", "Lumière").await.status, 303, "with open eyes");
        assert!(meanwhile(&desk.see(&desk.record).await).is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_wrong_field_does_not_hide_that_somebody_was_faster() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        assert_eq!(desk.contact(1, "0612345678", "Son").await.status, 303);
        let wrong = desk.contact(1, "12", "Son").await;
        assert_eq!((wrong.status.as_u16(), version(&wrong)), (422, 1), "{}", wrong.text);
        assert!(meanwhile(&wrong).is_empty());
        let late = desk.contact(version(&wrong), "0699999999", "Son").await;
        assert_eq!((late.status.as_u16(), version(&late)), (409, 2));
        assert_eq!(meanwhile(&late), [("Téléphone (facultatif)", "0612345678")]);
    })
    .await;
}

#[tokio::test]
async fn a_profile_that_is_late_says_what_the_other_one_is() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let path = format!("{}/profile", desk.record);
        let save = async |version: i64, kind: &str, skill: &str, bio: &str| {
            let form = format!("version={version}&employment_type={kind}&tags=&bio={bio}&skill={skill}&level=2&expires_on=");
            desk.post(&path, &form).await
        };
        assert_eq!(save(1, "CDD", "CACES", "Ici").await.status, 303);
        let late = save(1, "CDI", "son", "Ici").await;
        assert_eq!((late.status.as_u16(), version(&late)), (409, 2), "{}", late.text);
        assert_eq!(meanwhile(&late), [("Contrat", "CDD"), ("Compétences", "CACES (Niveau 2 sur 5)")]);
        assert!(late.text.contains("value=\"son\""), "{}", late.text);
        assert_eq!(save(2, "CDI", "son", "Ici").await.status, 303);
    })
    .await;
}

#[tokio::test]
async fn settings_that_are_late_say_what_the_others_are() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let path = format!("{}/settings", desk.base);
        let save = async |version: i64, name: &str, language: &str, factor: &str, months: &str| {
            let form = format!("org_name={name}&time_zone=Europe%2FParis&language={language}&second_factor_from={factor}");
            desk.post(&path, &format!("{form}&join_domains=&retention_months={months}&version={version}")).await
        };
        let first = version(&desk.see(&path).await);
        assert_eq!(save(first, "Rideau", "fr", "", "24").await.status, 303);
        let wrong = save(first, "Rampe", "en", "admin", "0").await;
        assert_eq!((wrong.status.as_u16(), version(&wrong)), (422, first), "{}", wrong.text);
        let late = save(first, "Rampe", "en", "admin", "24").await;
        assert_eq!((late.status.as_u16(), version(&late)), (409, first + 1), "{}", late.text);
        let stored = [
            ("Nom de l’organisation", "Rideau"),
            ("Langue des documents et des bornes", "Français"),
            ("Second facteur demandé", "À personne"),
        ];
        assert_eq!(meanwhile(&late), stored);
        assert!(late.text.contains("value=\"Rampe\""), "{}", late.text);
        assert_eq!(desk.test.texts("SELECT name FROM orgs").await, ["Rideau"]);
        assert_eq!(save(version(&late), "Rampe", "en", "", "24").await.status, 303);
    })
    .await;
}

#[tokio::test]
async fn a_mission_that_is_late_says_what_the_other_one_is() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let form = |version: i64, place: &str, rest: &str| {
            let when = "starts_at=2026-12-07T09:00&ends_at=2026-12-07T17:00&time_zone=Europe%2FParis";
            format!("version={version}&title=Montage&project=&place={place}&address=&contact=&answer_hours=&notes=&{when}&{rest}")
        };
        let plain = "break_minutes=&needs=2+Son%0D%0A1+Plateau";
        let new = desk.post(&format!("{}/missions/new", desk.base), &form(0, "Quai", plain)).await;
        let path = new.header("location").unwrap_or_else(|| panic!("{}", new.text)).to_owned();
        let first = version(&desk.see(&path).await);
        assert_eq!(desk.post(&path, &form(first, "Cour", plain)).await.status, 303);

        let wrong = desk.post(&path, &form(first, "Jardin", "break_minutes=x&needs=")).await;
        assert_eq!((wrong.status.as_u16(), version(&wrong)), (422, first), "{}", wrong.text);
        assert!(meanwhile(&wrong).is_empty());
        // The same is needed, in other words.
        let late = desk.post(&path, &form(version(&wrong), "Jardin", "break_minutes=0&needs=2x+Son%0D%0APlateau")).await;
        assert_eq!((late.status.as_u16(), version(&late)), (409, first + 1), "{}", late.text);
        assert_eq!(meanwhile(&late), [("Lieu", "Cour")]);
        assert!(late.text.contains("value=\"Jardin\""), "{}", late.text);
        let late = desk.post(&path, &form(first, "Cour", "break_minutes=30&needs=&cascades=true")).await;
        let cascades = "Si quelqu’un refuse ou ne répond pas à temps, proposer la place à la personne suivante";
        let stored = [("Pause prévue, en minutes", "0"), (cascades, "non"), ("Postes", "2 Son, 1 Plateau")];
        assert_eq!(meanwhile(&late), stored);
        assert_eq!(desk.test.texts("SELECT place FROM missions").await, ["Cour"]);
        assert_eq!(desk.post(&path, &form(version(&late), "Jardin", plain)).await.status, 303, "with open eyes");
    })
    .await;
}

#[tokio::test]
async fn a_project_that_is_late_says_what_the_other_one_is() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let form = |version: i64, name: &str, status: &str, rest: &str| {
            format!("version={version}&name={name}&status={status}&client=Mairie&notes=&{rest}")
        };
        let plain = "colour=1&starts_on=2026-12-07&ends_on=";
        assert_eq!(desk.post(&format!("{}/projects/new", desk.base), &form(0, "Festival", "draft", plain)).await.status, 303);
        let path = format!("{}/projects/{}", desk.base, desk.test.number("SELECT id FROM projects").await);
        let first = version(&desk.see(&path).await);
        assert_eq!(desk.post(&path, &form(first, "Festival", "active", plain)).await.status, 303);

        let wrong = desk.post(&path, &form(first, "+", "draft", plain)).await;
        assert_eq!((wrong.status.as_u16(), version(&wrong)), (422, first), "{}", wrong.text);
        assert!(meanwhile(&wrong).is_empty());
        let late = desk.post(&path, &form(version(&wrong), "Bal", "draft", "colour=2&starts_on=&ends_on=")).await;
        assert_eq!((late.status.as_u16(), version(&late)), (409, first + 1), "{}", late.text);
        let stored = [("Nom", "Festival"), ("État", "Actif"), ("Couleur", "Couleur 1"), ("Du", "7 décembre 2026")];
        assert_eq!(meanwhile(&late), stored);
        assert!(late.text.contains("value=\"Bal\""), "{}", late.text);
        assert_eq!(desk.test.texts("SELECT name FROM projects").await, ["Festival"]);
        assert_eq!(desk.post(&path, &form(version(&late), "Bal", "active", plain)).await.status, 303, "with open eyes");
    })
    .await;
}
