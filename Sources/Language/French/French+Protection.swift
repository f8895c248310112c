extension Catalogue {
    /// What `doctor` finds.
    static let frenchProtection: [String: String] = [
        // Databases
        " (Supabase)": " (Supabase)",
        " (a standby)": " (un serveur secondaire)",
        "%1: %2 answers, PostgreSQL %3%4.": "%1 : %2 répond, PostgreSQL %3%4.",
        "%1: definitions are read with pg_dump %2.": "%1 : les définitions sont lues avec pg_dump %2.",
        "%1: drills restore into a server of %2.": "%1 : les exercices restaurent dans un serveur de %2.",
        "%1: extensions %2.": "%1 : extensions %2.",
        "%1: the connection is encrypted.": "%1 : la connexion est chiffrée.",
        "%1: the connection stays on this machine.": "%1 : la connexion reste sur cette machine.",
        "%1: the connection to %2 is not encrypted.": "%1 : la connexion à %2 n’est pas chiffrée.",
        "%1: the login %2 may read all of %3 {table|tables}, %4 {sequence|sequences} and %5 large {object|objects}.":
            "%1 : le compte %2 peut lire l’ensemble de %3 {table|tables}, %4 {séquence|séquences} et %5 {grand objet|grands objets}.",
        "%1: the server is PostgreSQL %2; backups need 13 or newer.":
            "%1 : le serveur est en PostgreSQL %2 ; il faut 13 ou plus récent pour le sauvegarder.",
        "%1: this host's clock and the server's agree.": "%1 : l’horloge de cette machine et celle du serveur concordent.",
        "%1: this host's clock and the server's are %2 seconds apart, so ages are told wrongly.":
            "%1 : l’horloge de cette machine et celle du serveur ont %2 secondes d’écart : les âges affichés sont faux.",
        "Add sslmode=verify-full (and sslrootcert=…) to the connection string.":
            "Ajoutez sslmode=verify-full (et sslrootcert=…) à la chaîne de connexion.",
        "Let both hosts set their clocks by NTP.": "Réglez les deux horloges par NTP.",
        "Upgrade the server, or back it up with its own pg_dump.":
            "Mettez le serveur à niveau, ou sauvegardez-le avec son propre pg_dump.",

        // Vaults
        "%1 MiB are free at %2.": "%1 Mio sont libres dans %2.",
        "All of its snapshots (%1) are listed and signed.": "Tous ses instantanés (%1) sont listés et signés.",
        "Free some space, or move the vault to a larger disk.":
            "Libérez de la place, ou déplacez le coffre sur un plus grand disque.",
        "Only %1 MiB are free at %2.": "Seulement %1 Mio sont libres dans %2.",
        "The key file may do this: %1.": "Le fichier de clé permet ceci : %1.",
        "The key file may do this: %1. A backup needs the writer role.":
            "Le fichier de clé permet ceci : %1. Une sauvegarde demande le rôle writer.",
        "The key file may do this: %1. It cannot open snapshots, so restores and drills need the recovery key.":
            "Le fichier de clé permet ceci : %1. Il ne peut pas ouvrir les instantanés : restaurations et exercices demandent la clé de récupération.",
        "The vault %1 is at %2.": "Le coffre %1 est à %2.",
        "The vault can be written, and its store keeps what it promises.":
            "Le coffre est accessible en écriture, et son stockage tient ses promesses.",
        "Use a key file with the writer role.": "Utilisez un fichier de clé qui a le rôle writer.",
    ]
}
