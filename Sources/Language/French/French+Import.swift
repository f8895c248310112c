extension Catalogue {
    /// Dumps that are taken over.
    static let frenchImport: [String: String] = [
        "Make a snapshot of a dump that is there already.": "Fait un instantané d’une sauvegarde SQL qui existe déjà.",
        "a script of pg_dump": "un script de pg_dump",
        "a packed archive, and when it was made": "une archive compressée, et sa date",
        "one database of a pg_dumpall": "une base d’un pg_dumpall",
        "The dump is loaded into a throw-away server and backed up from there: what cannot be loaded is told before it counts. Functions in a dump are programs that run while it is loaded, as nobody where root imports it: import only dumps that you trust.":
            "Le fichier est chargé dans un serveur jetable puis sauvegardé de là : ce qui ne peut être chargé est dit avant de compter. Les fonctions d’une sauvegarde sont des programmes qui s’exécutent pendant le chargement, sous nobody quand root importe : n’importez que des fichiers de confiance.",
        "A .sql script, an archive of pg_dump, or the folder of a pg_dump -Fd.":
            "Un script .sql, une archive de pg_dump, ou le dossier d’un pg_dump -Fd.",
        "The asset it is a dump of. (default: the only one)": "L’actif dont c’est une copie. (par défaut : le seul)",
        "When it was made: 2025-03-01T02:00:00Z. (default: what it says, else when the file was written)":
            "Sa date : 2025-03-01T02:00:00Z. (par défaut : ce qu’il en dit, sinon la date du fichier)",
        "Of several databases in the dump, this one.": "Parmi plusieurs bases du fichier, celle-ci.",
        "Go on where the throw-away server refuses something, and say what.":
            "Continuer là où le serveur jetable refuse quelque chose, et dire quoi.",
        "Importing %1": "Import de %1",
        "unpack": "décompression",
        "load": "chargement",
        "Snapshot %1 of %2: %3 {table|tables}, %4 {row|rows}, as of %5.":
            "Instantané %1 de %2 : %3 {table|tables}, %4 {ligne|lignes}, état du %5.",
        "Not in it: %1": "Absent : %1",
        "«%1» is no time.": "« %1 » n’est pas une date.",
        "«%1» is in the future.": "« %1 » est dans le futur.",
        "Say when the dump was made, with --at.": "Dites avec --at de quand date la sauvegarde SQL.",
        "Name the asset that the dump is of: a database, with --asset.":
            "Nommez avec --asset l’actif dont c’est une copie : une base.",
        "Write it as 2025-03-01T02:00:00Z.": "Écrivez-la sous la forme 2025-03-01T02:00:00Z.",
        "There is nothing at %1.": "Il n’y a rien à %1.",
        "Name the dump's file, or the folder of a pg_dump -Fd.": "Nommez le fichier, ou le dossier d’un pg_dump -Fd.",
        "%1 is a folder without toc.dat: pg_dump -Fd did not write it.":
            "%1 est un dossier sans toc.dat : pg_dump -Fd ne l’a pas écrit.",
        "Name one dump: a .sql file, an archive, or the folder of a pg_dump -Fd.":
            "Nommez une sauvegarde : un fichier .sql, une archive, ou le dossier d’un pg_dump -Fd.",
        "Check its owner and mode.": "Vérifiez son propriétaire et ses droits.",
        "%1 is no dump of PostgreSQL: neither a script nor an archive of pg_dump.":
            "%1 n’est pas une sauvegarde de PostgreSQL : ni un script, ni une archive de pg_dump.",
        "Scripts (.sql), archives of pg_dump -Fc, -Ft and -Fd are taken, also packed with gzip, zstd, bzip2 or xz.":
            "Sont acceptés les scripts (.sql) et les archives de pg_dump -Fc, -Ft et -Fd, aussi compressés par gzip, zstd, bzip2 ou xz.",
        "pg_restore cannot read %1: %2": "pg_restore ne peut lire %1 : %2",
        "%1 is packed with %2, which is not installed.": "%1 est compressé avec %2, qui n’est pas installé.",
        "Install it, or unpack the file first.": "Installez-le, ou décompressez d’abord le fichier.",
        "%1 cannot be written.": "%1 ne peut être écrit.",
        "%1 cannot unpack %2: %3": "%1 ne peut décompresser %2 : %3",
        "The file is damaged or cut short.": "Le fichier est endommagé ou tronqué.",
        "The dump could not be loaded: %1": "La sauvegarde n’a pu être chargée : %1",
        "Nothing was saved. Where an extension is missing, install it; «--keep-going» takes over the rest and says what is missing.":
            "Rien n’a été enregistré. S’il manque une extension, installez-la ; « --keep-going » reprend le reste et dit ce qui manque.",
        "%1 is empty.": "%1 est vide.",
        "The program that should have written it has failed: look for another copy.":
            "Le programme qui devait l’écrire a échoué : cherchez une autre copie.",
        "Line %1 of %2 reaches out of the database: %3": "La ligne %1 de %2 agit hors de la base : %3",
        "No dump does that by itself. Take the statement out if you know why it is there.":
            "Aucune sauvegarde ne fait cela d’elle-même. Retirez cette instruction si vous savez pourquoi elle est là.",
        "The script %1 is cut short: it ends in the middle.": "Le script %1 est tronqué : il s’arrête au milieu.",
        "Nothing was saved. Look for another copy; «--keep-going» takes over what is there.":
            "Rien n’a été enregistré. Cherchez une autre copie ; « --keep-going » reprend ce qui est là.",
        "Nothing was saved. Look for another copy; «--keep-going» takes over what can be read.":
            "Rien n’a été enregistré. Cherchez une autre copie ; « --keep-going » reprend ce qui peut être lu.",
        "Nothing was saved. Look for another copy.": "Rien n’a été enregistré. Cherchez une autre copie.",
        "the end of the script, which is cut short": "la fin du script, qui est tronqué",
        "The dump is of PostgreSQL %1, and the newest here is %2.":
            "La sauvegarde vient de PostgreSQL %1, et le plus récent ici est %2.",
        "Install PostgreSQL %1; «--keep-going» takes over what the older one understands.":
            "Installez PostgreSQL %1 ; « --keep-going » reprend ce que l’ancien comprend.",
        "%1 was written by a newer pg_dump than there is here: %2":
            "%1 a été écrit par un pg_dump plus récent que celui d’ici : %2",
        "Install the PostgreSQL that it is from.": "Installez le PostgreSQL dont elle vient.",
        "%1 is damaged or cut short: %2": "%1 est endommagé ou tronqué : %2",
        "%1 cannot be unpacked into %2.": "%1 ne peut être décompressé dans %2.",
        "Nothing was saved. Name a folder with more room in REPRISE_SANDBOXES.":
            "Rien n’a été enregistré. Indiquez un dossier plus grand dans REPRISE_SANDBOXES.",
        "The psql of %1 cannot be kept from running programs that a script names.":
            "Le psql de %1 ne peut être empêché de lancer les programmes que nomme un script.",
        "Install a newer minor release of it: 14.19, 15.14, 16.10, 17.6 and later can.":
            "Installez-en une version mineure plus récente : 14.19, 15.14, 16.10, 17.6 et les suivantes conviennent.",
        "The dump has no database %1.": "La sauvegarde n’a pas de base %1.",
        "The dump was loaded and there is nothing in it: no table, view or sequence.":
            "La sauvegarde a été chargée et ne contient rien : ni table, ni vue, ni séquence.",
        "The dump holds several databases: %1.": "La sauvegarde contient plusieurs bases : %1.",
        "Say which one with --database; import the file once for each.":
            "Dites laquelle avec --database ; importez le fichier une fois pour chacune.",
    ]
}
