//! The planner's forms: editing, undoing, publishing what was edited.

use super::planning::Room;
use crate::support::{Answer, TestApp, each_app};
use http::Request;
use regie::kernel::Role;
use serde_json::json;

/// A manager's browser beside the API of the same organisation.
struct Desk {
    room: Room,
    cookie: String,
    /// `/o/…/plan`.
    plan: String,
}

impl Desk {
    async fn open(test: &TestApp) -> Self {
        Self::open_named(test, "Théâtre").await
    }

    async fn open_named(test: &TestApp, name: &str) -> Self {
        let room = Room::open(test, name).await;
        let cookie = room.manager_cookie().await;
        let plan = format!("/o/{}/plan", room.shop.org.slug);
        Self { room, cookie, plan }
    }

    /// As the island asks: the answer is the sheet.
    async fn edit(&self, form: &str) -> Answer {
        let form = format!("{form}&date=2026-12-07&part=board");
        self.room.test.browse("POST", &format!("{}/edit", self.plan), &self.cookie, &form).await
    }

    async fn step(&self, name: &str) -> Answer {
        self.room.test.browse("POST", &format!("{}/{name}", self.plan), &self.cookie, "date=2026-12-07&part=board").await
    }

    async fn version(&self, mission: i64) -> i64 {
        self.room.done("GET", &format!("/missions/{mission}"), None).await["version"].as_i64().unwrap()
    }

    async fn times(&self, mission: i64) -> (String, String) {
        let body = self.room.done("GET", &format!("/missions/{mission}"), None).await;
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        (text("starts_at"), text("ends_at"))
    }

    /// A person's assignments: their status and mission.
    async fn assignments(&self) -> Vec<String> {
        self.room.test.texts("SELECT status || ' ' || mission_id FROM assignments ORDER BY id").await
    }
}

#[tokio::test]
async fn missions_are_moved_stretched_split_and_all_of_it_is_undone() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let mission = desk.room.mission(7, 9, 18).await;
        let version = desk.version(mission).await;
        let moved = desk.edit(&format!("do=move&keys=m{mission}:{version}&days=1&minutes=30")).await;
        assert_eq!(moved.status, 200, "{}", moved.text);
        assert!(moved.text.contains("data-said=\"«\u{a0}Montage 7\u{a0}» déplacée.\""), "{}", moved.text);
        assert_eq!(desk.times(mission).await, ("2026-12-08T08:30:00.000Z".into(), "2026-12-08T17:30:00.000Z".into()));
        // The sheet it was done on is an old one now: nothing is overwritten, both are shown.
        let stale = desk.edit(&format!("do=move&keys=m{mission}:{version}&days=2")).await;
        assert_eq!(stale.status, 409);
        assert!(
            stale.text.contains("Maintenant") && stale.text.contains("09:30") && stale.text.contains("2 j"),
            "{}",
            stale.text
        );
        let again = version + 1;
        assert!(stale.text.contains(&format!("m{mission}:{again}")), "the second try knows: {}", stale.text);

        assert_eq!(desk.edit(&format!("do=stretch&keys=m{mission}:{again}&minutes=60")).await.status, 200);
        let version = desk.version(mission).await;
        assert_eq!(desk.edit(&format!("do=split&keys=m{mission}:{version}&starts_at=2026-12-08T12:00")).await.status, 200);
        let count = || async { test.number("SELECT count(*) FROM missions").await };
        assert_eq!(count().await, 2);
        assert_eq!(desk.times(mission).await.1, "2026-12-08T11:00:00.000Z");
        for _ in 0..3 {
            let undone = desk.step("undo").await;
            assert_eq!(undone.status, 200, "{}", undone.text);
        }
        assert_eq!((count().await, desk.times(mission).await.0), (1, "2026-12-07T08:00:00.000Z".into()));
        assert_eq!(desk.step("undo").await.status, 409, "there is nothing left");
        for _ in 0..3 {
            assert_eq!(desk.step("redo").await.status, 200);
        }
        assert_eq!((count().await, desk.times(mission).await.1), (2, "2026-12-08T11:00:00.000Z".into()));
        assert_eq!(desk.step("redo").await.status, 409);
        let expected = ["mission.changed", "mission.created", "mission.deleted", "plan.undone", "plan.redone"];
        test.check_events(&desk.room.owner, &expected).await;
    })
    .await;
}

#[tokio::test]
async fn who_is_taken_off_hears_of_it_when_it_is_published_and_not_when_it_is_undone() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let (room, mission) = (&desk.room, desk.room.mission(7, 9, 18).await);
        let id = room.assign(mission).await;
        let accepted =
            room.ask("POST", &format!("/assignments/{id}:status"), Some(serde_json::json!({ "status": "ACCEPTED" }))).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text);
        test.run_jobs().await;
        let mails = test.mails().await.len();

        let off = desk.edit(&format!("do=delete&keys=a{id}:{}", desk.version(mission).await)).await;
        assert_eq!(off.status, 200, "{}", off.text);
        test.run_jobs().await;
        assert_eq!(test.mails().await.len(), mails, "nobody is told");
        assert_eq!(desk.assignments().await, [format!("cancelled {mission}")]);
        let page = test
            .browse("GET", &format!("/o/{}/missions", room.shop.org.slug), &test.cookie(&room.shop.email("Karim")).await, "")
            .await;
        assert!(page.text.contains("Montage 7") && !page.text.contains("Annulée"), "to them it still stands");

        assert_eq!(desk.step("undo").await.status, 200);
        assert_eq!(desk.assignments().await, [format!("accepted {mission}")], "with the answer they gave");

        assert_eq!(desk.step("redo").await.status, 200);
        let preview = test.browse("GET", &format!("{}/publish?week=2026-12-07", desk.plan), &desk.cookie, "").await;
        assert!(preview.text.contains("Retiré\u{a0}: Montage 7"), "{}", preview.text);
        let form = "week=2026-12-07";
        assert_eq!(test.browse("POST", &format!("{}/publish", desk.plan), &desk.cookie, form).await.status, 303);
        assert_eq!(test.number("SELECT count(*) FROM assignments WHERE believed IS NOT NULL").await, 0);
        // Now it is said, an undo is a new question.
        assert_eq!(desk.step("undo").await.status, 200);
        assert_eq!(desk.assignments().await, [format!("cancelled {mission}"), format!("draft {mission}")]);
    })
    .await;
}

#[tokio::test]
async fn things_are_dropped_into_cells() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let (room, mission) = (&desk.room, desk.room.mission(7, 9, 18).await);
        let project = room.project("Le Soulier").await;
        let desk = &desk;
        let drop = |keys: String, more: String| async move { desk.edit(&format!("do=drop&keys={keys}&{more}")).await };
        let version = || desk.version(mission);
        let to_project = drop(format!("m{mission}:{}", version().await), format!("day=2026-12-09&row=p{project}")).await;
        assert_eq!(to_project.status, 200, "{}", to_project.text);
        let body = room.done("GET", &format!("/missions/{mission}"), None).await;
        assert_eq!((body["project_id"].as_i64(), body["starts_at"].as_str()), (Some(project), Some("2026-12-09T08:00:00.000Z")));

        let karim = room.karim;
        let to_person = drop(format!("m{mission}:{}", version().await), format!("day=2026-12-09&row=c{karim}")).await;
        assert_eq!(to_person.status, 200, "{}", to_person.text);
        assert_eq!(desk.assignments().await, [format!("draft {mission}")]);
        let twice = drop(format!("m{mission}:{}", version().await), format!("day=2026-12-10&row=c{karim}")).await;
        assert_eq!(twice.status, 409, "{}", twice.text);
        assert_eq!(desk.times(mission).await.0, "2026-12-09T08:00:00.000Z", "all of it or nothing");

        let id = test.number("SELECT max(id) FROM assignments").await;
        let copied = desk.edit(&format!("do=copy&keys=a{id}:{}&day=2026-12-11&row=c{karim}", version().await)).await;
        assert_eq!(copied.status, 200, "{}", copied.text);
        assert_eq!(test.number("SELECT count(*) FROM assignments WHERE status = 'draft'").await, 2);
        let off = drop(format!("a{id}:{}", version().await), "day=2026-12-09&row=open".into()).await;
        assert_eq!(off.status, 200, "{}", off.text);
        // At an hour, where hours are shown.
        let hour = drop(format!("m{mission}:{}", version().await), format!("day=2026-12-09&at=840&row=p{project}")).await;
        assert_eq!(hour.status, 200, "{}", hour.text);
        assert_eq!(desk.times(mission).await, ("2026-12-09T13:00:00.000Z".into(), "2026-12-09T22:00:00.000Z".into()));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_done_is_said_and_changes_nothing() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let mission = desk.room.mission(7, 9, 18).await;
        let other = Desk::open_named(&test, "Ailleurs").await;
        let foreign = other.room.mission(7, 9, 18).await;
        let version = desk.version(mission).await;
        for (form, status) in [
            ("do=fly&keys=m1:1".to_owned(), 422),
            (format!("do=drop&keys=m{mission}:{version}"), 422),
            (format!("do=move&keys=m{mission}:{version}&days=soon"), 422),
            (format!("do=stretch&keys=m{mission}:{version}&minutes=-540"), 422),
            (format!("do=split&keys=m{mission}:{version}&starts_at=2026-12-07T23:00"), 422),
            (format!("do=times&keys=m{mission}:{version}&starts_at=2026-12-07T10:00&ends_at=never"), 422),
            (format!("do=times&keys=m{mission}:{version}&starts_at=9999-12-30T08:00:00Z&ends_at=9999-12-30T18:00:00Z"), 422),
            (format!("do=move&keys=m{mission}:{version}&days=500000"), 422),
            (format!("do=duplicate&keys=m{mission}:{version}&days=500000"), 422),
            (format!("do=copy&keys=m{mission}:{version}&day=2200-12-31&at=2879&row=p0"), 422),
            ("do=create&title=&starts_at=2026-12-07T10:00&ends_at=2026-12-07T12:00".to_owned(), 422),
            (format!("do=move&keys=m{foreign}:1&days=1"), 409),
            ("do=move&keys=m999999:1&days=1".to_owned(), 409),
            ("do=delete&keys=a999999:1".to_owned(), 404),
        ] {
            let answer = desk.edit(&form).await;
            assert_eq!(answer.status, status, "{form}: {}", answer.text);
            assert!(answer.text.contains("Rien n’a été changé"), "{form}: {}", answer.text);
        }
        assert_eq!(desk.version(mission).await, version);
        assert_eq!(other.version(foreign).await, 1);
        // Without scripts it is a page, and a redirect when it works.
        let form = format!("do=move&keys=m{mission}:9&days=1&date=2026-12-07");
        let page = test.browse("POST", &format!("{}/edit", desk.plan), &desk.cookie, &form).await;
        assert!(page.status == 409 && page.text.contains("<html") && page.text.contains("Appliquer quand même"), "{}", page.text);
        let form = format!("do=move&keys=m{mission}:{version}&days=1&date=2026-12-07&on={mission}");
        let gone = test.browse("POST", &format!("{}/edit", desk.plan), &desk.cookie, &form).await;
        assert_eq!(
            (gone.status.as_u16(), gone.headers["location"].to_str().unwrap()),
            (303, format!("{}?date=2026-12-07&on={mission}", desk.plan).as_str())
        );
    })
    .await;
}

#[tokio::test]
async fn several_things_are_edited_together() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let (room, first, second) = (&desk.room, desk.room.mission(7, 9, 18).await, desk.room.mission(8, 9, 18).await);
        let (karim, mine) = (room.karim, room.assign(first).await);
        // Boxes to tick, where no script chooses.
        let page = test.browse("GET", &format!("{}?date=2026-12-07&choose=all", desk.plan), &desk.cookie, "").await;
        let boxes = [first, second].map(|id| format!("value=\"m{id}:"));
        assert!(page.status == 200 && boxes.iter().all(|line| page.text.contains(line)), "{}", page.text);
        let (a, b) = (desk.version(first).await, desk.version(second).await);
        let form = format!("do=move&keys=m{first}:{a}&keys=m{second}:{b}&days=1&minutes=60&date=2026-12-07");
        assert_eq!(test.browse("POST", &format!("{}/edit", desk.plan), &desk.cookie, &form).await.status, 303);
        assert_eq!(desk.times(first).await.0, "2026-12-08T09:00:00.000Z");
        assert_eq!(desk.times(second).await.0, "2026-12-09T09:00:00.000Z");
        for (form, said) in [
            ("do=move&days=1".to_owned(), "Cochez au moins une ligne"),
            (format!("do=assign&keys=m{second}:{b}&person="), "Choisissez une personne"),
        ] {
            let refused = desk.edit(&form).await;
            assert!(refused.status == 422 && refused.text.contains(said), "{form}: {}", refused.text);
        }
        let version = desk.version(second).await;
        assert_eq!(desk.edit(&format!("do=assign&keys=m{second}:{version}&person={karim}")).await.status, 200);

        // What is chosen on the sheet is named as it is now; what is not there any more is left out.
        let theirs = test.number("SELECT max(id) FROM assignments").await;
        let keys = format!("a{mine}:1+m{second}:1+m999:1");
        let panel =
            test.browse("GET", &format!("{}?date=2026-12-07&part=panel&choose={keys}", desk.plan), &desk.cookie, "").await;
        let named = panel.text.contains(&format!("value=\"a{mine}:")) && !panel.text.contains("m999");
        assert!(panel.status == 200 && named, "{}", panel.text);
        // People of one mission who are copied to another day come together there.
        let before = test.number("SELECT count(*) FROM missions").await;
        let (a, b) = (desk.version(first).await, desk.version(second).await);
        let keys = format!("a{mine}:{a}+a{theirs}:{b}");
        let copied = desk.edit(&format!("do=copy&keys={keys}&day=2026-12-10&row=c{karim}")).await;
        assert_eq!(copied.status, 200, "{}", copied.text);
        assert_eq!(test.number("SELECT count(*) FROM missions").await, before + 2);
        assert_eq!(desk.step("undo").await.status, 200);
        assert_eq!(test.number("SELECT count(*) FROM missions").await, before);
    })
    .await;
}

#[tokio::test]
async fn a_step_that_others_have_built_on_is_forgotten() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let mission = desk.room.mission(7, 9, 18).await;
        let version = desk.version(mission).await;
        assert_eq!(desk.edit(&format!("do=move&keys=m{mission}:{version}&days=1")).await.status, 200);
        let mut body = super::planning::hours(8, 9, 18);
        body["title"] = "Montage du gradin".into();
        body["version"] = desk.version(mission).await.into();
        let changed = desk.room.ask("PUT", &format!("/missions/{mission}"), Some(body)).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
        let undone = desk.step("undo").await;
        assert!(undone.status == 409 && undone.text.contains("Quelqu’un a changé"), "{}", undone.text);
        assert_eq!(desk.times(mission).await.0, "2026-12-08T08:00:00.000Z");
        assert_eq!(test.number("SELECT count(*) FROM plan_steps").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_answer_outlives_a_new_draft_and_a_stay_with_somebody_else() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let (room, mission) = (&desk.room, desk.room.mission(7, 9, 18).await);
        let (karim, nora) = (room.karim, test.person(&room.shop, "Nora", Role::Tech).await.id.0);
        let id = room.assign(mission).await;
        room.done("POST", &format!("/assignments/{id}:status"), Some(json!({ "status": "ACCEPTED" }))).await;
        let edit = async |kind: &str, key: String, more: String| {
            let form = format!("do={kind}&keys={key}:{}{more}", desk.version(mission).await);
            let done = desk.edit(&form).await;
            assert_eq!(done.status, 200, "{form}: {}", done.text);
        };
        edit("delete", format!("a{id}"), String::new()).await;
        edit("assign", format!("m{mission}"), format!("&person={karim}")).await;
        let is = |status: &str| format!("{status} {mission}");
        assert_eq!(desk.assignments().await, [is("cancelled"), is("draft")]);
        for expected in [[is("cancelled"), is("cancelled")], [is("accepted"), is("cancelled")]] {
            let undone = desk.step("undo").await;
            assert_eq!(undone.status, 200, "{}", undone.text);
            assert_eq!(desk.assignments().await, expected);
        }

        let cell = |person: i64| format!("&day=2026-12-07&row=c{person}");
        edit("drop", format!("a{id}"), cell(nora)).await;
        assert_eq!(desk.assignments().await, [is("cancelled"), is("cancelled"), is("draft")]);
        let hers = test.number("SELECT max(id) FROM assignments").await;
        edit("drop", format!("a{hers}"), cell(karim)).await;
        assert_eq!(desk.assignments().await, [is("accepted"), is("cancelled"), is("cancelled")]);
        assert_eq!(test.number("SELECT count(*) FROM assignments WHERE believed IS NOT NULL").await, 0);
    })
    .await;
}

/// A step that can never be taken back would keep all before it.
#[tokio::test]
async fn a_step_that_cannot_be_undone_is_forgotten_and_the_one_before_it_is_undone() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let room = &desk.room;
        let lost = async |before: i64| {
            let refused = desk.step("undo").await;
            assert!(refused.status == 409 && refused.text.contains("Elle est oubliée"), "{}", refused.text);
            assert_eq!(desk.times(before).await.0, "2026-12-15T08:00:00.000Z");
            assert_eq!(desk.step("undo").await.status, 200);
            assert_eq!(desk.times(before).await.0, "2026-12-14T08:00:00.000Z");
        };
        let before = room.mission(14, 9, 10).await;
        let step = async |key: String, mission: i64| {
            let moved = format!("do=move&keys=m{before}:{}&days=1", desk.version(before).await);
            let off = format!("do=delete&keys={key}:{}", desk.version(mission).await);
            for form in [moved, off] {
                let done = desk.edit(&form).await;
                assert_eq!(done.status, 200, "{form}: {}", done.text);
            }
        };

        // A project that is archived takes no mission back.
        let project = room.done("POST", "/projects", Some(json!({ "name": "Tournée" }))).await;
        let mut body = super::planning::hours(7, 9, 18);
        body["project_id"] = project["id"].clone();
        let mission = room.done("POST", "/missions", Some(body)).await["id"].as_i64().unwrap();
        step(format!("m{mission}"), mission).await;
        let archived = json!({ "status": "ARCHIVED", "version": project["version"] });
        room.done("PUT", &format!("/projects/{}", project["id"]), Some(archived)).await;
        lost(before).await;

        // Who has accepted something else meanwhile.
        let (first, second) = (room.mission(8, 9, 18).await, room.mission(8, 10, 12).await);
        let accept = async |id: i64| {
            room.done("POST", &format!("/assignments/{id}:status"), Some(json!({ "status": "ACCEPTED" }))).await;
        };
        let id = room.assign(first).await;
        accept(id).await;
        step(format!("a{id}"), first).await;
        accept(room.assign(second).await).await;
        lost(before).await;

        // Who is no longer in the crew.
        let nora = test.person(&room.shop, "Nora", Role::Tech).await.id.0;
        let third = room.mission(9, 9, 18).await;
        assert_eq!(desk.edit(&format!("do=assign&keys=m{third}:1&person={nora}")).await.status, 200);
        let hers = test.number("SELECT max(id) FROM assignments").await;
        step(format!("a{hers}"), third).await;
        let (owner, crew) = (test.cookie(&room.shop.owner.email).await, format!("/o/{}/crew/{nora}", room.shop.org.slug));
        assert_eq!(test.browse("POST", &format!("{crew}/archive"), &owner, "archived=true").await.status, 303);
        lost(before).await;
    })
    .await;
}

#[tokio::test]
async fn a_mission_and_who_is_on_it_go_together() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        for (day, is_first) in [(7, true), (9, false)] {
            let mission = desk.room.mission(day, 9, 18).await;
            let id = desk.room.assign(mission).await;
            let version = desk.version(mission).await;
            let (whole, one) = (format!("m{mission}:{version}"), format!("a{id}:{version}"));
            let keys = if is_first { format!("{whole}+{one}") } else { format!("{one}+{whole}") };
            let gone = desk.edit(&format!("do=delete&keys={keys}")).await;
            assert_eq!(gone.status, 200, "{keys}: {}", gone.text);
            assert_eq!(desk.assignments().await.last().unwrap(), &format!("cancelled {mission}"));
            assert_eq!(desk.step("undo").await.status, 200);
            assert_eq!(desk.assignments().await.last().unwrap(), &format!("invited {mission}"));
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_of_a_mission_is_typed_on_where_it_is_refused() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let project = desk.room.project("Tournée").await;
        let form = format!(
            "do=create&keys=&date=2026-12-07&title=Bal+%26+masques&project={project}&person={}&starts_at=2026-12-07T18:00\
             &ends_at=2026-12-07T09:00&break_minutes=45&needs=2+Son",
            desk.room.karim
        );
        let refused = test.browse("POST", &format!("{}/edit", desk.plan), &desk.cookie, &form).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        for part in [
            "La fin doit venir après le début",
            "value=\"Bal &amp; masques\"",
            "value=\"2026-12-07T18:00\"",
            "value=\"2026-12-07T09:00\"",
            "value=\"45\"",
            "2 Son</textarea>",
            "Karim",
            "selected",
        ] {
            assert!(refused.text.contains(part), "{part}: {}", refused.text);
        }
        let other = test.browse("POST", &format!("{}/edit", desk.plan), &desk.cookie, "do=move&date=2026-12-07").await;
        assert!(other.status == 422 && !other.text.contains("</textarea>"), "{}", other.text);
    })
    .await;
}

/// The night from Sunday to Monday is Sunday's.
#[tokio::test]
async fn a_week_does_not_count_the_night_before_it() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let night =
            json!({ "title": "Garde", "starts_at": "2026-12-06T22:00", "ends_at": "2026-12-07T06:00", "role": "Gardien" });
        let night = desk.room.done("POST", "/missions", Some(night)).await;
        let draft = json!({ "mission_id": night["id"], "user_id": desk.room.karim, "status": "DRAFT" });
        desk.room.done("POST", "/assignments", Some(draft)).await;
        let see = async |query: &str| {
            let page = test.browse("GET", &format!("{}?{query}", desk.plan), &desk.cookie, "").await;
            assert_eq!(page.status, 200, "{}", page.text);
            let parts = ["8\u{a0}h\u{a0}00", "0 place sur 1 pourvue", "data-row=\"open\"", "Publier un changement"];
            parts.map(|part| page.text.contains(part))
        };
        assert_eq!(see("date=2026-11-30").await, [true; 4]);
        assert_eq!(see("date=2026-12-07").await, [false; 4]);
        assert_eq!(see("date=2026-12-01&span=month").await, [true; 4]);
        assert_eq!(see("date=2026-12-06&span=day").await, [true; 4]);
        // The morning after shows the end of the night, and counts nothing of it.
        assert_eq!(see("date=2026-12-07&span=day").await, [false, false, true, false]);
    })
    .await;
}

#[tokio::test]
async fn only_the_last_hundred_steps_are_kept_and_each_has_their_own() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let mission = desk.room.mission(7, 9, 18).await;
        for n in 0..103 {
            let version = desk.version(mission).await;
            let minutes = if n % 2 == 0 { 15 } else { -15 };
            assert_eq!(desk.edit(&format!("do=move&keys=m{mission}:{version}&minutes={minutes}")).await.status, 200);
        }
        assert_eq!(test.number("SELECT count(*) FROM plan_steps").await, 100);
        let owner = test.cookie(&desk.room.shop.owner.email).await;
        let theirs = test.browse("POST", &format!("{}/undo", desk.plan), &owner, "part=board").await;
        assert_eq!(theirs.status, 409, "another's steps are not one's own");
    })
    .await;
}

#[tokio::test]
async fn open_planners_are_told_of_a_change() {
    each_app(async |test| {
        let desk = Desk::open(&test).await;
        let request = || {
            let request = Request::builder().uri(format!("{}/events", desk.plan)).header("cookie", &desk.cookie);
            request.header("accept", "text/event-stream").body(axum::body::Body::empty()).unwrap()
        };
        let mut stream = test.open_stream(request()).await;
        let first = stream.next_event().await;
        assert!(first.starts_with("event: plan"), "{first}");
        desk.room.mission(7, 9, 18).await;
        let second = stream.next_event().await;
        assert!(second.starts_with("event: plan") && second != first, "{second}");
    })
    .await;
}
