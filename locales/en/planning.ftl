nav-plan = Plan
nav-projects = Projects
nav-my-missions = My missions
nav-availability = My availability
nav-time-off = Time off
project-new = New project
project-create = Make the project
project-search = Name or client
project-all = All projects
project-draft = Draft
project-active = Active
project-archived = Archived
project-client = Client
project-from = From
project-to = To
project-colour = Colour
project-colour-n = Colour { $number }
project-notes = Notes
project-empty-title = No project
project-empty-text = A project holds missions together: a show, a festival, a client.
project-delete = Delete the project
project-delete-lead = Its missions stay, without a project.
mission-new = Mission
mission-create = Make the mission
mission-edit = Change the mission
mission-title = Title
mission-project = Project
mission-no-project = No project
mission-starts = Beginning
mission-ends = End
mission-break = Planned break, in minutes
mission-needs = Roles
mission-needs-help = One role a line: 2 Sound — or 1 Light (electrical permit 2) to ask for a skill and its level.
mission-place = Place
mission-address = Address
mission-contact = Contact on site
mission-contact-help = Name and phone.
mission-answer-hours = Answer expected within, in hours
mission-answer-hours-help = Counted from the invitation; 0: no deadline. A reminder goes out half-way; without an answer in time, the place is given back.
mission-cascades = When somebody declines, or does not answer in time, offer the place to the next person
mission-notes = Notes for the crew
mission-duplicate = Duplicate
mission-duplicate-days = Days later
mission-delete = Delete the mission
mission-delete-lead = If people have heard of it, they are told that it is off.
mission-off = Mission called off. Those who were told still see it.
assignment-draft = Draft
assignment-invited = Invited
assignment-accepted = Confirmed
assignment-declined = Declined
assignment-cancelled = Cancelled
assignment-changed = Changed since told
assignment-cancel = Take off the mission
assign-role = Add: { $role }
assign-anybody = Add a person
assign-choose = Choose
assign-button = Assign
assign-others = Without a role
answer-for-yes = Has accepted
answer-for-no = Has declined
answer-remind = Remind
answer-waiting = To answer
answer-by = Answer before { $when }
answer-released = Place given back, no answer in time
place-passed-on = Place offered to { $name }
place-nobody-left = Nobody else can be offered this place. Choose somebody, or change the mission.
answer-yes = Accept
answer-no = Decline
answer-change = Change my answer
answer-withdraw = I cannot any more
answer-reason = Reason (optional)
answer-hello = Hello { $name }. This page answers for you only.
answer-no-sure = Decline the mission
colleagues = With { $names }
move-end-earlier = Ends earlier: { $to } instead of { $from }
move-end-later = Ends later: { $to } instead of { $from }
move-start-earlier = Starts earlier: { $to } instead of { $from }
move-start-later = Starts later: { $to } instead of { $from }
move-from = Moved: it was { $when }
move-place = Another place: it was { $place }
mission-now = Now
mission-next = Next
my-missions-title = Your missions
my-missions-empty-title = Nothing planned
my-missions-empty-text = Your missions appear here as soon as they are published.
plan-week = Week { $number }
plan-change-week = Change the week
plan-before = Week before
plan-after = Week after
plan-copy = Copy to the next week
plan-legend = Legend
plan-open = Open
plan-absent = Absent
plan-filled = places filled
plan-caption = Missions by project and by person, day by day
plan-who = Project or person
plan-places = { $quota ->
    [one] { $filled } of { $quota } place filled
   *[other] { $filled } of { $quota } places filled
}

plan-hours-of = Planned hours of { $name }, of 48
publish-title = Publish the week
publish-lead = Each person gets one mail, with what is new or has changed for them.
publish-button = Publish and tell
publish-new = New: { $missions }
publish-changed = Changed: { $missions }
publish-no-address = No address
publish-empty-title = All is published
publish-empty-text = Nobody has anything to hear about this week.
kind-available = Available
kind-unavailable = Unavailable
kind-preferred = Preferred
kind-time-off = Time off
time-off-help = Asked for, then agreed to by a manager
time-off-pending = Waiting
time-off-approved = Agreed
time-off-rejected = Refused
time-off-approve = Agree
time-off-reject = Refuse
time-off-granted = Agreed, still to come
time-off-granted-on = Agreed on { $date }
time-off-take-back = Take it back
time-off-empty-title = No request
time-off-empty-text = The crew’s requests for time off arrive here.
availability-lead = What you say here guides the plan. Time off must be agreed to.
availability-new = Add
availability-kind = I am
availability-note = Note (optional)
availability-again = Comes again
availability-weeks = Every … weeks (0: once)
availability-until = Until (optional)
availability-withdraw = Take back
availability-empty-title = Nothing declared
availability-empty-text = Without a word from you, you count as available.
flash-plan-published = Plan published. The mails are on their way.
flash-mission-copied = Copied, as drafts.
flash-mission-deleted = Mission deleted.
flash-reminded = Reminder sent, with a new link.
flash-answer-accepted = Thank you, noted: you will be there.
flash-answer-declined = Noted: you will not be there.
failure-project-taken = Another project has this name.
failure-project-archived = This project is archived: it takes no new missions.
failure-assignment-exists = This person is on the mission already.
failure-assignment-filled = All places of this role are taken.
failure-assignment-overlap = This mission overlaps one that is accepted already.
failure-assignment-state = There is nothing to answer here any more.
failure-assignment-released = The time to answer has passed: the place was given back. If you are free, tell whoever invited you.
failure-nothing-waits = No mission ahead waits for an answer from this person.
failure-answer-hours = From 0 to 720 hours.
failure-availability-overlap = This time off overlaps time off that is agreed already.
failure-date = Unreadable date or time.
failure-birth = Write the date of birth of somebody aged 14 to 100.
failure-time-order = The end must come after the beginning.
failure-time-long = This is too long. Check the dates.
failure-break = The break must fit into the mission.
failure-needs = One role a line, each name once: 2 Sound.
failure-status = There is no such state.
failure-length = This number is out of bounds.
plan-publish = { $count ->
    [0] Publish
    [one] Publish one change
   *[other] Publish { $count } changes
}
plan-people = { $count ->
    [one] one person
   *[other] { $count } people
}
plan-open-places = { $count ->
    [one] one place
   *[other] { $count } places
}
availability-every = { $count ->
    [one] every week
   *[other] every { $count } weeks
}
nav-conflicts = Conflicts
conflict-hard = Blocking
conflict-soft = Warning
conflict-open = Open
conflicts-empty-title = No conflict
conflicts-empty-text = These four weeks keep all known rules.
conflicts-about = Computed from the plan and, for the past, from real punches. Rules: French labour code, and the collective agreement chosen in the settings (IDCC 1285 or 2717).
plan-conflicts = { $count ->
    [0] No conflict
    [one] One conflict
   *[other] { $count } conflicts
}
