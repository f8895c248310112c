extension Catalogue {
    /// Capturing databases, and restoring them.
    static let frenchAssets: [String: String] = [
        // Capture
        "%1 %2 during the backup, in each of %3 attempts: its rows as of one instant could not be read.":
            "%1 %2 pendant la sauvegarde, à chacun des %3 essais : ses lignes n’ont pas pu être lues à un même instant.",
        "%1 was locked for longer than %2, by %3.": "%1 est restée verrouillée plus de %2, par %3.",
        "%1 was locked for longer than %2.": "%1 est restée verrouillée plus de %2.",
        "%1, %2 since %3": "%1, %2 depuis %3",
        "A table": "Une table",
        "Give the login BYPASSRLS, or back up as the tables' owner; and grant it SELECT on what is named.":
            "Donnez BYPASSRLS à ce compte, ou sauvegardez en tant que propriétaire des tables ; et accordez-lui SELECT sur ce qui est nommé.",
        "Grant it pg_read_all_data (PostgreSQL 14 and newer), or USAGE on the schemas and SELECT on what is named.":
            "Accordez-lui pg_read_all_data (PostgreSQL 14 ou plus récent), ou USAGE sur les schémas et SELECT sur ce qui est nommé.",
        "Nothing was blocked and nothing was saved. Try again later, or wait longer with lock_timeout in the plan.":
            "Rien n’a été bloqué ni enregistré. Réessayez plus tard, ou attendez plus longtemps avec lock_timeout dans le plan.",
        "Nothing was saved. Run the backup again when no migration or bulk reload is under way.":
            "Rien n’a été enregistré. Relancez la sauvegarde quand aucune migration ni aucun rechargement massif n’est en cours.",
        // Stands in place of «Table x», which is feminine too.
        "Something": "Une définition",
        "Table %1": "La table %1",
        "The login may not read everything that belongs into the backup: %1.":
            "Ce compte ne peut pas lire tout ce que la sauvegarde doit contenir : %1.",
        "The server gave no snapshot that other connections can use.":
            "Le serveur n’a donné aucun instantané que d’autres connexions puissent utiliser.",
        "The server runs PostgreSQL %1; 13 is the oldest that can be backed up.":
            "Le serveur est en PostgreSQL %1 ; la version 13 est la plus ancienne qui puisse être sauvegardée.",
        "a prepared transaction": "une transaction préparée",
        "large objects %1": "les grands objets %1",
        "pg_dump could not read the definitions: %1": "pg_dump n’a pas pu lire les définitions : %1",
        "pg_restore could not read the definitions: %1": "pg_restore n’a pas pu lire les définitions : %1",
        "process %1": "le processus %1",
        "sequences %1": "les séquences %1",
        "tables %1": "les tables %1",
        "tables whose rows row-level security hides from it: %1":
            "les tables dont la sécurité au niveau des lignes lui cache des lignes : %1",
        "was altered": "a été modifiée",
        "was dropped": "a été supprimée",
        "was dropped or altered": "a été supprimée ou modifiée",
        "was dropped or replaced": "a été supprimée ou remplacée",
        "was truncated or rewritten": "a été vidée ou réécrite",
        "The connection that kept the snapshot of %1 has ended.": "La connexion qui tenait l’instantané de %1 s’est terminée.",
        "Run the backup again.": "Relancez la sauvegarde.",

        // The manifest
        "Definitions changed while they were read (%1): some may not fit together. Take another backup when nothing is being migrated.":
            "Des définitions ont changé pendant leur lecture (%1) : certaines peuvent ne pas aller ensemble. Refaites une sauvegarde hors de toute migration.",
        "Rows of %1 are the platform's own and are not kept.":
            "Les lignes de %1 appartiennent à la plateforme et ne sont pas conservées.",
        "Snapshot %1 has no manifest: it is not a snapshot of a database.":
            "L’instantané %1 n’a pas de manifeste : ce n’est pas l’instantané d’une base.",
        "The manifest of this snapshot cannot be read.": "Le manifeste de cet instantané ne peut pas être lu.",
        "The manifest of this snapshot has format %1; this Reprise reads up to %2.":
            "Le manifeste de cet instantané est au format %1 ; cette version de Reprise lit jusqu’au format %2.",
        "Use a newer Reprise.": "Utilisez une version plus récente de Reprise.",
        "What extension %1 keeps outside its configuration tables is not part of the backup.":
            "Ce que l’extension %1 garde hors de ses tables de configuration ne fait pas partie de la sauvegarde.",
        "The snapshot lacks %1.": "Il manque %1 à l’instantané.",

        // What a restore will do
        " and %1 more": " et %1 de plus",
        "%1 %2 {table|tables} (%3 {row|rows}): %4.": "%1 %2 {table|tables} (%3 {ligne|lignes}) : %4.",
        "%1 and %2 more": "%1 et %2 de plus",
        "%1 does not exist on this platform.": "%1 n’existe pas sur cette plateforme.",
        "%1 needs a role that the target lacks.": "%1 demande un rôle absent de la cible.",
        "%1 needs extension %2.": "%1 demande l’extension %2.",
        "%1 was refused: %2": "%1 : refus de la cible : %2",
        "Apply the database's settings, rights and comment.":
            "Appliquer les paramètres, les droits et le commentaire de la base.",
        "Create %1 {definition|definitions}.": "Créer %1 {définition|définitions}.",
        "Create and load": "Créer et charger",
        "Create roles, without passwords: %1.": "Créer des rôles, sans mot de passe : %1.",
        "Create without rows": "Créer sans lignes",
        "Drop everything that database %1 holds: %2.": "Supprimer tout ce que contient la base %1 : %2.",
        "Extension %1 is not available on the target.": "L’extension %1 n’est pas disponible sur la cible.",
        "Left out: %1": "Laissé de côté : %1",
        "Load": "Charger",
        "Load the large objects (%1).": "Charger les grands objets (%1).",
        "Missing roles that this login may not create: %1.": "Rôles absents que ce compte ne peut pas créer : %1.",
        "Refresh materialized views: %1.": "Rafraîchir les vues matérialisées : %1.",
        "Replace the rows of": "Remplacer les lignes de",
        "Restore snapshot %1 into database %2 (PostgreSQL %3).": "Restaurer l’instantané %1 dans la base %2 (PostgreSQL %3).",
        "Set %1 {sequence|sequences}.": "Régler %1 {séquence|séquences}.",
        "Subscription %1 is not made in a sandbox.": "L’abonnement %1 n’est pas créé dans un bac à sable.",

        // Restore
        "A table asked for needs %1, which the target does not have.": "Une table demandée dépend de %1, absent de la cible.",
        "Ask for it too with --only.": "Demandez-la aussi avec --only.",
        "Create them there first, or restore with --no-owner: everything then belongs to this login.":
            "Créez-les d’abord, ou restaurez avec --no-owner : tout appartiendra alors à ce compte.",
        "Database %1 is not empty: it holds %2%3.": "La base %1 n’est pas vide : elle contient %2%3.",
        "If the login may not give objects to other roles, restore with --no-owner.":
            "Si ce compte ne peut pas donner d’objets à d’autres rôles, restaurez avec --no-owner.",
        "Log in as a superuser, or grant the right: GRANT SET ON PARAMETER session_replication_role TO %1.":
            "Connectez-vous en superutilisateur, ou accordez ce droit : GRANT SET ON PARAMETER session_replication_role TO %1.",
        "Name another one in TMPDIR.": "Nommez-en un autre dans TMPDIR.",
        "No temporary folder could be made in %1.": "Aucun dossier temporaire n’a pu être créé dans %1.",
        "Restore into PostgreSQL %1 or newer.": "Restaurez dans PostgreSQL %1 ou plus récent.",
        "Restore into an empty database, or replace what is there with --overwrite and the database's name.":
            "Restaurez dans une base vide, ou remplacez ce qui s’y trouve avec --overwrite et le nom de la base.",
        "Restore it whole: without --data-only.": "Restaurez-la entière : sans --data-only.",
        "Table %1 has %2 {row|rows} in the manifest, and %3 {was|were} loaded.":
            "La table %1 a %2 {ligne|lignes} dans le manifeste, et %3 {a été chargée|ont été chargées}.",
        "Table %1 of the target cannot take the columns %2.": "La table %1 de la cible ne peut pas recevoir les colonnes %2.",
        "The rows of table %1 cannot be replaced: other tables refer to it, and this login may not put key checks off.":
            "Les lignes de la table %1 ne peuvent pas être remplacées : d’autres tables s’y réfèrent, et ce compte ne peut pas suspendre le contrôle des clés.",
        "The snapshot has no table %1.": "L’instantané n’a pas de table %1.",
        "The snapshot is from PostgreSQL %1, and the target runs the older %2.":
            "L’instantané vient de PostgreSQL %1, et la cible est en version %2, plus ancienne.",
        "The snapshot lacks its definitions (%1).": "Il manque à l’instantané ses définitions (%1).",
        "The snapshot lacks its large objects.": "Il manque à l’instantané ses grands objets.",
        "The snapshot lacks the rows of table %1.": "Il manque à l’instantané les lignes de la table %1.",
        "The table has changed since the snapshot. Restore into an empty database, and copy what you need from there.":
            "La table a changé depuis l’instantané. Restaurez dans une base vide, puis copiez-en ce qu’il vous faut.",
        "The target has no table %1.": "La cible n’a pas de table %1.",
        "The target lacks the roles %1, and this login may not create them.":
            "Il manque à la cible les rôles %1, et ce compte ne peut pas les créer.",
        "The target refused %1 and %2 more: %3": "La cible a refusé %1 et %2 de plus : %3",
        "The target refused %1: %2": "La cible a refusé %1 : %2",
        "The target refused rows of table %1.": "La cible a refusé des lignes de la table %1.",
        "pg_restore could not restore the definitions: %1": "pg_restore n’a pas pu restaurer les définitions : %1",
        "«reprise ls %1» lists what it holds. A table outside schema public is written schema.table.":
            "« reprise ls %1 » liste son contenu. Une table hors du schéma public s’écrit schéma.table.",
    ]
}
