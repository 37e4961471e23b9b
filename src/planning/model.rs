//! Facts of the plan.

use super::codes::codes;
use crate::kernel::zone::Zone;
use crate::kernel::{AssignmentId, AvailabilityId, CrewMemberId, Instant, MissionId, NeedId, ProjectId};
use jiff::ToSpan;
use jiff::civil::Date;

codes! {
    /// How far a project is.
    ProjectStatus { Draft => "draft", Active => "active", Archived => "archived" }
}

codes! {
    /// How projects are ordered.
    #[derive(Default)]
    ProjectSort { #[default] Name => "name", NameDown => "-name", Oldest => "created_at", Newest => "-created_at" }
}

codes! {
    /// How far an assignment is.
    AssignmentStatus {
        /// The manager's own note: the person knows nothing of it.
        Draft => "draft",
        /// The person has been asked.
        Invited => "invited",
        Accepted => "accepted",
        Declined => "declined",
        Cancelled => "cancelled",
    }
}

impl AssignmentStatus {
    /// Whether it takes the person's time and a place of the mission.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Draft | Self::Invited | Self::Accepted)
    }
}

codes! {
    /// What somebody says of a time.
    AvailabilityKind { Available => "available", Unavailable => "unavailable", Preferred => "preferred", TimeOff => "time_off" }
}

codes! {
    /// Whether somebody has agreed.
    AvailabilityStatus { Pending => "pending", Approved => "approved", Rejected => "rejected" }
}

/// What missions belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    pub status: ProjectStatus,
    pub client: String,
    /// One of the six gels of the style sheet.
    pub colour: i64,
    pub notes: String,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
    pub created_at: Instant,
    pub version: i64,
}

impl Project {
    /// Where the project stands in the list by name.
    pub fn search(&self) -> String {
        super::check::search_text(&self.name, &self.client)
    }
}

/// A project to be made or changed, as typed. Dates are `2026-11-21` or empty.
#[derive(Clone, Debug, Default)]
pub struct NewProject {
    pub name: String,
    pub status: String,
    pub client: String,
    pub colour: i64,
    pub notes: String,
    pub starts_on: String,
    pub ends_on: String,
}

/// Which projects to list, and in which order.
#[derive(Clone, Debug, Default)]
pub struct ProjectFilter {
    /// Part of a name or a client.
    pub search: Option<String>,
    pub status: Option<ProjectStatus>,
    /// The place ([`Project::search`]) and number of the last one of the page before.
    pub after: Option<(String, ProjectId)>,
    /// The same for lists by age.
    pub after_created: Option<(Instant, ProjectId)>,
    pub sort: ProjectSort,
    pub limit: i64,
}

/// Work at a place, from a time to a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mission {
    pub id: MissionId,
    pub project_id: Option<ProjectId>,
    pub title: String,
    pub place: String,
    pub address: String,
    pub time_zone: String,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub break_minutes: i64,
    /// For those who are on it.
    pub notes: String,
    /// Whom to call there.
    pub contact: String,
    /// How many hours people have to answer from being asked; 0 for as long as they like.
    pub answer_hours: i64,
    /// Whether the place of who declines, or lets the time pass, is offered to the next person.
    pub cascades: bool,
    /// Counts what people were told: the SEQUENCE of calendar events.
    pub sequence: i64,
    /// When it was called off, after people had been told of it.
    pub cancelled_at: Option<Instant>,
    /// When it was last written.
    pub changed_at: Instant,
    pub version: i64,
}

impl Mission {
    /// The place whose clocks count.
    pub fn zone(&self) -> Zone {
        Zone::named_or_utc(&self.time_zone)
    }

    /// Minutes of work, breaks taken out.
    pub const fn work_minutes(&self) -> i64 {
        self.ends_at.minutes_since(self.starts_at) - self.break_minutes
    }
}

/// A role that a mission needs, so many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    pub id: NeedId,
    pub mission_id: MissionId,
    pub role: String,
    pub quota: i64,
    pub skill: Option<String>,
    pub min_level: i64,
}

/// A mission to be made or changed, as typed.
#[derive(Clone, Debug, Default)]
pub struct NewMission {
    pub title: String,
    pub project_id: Option<ProjectId>,
    pub place: String,
    pub address: String,
    /// An IANA name; the organisation's when empty.
    pub time_zone: String,
    /// `2026-11-21T08:00` in the mission's zone, or RFC 3339.
    pub starts_at: String,
    pub ends_at: String,
    pub break_minutes: i64,
    pub notes: String,
    pub contact: String,
    /// Hours to answer from being asked; 0 for no deadline.
    pub answer_hours: i64,
    /// Whether the place of who declines is offered to the next.
    pub cascades: bool,
    /// One role a line: `2 Son (son 2)`; see [`read_needs`](super::read_needs).
    pub needs: String,
}

/// Which missions to list, by beginning.
#[derive(Clone, Debug, Default)]
pub struct MissionFilter {
    /// Those that touch this time: half open.
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    pub project: Option<ProjectId>,
    /// Beginning and number of the last one of the page before.
    pub after: Option<(Instant, MissionId)>,
    /// Latest first.
    pub descending: bool,
    pub limit: i64,
}

/// When and where a mission was said to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldBefore {
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub place: String,
}

/// A person on a mission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub id: AssignmentId,
    pub mission_id: MissionId,
    pub crew_member_id: CrewMemberId,
    pub need_id: Option<NeedId>,
    pub status: AssignmentStatus,
    /// Why it was declined or cancelled.
    pub reason: String,
    pub told_at: Option<Instant>,
    pub told_starts_at: Option<Instant>,
    pub told_ends_at: Option<Instant>,
    pub told_place: Option<String>,
    /// What the person was told before that, where it was something else.
    pub told_before: Option<ToldBefore>,
    pub answered_at: Option<Instant>,
    /// The place is given back then, when nothing was answered.
    pub answer_by_at: Option<Instant>,
    /// When the person was reminded of what they were told last.
    pub reminded_at: Option<Instant>,
    /// When the place of who is off was passed on, and to which assignment; none when nobody was left.
    pub passed_on_at: Option<Instant>,
    pub passed_to_id: Option<AssignmentId>,
    /// What the person still believes it to be, when it was taken back in the planner and not told.
    pub believed: Option<AssignmentStatus>,
    pub version: i64,
}

impl Assignment {
    /// Until when an answer is waited for; none for what is answered.
    pub fn deadline(&self) -> Option<Instant> {
        self.answer_by_at.filter(|_| self.status == AssignmentStatus::Invited)
    }

    /// Until when the person can answer, or answer otherwise: until the mission begins; who was asked after that, until it ends.
    pub fn answers_until(&self, mission: &Mission) -> Instant {
        let is_late = self.told_at.is_some_and(|told| told >= mission.starts_at);
        if is_late { mission.ends_at } else { mission.starts_at }
    }

    /// What a move changed that the person has not answered since.
    pub fn unanswered_move(&self) -> Option<&ToldBefore> {
        let is_news = self.status.is_active() && self.answered_at.is_none_or(|at| self.told_at.is_some_and(|told| told > at));
        self.told_before.as_ref().filter(|_| is_news)
    }

    /// Whether the mission is no longer what the person was told.
    pub fn has_changed(&self, mission: &Mission) -> bool {
        self.told_at.is_some()
            && (self.told_starts_at != Some(mission.starts_at)
                || self.told_ends_at != Some(mission.ends_at)
                || self.told_place.as_deref() != Some(mission.place.as_str()))
    }
}

/// One change of an assignment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssignmentChange {
    pub at: Instant,
    pub actor_kind: String,
    pub actor_id: Option<i64>,
    pub before: String,
    pub after: String,
    pub reason: String,
}

/// A mission with what it needs and who is on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissionSheet {
    pub mission: Mission,
    pub needs: Vec<Need>,
    pub assignments: Vec<Assignment>,
}

impl MissionSheet {
    /// How many of a need are filled.
    pub fn filled(&self, need: NeedId) -> i64 {
        let on_it = self.assignments.iter().filter(|a| a.status.is_active() && a.need_id == Some(need));
        i64::try_from(on_it.count()).unwrap_or(i64::MAX)
    }

    /// Filled places and all places.
    pub fn fill(&self) -> (i64, i64) {
        let quota = self.needs.iter().map(|need| need.quota).sum();
        (self.needs.iter().map(|need| self.filled(need.id).min(need.quota)).sum(), quota)
    }
}

/// One of a person's missions, with how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MyMission {
    pub mission: Mission,
    pub assignment: Assignment,
    pub role: String,
    pub project: Option<String>,
    /// Who else was told to be there; only where the person asks for their own plan.
    pub colleagues: Vec<Colleague>,
}

/// Somebody else on a mission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    pub name: String,
    /// Empty where there is none.
    pub role: String,
}

impl MyMission {
    /// As the person was told: what was taken back, moved or called off and is not published yet is the manager's own, like a
    /// draft.
    pub fn as_told(mut self) -> Self {
        let (mission, assignment) = (&mut self.mission, &mut self.assignment);
        if let Some(believed) = assignment.believed {
            assignment.status = believed;
            mission.cancelled_at = None;
        }
        if let (Some(starts_at), Some(ends_at)) = (assignment.told_starts_at, assignment.told_ends_at) {
            (mission.starts_at, mission.ends_at) = (starts_at, ends_at);
        }
        if let Some(place) = assignment.told_place.clone().filter(|place| *place != mission.place) {
            // The address is that of the new place.
            (mission.place, mission.address) = (place, String::new());
        }
        self
    }
}

/// Whose missions a calendar address shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedOf {
    Person(CrewMemberId),
    Project(ProjectId),
}

/// A calendar address that was just made: shown this once.
#[derive(Clone, Debug)]
pub struct FeedAddress {
    pub url: String,
    /// The same for programs that subscribe on a click.
    pub webcal: String,
}

impl FeedAddress {
    /// The address that `url` is.
    pub fn new(url: String) -> Self {
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        Self { webcal: format!("webcal://{rest}"), url }
    }
}

/// A time that somebody can or cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    pub id: AvailabilityId,
    pub crew_member_id: CrewMemberId,
    pub kind: AvailabilityKind,
    pub status: AvailabilityStatus,
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// Comes again every so many weeks until then; 0 for once.
    pub every_weeks: i64,
    pub until_at: Option<Instant>,
    pub note: String,
    /// When a manager agreed to it, or did not.
    pub decided_at: Option<Instant>,
}

impl Availability {
    /// Whether it, or what comes again of it, is not over.
    pub fn is_ahead(&self, now: Instant) -> bool {
        self.ends_at > now || (self.every_weeks > 0 && self.until_at.is_none_or(|until| until > now))
    }

    /// The times in `[from, to)` that it is about. What comes again does so at the same time of day by the clocks of `zone`.
    pub fn occurrences(&self, from: Instant, to: Instant, zone: &Zone) -> Vec<(Instant, Instant)> {
        let length = self.ends_at.0 - self.starts_at.0;
        let first = zone.local(self.starts_at);
        let last = self.until_at.map_or(to, |until| until.min(to));
        let again = (1..=520)
            .take_while(|_| self.every_weeks > 0)
            .filter_map(|n| first.date.checked_add((n * self.every_weeks * 7).days()).ok())
            .map(|date| zone.instant(date, first.hour, first.minute))
            .take_while(|starts| *starts < last);
        let all = std::iter::once(self.starts_at).chain(again).map(|starts| (starts, Instant(starts.0 + length)));
        all.filter(|(starts, ends)| *starts < to && *ends > from).collect()
    }
}

/// A time to be declared, as typed.
#[derive(Clone, Debug, Default)]
pub struct NewAvailability {
    pub kind: String,
    pub starts_at: String,
    pub ends_at: String,
    pub every_weeks: i64,
    /// A date, or empty.
    pub until: String,
    pub note: String,
}

/// What a publication would tell one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    pub crew_member: CrewMemberId,
    pub name: String,
    pub has_address: bool,
    /// Missions that are new to the person.
    pub new: Vec<String>,
    pub changed: Vec<Moved>,
    /// Missions that the person was taken off, and that were called off.
    pub off: Vec<String>,
}

/// A mission that is no longer what somebody was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub title: String,
    pub time_zone: String,
    pub before: (Instant, Instant, String),
    pub after: (Instant, Instant, String),
}
