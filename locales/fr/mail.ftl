language-name = Français

mail-join-subject = { $org } vous attend sur Régie
mail-join-intro = Bonjour { $name }. { $org } vous propose de relier votre compte Régie : vous verrez vos heures et vous pourrez badger.
mail-join-button = Ouvrir l’invitation
mail-join-outro = Le lien vaut sept jours et ne sert qu’une fois. Si vous n’attendiez rien, ignorez ce message.
mail-join-text = Bonjour { $name }.

    { $org } vous propose de relier votre compte Régie : vous verrez vos heures et vous pourrez badger.

    Ouvrir l’invitation : { $address }

    Le lien vaut sept jours et ne sert qu’une fois. Si vous n’attendiez rien, ignorez ce message.
