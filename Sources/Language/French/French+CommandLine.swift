extension Catalogue {
    /// How a command line is written, and what may be wrong with one.
    static let frenchCommandLine: [String: String] = [
        // Help
        "USAGE:": "UTILISATION :",
        "COMMAND": "COMMANDE",
        "ARGUMENTS:": "ARGUMENTS :",
        "OPTIONS:": "OPTIONS :",
        "OPTIONS OF EVERY COMMAND:": "OPTIONS COMMUNES À TOUTES LES COMMANDES :",
        "COMMANDS:": "COMMANDES :",
        "`%1 COMMAND --help` tells all about one of them.": "`%1 COMMANDE --help` dit tout sur l’une d’elles.",
        "Show the version.": "Affiche la version.",
        "Show this help.": "Affiche cette aide.",
        "(values: %1; default: %2)": "(valeurs : %1 ; par défaut : %2)",
        "(values: %1)": "(valeurs : %1)",
        "(default: %1)": "(par défaut : %1)",

        // Mistakes
        "There is no command «%1».": "Il n’y a pas de commande « %1 ».",
        "`%1` has no command «%2».": "`%1` n’a pas de commande « %2 ».",
        "Did you mean `%1 %2`? %3": "Vouliez-vous dire `%1 %2` ? %3",
        "`%1 --help` lists all commands.": "`%1 --help` liste toutes les commandes.",
        "`%1 --help` lists all options.": "`%1 --help` liste toutes les options.",
        "`%1 --help` tells more.": "`%1 --help` en dit plus.",
        "Did you mean %1? %2": "Vouliez-vous dire %1 ? %2",
        "`%1` has no option %2.": "`%1` n’a pas d’option %2.",
        "The option %1 lacks its value.": "Il manque une valeur à l’option %1.",
        "The option %1 takes no value, and «%2» was given.": "L’option %1 ne prend pas de valeur, et « %2 » a été donné.",
        "`%1` does not expect «%2».": "`%1` n’attend pas « %2 ».",
        "`%1` needs %2.": "Il manque %2 à `%1`.",
        "«%1» is no value for %2.": "« %1 » n’est pas une valeur de %2.",
        "«%1» is no value for %2. It takes: %3.": "« %1 » n’est pas une valeur de %2. Valeurs possibles : %3.",
    ]
}
