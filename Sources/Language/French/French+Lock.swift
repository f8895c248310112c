extension Catalogue {
    /// Locks, versions, and tests of tampering.
    static let frenchLock: [String: String] = [
        "The plan locks the objects of the vault %1, and %2 cannot lock any.":
            "Le plan verrouille les objets du coffre %1, et %2 ne peut pas en verrouiller.",
        "Make a new bucket with object lock (AWS: «Object Lock: Enable» when it is made, which turns versions on too) and name it in the plan, or take `lock` out of the plan. docs/s3.md says how.":
            "Créez un nouveau compartiment avec verrouillage d’objets (AWS : « Object Lock: Enable » à la création, ce qui active aussi les versions) et nommez-le dans le plan, ou retirez `lock` du plan. docs/s3.md dit comment.",
        "Make a bucket with object lock and name it in the plan, or take `lock` out of the plan. docs/s3.md says how.":
            "Créez un compartiment avec verrouillage d’objets et nommez-le dans le plan, ou retirez `lock` du plan. docs/s3.md dit comment.",
        "The locks of %1 {object|objects} that {is|are} kept were made longer.":
            "Les verrous de %1 {objet gardé|objets gardés} ont été prolongés.",
        "%1 {pack is|packs are} locked and left for a later prune: %2.":
            "%1 {paquet est verrouillé et laissé|paquets sont verrouillés et laissés} à un nettoyage ultérieur : %2.",
        "%1 old {version|versions} of what was deleted {is|are} gone for good: %2.":
            "%1 {ancienne version|anciennes versions} de ce qui a été supprimé {a disparu|ont disparu} pour de bon : %2.",
        "%1 {version|versions} of what was deleted (%2) {is|are} still locked, the last until %3: a later prune deletes {it|them}.":
            "%1 {version|versions} de ce qui a été supprimé (%2) {est encore verrouillée|sont encore verrouillées}, la dernière jusqu’au %3 : un nettoyage ultérieur {la|les} supprimera.",
        "The bucket keeps versions of what was deleted, and these credentials may not delete them: let a lifecycle rule of the bucket do it.":
            "Le compartiment garde des versions de ce qui a été supprimé, et ces identifiants ne peuvent pas les supprimer : confiez-le à une règle de cycle de vie du compartiment.",
        "tampering": "altération",
        "never tried: «reprise tamper-test» tries to take away what is stored":
            "jamais tentée : « reprise tamper-test » essaie d’enlever ce qui est stocké",
        "what is stored stayed, on %1": "ce qui est stocké est resté, le %1",
        "what is stored stayed, since %1 and last on %2": "ce qui est stocké est resté, depuis le %1 et encore le %2",
        "what is stored could be taken away, on %1": "ce qui est stocké pouvait être enlevé, le %1",
        "The decoy %1 is locked until %2 (%3).": "Le leurre %1 est verrouillé jusqu’au %2 (%3).",
        "The decoy %1 is not locked.": "Le leurre %1 n’est pas verrouillé.",
        "PASSED: whatever was tried, the data stayed. %1":
            "RÉUSSI : quoi qu’on ait tenté, les données sont restées. %1",
        "FAILED: what these credentials store, they can take away. %1":
            "ÉCHEC : ce que ces identifiants stockent, ils peuvent l’enlever. %1",
        "Every process of this user can delete a folder's files. Keep a copy where this machine has no right to delete: a bucket with object lock, or one that another machine fetches.":
            "Tout processus de cet utilisateur peut supprimer les fichiers d’un dossier. Gardez une copie là où cette machine n’a pas le droit de supprimer : un compartiment avec verrouillage d’objets, ou une copie qu’une autre machine vient chercher.",
        "What became of the data cannot be seen: give these credentials s3:GetObjectVersion for the decoys. docs/s3.md has policies to copy.":
            "On ne peut pas voir ce que sont devenues les données : donnez à ces identifiants s3:GetObjectVersion pour les leurres. docs/s3.md a des politiques à copier.",
        "Lock objects (`lock` in the plan, in a bucket with object lock), or give these credentials no right to delete. docs/s3.md has policies to copy.":
            "Verrouillez les objets (`lock` dans le plan, dans un compartiment avec verrouillage d’objets), ou ne donnez pas à ces identifiants le droit de supprimer. docs/s3.md a des politiques à copier.",
        "These credentials may lift the locks: take s3:BypassGovernanceRetention from them, or use compliance mode. docs/s3.md has policies to copy.":
            "Ces identifiants peuvent lever les verrous : retirez-leur s3:BypassGovernanceRetention, ou utilisez le mode compliance. docs/s3.md a des politiques à copier.",
        "refused": "refusé",
        "done, and the data stayed as it was": "fait, et les données sont restées telles quelles",
        "it worked": "cela a marché",
        "done, and these credentials may not see what became of the data":
            "fait, et ces identifiants ne peuvent pas voir ce que sont devenues les données",
        "refused, or the data stays": "refusé, ou les données restent",
        "Try to delete and overwrite what is stored, with the credentials that backups use.":
            "Essaie de supprimer et d’écraser ce qui est stocké, avec les identifiants des sauvegardes.",
        "on the server that takes the backups, with its own credentials":
            "sur le serveur qui prend les sauvegardes, avec ses propres identifiants",
        "One object is put as backups put theirs: a decoy that holds nothing. Then everything that a thief of these credentials could do to it is tried, and whether it can be read afterwards as it was. No other object and no setting of the bucket is touched. The result is signed and kept in the vault. The exit status is 2 when the data did not stay.":
            "Un objet est déposé comme les sauvegardes déposent les leurs : un leurre qui ne contient rien. Puis on essaie sur lui tout ce qu’un voleur de ces identifiants pourrait faire, et s’il se lit encore tel quel. Aucun autre objet et aucun réglage du compartiment n’est touché. Le résultat est signé et gardé dans le coffre. Le code de sortie est 2 quand les données ne sont pas restées.",
        "Nothing locks the files of a folder.": "Rien ne verrouille les fichiers d’un dossier.",
        "Take it out, or keep the vault in a bucket with object lock.":
            "Retirez-le, ou gardez le coffre dans un compartiment avec verrouillage d’objets.",
        "Write `mode: compliance` (nobody lifts a lock) or `mode: governance` (who has the right to may).":
            "Écrivez `mode: compliance` (personne ne lève un verrou) ou `mode: governance` (qui en a le droit le peut).",
        "The mode %1 is not known.": "Le mode %1 n’est pas connu.",
        "A lock of less than a day leaves nobody the time to notice.":
            "Un verrou de moins d’un jour ne laisse à personne le temps de s’apercevoir de rien.",
        "Write `for: 30d`.": "Écrivez `for: 30d`.",
        "Write `mode: compliance` or `mode: governance`.": "Écrivez `mode: compliance` ou `mode: governance`.",
        "Write `for: 30d`: how long nobody can delete.":
            "Écrivez `for: 30d` : le temps pendant lequel personne ne peut supprimer.",
        "The bucket can lock objects, and the plan does not ask for it: with `lock: { mode: compliance, for: 30d }` nobody could delete what backups need.":
            "Le compartiment peut verrouiller des objets, et le plan ne le demande pas : avec `lock: { mode: compliance, for: 30d }` personne ne pourrait supprimer ce dont les sauvegardes ont besoin.",
        "What backups write and rely on is locked for %1 {day|days} (%2). «reprise tamper-test» tries whether that holds.":
            "Ce que les sauvegardes écrivent et utilisent est verrouillé pour %1 {jour|jours} (%2). « reprise tamper-test » essaie si cela tient.",
        "The plan asks for locks, and the bucket cannot lock objects.":
            "Le plan demande des verrous, et le compartiment ne peut pas verrouiller d’objets.",
        "The plan asks for locks of %1 {day|days}; whether the bucket can lock objects these credentials may not see.":
            "Le plan demande des verrous de %1 {jour|jours} ; ces identifiants ne peuvent pas voir si le compartiment sait verrouiller des objets.",
        "«reprise tamper-test» tries it out.": "« reprise tamper-test » l’essaie.",
        "overwrite the object": "écraser l’objet",
        "delete the object": "supprimer l’objet",
        "delete its version": "supprimer sa version",
        "shorten its lock": "raccourcir son verrou",
        "weaken its lock": "affaiblir son verrou",
        "shorten its lock, bypassing it": "raccourcir son verrou, en passant outre",
        "delete its version, bypassing its lock": "supprimer sa version, en passant outre le verrou",
        "%1 is locked, and stays as it is until its lock ends (%2).":
            "%1 est verrouillé, et reste tel quel jusqu’à la fin de son verrou (%2).",
        "The bucket %1 cannot lock objects (%2).": "Le compartiment %1 ne peut pas verrouiller d’objets (%2).",
        "look at the lock of": "regarder le verrou de",
        "lock": "verrouiller",
        "list the versions of": "lister les versions de",
        "%1 {snapshot that was here is|snapshots that were here are} gone, and no keeper has let {it|them} go. Nothing was deleted.":
            "%1 {instantané qui était là a|instantanés qui étaient là ont} disparu, et aucun gardien ne {l’a abandonné|les a abandonnés}. Rien n’a été supprimé.",
        "Run «reprise check --repair», which brings back what it can and notes the rest.":
            "Lancez « reprise check --repair », qui ramène ce qu’il peut et note le reste.",
        "It is signed, and it is not what this host has seen under that name before.":
            "Il est signé, et ce n’est pas ce que cette machine a vu auparavant sous ce nom.",
        "This host has seen it, signed by %1; it is not in the vault any more, and no keeper has let it go.":
            "Cette machine l’a vu, signé par %1 ; il n’est plus dans le coffre, et aucun gardien ne l’a abandonné.",
        "The vault stands as it did before %1: nothing that was written since is there, of which this host has seen %2 {entry|entries}. Somebody has put back an earlier state of it, or removed the newest.":
            "Le coffre est dans l’état d’avant le %1 : rien de ce qui a été écrit depuis n’est là, dont cette machine a vu %2 {entrée|entrées}. Quelqu’un a remis un état antérieur, ou enlevé le plus récent.",
        "Somebody has deleted it; the bucket keeps an older version of it.":
            "Quelqu’un l’a supprimé ; le compartiment en garde une version antérieure.",
        "Somebody has overwritten it; the bucket keeps an older version of it.":
            "Quelqu’un l’a écrasé ; le compartiment en garde une version antérieure.",
        "%1 {object that was deleted or overwritten came|objects that were deleted or overwritten came} back from older versions. Change the credentials that could do that.":
            "%1 {objet supprimé ou écrasé est revenu|objets supprimés ou écrasés sont revenus} de versions antérieures. Changez les identifiants qui pouvaient faire cela.",
        "%1 {entry|entries} of the logs that {is|are} gone {was|were} noted: that brings nothing back, and later checks do not name {it|them}.":
            "%1 {entrée disparue|entrées disparues} des journaux {a été notée|ont été notées} : cela ne ramène rien, et les vérifications suivantes n’en parleront plus.",
        "Log of %1: %2 {snapshot|snapshots} and %3 {record|records}, each behind the ones before.":
            "Journal de %1 : %2 {instantané|instantanés} et %3 {enregistrement|enregistrements}, chacun derrière les précédents.",
        "Log of %1: rolled back; its %2 newest {entry|entries} that this host has seen {is|are} gone.":
            "Journal de %1 : remis en arrière ; ses dernières entrées que cette machine a vues (%2) ont disparu.",
        "Log of %1: %2 {entry|entries} that this host has seen {is|are} gone, %3 replaced.":
            "Journal de %1 : %2 {entrée que cette machine a vue a disparu|entrées que cette machine a vues ont disparu}, %3 {remplacée|remplacées}.",
        "What %1 answers is no list of the versions in %2.": "Ce que répond %1 n’est pas une liste des versions de %2.",
    ]
}
