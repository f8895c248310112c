extension Catalogue {
    /// Drills, evidence, and the printed kit.
    static let frenchRecovery: [String: String] = [
        // Drills and evidence
        "A newer version of Reprise may have written it.": "Une version plus récente de Reprise l’a peut-être écrite.",
        "The evidence %1 cannot be read.": "La preuve %1 est illisible.",
        "ask the plan's questions": "poser les questions du plan",
        "check indexes and pages": "vérifier les index et les pages",
        "check the sequences": "vérifier les séquences",
        "compare every row": "comparer chaque ligne",
        "compare the structure": "comparer la structure",
        "restore": "restaurer",
        "start a sandbox": "démarrer un bac à sable",
        "try out the constraints": "éprouver les contraintes",

        // The kit
        "1. Install Reprise on any Linux machine, with the PostgreSQL programs, and copy or mount the vault.":
            "1. Installez Reprise sur une machine Linux quelconque, avec les programmes de PostgreSQL, et copiez ou montez le coffre.",
        "2. Put the plan below into a file reprise.yaml, with the vault's new place, and write the recovery key into a file that only you may read:":
            "2. Mettez le plan ci-dessous dans un fichier reprise.yaml, avec le nouvel emplacement du coffre, et écrivez la clé de récupération dans un fichier que vous seul pouvez lire :",
        "1. Install Reprise on any Linux machine, and copy or mount the vault.":
            "1. Installez Reprise sur une machine Linux quelconque, et copiez ou montez le coffre.",
        "3. Name that file, look at what there is, and restore into a new folder:":
            "3. Indiquez ce fichier, voyez ce qu’il y a, et restaurez dans un nouveau dossier :",
        "3. Name that file, look at what there is, and restore into an empty database or a new folder:":
            "3. Indiquez ce fichier, voyez ce qu’il y a, et restaurez dans une base vide ou un nouveau dossier :",
        "3. Name that file, look at what there is, and restore into an empty database:":
            "3. Indiquez ce fichier, voyez ce qu’il y a, et restaurez dans une base vide :",
        "Blanks, hyphens and upper or lower case do not matter; the letters O, I and L are read as the digits 0 and 1. The last characters are a checksum: a mistyped key is refused.":
            "Les espaces, les tirets et la casse ne comptent pas ; les lettres O, I et L sont lues comme les chiffres 0 et 1. Les derniers caractères sont une somme de contrôle : une clé mal saisie est refusée.",
        "How to bring everything back": "Comment tout restaurer",
        "How to read the vault without Reprise": "Comment lire le coffre sans Reprise",
        "Print this page, keep it away from every computer, and delete the file. Whoever holds it can read every backup.":
            "Imprimez cette page, gardez-la loin de tout ordinateur et supprimez le fichier. Qui la détient peut lire toutes les sauvegardes.",
        "Recovery kit: %1": "Trousse de récupération : %1",
        "The format is documented in docs/FORMAT.md of the project, and tools/read_vault.py reads it with nothing but Python and two common packages:":
            "Le format est décrit dans docs/FORMAT.md du projet, et tools/read_vault.py le lit avec seulement Python et deux paquets courants :",
        "The recovery key": "La clé de récupération",
        "What it opens": "Ce qu’elle ouvre",

        // Export
        "The throw-away server cannot take all of the snapshot: %1":
            "Le serveur jetable ne peut pas recevoir tout l’instantané : %1",
        "Export with --format sql, which needs no server, or name a server that has it in the plan (sandbox).":
            "Exportez avec --format sql, qui se passe de serveur, ou nommez dans le plan (sandbox) un serveur qui l’a.",
        "%1 cannot be written: %2": "%1 ne peut pas être écrit : %2",

        // What a drill found
        "no error": "aucune erreur",
        "The database's own sort order (%1) is not on this machine: indexes were proven in another one.":
            "L’ordre de tri de la base (%1) n’existe pas sur cette machine : les index ont été prouvés dans un autre.",
        "The sandbox has no amcheck: indexes were built anew from the rows and not checked further.":
            "Le bac à sable n’a pas amcheck : les index ont été reconstruits à partir des lignes et pas vérifiés davantage.",
        "%1 {table|tables} as recorded": "%1 {table conforme|tables conformes} à l’enregistrement",
        "%1 {table|tables}, %2 {row|rows}, and the large objects (%3): every checksum equal":
            "%1 {table|tables}, %2 {ligne|lignes} et les grands objets (%3) : toutes les sommes de contrôle sont égales",
        "%1 {table|tables}, %2 {row|rows}: every checksum equal":
            "%1 {table|tables}, %2 {ligne|lignes} : toutes les sommes de contrôle sont égales",
        "%1 {differs|differ}": "%1 {diffère|diffèrent}",
        "structure": "structure",
        "every definition as recorded": "toutes les définitions conformes",
        "structure of %1": "structure de %1",
        "as recorded": "comme enregistrée",
        "rows of %1": "lignes de %1",
        "%1 {row|rows}": "%1 {ligne|lignes}",
        "no such table": "table absente",
        "the recorded checksum": "la somme de contrôle enregistrée",
        "as many rows, and not the same": "autant de lignes, mais pas les mêmes",
        "missing": "manquante",
        "unexpected": "inattendue",
        "different": "différente",
        "constraint %1": "contrainte %1",
        "no row breaks it": "aucune ligne ne l’enfreint",
        "at least one": "au moins une",
        "constraints": "contraintes",
        "%1 {holds|hold}": "%1 {tient|tiennent}",
        "sequence %1": "séquence %1",
        "past %1 = %2": "au-delà de %1 = %2",
        "would give %1": "donnerait %1",
        "%1 ahead of {its column|their columns}": "%1 en avance sur {sa colonne|leurs colonnes}",
        "index %1": "index %1",
        "fits its table": "conforme à sa table",
        "table %1": "table %1",
        "no damaged page": "aucune page endommagée",
        "amcheck": "amcheck",
        "%1 {index|indexes} and %2 {table|tables} sound": "%1 index et %2 {table|tables} sains",
        "all sound": "tout est sain",
        "%1 damaged": "%1 endommagés",
        "sandbox": "bac à sable",
        "compare": "comparaison",
        "assertions": "questions du plan",
    ]
}
