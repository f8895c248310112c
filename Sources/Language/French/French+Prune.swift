extension Catalogue {
    /// Sessions, forgetting and pruning.
    static let frenchPrune: [String: String] = [
        "Let snapshots go by the plan's rules, and delete from a vault what none uses any more.":
            "Laisse partir les instantanés selon les règles du plan, et efface du coffre ce qu’aucun n’utilise plus.",
        "show which snapshot would go and why, and how much space that frees":
            "montrer quel instantané partirait, pourquoi, et la place libérée",
        "What is kept says «keep» in the plan, of the vault or else of the asset; without it all of an asset's snapshots stay. The newest one, the newest complete one, the newest proven one and pinned ones always stay.\n\nBackups, checks and restores may run meanwhile, on any host. Packs that a running backup may rely on are deleted by a later prune. Needs a key file with the keeper role, which can read nothing.":
            "Ce qui est gardé, « keep » le dit dans le plan, pour le coffre ou sinon pour l’actif ; sans lui, tous les instantanés d’un actif restent. Le plus récent, le plus récent complet, le plus récent prouvé et les épinglés restent toujours.\n\nSauvegardes, contrôles et restaurations peuvent tourner pendant ce temps, sur tout hôte. Les paquets dont une sauvegarde en cours peut dépendre sont effacés par un prune ultérieur. Demande un fichier de clés avec le rôle keeper, qui ne peut rien lire.",
        "The snapshot %1 of %2 stays: %3.": "L’instantané %1 de %2 reste : %3.",
        "Take another with «reprise backup», prove it with «reprise drill», or lift a pin with «reprise unpin».":
            "Faites-en un autre avec « reprise backup », prouvez-le avec « reprise drill », ou retirez une épingle avec « reprise unpin ».",
        // The command
        "delete it": "le supprime",
        "let a snapshot go first": "abandonne d’abord un instantané",
        "Only show what would be done.": "Montre seulement ce qui serait fait.",
        "A snapshot to let go: an id or its first characters; may be repeated.":
            "Un instantané à abandonner : son identifiant ou le début de celui-ci ; répétable.",
        "After how many hours without a sign of life a session of another host is taken for dead; 0: every one, at once.":
            "Après combien d’heures sans signe de vie une session d’une autre machine est tenue pour morte ; 0 : toutes, aussitôt.",
        "Rewrite a pack when this share of it is unused, in percent.":
            "Réécrit un paquet quand cette part n’en est plus utilisée, en pour cent.",
        "--unused takes 1 to 100, --stale-after 0 to 87600.": "--unused va de 1 à 100, --stale-after de 0 à 87600.",
        "does it": "le fait",
        "Pruning": "Nettoyage",
        "shows which snapshots that touches": "montre quels instantanés cela touche",
        "%1 {snapshot goes|snapshots go}:": "Instantanés abandonnés : %1",
        "%1 {pack is|packs are} not used any more: %2.": "Paquets qui ne servent plus : %1 (%2).",
        "%1 {pack is|packs are} left over from backups that were cut off: %2.":
            "Paquets laissés par des sauvegardes interrompues : %1 (%2).",
        "%1 {pack is|packs are} written anew: %2 of {its|their} %3 are used.": "Paquets réécrits : %1 (%2 utiles sur %3).",
        "%1 {pack waits|packs wait} to be deleted since an earlier prune: %2.":
            "Paquets en attente de suppression depuis un nettoyage antérieur : %1 (%2).",
        "A prune let the snapshot go while it was read.": "Un nettoyage a abandonné l’instantané pendant sa lecture.",
        "Run the same command again with a snapshot that is there: «reprise snapshots» lists them.":
            "Relancez la même commande avec un instantané qui est là : «reprise snapshots» les liste.",
        "There is nothing to prune in %1.": "Il n’y a rien à nettoyer dans %1.",
        "That frees %1 of %2.": "Cela libère %1 sur %2.",
        "%1 {snapshot was|snapshots were} let go.": "Instantanés abandonnés : %1.",
        "%1 {session whose process is gone was|sessions whose process is gone were} ended.":
            "Sessions closes parce que leur processus a disparu : %1.",
        "%1 {pack was|packs were} deleted (%2), %3 were copied first.": "Paquets supprimés : %1 (%2), après la copie de %3.",
        "%1 {pack is|packs are} left for the next prune: these may still rely on {it|them}:":
            "Paquets laissés au prochain nettoyage : %1, car en dépendent peut-être encore :",
        "another prune on %1": "un autre nettoyage sur %1",
        "the backup of %1 on %2": "la sauvegarde de %1 sur %2",
        "last seen %1": "vue pour la dernière fois le %1",
        "%1 is damaged and stays: its bytes have changed since they were written.":
            "%1 est endommagé et reste en place : ses octets ont changé depuis leur écriture.",
        "There was nothing to prune in %1.": "Il n’y avait rien à nettoyer dans %1.",

        // The vault
        "%1 of its chunks {is|are} not in the list that keepers read: a prune would take {it|them} for garbage.":
            "%1 de ses fragments {manque|manquent} dans la liste que lisent les gardiens : un nettoyage {le|les} prendrait pour des déchets.",
        "Its name is not that of a note.": "Son nom n’est pas celui d’une note.",
        "«reprise snapshots» lists them.": "« reprise snapshots » les énumère.",
        "a part of the index is not what was written. It is fetched anew next time.":
            "une partie de l’index n’est pas ce qui a été écrit. Elle sera relue la prochaine fois.",
        "it does not read back as it was written.": "il ne se relit pas tel qu’il a été écrit.",
        "What these snapshots use can be told with a reader key only: %1.":
            "Seule une clé de lecteur permet de savoir ce qu’utilisent ces instantanés : %1.",
        "They were written before Reprise wrote lists for keepers. Prune once with a key file that is a reader's too, or with the recovery key.":
            "Ils datent d’avant les listes que Reprise écrit pour les gardiens. Nettoyez une fois avec un fichier de clés qui soit aussi celui d’un lecteur, ou avec la clé de récupération.",
        "%1 {chunk that snapshots use is|chunks that snapshots use are} in no pack that the index names. Nothing was deleted.":
            "%1 {fragment dont se servent des instantanés n’est|fragments dont se servent des instantanés ne sont} dans aucun paquet que nomme l’index. Rien n’a été supprimé.",
        "The chunk %1 of a list for keepers is in no pack that the index names.":
            "Le fragment %1 d’une liste pour les gardiens n’est dans aucun paquet que nomme l’index.",
        "a segment that was just written does not read back as it was written.":
            "un segment qui vient d’être écrit ne se relit pas tel quel.",
        "A long list of chunks came without the list that keepers read.":
            "Une longue liste de fragments est venue sans la liste que lisent les gardiens.",
        "A prune took this backup for dead and has removed some of what it relied on.":
            "Un nettoyage a tenu cette sauvegarde pour morte et a supprimé une partie de ce dont elle dépendait.",
        "Run the same command again: what it uploaded and is still there is not uploaded again.":
            "Relancez la même commande : ce qu’elle a envoyé et qui est encore là n’est pas renvoyé.",
        "Another prune took this run for dead and went on with its work.":
            "Un autre nettoyage a tenu cette exécution pour morte et a poursuivi son travail.",
        "Run the same command again: what was done is not done again.":
            "Relancez la même commande : ce qui est fait n’est pas refait.",
    ]
}
