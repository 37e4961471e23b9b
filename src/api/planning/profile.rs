//! What a person can do, and how they are employed.

use super::rates::spell_cents;
use super::{LaterBody, refusal, wrong};
use crate::api::door::OrgClient;
use crate::api::problem::{Path, Problem, ProblemBody};
use crate::kernel::CrewMemberId;
use crate::planning::profiles::{NewProfile, NewSkill, Profile};
use crate::planning::rates::{NewRate, Rate, RateUnit, rates_on, read_cents};
use crate::planning::{ManageProfiles, ManageRates, service as planning};
use axum::Json;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Number, Value};
use utoipa::ToSchema;

const MISSING: &str = "profile.not_found";

/// Percentages of a rate profile: its word, and what it is of.
const PERCENTS: [&str; 3] = ["night_percent", "sunday_percent", "holiday_percent"];

/// Something a person can do.
#[derive(Serialize, ToSchema)]
pub struct SkillBody {
    name: String,
    /// 1 to 5.
    level: i64,
    /// The last day a permit is good.
    expires_on: Option<String>,
}

/// A person's profile.
#[derive(Serialize, ToSchema)]
pub struct ProfileBody {
    user_id: i64,
    name: String,
    skills: Vec<SkillBody>,
    tags: Vec<String>,
    /// `CDI`, `CDD`, `FREELANCE`, `INTERMITTENT` or `OTHER`.
    employment_type: String,
    /// For the rules about minors; `null` counts as an adult.
    born_on: Option<String>,
    /// What rules ask about somebody's work: `night_worker` (C. trav. L3122-5), `uninterruptible` (IDCC 2717, art. 5.5),
    /// `short_call` (a job with calls of 2 h, IDCC 1285, art. VI.6).
    standings: Vec<String>,
    /// What counts today: euros by `hour`, `day` and `cachet`, and what is added, `night_percent`, `sunday_percent`,
    /// `holiday_percent`. `/rates/user/{id}` has all days.
    #[schema(value_type = Object)]
    rate_profile: Map<String, Value>,
    bio: String,
}

/// What counts on a day, as a rate profile.
pub fn rate_profile(rates: &[Rate], client: &OrgClient) -> Map<String, Value> {
    let today = client.org.zone().local(client.app.clock.now()).date;
    let mut words = Map::new();
    for rate in rates_on(rates, today) {
        let terms = rate.terms;
        words.insert(terms.unit.code().to_owned(), euros(terms.amount_cents));
        for (word, percent) in PERCENTS.into_iter().zip([terms.night_percent, terms.sunday_percent, terms.holiday_percent]) {
            if percent > 0 {
                words.insert(word.to_owned(), percent.into());
            }
        }
    }
    words
}

/// Euros as a JSON number.
pub fn euros(cents: i64) -> Value {
    spell_cents(cents).parse::<Number>().map_or(Value::Null, Value::Number)
}

fn body(profile: Profile, client: &OrgClient) -> ProfileBody {
    let skill = |skill: crate::planning::profiles::Skill| SkillBody {
        name: skill.name,
        level: skill.level,
        expires_on: skill.expires_on.map(|date| date.to_string()),
    };
    ProfileBody {
        user_id: profile.person.0,
        name: profile.name,
        skills: profile.skills.into_iter().map(skill).collect(),
        tags: profile.terms.tags,
        employment_type: profile.terms.employment.code().to_owned(),
        born_on: profile.terms.born_on.map(|date| date.to_string()),
        standings: profile.terms.standings.iter().map(|standing| standing.code().to_owned()).collect(),
        rate_profile: rate_profile(&profile.rates, client),
        bio: profile.terms.bio,
    }
}

/// A person's profile. For who plans, and the person.
#[utoipa::path(get, path = "/users/{id}/profile", operation_id = "read_profile", tag = "people", params(("id" = i64, Path)), responses((status = 200, body = ProfileBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn read(client: OrgClient, Path(id): Path<i64>) -> Result<Json<ProfileBody>, Problem> {
    let (app, id) = (&client.app, CrewMemberId(id));
    let found = if client.plans() {
        planning::get_profile(app, client.permit()?, id).await
    } else {
        let me = client.only_me(id).await?;
        planning::get_my_profile(app, client.permit()?, &me).await
    };
    Ok(Json(body(found.map_err(refusal(MISSING))?, &client)))
}

/// A skill: its name alone, as the predecessor took it, or with a level and an expiry.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum NewSkillBody {
    Name(String),
    Whole(WholeSkillBody),
}

/// A skill with a level and an expiry.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WholeSkillBody {
    name: String,
    /// 1 to 5; 1 when absent.
    level: Option<i64>,
    /// `2027-03-31`.
    expires_on: Option<String>,
}

/// A whole profile.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProfileBody {
    #[serde(default)]
    skills: Vec<NewSkillBody>,
    #[serde(default)]
    tags: Vec<String>,
    /// `CDI`, `CDD`, `FREELANCE`, `INTERMITTENT` or `OTHER`.
    employment_type: String,
    /// `2009-05-31`, of somebody who is from 14 to 100 years old. `null` takes it away; when absent, it stays: programs of the
    /// predecessor do not know of it.
    #[serde(default, deserialize_with = "said")]
    born_on: Option<String>,
    /// `night_worker`, `uninterruptible`, `short_call`; when absent, they stay.
    standings: Option<Vec<String>>,
    /// Euros by `hour`, `day` and `cachet` (or the predecessor's `hourly` and `daily`), and the percentages added to each. Counts
    /// from today; what is not named stays.
    #[serde(default)]
    #[schema(value_type = Object)]
    rate_profile: Map<String, Value>,
    bio: Option<String>,
}

/// What is said is `Some`, also when nothing is said to be there.
fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Some(Option::<String>::deserialize(from)?.unwrap_or_default()))
}

/// The rates of a rate profile. The percentages count for each of its units.
fn new_rates(words: &Map<String, Value>) -> Result<Vec<NewRate>, Problem> {
    let unknown = || wrong("rate_profile", "amount.invalid");
    let mut percents = [0; 3];
    let mut rates = Vec::new();
    for (word, value) in words {
        let word = word.to_ascii_lowercase();
        if let Some(place) = PERCENTS.iter().position(|known| *known == word) {
            percents[place] = value.as_i64().ok_or_else(unknown)?;
            continue;
        }
        let unit = match word.as_str() {
            "hourly" => RateUnit::Hour,
            "daily" => RateUnit::Day,
            other => RateUnit::parse(other).ok_or_else(unknown)?,
        };
        let amount = value.as_number().and_then(|number| read_cents(&number.to_string())).ok_or_else(unknown)?;
        rates.push(NewRate { unit: unit.code().to_owned(), amount_cents: Some(amount), ..NewRate::default() });
    }
    if rates.is_empty() && percents != [0; 3] {
        return Err(unknown());
    }
    for rate in &mut rates {
        [rate.night_percent, rate.sunday_percent, rate.holiday_percent] = percents;
    }
    Ok(rates)
}

/// Writes a whole profile over the one before.
#[utoipa::path(put, path = "/users/{id}/profile", operation_id = "change_profile", tag = "people", params(("id" = i64, Path)), request_body = NewProfileBody, responses((status = 200, body = ProfileBody), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn change(client: OrgClient, Path(id): Path<i64>, later: LaterBody) -> Result<Json<ProfileBody>, Problem> {
    let (permit, paying) = client.permits::<ManageProfiles, ManageRates>()?;
    let id = CrewMemberId(id);
    // Who is not there is not there, whatever is said of them.
    planning::get_profile(&client.app, client.permit()?, id).await.map_err(refusal(MISSING))?;
    let new = later.read::<NewProfileBody>()?;
    let skill = |skill: NewSkillBody| match skill {
        NewSkillBody::Name(name) => NewSkill { name, level: 1, expires_on: String::new() },
        NewSkillBody::Whole(skill) => {
            NewSkill { name: skill.name, level: skill.level.unwrap_or(1), expires_on: skill.expires_on.unwrap_or_default() }
        }
    };
    let rates = new_rates(&new.rate_profile)?;
    let new = NewProfile {
        employment: new.employment_type,
        born_on: new.born_on,
        standings: new.standings,
        tags: new.tags,
        bio: new.bio.unwrap_or_default(),
        skills: new.skills.into_iter().map(skill).collect(),
    };
    let changed = planning::change_profile(&client.app, permit, paying, id, None, &new, &rates).await;
    Ok(Json(body(changed.map_err(refusal(MISSING))?, &client)))
}
