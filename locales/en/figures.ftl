nav-figures = Figures
figures-span = Twelve weeks, from { $from } to { $to }
figures-before = Twelve weeks earlier
figures-after = Twelve weeks later
figures-week = W{ $number }
figures-week-word = Week
figures-table = See the table
figures-sum = Total
figures-hours = Planned hours
figures-hours-sentence = { $count ->
    [one] One person, { $hours } in all.
   *[other] { $count } people, { $hours } in all.
}
figures-hours-most = The longest week: { $name }, { $hours }.
figures-hours-key = The line is at 48 h; beyond it the number is bold.
figures-hours-of = { $name }: { $hours } in twelve weeks, { $most } in one week at most.
figures-empty-title = Nobody is assigned
figures-empty-text = Hours appear here as soon as people are assigned to missions.
figures-fill = Filled places
figures-fill-sentence = Filled places: { $filled } of { $quota }, { $percent }%.
figures-fill-none = There are no places to fill in these weeks.
figures-fill-key = In percent of each week’s places, drafts included.
figures-filled = Filled
figures-places = Places
figures-rate = Rate
figures-percent = { $number }%
figures-costs = Cost per project
figures-costs-sentence = { $sum } in all, before employer contributions, drafts included.
figures-costs-unknown = { $count ->
    [one] One assignment without a rate is not counted.
   *[other] { $count } assignments without a rate are not counted.
}
figures-costs-empty = Costs appear here as soon as people are assigned to missions.
figures-cost = Cost
figures-counted = Assignments counted
figures-uncounted = Without a rate
figures-cost-of = { $name }: { $sum }
