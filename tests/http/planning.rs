//! Projects and missions through the API.

use crate::support::{Answer, Shop, TestApp, each_app};
use http::Request;
use regie::kernel::Role;
use serde_json::{Value, json};

/// An organisation with somebody who plans and somebody who is planned.
pub struct Room {
    pub test: TestApp,
    pub shop: Shop,
    pub owner: String,
    pub manager: String,
    pub tech: String,
    /// The tech's number.
    pub karim: i64,
}

impl Room {
    pub async fn open(test: &TestApp, name: &str) -> Self {
        let shop = test.shop(name).await;
        let karim = test.person(&shop, "Karim", Role::Tech).await.id.0;
        test.person(&shop, "Ines", Role::Manager).await;
        let owner = test.token(&shop.owner.email).await;
        let tech = test.token(&shop.email("Karim")).await;
        let manager = test.token(&shop.email("Ines")).await;
        Self { test: test.clone(), shop, owner, manager, tech, karim }
    }

    /// The manager's browser.
    pub async fn manager_cookie(&self) -> String {
        self.test.cookie(&self.shop.email("Ines")).await
    }

    /// Asks as a manager.
    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.test.api(method, &format!("/api/v1{path}"), &self.manager, body).await
    }

    /// As [`Self::ask`], for what must work.
    pub async fn done(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let answer = self.ask(method, path, body).await;
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.text);
        answer.json()
    }

    /// As [`Self::ask`], of one version.
    pub async fn ask_if(&self, method: &str, path: &str, tag: &str, body: Option<Value>) -> Answer {
        let request = Request::builder().method(method).uri(format!("/api/v1{path}")).header("if-match", tag);
        let request = request.header("authorization", format!("Bearer {}", self.manager));
        self.test.send(request.body(body.map(|body| body.to_string()).unwrap_or_default().into()).unwrap()).await
    }

    pub async fn project(&self, name: &str) -> i64 {
        self.done("POST", "/projects", Some(json!({ "name": name }))).await["id"].as_i64().unwrap()
    }

    /// A mission of that day of December, from an hour to another.
    pub async fn mission(&self, day: u8, from: u8, to: u8) -> i64 {
        self.done("POST", "/missions", Some(hours(day, from, to))).await["id"].as_i64().unwrap()
    }

    /// Puts Karim on a mission, and asks him.
    pub async fn assign(&self, mission: i64) -> i64 {
        let body = json!({ "mission_id": mission, "user_id": self.karim });
        self.done("POST", "/assignments", Some(body)).await["id"].as_i64().unwrap()
    }
}

pub fn hours(day: u8, from: u8, to: u8) -> Value {
    json!({ "title": format!("Montage {day}"), "starts_at": format!("2026-12-{day:02}T{from:02}:00"),
        "ends_at": format!("2026-12-{day:02}T{to:02}:00") })
}

/// Status, code and detail of a problem.
pub fn problem(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    (answer.status.as_u16(), text("code"), text("detail"))
}

/// The address of the next page.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.headers.get("link")?.to_str().unwrap();
    Some(link.split_once('<')?.1.split_once('>')?.0.strip_prefix("/api/v1")?.to_owned())
}

fn names(answer: &Answer, field: &str) -> Vec<String> {
    answer.json().as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn projects_are_made_changed_and_deleted() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let made = room.ask("POST", "/projects", Some(json!({ "name": " Tournée  d'hiver ", "client": "Ville" }))).await;
        assert_eq!(made.status, 200, "{}", made.text);
        let project = made.json();
        assert_eq!((project["name"].as_str(), project["status"].as_str()), (Some("Tournée d'hiver"), Some("DRAFT")));
        assert_eq!(made.headers["etag"], "\"1\"");
        let path = format!("/projects/{}", project["id"]);
        let taken = room.ask("POST", "/projects", Some(json!({ "name": "Tournée d'hiver" }))).await;
        assert_eq!((taken.status.as_u16(), taken.json()["code"].as_str()), (409, Some("project.taken")));

        // The predecessor's change names the two fields it knew; ours says which version it means.
        let bare = room.ask("PUT", &path, Some(json!({ "name": "Été" }))).await;
        assert_eq!((bare.status.as_u16(), bare.json()["errors"][0]["field"].as_str()), (422, Some("version")));
        let changed = room.ask("PUT", &path, Some(json!({ "name": "Été", "status": "ACTIVE", "version": 1 }))).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        let body = changed.json();
        assert_eq!((body["status"].as_str(), body["client"].as_str()), (Some("ACTIVE"), Some("Ville")), "what is left out stays");
        let stale = room.ask("PUT", &path, Some(json!({ "name": "Automne", "version": 1 }))).await;
        assert_eq!((stale.status.as_u16(), stale.json()["code"].as_str()), (409, Some("stale")));
        for (tag, status) in [("\"1\"", 412), ("W/\"2\"", 412), ("nonsense", 412), ("\"9\", \"2\"", 200), ("*", 200)] {
            let answer = room.ask_if("PUT", &path, tag, Some(json!({ "notes": tag }))).await;
            assert_eq!(answer.status.as_u16(), status, "{tag}: {}", answer.text);
        }
        assert_eq!(room.ask("GET", &path, None).await.headers["etag"], "\"4\"");

        assert_eq!(room.ask("DELETE", &path, None).await.status, 403, "an admin's to do");
        let gone = test.api("DELETE", &format!("/api/v1{path}"), &room.owner, None).await;
        assert_eq!((gone.status.as_u16(), gone.json()["status"].as_str()), (200, Some("ok")));
        assert_eq!(problem(&room.ask("GET", &path, None).await), (404, "project.not_found".into(), "project introuvable".into()));
    })
    .await;
}

#[tokio::test]
async fn missions_are_made_changed_copied_and_called_off() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let project = room.project("Tournée").await;
        // The predecessor's words: a list of times and one role.
        let many = json!([
            { "start_at": "2026-12-01T08:00:00+01:00", "end_at": "2026-12-01T17:00:00Z", "role": "son" },
            { "start_at": "2026-12-02T08:00", "end_at": "2026-12-02T18:00" },
        ]);
        let bulk = room.done("POST", &format!("/projects/{project}/missions:bulk_create"), Some(many)).await;
        assert_eq!((bulk["status"].as_str(), bulk["created"].as_i64()), (Some("ok"), Some(2)));
        let first = room.done("GET", &format!("/missions/{}", bulk["ids"][0]), None).await;
        assert_eq!((first["title"].as_str(), first["role"].as_str()), (Some("Tournée"), Some("son")));
        assert_eq!(first["start_at"], "2026-12-01T07:00:00.000Z");
        assert_eq!((&first["starts_at"], &first["end_at"]), (&first["start_at"], &first["ends_at"]));
        let nothing = room.ask("POST", "/projects/987654/missions:bulk_create", Some(json!([]))).await;
        assert_eq!(problem(&nothing).2, "project introuvable");
        let one_bad = json!([{ "start_at": "2026-12-01T08:00", "end_at": "2026-12-01T09:00" }, { "start_at": "hier" }]);
        let one_bad = room.ask("POST", &format!("/projects/{project}/missions:bulk_create"), Some(one_bad)).await;
        assert_eq!(one_bad.status, 422);
        assert_eq!(room.done("GET", "/missions", None).await.as_array().unwrap().len(), 2, "all or none");

        let new = json!({ "title": "Montage", "starts_at": "2026-12-05T22:00", "ends_at": "2026-12-06T06:00", "break_minutes": 30,
            "needs": [{ "role": "Son", "quota": 2, "skill": "Son", "min_level": 3 }, { "role": "Plateau" }], "contact": "06" });
        let made = room.ask("POST", "/missions", Some(new)).await;
        let (mission, id) = (made.json(), made.json()["id"].as_i64().unwrap());
        assert_eq!(mission["needs"][0]["skill"], "son");
        assert_eq!((mission["needs"][0]["min_level"].as_i64(), mission["needs"][1]["quota"].as_i64()), (Some(3), Some(1)));
        let path = format!("/missions/{id}");
        let moved = room.ask_if("PUT", &path, "\"1\"", Some(json!({ "place": "Grande salle" }))).await;
        assert_eq!(moved.status, 200, "{}", moved.text);
        assert_eq!((&moved.json()["starts_at"], &moved.json()["needs"]), (&mission["starts_at"], &mission["needs"]));
        assert_eq!(room.ask_if("PUT", &path, "\"1\"", Some(json!({ "place": "Ailleurs" }))).await.status, 412);
        let whole = room.done("PUT", &path, Some(moved.json())).await;
        assert_eq!(whole["version"], 3, "what was read can be sent back");
        assert_eq!(room.ask("PUT", &path, Some(json!({ "place": "Ailleurs", "version": 1 }))).await.status, 409);
        let copy = room.done("POST", &format!("{path}:duplicate"), Some(json!({ "days": 7 }))).await;
        assert_eq!((copy["starts_at"].as_str(), copy["needs"][0]["quota"].as_i64()), (Some("2026-12-12T21:00:00.000Z"), Some(2)));
        assert_eq!(room.done("POST", &format!("{path}%3Aduplicate"), None).await["starts_at"], mission["starts_at"]);
        for wrong in ["/missions/987654:duplicate", "/missions/987654"] {
            assert_eq!(
                problem(&room.ask(if wrong.contains(':') { "POST" } else { "GET" }, wrong, None).await).2,
                "mission introuvable"
            );
        }
        assert_eq!(room.ask("POST", &format!("{path}:explode"), None).await.status, 404);
        assert_eq!(room.ask_if("DELETE", &path, "\"1\"", None).await.status, 412);
        assert_eq!(room.done("DELETE", &path, None).await["status"], "ok");
        assert_eq!(room.ask("GET", &path, None).await.status, 404, "nobody had heard of it");

        let told = room.mission(20, 8, 12).await;
        room.assign(told).await;
        room.done("DELETE", &format!("/missions/{told}"), None).await;
        let off = room.done("GET", &format!("/missions/{told}"), None).await;
        assert!(off["cancelled_at"].is_string() && off["assignments"][0]["status"] == "CANCELLED", "it stays for who was told");
    })
    .await;
}

/// A page that is open, a program, a step to be undone: who still holds the number of what is gone hits nothing with it.
#[tokio::test]
async fn what_was_meant_for_a_mission_that_is_gone_hits_no_other() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let gone = room.mission(1, 8, 9).await;
        room.done("DELETE", &format!("/missions/{gone}"), None).await;
        let next = room.mission(2, 8, 9).await;
        assert!(next > gone, "{next} after {gone}");
        assert_eq!(room.ask("DELETE", &format!("/missions/{gone}"), None).await.status, 404);
        room.done("GET", &format!("/missions/{next}"), None).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_wrong_is_said_field_by_field() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let fields = async |path: &str, body: Value| {
            let answer = room.ask("POST", path, Some(body)).await;
            assert_eq!(answer.status, 422, "{}", answer.text);
            let errors = answer.json()["errors"].as_array().unwrap().clone();
            errors.iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            fields("/projects", json!({ "name": " ", "status": "LOST", "starts_on": "hier" })).await,
            ["name", "status", "starts_on"]
        );
        assert_eq!(fields("/missions", json!({ "time_zone": "Mars" })).await, ["time_zone", "starts_at", "ends_at"]);
        assert_eq!(fields("/missions", json!({ "starts_at": 3 })).await, ["body"]);
        let hostile = |role: &str| {
            let mut body = hours(1, 8, 9);
            body["needs"] = json!([{ "role": role }]);
            body
        };
        for role in ["", "Son\n9 Plateau", "Son (levage 5)", "a\u{0}b"] {
            assert_eq!(fields("/missions", hostile(role)).await, ["needs"], "{role:?}");
        }
        let mut other = hours(1, 8, 9);
        other["project_id"] = json!(987654);
        assert_eq!(fields("/missions", other).await, ["project_id"]);
        let far = json!({ "title": "Montage", "starts_at": "9999-12-30T08:00:00Z", "ends_at": "9999-12-30T18:00:00Z" });
        assert_eq!(fields("/missions", far).await, ["starts_at", "ends_at"], "however it is written");
        let far = json!({ "user_id": room.karim, "starts_at": "9999-12-30T08:00:00Z", "ends_at": "9999-12-30T18:00:00Z" });
        assert_eq!(fields("/availabilities", far).await, ["starts_at", "ends_at"]);
        assert_eq!(fields("/publish", json!({ "from": "2026-12-02", "to": "2026-12-01" })).await, ["to"]);
        assert_eq!(fields("/publish", json!({ "from": "2026-12-01", "to": "9999-12-30T00:00:00Z" })).await, ["to"]);
        let quarter = json!({ "from": "2026-12-01", "to": "2027-03-03" });
        assert_eq!(room.ask("POST", "/publish", Some(quarter)).await.status, 200, "as much as the rules look at");
        assert_eq!(fields("/publish", json!({ "from": "2026-12-01", "to": "2027-03-04" })).await, ["to"]);
        for query in
            ["/missions?from=hier", "/missions?after=x", "/missions?sort=title", "/projects?status=x", "/projects?sort=x"]
        {
            assert_eq!(room.ask("GET", query, None).await.status, 422, "{query}");
        }
        let archived = room.done("POST", "/projects", Some(json!({ "name": "Fini", "status": "archived" }))).await;
        let mut late = hours(1, 8, 9);
        late["project_id"] = archived["id"].clone();
        let refused = room.ask("POST", "/missions", Some(late.clone())).await;
        assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (409, Some("project.archived")));
        let bulk = format!("/projects/{}/missions:bulk_create", archived["id"]);
        assert_eq!(room.ask("POST", &bulk, Some(json!([late]))).await.status, 409);
    })
    .await;
}

#[tokio::test]
async fn pages_follow_each_other_while_rows_are_added() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        for name in ["B", "D", "F", "H", "J"] {
            room.project(name).await;
            test.app.clock.advance_seconds(1);
        }
        let walk = async |sort: &str, between: &str| {
            let (mut found, mut path) = (Vec::new(), Some(format!("/projects?limit=2&sort={sort}")));
            while let Some(here) = path {
                let page = room.ask("GET", &here, None).await;
                assert_eq!(page.status, 200, "{}", page.text);
                found.extend(names(&page, "name"));
                if found.len() == 2 {
                    room.project(between).await;
                }
                path = next(&page);
            }
            found.concat()
        };
        assert_eq!(walk("name", "A").await, "BDFHJ", "what comes before is not seen, and nothing twice");
        assert_eq!(walk("-name", "I").await, "JHFDBA", "nor is what comes into a page that was read");
        assert_eq!(walk("-created_at", "Z").await, "IAJHFDB");
        assert_eq!(walk("created_at", "K").await, "BDFHJAIZK");
        let search = room.ask("GET", "/projects?q=z&status=draft", None).await;
        assert_eq!(names(&search, "name"), ["Z"]);

        for hour in [10, 8, 12, 8] {
            room.mission(3, hour, hour + 1).await;
        }
        let first = room.ask("GET", "/missions?limit=2&from=2026-12-03&to=2026-12-04", None).await;
        room.mission(3, 9, 10).await;
        let second = room.ask("GET", &next(&first).unwrap(), None).await;
        let starts: Vec<String> = [names(&first, "starts_at"), names(&second, "starts_at")].concat();
        assert_eq!(starts.iter().map(|at| &at[11..13]).collect::<Vec<_>>(), ["07", "07", "08", "09"]);
        assert!(next(&room.ask("GET", &next(&second).unwrap(), None).await).is_none());
        let back = names(&room.ask("GET", "/missions?sort=-starts_at&limit=1", None).await, "starts_at");
        assert_eq!(back, ["2026-12-03T11:00:00.000Z"]);
        let none = room.ask("GET", "/missions?to=2026-12-03T08:00:00%2B01:00", None).await;
        assert_eq!(names(&none, "title").len(), 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_plan_at_once_do_not_stop_each_other() {
    each_app(async |test| {
        let room = std::sync::Arc::new(Room::open(&test, "Théâtre du Mail").await);
        let mut all = tokio::task::JoinSet::new();
        for n in 0..6_u8 {
            let room = room.clone();
            all.spawn(async move {
                let mut statuses = Vec::new();
                for round in 0..4 {
                    let project = room.project(&format!("Tournée {n} {round}")).await;
                    let bulk = format!("/projects/{project}/missions:bulk_create");
                    let many = json!([hours(n + 1, 8, 9), hours(n + 2, 8, 9), hours(n + 3, 8, 9)]);
                    let ids = room.done("POST", &bulk, Some(many)).await["ids"].clone();
                    let draft = json!({ "mission_id": ids[0], "user_id": room.karim, "status": "DRAFT" });
                    room.done("POST", "/assignments", Some(draft)).await;
                    let span = json!({ "from": "2026-12-01", "to": "2026-12-31" });
                    let first = format!("/missions/{}", ids[0]);
                    statuses.push(room.ask("POST", "/publish", Some(span)).await.status.as_u16());
                    statuses.push(room.ask("PUT", &first, Some(json!({ "place": "Ici", "version": 1 }))).await.status.as_u16());
                    statuses.push(room.ask("DELETE", &first, None).await.status.as_u16());
                    let gone = room.test.api("DELETE", &format!("/api/v1/projects/{project}"), &room.owner, None).await;
                    statuses.push(gone.status.as_u16());
                }
                statuses
            });
        }
        let statuses = all.join_all().await.concat();
        assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
        assert_eq!(room.done("GET", "/missions?limit=500", None).await.as_array().unwrap().len(), 48);
        assert_eq!(room.done("GET", "/projects", None).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn who_only_works_here_reads_and_changes_nothing() {
    each_app(async |test| {
        let room = Room::open(&test, "Théâtre du Mail").await;
        let mission = room
            .done(
                "POST",
                "/missions",
                Some({
                    let mut new = hours(1, 8, 12);
                    (new["notes"], new["contact"]) = (json!("Quai B"), json!("Nora 06"));
                    new
                }),
            )
            .await;
        let path = format!("/api/v1/missions/{}", mission["id"]);
        let ask = async |method: &str, path: &str, body: Option<Value>| test.api(method, path, &room.tech, body).await;
        let seen = ask("GET", &path, None).await.json();
        assert_eq!(
            (seen["notes"].as_str(), seen["contact"].as_str(), seen["assignments"].as_array().unwrap().len()),
            (Some(""), Some(""), 0)
        );
        assert!(!ask("GET", "/api/v1/missions", None).await.text.contains("Quai B"));
        let draft = json!({ "mission_id": mission["id"], "user_id": room.karim, "status": "DRAFT" });
        let draft = room.done("POST", "/assignments", Some(draft)).await;
        assert_eq!(draft["status"], "DRAFT");
        assert_eq!(ask("GET", &path, None).await.json()["notes"], "", "a draft is the manager's own");
        let told = room.done("POST", &format!("/assignments/{}:status", draft["id"]), Some(json!({ "status": "INVITED" }))).await;
        assert_eq!(told["status"], "INVITED");
        let seen = ask("GET", &path, None).await.json();
        assert_eq!((seen["notes"].as_str(), seen["assignments"][0]["id"].as_i64()), (Some("Quai B"), draft["id"].as_i64()));
        for (method, path, body) in [
            ("POST", "/api/v1/projects", json!({})),
            ("POST", "/api/v1/missions", json!({})),
            ("PUT", path.as_str(), json!({})),
            ("DELETE", path.as_str(), json!({})),
            ("POST", "/api/v1/assignments", json!({})),
            ("POST", "/api/v1/invitations", json!({})),
            ("POST", "/api/v1/publish", json!({})),
            ("GET", "/api/v1/publish", json!({})),
            ("POST", "/api/v1/users", json!({})),
            ("POST", "/api/v1/availability", json!({})),
            ("GET", "/api/v1/orgs/members", json!({})),
        ] {
            assert_eq!(ask(method, path, Some(body)).await.status, 403, "{method} {path}: before anything else is looked at");
        }
    })
    .await;
}
