nav-figures = Chiffres
figures-span = Douze semaines, du { $from } au { $to }
figures-before = Douze semaines plus tôt
figures-after = Douze semaines plus tard
figures-week = S{ $number }
figures-week-word = Semaine
figures-table = Voir le tableau
figures-sum = Total
figures-hours = Heures planifiées
figures-hours-sentence = { $count ->
    [one] Une personne, { $hours } au total.
   *[other] { $count } personnes, { $hours } au total.
}
figures-hours-most = La plus longue semaine : { $name }, { $hours }.
figures-hours-key = Le trait marque 48 h ; au-delà, le nombre est en gras.
figures-hours-of = { $name } : { $hours } en douze semaines, au plus { $most } en une semaine.
figures-empty-title = Personne n’est affecté
figures-empty-text = Les heures apparaissent ici dès que des personnes sont affectées à des missions.
figures-fill = Places pourvues
figures-fill-sentence = Places pourvues : { $filled } sur { $quota }, soit { $percent } %.
figures-fill-none = Aucune place à pourvoir sur ces semaines.
figures-fill-key = En pourcentage des places de chaque semaine, brouillons compris.
figures-filled = Pourvues
figures-places = Places
figures-rate = Taux
figures-percent = { $number } %
figures-costs = Coût par projet
figures-costs-sentence = { $sum } au total, hors charges, brouillons compris.
figures-costs-unknown = { $count ->
    [one] Une affectation sans tarif n’est pas comptée.
   *[other] { $count } affectations sans tarif ne sont pas comptées.
}
figures-costs-empty = Les coûts apparaissent ici dès que des personnes sont affectées à des missions.
figures-cost = Coût
figures-counted = Affectations comptées
figures-uncounted = Sans tarif
figures-cost-of = { $name } : { $sum }
