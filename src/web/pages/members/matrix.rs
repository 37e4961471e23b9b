//! What each role may do: the code's own table, in words.

use super::*;
use crate::access::For;
use crate::platform::words::Words;

const ROLES: [Role; 4] = [Role::Tech, Role::Manager, Role::Admin, Role::Owner];

/// The actions of members and the least role of each, in the order of the rooms.
fn actions() -> impl Iterator<Item = (&'static str, Role)> {
    let rooms = [crate::timeclock::ACTIONS, crate::planning::ACTIONS, crate::orgs::ACTIONS, crate::audit::ACTIONS];
    rooms.into_iter().flatten().filter_map(|(name, whom, _)| match whom {
        For::Member(least) => Some((*name, *least)),
        _ => None,
    })
}

/// An action in words.
fn action_word(name: &str, t: &Words) -> Option<String> {
    Some(match name {
        "device.register" => t.may_device_register(),
        "device.list_mine" => t.may_device_list_mine(),
        "device.revoke_mine" => t.may_device_revoke_mine(),
        "device.list" => t.may_device_list(),
        "device.revoke" => t.may_device_revoke(),
        "badge.issue" => t.may_badge_issue(),
        "hours.read_mine" => t.may_hours_read_mine(),
        "hours.read" => t.may_hours_read(),
        "kiosk.list" => t.may_kiosk_list(),
        "kiosk.manage" => t.may_kiosk_manage(),
        "crew.list" => t.may_crew_list(),
        "crew.list_names" => t.may_crew_list_names(),
        "crew.add" => t.may_crew_add(),
        "crew.change" => t.may_crew_change(),
        "crew.link" => t.may_crew_link(),
        "crew.find_mine" => t.may_crew_find_mine(),
        "crew.read_mine" => t.may_crew_read_mine(),
        "member.list" => t.may_member_list(),
        "member.invite" => t.may_member_invite(),
        "member.manage" => t.may_member_manage(),
        "member.read_sessions" => t.may_member_read_sessions(),
        "member.read_accounts" => t.may_member_read_accounts(),
        "member.add" => t.may_member_add(),
        "org.leave" => t.may_org_leave(),
        "org.read_settings" => t.may_org_read_settings(),
        "org.change_settings" => t.may_org_change_settings(),
        "plan.read" => t.may_plan_read(),
        "plan.read_staffing" => t.may_plan_read_staffing(),
        "project.manage" => t.may_project_manage(),
        "project.delete" => t.may_project_delete(),
        "mission.manage" => t.may_mission_manage(),
        "template.manage" => t.may_template_manage(),
        "assignment.manage" => t.may_assignment_manage(),
        "plan.edit" => t.may_plan_edit(),
        "plan.publish" => t.may_plan_publish(),
        "rule.override" => t.may_rule_override(),
        "plan.read_mine" => t.may_plan_read_mine(),
        "assignment.answer_mine" => t.may_assignment_answer_mine(),
        "calendar.manage_mine" => t.may_calendar_manage_mine(),
        "calendar.manage" => t.may_calendar_manage(),
        "availability.declare" => t.may_availability_declare(),
        "availability.read" => t.may_availability_read(),
        "availability.decide" => t.may_availability_decide(),
        "profile.read" => t.may_profile_read(),
        "profile.read_mine" => t.may_profile_read_mine(),
        "profile.manage" => t.may_profile_manage(),
        "rate.read" => t.may_rate_read(),
        "rate.manage" => t.may_rate_manage(),
        "audit.read" => t.may_audit_read(),
        _ => return None,
    })
}

pub(super) async fn page(member: Member) -> Answer {
    let _: Permit<crate::orgs::ListMembers> = member.permit()?;
    let t = member.words();
    Ok(render::page(StatusCode::OK, move || {
        let rows = actions().filter_map(|(name, least)| Some((action_word(name, t)?, least)));
        let rows = rows.map(|(word, least)| {
            let cells = ROLES.map(|role| {
                let mark = if role >= least {
                    view! { <Icon name="check" small=true /><span class="vh">{t.matrix_yes()}</span> }.into_any()
                } else {
                    view! { <span class="faint" aria-hidden="true">"–"</span><span class="vh">{t.matrix_no()}</span> }.into_any()
                };
                view! { <td role="cell" class="mark">{mark}</td> }
            });
            view! { <tr role="row"><th scope="row" role="rowheader">{word}</th>{cells.into_iter().collect_view()}<td role="cell" class="least" data-label=t.matrix_from()>{role_word(least, t)}</td></tr> }
        });
        let rows = rows.collect_view();
        let head =
            ROLES.map(|role| view! { <th role="columnheader" class="mark">{role_word(role, t)}</th> }).into_iter().collect_view();
        let helps =
            ROLES.map(|role| view! { <dt>{role_word(role, t)}</dt><dd>{role_help(role, t)}</dd> }).into_iter().collect_view();
        view! {
            <InOrg member=member.clone() title=t.members_roles() here="members">
                <header class="page-head"><div><h1>{t.members_roles()}</h1><p class="lead">{t.members_roles_lead()}</p></div></header>
                <dl class="facts">{helps}</dl>
                <div class="table-wrap"><table class="table matrix" role="table">
                    <thead role="rowgroup"><tr role="row"><th role="columnheader">{t.matrix_action()}</th>{head}<th role="columnheader" class="least">{t.matrix_from()}</th></tr></thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table></div>
                <p class="muted small">{t.members_roles_rank()}</p>
            </InOrg>
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::words::words;

    #[test]
    fn every_action_of_members_has_its_words() {
        for lang in [Lang::Fr, Lang::En] {
            for (name, _) in actions() {
                assert!(action_word(name, words(lang)).is_some(), "{name}");
            }
        }
    }
}
