extension Catalogue {
    /// Talking to PostgreSQL, its programs, sandboxes.
    static let frenchPostgres: [String: String] = [
        // Connections
        "A COPY statement must be run as a copy.": "Une instruction COPY doit être exécutée comme une copie.",
        "A lock was not to be had in time: %1": "Un verrou n’a pas pu être obtenu à temps : %1",
        "A statement or parameter holds a zero byte, which PostgreSQL texts cannot.":
            "Une instruction ou un paramètre contient un octet nul, interdit dans les textes de PostgreSQL.",
        "Check that the server runs and can be reached, then try again.":
            "Vérifiez que le serveur tourne et qu’on peut le joindre, puis réessayez.",
        "Check the address, that the server runs, and that this machine may reach it.":
            "Vérifiez l’adresse, que le serveur tourne, et que cette machine peut le joindre.",
        "Create the database first (`createdb`), or correct its name.":
            "Créez d’abord la base (`createdb`), ou corrigez son nom.",
        "Check the user and the password of the connection string, and the server's pg_hba.conf.":
            "Vérifiez l’utilisateur et le mot de passe de la chaîne de connexion, et le pg_hba.conf du serveur.",
        "Copy in text format without a header line.": "Copiez au format texte, sans ligne d’en-tête.",
        "Install it: on Debian and Ubuntu apt-get install libpq5.":
            "Installez-la : sous Debian et Ubuntu, apt-get install libpq5.",
        "It must look like postgresql://user@host:5432/database or host=… dbname=…; in a URL, special characters of a password are written as %40 for @, %3A for :, %2F for /, %23 for #, %25 for %.":
            "Elle doit ressembler à postgresql://utilisateur@hôte:5432/base ou host=… dbname=… ; dans une URL, les caractères spéciaux d’un mot de passe s’écrivent %40 pour @, %3A pour :, %2F pour /, %23 pour #, %25 pour %.",
        "No connection to %1: %2": "Pas de connexion à %1 : %2",
        "PostgreSQL's client library cannot be loaded: %1.":
            "La bibliothèque cliente de PostgreSQL ne peut pas être chargée : %1.",
        "The connection string asks for GSSAPI encryption (gssencmode=require), which is not supported.":
            "La chaîne de connexion demande le chiffrement GSSAPI (gssencmode=require), qui n’est pas pris en charge.",
        "The connection string cannot be read.": "La chaîne de connexion est illisible.",
        "A sandbox is not made in %1: other users may change what is in that folder.":
            "Aucun bac à sable n’est créé dans %1 : d’autres utilisateurs peuvent modifier le contenu de ce dossier.",
        "Choose a folder of your own.": "Choisissez un dossier qui n’appartient qu’à vous.",
        "The environment variable PGHOSTADDR would lead a connection to the socket in %1 elsewhere.":
            "La variable d’environnement PGHOSTADDR mènerait ailleurs une connexion à la socket dans %1.",
        "Unset PGHOSTADDR.": "Supprimez PGHOSTADDR de l’environnement.",
        "The connection to %1 has been closed.": "La connexion à %1 a été fermée.",
        "The connection to %1 is in the middle of a COPY.": "La connexion à %1 est au milieu d’un COPY.",
        "The connection to %1 is lost: %2": "La connexion à %1 est perdue : %2",
        "The connection was given up after an earlier problem: %1":
            "La connexion a été abandonnée après un problème antérieur : %1",
        "The server does not let %1 in: %2": "Le serveur refuse l’accès à %1 : %2",
        "The server ended the connection: %1": "Le serveur a mis fin à la connexion : %1",
        "The server refused a statement: %1": "Le serveur a refusé une instruction : %1",
        "The server says that it sent %1 {row|rows}, and %2 arrived.":
            "Le serveur dit avoir envoyé %1 {ligne|lignes}, et %2 {est arrivée|sont arrivées}.",
        "The server's answer to a COPY cannot be understood: %1.": "La réponse du serveur à un COPY est incompréhensible : %1.",
        "The statement is no COPY … FROM STDIN.": "L’instruction n’est pas un COPY … FROM STDIN.",
        "The statement is no COPY … TO STDOUT.": "L’instruction n’est pas un COPY … TO STDOUT.",
        "The work was cancelled.": "Le travail a été annulé.",
        "This process has too many open files to make another connection.":
            "Ce processus a trop de fichiers ouverts pour une connexion de plus.",
        "Try again when the table is less busy.": "Réessayez quand la table sera moins sollicitée.",
        "Use TLS instead: sslmode=require or sslmode=verify-full.":
            "Utilisez plutôt TLS : sslmode=require ou sslmode=verify-full.",

        // Programs
        "%1 cannot be run.": "%1 ne peut pas être exécuté.",
        "%1 ended with status %2: %3": "%1 s’est terminé avec le code %2 : %3",
        "Install PostgreSQL %1 or newer, or name the folder of its programs in REPRISE_POSTGRES_BIN.":
            "Installez PostgreSQL %1 ou plus récent, ou nommez le dossier de ses programmes dans REPRISE_POSTGRES_BIN.",
        "No PostgreSQL programs on this machine can %1: %2 of version %3 or newer are needed; %4.":
            "Aucun programme PostgreSQL de cette machine ne peut %1 : il faut %2 en version %3 ou plus récente ; %4.",
        "What %1 reads or writes cannot be passed on.": "Ce que %1 lit ou écrit ne peut pas être transmis.",
        "dump a PostgreSQL %1 server": "sauvegarder un serveur PostgreSQL %1",
        "found: %1": "trouvé : %1",
        "none was found": "rien n’a été trouvé",
        "start a PostgreSQL %1 server": "démarrer un serveur PostgreSQL %1",

        // Sandboxes
        "A sandbox cannot be made in %1: its server runs as %2, who may not enter %3.":
            "Un bac à sable ne peut pas être créé dans %1 : son serveur tourne sous %2, qui n’a pas accès à %3.",
        "A sandbox cannot run as root, and the program setpriv, which gives up root's rights, is missing.":
            "Un bac à sable ne peut pas tourner sous root, et il manque le programme setpriv, qui abandonne les droits de root.",
        "A sandbox cannot run as root, and this machine has neither the user nobody nor postgres.":
            "Un bac à sable ne peut pas tourner sous root, et cette machine n’a ni utilisateur nobody ni utilisateur postgres.",
        "A sandbox cannot use %1: its server runs as %2, who may not enter %3.":
            "Un bac à sable ne peut pas utiliser %1 : son serveur tourne sous %2, qui n’a pas accès à %3.",
        "Choose a folder that every user can enter, such as one in /var/tmp (TMPDIR names it).":
            "Choisissez un dossier accessible à tous les utilisateurs, par exemple dans /var/tmp (TMPDIR le nomme).",
        "Install PostgreSQL where every user can run it.": "Installez PostgreSQL là où tout utilisateur peut l’exécuter.",
        "Install util-linux, or run as another user than root.":
            "Installez util-linux, ou lancez la commande sous un autre utilisateur que root.",
        "No folder for the sandbox's socket can be made: %1.":
            "Aucun dossier ne peut être créé pour la socket du bac à sable : %1.",
        "No free port on 127.0.0.1: %1.": "Aucun port libre sur 127.0.0.1 : %1.",
        "No sandbox can be made in %1.": "Aucun bac à sable ne peut être créé dans %1.",
        "Run as another user than root, or create the user postgres.":
            "Lancez la commande sous un autre utilisateur que root, ou créez l’utilisateur postgres.",
        "The sandbox's server (%1) ended: %2 %3": "Le serveur du bac à sable (%1) s’est arrêté : %2 %3",
        "The sandbox's server (%1) was not ready within %2 seconds: %3":
            "Le serveur du bac à sable (%1) n’était pas prêt au bout de %2 secondes : %3",
        "The sandbox's settings cannot be written to %1.": "Les paramètres du bac à sable ne peuvent pas être écrits dans %1.",
        "initdb of %1 cannot be run.": "L’initdb de %1 ne peut pas être exécuté.",
        "initdb of %1 failed: %2": "L’initdb de %1 a échoué : %2",
    ]
}
