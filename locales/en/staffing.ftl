candidates-title = Who can do it
candidates-fit = Suitable
candidates-need-reason = With a written reason
candidates-blocked = Impossible
candidates-fits = Suitable
candidates-needs-reason = Reason needed
candidates-is-blocked = Impossible
candidates-place = Rank
candidates-reasons = For and against
candidates-week = Week
candidates-load = Nights · weekends · mornings
candidates-cost = Cost
candidates-who-cannot = { $count ->
    [one] One person cannot
   *[other] { $count } people cannot
}
candidates-invite = Invite
candidates-invite-name = Invite { $name }
candidates-assign-name = Assign { $name }
candidates-none-title = All places are filled
candidates-none-text = Take somebody off or add a role to see who can do it.
candidates-about = In this order: who breaks no rule, who has not declined, who prefers the time, who has had fewest nights, weekends or mornings of the kind in twelve weeks, who works least that week, who costs least.
reason-prefers = Prefers this time
reason-skilled = Skill, level { $level }
reason-less-load = Less often than others: { $count } in twelve weeks, against { $middle }
reason-more-load = More often than others: { $count } in twelve weeks, against { $middle }
reason-was-on = Has declined or left this mission
reason-no-rate = No rate
overrule = Overrule
overrule-reason = Reason for overruling
overrule-help = It stays on file with your name. If the excess grows, the rule counts again.
overrule-button = Save and overrule
overrule-restore = Let the rule count again
overruled = Overruled
flash-rule-overruled = Rule overruled.
flash-rule-restored = The rule counts again.
failure-rule-blocked = A blocking rule forbids it. Change the plan, then try again.
failure-rule-open = A rule wants a written reason. Assign the person without asking them, write the reason, then publish.
failure-rule-reason = Write why, in a few words.
failure-rule-none = This rule says nothing of this assignment.
cost-line = Planned cost: { $amount }, before employer contributions.
cost-unknown = { $count ->
    [one] One person has no rate.
   *[other] { $count } people have no rate.
}
publish-held-title = Held back by rules
publish-held-lead = Nobody is told of these assignments until the rule is kept, or a reason is written.
flash-plan-held = Plan published. What rules hold back waits on the Publish page.
may-rule-override = Overrule a rule, in writing
event-rule-overruled = Rule overruled
event-rule-restored = Rule counts again
fact-rule = Rule
fact-measured = Measured
fact-limit = Limit
fact-held = Held back
