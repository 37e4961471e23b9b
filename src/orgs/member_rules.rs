//! Who may do what to whom among members, and how a list of invitations is read.

use super::csv_records::{is_address_title, read_records};
use crate::kernel::{Role, text};

/// Most lines of a list of invitations; the pages name it, too.
const MAX_LINES: usize = 200;

/// Whether somebody with `actor`'s role may change, suspend or remove somebody with `target`'s. Owners may do it to anybody;
/// others only to who stands below them.
pub fn may_act_on(actor: Role, target: Role) -> bool {
    actor == Role::Owner || target < actor
}

/// Whether somebody with `actor`'s role may give `role` away.
pub fn may_grant(actor: Role, role: Role) -> bool {
    actor == Role::Owner || role < actor
}

/// One line of a list of invitations: an address, and a role or nothing for a tech.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationLine {
    /// Counted from 1, as an editor does.
    pub number: u64,
    pub email: String,
    pub role: Option<Role>,
    /// The code of what is wrong with it.
    pub problem: Option<&'static str>,
}

/// What a pasted list would send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InvitationPreview {
    pub lines: Vec<InvitationLine>,
    /// Lines beyond the most that are read at a time.
    pub beyond: usize,
}

impl InvitationPreview {
    /// Lines without a problem.
    pub fn good(&self) -> impl Iterator<Item = &InvitationLine> {
        self.lines.iter().filter(|line| line.problem.is_none())
    }

    /// How many lines have a problem.
    pub fn bad_count(&self) -> usize {
        self.lines.len() - self.good().count()
    }
}

/// Reads a pasted list: `address;role`, with a comma, a semicolon or a tab, with or without a head line. `taken` are addresses
/// that are members or invited; roles are those that `actor` may give.
pub fn read_invitations_csv(list: &str, actor: Role, taken: &[String]) -> InvitationPreview {
    let mut preview = InvitationPreview::default();
    for (index, (number, record)) in read_records(list).into_iter().enumerate() {
        let typed = record.get(0).unwrap_or_default();
        if index == 0 && is_address_title(typed) {
            continue;
        }
        if preview.lines.len() == MAX_LINES {
            preview.beyond += 1;
            continue;
        }
        let email = text::clean_email(typed);
        let role =
            record.get(1).filter(|role| !role.is_empty()).map_or(Some(Role::Tech), |role| Role::parse(&role.to_lowercase()));
        let problem = match (&email, role) {
            (None, _) => Some("email.invalid"),
            (_, None) => Some("role.unknown"),
            (_, Some(role)) if !may_grant(actor, role) => Some("member.rank"),
            (Some(email), _) if taken.contains(email) => Some("member.exists"),
            (Some(email), _) if preview.lines.iter().any(|line| line.email == *email) => Some("crew.email_twice"),
            _ => None,
        };
        preview.lines.push(InvitationLine { number, email: email.unwrap_or_else(|| typed.to_owned()), role, problem });
    }
    preview
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_lifts_themselves() {
        for actor in Role::ALL {
            for other in Role::ALL {
                let may = actor == Role::Owner || other < actor;
                assert_eq!((may_act_on(actor, other), may_grant(actor, other)), (may, may));
            }
        }
        assert!(!may_grant(Role::Admin, Role::Admin) && may_grant(Role::Owner, Role::Owner));
    }

    #[test]
    fn each_line_has_its_own_problem() {
        let list = "e-mail;rôle\nana@b.fr\nben@b.fr;manager\nnope\ncleo@b.fr;chef\nANA@b.fr\ndan@b.fr;owner\neve@b.fr;admin\n";
        let lines = read_invitations_csv(list, Role::Admin, &["cleo@b.fr".into()]).lines;
        let problems: Vec<_> = lines.iter().map(|line| (line.number, line.problem)).collect();
        assert_eq!(
            problems,
            [
                (2, None),
                (3, None),
                (4, Some("email.invalid")),
                (5, Some("role.unknown")),
                (6, Some("crew.email_twice")),
                (7, Some("member.rank")),
                (8, Some("member.rank")),
            ]
        );
        assert_eq!(lines[1].role, Some(Role::Manager));
    }

    #[test]
    fn a_mistyped_address_on_the_first_line_is_no_head() {
        let read = |list: &str| {
            let preview = read_invitations_csv(list, Role::Owner, &[]);
            preview.lines.into_iter().map(|line| (line.number, line.email, line.problem)).collect::<Vec<_>>()
        };
        let (ana, ben) = ("ana.exemple.fr".to_owned(), "ben@exemple.fr".to_owned());
        let both = vec![(1, ana, Some("email.invalid")), (2, ben.clone(), None)];
        assert_eq!(read("ana.exemple.fr\nben@exemple.fr\n"), both);
        assert_eq!(read("\nCourriel;Rôle\n\n\nben@exemple.fr;tech\n"), [(5, ben, None)], "blank lines count");
    }

    #[test]
    fn lines_beyond_the_most_are_counted() {
        let list: String = (0..MAX_LINES + 3).map(|n| format!("p{n}@exemple.fr\n")).collect();
        let preview = read_invitations_csv(&list, Role::Owner, &[]);
        assert_eq!((preview.lines.len(), preview.bad_count(), preview.beyond), (MAX_LINES, 0, 3));
    }
}
