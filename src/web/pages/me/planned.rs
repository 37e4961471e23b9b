//! What the plan knows of a person, as the file with their data has it.

use crate::kernel::zone::utc;
use crate::planning::service::Known;
use serde_json::{Value, json};

pub fn write(known: &Known) -> Value {
    let profile = &known.profile;
    let skills = profile.skills.iter().map(
        |skill| json!({ "name": skill.name, "level": skill.level, "expires_on": skill.expires_on.map(|date| date.to_string()) }),
    );
    let standings: Vec<_> = profile.terms.standings.iter().map(|standing| standing.code()).collect();
    let rates = profile.rates.iter().map(|rate| rate.terms).map(|rate| {
        json!({ "from_date": rate.from_date.to_string(), "unit": rate.unit.code(), "amount_cents": rate.amount_cents,
            "night_percent": rate.night_percent, "sunday_percent": rate.sunday_percent, "holiday_percent": rate.holiday_percent })
    });
    let missions = known.missions.iter().map(|mine| {
        let (mission, answer) = (&mine.mission, &mine.assignment);
        json!({ "title": mission.title, "project": mine.project, "role": mine.role, "place": mission.place, "address": mission.address,
            "starts_at": utc(mission.starts_at), "ends_at": utc(mission.ends_at), "break_minutes": mission.break_minutes,
            "notes": mission.notes, "called_off_at": mission.cancelled_at.map(utc), "status": answer.status.code(),
            "reason": answer.reason, "told_at": answer.told_at.map(utc), "answer_by_at": answer.answer_by_at.map(utc),
            "answered_at": answer.answered_at.map(utc) })
    });
    let availabilities = known.availabilities.iter().map(|said| {
        json!({ "kind": said.kind.code(), "status": said.status.code(), "starts_at": utc(said.starts_at),
            "ends_at": utc(said.ends_at), "every_weeks": said.every_weeks, "until": said.until_at.map(utc), "note": said.note })
    });
    json!({
        "employment": profile.terms.employment.code(), "tags": profile.terms.tags, "bio": profile.terms.bio,
        "born_on": profile.terms.born_on.map(|date| date.to_string()), "standings": standings,
        "skills": skills.collect::<Vec<_>>(), "rates": rates.collect::<Vec<_>>(),
        "missions": missions.collect::<Vec<_>>(), "availabilities": availabilities.collect::<Vec<_>>(),
    })
}
