//! What is typed, checked.

use super::deadlines::MOST_HOURS;
use super::model::{Need, NewMission, NewProject, ProjectStatus};
use crate::kernel::text::{clean_line, fold};
use crate::kernel::zone::{Zone, parse_date, parse_local};
use crate::kernel::{Instant, ProjectId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

type Problems = Vec<(&'static str, &'static str)>;

/// Longest mission, in hours: longer ones are a mistyped date.
const LONGEST_HOURS: i64 = 72;
/// Most roles of a mission.
const MOST_NEEDS: usize = 30;

/// A project that may be written.
#[derive(Clone, Debug)]
pub struct CheckedProject {
    pub name: String,
    pub status: ProjectStatus,
    pub client: String,
    pub colour: i64,
    pub notes: String,
    pub starts_on: Option<Date>,
    pub ends_on: Option<Date>,
}

impl CheckedProject {
    /// What the search looks at.
    pub fn search(&self) -> String {
        search_text(&self.name, &self.client)
    }
}

/// Name and client without accents and capitals.
pub(super) fn search_text(name: &str, client: &str) -> String {
    fold(&format!("{name} {client}"))
}

/// A text of several lines: trimmed, at most `most` characters.
fn clean_text(text: &str, most: usize) -> Option<String> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    (text.chars().count() <= most && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')).then_some(text)
}

fn optional_line(text: &str, most: usize) -> Option<String> {
    if text.trim().is_empty() { Some(String::new()) } else { clean_line(text, most) }
}

/// A date, nothing, or a mistake.
fn optional_date(text: &str) -> Result<Option<Date>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => parse_date(text).map(Some).ok_or(()),
    }
}

/// Checks a project.
///
/// # Errors
/// Every wrong field.
pub fn check_project(new: &NewProject) -> Result<CheckedProject, Problems> {
    let mut problems = Vec::new();
    let name = clean_line(&new.name, 160);
    let status = if new.status.is_empty() { Some(ProjectStatus::Draft) } else { ProjectStatus::parse(&new.status) };
    let (client, notes) = (optional_line(&new.client, 160), clean_text(&new.notes, 4000));
    let (starts, ends) = (optional_date(&new.starts_on), optional_date(&new.ends_on));
    let mut note = |wrong: bool, field, code| {
        if wrong {
            problems.push((field, code));
        }
    };
    note(name.is_none(), "name", "name.invalid");
    note(status.is_none(), "status", "status.unknown");
    note(client.is_none(), "client", "text.too_long");
    note(notes.is_none(), "notes", "text.too_long");
    note(starts.is_err(), "starts_on", "date.invalid");
    note(ends.is_err(), "ends_on", "date.invalid");
    if let (Ok(Some(starts)), Ok(Some(ends))) = (starts, ends) {
        note(ends < starts, "ends_on", "time.order");
    }
    let (Some(name), Some(status), Some(client), Some(notes), true) = (name, status, client, notes, problems.is_empty()) else {
        return Err(problems);
    };
    let (starts_on, ends_on) = (starts.unwrap_or_default(), ends.unwrap_or_default());
    Ok(CheckedProject { name, status, client, colour: new.colour.clamp(1, 6), notes, starts_on, ends_on })
}

/// A role that a mission needs, before it has a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedNeed {
    pub role: String,
    pub quota: i64,
    pub skill: Option<String>,
    pub min_level: i64,
}

/// A mission that may be written, and is kept in the planner's steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedMission {
    pub title: String,
    pub project_id: Option<ProjectId>,
    pub place: String,
    pub address: String,
    pub time_zone: String,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub break_minutes: i64,
    pub notes: String,
    pub contact: String,
    // Steps of before there were deadlines have none.
    #[serde(default)]
    pub answer_hours: i64,
    #[serde(default)]
    pub cascades: bool,
    pub needs: Vec<CheckedNeed>,
}

impl CheckedMission {
    /// The same where a clock change has left no time between its beginning and its end: it keeps its length of so many minutes as far
    /// as it can. Its break fits in what is left.
    pub(super) fn settled(mut self, minutes: i64) -> Self {
        if self.ends_at <= self.starts_at {
            self.ends_at = Instant(self.starts_at.0 + minutes.max(1) * 60_000);
        }
        self.break_minutes = self.break_minutes.min(self.ends_at.minutes_since(self.starts_at) - 1).max(0);
        self
    }
}

/// Checks a mission. `zone` is the organisation's, for missions that name none.
///
/// # Errors
/// Every wrong field.
pub fn check_mission(new: &NewMission, zone: &str) -> Result<CheckedMission, Problems> {
    let mut problems = Vec::new();
    let time_zone = if new.time_zone.trim().is_empty() { zone } else { new.time_zone.trim() };
    let known = Zone::named(time_zone);
    let clocks = known.clone().unwrap_or_else(|| Zone::named_or_utc(zone));
    let (starts, ends) = (parse_local(new.starts_at.trim(), &clocks), parse_local(new.ends_at.trim(), &clocks));
    let title = clean_line(&new.title, 200);
    let (place, address) = (optional_line(&new.place, 160), optional_line(&new.address, 300));
    let (contact, notes) = (optional_line(&new.contact, 200), clean_text(&new.notes, 4000));
    let needs = read_needs(&new.needs);
    let mut note = |wrong: bool, field, code| {
        if wrong {
            problems.push((field, code));
        }
    };
    note(title.is_none(), "title", "name.invalid");
    note(known.is_none(), "time_zone", "time_zone.unknown");
    note(starts.is_none(), "starts_at", "date.invalid");
    note(ends.is_none(), "ends_at", "date.invalid");
    note(place.is_none(), "place", "text.too_long");
    note(address.is_none(), "address", "text.too_long");
    note(contact.is_none(), "contact", "text.too_long");
    note(notes.is_none(), "notes", "text.too_long");
    note(!(0..=MOST_HOURS).contains(&new.answer_hours), "answer_hours", "hours.invalid");
    note(needs.is_none(), "needs", "needs.unreadable");
    if let (Some(starts), Some(ends)) = (starts, ends) {
        let minutes = ends.minutes_since(starts);
        note(ends <= starts, "ends_at", "time.order");
        note(minutes > LONGEST_HOURS * 60, "ends_at", "time.too_long");
        note(new.break_minutes < 0 || (ends > starts && new.break_minutes >= minutes), "break_minutes", "break.invalid");
    }
    let (Some(title), Some(place), Some(address), Some(contact), Some(notes)) = (title, place, address, contact, notes) else {
        return Err(problems);
    };
    let (Some(starts_at), Some(ends_at), Some(needs), true) = (starts, ends, needs, problems.is_empty()) else {
        return Err(problems);
    };
    Ok(CheckedMission {
        title,
        project_id: new.project_id,
        place,
        address,
        time_zone: time_zone.to_owned(),
        starts_at,
        ends_at,
        break_minutes: new.break_minutes,
        notes,
        contact,
        answer_hours: new.answer_hours,
        cascades: new.cascades,
        needs,
    })
}

/// Reads what a mission needs, a role a line: `2 Son`, or `1 Lumière (habilitation électrique 2)` with a skill and the least
/// level of it. A line without a number means one. `None` when a line cannot be read.
pub fn read_needs(text: &str) -> Option<Vec<CheckedNeed>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let needs: Vec<CheckedNeed> = lines.map(read_need).collect::<Option<_>>()?;
    let twice = needs.iter().enumerate().any(|(i, need)| needs[..i].iter().any(|other| other.role == need.role));
    (needs.len() <= MOST_NEEDS && !twice).then_some(needs)
}

fn read_need(line: &str) -> Option<CheckedNeed> {
    let (line, skill) = match line.strip_suffix(')').and_then(|line| line.rsplit_once('(')) {
        Some((line, skill)) => (line.trim(), Some(skill.trim())),
        None => (line, None),
    };
    let (count, role) = match line.split_once([' ', '×', 'x']) {
        Some((count, role)) if count.chars().all(|c| c.is_ascii_digit()) => (count.parse().ok()?, role.trim()),
        _ => (1, line),
    };
    let (skill, min_level) = match skill.map(|skill| (skill, skill.rsplit_once(' '))) {
        None => (None, 1),
        Some((_, Some((name, level)))) if level.len() == 1 && level.chars().all(|c| c.is_ascii_digit()) => {
            (Some(clean_line(name, 60)?.to_lowercase()), level.parse().ok()?)
        }
        Some((skill, _)) => (Some(clean_line(skill, 60)?.to_lowercase()), 1),
    };
    let role = clean_line(role, 60)?;
    ((1..=99).contains(&count) && (1..=5).contains(&min_level)).then_some(CheckedNeed { role, quota: count, skill, min_level })
}

/// Needs as [`read_needs`] reads them.
pub fn spell_needs(needs: &[Need]) -> String {
    let skill = |need: &Need| match &need.skill {
        Some(skill) if need.min_level > 1 => format!(" ({skill} {})", need.min_level),
        Some(skill) => format!(" ({skill})"),
        None => String::new(),
    };
    needs.iter().map(|need| format!("{} {}{}", need.quota, need.role, skill(need))).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{MissionId, NeedId};

    #[test]
    fn needs_are_read_as_people_write_them() {
        let need = |quota, role: &str, skill: Option<&str>, min_level| CheckedNeed {
            role: role.into(),
            quota,
            skill: skill.map(str::to_owned),
            min_level,
        };
        let read = read_needs("2 Son\n 1 Lumière (Habilitation électrique 2)\nPlateau\n3x Vidéo (vidéo)\n\n").unwrap();
        let expected = [
            need(2, "Son", None, 1),
            need(1, "Lumière", Some("habilitation électrique"), 2),
            need(1, "Plateau", None, 1),
            need(3, "Vidéo", Some("vidéo"), 1),
        ];
        assert_eq!(read, expected);
        for bad in ["0 Son", "100 Son", "2 Son\n1 Son", "2", "1 Son (son 9)"] {
            assert_eq!(read_needs(bad), if bad == "2" { Some(vec![need(1, "2", None, 1)]) } else { None }, "{bad}");
        }
        let numbered = |(i, need): (usize, CheckedNeed)| Need {
            id: NeedId(i as i64),
            mission_id: MissionId(1),
            role: need.role,
            quota: need.quota,
            skill: need.skill,
            min_level: need.min_level,
        };
        let spelled = spell_needs(&read.into_iter().enumerate().map(numbered).collect::<Vec<_>>());
        assert_eq!(read_needs(&spelled).unwrap(), expected, "what is shown can be read again");
    }

    #[test]
    fn missions_say_every_wrong_field_at_once() {
        let good = NewMission {
            title: "Montage".into(),
            starts_at: "2026-11-21T08:00".into(),
            ends_at: "2026-11-21T18:00".into(),
            break_minutes: 60,
            needs: "2 Son".into(),
            ..NewMission::default()
        };
        let checked = check_mission(&good, "Europe/Paris").unwrap();
        assert_eq!((checked.starts_at, checked.ends_at.minutes_since(checked.starts_at)), (Instant(1_795_244_400_000), 600));
        let rfc = NewMission { starts_at: "2026-11-21T08:00:00+01:00".into(), ..good.clone() };
        assert_eq!(check_mission(&rfc, "UTC").unwrap().starts_at, checked.starts_at);
        let far = NewMission { starts_at: "9999-12-30T08:00:00Z".into(), ends_at: "9999-12-30T18:00:00Z".into(), ..good.clone() };
        assert_eq!(
            check_mission(&far, "Europe/Paris").unwrap_err(),
            [("starts_at", "date.invalid"), ("ends_at", "date.invalid")],
            "however it is written"
        );
        let bad = NewMission {
            title: " ".into(),
            time_zone: "Europe/Lutèce".into(),
            ends_at: "2026-11-20T18:00".into(),
            answer_hours: 721,
            needs: "0 Son".into(),
            ..good
        };
        let fields: Vec<_> = check_mission(&bad, "Europe/Paris").unwrap_err().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["title", "time_zone", "answer_hours", "needs", "ends_at"]);
    }
}
