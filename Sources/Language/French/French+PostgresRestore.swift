extension Catalogue {
    /// What a restore leaves out, or puts back with a table.
    static let frenchPostgresRestore: [String: String] = [
        "%1 stays lost: it needs %2.": "%1 reste perdu : il y faut %2.",
        "%1 has not answered for %2 seconds: the network is cut, or the server hangs.":
            "%1 ne répond plus depuis %2 secondes : le réseau est coupé, ou le serveur est bloqué.",
        "Grant it SELECT, INSERT and DELETE there, and BYPASSRLS where row-level security holds for it; or log in as the table's owner.":
            "Accordez-lui SELECT, INSERT et DELETE sur cette table, et BYPASSRLS si la sécurité au niveau des lignes s’applique à lui ; ou connectez-vous en tant que propriétaire de la table.",
        "Put back what was lost with them: %1.": "Remettre ce qui était perdu avec elles : %1.",
        "Rows of %1 (%2) can be read on their own project only.":
            "Les lignes de %1 (%2) ne sont lisibles que dans leur propre projet.",
        "Rows of %1 (%2) can be read on their own project only; make them anew with %3.":
            "Les lignes de %1 (%2) ne sont lisibles que dans leur propre projet ; recréez-les avec %3.",
        "Rows of %1 (%2): this login may not write them.": "Lignes de %1 (%2) : ce compte ne peut pas les écrire.",
        "Rows of %1 (%2): this login may not write them; make them anew with %3.":
            "Lignes de %1 (%2) : ce compte ne peut pas les écrire ; recréez-les avec %3.",
        "The target lacks role %1: rights and policies that name it are left out (%2).":
            "Le rôle %1 manque à la cible : les droits et politiques qui le nomment sont laissés de côté (%2).",
        "The target refused %1 {definition|definitions}, the last of them: %2":
            "La cible a refusé %1 {définition|définitions}, la dernière : %2",
        "This login may not write rows of table %1.": "Ce compte ne peut pas écrire de lignes dans la table %1.",
    ]
}
