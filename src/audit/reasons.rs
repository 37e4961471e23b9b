//! The closed list of changes that leave no event: each would drown the others and says nothing that another event does
//! not say. A new line here wants a second reader.

/// Why a change leaves no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// A phone renews its code every half minute; what counts is its use, which is audited.
    BadgeIssued,
    /// A kiosk says every half minute that it is there.
    KioskSeen,
    /// A step of the planner that can no longer be undone is forgotten; what changed since has its own events.
    PlanStepForgotten,
}
