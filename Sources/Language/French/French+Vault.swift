extension Catalogue {
    /// Vaults, their keys, and the stores under them.
    static let frenchVault: [String: String] = [
        // Stores
        "%1 is already in %2.": "%1 est déjà dans %2.",
        "Cannot %1 %2 in %3: %4.": "Impossible de %1 %2 dans %3 : %4.",
        "Check the disk.": "Vérifiez le disque.",
        "Check the owner, the permissions and the mount options of the vault's directory.":
            "Vérifiez le propriétaire, les droits et les options de montage du dossier du coffre.",
        "Is the disk mounted, and the vault's url right?": "Le disque est-il monté, et l’url du coffre est-elle juste ?",
        "May not %1 %2 in %3: %4.": "Droits insuffisants pour %1 %2 dans %3 : %4.",
        "Name an empty or new directory for the vault.": "Nommez un dossier vide ou nouveau pour le coffre.",
        "No space is left to write %1 in %2.": "Il n’y a plus de place pour écrire %1 dans %2.",
        "Nothing that was stored before is touched. Free some space and run the same command again.":
            "Ce qui était déjà enregistré est intact. Libérez de la place et relancez la même commande.",
        "The directory %1 is not empty.": "Le dossier %1 n’est pas vide.",
        "The directory %1 is not there.": "Le dossier %1 n’existe pas.",
        "The object %1 in %2 ended while it was read.": "L’objet %1 dans %2 s’est terminé pendant sa lecture.",
        "The object %1 in %2 ends at byte %3, before byte %4.": "L’objet %1 dans %2 se termine à l’octet %3, avant l’octet %4.",
        "The store does not honour what a vault needs: %1.": "Ce stockage ne garantit pas ce qu’un coffre exige : %1.",
        "There is no %1 in %2.": "Il n’y a pas de %1 dans %2.",
        "Use another store: with this one a vault could lose data.":
            "Utilisez un autre stockage : avec celui-ci, un coffre pourrait perdre des données.",
        "a listing can go on behind an object": "une liste peut reprendre après un objet",
        "a range of an object can be read": "une partie d’un objet peut être lue",
        "an object reads back as it was written": "un objet se relit tel qu’il a été écrit",
        "delete": "supprimer",
        "list": "lister",
        "look at": "examiner",
        "objects are listed at once and in order": "les objets sont listés aussitôt et dans l’ordre",
        "read": "lire",
        "write": "écrire",
        "%1 said that it has %2, and has it not, or not whole.": "%1 a dit avoir %2, et ne l’a pas, ou pas en entier.",
        "Do not trust this store: check its disk or service, then run the same command again.":
            "Ne vous fiez pas à ce stockage : vérifiez son disque ou son service, puis relancez la même commande.",

        // Keys
        "Compare it with the printed kit, group by group. 0 and O, 1, I and L count as the same.":
            "Comparez-la à la trousse imprimée, groupe par groupe. 0 et O sont équivalents, de même 1, I et L.",
        "It belongs to another vault. The kit names the vault it was made for.":
            "Elle appartient à un autre coffre. La trousse nomme celui pour lequel elle a été faite.",
        "Take another copy of it, or make a new one from the recovery key of the kit.":
            "Prenez-en une autre copie, ou refaites-en un avec la clé de récupération de la trousse.",
        "The key file %1 cannot be used: %2": "Le fichier de clé %1 est inutilisable : %2",
        "The key file is for the vault %1; the one at %2 is %3.":
            "Le fichier de clé est celui du coffre %1 ; celui de %2 est %3.",
        "The key file of %1 has only: %2. Use another one, or the recovery key of the kit.":
            "Le fichier de clé de %1 a seulement : %2. Utilisez-en un autre, ou la clé de récupération de la trousse.",
        "The recovery key does not open the vault at %1.": "La clé de récupération n’ouvre pas le coffre %1.",
        "The recovery key has %1 characters instead of %2 behind «reprise-1».":
            "La clé de récupération a %1 caractères au lieu de %2 après « reprise-1 ».",
        "The recovery key has the character «%1», which none has.":
            "La clé de récupération contient le caractère « %1 », qu’aucune ne contient.",
        "The recovery key is mistyped: its checksum does not fit.":
            "La clé de récupération est mal saisie : sa somme de contrôle n’est pas la bonne.",
        "This needs a key file with the keeper role, which deletes snapshots.":
            "Il faut un fichier de clé qui ait le rôle keeper, qui supprime des instantanés.",
        "This needs a key file with the reader role, which opens snapshots.":
            "Il faut un fichier de clé qui ait le rôle reader, qui ouvre les instantanés.",
        "This needs a key file with the writer role, which adds snapshots.":
            "Il faut un fichier de clé qui ait le rôle writer, qui ajoute des instantanés.",
        "Use the key file that was made with this vault, or correct the vault's url in the plan.":
            "Utilisez le fichier de clé créé avec ce coffre, ou corrigez l’url du coffre dans le plan.",
        "it is longer than any key file.": "il est plus long qu’aucun fichier de clé.",
        "it is not a key file, or its end is missing.": "ce n’est pas un fichier de clé, ou il manque sa fin.",
        "it lacks a key that its roles need.": "il lui manque une clé que ses rôles exigent.",
        "it lacks a part that every key file has.": "il lui manque une partie que tout fichier de clé contient.",
        "The key file %1 is of version %2; this program reads up to %3.":
            "Le fichier de clé %1 est de version %2 ; ce programme lit jusqu’à la version %3.",

        // Opening and making vaults
        "Name another place for a new one.": "Indiquez un autre endroit pour en créer un nouveau.",
        "Run «reprise init» to make one, or correct the vault's url in the plan.":
            "Lancez « reprise init » pour en créer un, ou corrigez l’url du coffre dans le plan.",
        "Set REPRISE_CACHE to a folder that may be written.": "Indiquez dans REPRISE_CACHE un dossier où l’on peut écrire.",
        "The cache folder %1 cannot be made: %2": "Le dossier de cache %1 ne peut pas être créé : %2",
        "The vault has format %1; this program reads formats up to %2.":
            "Le coffre est au format %1 ; ce programme lit les formats jusqu’à %2.",
        "There is a vault at %1 already.": "Il y a déjà un coffre à l’emplacement %1.",
        "There is no vault at %1.": "Il n’y a pas de coffre à l’emplacement %1.",
        "Update Reprise to the version that wrote it, or a later one.":
            "Mettez Reprise à jour : la version qui l’a écrit, ou une plus récente.",

        // Reading and writing snapshots
        "%1 is not in the vault.": "%1 n’est pas dans le coffre.",
        "%1 is not sealed to this reader key.": "%1 n’est pas scellé pour cette clé de lecture.",
        "It was written before this reader was added: «reprise key grant» opens it to its holder. Or use the recovery key of the kit.":
            "Il a été écrit avant l’ajout de ce lecteur : « reprise key grant » l’ouvre à son détenteur. Ou prenez la clé de récupération de la trousse.",
        "Run «reprise check» to see which snapshots that touches.":
            "Lancez « reprise check » pour voir quels instantanés sont touchés.",
        "The backup was given up.": "La sauvegarde a été abandonnée.",
        "The chunk %1 is in no pack that the index names.": "Le fragment %1 n’est dans aucun paquet que nomme l’index.",
        "The reading was given up.": "La lecture a été abandonnée.",
        "The snapshot %1 has no entry %2.": "L’instantané %1 n’a pas d’entrée %2.",
        "«reprise ls %1» lists its entries.": "« reprise ls %1 » liste ses entrées.",

        // Damage
        "%1 is damaged: %2": "%1 est endommagé : %2",
        "%1 of its chunks {is|are} in no pack that the index names.":
            "%1 de ses fragments {n’est|ne sont} dans aucun paquet que nomme l’index.",
        "It follows an object with the SHA-256 %1, which is not in the vault: that one was removed or changed.":
            "Il suit un objet de SHA-256 %1 qui n’est pas dans le coffre : cet objet a été supprimé ou modifié.",
        "It has %1 bytes instead of %2.": "Il a %1 octets au lieu de %2.",
        "It is not in the vault, and the index names it.": "Il n’est pas dans le coffre, alors que l’index le nomme.",
        "Its contents are not what was written.": "Son contenu n’est pas ce qui a été écrit.",
        "Its name is not that of a pack.": "Son nom n’est pas celui d’un paquet.",
        "Its name is not that of an index segment.": "Son nom n’est pas celui d’un segment d’index.",
        "Run «reprise check» to see what it touches. Copies of the vault, if there are any, hold a good one.":
            "Lancez « reprise check » pour voir ce que cela touche. Les copies du coffre, s’il y en a, en contiennent un bon exemplaire.",
        "a list of its chunks is cut short.": "une liste de ses fragments est tronquée.",
        "a list of its chunks names an impossible chunk.": "une liste de ses fragments nomme un fragment impossible.",
        "it does not begin as a pack of this vault.": "il ne commence pas comme un paquet de ce coffre.",
        "it does not begin as it must.": "il ne commence pas comme il le doit.",
        "it does not end with its authentication code.": "il ne se termine pas par son code d’authentification.",
        "it is cut short.": "il est tronqué.",
        "it is longer than any text of its kind.": "il est plus long qu’aucun texte de cette sorte.",
        "it is not text.": "ce n’est pas du texte.",
        "it is signed by the key %1, which the vault does not know.": "il est signé par la clé %1, que le coffre ne connaît pas.",
        "it names another object.": "il nomme un autre objet.",
        "it names another vault.": "il nomme un autre coffre.",
        "its authentication code does not fit its contents and this key.":
            "son code d’authentification ne correspond pas à son contenu et à cette clé.",
        "its body is not what was written.": "son corps n’est pas ce qui a été écrit.",
        "its bytes have changed since they were written.": "ses octets ont changé depuis leur écriture.",
        "its chunks do not add up to its size.": "la somme de ses fragments n’est pas sa taille.",
        "its contents are not those of a config.": "son contenu n’est pas celui d’une configuration.",
        "its contents are not what was written.": "son contenu n’est pas ce qui a été écrit.",
        "its contents do not match its checksum.": "son contenu ne correspond pas à sa somme de contrôle.",
        "its header is cut short.": "son en-tête est tronqué.",
        "its key is not what was written.": "sa clé n’est pas ce qui a été écrit.",
        "its last line is cut short.": "sa dernière ligne est tronquée.",
        "its list of chunks is not what was written.": "sa liste de fragments n’est pas ce qui a été écrit.",
        "its name is not that of a record.": "son nom n’est pas celui d’un enregistrement.",
        "its name is not that of a snapshot.": "son nom n’est pas celui d’un instantané.",
        "its signature does not fit its contents.": "sa signature ne correspond pas à son contenu.",
        "its summary is not what was written.": "son résumé n’est pas ce qui a été écrit.",
        "one of its keys has the wrong form.": "une de ses clés n’a pas la bonne forme.",
        "one of its lines is no entry.": "une de ses lignes n’est pas une entrée.",
        "the chunk %1 at byte %2 is not what was written.": "le fragment %1, à l’octet %2, n’est pas ce qui a été écrit.",
        "the chunk %1 is listed with other sizes than it has.": "le fragment %1 est listé avec d’autres tailles que les siennes.",
        "it has changed while it was read.": "il a changé pendant sa lecture.",
        "it is signed by the key of %1, which may not write such objects.":
            "il est signé par la clé de %1, qui ne peut pas écrire de tels objets.",
        "it is not in order.": "il n’est pas en ordre.",
        "%1 gave %2 bytes of %3 instead of %4.": "%1 a donné %2 octets de %3 au lieu de %4.",
    ]
}
