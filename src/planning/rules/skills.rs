//! Skills that shifts need.

use super::calendar::Calendar;
use super::finding::Cure;
use super::model::{Need, Person, Shift, State};
use super::pack::Kind;
use super::roster::Item;
use jiff::civil::Date;

/// A need that is not met.
pub(super) struct Lack {
    pub skill: String,
    /// The level that the person has, or how many days too early it ends.
    pub measured: i64,
    /// The level that is needed, or no day.
    pub limit: i64,
    pub cure: Cure,
}

/// What a person lacks for a shift.
pub(super) fn lacks<'a>(
    kind: Kind,
    person: &'a Person,
    shift: &'a Shift,
    item: &Item,
    calendar: &Calendar,
) -> impl Iterator<Item = Lack> + 'a {
    let last_day = if shift.needs.is_empty() { Date::ZERO } else { calendar.date(calendar.day_of(item.end - 1)) };
    let is_past = item.state == State::Worked;
    shift.needs.iter().filter_map(move |need| {
        let mut lack = if kind == Kind::MissingSkill { missing(person, need) } else { expired(person, need, last_day) }?;
        if is_past {
            lack.cure = Cure::TooLate;
        }
        Some(lack)
    })
}

/// A need of nothing is a need of the first level.
fn level(need: &Need) -> i64 {
    need.level.max(1)
}

fn missing(person: &Person, need: &Need) -> Option<Lack> {
    let known = person.skills.iter().filter(|skill| skill.name == need.skill).map(|skill| skill.level).max();
    let measured = known.unwrap_or(0);
    (measured < level(need)).then(|| Lack {
        skill: need.skill.clone(),
        measured,
        limit: level(need),
        cure: Cure::GiveSkill { skill: need.skill.clone(), level: level(need) },
    })
}

fn expired(person: &Person, need: &Need, last_day: Date) -> Option<Lack> {
    let enough = person.skills.iter().filter(|skill| skill.name == need.skill && skill.level >= level(need));
    // None at all is a missing skill, one without end is enough.
    let until = enough.map(|skill| skill.until.unwrap_or(Date::MAX)).max()?;
    (until < last_day).then(|| Lack {
        skill: need.skill.clone(),
        measured: until.until(last_day).map_or(0, |span| i64::from(span.get_days())),
        limit: 0,
        cure: Cure::RenewSkill { skill: need.skill.clone(), until: last_day },
    })
}
