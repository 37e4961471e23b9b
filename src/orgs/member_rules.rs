//! Who may do what to whom among members, and how a list of invitations is read.

use crate::kernel::{Role, text};

/// Most lines of a list of invitations.
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
    pub number: usize,
    pub email: String,
    pub role: Option<Role>,
    /// The code of what is wrong with it.
    pub problem: Option<&'static str>,
}

/// Reads a pasted list: `address;role`, with a comma, a semicolon or a tab. `taken` are addresses that are members or
/// invited; roles are those that `actor` may give.
pub fn read_invitations_csv(list: &str, actor: Role, taken: &[String]) -> Vec<InvitationLine> {
    let first = list.lines().next().unwrap_or_default();
    let delimiter = [b';', b'\t', b','].into_iter().max_by_key(|d| first.matches(char::from(*d)).count()).unwrap_or(b';');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(list.trim_start_matches('\u{feff}').as_bytes());
    let mut lines: Vec<InvitationLine> = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let number = index + 1;
        let Ok(record) = record else {
            lines.push(InvitationLine { number, email: String::new(), role: None, problem: Some("line.unreadable") });
            continue;
        };
        let typed = record.get(0).unwrap_or_default();
        let is_head = index == 0 && !typed.contains('@');
        if is_head || record.iter().all(str::is_empty) {
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
            (Some(email), _) if lines.iter().any(|line| line.email == *email) => Some("crew.email_twice"),
            _ => None,
        };
        lines.push(InvitationLine { number, email: email.unwrap_or_else(|| typed.to_owned()), role, problem });
        if lines.len() == MAX_LINES {
            break;
        }
    }
    lines
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
        let lines = read_invitations_csv(list, Role::Admin, &["cleo@b.fr".into()]);
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
}
