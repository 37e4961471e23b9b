//! What can be asked of this room.

use crate::access::For;
use crate::kernel::Role;

crate::actions! {
    /// See the projects and missions of the organisation.
    ReadPlan: "plan.read", For::Member(Role::Tech), Read;
    /// See who is assigned, who could be, and what rules say.
    ReadStaffing: "plan.read_staffing", For::Member(Role::Manager), Read;
    /// See what people can do and how they are employed.
    ReadProfiles: "profile.read", For::Member(Role::Manager), Read;
    /// See one's own profile, rates, times and conflicts.
    ReadMyProfile: "profile.read_mine", For::Member(Role::Tech), Read;
    /// Change what people can do and how they are employed.
    ManageProfiles: "profile.manage", For::Member(Role::Manager), Write;
    /// See what people cost.
    ReadRates: "rate.read", For::Member(Role::Manager), Read;
    /// Set what people cost.
    ManageRates: "rate.manage", For::Member(Role::Manager), Write;
    /// Make and change projects.
    ManageProjects: "project.manage", For::Member(Role::Manager), Write;
    /// Delete a project.
    DeleteProject: "project.delete", For::Member(Role::Admin), Write;
    /// Make, change, copy and delete missions.
    ManageMissions: "mission.manage", For::Member(Role::Manager), Write;
    /// Keep missions as templates, rename and delete those.
    ManageTemplates: "template.manage", For::Member(Role::Manager), Write;
    /// Assign people, and take assignments back.
    Assign: "assignment.manage", For::Member(Role::Manager), Write;
    /// Change the plan in the planner, and take changes back.
    EditPlan: "plan.edit", For::Member(Role::Manager), Write;
    /// Let somebody work against a soft rule, for a written reason.
    OverrideRule: "rule.override", For::Member(Role::Manager), Write;
    /// Tell people what they are assigned to.
    Publish: "plan.publish", For::Member(Role::Manager), Write;
    /// Mail people what they have been told.
    TellPeople: "plan.tell", For::System, Write;
    /// Give places back whose people have not answered in time.
    ReleasePlace: "assignment.release", For::System, Write;
    /// Offer places that people have left to the next.
    OfferPlace: "assignment.offer", For::System, Write;
    /// See one's own missions.
    ReadMyMissions: "plan.read_mine", For::Member(Role::Tech), Read;
    /// Accept or decline one's own missions.
    AnswerMine: "assignment.answer_mine", For::Member(Role::Tech), Write;
    /// Look at a mailed question before answering it.
    ReadAnswerLink: "assignment.read_link", For::Everyone, Read;
    /// Accept or decline with a mailed link.
    AnswerByLink: "assignment.answer_by_link", For::Everyone, Write;
    /// Make and end the calendar address of one's own missions.
    ManageMyFeed: "calendar.manage_mine", For::Member(Role::Tech), Write;
    /// Make the calendar address of a project; end it, or a person's.
    ManageFeeds: "calendar.manage", For::Member(Role::Manager), Write;
    /// Read what a calendar address shows.
    ReadFeed: "calendar.read", For::Everyone, Read;
    /// Say when one can work, ask for time off.
    DeclareAvailability: "availability.declare", For::Member(Role::Tech), Write;
    /// See when people can work.
    ReadAvailability: "availability.read", For::Member(Role::Manager), Read;
    /// Agree to time off, or not; say when somebody can work, for them.
    DecideAvailability: "availability.decide", For::Member(Role::Manager), Write;
    /// Write who is assigned and has answered, for the demonstration.
    SeedPlan: "plan.seed", For::System, Write;
}
