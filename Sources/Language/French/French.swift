extension Catalogue {
    static let frenchParts: [[String: String]] = [
        frenchAssets,
        frenchBundles,
        frenchCommandLine,
        frenchCommands,
        frenchCopies,
        frenchFiles,
        frenchHelp,
        frenchImport,
        frenchKeys,
        frenchLock,
        frenchPlan,
        frenchPostgres,
        frenchPostgresRestore,
        frenchProtection,
        frenchPrune,
        frenchRecovery,
        frenchRepair,
        frenchS3,
        frenchScale,
        frenchVault,
    ]

    /// Every French sentence. `scripts/check-catalogue` says which are missing, and which nothing says any more.
    static let french: [String: String] =
        frenchParts
        .reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }
        .mapValues(frenchTypeset)

    /// Makes unbreakable the blanks that French puts inside «» and before `: ; ! ?`, so that the catalogue can be written with
    /// plain ones.
    static func frenchTypeset(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 8)
        var rest = text[...]
        while let character = rest.popFirst() {
            switch (character, rest.first) {
            case (" ", ":"), (" ", "»"): result.append("\u{a0}")
            case (" ", ";"), (" ", "!"), (" ", "?"): result.append("\u{202f}")
            case ("«", " "):
                rest.removeFirst()
                result.append("«\u{a0}")
            default: result.append(character)
            }
        }
        return result
    }
}
