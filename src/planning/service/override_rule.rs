use super::findings::{Beside, check_person};
use super::read::find_sheet;
use crate::access::{Action, Permit};
use crate::audit::{self, Event, Tx};
use crate::kernel::zone::Zone;
use crate::kernel::{AssignmentId, CrewMemberId, MissionId};
use crate::orgs::service::{find_crew_member_in, find_org};
use crate::planning::overrides::excess;
use crate::planning::rules::Severity;
use crate::planning::{Mission, OverrideRule, PlanError, store};
use crate::platform::App;

/// Longest reason, in characters.
const LONGEST: usize = 300;

/// Lets somebody's assignment stand against a soft rule, for a reason that stays beside it and in the audit. Once the rule is
/// broken by more than now, it counts again.
///
/// Permission: manager. Audit: `rule.overruled`.
///
/// # Errors
/// [`PlanError::NotFound`]; [`PlanError::Fields`] without a reason; [`PlanError::Blocked`] for a hard rule; [`PlanError::NoRule`]
/// when the rule says nothing of the assignment.
pub async fn override_rule(
    app: &App,
    permit: Permit<OverrideRule>,
    id: AssignmentId,
    rule: &str,
    reason: &str,
) -> Result<MissionId, PlanError> {
    let zone = find_org(app, permit.org()).await?.ok_or(PlanError::NotFound)?.zone();
    let mut tx = audit::begin(app, &permit).await?;
    let (mission, event) = override_in(&mut tx, &permit, &zone, id, rule, reason).await?;
    tx.commit(event).await?;
    Ok(mission)
}

/// Overrules inside of a change.
pub(super) async fn override_in<A: Action>(
    tx: &mut Tx,
    permit: &Permit<A>,
    zone: &Zone,
    id: AssignmentId,
    rule: &str,
    reason: &str,
) -> Result<(MissionId, Event), PlanError> {
    let assignment = store::find_assignment(tx, id).await?.ok_or(PlanError::NotFound)?;
    let mission = store::find_mission(tx, assignment.mission_id).await?.ok_or(PlanError::NotFound)?;
    let reason: String = reason.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect();
    if reason.chars().count() < 3 {
        return Err(PlanError::Fields(vec![("reason", "rule.reason")]));
    }
    let now = tx.now();
    let sheet = check_person(tx, zone, now, assignment.crew_member_id, &mission, Beside::All).await?;
    let theirs = || {
        let overruled = sheet.overruled(assignment.crew_member_id, mission.id).map(|(finding, _)| finding);
        sheet.of(assignment.crew_member_id, mission.id).chain(overruled).filter(|finding| finding.rule == rule)
    };
    if let Some(hard) = theirs().find(|finding| finding.severity == Severity::Hard) {
        return Err(PlanError::Blocked(vec![hard.rule]));
    }
    // A rule may be broken more than once by a mission: before it and after it.
    let worst = theirs().max_by_key(|finding| excess(finding)).ok_or(PlanError::NoRule)?;
    let by = (permit.actor().account().map(|account| account.0), now);
    store::set_override(tx, id, rule, &reason, excess(worst), by).await?;
    let person = find_crew_member_in(tx, assignment.crew_member_id).await?.map(|person| person.name).unwrap_or_default();
    let event = Event::new("rule.overruled", id.into()).with("mission", mission.title).with("person", person);
    let event = event.with("rule", rule).with("measured", worst.measured).with("limit", worst.limit);
    Ok((mission.id, event.with("reason", reason)))
}

/// Lets a rule count again that was overruled, and gives the mission.
///
/// Permission: manager. Audit: `rule.restored`.
///
/// # Errors
/// [`PlanError::NotFound`]; [`PlanError::NoRule`] when it was not overruled.
pub async fn restore_rule(app: &App, permit: Permit<OverrideRule>, id: AssignmentId, rule: &str) -> Result<MissionId, PlanError> {
    let mut tx = audit::begin(app, &permit).await?;
    let assignment = store::find_assignment(&mut tx, id).await?.ok_or(PlanError::NotFound)?;
    if !store::drop_override(&mut tx, id, rule).await? {
        return Err(PlanError::NoRule);
    }
    let mission = find_sheet(&mut tx, assignment.mission_id).await?.ok_or(PlanError::NotFound)?.mission;
    let person = find_crew_member_in(&mut tx, assignment.crew_member_id).await?.map(|person| person.name).unwrap_or_default();
    let event = Event::new("rule.restored", id.into()).with("mission", mission.title).with("person", person);
    tx.commit(event.with("rule", rule)).await?;
    Ok(mission.id)
}

/// Refuses to ask somebody against hard rules. With a `reason`, soft rules are overruled, and the events of that are given; without
/// one they stay open, and are given themselves: the programs of the system that Régie replaces know of no reasons.
///
/// # Errors
/// [`PlanError::Blocked`].
pub(super) async fn clear_to_ask<A: Action>(
    tx: &mut Tx,
    permit: &Permit<A>,
    zone: &Zone,
    (id, person): (AssignmentId, CrewMemberId),
    mission: &Mission,
    reason: &str,
) -> Result<(Vec<Event>, Vec<&'static str>), PlanError> {
    let now = tx.now();
    // Missions at the same time are left out: of two that overlap one at most is accepted, and programs expect to be refused then.
    let sheet = check_person(tx, zone, now, person, mission, Beside::Others).await?;
    let findings = || sheet.of(person, mission.id);
    let rules = |severity| {
        let mut rules: Vec<_> = findings().filter(|finding| finding.severity == severity).map(|finding| finding.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    };
    let (hard, soft) = (rules(Severity::Hard), rules(Severity::Soft));
    if !hard.is_empty() {
        return Err(PlanError::Blocked(hard));
    }
    if reason.trim().is_empty() {
        return Ok((Vec::new(), soft));
    }
    let mut events = Vec::new();
    for rule in soft {
        events.push(override_in(tx, permit, zone, id, rule, reason).await?.1);
    }
    Ok((events, Vec::new()))
}
