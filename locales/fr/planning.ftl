nav-plan = Planning
nav-projects = Projets
nav-my-missions = Mes missions
nav-availability = Mes disponibilités
nav-time-off = Congés
project-new = Nouveau projet
project-create = Créer le projet
project-search = Nom ou client
project-all = Tous les projets
project-draft = Brouillon
project-active = Actif
project-archived = Archivé
project-client = Client
project-from = Du
project-to = Au
project-colour = Couleur
project-colour-n = Couleur { $number }
project-notes = Notes
project-empty-title = Aucun projet
project-empty-text = Un projet réunit des missions : un spectacle, un festival, un client.
project-delete = Supprimer le projet
project-delete-lead = Ses missions restent, sans projet.
mission-new = Mission
mission-create = Créer la mission
mission-edit = Modifier la mission
mission-title = Titre
mission-project = Projet
mission-no-project = Sans projet
mission-starts = Début
mission-ends = Fin
mission-break = Pause prévue, en minutes
mission-needs = Postes
mission-needs-help = Un poste par ligne : 2 Son — ou 1 Lumière (habilitation électrique 2) pour demander une compétence et son niveau.
mission-place = Lieu
mission-address = Adresse
mission-contact = Contact sur place
mission-contact-help = Nom et téléphone.
mission-answer-hours = Réponse attendue sous, en heures
mission-answer-hours-help = Comptées depuis l’invitation ; 0 : sans délai. Une relance part à mi-chemin ; sans réponse à temps, la place est rendue.
mission-cascades = Si quelqu’un refuse ou ne répond pas à temps, proposer la place à la personne suivante
mission-notes = Notes pour l’équipe
mission-duplicate = Dupliquer
mission-duplicate-days = Jours plus tard
mission-delete = Supprimer la mission
mission-delete-lead = Si des personnes en ont entendu parler, elles sont prévenues de l’annulation.
mission-off = Mission annulée. Les personnes prévenues la voient encore.
assignment-draft = Brouillon
assignment-invited = Invitation envoyée
assignment-accepted = Confirmée
assignment-declined = Refusée
assignment-cancelled = Annulée
assignment-changed = Modifiée depuis l’envoi
assignment-cancel = Retirer de la mission
assign-role = Ajouter : { $role }
assign-anybody = Ajouter une personne
assign-choose = Choisir
assign-button = Affecter
assign-others = Sans poste
answer-for-yes = A accepté
answer-for-no = A refusé
answer-remind = Relancer
answer-waiting = À répondre
answer-by = À répondre avant { $when }
answer-released = Place rendue, sans réponse à temps
place-passed-on = Place proposée à { $name }
place-nobody-left = Personne d’autre ne peut recevoir cette place. Choisissez quelqu’un, ou changez la mission.
answer-yes = Accepter
answer-no = Refuser
answer-change = Changer ma réponse
answer-withdraw = Je ne peux plus
answer-reason = Raison (facultative)
answer-hello = Bonjour { $name }. Cette page ne répond que pour vous.
answer-no-sure = Refuser la mission
colleagues = Avec { $names }
move-end-earlier = Fin avancée de { $from } à { $to }
move-end-later = Fin repoussée de { $from } à { $to }
move-start-earlier = Début avancé de { $from } à { $to }
move-start-later = Début repoussé de { $from } à { $to }
move-from = Déplacée : c’était { $when }
move-place = Autre lieu : c’était { $place }
mission-now = En cours
mission-next = La prochaine
my-missions-title = Vos missions
my-missions-empty-title = Rien de prévu
my-missions-empty-text = Vos missions apparaissent ici dès qu’elles sont publiées.
plan-week = Semaine { $number }
plan-change-week = Changer de semaine
plan-before = Semaine précédente
plan-after = Semaine suivante
plan-copy = Copier vers la semaine suivante
plan-legend = Légende
plan-open = À pourvoir
plan-absent = Absence
plan-filled = places pourvues
plan-caption = Missions par projet et par personne, jour par jour
plan-who = Projet ou personne
plan-places = { $filled ->
    [one] { $filled } place sur { $quota } pourvue
   *[other] { $filled } places sur { $quota } pourvues
}

plan-hours-of = Heures planifiées de { $name }, sur 48
publish-title = Publier la semaine
publish-lead = Chaque personne reçoit un seul e-mail, avec ce qui est nouveau ou a changé pour elle.
publish-button = Publier et prévenir
publish-new = Nouveau : { $missions }
publish-changed = Changé : { $missions }
publish-no-address = Sans adresse
publish-empty-title = Tout est publié
publish-empty-text = Personne n’a rien à apprendre sur cette semaine.
kind-available = Disponible
kind-unavailable = Indisponible
kind-preferred = De préférence
kind-time-off = Congé
time-off-help = Demandé, puis accordé par un manager
time-off-pending = En attente
time-off-approved = Accordé
time-off-rejected = Refusé
time-off-approve = Accorder
time-off-reject = Refuser
time-off-granted = Accordés, à venir
time-off-granted-on = Accordé le { $date }
time-off-take-back = Retirer ce congé
time-off-empty-title = Aucune demande
time-off-empty-text = Les demandes de congé de l’équipe arrivent ici.
availability-lead = Ce que vous dites ici guide le planning. Un congé doit être accordé.
availability-new = Ajouter
availability-kind = Je suis
availability-note = Note (facultative)
availability-again = Se répète
availability-weeks = Toutes les … semaines (0 : une fois)
availability-until = Jusqu’au (facultatif)
availability-withdraw = Retirer
availability-empty-title = Rien de déclaré
availability-empty-text = Sans indication, vous êtes réputé disponible.
flash-plan-published = Planning publié. Les e-mails partent.
flash-mission-copied = Copie faite, en brouillon.
flash-mission-deleted = Mission supprimée.
flash-reminded = Relance envoyée, avec un nouveau lien.
flash-answer-accepted = Merci, c’est noté : vous y serez.
flash-answer-declined = C’est noté : vous n’y serez pas.
failure-project-taken = Un autre projet a ce nom.
failure-project-archived = Ce projet est archivé : il ne prend plus de missions.
failure-assignment-exists = Cette personne est déjà sur la mission.
failure-assignment-filled = Toutes les places de ce poste sont prises.
failure-assignment-overlap = Cette mission chevauche une mission déjà acceptée.
failure-assignment-state = Il n’y a plus rien à répondre ici.
failure-assignment-released = Le délai de réponse est passé : la place a été rendue. Si vous êtes libre, dites-le à la personne qui vous a invité.
failure-nothing-waits = Aucune mission à venir n’attend de réponse de cette personne.
failure-answer-hours = De 0 à 720 heures.
failure-availability-overlap = Ce congé chevauche un congé déjà accordé.
failure-date = Date ou heure illisible.
failure-birth = Écrivez la date de naissance d’une personne de 14 à 100 ans.
failure-time-order = La fin doit venir après le début.
failure-time-long = C’est trop long. Vérifiez les dates.
failure-break = La pause doit tenir dans la mission.
failure-needs = Un poste par ligne, chaque nom une fois : 2 Son.
failure-status = Cet état n’existe pas.
failure-length = Ce nombre est hors limites.
plan-publish = { $count ->
    [0] Publier
    [one] Publier un changement
   *[other] Publier { $count } changements
}
plan-people = { $count ->
    [one] une personne
   *[other] { $count } personnes
}
plan-open-places = { $count ->
    [one] une place
   *[other] { $count } places
}
availability-every = { $count ->
    [one] toutes les semaines
   *[other] toutes les { $count } semaines
}
nav-conflicts = Conflits
conflict-hard = Bloquant
conflict-soft = Alerte
conflict-open = Ouvrir
conflicts-empty-title = Aucun conflit
conflicts-empty-text = Ces quatre semaines respectent toutes les règles connues.
conflicts-about = Calculé sur le planning et, pour le passé, sur les pointages réels. Règles : Code du travail, et la convention collective choisie dans les réglages (IDCC 1285 ou 2717).
plan-conflicts = { $count ->
    [0] Aucun conflit
    [one] Un conflit
   *[other] { $count } conflits
}
