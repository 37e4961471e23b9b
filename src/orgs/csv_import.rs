//! Reading a pasted list of people: CSV with a comma, a semicolon or a tab, with or without a head line.

use super::csv_records::{is_address_title, read_records};
use super::model::NewCrewMember;
use super::rules::{CrewProblem, check_crew_member};
use std::collections::HashMap;

/// More lines than this are not read: a list, not an attack; the pages name it, too.
pub const MAX_LINES: usize = 500;

/// One line of the list, as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrewLine {
    /// Counted from 1, as an editor does.
    pub number: u64,
    pub typed: NewCrewMember,
    pub problems: Vec<LineProblem>,
}

/// What is wrong with a line: the field and the code.
pub type LineProblem = CrewProblem;

/// What the list would add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrewPreview {
    pub lines: Vec<CrewLine>,
    /// Lines beyond [`MAX_LINES`], not read.
    pub beyond: usize,
}

impl CrewPreview {
    /// Lines without a problem.
    pub fn good(&self) -> impl Iterator<Item = &CrewLine> {
        self.lines.iter().filter(|line| line.problems.is_empty())
    }

    /// How many lines have a problem.
    pub fn bad_count(&self) -> usize {
        self.lines.len() - self.good().count()
    }
}

#[derive(Clone, Copy)]
enum Column {
    Name,
    FirstName,
    LastName,
    Email,
    Phone,
    Job,
    Skills,
}

/// Reads the list. `taken` are the addresses that the organisation already has: a line with one of them, or with one of
/// an earlier line, is a problem of that line alone.
pub fn read_crew_csv(text: &str, taken: &[String]) -> CrewPreview {
    let mut preview = CrewPreview::default();
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut columns = vec![Column::Name, Column::Email, Column::Phone, Column::Job, Column::Skills];
    for (index, (number, record)) in read_records(text).into_iter().enumerate() {
        if index == 0
            && let Some(named) = head(&record)
        {
            columns = named;
            continue;
        }
        if preview.lines.len() == MAX_LINES {
            preview.beyond += 1;
            continue;
        }
        let typed = assemble(&columns, &record);
        let mut problems = match check_crew_member(&typed) {
            Ok(checked) => checked.email.map_or(Vec::new(), |email| {
                let twice = seen.insert(email.clone(), number).is_some();
                if taken.contains(&email) {
                    vec![("email", "crew.email_taken")]
                } else if twice {
                    vec![("email", "crew.email_twice")]
                } else {
                    Vec::new()
                }
            }),
            Err(problems) => problems,
        };
        if record.len() > columns.len() {
            problems.push(("name", "line.too_many_columns"));
        }
        preview.lines.push(CrewLine { number, typed, problems });
    }
    preview
}

fn assemble(columns: &[Column], record: &csv::StringRecord) -> NewCrewMember {
    let mut new = NewCrewMember::default();
    for (column, value) in columns.iter().zip(record) {
        match column {
            Column::Name => new.name = value.to_owned(),
            Column::FirstName => new.name = format!("{value} {}", new.name),
            Column::LastName => new.name = format!("{} {value}", new.name),
            Column::Email => new.email = value.to_owned(),
            Column::Phone => new.phone = value.to_owned(),
            Column::Job => new.job = value.to_owned(),
            Column::Skills => new.skills = value.replace(['|', '/', '+'], ","),
        }
    }
    new.name = new.name.split_whitespace().collect::<Vec<_>>().join(" ");
    new
}

/// The columns by their titles in French or English; `None` when the line is not a head.
fn head(record: &csv::StringRecord) -> Option<Vec<Column>> {
    let titles: Vec<_> = record
        .iter()
        .map(|title| match super::super::kernel::text::slug(title).as_str() {
            _ if is_address_title(title) => Some(Column::Email),
            "prenom" | "first-name" | "firstname" => Some(Column::FirstName),
            "nom-de-famille" | "last-name" | "lastname" => Some(Column::LastName),
            "nom" | "name" | "nom-complet" | "full-name" => Some(Column::Name),
            "telephone" | "tel" | "phone" | "mobile" | "portable" => Some(Column::Phone),
            "metier" | "poste" | "job" | "fonction" => Some(Column::Job),
            "competences" | "skills" | "competence" => Some(Column::Skills),
            _ => None,
        })
        .collect();
    let named: Option<Vec<_>> = titles.into_iter().collect();
    named.map(|mut columns| {
        // With a first name beside it, "nom" is the family name.
        if columns.iter().any(|c| matches!(c, Column::FirstName)) {
            columns.iter_mut().filter(|c| matches!(c, Column::Name)).for_each(|c| *c = Column::LastName);
        }
        columns
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spreadsheet_is_pasted_as_it_is() {
        let text = "Prénom\tNom\tE-mail\tMétier\nKarim\tBenali\tkarim@exemple.fr\tSon\nAwa\tDiallo\t\tLumière\n";
        let preview = read_crew_csv(text, &[]);
        let read: Vec<_> =
            preview.good().map(|l| (l.typed.name.as_str(), l.typed.email.as_str(), l.typed.job.as_str())).collect();
        assert_eq!(read, [("Karim Benali", "karim@exemple.fr", "Son"), ("Awa Diallo", "", "Lumière")]);
    }

    #[test]
    fn without_a_head_the_order_is_name_mail_phone_job_skills() {
        let preview = read_crew_csv("Ana Díaz;ana@exemple.fr;06 11 22 33 44;Régie;son|lumière", &[]);
        let line = &preview.lines[0];
        assert_eq!((line.typed.name.as_str(), line.typed.skills.as_str()), ("Ana Díaz", "son,lumière"));
        assert!(line.problems.is_empty());
    }

    #[test]
    fn each_line_has_its_own_problems() {
        let text = "name,email\n,a@b.fr\nAna,nope\nBen,ben@b.fr\nBen 2,BEN@b.fr\nCleo,cleo@b.fr\n\"x\",y,z,t\n";
        let preview = read_crew_csv(text, &["cleo@b.fr".to_owned()]);
        let problems: Vec<_> = preview.lines.iter().map(|l| (l.number, l.problems.first().map(|p| p.1))).collect();
        assert_eq!(
            problems,
            [
                (2, Some("name.invalid")),
                (3, Some("email.invalid")),
                (4, None),
                (5, Some("crew.email_twice")),
                (6, Some("crew.email_taken")),
                (7, Some("email.invalid")),
            ]
        );
        assert_eq!(preview.bad_count(), 5);
        let numbers: Vec<_> = read_crew_csv("\nname\n\nAna\n\n\nBen\n", &[]).lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [4, 7], "blank lines count");
    }

    #[test]
    fn a_list_without_end_is_cut() {
        let text = "Ana\n".repeat(MAX_LINES + 3);
        let preview = read_crew_csv(&text, &[]);
        assert_eq!((preview.lines.len(), preview.beyond), (MAX_LINES, 3));
    }
}
