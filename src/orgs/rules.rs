//! How a crew member must be typed.

use super::model::NewCrewMember;
use crate::kernel::text::{clean_email, clean_line, fold};

/// A crew member whose fields have been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedCrewMember {
    pub name: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub job: Option<String>,
    pub skills: Vec<String>,
}

impl CheckedCrewMember {
    /// What the search looks at and the list is ordered by.
    pub fn search(&self) -> String {
        search_text(&self.name, self.email.as_deref(), self.job.as_deref())
    }
}

/// Name, address and job without accents and capitals: Éléonore stands between Damien and Hugo on every database.
pub fn search_text(name: &str, email: Option<&str>, job: Option<&str>) -> String {
    fold(&[Some(name), email, job].into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// A wrong field: its name and the code of what is wrong.
pub type CrewProblem = (&'static str, &'static str);

/// Checks what was typed.
///
/// # Errors
/// Every field that is wrong, so that all can be mended at once.
pub fn check_crew_member(new: &NewCrewMember) -> Result<CheckedCrewMember, Vec<CrewProblem>> {
    let mut problems = Vec::new();
    let mut optional = |field: &'static str, text: &str, code: &'static str, clean: &dyn Fn(&str) -> Option<String>| {
        let cleaned = clean(text);
        if cleaned.is_none() && !text.trim().is_empty() {
            problems.push((field, code));
        }
        cleaned
    };
    let email = optional("email", &new.email, "email.invalid", &clean_email);
    let phone = optional("phone", &new.phone, "phone.invalid", &clean_phone);
    let job = optional("job", &new.job, "text.too_long", &|text| clean_line(text, 80));
    let name = clean_line(&new.name, 100);
    if name.is_none() {
        problems.push(("name", "name.invalid"));
    }
    let mut skills: Vec<String> =
        new.skills.split([',', ';', '\n']).filter(|s| !s.trim().is_empty()).map(str::to_owned).collect();
    skills = skills
        .iter()
        .filter_map(|skill| {
            clean_line(skill, 40).or_else(|| {
                problems.push(("skills", "text.too_long"));
                None
            })
        })
        .collect();
    skills.sort_by_key(|skill| skill.to_lowercase());
    skills.dedup_by_key(|skill| skill.to_lowercase());
    if skills.len() > 30 {
        problems.push(("skills", "skills.too_many"));
    }
    match name {
        Some(name) if problems.is_empty() => Ok(CheckedCrewMember { name, email, phone, job, skills }),
        _ => Err(problems),
    }
}

/// A telephone number as people write it: digits with spaces, dots, dashes, brackets and a leading plus; 6 to 15 digits
/// (ITU-T E.164).
fn clean_phone(text: &str) -> Option<String> {
    let text = clean_line(text, 30)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let allowed = text.chars().enumerate().all(|(n, c)| c.is_ascii_digit() || " .-()/".contains(c) || (c == '+' && n == 0));
    (allowed && (6..=15).contains(&digits)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(name: &str, email: &str, phone: &str, skills: &str) -> NewCrewMember {
        NewCrewMember { name: name.into(), email: email.into(), phone: phone.into(), job: String::new(), skills: skills.into() }
    }

    #[test]
    fn all_wrong_fields_are_named_at_once() {
        let problems = check_crew_member(&typed(" ", "nope", "12", "son")).unwrap_err();
        assert_eq!(problems, [("email", "email.invalid"), ("phone", "phone.invalid"), ("name", "name.invalid")]);
    }

    #[test]
    fn skills_are_a_set_and_empty_fields_are_none() {
        let checked = check_crew_member(&typed("Ana  Díaz", "", "", "son, lumière;Son ,, ")).unwrap();
        assert_eq!(checked.name, "Ana Díaz");
        assert_eq!(checked.skills, ["lumière", "son"]);
        assert_eq!((checked.email, checked.phone), (None, None));
    }

    #[test]
    fn phones_are_written_freely() {
        for (text, ok) in [
            ("06 12 34 56 78", true),
            ("+33 (0)6.12.34.56.78", true),
            ("12345", false),
            ("06 12 ab", false),
            ("0+612345678", false),
        ] {
            assert_eq!(clean_phone(text).is_some(), ok, "{text}");
        }
    }
}
