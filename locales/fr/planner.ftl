plan-day = Jour
plan-week-word = Semaine
plan-month = Mois
plan-span = Durée affichée
plan-rows = Lignes
plan-missions = Missions
plan-by-person = Personnes
plan-day-before = Jour précédent
plan-day-after = Jour suivant
plan-month-before = Mois précédent
plan-month-after = Mois suivant
plan-undo = Annuler la dernière modification
plan-redo = Rétablir
plan-help = Clavier
plan-help-title = Le planning au clavier
plan-help-lead = Ces touches agissent quand le planning a le focus. Tout est aussi possible par les champs du panneau.
plan-close-panel = Fermer le panneau
plan-full-page = Toute la fiche
plan-take-off = Retirer { $name }
plan-set-times = Enregistrer les horaires
plan-split = Scinder
plan-split-at = Scinder à
plan-new-title = Nouvelle mission
plan-new-for = Pour { $name }
plan-legend-invited = Invitée
plan-legend-changed = Modifiée
plan-choose = Modifier plusieurs
plan-chosen = Sélection :
plan-choose-none = Ne rien sélectionner
bulk-title = Modifier ensemble
bulk-choice = Missions à modifier
bulk-nothing = Aucune mission ici. Créez-en une, ou changez de semaine.
bulk-minutes = Minutes plus tard
bulk-move = Décaler
bulk-person = Affecter quelqu’un
bulk-delete = Supprimer ou retirer
bulk-delete-help = Une mission est supprimée ; une personne est retirée de la sienne.
plan-refused = Rien n’a été changé
plan-now = Maintenant
plan-asked-for = Votre changement
plan-keep = Garder ce qui est
plan-apply-anyway = Appliquer quand même
close = Fermer
publish-off = Retiré : { $missions }
key-move = Se déplacer
key-open = Ouvrir la mission ou la sélection, créer dans une case vide
key-select = Sélectionner
key-extend = Étendre la sélection
key-days = Un jour plus tôt, plus tard
key-minutes = 30 minutes plus tôt, plus tard
key-stretch = 30 minutes plus court, plus long
key-cut = Couper, pour déplacer ou donner à une autre personne
key-copy = Copier
key-paste = Coller dans la case
key-duplicate = Dupliquer au lendemain
key-assign = Affecter quelqu’un, aussi à toute la sélection
key-split = Scinder
key-new = Nouvelle mission dans la case
key-delete = Supprimer la mission, ou retirer la personne
key-publish = Publier
key-escape = Fermer, ne rien sélectionner
asked-move-days = { $days ->
    [one] Décaler de { $days } jour
   *[other] Décaler de { $days } jours
}
asked-move-hours = Décaler de { $by }
asked-stretch = Changer la fin de { $by }
asked-day = Au { $day }
asked-split = Scinder à { $time }
said-nothing = Rien à changer.
said-undone = Annulé : { $what }
said-redone = Rétabli : { $what }
said-split = « { $title } » scindée en deux.
said-assigned = Affectation faite sur « { $title } ».
said-created = « { $title } » créée.
said-moved = { $count ->
    [one] « { $title } » déplacée.
   *[other] { $count } missions déplacées.
}
said-times = { $count ->
    [one] Horaires de « { $title } » changés.
   *[other] Horaires de { $count } missions changés.
}
said-copied = { $count ->
    [one] « { $title } » copiée.
   *[other] { $count } missions copiées.
}
said-deleted = { $count ->
    [one] « { $title } » : retiré.
   *[other] { $count } missions : retiré.
}
flash-plan-edited = Planning modifié. Personne n’est prévenu avant la publication.
flash-plan-undone = Dernière modification annulée.
flash-plan-redone = Modification rétablie.
failure-no-step = Il n’y a rien à annuler ou à rétablir.
failure-step-stale = Quelqu’un a changé ces missions depuis : cette étape ne peut plus être annulée.
failure-step-lost = Cette étape ne peut plus être annulée ni rétablie : un projet est archivé, une personne n’est plus dans l’équipe ou est prise ailleurs. Elle est oubliée.
failure-edit = Cette modification est illisible. Rechargez la page.
failure-edit-nothing = Rien n’est sélectionné. Cochez au moins une ligne.
failure-edit-nobody = Choisissez une personne, puis affectez.
failure-split = Choisissez une heure entre le début et la fin.
plan-lost = Réseau coupé : rien n’a été changé.
templates-title = Modèles
templates-lead = Des journées de missions prêtes à coller sur une date.
templates-empty-title = Aucun modèle
templates-empty-text = Enregistrez une journée du planning comme modèle.
template-new = Nouveau modèle
template-new-lead = Choisissez des jours du planning. Leurs missions sont gardées avec horaires, lieux et postes, sans les personnes.
template-from = Du
template-to = Au
template-all-projects = Tous les projets
template-look = Aperçu
template-name-help = Par exemple : Montage J-1.
template-save = { $count ->
    [one] Enregistrer une mission
   *[other] Enregistrer { $count } missions
}
template-missions = { $count ->
    [0] Aucune mission
    [one] une mission
   *[other] { $count } missions
}
template-days = { $count ->
    [one] un jour
   *[other] { $count } jours
}
template-day = Jour { $number }
template-paste = Coller
template-paste-one = Coller un modèle
template-keep = Enregistrer comme modèle
template-paste-on = Premier jour
template-preview = { $count ->
    [one] Une mission sera créée en brouillon, du { $from } au { $to }.
   *[other] { $count } missions seront créées en brouillon, du { $from } au { $to }.
}
template-preview-day = { $count ->
    [one] Une mission sera créée en brouillon, le { $day }.
   *[other] { $count } missions seront créées en brouillon, le { $day }.
}
template-paste-button = { $count ->
    [one] Coller une mission
   *[other] Coller { $count } missions
}
template-rename = Renommer
template-delete = Supprimer le modèle
template-delete-lead = Les missions déjà collées restent.
said-pasted = { $count ->
    [one] « { $title } » collée.
   *[other] { $count } missions collées.
}
flash-template-pasted = Modèle collé, en brouillon. Le planning peut l’annuler en une fois.
flash-template-deleted = Modèle supprimé.
failure-template-taken = Un autre modèle a ce nom.
failure-template-empty = Il n’y a aucune mission ces jours-là.
