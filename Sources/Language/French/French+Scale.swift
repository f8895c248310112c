extension Catalogue {
    /// Measuring large vaults.
    static let frenchScale: [String: String] = [
        "Invent snapshots of an asset of files in the plan's first vault, or time how long listing them takes.":
            "Invente des instantanés d’un actif de fichiers dans le premier coffre du plan, ou mesure le temps qu’il faut pour les lister.",
        "How many snapshots to invent, one an hour until now.":
            "Combien d’instantanés inventer, un par heure jusqu’à maintenant.",
        "With 0 snapshots: milliseconds that the store takes for each request, and an empty cache.":
            "Avec 0 instantané : les millisecondes que prend le stockage pour chaque requête, et un cache vide.",
        "%1 of %2 snapshots are written.": "%1 instantanés sur %2 sont écrits.",
        "%1 snapshots in %2.": "%1 instantanés en %2.",
        "Build the index of a vault that is not there, open it, and look chunks up.":
            "Construit l’index d’un coffre qui n’existe pas, l’ouvre et y cherche des blocs.",
        "A folder for the local cache; where it holds one already, that is opened.":
            "Un dossier pour le cache local ; s’il en contient déjà un, celui-ci est ouvert.",
        "The asset.": "L’actif.",
        "How many chunks.": "Combien de blocs.",
        "Chunks in an index segment.": "Blocs par segment d’index.",
        "Look-ups of each kind.": "Recherches de chaque sorte.",
        "memory %1, mapped %2": "mémoire %1, projeté %2",
        "Built in %1: %2 chunks in %3 tables of %4; %5.": "Construit en %1 : %2 blocs dans %3 tables de %4 ; %5.",
        "Opened in %1 by reading %2; %3.": "Ouvert en %1 en lisant %2 ; %3.",
        "%1 look-ups (%2, %3 threads) in %4: %5 a second.": "%1 recherches (%2, %3 fils) en %4 : %5 par seconde.",
        "Looking up took %1.": "La recherche a pris : %1.",
    ]
}
