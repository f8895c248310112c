import Testing

@testable import Language

@Suite struct CatalogueTests {
    @Test func everyPartOfTheFrenchCatalogueIsInIt() {
        let parts = [
            Catalogue.frenchAssets, Catalogue.frenchCommands, Catalogue.frenchFiles, Catalogue.frenchHelp, Catalogue.frenchPlan,
            Catalogue.frenchPostgres,
            Catalogue.frenchProtection, Catalogue.frenchRecovery, Catalogue.frenchVault,
        ]
        // As many as in all parts together: none says what another says already.
        #expect(Catalogue.french.count == parts.map(\.count).reduce(0, +))
    }

    @Test func everyFrenchSentenceHasThePlaceholdersOfItsKey() {
        for (key, translation) in Catalogue.french {
            #expect(placeholders(translation) == placeholders(key), "\(key)")
        }
    }

    @Test func aSentenceIsSaidInFrenchWithWhatStandsInIt() {
        let table: Phrase = "Table \("public.orders")"
        let phrase: Phrase = "\(table) was locked for longer than \("10 s")."
        #expect(phrase.rendered(in: .french) == "La table public.orders est restée verrouillée plus de 10 s.")
    }

    @Test(
        arguments: [
            ("Next:", "Ensuite\u{a0}:"),
            ("Is this the right file?", "Est-ce le bon fichier\u{202f}?"),
            ("«reprise backup» makes one.", "«\u{a0}reprise backup\u{a0}» en prend un."),
            ("Write `key: value`, with a space after the colon.", "Écrivez `clé: valeur`, avec une espace après le deux-points."),
        ] as [(Phrase, String)])
    func blanksBesideFrenchPunctuationDoNotBreak(phrase: Phrase, french: String) {
        #expect(phrase.rendered(in: .french) == french)
    }

    @Test func noFrenchSentenceHasABlankThatMayBreakBesideItsPunctuation() {
        for translation in Catalogue.french.values {
            #expect(!translation.contains(/\u{20}[:;!?»]|«\u{20}/), "\(translation)")
        }
    }

    private func placeholders(_ text: String) -> [String] { text.matches(of: /%[0-9]+/).map { String($0.output) }.sorted() }
}
