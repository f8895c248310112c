extension Catalogue {
    /// What commands say while they work, and about what went wrong with them.
    static let frenchCommands: [String: String] = [
        // The console
        "%1 left": "encore %1",
        "%1 of %2": "%1 sur %2",
        "EXAMPLES:": "EXEMPLES :",
        "Interrupted. Nothing that was stored before is touched.": "Interrompu. Ce qui était déjà enregistré est intact.",
        "Next:": "Ensuite :",
        "Something went wrong that was not foreseen: %1": "Un problème imprévu est survenu : %1",
        "Standard output cannot be written.": "La sortie standard ne peut pas être écrite.",
        "cause:": "cause :",
        "error:": "erreur :",
        "hint:": "conseil :",
        "warning:": "attention :",

        // The plan, its secrets, vaults and assets
        "A relative path starts at the plan's folder, %1.": "Un chemin relatif part du dossier du plan, %1.",
        "Is this the right file?": "Est-ce le bon fichier ?",
        "It has: %1.": "Il contient : %1.",
        "Others on this machine may read the secret in %1 (mode %2). Close it: `chmod 600 %3`.":
            "D’autres utilisateurs de cette machine peuvent lire le secret de %1 (mode %2). Fermez-le : `chmod 600 %3`.",
        "Say which asset; the plan has: %1.": "Précisez l’actif ; le plan contient : %1.",
        "Set it (`export %1=…`), or keep the value in a file and write `file:PATH`.":
            "Définissez-la (`export %1=…`), ou gardez la valeur dans un fichier et écrivez `file:CHEMIN`.",
        "The environment variable %1 is empty; it is needed for %2.":
            "La variable d’environnement %1 est vide ; elle est nécessaire à %2.",
        "The environment variable %1 is not set; it is needed for %2.":
            "La variable d’environnement %1 n’est pas définie ; elle est nécessaire à %2.",
        "The file %1 cannot be read; it is needed for %2.": "Le fichier %1 est illisible ; il est nécessaire à %2.",
        "The file %1 is empty; it is needed for %2.": "Le fichier %1 est vide ; il est nécessaire à %2.",
        "The file %1 is longer than %2 KiB; it is needed for %3.":
            "Le fichier %1 dépasse %2 Kio ; il est nécessaire à %3.",
        "The file %1 is not UTF-8 text; it is needed for %2.":
            "Le fichier %1 n’est pas du texte UTF-8 ; il est nécessaire à %2.",
        "The plan %1 cannot be read.": "Le plan %1 est illisible.",
        "The plan %1 is longer than %2 KiB.": "Le plan %1 dépasse %2 Kio.",
        "The plan %1 is not UTF-8 text.": "Le plan %1 n’est pas du texte UTF-8.",
        "The plan %1 is right. Vaults: %2. Assets: %3.": "Le plan %1 est correct. Coffres : %2. Actifs : %3.",
        "The plan has no asset %1.": "Le plan n’a pas d’actif %1.",
        "The plan has no vault %1.": "Le plan n’a pas de coffre %1.",
        "The target is no connection string.": "La cible n’est pas une chaîne de connexion.",
        "The target must not hold a password: arguments can be seen by everybody on this machine.":
            "La cible ne doit pas contenir de mot de passe : tous les utilisateurs de cette machine peuvent voir les arguments.",
        "There is no file %1; it is needed for %2.": "Il n’y a pas de fichier %1 ; il est nécessaire à %2.",
        "There is no key file at %1, so the vault %2 cannot be opened.":
            "Il manque le fichier de clé %1 : le coffre %2 ne peut pas être ouvert.",
        "There is no plan %1.": "Il n’y a pas de plan %1.",
        "There is no plan: no file reprise.yaml in this folder or one above it.":
            "Il n’y a pas de plan : aucun fichier reprise.yaml dans ce dossier ni au-dessus.",
        "Write it without the password, as in postgresql://user@host/database, with the password in PGPASSWORD or ~/.pgpass; or put all of it into an environment variable and write env:NAME.":
            "Écrivez-la sans mot de passe, comme postgresql://utilisateur@hôte/base, avec le mot de passe dans PGPASSWORD ou ~/.pgpass ; ou mettez-la entière dans une variable d’environnement et écrivez env:NOM.",
        "`reprise init` writes one to begin with; `--plan FILE` names another file.":
            "`reprise init` en écrit un pour commencer ; `--plan FICHIER` en désigne un autre.",
        "«reprise init» makes a vault with its key. Of an existing one, name the key file with REPRISE_KEY_FILE, or a file with the kit's recovery key with REPRISE_RECOVERY_KEY_FILE.":
            "« reprise init » crée un coffre et sa clé. Pour un coffre existant, indiquez son fichier de clé dans REPRISE_KEY_FILE, ou un fichier avec la clé de récupération de la trousse dans REPRISE_RECOVERY_KEY_FILE.",

        // Snapshots
        "%1 snapshots begin with %2: write more of the id.":
            "%1 instantanés commencent par %2 : écrivez l’identifiant plus au long.",
        "ADDED": "AJOUTÉ",
        "ASSET": "ACTIF",
        "SIZE": "TAILLE",
        "SNAPSHOT": "INSTANTANÉ",
        "STOOD AT": "ÉTAT DU",
        "TAGS": "ÉTIQUETTES",
        "`reprise ls %1` lists all that it holds.": "`reprise ls %1` liste tout son contenu.",
        "The value of %1 is no connection string; it is needed for %2.":
            "La valeur de %1 n’est pas une chaîne de connexion ; elle est nécessaire à %2.",
        "The snapshot %1 has nothing at %2.": "L’instantané %1 ne contient rien sous %2.",
        "There is no snapshot %1.": "Il n’y a pas d’instantané %1.",
        "There is no snapshot in the vault at %1 yet.": "Le coffre %1 ne contient encore aucun instantané.",
        "There is no snapshot of %1 in the vault at %2 yet.": "Il n’y a encore aucun instantané de %1 dans le coffre %2.",
        "There is no snapshot yet. «reprise backup» makes one.":
            "Il n’y a encore aucun instantané. « reprise backup » en prend un.",
        "«reprise backup» makes one.": "« reprise backup » en prend un.",
        "«reprise snapshots» lists them; at least four characters of an id are needed.":
            "« reprise snapshots » les liste ; il faut au moins quatre caractères d’un identifiant.",

        // init
        "It may be the only key to a vault: it is never overwritten. Move it away if you mean to make a new vault.":
            "C’est peut-être la seule clé d’un coffre : il n’est jamais écrasé. Déplacez-le si vous voulez créer un nouveau coffre.",
        "Key file: %1 (adds snapshots, cannot open them)": "Fichier de clé : %1 (ajoute des instantanés, ne peut pas les ouvrir)",
        "Key file: %1 (adds, opens and deletes snapshots)": "Fichier de clé : %1 (ajoute, ouvre et supprime des instantanés)",
        "Plan: %1": "Plan : %1",
        "Print the kit above now: it is kept nowhere.":
            "Imprimez dès maintenant la trousse ci-dessus : elle n’est conservée nulle part.",
        "The file %1 cannot be written.": "Le fichier %1 ne peut pas être écrit.",
        "The folder %1 cannot be made.": "Le dossier %1 ne peut pas être créé.",
        "Is the folder there, and may you write in it?": "Le dossier existe-t-il, et pouvez-vous y écrire ?",
        "The plan %1 cannot be written.": "Le plan %1 ne peut pas être écrit.",
        "The plan takes the key of this vault from the environment; put this key file there:":
            "Le plan prend la clé de ce coffre dans l’environnement ; mettez-y ce fichier de clé :",
        "There is a file at %1 already.": "Le fichier %1 existe déjà.",
        "There is no folder %1 for the kit.": "Il n’y a pas de dossier %1 pour le kit.",
        "Make it first, or mount the disk that it is on.": "Créez-le d’abord, ou montez le disque qui le contient.",
        "Vault: %1": "Coffre : %1",
        "checks that a backup will work": "vérifie qu’une sauvegarde réussira",

        // backup
        "%1 of it were new and take %2 in the vault.": "%1 sont nouveaux et occupent %2 dans le coffre.",
        "All of it was new and takes %1 in the vault.": "Tout est nouveau et occupe %1 dans le coffre.",
        "Backing up %1": "Sauvegarde de %1",
        "Snapshot %1 of %2: %3 {table|tables}, %4 {row|rows}, %5 in %6.":
            "Instantané %1 de %2 : %3 {table|tables}, %4 {ligne|lignes}, %5 en %6.",
        "proves that it can be restored": "prouve qu’on peut le restaurer",

        // check
        "  It touches the snapshots %1.": "  Instantanés touchés : %1.",
        "%1 {pack|packs} (%2) {was|were} read: %3.": "Paquets lus : %1 (%2), %3.",
        "%1 {pack is|packs are} left over from backups that were cut off: no damage.":
            "Paquets restés de sauvegardes interrompues : %1 ; rien d’endommagé.",
        "%1 {snapshot|snapshots}, %2 {record|records} and %3 {pack|packs} (%4) are listed.":
            "Listés : %1 {instantané|instantanés}, %2 {enregistrement|enregistrements} et %3 {paquet|paquets} (%4).",
        "Checking": "Vérification",
        "hashed (no reader key here to open them)": "empreintes vérifiées (pas de clé de lecture ici pour les ouvrir)",
        "hashed, opened and compared with their names": "empreintes vérifiées, ouverts et comparés à leurs noms",
        "Nothing is wrong.": "Rien à signaler.",
        "Problems: %1.": "Problèmes : %1.",

        // restore
        "%1 cannot be read: %2": "%1 ne peut pas être lu : %2",
        "%1 has %2 {row|rows} instead of %3.": "%1 a %2 {ligne|lignes} au lieu de %3.",
        "%1 has as many rows as recorded, and not the same ones.":
            "%1 a autant de lignes qu’à l’enregistrement, mais pas les mêmes.",
        "%1 is missing.": "%1 est absent.",
        "--confirm says «%1», and the target database is «%2». Nothing was touched.":
            "--confirm dit « %1 », et la base cible est « %2 ». Rien n’a été touché.",
        "In a script add --confirm %1.": "Dans un script, ajoutez --confirm %1.",
        "Nobody is there to confirm that database %1 may be overwritten. Nothing was touched.":
            "Personne n’est là pour confirmer que la base %1 peut être écrasée. Rien n’a été touché.",
        "Overwriting takes a safety snapshot first, and this key file has not the writer role.":
            "Avant d’écraser, un instantané de sécurité est pris, et ce fichier de clé n’a pas le rôle writer.",
        "Restored %1 {row|rows} (%2) of snapshot %3 into %4 in %5.":
            "%1 {ligne|lignes} (%2) de l’instantané %3 {restaurée|restaurées} dans %4 en %5.",
        "Restoring %1": "Restauration de %1",
        "That is not the database's name. Nothing was touched.": "Ce n’est pas le nom de la base. Rien n’a été touché.",
        "Use a key file that has it, or restore into an empty database.":
            "Utilisez un fichier de clé qui l’a, ou restaurez dans une base vide.",
        "What database %1 holds will be replaced. Type its name to go on:":
            "Ce que contient la base %1 sera remplacé. Tapez son nom pour continuer :",
        "What the target holds is kept as snapshot %1 (asset %2).":
            "Le contenu de la cible est conservé dans l’instantané %1 (actif %2).",
        "Write table, or schema.table, with double quotes where a name has dots.":
            "Écrivez table, ou schéma.table, avec des guillemets doubles si un nom contient des points.",
        "clear the target": "vider la cible",
        "definitions": "définitions",
        "indexes and constraints": "index et contraintes",
        "large objects": "grands objets",
        "materialized views": "vues matérialisées",
        "roles": "rôles",
        "rows": "lignes",
        "sequences": "séquences",
        "settings": "paramètres",
        "statistics": "statistiques",
        "«%1» is no table name.": "« %1 » n’est pas un nom de table.",
        "Tables read again and compared: %1, every row as it was recorded.":
            "Tables relues et comparées : %1, chaque ligne conforme à l’enregistrement.",

        // drill
        ", objective %1": ", objectif %1",
        "Drill of %1, snapshot %2 of %3:": "Exercice de %1, instantané %2 du %3 :",
        "Evidence %1, signed.": "Preuve %1, signée.",
        "The evidence is not kept.": "La preuve n’est pas gardée.",
        "This could not be kept as evidence, and «reprise status» will not know of it: %1":
            "Ceci n’a pas pu être gardé comme preuve, et « reprise status » n’en saura rien : %1",
        "FAILED. %1": "ÉCHEC. %1",
        "PASSED with remarks: recovered in %1%2. %3": "RÉUSSI avec remarques : reprise en %1%2. %3",
        "PASSED: recovered in %1%2. %3": "RÉUSSI : reprise en %1%2. %3",
        "Rehearsing the recovery of %1": "Exercice de reprise de %1",
        "shows where everything stands": "fait le point",
        "  ? unproven: %1": "  ? non prouvé : %1",
        "%1: %2, expected: %3": "%1 : %2, attendu : %3",
        "%1: %2": "%1 : %2",

        // init
        "The key file and the kit stay, because the store may have taken the vault all the same. If «reprise snapshots» finds none there, move them away and run «reprise init» again.":
            "Le fichier de clé et la trousse restent, car le stockage a pu prendre le coffre malgré tout. Si « reprise snapshots » n’en trouve aucun là, déplacez-les et relancez « reprise init ».",

        // status
        "The newest snapshot of %1 is dated %2 ahead of this machine's clock: that clock is behind, or the one that it was taken by was ahead. The exposure is reckoned without it until then.":
            "Le dernier instantané de %1 est daté de %2 en avance sur l’horloge de cette machine : celle-ci retarde, ou celle qui l’a pris avançait. D’ici là, l’exposition est calculée sans lui.",
        "%1 (snapshot %2, incomplete, as all are)": "%1 (instantané %2, incomplet, comme tous)",
        "%1 (snapshot %2, incomplete; the newest complete one is of %3)":
            "%1 (instantané %2, incomplet ; le dernier complet est du %3)",
        "%1 (snapshot %2, the only one)": "%1 (instantané %2, le seul)",
        "%1 (snapshot %2, the last of %3)": "%1 (instantané %2, le dernier de %3)",
        "%1 in the last drill": "%1 au dernier exercice",
        "%1 of work would be lost now": "on perdrait maintenant %1 de travail",
        "%1, %2 for snapshots of %3 together": "%1, %2 pour des instantanés de %3 au total",
        "%1, %2 for snapshots of %3 together (%4 times smaller)":
            "%1, %2 pour des instantanés de %3 au total (%4 fois plus petit)",
        "%1, by the drill of %2": "%1, par l’exercice du %2",
        "%1, by the drill of %2; some of it stays unproven": "%1, par l’exercice du %2 ; une partie reste à prouver",
        "%1, empty": "%1, vide",
        "%1, objective %2": "%1, objectif %2",
        "? unknown": "? inconnu",
        "everything would be lost now": "tout serait perdu maintenant",
        "exposure": "exposition",
        "newest point": "dernier point",
        "none: no drill has restored a snapshot yet": "aucun : aucun exercice n’a encore restauré d’instantané",
        "none: nothing could be restored": "aucun : rien ne pourrait être restauré",
        "none: the last drill failed": "aucun : le dernier exercice a échoué",
        "proven point": "point prouvé",
        "proves that the newest snapshot can be restored": "prouve qu’on peut restaurer le dernier instantané",
        "recovery": "reprise",
        "takes a new snapshot": "prend un nouvel instantané",
        "unknown: never rehearsed": "inconnue : aucun exercice",
        "unknown: the last drill failed": "inconnue : le dernier exercice a échoué",
        "vault": "coffre",
        "✓ kept": "✓ tenu",
        "✗ missed": "✗ manqué",

        // demo
        "%1 has %2 {row|rows} again.": "%1 a de nouveau %2 {ligne|lignes}.",
        "%1 has %2 {row|rows}.": "%1 a %2 {ligne|lignes}.",
        "A tour with your own database, which is only read. The vault is made in %1.":
            "Une visite avec votre propre base, qui est seulement lue. Le coffre est créé dans %1.",
        "A tour with a throw-away shop. Nothing of yours is touched; the vault is made in %1.":
            "Une visite avec une boutique jetable. Rien de ce qui est à vous n’est touché ; le coffre est créé dans %1.",
        "Back it up": "Sauvegarder la base",
        "Back it up again: only what is new is stored": "Sauvegarder encore : seul le nouveau est enregistré",
        "That folder is removed now; --keep keeps it.": "Ce dossier est maintenant supprimé ; --keep le conserve.",
        "Back up %1, reading only": "Sauvegarder %1, en lecture seule",
        "Bring it back": "Restaurer la table",
        "Let the shop work for a while, and back it up again: only what is new is stored":
            "Laisser la boutique travailler un peu, puis sauvegarder encore : seul le nouveau est enregistré",
        "Lose a table: DROP TABLE %1 CASCADE": "Perdre une table : DROP TABLE %1 CASCADE",
        "Rehearse the recovery: restore into another throw-away server and compare everything":
            "Répéter la reprise : restaurer dans un autre serveur jetable et tout comparer",
        "Start a throw-away PostgreSQL server and fill it with a shop":
            "Démarrer un serveur PostgreSQL jetable et le remplir d’une boutique",
        "The vault, its key and its kit are in %1.": "Le coffre, sa clé et sa trousse sont dans %1.",
        "Where everything stands": "Faire le point",
        "does the same for your own database": "fait de même pour votre propre base",

        // debug
        "%1 in %2, %3 stored.": "%1 en %2, %3 enregistrés.",
        "%1 cannot be read.": "%1 est illisible.",

        // doctor
        "takes a snapshot": "prend un instantané",

        // export
        "There is something at %1 already.": "%1 existe déjà.",
        "Name a path that is free.": "Indiquez un chemin qui n’existe pas encore.",
        "Exporting %1": "Export de %1",
        "Snapshot %1 of %2 is at %3.": "L’instantané %1 de %2 est dans %3.",
        "loads it into an empty database": "le charge dans une base vide",
    ]
}
