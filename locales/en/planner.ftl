plan-day = Day
plan-week-word = Week
plan-month = Month
plan-span = Time shown
plan-rows = Rows
plan-missions = Missions
plan-by-person = People
plan-day-before = Previous day
plan-day-after = Next day
plan-month-before = Previous month
plan-month-after = Next month
plan-undo = Undo the last change
plan-redo = Redo
plan-help = Keyboard
plan-help-title = The plan by keyboard
plan-help-lead = These keys work while the plan has the focus. Everything can also be done with the fields of the panel.
plan-close-panel = Close the panel
plan-full-page = The whole mission
plan-take-off = Take { $name } off
plan-set-times = Save the times
plan-split = Split
plan-split-at = Split at
plan-new-title = New mission
plan-new-for = For { $name }
plan-legend-invited = Asked
plan-legend-changed = Changed
plan-choose = Change several
plan-chosen = Selected:
plan-choose-none = Select none
bulk-title = Change together
bulk-choice = Missions to change
bulk-nothing = No mission here. Make one, or go to another week.
bulk-minutes = Minutes later
bulk-move = Move
bulk-person = Assign somebody
bulk-delete = Delete or take off
bulk-delete-help = A mission is deleted; a person is taken off theirs.
plan-refused = Nothing was changed
plan-now = Now
plan-asked-for = Your change
plan-keep = Keep what is there
plan-apply-anyway = Apply it anyway
close = Close
publish-off = Taken off: { $missions }
key-move = Move around
key-open = Open the mission or the selection, make one in an empty cell
key-select = Select
key-extend = Extend the selection
key-days = A day earlier, later
key-minutes = 30 minutes earlier, later
key-stretch = 30 minutes shorter, longer
key-cut = Cut, to move it or to give it to somebody else
key-copy = Copy
key-paste = Paste into the cell
key-duplicate = Duplicate to the next day
key-assign = Assign somebody, also to all that is selected
key-split = Split
key-new = New mission in the cell
key-delete = Delete the mission, or take the person off
key-publish = Publish
key-escape = Close, select nothing
asked-move-days = { $days ->
    [one] Move by { $days } day
   *[other] Move by { $days } days
}
asked-move-hours = Move by { $by }
asked-stretch = Change the end by { $by }
asked-day = To { $day }
asked-split = Split at { $time }
said-nothing = Nothing to change.
said-undone = Undone: { $what }
said-redone = Redone: { $what }
said-split = “{ $title }” split in two.
said-assigned = Assignment made on “{ $title }”.
said-created = “{ $title }” created.
said-moved = { $count ->
    [one] “{ $title }” moved.
   *[other] { $count } missions moved.
}
said-times = { $count ->
    [one] Times of “{ $title }” changed.
   *[other] Times of { $count } missions changed.
}
said-copied = { $count ->
    [one] “{ $title }” copied.
   *[other] { $count } missions copied.
}
said-deleted = { $count ->
    [one] “{ $title }”: taken away.
   *[other] { $count } missions: taken away.
}
flash-plan-edited = Plan changed. Nobody is told before it is published.
flash-plan-undone = Last change undone.
flash-plan-redone = Change redone.
failure-no-step = There is nothing to undo or redo.
failure-step-stale = Somebody has changed these missions since: this step can no longer be undone.
failure-step-lost = This step can no longer be undone or redone: a project is archived, somebody is no longer in the crew or is busy elsewhere. It is forgotten.
failure-edit = This change cannot be read. Reload the page.
failure-edit-nothing = Nothing is selected. Tick at least one line.
failure-edit-nobody = Choose a person, then assign.
failure-split = Choose a time between start and end.
plan-lost = Network lost: nothing was changed.
templates-title = Templates
templates-lead = Days of missions, ready to be pasted on a date.
templates-empty-title = No template
templates-empty-text = Keep a day of the plan as a template.
template-new = New template
template-new-lead = Choose days of the plan. Their missions are kept with times, places and roles, without the people.
template-from = From
template-to = To
template-all-projects = All projects
template-look = Preview
template-name-help = For instance: Set-up, day before.
template-save = { $count ->
    [one] Keep one mission
   *[other] Keep { $count } missions
}
template-missions = { $count ->
    [0] No mission
    [one] one mission
   *[other] { $count } missions
}
template-days = { $count ->
    [one] one day
   *[other] { $count } days
}
template-day = Day { $number }
template-paste = Paste
template-paste-one = Paste a template
template-keep = Keep as a template
template-paste-on = First day
template-preview = { $count ->
    [one] One mission will be made as a draft, from { $from } to { $to }.
   *[other] { $count } missions will be made as drafts, from { $from } to { $to }.
}
template-preview-day = { $count ->
    [one] One mission will be made as a draft, on { $day }.
   *[other] { $count } missions will be made as drafts, on { $day }.
}
template-paste-button = { $count ->
    [one] Paste one mission
   *[other] Paste { $count } missions
}
template-rename = Rename
template-delete = Delete the template
template-delete-lead = Missions that were pasted stay.
said-pasted = { $count ->
    [one] “{ $title }” pasted.
   *[other] { $count } missions pasted.
}
flash-template-pasted = Template pasted, as drafts. The planner can undo it in one step.
flash-template-deleted = Template deleted.
failure-template-taken = Another template has this name.
failure-template-empty = There are no missions on these days.
