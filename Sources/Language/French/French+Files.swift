extension Catalogue {
    /// Assets of files.
    static let frenchFiles: [String: String] = [
        // Backups
        "The folder %1 cannot be read: %2.": "Le dossier %1 ne peut pas être lu : %2.",
        "Correct the asset's path in the plan; a relative one starts at the plan's folder.":
            "Corrigez le chemin de l’élément dans le plan ; un chemin relatif part du dossier du plan.",
        "Run the backup as a user who may read it.": "Lancez la sauvegarde sous un utilisateur qui peut le lire.",
        "Snapshot %1 has no manifest: it is not a snapshot of files.":
            "L’instantané %1 n’a pas de manifeste : ce n’est pas un instantané de fichiers.",
        "The entry %1 of this snapshot is none of a file.": "L’entrée %1 de cet instantané n’est pas celle d’un fichier.",
        "%1 could not be read: %2.": "%1 n’a pas pu être lu : %2.",
        "%1 was written to each time it was read: its bytes may be of more than one instant.":
            "%1 a été modifié à chaque lecture : ses octets peuvent dater de plusieurs instants.",
        "The snapshot is incomplete: what could not be read when it was taken is not in it.":
            "L’instantané est incomplet : ce qui n’a pas pu être lu quand il a été pris n’y est pas.",
        "%1 vanished before it was read.": "%1 a disparu avant d’être lu.",
        "a folder; what has not changed since the last time is not read again":
            "un dossier ; ce qui n’a pas changé depuis la dernière fois n’est pas relu",
        "Snapshot %1 of %2: %3 {file|files} in %4 {folder|folders}, %5 in %6.":
            "Instantané %1 de %2 : %3 {fichier|fichiers} dans %4 {dossier|dossiers}, %5 en %6.",
        "Files that had not changed and were not read: %1.": "Fichiers inchangés, non relus : %1.",
        "… and %1 more. The snapshot's manifest.json names them.":
            "… et %1 de plus. Le fichier manifest.json de l’instantané les nomme.",
        "The snapshot is kept, without what could not be read (%1), and marked incomplete.":
            "L’instantané est gardé, sans ce qui n’a pas pu être lu (%1), et marqué incomplet.",
        "The asset %1 is a folder, not a database.": "L’élément %1 est un dossier, pas une base.",

        // Restores
        "The snapshot %1 holds nothing at %2.": "L’instantané %1 ne contient rien à %2.",
        "«reprise ls %1» lists what it holds.": "«reprise ls %1» liste ce qu’il contient.",
        "The folder %1 is not empty: it holds %2.": "Le dossier %1 n’est pas vide : il contient %2.",
        "Restore into a new folder, or let what differs be replaced with --in-place.":
            "Restaurez dans un nouveau dossier, ou faites remplacer ce qui diffère avec --in-place.",
        "The folder %1 holds a restore of snapshot %2 that did not come to its end.":
            "Le dossier %1 contient une restauration de l’instantané %2 qui n’est pas allée à son terme.",
        "Go on with it with --snapshot %1, or let what differs be replaced with --in-place.":
            "Reprenez-la avec --snapshot %1, ou faites remplacer ce qui diffère avec --in-place.",
        "The folder %1 cannot be written: %2.": "Impossible d’écrire dans le dossier %1 : %2.",
        "Name a folder that this user may write, below one that is there.":
            "Indiquez un dossier où cet utilisateur peut écrire, dans un dossier qui existe.",
        "Into %1 from snapshot %2: %3 {file|files} to write, %4 to replace, %5 there already.":
            "Vers %1 depuis l’instantané %2 : %3 {fichier|fichiers} à écrire, %4 à remplacer, %5 déjà en place.",
        "  %1 differs and would be replaced.": "  %1 diffère et serait remplacé.",
        "  … and %1 more.": "  … et %1 de plus.",
        "… and %1 more.": "… et %1 de plus.",
        "What was written was not read again.": "Ce qui a été écrit n’a pas été relu.",
        "Say where to restore to, with --to.": "Dites où restaurer, avec --to.",
        "For example: reprise restore %1 --to ./restored. With --in-place the files go where they belong.":
            "Par exemple : reprise restore %1 --to ./restaure. Avec --in-place, les fichiers retournent à leur place.",
        "For example: reprise restore %1 --to postgresql://me@host/new":
            "Par exemple : reprise restore %1 --to postgresql://moi@hote/nouvelle",
        "--confirm says «%1», and the target folder is «%2». Nothing was touched.":
            "--confirm dit «%1», et le dossier cible est «%2». Rien n’a été modifié.",
        "Files in folder %1 will be replaced. Type its name to go on:":
            "Des fichiers du dossier %1 seront remplacés. Tapez son nom pour continuer :",
        "Nobody is there to confirm that files in folder %1 may be replaced. Nothing was touched.":
            "Personne n’est là pour confirmer que des fichiers du dossier %1 peuvent être remplacés. Rien n’a été modifié.",
        "That is not the folder's name. Nothing was touched.": "Ce n’est pas le nom du dossier. Rien n’a été modifié.",
        "Everything belongs to the user who restored it: only root can give files back to their owners.":
            "Tout appartient à l’utilisateur qui a restauré : seul root peut rendre les fichiers à leurs propriétaires.",
        "Restored %1 {file|files} (%2) of snapshot %3 into %4 in %5.":
            "%1 {fichier|fichiers} (%2) de l’instantané %3 {restauré|restaurés} dans %4 en %5.",
        "Files that were there already: %1.": "Fichiers déjà en place : %1.",
        "The snapshot %1 of %2 is of the kind %3, and in the plan %4 is of the kind %5. Nothing was touched.":
            "L’instantané %1 de %2 est de la sorte %3, et dans le plan %4 est de la sorte %5. Rien n’a été touché.",
        "Use a plan in which %1 is of the kind %2, or name another snapshot with --snapshot.":
            "Utilisez un plan où %1 est de la sorte %2, ou nommez un autre instantané avec --snapshot.",
        "Bring a snapshot back into a database and compare what came back, or into a folder.":
            "Ramener un instantané dans une base et comparer ce qui est revenu, ou dans un dossier.",
        "files, beside the ones there are": "des fichiers, à côté de ceux qui existent",
        "what would be replaced where they belong": "ce qui serait remplacé à sa place",
        "The database to restore into: a URL without a password, env:NAME or file:PATH. Of files: the folder; with --in-place by default the asset's own.":
            "La base où restaurer : une URL sans mot de passe, env:NOM ou file:CHEMIN. Pour des fichiers : le dossier ; avec --in-place, par défaut celui de l’élément.",
        "Only these tables. Of files: these paths, or patterns as in a .gitignore.":
            "Seulement ces tables. Pour des fichiers : ces chemins, ou des motifs comme dans un .gitignore.",
        "Of files: let the folder's files that differ be replaced; the others are left alone.":
            "Pour des fichiers : remplacer ceux du dossier qui diffèrent ; les autres ne sont pas touchés.",
        "Of files: read and compare those that are there with the same size and time.":
            "Pour des fichiers : lire et comparer ceux qui sont là avec la même taille et la même date.",
        "The target database's or folder's name, in place of typing it.":
            "Le nom de la base ou du dossier cible, au lieu de le taper.",
        "--in-place and --compare are for files, and %1 is a database.":
            "--in-place et --compare sont pour des fichiers, et %1 est une base.",
        "--schema-only, --data-only, --no-owner, --overwrite and --no-verify are for databases, and %1 is a folder.":
            "--schema-only, --data-only, --no-owner, --overwrite et --no-verify sont pour des bases, et %1 est un dossier.",
        "and what would be deleted to make it what it was": "et ce qui serait supprimé pour qu’il redevienne ce qu’il était",
        "Of files, with --in-place: delete what the snapshot does not have. What the plan excludes stays.":
            "Pour des fichiers, avec --in-place : supprimer ce que l’instantané n’a pas. Ce que le plan exclut reste.",
        "--delete goes with --in-place only.": "--delete ne va qu’avec --in-place.",
        "Files in folder %1 will be replaced or deleted. Type its name to go on:":
            "Des fichiers du dossier %1 seront remplacés ou supprimés. Tapez son nom pour continuer :",
        "Deleted, because the snapshot does not have them: %1.": "Supprimés, car l’instantané ne les a pas : %1.",
        "Nothing was deleted, because not everything could be put back.":
            "Rien n’a été supprimé, car tout n’a pas pu être remis.",
        "Files and folders that the snapshot does not have and that would be deleted: %1.":
            "Fichiers et dossiers que l’instantané n’a pas et qui seraient supprimés : %1.",
        "  %1 would be deleted.": "  %1 serait supprimé.",
        "The snapshot %1 lacks what could not be read when it was taken: nothing is deleted by it.":
            "Il manque à l’instantané %1 ce qui n’a pas pu être lu alors : il ne fait rien supprimer.",
        "Restore without --delete, or from a complete snapshot.":
            "Restaurez sans --delete, ou depuis un instantané complet.",
        "Another restore into %1 is under way.": "Une autre restauration vers %1 est en cours.",
        "Wait for its end, or end it.": "Attendez sa fin, ou arrêtez-la.",
        "Something else is there by now; --in-place replaces it.":
            "Autre chose s’y trouve à présent ; --in-place le remplace.",
        "Without --in-place what differs stays as it is, and is named.":
            "Sans --in-place, ce qui diffère reste tel quel, et est nommé.",
        "The folder %1 holds the mark of a restore that is not complete: the same command goes on with it.":
            "Le dossier %1 porte la marque d’une restauration incomplète : la même commande la reprend.",
        "--only names nothing: one of its values is empty.": "--only ne nomme rien : l’une de ses valeurs est vide.",
        "--only takes what is to come back, and no pattern with «!» of what is not.":
            "--only prend ce qui doit revenir, et aucun motif avec «!» pour ce qui ne doit pas.",
        "A path that begins with ! is named as ./!…": "Un chemin qui commence par ! s’écrit ./!…",
        "Of the vault's files %1 {is|are} damaged or missing. A file that stood in {its place|their places} is as it was.":
            "Dans le coffre, %1 {fichier est endommagé ou absent|fichiers sont endommagés ou absents}. Un fichier qui se trouvait à {sa place|leur place} n’a pas changé.",
        "The file of which it is another name could not be put back.":
            "Le fichier dont c’est un autre nom n’a pas pu être remis.",
        "To restore everything, leave it out.": "Pour tout restaurer, omettez-la.",
        "The folder %1 is, or lies in, %2, which no restore may touch. Nothing was touched.":
            "Le dossier %1 est, ou se trouve dans, %2, qu’aucune restauration ne doit modifier. Rien n’a été modifié.",
        "Name another folder with --to: this one holds the plan's vault, keys or cache.":
            "Indiquez un autre dossier avec --to : celui-ci contient le coffre, les clés ou le cache du plan.",
        "--in-place replaces files that differ.": "--in-place remplace les fichiers qui diffèrent.",

        // Lists and exports
        "a folder of files": "un dossier de fichiers",
        "Write a snapshot as plain files that psql, pg_restore or tar load without Reprise.":
            "Écrire un instantané en fichiers ordinaires que psql, pg_restore ou tar chargent sans Reprise.",
        "files, for tar": "des fichiers, pour tar",
        "sql, directory or custom; of files: folder or tar. (default: sql, tar)":
            "sql, directory ou custom ; pour des fichiers : folder ou tar. (par défaut : sql, tar)",
        "%1 cannot be exported as %2.": "%1 ne peut pas être exporté en %2.",
        "A database: sql, directory or custom. Files: folder or tar.":
            "Une base : sql, directory ou custom. Des fichiers : folder ou tar.",
        "unpacks it into a folder": "le déballe dans un dossier",
        "%1/%2 cannot be written: %3": "%1/%2 ne peut pas être écrit : %3",

        // Plans
        "Write a folder, such as `./uploads` or `/srv/app/uploads`.":
            "Écrivez un dossier, comme `./uploads` ou `/srv/app/uploads`.",
        "Write patterns as in a .gitignore: `[\".cache/\", \"*.tmp\"]`.":
            "Écrivez des motifs comme dans un .gitignore : `[\".cache/\", \"*.tmp\"]`.",
        "A pattern has one line.": "Un motif tient sur une ligne.",
        "Write `kind: postgres` or `kind: files`.": "Écrivez `kind: postgres` ou `kind: files`.",
        "Write `path: ./uploads`, the folder that is to be protected.":
            "Écrivez `path: ./uploads`, le dossier à protéger.",

        // Doctor
        "%1: the folder %2 cannot be looked at: %3.": "%1 : le dossier %2 ne peut pas être examiné : %3.",
        "%1: %2 is no folder.": "%1 : %2 n’est pas un dossier.",
        "Name a folder in the asset's path.": "Indiquez un dossier comme chemin de l’élément.",
        "%1: this user may not read the folder %2.": "%1 : cet utilisateur ne peut pas lire le dossier %2.",
        "%1: the folder %2 can be read.": "%1 : le dossier %2 peut être lu.",
        "%1: %2 lies in it and is left out of its backups.": "%1 : %2 s’y trouve et n’est pas pris dans ses sauvegardes.",
        "A vault on the disk that it protects is lost with it: keep it elsewhere, or copy it.":
            "Un coffre sur le disque qu’il protège est perdu avec lui : gardez-le ailleurs, ou copiez-le.",

        // Drills
        "compare every file": "comparer chaque fichier",
        "Owners: only root can give files back to their owners.":
            "Les propriétaires : seul root peut rendre les fichiers à leurs propriétaires.",
        "Set-id bits: they are left out where only root could give back the owner or group.":
            "Les bits setuid et setgid : ils sont omis là où seul root pourrait rendre le propriétaire ou le groupe.",
        "The snapshot itself lacks what could not be read then: %1.":
            "Il manque à l’instantané lui-même ce qui n’a pas pu être lu alors : %1.",
        "files": "fichiers",
        "%1 {entry|entries} as recorded": "%1 {entrée|entrées} comme enregistré",
        "%1 {entry|entries}, %2 {file|files}, every byte equal":
            "%1 {entrée|entrées}, %2 {fichier|fichiers}, chaque octet identique",
        "A drill needs room for %1 MiB of files, and %2 has only %3 MiB.":
            "Un exercice demande de la place pour %1 Mio de fichiers, et %2 n’a que %3 Mio.",
        "Name a folder with more room in REPRISE_SANDBOXES.": "Indiquez un dossier plus grand dans REPRISE_SANDBOXES.",
        "No folder for the drill could be made in %1.": "Aucun dossier n’a pu être créé dans %1 pour l’exercice.",
        "Name a folder that may be written in REPRISE_SANDBOXES.":
            "Indiquez dans REPRISE_SANDBOXES un dossier accessible en écriture.",
        "another kind of file": "un autre type de fichier",
        "another size": "une autre taille",
        "other bytes": "d’autres octets",
        "other rights": "d’autres droits",
        "another owner": "un autre propriétaire",
        "another time": "une autre date",
        "points elsewhere": "pointe ailleurs",
        "other attributes": "d’autres attributs",
        "no more the same file as its other name": "n’est plus le même fichier que son autre nom",
    ]
}
