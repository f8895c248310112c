extension Catalogue {
    /// The help of the commands and of their options.
    static let frenchHelp: [String: String] = [
        // reprise, and the options of every command
        "--quiet and --verbose contradict each other.": "--quiet et --verbose se contredisent.",
        "Every command takes --plan, --lang, --recovery, --json, --no-color, --quiet and --verbose. Data goes to standard output, everything else to standard error.\n\nExit status: 0 done, 1 failed, 2 objective missed, 64 usage, 65 damaged data, 69 service unreachable, 73 cannot write, 75 busy (try again), 77 not permitted, 78 bad plan, 130 interrupted.":
            "Toute commande accepte --plan, --lang, --recovery, --json, --no-color, --quiet et --verbose. Les données vont sur la sortie standard, tout le reste sur la sortie d’erreur.\n\nCode de sortie : 0 fait, 1 échec, 2 objectif manqué, 64 erreur d’utilisation, 65 données endommagées, 69 service injoignable, 73 écriture impossible, 75 occupé (réessayez), 77 non autorisé, 78 plan incorrect, 130 interrompu.",
        "Keeps an application recoverable: takes backups, proves that they restore, brings them back.":
            "Garde une application récupérable : la sauvegarde, prouve que ses sauvegardes se restaurent, la remet en service.",
        "Print JSON: one object, or one per line for long work.":
            "Affiche du JSON : un objet, ou un par ligne pour un long travail.",
        "Print no colours. (default: also with NO_COLOR, TERM=dumb, or where there is no terminal)":
            "N’affiche pas de couleurs. (par défaut : de même avec NO_COLOR, TERM=dumb, ou sans terminal)",
        "Say more.": "Affiche plus de détails.",
        "Say no more than results, warnings and errors.": "N’affiche que les résultats, les avertissements et les erreurs.",
        "The language of messages. (default: REPRISE_LANG, the plan's, the locale's)":
            "La langue des messages. (par défaut : REPRISE_LANG, celle du plan, celle du système)",
        "The plan. (default: REPRISE_PLAN, else reprise.yaml here or in a folder above)":
            "Le plan. (par défaut : REPRISE_PLAN, sinon reprise.yaml ici ou dans un dossier au-dessus)",

        // Options of several commands
        "An id, its first characters, or «latest».": "Un identifiant, ses premiers caractères, ou « latest ».",
        "The vault. (default: the plan's first)": "Le coffre. (par défaut : le premier du plan)",

        // backup
        "A snapshot is listed once it is complete. A backup that is cut off leaves nothing behind that counts; the next one finds what was already stored.":
            "Un instantané n’est listé qu’une fois complet. Une sauvegarde interrompue ne laisse rien qui compte ; la suivante retrouve ce qui était déjà enregistré.",
        "A word kept with the snapshot; may be repeated.": "Un mot conservé avec l’instantané ; l’option peut être répétée.",
        "--tag takes one word, without blanks: «%1» is none.": "--tag prend un seul mot, sans espace : « %1 » n’en est pas un.",
        "Take a snapshot of every asset, or of those named.": "Prend un instantané de chaque actif, ou de ceux qui sont nommés.",
        "The assets. (default: all)": "Les actifs. (par défaut : tous)",
        "all assets of the plan": "tous les actifs du plan",
        "one asset, with a word to find it again by": "un actif, avec un mot pour le retrouver",

        // check
        "Read packs too: a share such as 10%, or «all».": "Lit aussi des paquets : une part comme 10%, ou « all ».",
        "and a tenth of the packs is read, another tenth each time": "et un dixième des paquets est lu, un autre à chaque fois",
        "and every byte is read": "et chaque octet est lu",
        "every object is there, signed and chained; every chunk has its place":
            "chaque objet est là, signé et chaîné ; chaque fragment a sa place",

        // completion
        "Print the script with which a shell completes commands and options.":
            "Affiche le script avec lequel un shell complète les commandes et les options.",
        "bash": "bash",
        "The shell.": "Le shell.",
        "fish": "fish",
        "zsh, with ~/.zfunc in fpath": "zsh, avec ~/.zfunc dans fpath",

        // config
        "An editor with a YAML language server completes and checks the plan when its first line is `# yaml-language-server: $schema=reprise.schema.json`.":
            "Un éditeur doté d’un serveur de langage YAML complète et vérifie le plan si sa première ligne est `# yaml-language-server: $schema=reprise.schema.json`.",
        "Check and show the plan file.": "Vérifie et montre le fichier de plan.",
        "It shows where secrets are to be found, never the secrets.": "Il montre où trouver les secrets, jamais les secrets.",
        "Print the JSON Schema of the plan file, for editors.": "Affiche le schéma JSON du fichier de plan, pour les éditeurs.",
        "Reads the file only: `reprise doctor` tries what it says. Exit status 78 where something is wrong.":
            "Lit seulement le fichier : `reprise doctor` essaie ce qu’il dit. Code de sortie 78 si quelque chose ne va pas.",
        "Say whether the plan is right, and everything that is wrong with it.":
            "Dit si le plan est correct, et tout ce qui n’y va pas.",
        "Show the plan as it is understood, with every default written out.":
            "Montre le plan tel qu’il est compris, valeurs par défaut comprises.",
        "a file for an editor": "un fichier pour un éditeur",
        "another one": "un autre",
        "as JSON": "en JSON",
        "as YAML": "en YAML",
        "problems with path, line and column for programs": "les problèmes avec chemin, ligne et colonne pour les programmes",
        "the plan of this folder": "le plan de ce dossier",

        // demo
        "Everything happens in a temporary folder that is removed afterwards.":
            "Tout se passe dans un dossier temporaire, supprimé ensuite.",
        "Keep the temporary folder with its vault.": "Garde le dossier temporaire avec son coffre.",
        "Show the whole round on a throw-away shop, or on your own database without touching it.":
            "Montre le tour complet sur une boutique jetable, ou sur votre propre base sans y toucher.",
        "Your own database: a URL without a password, env:NAME or file:PATH.":
            "Votre propre base : une URL sans mot de passe, env:NOM ou file:CHEMIN.",
        "backs up and drills your own database, reading only":
            "sauvegarde votre propre base et répète sa reprise, sans rien y écrire",
        "starts a server, fills it, backs it up, loses a table, brings it back, proves it":
            "démarre un serveur, le remplit, le sauvegarde, perd une table, la restaure, le prouve",

        // drill
        "Every row is compared with what was recorded when the snapshot was taken; then the structure, constraints, sequences, indexes and the plan's own questions. The result is signed and kept in the vault. The exit status is 2 when something does not hold or took longer than the objective allows.":
            "Chaque ligne est comparée à ce qui a été enregistré à la prise de l’instantané ; puis la structure, les contraintes, les séquences, les index et les questions du plan. Le résultat est signé et conservé dans le coffre. Le code de sortie est 2 si quelque chose ne tient pas ou dépasse la durée de l’objectif.",
        "Rehearse a recovery: restore into a throw-away server and prove that everything came back.":
            "Répète une reprise : restaure dans un serveur jetable et prouve que tout est revenu.",
        "The asset. (default: all)": "L’actif. (par défaut : tous)",
        "an older one": "un plus ancien",
        "the newest snapshot of every asset": "le dernier instantané de chaque actif",

        // init
        "Leave no key on this host that can open snapshots.": "Ne laisse sur cette machine aucune clé qui ouvre les instantanés.",
        "The kit holds the recovery key, which opens everything: print it, keep it away from this machine, delete the file. With --write-only the kit goes to --kit-to or to standard output, and nothing on this host can open a snapshot.":
            "La trousse contient la clé de récupération, qui ouvre tout : imprimez-la, gardez-la loin de cette machine, supprimez le fichier. Avec --write-only, la trousse va vers --kit-to ou la sortie standard, et rien sur cette machine ne peut ouvrir un instantané.",
        "The vault to make. (default: the plan's first)": "Le coffre à créer. (par défaut : le premier du plan)",
        "Where the kit is written. (default: beside the key file; with --write-only: standard output)":
            "Où écrire la trousse. (par défaut : à côté du fichier de clé ; avec --write-only : la sortie standard)",
        "Write a plan if there is none, and make its vault, the key file and the recovery kit.":
            "Écrit un plan s’il n’y en a pas, et crée son coffre, le fichier de clé et la trousse de récupération.",
        "for a server that must not be able to read its backups": "pour un serveur qui ne doit pas pouvoir lire ses sauvegardes",
        "plan, vault, key file and kit in this folder": "plan, coffre, fichier de clé et trousse dans ce dossier",

        // ls, snapshots, status
        "List the snapshots of a vault, oldest first.": "Liste les instantanés d’un coffre, le plus ancien d’abord.",
        "List what a snapshot holds.": "Liste le contenu d’un instantané.",
        "Needs no reader key and does not touch the database.": "Se passe de clé de lecture et ne touche pas à la base.",
        "Needs no reader key.": "Se passe de clé de lecture.",
        "Only of this asset.": "Seulement de cet actif.",
        "Only what is at or below this path.": "Seulement ce qui se trouve à ce chemin ou dessous.",
        "Only with this tag.": "Seulement avec cette étiquette.",
        "Say what could be restored now, what is proven, and whether the objectives hold.":
            "Dit ce qui pourrait être restauré maintenant, ce qui est prouvé, et si les objectifs tiennent.",
        "all assets; exit status 2 when an objective is missed or not known to hold":
            "tous les actifs ; code de sortie 2 si un objectif est manqué ou incertain",
        "all of them": "tous",
        "every entry of the newest snapshot": "chaque entrée du dernier instantané",
        "of one asset, with a tag": "d’un actif, avec une étiquette",
        "the same for a monitor": "la même chose, pour un outil de supervision",
        "what lies below a path": "ce qui se trouve sous un chemin",

        // restore
        "--jobs takes a number from 1 to 64.": "--jobs prend un nombre de 1 à 64.",
        "--schema-only and --data-only contradict each other.": "--schema-only et --data-only se contredisent.",
        "Connections that load rows and build indexes. (default: the plan's)":
            "Connexions qui chargent les lignes et construisent les index. (par défaut : celles du plan)",
        "Definitions without rows.": "Les définitions sans les lignes.",
        "Do not compare rows afterwards.": "Ne compare pas les lignes ensuite.",
        "Everything belongs to the login; rights of missing roles are left out.":
            "Tout appartient au compte ; les droits des rôles absents sont laissés de côté.",
        "Replace what the target holds.": "Remplace ce que contient la cible.",
        "Rows into tables that are there already.": "Les lignes, dans des tables déjà présentes.",
        "Say what would be done and do nothing.": "Dit ce qui serait fait et ne fait rien.",
        "The asset. (default: the only one)": "L’actif. (par défaut : le seul)",
        "The target's password comes from PGPASSWORD, ~/.pgpass or the variable that env: names, never from the arguments.":
            "Le mot de passe de la cible vient de PGPASSWORD, de ~/.pgpass ou de la variable que nomme env:, jamais des arguments.",
        "everything, into an empty database": "tout, dans une base vide",
        "one table that was lost": "une table perdue",
        "replaces what is there, after a question and a safety snapshot":
            "remplace ce qui s’y trouve, après une question et un instantané de sécurité",

        // debug
        "Tools for those who work on Reprise.": "Outils pour ceux qui travaillent sur Reprise.",
        "Write one file into a new vault, to measure the write pipeline by itself.":
            "Écrit un fichier dans un coffre neuf, pour mesurer la seule chaîne d’écriture.",
        "The file.": "Le fichier.",
        "An empty or new folder for the vault.": "Un dossier vide ou nouveau pour le coffre.",

        // doctor
        "Check everything that a backup and a drill need, and say what to do about what is missing.":
            "Vérifie tout ce qu’il faut à une sauvegarde et à un exercice, et dit que faire pour ce qui manque.",
        "vault, keys, disk, database, privileges, programs": "coffre, clés, disque, base, droits, programmes",
        "Exit status 1 when a backup cannot work; warnings do not change it.":
            "Code de sortie 1 si une sauvegarde ne peut pas réussir ; les avertissements n’y changent rien.",

        // export
        "one script for psql": "un script pour psql",
        "for pg_restore -j": "pour pg_restore -j",
        "one archive for pg_restore": "une archive pour pg_restore",
        "The formats directory and custom are written by pg_dump from a throw-away server into which the snapshot is restored first. Exported files are not encrypted.":
            "Les formats directory et custom sont écrits par pg_dump depuis un serveur jetable où l’instantané est d’abord restauré. Les fichiers exportés ne sont pas chiffrés.",
        "The file or folder to write; it must not exist.": "Le fichier ou dossier à écrire ; il ne doit pas exister.",
    ]
}
