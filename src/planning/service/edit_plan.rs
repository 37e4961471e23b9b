use super::assign::assign_in;
use super::missions::{changed, check_project, copy_sheet, created, find_live, shifted};
use super::read::find_sheet;
use super::undo_plan::bring_back;
use crate::access::Permit;
use crate::audit::{self, Event, Tx};
use crate::kernel::zone::{Zone, parse_local};
use crate::kernel::{CrewMemberId, Instant, MissionId, NeedId, ProjectId};
use crate::orgs::service::{find_crew_member_in, find_org};
use crate::planning::steps::{Change, KEPT_STEPS, Kept, as_written};
use crate::planning::{
    Assignment, AssignmentStatus, CheckedMission, Edit, EditKind, EditPlan, MissionSheet, PlanError, Row, Target, check_mission,
    store,
};
use crate::platform::App;
use std::collections::BTreeMap;

/// Longest mission, in minutes.
const LONGEST: i64 = 72 * 60;

/// What was done, to be said.
#[derive(Clone, Debug)]
pub struct Edited {
    pub kind: EditKind,
    /// The missions that are changed, or made.
    pub missions: Vec<MissionId>,
    /// The title of the first.
    pub title: String,
}

/// A change of several missions under way, with how they were before.
pub(super) struct Work<'a> {
    pub tx: Tx,
    pub permit: &'a Permit<EditPlan>,
    before: BTreeMap<MissionId, Option<Kept>>,
    events: Vec<Event>,
}

/// Does something in the planner, all of it or nothing, and keeps how it was before. Nobody is told: a publication does that.
///
/// Permission: manager. Audit: the events of what is done, `mission.changed`, `assignment.created` and the like.
///
/// # Errors
/// [`PlanError::Stale`] when a mission is no longer what the page showed; [`PlanError::NotFound`], [`PlanError::Fields`],
/// [`PlanError::Assigned`], [`PlanError::Filled`], [`PlanError::ProjectArchived`].
pub async fn edit_plan(app: &App, permit: Permit<EditPlan>, edit: &Edit) -> Result<Edited, PlanError> {
    let zone = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?.time_zone;
    let mut work = Work::begin(app, &permit).await?;
    if edit.kind == EditKind::Create {
        work.create(edit, &zone).await?;
        return work.finish(edit.kind, true).await;
    }
    let mut chosen: Vec<(Target, MissionSheet)> = Vec::new();
    for key in &edit.keys {
        chosen.push((key.target, work.open(key.target, Some(key.version)).await?));
    }
    match edit.kind {
        EditKind::Move => {
            for sheet in distinct(&chosen) {
                work.move_by(sheet, edit.days, edit.minutes).await?;
            }
        }
        EditKind::Stretch => {
            for sheet in distinct(&chosen) {
                let new = as_written(sheet);
                let ends_at = Instant(new.ends_at.0 + edit.minutes * 60_000);
                work.rewrite(sheet, CheckedMission { ends_at, ..new }).await?;
            }
        }
        EditKind::Times => {
            for sheet in distinct(&chosen) {
                work.set_times(sheet, &edit.starts_at, &edit.ends_at).await?;
            }
        }
        EditKind::Drop => work.drop_into(&chosen, edit).await?,
        EditKind::Copy => work.copy_into(&chosen, edit).await?,
        EditKind::Duplicate => {
            for sheet in distinct(&chosen) {
                work.copy(sheet, edit.days).await?;
            }
        }
        EditKind::Split => {
            for sheet in distinct(&chosen) {
                work.split(sheet, &edit.starts_at).await?;
            }
        }
        EditKind::Assign => {
            let person = edit.person.ok_or(PlanError::NotFound)?;
            for (target, sheet) in &chosen {
                let need = edit.need.or(match target {
                    Target::Need(_, need) => Some(*need),
                    _ => open_need(sheet),
                });
                work.assign(sheet.mission.id, person, need).await?;
            }
        }
        EditKind::Delete => {
            let goes = |id: MissionId| chosen.iter().any(|(target, _)| *target == Target::Mission(id));
            for (target, sheet) in &chosen {
                match target {
                    Target::Mission(id) => work.remove(*id).await?,
                    // Who is on a mission that goes is off with it.
                    Target::Assignment(_) if goes(sheet.mission.id) => {}
                    Target::Assignment(_) => work.take_off(assigned(*target, sheet)?, sheet).await?,
                    Target::Need(..) => {}
                }
            }
        }
        EditKind::Create | EditKind::Paste => {}
    }
    work.finish(edit.kind, true).await
}

/// Each mission once.
fn distinct(chosen: &[(Target, MissionSheet)]) -> impl Iterator<Item = &MissionSheet> {
    let is_first = |n: usize| {
        let id = chosen.get(n).map(|(_, sheet)| sheet.mission.id);
        !chosen[..n].iter().any(|(_, sheet)| Some(sheet.mission.id) == id)
    };
    chosen.iter().enumerate().filter(move |(n, _)| is_first(*n)).map(|(_, (_, sheet))| sheet)
}

/// The first need that has a place left.
fn open_need(sheet: &MissionSheet) -> Option<NeedId> {
    sheet.needs.iter().find(|need| sheet.filled(need.id) < need.quota).map(|need| need.id)
}

/// The need of a copy that is for the same role as somebody's on the original, or else the first that has a place left.
fn need_like(target: &Target, sheet: &MissionSheet, copy: &MissionSheet) -> Option<NeedId> {
    let need = match target {
        Target::Need(_, need) => Some(*need),
        Target::Assignment(id) => sheet.assignments.iter().find(|known| known.id == *id).and_then(|known| known.need_id),
        Target::Mission(_) => None,
    };
    let role = sheet.needs.iter().find(|known| Some(known.id) == need).map(|known| known.role.as_str());
    let same = copy.needs.iter().find(|known| Some(known.role.as_str()) == role && copy.filled(known.id) < known.quota);
    same.map(|known| known.id).or_else(|| open_need(copy))
}

/// The assignment that is chosen.
fn assigned(target: Target, sheet: &MissionSheet) -> Result<&Assignment, PlanError> {
    let Target::Assignment(id) = target else { return Err(PlanError::NotFound) };
    let found = sheet.assignments.iter().find(|assignment| assignment.id == id && assignment.status.is_active());
    found.ok_or(PlanError::Stale)
}

impl<'a> Work<'a> {
    pub async fn begin(app: &App, permit: &'a Permit<EditPlan>) -> Result<Self, PlanError> {
        let mut tx = audit::begin(app, permit).await?;
        // First of all: on PostgreSQL two who edit the plan wait for each other here.
        store::replace_staffing_tag(&mut tx).await?;
        Ok(Self { tx, permit, before: BTreeMap::new(), events: Vec::new() })
    }

    /// Notes an event of the change.
    pub fn note(&mut self, event: Event) {
        self.events.push(event);
    }

    /// The mission of a target, as it is now and still as the page showed it, noted as it was before.
    async fn open(&mut self, target: Target, version: Option<i64>) -> Result<MissionSheet, PlanError> {
        let id = match target {
            Target::Mission(id) | Target::Need(id, _) => id,
            Target::Assignment(id) => store::find_assignment(&mut self.tx, id).await?.ok_or(PlanError::NotFound)?.mission_id,
        };
        let sheet = self.live(id).await?.ok_or(if version.is_some() { PlanError::Stale } else { PlanError::NotFound })?;
        if version.is_some_and(|version| version != sheet.mission.version) {
            return Err(PlanError::Stale);
        }
        if matches!(target, Target::Assignment(_)) {
            assigned(target, &sheet)?;
        }
        self.before.entry(id).or_insert_with(|| Some(Kept::of(&sheet)));
        Ok(sheet)
    }

    /// A mission that is not called off.
    pub async fn live(&mut self, id: MissionId) -> Result<Option<MissionSheet>, PlanError> {
        Ok(find_sheet(&mut self.tx, id).await?.filter(|sheet| sheet.mission.cancelled_at.is_none()))
    }

    /// Notes a mission as it is before the first change; `None` when it is not there.
    pub async fn mark(&mut self, id: MissionId) -> Result<Option<MissionSheet>, PlanError> {
        let sheet = self.live(id).await?;
        self.before.entry(id).or_insert_with(|| sheet.as_ref().map(Kept::of));
        Ok(sheet)
    }

    /// Writes a mission anew, when it can be.
    pub async fn rewrite(&mut self, sheet: &MissionSheet, new: CheckedMission) -> Result<(), PlanError> {
        let (minutes, zone) = (new.ends_at.minutes_since(new.starts_at), Zone::named_or_utc(&new.time_zone));
        let wrong = |field, code| Err(PlanError::Fields(vec![(field, code)]));
        if !zone.reaches(new.starts_at) {
            return wrong("starts_at", "date.invalid");
        }
        if !zone.reaches(new.ends_at) {
            return wrong("ends_at", "date.invalid");
        }
        if minutes <= 0 {
            return wrong("ends_at", "time.order");
        }
        if minutes > LONGEST {
            return wrong("ends_at", "time.too_long");
        }
        if new.break_minutes >= minutes {
            return wrong("break_minutes", "break.invalid");
        }
        if new.project_id != sheet.mission.project_id {
            check_project(&mut self.tx, new.project_id).await?;
        }
        // Once more from the store: an edit may write the same mission twice.
        let before = find_live(&mut self.tx, sheet.mission.id).await?;
        let now = self.tx.now();
        if !store::change_mission(&mut self.tx, before.id, before.version, &new, now).await? {
            return Err(PlanError::Stale);
        }
        let after = find_live(&mut self.tx, before.id).await?;
        self.events.push(changed(&before, &after));
        Ok(())
    }

    async fn move_by(&mut self, sheet: &MissionSheet, days: i64, minutes: i64) -> Result<(), PlanError> {
        let new = shifted(sheet, days).ok_or(PlanError::Fields(vec![("days", "date.invalid")]))?;
        let (starts_at, ends_at) = (Instant(new.starts_at.0 + minutes * 60_000), Instant(new.ends_at.0 + minutes * 60_000));
        if (starts_at, ends_at) == (sheet.mission.starts_at, sheet.mission.ends_at) {
            return Ok(());
        }
        self.rewrite(sheet, CheckedMission { starts_at, ends_at, ..new }).await
    }

    async fn set_times(&mut self, sheet: &MissionSheet, starts: &str, ends: &str) -> Result<(), PlanError> {
        let zone = sheet.mission.zone();
        let read = |text: &str, field| parse_local(text.trim(), &zone).ok_or(PlanError::Fields(vec![(field, "date.invalid")]));
        let (starts_at, ends_at) = (read(starts, "starts_at")?, read(ends, "ends_at")?);
        self.rewrite(sheet, CheckedMission { starts_at, ends_at, ..as_written(sheet) }).await
    }

    /// Into two: the second has the same needs and people. The break stays with the longer part.
    async fn split(&mut self, sheet: &MissionSheet, at: &str) -> Result<(), PlanError> {
        let wrong = |code| PlanError::Fields(vec![("starts_at", code)]);
        let at = parse_local(at.trim(), &sheet.mission.zone()).ok_or(wrong("date.invalid"))?;
        let whole = as_written(sheet);
        if at <= whole.starts_at || at >= whole.ends_at {
            return Err(wrong("split.outside"));
        }
        let is_first_longer = at.minutes_since(whole.starts_at) >= whole.ends_at.minutes_since(at);
        let (first_break, second_break) = if is_first_longer { (whole.break_minutes, 0) } else { (0, whole.break_minutes) };
        let second = CheckedMission { starts_at: at, break_minutes: second_break, ..whole.clone() };
        self.rewrite(sheet, CheckedMission { ends_at: at, break_minutes: first_break, ..whole }).await?;
        let id = self.make(&second).await?;
        let needs = store::list_needs(&mut self.tx, &[id]).await?;
        for assignment in sheet.assignments.iter().filter(|assignment| assignment.status.is_active()) {
            let role = sheet.needs.iter().find(|need| Some(need.id) == assignment.need_id).map(|need| need.role.as_str());
            let need = needs.iter().find(|need| Some(need.role.as_str()) == role).map(|need| need.id);
            self.assign(id, assignment.crew_member_id, need).await?;
        }
        Ok(())
    }

    /// Makes a mission, of a project that takes it.
    pub async fn make(&mut self, new: &CheckedMission) -> Result<MissionId, PlanError> {
        let now = self.tx.now();
        let id = store::insert_mission(&mut self.tx, new, now).await?;
        self.before.insert(id, None);
        self.events.push(created(id, new));
        Ok(id)
    }

    async fn copy(&mut self, sheet: &MissionSheet, days: i64) -> Result<MissionId, PlanError> {
        let (id, event) = copy_sheet(&mut self.tx, sheet, days).await?;
        self.before.insert(id, None);
        self.events.push(event);
        Ok(id)
    }

    pub async fn assign(&mut self, mission: MissionId, person: CrewMemberId, need: Option<NeedId>) -> Result<(), PlanError> {
        let (_, event) = assign_in(&mut self.tx, self.permit, mission, person, need).await?;
        self.events.push(event);
        Ok(())
    }

    /// Gives somebody a place: again with the answer they gave, when they never heard that they were off.
    async fn give(&mut self, mission: MissionId, person: CrewMemberId, need: Option<NeedId>) -> Result<(), PlanError> {
        let sheet = self.live(mission).await?.ok_or(PlanError::NotFound)?;
        if sheet.assignments.iter().any(|on_it| on_it.crew_member_id == person && on_it.status.is_active()) {
            return Err(PlanError::Assigned);
        }
        if let Some(id) = need {
            let need = sheet.needs.iter().find(|known| known.id == id).ok_or(PlanError::NotFound)?;
            if sheet.filled(id) >= need.quota {
                return Err(PlanError::Filled);
            }
        }
        match bring_back(self, &sheet, person, need).await {
            // What they answered cannot be any more: it is asked anew.
            Err(PlanError::Overlap) => self.assign(mission, person, need).await,
            done => done,
        }
    }

    /// Takes somebody off without telling. What they believe is kept until a publication.
    pub async fn take_off(&mut self, assignment: &Assignment, sheet: &MissionSheet) -> Result<(), PlanError> {
        let told = assignment.told_at.is_some() && assignment.status != AssignmentStatus::Draft;
        if !store::take_off(&mut self.tx, assignment, told.then_some(assignment.status)).await? {
            return Err(PlanError::Stale);
        }
        let (now, actor) = (self.tx.now(), self.permit.actor().audit_name());
        let states = (assignment.status.code(), AssignmentStatus::Cancelled.code());
        store::note_change(&mut self.tx, assignment.id, now, actor, states, "").await?;
        let person = find_crew_member_in(&mut self.tx, assignment.crew_member_id).await?.map(|p| p.name).unwrap_or_default();
        let event = Event::new("assignment.cancelled", assignment.id.into());
        self.events.push(event.with("mission", sheet.mission.title.as_str()).with("person", person));
        Ok(())
    }

    /// Deletes a mission of which nobody has heard; one of which people have is called off, and they hear of it at the next
    /// publication.
    pub async fn remove(&mut self, id: MissionId) -> Result<(), PlanError> {
        let Some(sheet) = self.live(id).await? else { return Ok(()) };
        let (mission, now) = (&sheet.mission, self.tx.now());
        let told = sheet.assignments.iter().any(|assignment| assignment.told_at.is_some());
        let gone = if told {
            for assignment in sheet.assignments.iter().filter(|assignment| assignment.status.is_active()) {
                self.take_off(assignment, &sheet).await?;
            }
            store::cancel_mission(&mut self.tx, id, mission.version, now).await?
        } else {
            store::delete_mission(&mut self.tx, id, mission.version).await?
        };
        if !gone {
            return Err(PlanError::Stale);
        }
        let event = Event::new(if told { "mission.cancelled" } else { "mission.deleted" }, id.into());
        self.events.push(event.with("title", mission.title.as_str()));
        Ok(())
    }

    async fn create(&mut self, edit: &Edit, zone: &str) -> Result<(), PlanError> {
        let new = check_mission(&edit.new, zone).map_err(PlanError::Fields)?;
        check_project(&mut self.tx, new.project_id).await?;
        let id = self.make(&new).await?;
        if let Some(person) = edit.person {
            let sheet = self.live(id).await?.ok_or(PlanError::NotFound)?;
            self.assign(id, person, open_need(&sheet)).await?;
        }
        Ok(())
    }

    /// How far a cell is from the first that is chosen: days, and minutes where the sheet shows hours.
    fn distance(chosen: &[(Target, MissionSheet)], edit: &Edit) -> (i64, i64) {
        let (Some((_, first)), Some(day)) = (chosen.first(), edit.day) else { return (0, 0) };
        let starts = first.mission.zone().local(first.mission.starts_at);
        let days = i64::from((day - starts.date).get_days());
        let minute = i64::from(starts.hour) * 60 + i64::from(starts.minute);
        (days, edit.at.map_or(0, |at| at - minute))
    }

    /// Moves what is chosen to a cell: to its day, to its project, to its person.
    async fn drop_into(&mut self, chosen: &[(Target, MissionSheet)], edit: &Edit) -> Result<(), PlanError> {
        let (days, minutes) = Self::distance(chosen, edit);
        let to_person = matches!(edit.row, Some(Row::Person(_)));
        let is_need = |target: &Target| matches!(target, Target::Need(..));
        // Open places that are given to somebody stay where they are.
        if !(to_person && chosen.iter().all(|(target, _)| is_need(target))) {
            for sheet in distinct(chosen) {
                self.move_by(sheet, days, minutes).await?;
            }
        }
        for (target, sheet) in chosen {
            match (target, edit.row) {
                (Target::Mission(id), Some(Row::Project(project))) => self.set_project(*id, project).await?,
                (Target::Mission(id), Some(Row::Person(person))) => self.give(*id, person, open_need(sheet)).await?,
                (Target::Need(id, need), Some(Row::Person(person))) => self.give(*id, person, Some(*need)).await?,
                (Target::Assignment(_), Some(Row::Open)) => self.take_off(assigned(*target, sheet)?, sheet).await?,
                (Target::Assignment(_), Some(Row::Person(person))) => {
                    let assignment = assigned(*target, sheet)?;
                    if assignment.crew_member_id != person {
                        self.take_off(assignment, sheet).await?;
                        self.give(sheet.mission.id, person, assignment.need_id).await?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn set_project(&mut self, id: MissionId, project: Option<ProjectId>) -> Result<(), PlanError> {
        let Some(sheet) = self.live(id).await? else { return Ok(()) };
        if sheet.mission.project_id == project {
            return Ok(());
        }
        self.rewrite(&sheet, CheckedMission { project_id: project, ..as_written(&sheet) }).await
    }

    /// Copies what is chosen to a cell, each mission once. Somebody's place on the same day is given to one more person instead;
    /// several people who are copied to another day keep their places.
    async fn copy_into(&mut self, chosen: &[(Target, MissionSheet)], edit: &Edit) -> Result<(), PlanError> {
        let (days, minutes) = Self::distance(chosen, edit);
        let is_here = (days, minutes) == (0, 0);
        let mut copies: BTreeMap<MissionId, MissionId> = BTreeMap::new();
        for (target, sheet) in chosen {
            let person = match (target, edit.row) {
                (Target::Assignment(_), Some(Row::Person(_))) if chosen.len() > 1 && !is_here => {
                    Some(assigned(*target, sheet)?.crew_member_id)
                }
                (_, Some(Row::Person(person))) => Some(person),
                _ => None,
            };
            if let (Target::Assignment(_), Some(person), true) = (target, person, is_here) {
                self.assign(sheet.mission.id, person, open_need(sheet)).await?;
                continue;
            }
            let id = match copies.get(&sheet.mission.id) {
                Some(id) => *id,
                None => self.copy_to(sheet, days, minutes, edit.row).await?,
            };
            copies.insert(sheet.mission.id, id);
            if let Some(person) = person {
                let copy = self.live(id).await?.ok_or(PlanError::NotFound)?;
                self.assign(id, person, need_like(target, sheet, &copy)).await?;
            }
        }
        Ok(())
    }

    async fn copy_to(&mut self, sheet: &MissionSheet, days: i64, minutes: i64, row: Option<Row>) -> Result<MissionId, PlanError> {
        let id = self.copy(sheet, days).await?;
        let copy = self.live(id).await?.ok_or(PlanError::NotFound)?;
        self.move_by(&copy, 0, minutes).await?;
        if let Some(Row::Project(project)) = row {
            self.set_project(id, project).await?;
        }
        Ok(id)
    }

    /// What has really changed.
    async fn changes(&mut self) -> Result<Vec<Change>, PlanError> {
        let mut changes = Vec::new();
        for (mission, before) in std::mem::take(&mut self.before) {
            let after = self.live(mission).await?.as_ref().map(Kept::of);
            if before != after {
                changes.push(Change { mission, before, after });
            }
        }
        Ok(changes)
    }

    /// Keeps it, as a step that can be undone when it is one of its own.
    pub async fn finish(mut self, kind: EditKind, is_step: bool) -> Result<Edited, PlanError> {
        let changes = self.changes().await?;
        let missions = changes.iter().map(|change| change.mission).collect();
        let title = changes.first().and_then(|change| change.after.as_ref().or(change.before.as_ref()));
        let title = title.map(|kept| kept.mission.title.clone()).unwrap_or_default();
        let account = self.permit.actor().account();
        if let (true, false, Some(account)) = (is_step, changes.is_empty(), account) {
            let text = serde_json::to_string(&changes).unwrap_or_default();
            let now = self.tx.now();
            store::insert_step(&mut self.tx, account, now, kind.code(), &text, KEPT_STEPS).await?;
        }
        if !self.events.is_empty() {
            self.tx.commit_all(self.events).await?;
        }
        Ok(Edited { kind, missions, title })
    }
}
