//! Soft rules may be overruled for somebody's assignment, with a written reason by a role that may. Hard ones never are.

use super::rules::{Finding, Severity};
use super::store::Override;

/// What is left of findings, and what was overruled.
#[derive(Clone, Debug, Default)]
pub struct Ruled {
    pub open: Vec<Finding>,
    pub overruled: Vec<(Finding, Override)>,
}

/// How far a finding is from what the rule allows, in the rule's own unit.
pub const fn excess(finding: &Finding) -> i64 {
    (finding.measured - finding.limit).abs()
}

/// Takes out what was overruled: the rule, for a mission that the finding names, and no worse than it was when the reason was
/// written.
pub fn rule_out(findings: Vec<Finding>, overrides: &[Override]) -> Ruled {
    let mut ruled = Ruled::default();
    for finding in findings {
        let covers = |known: &&Override| {
            known.rule == finding.rule && finding.shifts.contains(&known.mission_id.0) && excess(&finding) <= known.excess
        };
        match overrides.iter().find(covers).filter(|_| finding.severity == Severity::Soft).cloned() {
            Some(known) => ruled.overruled.push((finding, known)),
            None => ruled.open.push(finding),
        }
    }
    ruled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{AssignmentId, CrewMemberId, Instant, MissionId};
    use crate::planning::rules::{Cure, Kind, Unit, When};
    use jiff::civil::date;

    fn finding(rule: &'static str, severity: Severity, measured: i64) -> Finding {
        Finding {
            rule,
            article: "",
            source: "",
            severity,
            kind: Kind::WeeklyWork,
            shifts: vec![7, 8],
            measured,
            limit: 100,
            unit: Unit::Minutes,
            when: When::Week(date(2026, 11, 23)),
            skill: None,
            cure: Cure::Rework,
        }
    }

    #[test]
    fn a_reason_covers_its_rule_its_mission_and_no_worse() {
        let known = Override {
            assignment_id: AssignmentId(1),
            crew_member_id: CrewMemberId(1),
            mission_id: MissionId(8),
            rule: "week".to_owned(),
            reason: "Première".to_owned(),
            account_id: None,
            created_at: Instant(0),
            excess: 20,
        };
        let open = |finding: Finding| rule_out(vec![finding], std::slice::from_ref(&known)).open.len();
        assert_eq!(open(finding("week", Severity::Soft, 120)), 0);
        assert_eq!(open(finding("week", Severity::Soft, 110)), 0, "it became better");
        assert_eq!(open(finding("week", Severity::Soft, 121)), 1, "it became worse");
        assert_eq!(open(finding("rest", Severity::Soft, 120)), 1, "another rule");
        assert_eq!(open(finding("week", Severity::Hard, 120)), 1, "hard rules stay");
        assert_eq!(open(Finding { shifts: vec![7], ..finding("week", Severity::Soft, 120) }), 1, "another mission");
    }
}
