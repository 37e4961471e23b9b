//! A week that never was, for what is shown of the plan.

use super::super::plan::facts::Facts;
use super::super::plan::sight::{Sight, SightQuery};
use super::super::staffing::Staff;
use super::*;
use crate::kernel::{AssignmentId, AvailabilityId, CrewMemberId, MissionId, NeedId, ProjectId};
use crate::orgs::{CrewMember, CrewSheet};
use crate::planning::ranking::{Candidate, Load, Ranked, Reason, Standing};
use crate::planning::rules::{Cure, Finding, Kind, Severity, Unit, When};
use crate::planning::service::{Candidates, ConflictSheet, Conflicts, Cost};
use crate::planning::{
    Assignment, AssignmentStatus, Availability, AvailabilityKind, AvailabilityStatus, Mission, MissionSheet, Need, Project,
    ProjectStatus,
};
use jiff::civil::{Date, date};
use std::collections::HashMap;
use std::sync::Arc;

/// The day that is lit.
pub(super) const TODAY: Date = date(2026, 11, 20);

const KARIM: CrewMemberId = CrewMemberId(1);
const INES: CrewMemberId = CrewMemberId(2);
const HUGO: CrewMemberId = CrewMemberId(3);
const SATIN: i64 = 1;
const CABARET: i64 = 2;
/// The mission whose panel is open.
const OPEN: MissionId = MissionId(4);

fn zone() -> Zone {
    Zone::named_or_utc(DEFAULT_ZONE)
}

/// The time by the clocks of a day of November.
pub(super) fn at(day: i8, time: (i8, i8)) -> Instant {
    zone().instant(date(2026, 11, day), time.0, time.1)
}

/// How the plan around that day is looked at: by `day`, `week` or `month`.
pub(super) fn sight(member: &Member, span: &str) -> Sight {
    let query = SightQuery { date: Some(TODAY.to_string()), span: Some(span.to_owned()), ..SightQuery::default() };
    Sight { today: TODAY, on: Some(OPEN.0), ..Sight::of(member, &query) }
}

/// A mission on a day of November, from a time to a time.
pub(super) fn mission(id: i64, project: i64, title: &str, day: i8, from: (i8, i8), to: (i8, i8)) -> Mission {
    Mission {
        id: MissionId(id),
        project_id: Some(ProjectId(project)),
        title: title.to_owned(),
        place: "Grande salle".to_owned(),
        address: String::new(),
        time_zone: DEFAULT_ZONE.to_owned(),
        starts_at: at(day, from),
        ends_at: at(day, to),
        break_minutes: 0,
        notes: String::new(),
        contact: String::new(),
        answer_hours: 0,
        cascades: false,
        sequence: 0,
        cancelled_at: None,
        changed_at: Instant(0),
        version: 1,
    }
}

/// Somebody on a mission. The needs of a mission have ten times its number, and on from there.
pub(super) fn on(id: i64, mission: &Mission, person: CrewMemberId, need: i64, status: AssignmentStatus) -> Assignment {
    Assignment {
        id: AssignmentId(id),
        mission_id: mission.id,
        crew_member_id: person,
        need_id: Some(NeedId(mission.id.0 * 10 + need)),
        status,
        reason: String::new(),
        told_at: None,
        told_starts_at: None,
        told_ends_at: None,
        told_place: None,
        told_before: None,
        answered_at: None,
        answer_by_at: None,
        reminded_at: None,
        passed_on_at: None,
        passed_to_id: None,
        believed: None,
        version: 1,
    }
}

/// As [`on`], for somebody who was told another end.
fn changed(id: i64, mission: &Mission, person: CrewMemberId, need: i64) -> Assignment {
    let (told_at, starts_at, place) = (Some(Instant(0)), Some(mission.starts_at), Some(mission.place.clone()));
    let told_ends_at = Some(mission.ends_at.plus_minutes(30));
    let on_it = on(id, mission, person, need, AssignmentStatus::Accepted);
    Assignment { told_at, told_starts_at: starts_at, told_ends_at, told_place: place, ..on_it }
}

fn sheet(mission: Mission, needs: &[(&str, i64)], assignments: Vec<Assignment>) -> MissionSheet {
    let need = |(n, (role, quota)): (i64, &(&str, i64))| Need {
        id: NeedId(mission.id.0 * 10 + n),
        mission_id: mission.id,
        role: (*role).to_owned(),
        quota: *quota,
        skill: None,
        min_level: 1,
    };
    let needs = (0..).zip(needs).map(need).collect();
    MissionSheet { mission, needs, assignments }
}

/// One of each: filled, half filled, asked, changed, broken, doubtful, a draft, open.
fn sheets() -> Vec<MissionSheet> {
    use AssignmentStatus::{Accepted, Draft, Invited};
    let set_up = mission(1, SATIN, "Montage", 16, (8, 0), (17, 0));
    let focus = mission(2, SATIN, "Réglages", 17, (13, 0), (21, 0));
    let run = mission(3, SATIN, "Générale", 19, (14, 0), (23, 15));
    let check = mission(OPEN.0, SATIN, "Balances", 20, (8, 35), (18, 30));
    let load = mission(5, CABARET, "Livraison", 18, (9, 0), (12, 0));
    let show = mission(6, CABARET, "Exploitation", 20, (17, 0), (23, 30));
    let on_set_up =
        vec![on(1, &set_up, KARIM, 0, Accepted), on(2, &set_up, INES, 0, Accepted), on(3, &set_up, HUGO, 1, Accepted)];
    let (on_focus, on_run) = (vec![on(4, &focus, KARIM, 0, Invited)], vec![changed(5, &run, KARIM, 0)]);
    let (on_check, on_load) = (vec![on(6, &check, KARIM, 0, Accepted)], vec![on(7, &load, INES, 0, Draft)]);
    let on_show = vec![on(8, &show, INES, 0, Accepted)];
    vec![
        sheet(set_up, &[("Son", 2), ("Plateau", 2)], on_set_up),
        sheet(focus, &[("Son", 1)], on_focus),
        sheet(run, &[("Son", 1)], on_run),
        sheet(check, &[("Son", 1), ("Plateau", 1)], on_check),
        sheet(load, &[("Lumière", 1)], on_load),
        sheet(show, &[("Lumière", 1)], on_show),
    ]
}

fn project(id: i64, name: &str, client: &str) -> (ProjectId, Project) {
    let project = Project {
        id: ProjectId(id),
        name: name.to_owned(),
        status: ProjectStatus::Active,
        client: client.to_owned(),
        colour: id,
        notes: String::new(),
        starts_on: None,
        ends_on: None,
        created_at: Instant(0),
        version: 1,
    };
    (project.id, project)
}

fn crew() -> Vec<CrewSheet> {
    let people = [(KARIM, "Karim Benali", "Son"), (INES, "Inès Moreau", "Lumière"), (HUGO, "Hugo Lambert", "Plateau")];
    let sheet = |(id, name, job): (CrewMemberId, &str, &str)| CrewSheet {
        person: CrewMember {
            id,
            account_id: None,
            name: name.to_owned(),
            email: None,
            phone: None,
            job: Some(job.to_owned()),
            archived_at: None,
            version: 1,
        },
        skills: Vec::new(),
    };
    people.map(sheet).into()
}

fn day_off() -> Availability {
    Availability {
        id: AvailabilityId(1),
        crew_member_id: INES,
        kind: AvailabilityKind::TimeOff,
        status: AvailabilityStatus::Approved,
        starts_at: at(21, (0, 0)),
        ends_at: at(22, (0, 0)),
        every_weeks: 0,
        until_at: None,
        note: String::new(),
        decided_at: None,
    }
}

/// A rest between two days that is too short: nobody may.
fn short_rest(mission: MissionId) -> Finding {
    Finding {
        rule: "L3131-1",
        article: "L3131-1",
        source: "",
        severity: Severity::Hard,
        kind: Kind::DailyRest { span: 13 * 60 },
        shifts: vec![mission.0],
        measured: 560,
        limit: 660,
        unit: Unit::Minutes,
        when: When::Span { from: at(19, (23, 15)), to: at(20, (8, 35)) },
        skill: None,
        cure: Cure::StartLater { key: mission.0, minutes: 100 },
    }
}

/// A day outside of the project's: a reason is enough.
pub(super) fn outside(mission: MissionId) -> Finding {
    Finding {
        rule: "plan-project",
        article: "",
        severity: Severity::Soft,
        kind: Kind::OutsideProject,
        measured: 390,
        limit: 0,
        cure: Cure::AnotherDay { key: mission.0, first: date(2026, 11, 16), last: date(2026, 11, 18) },
        ..short_rest(mission)
    }
}

fn conflicts() -> ConflictSheet {
    let conflicts = |person, name: &str, findings, assignments| Conflicts {
        person,
        name: name.to_owned(),
        findings,
        overruled: Vec::new(),
        assignments: HashMap::from([assignments]),
        accepted: Vec::new(),
    };
    let show = MissionId(6);
    let people = vec![
        conflicts(KARIM, "Karim Benali", vec![short_rest(OPEN), outside(OPEN)], (OPEN, AssignmentId(6))),
        conflicts(INES, "Inès Moreau", vec![outside(show)], (show, AssignmentId(8))),
    ];
    ConflictSheet { people, titles: HashMap::from([(OPEN.0, "Balances".to_owned())]) }
}

/// What the sheet shows.
pub(super) fn facts() -> Facts {
    Facts {
        sheets: sheets(),
        projects: HashMap::from([project(SATIN, "Le Soulier de satin", "Théâtre du Mail"), project(CABARET, "Cabaret", "")]),
        crew: crew(),
        absences: vec![day_off()],
        conflicts: Arc::new(conflicts()),
        news: 2,
        steps: (1, 0),
        tag: String::new(),
    }
}

/// Somebody who might do it, with a word of each kind.
pub(super) fn ranked() -> Ranked {
    let candidate = Candidate {
        person: HUGO,
        name: "Hugo Lambert".to_owned(),
        search: "hugo lambert".to_owned(),
        findings: vec![short_rest(OPEN), outside(OPEN)],
        prefers: true,
        was_on: false,
        level: None,
        week_minutes: 540,
        load: Load::default(),
        cost_cents: None,
    };
    Ranked { candidate, standing: Standing::Blocked, reasons: vec![Reason::Prefers, Reason::NoRate] }
}

/// The mission whose panel is open.
pub(super) fn staff() -> Option<Staff> {
    let sheet = sheets().into_iter().find(|sheet| sheet.mission.id == OPEN)?;
    let candidates = vec![Candidates { need: sheet.needs.last().cloned(), ranked: vec![ranked()] }];
    let cost = Cost { cents: 22_000, places: 1, unknown: 0 };
    Some(Staff { sheet, crew: crew(), conflicts: Arc::new(conflicts()), candidates, cost })
}
