//! What people can do, and how they are employed.

use super::codes::codes;
use super::rates::Rate;
use super::rules::Standing;
use crate::kernel::CrewMemberId;
use crate::kernel::text::clean_line;
use crate::kernel::zone::parse_date;
use jiff::ToSpan;
use jiff::civil::Date;

/// The youngest and the oldest that somebody who is planned can be, in years. Others are slips of the hand.
const AGES: (i16, i16) = (14, 100);
/// Most skills, and most tags, of a person.
const MOST: usize = 50;

codes! {
    /// How somebody is employed.
    Employment {
        /// For good.
        Cdi => "CDI",
        /// For a time.
        Cdd => "CDD",
        Freelance => "FREELANCE",
        /// Of the performing arts.
        Intermittent => "INTERMITTENT",
        Other => "OTHER",
    }
}

/// Something a person can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    pub name: String,
    /// 1 to 5.
    pub level: i64,
    /// The last day a permit is good.
    pub expires_on: Option<Date>,
}

/// How many days before its last day a permit is said to end soon.
pub const SOON_DAYS: i64 = 60;

/// How long a permit is still good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// For long, or for good.
    Good,
    EndsSoon,
    Over,
}

impl Skill {
    /// How long it is still good, seen from a day.
    pub fn validity(&self, today: Date) -> Validity {
        match self.expires_on {
            Some(last) if last < today => Validity::Over,
            Some(last) if last <= today.saturating_add(SOON_DAYS.days()) => Validity::EndsSoon,
            _ => Validity::Good,
        }
    }
}

/// How a person is employed and described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub employment: Employment,
    /// For the rules about minors.
    pub born_on: Option<Date>,
    pub standings: Vec<Standing>,
    pub tags: Vec<String>,
    pub bio: String,
    pub version: i64,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub person: CrewMemberId,
    pub name: String,
    pub terms: Terms,
    pub skills: Vec<Skill>,
    /// Of all times, by day.
    pub rates: Vec<Rate>,
}

/// A skill, as typed. The date is empty for what does not expire.
#[derive(Clone, Debug, Default)]
pub struct NewSkill {
    pub name: String,
    pub level: i64,
    pub expires_on: String,
}

/// A profile to be written, as typed.
#[derive(Clone, Debug, Default)]
pub struct NewProfile {
    pub employment: String,
    /// Empty for what is not known; `None` leaves it as it is.
    pub born_on: Option<String>,
    /// Codes; `None` leaves them as they are.
    pub standings: Option<Vec<String>>,
    pub tags: Vec<String>,
    pub bio: String,
    pub skills: Vec<NewSkill>,
}

/// A profile that may be written.
#[derive(Clone, Debug)]
pub struct CheckedProfile {
    pub employment: Employment,
    pub born_on: Option<Date>,
    pub standings: Vec<Standing>,
    pub tags: Vec<String>,
    pub bio: String,
    pub skills: Vec<Skill>,
}

/// Checks a profile that is to take the place of the one with the terms `before`. Skills and tags that come twice, whatever their
/// capitals, count once.
///
/// # Errors
/// Every wrong field.
pub fn check_profile(new: &NewProfile, before: &Terms, today: Date) -> Result<CheckedProfile, Vec<(&'static str, &'static str)>> {
    let mut problems = Vec::new();
    let employment = Employment::parse(new.employment.trim());
    let born_on = match new.born_on.as_deref().map(str::trim) {
        None => before.born_on,
        Some("") => None,
        Some(text) => {
            let birth = read_birth(text).filter(|birth| is_of_age(*birth, today));
            if birth.is_none() {
                problems.push(("born_on", "birth.invalid"));
            }
            birth
        }
    };
    let standings = match &new.standings {
        None => before.standings.clone(),
        Some(codes) => {
            let said: Vec<_> = codes.iter().map(|code| Standing::parse(code.trim())).collect();
            if said.contains(&None) {
                problems.push(("standings", "status.unknown"));
            }
            Standing::ALL.iter().copied().filter(|standing| said.contains(&Some(*standing))).collect()
        }
    };
    let mut tags: Option<Vec<String>> = new.tags.iter().map(|tag| clean_line(tag, 40).filter(|tag| !tag.contains(','))).collect();
    let mut skills: Option<Vec<Skill>> = new.skills.iter().map(check_skill).collect();
    let bio = new.bio.replace("\r\n", "\n").trim().to_owned();
    if let Some(tags) = &mut tags {
        once(tags, |tag| tag.to_lowercase());
    }
    if let Some(skills) = &mut skills {
        once(skills, |skill| skill.name.to_lowercase());
    }
    if employment.is_none() {
        problems.push(("employment_type", "status.unknown"));
    }
    if tags.as_ref().is_none_or(|tags| tags.len() > MOST) {
        problems.push(("tags", "text.too_long"));
    }
    if skills.as_ref().is_none_or(|skills| skills.len() > MOST) {
        problems.push(("skills", "skills.invalid"));
    }
    if bio.chars().count() > 4000 || bio.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        problems.push(("bio", "text.too_long"));
    }
    match (employment, tags, skills) {
        (Some(employment), Some(tags), Some(skills)) if problems.is_empty() => {
            Ok(CheckedProfile { employment, born_on, standings, tags, bio, skills })
        }
        _ => Err(problems),
    }
}

/// Reads a date of birth, which may be of another century than what is planned.
pub fn read_birth(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == 10)
}

/// Whether somebody born then can be planned.
fn is_of_age(birth: Date, today: Date) -> bool {
    let is_aged = |years: i16| birth.saturating_add(years.years()) <= today;
    is_aged(AGES.0) && !is_aged(AGES.1 + 1)
}

/// Keeps the first of those with the same key.
fn once<T>(list: &mut Vec<T>, key: impl Fn(&T) -> String) {
    let mut seen = Vec::new();
    list.retain(|item| {
        let key = key(item);
        let is_new = !seen.contains(&key);
        seen.push(key);
        is_new
    });
}

/// Checks one skill: `None` when it cannot be one.
pub fn check_skill(new: &NewSkill) -> Option<Skill> {
    let expires_on = match new.expires_on.trim() {
        "" => None,
        text => Some(parse_date(text)?),
    };
    let name = clean_line(&new.name, 60).filter(|name| !name.contains([',', ';', '(', ')']))?;
    (1..=5).contains(&new.level).then_some(Skill { name, level: new.level, expires_on })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skill(name: &str, level: i64, expires_on: &str) -> NewSkill {
        NewSkill { name: name.into(), level, expires_on: expires_on.into() }
    }

    #[test]
    fn a_permit_is_good_through_its_last_day() {
        let today = jiff::civil::date(2026, 11, 21);
        for (last, validity) in [
            (None, Validity::Good),
            (Some("2026-11-20"), Validity::Over),
            (Some("2026-11-21"), Validity::EndsSoon),
            (Some("2027-01-20"), Validity::EndsSoon),
            (Some("2027-01-21"), Validity::Good),
        ] {
            let skill = Skill { name: "CACES".into(), level: 1, expires_on: last.and_then(parse_date) };
            assert_eq!(skill.validity(today), validity, "{last:?}");
        }
    }

    fn nothing() -> Terms {
        let (born_on, standings) = (None, Vec::new());
        Terms { employment: Employment::Other, born_on, standings, tags: Vec::new(), bio: String::new(), version: 1 }
    }

    #[test]
    fn who_is_planned_is_from_14_to_100_years_old() {
        let today = jiff::civil::date(2026, 11, 21);
        for (text, is_good) in [
            ("1980-02-29", true),
            ("2012-11-21", true),
            ("2012-11-22", false),
            ("1925-11-22", true),
            ("1925-11-21", false),
            ("2030-01-01", false),
            ("2001-02-29", false),
            ("20010228", false),
            ("2001-02-28T00:00", false),
            ("hier", false),
        ] {
            let new = NewProfile { employment: "CDI".into(), born_on: Some(format!(" {text} ")), ..NewProfile::default() };
            match check_profile(&new, &nothing(), today) {
                Ok(checked) => assert!(is_good && checked.born_on.is_some_and(|birth| birth.to_string() == text), "{text}"),
                Err(problems) => assert!(!is_good && problems == [("born_on", "birth.invalid")], "{text}: {problems:?}"),
            }
        }
    }

    #[test]
    fn what_is_not_said_of_birth_and_standing_stays() {
        let today = jiff::civil::date(2026, 11, 21);
        let known = || Terms { born_on: read_birth("2009-05-01"), standings: vec![Standing::ShortCall], ..nothing() };
        let check = |born_on: Option<&str>, standings: Option<&[&str]>| {
            let standings = standings.map(|codes| codes.iter().map(|code| (*code).to_owned()).collect());
            let new =
                NewProfile { employment: "CDI".into(), born_on: born_on.map(str::to_owned), standings, ..NewProfile::default() };
            check_profile(&new, &known(), today).map(|checked| (checked.born_on, checked.standings))
        };
        assert_eq!(check(None, None), Ok((known().born_on, vec![Standing::ShortCall])));
        assert_eq!(check(Some(""), Some(&[])), Ok((None, Vec::new())));
        let both = Ok((None, vec![Standing::NightWorker, Standing::ShortCall]));
        assert_eq!(check(Some(""), Some(&["short_call", "night_worker", "short_call"])), both);
        assert_eq!(check(None, Some(&["short_call", "chef"])), Err(vec![("standings", "status.unknown")]));
    }

    #[test]
    fn profiles_say_every_wrong_field_at_once() {
        let today = jiff::civil::date(2026, 11, 21);
        let good = NewProfile {
            employment: "intermittent".into(),
            tags: vec!["permis B".into(), "Permis b".into()],
            bio: " Régisseuse.\r\n".into(),
            skills: vec![skill("son", 3, ""), skill("Son", 1, ""), skill("habilitation électrique", 2, "2027-03-31")],
            ..NewProfile::default()
        };
        let checked = check_profile(&good, &nothing(), today).unwrap();
        assert_eq!((checked.employment, checked.bio.as_str()), (Employment::Intermittent, "Régisseuse."));
        assert_eq!((checked.tags.len(), checked.skills.len(), checked.skills[0].level), (1, 2, 3));
        let bad = NewProfile {
            employment: "CDX".into(),
            born_on: Some("1er mai".into()),
            standings: Some(vec!["chef".into()]),
            tags: vec!["a,b".into()],
            bio: "\u{7}".into(),
            skills: vec![skill("son", 9, "")],
        };
        let fields: Vec<_> = check_profile(&bad, &nothing(), today).unwrap_err().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["born_on", "standings", "employment_type", "tags", "skills", "bio"]);
        for wrong in [skill("", 1, ""), skill("son", 0, ""), skill("son", 1, "demain"), skill("a, b", 1, "")] {
            assert!(check_skill(&wrong).is_none(), "{wrong:?}");
        }
    }
}
