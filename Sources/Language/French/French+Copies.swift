extension Catalogue {
    /// Copies of a vault, and how well they stand in for each other.
    static let frenchCopies: [String: String] = [
        // The command
        "Bring the copies of a vault up to date.": "Met à jour les copies d’un coffre.",
        "every other vault of the plan gets what the first one has and it lacks":
            "chaque autre coffre du plan reçoit ce que le premier a et qui lui manque",
        "show what one of them would get": "montrer ce que l’un d’eux recevrait",
        "the other way, after a loss": "dans l’autre sens, après une perte",
        "A copy is made with «reprise init --vault NAME --copy-of NAME». Data move as they are stored: nothing is read from the source and nothing is opened, so no key that reads is needed. Each copy keeps the snapshots that its own «keep» in the plan says, and its own time to let them go. A vault with keys of its own gets what the first one has opened and sealed anew: that takes a reader key of the one and a writer key of the other.\n\nEvery pack is compared with its checksum on the way; what is damaged is not copied, and named. Cut off anywhere, the next run goes on. Backups and prunes may run meanwhile on either side. A removable copy that is not there is no error.":
            "Une copie se crée par « reprise init --vault NOM --copy-of NOM ». Les données passent telles qu’elles sont enregistrées : rien n’est lu à la source et rien n’est ouvert ; aucune clé de lecture n’est donc nécessaire. Chaque copie garde les instantanés que dit son propre « keep » dans le plan, et les laisse partir à son heure. Un coffre qui a ses propres clés reçoit ce que contient le premier, ouvert puis scellé à nouveau : il y faut une clé de lecture de l’un et une clé d’écriture de l’autre.\n\nL’empreinte de chaque paquet est vérifiée au passage ; ce qui est endommagé n’est pas copié, et est nommé. Interrompue n’importe où, la copie reprend à la prochaine fois. Sauvegardes et nettoyages peuvent tourner pendant ce temps des deux côtés. Une copie amovible qui n’est pas là n’est pas une erreur.",
        "The vault to copy from. (default: the plan's first)": "Le coffre d’où copier. (par défaut : le premier du plan)",
        "A vault to bring up to date; may be repeated. (default: all others)":
            "Un coffre à mettre à jour ; peut être répété. (par défaut : tous les autres)",
        "Only snapshots of this asset; may be repeated.": "Seulement les instantanés de cet actif ; peut être répété.",
        "Make it a copy of this vault, with the same keys and kit; «reprise copy» fills it.":
            "En faire une copie de ce coffre, avec les mêmes clés et le même kit ; « reprise copy » la remplit.",
        "another copy of a vault, with the same keys": "une autre copie d’un coffre, avec les mêmes clés",
        "A copy has the keys and the kit of its original: take the other options out.":
            "Une copie a les clés et le kit de son original : enlevez les autres options.",
        "Say with --vault which vault of the plan is to be the copy.":
            "Dites avec --vault quel coffre du plan doit être la copie.",

        // What it says
        "Copying to %1": "Copie vers %1",
        "%1: not here now; it gets its snapshots when it is back.":
            "%1 : pas là en ce moment ; ses instantanés lui viendront à son retour.",
        "%1: up to date.": "%1 : à jour.",
        "%1: %2 {snapshot|snapshots} would be copied, %3 from %4 {pack|packs}:":
            "%1 : %2 {instantané serait copié|instantanés seraient copiés}, %3 de %4 {paquet|paquets} :",
        "%1: %2 {snapshot was|snapshots were} copied, %3 in %4 {pack|packs}.":
            "%1 : %2 {instantané copié|instantanés copiés}, %3 dans %4 {paquet|paquets}.",
        "The snapshot %1 of %2 was not copied: %3": "L’instantané %1 de %2 n’a pas été copié : %3",
        "%1 in %2 is damaged and was not copied.": "%1 dans %2 est endommagé et n’a pas été copié.",
        "%1 knows %2 {change|changes} of keys that %3 does not: «reprise copy --from %4 --to %5» brings {it|them} over.":
            "%1 connaît %2 {changement|changements} de clés que %3 ignore : « reprise copy --from %4 --to %5 » {l’y|les y} apporte.",
        "What %1 holds could not be noted: %2": "Ce que contient %1 n’a pas pu être noté : %2",
        "%1 does not know of it yet: %2 The next «reprise copy» tells it.":
            "%1 ne le sait pas encore : %2 La prochaine « reprise copy » le lui dira.",
        "shows where the copies stand": "montre où en sont les copies",
        "brings it what %1 has": "lui apporte ce que %1 contient",
        "fetches from a copy what is damaged, where one has it": "va chercher dans une copie ce qui est endommagé, si elle l’a",
        "Vault: %1, a copy of %2": "Coffre : %1, une copie de %2",
        "The key file and the kit of %1 open it too.": "Le fichier de clés et le kit de %1 l’ouvrent aussi.",
        "a copy on %1": "une copie sur %1",
        "Chunks that came from another copy of the vault: %1.": "Morceaux venus d’une autre copie du coffre : %1.",
        "The copy at %1 could not be asked: %2": "La copie à %1 n’a pas pu être consultée : %2",

        // What is wrong
        "The vault %1 cannot be copied to itself.": "Le coffre %1 ne peut pas être copié vers lui-même.",
        "The vault %1 cannot be a copy of itself.": "Le coffre %1 ne peut pas être une copie de lui-même.",
        "The plan has no other vault to copy to.": "Le plan n’a pas d’autre coffre vers lequel copier.",
        "Name one under `vaults:`, such as `offsite: { url: \"s3://bucket/vault\" }`, then run «reprise init --vault offsite --copy-of %1».":
            "Nommez-en un sous `vaults:`, par exemple `offsite: { url: \"s3://bucket/vault\" }`, puis lancez « reprise init --vault offsite --copy-of %1 ».",
        "The plan has other vaults: %1. To use one, add `--vault %2`.":
            "Le plan a d’autres coffres : %1. Pour en utiliser un, ajoutez `--vault %2`.",
        "%1 %2": "%1 %2",
        "%1 has other keys than %2, so what goes there must be opened and sealed anew: that needs a reader key here and a writer key there.":
            "%1 a d’autres clés que %2 : ce qui y va doit être ouvert puis scellé à nouveau, avec une clé de lecture ici et une clé d’écriture là-bas.",
        "Copy where both keys are, or make a copy with the same keys: «reprise init --vault NAME --copy-of NAME».":
            "Copiez là où sont les deux clés, ou créez une copie avec les mêmes clés : « reprise init --vault NOM --copy-of NOM ».",
        "%1: %2 {snapshot|snapshots} would be opened and sealed anew with its keys, as far as it lacks what {it holds|they hold}: at most %3:":
            "%1 : %2 {instantané serait ouvert et scellé|instantanés seraient ouverts et scellés} à nouveau avec ses clés, pour autant qu’il lui en manque : au plus %3 :",
        "%1 and %2 say that they are the same copy of the vault.": "%1 et %2 se disent la même copie du coffre.",
        "One was made by copying the other's files. Make copies with «reprise init --vault NAME --copy-of NAME», which tells them apart.":
            "L’un a été fait en copiant les fichiers de l’autre. Créez les copies par « reprise init --vault NOM --copy-of NOM », qui les distingue.",
        "A prune at the copy took this for dead and has removed some of what it relied on.":
            "Un nettoyage de la copie a cru ce travail mort et a enlevé une partie de ce sur quoi il s’appuyait.",
        "Run the same command again: what was copied and is still there is not sent again.":
            "Relancez la même commande : ce qui a été copié et qui est encore là n’est pas renvoyé.",
        "The copy was given up. What was copied counts.": "La copie a été abandonnée. Ce qui a été copié compte.",
        "A prune has let the snapshot go meanwhile.": "Un nettoyage a laissé partir l’instantané entre-temps.",
        "it is not what another copy of the vault has under this name.":
            "ce n’est pas ce qu’une autre copie du coffre a sous ce nom.",
        "A list for keepers is missing.": "Une liste pour gardiens manque.",
        "What the snapshot %1 uses can be told with a reader key only.":
            "Seule une clé de lecture peut dire ce qu’utilise l’instantané %1.",
        "It was written before Reprise wrote lists for keepers. Copy it once with a key file that is a reader's too.":
            "Il a été écrit avant que Reprise n’écrive des listes pour gardiens. Copiez-le une fois avec un fichier de clés qui permet aussi la lecture.",
        "Some of what it uses is in no pack that can be read.":
            "Une partie de ce qu’il utilise n’est dans aucun paquet lisible.",

        // The plan
        "A bucket cannot be unplugged.": "Un bucket ne se débranche pas.",
        "The medium %1 is not known.": "Le support %1 n’est pas connu.",
        "Write a name on one line.": "Écrivez un nom sur une ligne.",

        // The status
        "Copies": "Copies",
        "  %1: %2; %3.": "  %1 : %2 ; %3.",
        "    %1.": "    %1.",
        "removable disk": "disque amovible",
        "disk": "disque",
        "object storage": "stockage objet",
        "tape": "bande",
        "optical disc": "disque optique",
        "%1, %2": "%1, %2",
        "cannot be reached now (%1)": "inaccessible en ce moment (%1)",
        "not here now, and never written to as far as is known": "pas là en ce moment, et jamais écrite pour autant qu’on sache",
        "not here now; %1 when it was last here, on %2": "pas là en ce moment ; %1 la dernière fois, le %2",
        "empty": "vide",
        "without %1": "sans %1",
        "up to date": "à jour",
        "%1 behind": "en retard de %1",
        "proven on %1": "prouvée le %1",
        "never proven": "jamais prouvée",
        "last check on %1": "dernière vérification le %1",
        "never checked": "jamais vérifiée",
        ", last repair on %1": ", dernière réparation le %1",
        "parity on": "avec parité",
        "parity off": "sans parité",
        "%1, %2%3, %4": "%1, %2%3, %4",
        "none unproven": "aucune non prouvée",
        "unproven: %1": "non prouvé : %1",
        "  3-2-1-1-0: %1 %2 {copy|copies} with the original · %3 %4 {medium|media} · %5 %6 off-site · %7 %8 offline or immutable · %9 %10":
            "  3-2-1-1-0 : %1 %2 {copie|copies} avec l’original · %3 %4 {support|supports} · %5 %6 hors site · %7 %8 hors ligne ou immuable · %9 %10",
        "If %1 fails: everything is lost.": "Si %1 disparaît : tout est perdu.",
        "If %1 fails: every snapshot is lost.": "Si %1 disparaît : tous les instantanés sont perdus.",
        "If %1 fails: what is newer than the last snapshots is lost; those are in %2.":
            "Si %1 disparaît : ce qui est plus récent que les derniers instantanés est perdu ; ceux-ci sont dans %2.",
        "If %1 fails: nothing is lost; the newest snapshots are also in %2.":
            "Si %1 disparaît : rien n’est perdu ; les instantanés les plus récents sont aussi dans %2.",
        "%1: every snapshot": "%1 : tous les instantanés",
        "If %1 fails, what is left is older: %2 (%3).": "Si %1 disparaît, ce qui reste est plus ancien : %2 (%3).",
        "the vault %1": "le coffre %1",
        "the disk %1": "le disque %1",
        "this machine's site": "le site de cette machine",
        "the site %1": "le site %1",
        "the account %1": "le compte %1",
        "the login %1": "l’accès %1",
    ]
}
