//! Calendar addresses, read by an iCalendar library that is not the one that writes them.

use super::planning::{Room, problem};
use super::planning_deadlines::open;
use crate::support::{TestApp, between, each_app, local};
use axum::body::Body;
use calcard::icalendar::{ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarStatus};
use calcard::{Entry, Parser};
use http::Request;
use regie::kernel::Role;
use serde_json::{Value, json};

const DAY: i64 = 24 * 3600;

/// An entry of a calendar, as a program sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    uid: String,
    title: String,
    status: ICalendarStatus,
    sequence: i64,
    /// `2026-12-01 07:00 - 11:00`, UTC.
    span: String,
    location: String,
    about: String,
    modified: String,
}

fn text(part: &ICalendarComponent, name: &ICalendarProperty) -> String {
    let value = part.property(name).and_then(|entry| entry.values.first());
    value.and_then(|value| value.as_text()).unwrap_or_default().to_owned()
}

/// A time in UTC: day, and time of day.
fn time(part: &ICalendarComponent, name: &ICalendarProperty) -> (String, String) {
    let value = part.property(name).unwrap().values.first().and_then(|value| value.as_partial_date_time()).unwrap();
    assert_eq!((value.tz_hour, value.tz_minute), (Some(0), Some(0)), "it is UTC");
    let day = format!("{}-{:02}-{:02}", value.year.unwrap(), value.month.unwrap(), value.day.unwrap());
    (day, format!("{:02}:{:02}", value.hour.unwrap(), value.minute.unwrap()))
}

fn seen(part: &ICalendarComponent) -> Seen {
    use ICalendarProperty as P;
    assert!(part.has_property(&P::Dtstamp));
    let ((day, starts), (_, ends)) = (time(part, &P::Dtstart), time(part, &P::Dtend));
    Seen {
        uid: part.uid().unwrap().to_owned(),
        title: text(part, &P::Summary),
        status: part.status().unwrap().clone(),
        sequence: part.property(&P::Sequence).unwrap().values[0].as_integer().unwrap(),
        span: format!("{day} {starts} - {ends}"),
        location: text(part, &P::Location),
        about: text(part, &P::Description),
        modified: time(part, &P::LastModified).0,
    }
}

/// The calendar's name and its entries.
fn read(calendar: &str) -> (String, Vec<Seen>) {
    let mut parser = Parser::new(calendar);
    let Entry::ICalendar(found) = parser.entry() else { panic!("no calendar: {calendar}") };
    assert_eq!(parser.entry(), Entry::Eof, "one calendar and nothing else");
    let head = found.components.iter().find(|part| part.component_type == ICalendarComponentType::VCalendar).unwrap();
    for name in [ICalendarProperty::Version, ICalendarProperty::Prodid, ICalendarProperty::RefreshInterval] {
        assert_eq!(head.properties(&name).count(), 1, "{name:?}");
    }
    let events = found.components.iter().filter(|part| part.component_type == ICalendarComponentType::VEvent);
    assert!(calendar.lines().all(|line| line.len() <= 75), "lines are folded");
    (text(head, &ICalendarProperty::Other("X-WR-CALNAME".into())), events.map(seen).collect())
}

fn path_of(made: &Value) -> String {
    let url = made["url"].as_str().unwrap();
    assert_eq!(made["webcal_url"].as_str().unwrap(), url.replace("http://", "webcal://"));
    assert!(url.ends_with(".ics"), "{url}");
    local(url)
}

async fn entries(test: &TestApp, path: &str) -> Vec<Seen> {
    let answer = test.get(path).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    read(&answer.text).1
}

impl Room {
    /// Karim's own address.
    async fn feed(&self) -> String {
        let made = self.test.api("POST", &format!("/api/v1/users/{}/calendar-feed", self.karim), &self.tech, None).await;
        assert_eq!(made.status, 200, "{}", made.text);
        path_of(&made.json())
    }

    async fn change(&self, mission: i64, mut fields: Value) {
        let version = self.done("GET", &format!("/missions/{mission}"), None).await["version"].clone();
        fields["version"] = version;
        self.done("PUT", &format!("/missions/{mission}"), Some(fields)).await;
    }

    async fn publish(&self) {
        self.done("POST", "/publish", Some(json!({ "from": "2026-12-01", "to": "2026-12-31" }))).await;
    }

    /// What a form of the planner does, as the manager.
    async fn edit(&self, form: &str) {
        let cookie = self.manager_cookie().await;
        let form = format!("{form}&date=2026-12-01&part=board");
        let edited = self.test.browse("POST", &format!("/o/{}/plan/edit", self.shop.org.slug), &cookie, &form).await;
        assert_eq!(edited.status, 200, "{}", edited.text);
    }
}

#[tokio::test]
async fn a_person_reads_what_they_were_told_and_nothing_else() {
    each_app(async |test| {
        // Tokens that outlive the days of this story.
        let room = open(&test).await;
        let feed = room.feed().await;
        let empty = test.get(&feed).await;
        assert_eq!(empty.headers["content-type"], "text/calendar; charset=utf-8");
        assert_eq!(empty.headers["cache-control"], "private");
        assert!(!empty.headers.contains_key("set-cookie"));
        assert_eq!(read(&empty.text), ("Théâtre du Mail · Karim".to_owned(), Vec::new()));

        let notes = "Chaussures de sécurité ; gilet, casque.\nBadge à l'entrée.";
        let body = json!({ "title": "Montage, lumière", "place": "Grande halle", "address": "1 rue du Port, Lyon", "notes": notes,
            "contact": "Zoé 06 12 34 56 78", "starts_at": "2026-12-01T08:00", "ends_at": "2026-12-01T12:00", "role": "Son" });
        let mission = room.done("POST", "/missions", Some(body)).await;
        let (id, need) = (mission["id"].as_i64().unwrap(), &mission["needs"][0]["id"]);
        let asked = json!({ "mission_id": id, "user_id": room.karim, "need_id": need });
        let assignment = room.done("POST", "/assignments", Some(asked)).await["id"].as_i64().unwrap();
        // A draft of his, a mission of somebody else, one that he declines.
        let draft = json!({ "mission_id": room.mission(2, 8, 12).await, "user_id": room.karim, "status": "DRAFT" });
        room.done("POST", "/assignments", Some(draft)).await;
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        room.done("POST", "/assignments", Some(json!({ "mission_id": room.mission(3, 8, 12).await, "user_id": nora }))).await;
        let declined = room.assign(room.mission(4, 8, 12).await).await;
        let answer = async |id: i64, word: &str| {
            let answer = test.api("POST", &format!("/api/v1/assignments/{id}/{word}"), &room.tech, None).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
        };
        answer(declined, "decline").await;

        let asked = entries(&test, &feed).await;
        let expected = Seen {
            uid: format!("assignment-{assignment}@regie"),
            title: "Montage, lumière".into(),
            status: ICalendarStatus::Tentative,
            sequence: 0,
            span: "2026-12-01 07:00 - 11:00".into(),
            location: "Grande halle, 1 rue du Port, Lyon".into(),
            about: format!("Son\nZoé 06 12 34 56 78\n{notes}"),
            modified: "2026-11-21".into(),
        };
        assert_eq!(asked, std::slice::from_ref(&expected));
        answer(assignment, "accept").await;
        let accepted = Seen { status: ICalendarStatus::Confirmed, ..expected };
        assert_eq!(entries(&test, &feed).await, std::slice::from_ref(&accepted));

        // The mail has the same entry.
        test.run_jobs().await;
        let mailed = test.texts("SELECT calendar FROM mails WHERE calendar LIKE '%Montage%lumi%' ORDER BY id DESC").await;
        assert!(mailed[0].contains(&accepted.uid), "{}", mailed[0]);

        // A move is told when it is published; until then the old time and place stand.
        test.app.clock.advance_seconds(DAY);
        room.change(id, json!({ "starts_at": "2026-12-01T09:00", "ends_at": "2026-12-01T13:00", "place": "Salle B" })).await;
        let [before] = entries(&test, &feed).await.try_into().unwrap();
        assert_eq!((before.span, before.location.as_str(), before.sequence), (accepted.span, "Grande halle", 0));
        room.publish().await;
        let after: Vec<_> = entries(&test, &feed).await;
        let after = after.iter().find(|entry| entry.uid == accepted.uid).unwrap();
        assert_eq!((after.span.as_str(), after.sequence), ("2026-12-01 08:00 - 12:00", 1));
        assert_eq!(after.location, "Salle B, 1 rue du Port, Lyon");
        assert_eq!((&after.status, after.modified.as_str()), (&ICalendarStatus::Tentative, "2026-11-22"), "he is asked again");
    })
    .await;
}

#[tokio::test]
async fn what_is_called_off_says_so_for_a_fortnight() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let feed = room.feed().await;
        let (off, taken) = (room.mission(21, 8, 12).await, room.mission(22, 8, 12).await);
        let (_, assignment) = (room.assign(off).await, room.assign(taken).await);
        let find = async |day: &str| {
            let all = entries(&test, &feed).await;
            all.into_iter().find(|entry| entry.span.contains(day)).map(|entry| (entry.status, entry.sequence))
        };
        assert_eq!(find("12-21").await, Some((ICalendarStatus::Tentative, 0)));
        room.done("DELETE", &format!("/missions/{off}"), None).await;
        assert_eq!(find("12-21").await, Some((ICalendarStatus::Cancelled, 1)));

        // Taken off in the planner: he still believes to be on it until it is published.
        let version = room.done("GET", &format!("/missions/{taken}"), None).await["version"].as_i64().unwrap();
        room.edit(&format!("do=delete&keys=a{assignment}:{version}")).await;
        assert_eq!(find("12-22").await, Some((ICalendarStatus::Tentative, 0)));
        test.app.clock.advance_seconds(600);
        room.publish().await;
        assert_eq!(find("12-22").await, Some((ICalendarStatus::Cancelled, 1)));

        test.app.clock.advance_seconds(14 * DAY - 601);
        assert_eq!(find("12-21").await, Some((ICalendarStatus::Cancelled, 1)));
        test.app.clock.advance_seconds(1);
        assert_eq!((find("12-21").await, find("12-22").await), (None, Some((ICalendarStatus::Cancelled, 1))));
        test.app.clock.advance_seconds(600);
        assert_eq!(entries(&test, &feed).await, []);
    })
    .await;
}

#[tokio::test]
async fn an_address_works_until_it_is_replaced_or_revoked() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let (path, own) = (format!("/users/{}/calendar-feed", room.karim), room.tech.clone());
        let as_karim = async |method: &str| test.api(method, &format!("/api/v1{path}"), &own, None).await.status.as_u16();
        let first = room.feed().await;
        let seen = test.get(&first).await;
        let known = async |tag: &str| {
            let request = Request::get(&first).header("if-none-match", tag).body(Body::empty()).unwrap();
            test.send(request).await
        };
        let tag = seen.headers["etag"].to_str().unwrap().to_owned();
        for same in [tag.clone(), format!("\"x\", {tag}"), tag.trim_start_matches("W/").to_owned(), "*".to_owned()] {
            let answer = known(&same).await;
            assert_eq!((answer.status.as_u16(), answer.text.as_str()), (304, ""), "{same}");
            assert_eq!(answer.headers["etag"].to_str().unwrap(), tag);
        }
        assert_eq!(known("W/\"x\"").await.status, 200);
        assert_eq!(test.get(first.trim_end_matches(".ics")).await.text, seen.text, "without the ending, too");
        room.assign(room.mission(1, 8, 12).await).await;
        assert_eq!(known(&tag).await.status, 200, "there is something new");

        let second = room.feed().await;
        assert_eq!(problem(&test.get(&first).await), (404, "not_found".into(), "Not found".into()), "it was replaced");
        assert_eq!(entries(&test, &second).await.len(), 1);
        assert_eq!([as_karim("DELETE").await, as_karim("DELETE").await], [200, 200]);
        assert_eq!(test.get(&second).await.status, 404, "it was revoked");

        let third = room.feed().await;
        assert_eq!(room.ask("POST", &path, None).await.status, 403, "a manager makes none for others");
        assert_eq!(room.done("DELETE", &path, None).await["status"], "ok");
        assert_eq!(test.get(&third).await.status, 404);
        assert_eq!(room.ask("DELETE", "/users/987654/calendar-feed", None).await.status, 404);
        let other = Room::open(&test, "Salle voisine").await;
        let fourth = room.feed().await;
        assert_eq!(other.ask("DELETE", &path, None).await.status, 404, "another organisation's person");
        assert_eq!(test.get(&fourth).await.status, 200);
        let cookie = test.cookie(&room.shop.owner.email).await;
        let crew = format!("/o/{}/crew/{}", room.shop.org.slug, room.karim);
        assert_eq!(test.browse("POST", &format!("{crew}/archive"), &cookie, "archived=true").await.status, 303);
        assert_eq!(test.get(&fourth).await.status, 404, "who is in the archive is not planned");
        let events = test.events(&room.owner).await;
        let count = |name: &str| events.iter().filter(|event| *event == name).count();
        assert_eq!((count("calendar.made"), count("calendar.revoked")), (4, 2));
    })
    .await;
}

#[tokio::test]
async fn a_project_is_read_without_names() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let project = room.project("Tournée, été").await;
        let path = format!("/projects/{project}/calendar-feed");
        assert_eq!(test.api("POST", &format!("/api/v1{path}"), &room.tech, None).await.status, 403);
        let feed = path_of(&room.done("POST", &path, None).await);
        let mission = room.mission(1, 8, 12).await;
        assert_eq!(entries(&test, &feed).await, []);
        room.change(mission, json!({ "project_id": project, "contact": "Régie 04 72" })).await;
        room.assign(mission).await;
        let answer = test.get(&feed).await;
        let (name, found) = read(&answer.text);
        assert_eq!(name, "Tournée, été · Théâtre du Mail");
        let [entry] = found.try_into().unwrap();
        assert_eq!((entry.uid, entry.status), (format!("mission-{mission}@regie"), ICalendarStatus::Confirmed));
        assert!(!answer.text.contains("Karim"), "{}", answer.text);
        room.change(mission, json!({ "starts_at": "2026-12-01T09:00", "ends_at": "2026-12-01T13:00" })).await;
        let [moved] = entries(&test, &feed).await.try_into().unwrap();
        assert!(moved.sequence > entry.sequence && moved.span.contains("08:00 - 12:00"), "{moved:?}");
        room.done("DELETE", &format!("/missions/{mission}"), None).await;
        let [off] = entries(&test, &feed).await.try_into().unwrap();
        assert!(off.sequence > moved.sequence && off.status == ICalendarStatus::Cancelled, "{off:?}");
        test.app.clock.advance_seconds(14 * DAY);
        assert_eq!(entries(&test, &feed).await, []);
        let owner = test.token(&room.shop.owner.email).await;
        assert_eq!(test.api("DELETE", &format!("/api/v1{path}"), &owner, None).await.status, 200);
        assert_eq!(test.get(&feed).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn addresses_are_made_on_pages_and_guesses_are_slowed() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let project = room.project("Tournée").await;
        let base = format!("/o/{}", room.shop.org.slug);
        let karim = test.cookie(&room.shop.email("Karim")).await;
        let ines = room.manager_cookie().await;
        for (cookie, page) in [(&karim, format!("{base}/missions")), (&ines, format!("{base}/projects/{project}"))] {
            let seen = test.browse("GET", &page, cookie, "").await.text;
            assert!(seen.contains("Créer l’adresse") && !seen.contains("Couper l’adresse"));
            let made = test.browse("POST", &format!("{page}/calendar"), cookie, "").await;
            let path = between(&made.text, "value=\"http://127.0.0.1:3000", "\"").unwrap().to_owned();
            assert!(made.text.contains(&format!("href=\"webcal://127.0.0.1:3000{path}\"")), "{}", made.text);
            assert_eq!(test.get(&path).await.status, 200);
            assert!(test.browse("GET", &page, cookie, "").await.text.contains("Couper l’adresse"));
            let gone = test.browse("POST", &format!("{page}/calendar/revoke"), cookie, "").await;
            assert_eq!(gone.headers["location"], page);
            assert_eq!(test.get(&path).await.status, 404);
        }
        let crew = format!("{base}/crew/{}", room.karim);
        assert!(!test.browse("GET", &crew, &ines, "").await.text.contains("Couper l’adresse"));
        let feed = room.feed().await;
        assert!(test.browse("GET", &crew, &ines, "").await.text.contains("Couper l’adresse"));
        assert_eq!(test.browse("POST", &format!("{crew}/calendar/revoke"), &ines, "").await.status, 303);
        assert_eq!(test.get(&feed).await.status, 404);
        let seen = test.browse("GET", &format!("{base}/projects/{project}"), &karim, "").await.text;
        assert!(!seen.contains("Créer l’adresse"), "a manager's to do");

        let feed = room.feed().await;
        let from = async |path: &str| test.send_from("203.0.113.7", Request::get(path).body(Body::empty()).unwrap()).await;
        for _ in 0..30 {
            assert_eq!(from(&feed).await.status, 200);
        }
        for number in 0..60 {
            assert_eq!(from(&format!("/calendar/guess-{number}")).await.status, 404, "{number}");
        }
        let slowed = from("/calendar/guess").await;
        assert_eq!((slowed.status.as_u16(), slowed.headers["retry-after"].to_str().unwrap()), (429, "2"));
    })
    .await;
}
