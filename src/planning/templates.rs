//! Missions to be pasted on a date: what they say by the clocks of their place, a day or several.

use super::check::{CheckedMission, CheckedNeed};
use crate::kernel::zone::Zone;
use crate::kernel::{MissionTemplateId, ProjectId};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Most missions of a template.
pub const MOST_MISSIONS: usize = 100;
/// Most days from the first mission of a template to the last.
pub const MOST_DAYS: i64 = 31;

/// Missions with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissionTemplate {
    pub id: MissionTemplateId,
    pub name: String,
    /// By day and beginning.
    pub missions: Vec<TemplateMission>,
}

impl MissionTemplate {
    /// How many days it takes.
    pub fn days(&self) -> i64 {
        self.missions.iter().map(|mission| mission.day + 1).max().unwrap_or(0)
    }
}

/// A template to be made of what is planned, as typed.
#[derive(Clone, Debug, Default)]
pub struct NewTemplate {
    pub name: String,
    /// The first day and the last, by the organisation's clocks.
    pub from: String,
    pub to: String,
    /// Only missions of this project.
    pub project: Option<ProjectId>,
}

/// A mission of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateMission {
    pub title: String,
    pub place: String,
    pub address: String,
    pub time_zone: String,
    /// Days after the day it is pasted on.
    pub day: i64,
    /// Minutes from the midnight that begins its day, as clocks show them.
    pub starts: i64,
    /// The same for its end, which may come after the next midnight.
    pub ends: i64,
    pub break_minutes: i64,
    pub notes: String,
    pub contact: String,
    pub answer_hours: i64,
    #[serde(default)]
    pub cascades: bool,
    needs: Vec<CheckedNeed>,
}

fn minute(hour: i8, minute: i8) -> i64 {
    i64::from(hour) * 60 + i64::from(minute)
}

/// `08:05` of minutes from a midnight, whatever the day.
fn clock(minutes: i64) -> String {
    let minutes = minutes.rem_euclid(1440);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

impl TemplateMission {
    /// What a mission says, counted from `first`.
    fn of(mission: CheckedMission, first: Date) -> Self {
        let zone = Zone::named_or_utc(&mission.time_zone);
        let (starts, ends) = (zone.local(mission.starts_at), zone.local(mission.ends_at));
        Self {
            title: mission.title,
            place: mission.place,
            address: mission.address,
            day: i64::from((starts.date - first).get_days()),
            starts: minute(starts.hour, starts.minute),
            ends: i64::from((ends.date - starts.date).get_days()) * 1440 + minute(ends.hour, ends.minute),
            time_zone: mission.time_zone,
            break_minutes: mission.break_minutes,
            notes: mission.notes,
            contact: mission.contact,
            answer_hours: mission.answer_hours,
            cascades: mission.cascades,
            needs: mission.needs,
        }
    }

    /// `08:00–18:00`.
    pub fn hours(&self) -> String {
        format!("{}–{}", clock(self.starts), clock(self.ends))
    }

    /// `2 Son, 1 Lumière`.
    pub fn roles(&self) -> String {
        self.needs.iter().map(|need| format!("{} {}", need.quota, need.role)).collect::<Vec<_>>().join(", ")
    }

    /// How many people it needs.
    pub fn quota(&self) -> i64 {
        self.needs.iter().map(|need| need.quota).sum()
    }

    /// The mission when the template is pasted on `first`, at the times that clocks of its place show; `None` beyond the
    /// calendar. Where a clock change skips a time, it keeps its length as far as it can.
    pub fn on(&self, first: Date, project_id: Option<ProjectId>) -> Option<CheckedMission> {
        let zone = Zone::named_or_utc(&self.time_zone);
        let day = first.checked_add(self.day.days()).ok()?;
        let at = |minutes: i64| {
            let date = day.checked_add(minutes.div_euclid(1440).days()).ok()?;
            let minutes = minutes.rem_euclid(1440);
            Some(zone.instant(date, i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?))
        };
        let (starts_at, ends_at) = (at(self.starts)?, at(self.ends)?);
        let mission = CheckedMission {
            title: self.title.clone(),
            project_id,
            place: self.place.clone(),
            address: self.address.clone(),
            time_zone: self.time_zone.clone(),
            starts_at,
            ends_at,
            break_minutes: self.break_minutes,
            notes: self.notes.clone(),
            contact: self.contact.clone(),
            answer_hours: self.answer_hours,
            cascades: self.cascades,
            needs: self.needs.clone(),
        };
        let settled = mission.settled(self.ends - self.starts);
        (zone.reaches(settled.starts_at) && zone.reaches(settled.ends_at)).then_some(settled)
    }
}

/// The day of the first of some missions, by the clocks of its place.
pub fn first_day(missions: &[CheckedMission]) -> Option<Date> {
    missions.iter().map(|mission| Zone::named_or_utc(&mission.time_zone).local(mission.starts_at).date).min()
}

/// The missions of a template: the first of them begins on its first day.
pub fn template_of(missions: Vec<CheckedMission>) -> Vec<TemplateMission> {
    let Some(first) = first_day(&missions) else { return Vec::new() };
    let mut missions: Vec<_> = missions.into_iter().map(|mission| TemplateMission::of(mission, first)).collect();
    missions.sort_by(|a, b| (a.day, a.starts, &a.title).cmp(&(b.day, b.starts, &b.title)));
    missions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::{NewMission, check_mission};
    use jiff::civil::date;

    fn mission(starts: &str, ends: &str, pause: i64) -> CheckedMission {
        let new = NewMission {
            title: "Montage".into(),
            starts_at: starts.into(),
            ends_at: ends.into(),
            break_minutes: pause,
            answer_hours: 48,
            cascades: true,
            needs: "2 Son\n1 Lumière (habilitation électrique 2)".into(),
            ..NewMission::default()
        };
        check_mission(&new, "Europe/Paris").unwrap()
    }

    #[test]
    fn what_is_pasted_says_what_was_saved() {
        let late = mission("2026-12-02T20:00", "2026-12-03T02:00", 30);
        let early = mission("2026-12-01T08:00", "2026-12-01T18:00", 60);
        let saved = template_of(vec![late.clone(), early.clone()]);
        assert_eq!(
            [&saved[0], &saved[1]].map(|m| (m.day, m.hours(), m.quota())),
            [(0, "08:00–18:00".into(), 3), (1, "20:00–02:00".into(), 3)]
        );
        assert_eq!(saved[0].roles(), "2 Son, 1 Lumière");
        let again = |at: usize| saved[at].on(date(2026, 12, 1), Some(ProjectId(7))).unwrap();
        for (pasted, before) in [(again(0), early), (again(1), late)] {
            let expected = CheckedMission { project_id: Some(ProjectId(7)), ..before };
            assert_eq!(format!("{pasted:?}"), format!("{expected:?}"));
        }
        assert!(template_of(Vec::new()).is_empty());
    }

    #[test]
    fn nothing_is_pasted_beyond_the_years_that_are_planned() {
        let night = &template_of(vec![mission("2026-12-01T22:00", "2026-12-02T06:00", 60)])[0];
        assert!(night.on(date(2200, 12, 30), None).is_some());
        for first in [date(2200, 12, 31), date(9999, 12, 30), Date::MAX] {
            assert!(night.on(first, None).is_none(), "{first}");
        }
    }

    #[test]
    fn clocks_show_the_same_times_in_summer_and_over_both_changes() {
        let zone = Zone::named("Europe/Paris").unwrap();
        let night = &template_of(vec![mission("2026-12-01T22:00", "2026-12-02T06:00", 60)])[0];
        for (first, hours) in [(date(2027, 3, 27), 7), (date(2027, 10, 30), 9), (date(2027, 7, 1), 8)] {
            let pasted = night.on(first, None).unwrap();
            let shown = [pasted.starts_at, pasted.ends_at].map(|at| zone.local(at).hour_minute());
            assert_eq!(
                (shown, pasted.ends_at.minutes_since(pasted.starts_at)),
                (["22:00".into(), "06:00".into()], hours * 60),
                "{first}"
            );
        }
        // From half past two to a quarter past three, on the night that has neither half past two nor less than that.
        let skipped = &template_of(vec![mission("2026-12-01T02:30", "2026-12-01T03:15", 30)])[0];
        let pasted = skipped.on(date(2027, 3, 28), None).unwrap();
        assert_eq!(pasted.ends_at.minutes_since(pasted.starts_at), 45);
    }

    /// On every day of two years, at every hour: a mission that can be written.
    #[test]
    fn every_day_takes_every_mission() {
        for hour in 0..24 {
            for length in [1, 30, 45, 90, 600, 72 * 60] {
                let starts = format!("2026-12-01T{hour:02}:30");
                let zone = Zone::named("Europe/Paris").unwrap();
                let ends = crate::kernel::zone::field(zone.local(zone.instant(date(2026, 12, 1), hour, 30).plus_minutes(length)));
                let saved = template_of(vec![mission(&starts, &ends, length - 1)]);
                for n in 0..730i64 {
                    let pasted = saved[0].on(date(2027, 1, 1).saturating_add(n.days()), None).unwrap();
                    let minutes = pasted.ends_at.minutes_since(pasted.starts_at);
                    assert!(minutes > 0 && pasted.break_minutes < minutes, "{starts} {length} {n}");
                    assert!((minutes - length).abs() <= 60, "{starts} {length} {n}: {minutes}");
                }
            }
        }
    }
}
