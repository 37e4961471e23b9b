language-name = English

mail-join-subject = { $org } is waiting for you on Régie
mail-join-intro = Hello { $name }. { $org } invites you to link your Régie account: you will see your hours and you can badge in.
mail-join-button = Open the invitation
mail-join-outro = The link works for seven days and only once. If you did not expect anything, ignore this message.
mail-join-text = Hello { $name }.

    { $org } invites you to link your Régie account: you will see your hours and you can badge in.

    Open the invitation: { $address }

    The link works for seven days and only once. If you did not expect anything, ignore this message.
