candidates-title = Qui peut le faire
candidates-fit = Conviennent
candidates-need-reason = Avec une raison écrite
candidates-blocked = Impossible
candidates-fits = Convient
candidates-needs-reason = Raison à écrire
candidates-is-blocked = Impossible
candidates-place = Rang
candidates-reasons = Pour et contre
candidates-week = Semaine
candidates-load = Nuits · week-ends · matins
candidates-cost = Coût
candidates-who-cannot = { $count ->
    [one] Une personne ne peut pas
   *[other] { $count } personnes ne peuvent pas
}
candidates-invite = Inviter
candidates-invite-name = Inviter { $name }
candidates-assign-name = Affecter { $name }
candidates-none-title = Toutes les places sont pourvues
candidates-none-text = Retirez quelqu’un ou ajoutez un poste pour voir qui peut le faire.
candidates-about = Dans l’ordre : qui ne contrevient à aucune règle, qui n’a pas décliné, qui préfère ce moment, qui a eu le moins de nuits, de week-ends ou de matins de ce genre en douze semaines, qui travaille le moins cette semaine, qui coûte le moins.
reason-prefers = Préfère ce moment
reason-skilled = Compétence, niveau { $level }
reason-less-load = Moins souvent que les autres : { $count } en douze semaines, contre { $middle }
reason-more-load = Plus souvent que les autres : { $count } en douze semaines, contre { $middle }
reason-was-on = A décliné ou quitté cette mission
reason-no-rate = Sans tarif
overrule = Déroger
overrule-reason = Raison de la dérogation
overrule-help = Elle reste au dossier, avec votre nom. Si l’écart s’aggrave, la règle compte à nouveau.
overrule-button = Enregistrer la dérogation
overrule-restore = Lever la dérogation
overruled = Dérogation
flash-rule-overruled = Dérogation enregistrée.
flash-rule-restored = La règle compte à nouveau.
failure-rule-blocked = Une règle bloquante l’interdit. Changez le planning, puis réessayez.
failure-rule-open = Une règle demande une raison écrite. Affectez la personne sans l’inviter, écrivez la raison, puis publiez.
failure-rule-reason = Écrivez pourquoi, en quelques mots.
failure-rule-none = Cette règle ne dit rien de cette affectation.
cost-line = Coût prévu : { $amount }, hors charges.
cost-unknown = { $count ->
    [one] Une personne est sans tarif.
   *[other] { $count } personnes sont sans tarif.
}
publish-held-title = Retenu par les règles
publish-held-lead = Personne n’est prévenu de ces affectations tant que la règle n’est pas respectée, ou qu’une raison n’est pas écrite.
flash-plan-held = Planning publié. Ce que les règles retiennent attend sur la page Publier.
may-rule-override = Déroger à une règle, par écrit
event-rule-overruled = Dérogation à une règle
event-rule-restored = Dérogation levée
fact-rule = Règle
fact-measured = Mesuré
fact-limit = Limite
fact-held = Retenus
