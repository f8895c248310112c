import Foundation
import Postgres
import TestServers
import Testing
import Vault

@testable import Assets

/// From which server to which.
struct Route: Sendable, CustomTestStringConvertible {
    let source: Int
    let target: Int
    var testDescription: String { "\(source) → \(target)" }

    static let all: [Route] = TestServers.majors.flatMap { source in
        TestServers.majors.filter { $0 >= source }.map { Route(source: source, target: $0) }
    }
}

@Suite("Everything a database holds comes back")
struct RoundTripTests {
    /// Servers beside those that all tests run on: each with itself, and as the source of the newest.
    private static let others = TestServers.otherMajors.flatMap {
        [Route(source: $0, target: $0), Route(source: $0, target: TestServers.newest)]
    }

    @Test("The database with every feature", arguments: Route.all + others)
    func everything(_ route: Route) async throws {
        let source = try await TestServers.freshDatabase(route.source)
        let portable = route.source == route.target ? [] : ["portable=1"]
        try await Fixture.load("everything.sql", into: source, variables: portable)
        let vault = try await TestVault()
        let (record, manifest) = try await PostgresCapture(source).run(into: { try await vault.start() })
        #expect(manifest.warnings.isEmpty)

        let target = try await TestServers.freshDatabase(route.target)
        var options = RestoreOptions(comparesRows: true)
        // As if all of these tables were large, or none.
        if TestServers.majors.contains(route.source) { options.largeTableBytes = 0 }
        let restore = PostgresRestore(try await vault.vault.read(record), into: target, options: options)
        let plan = try await restore.plan()
        #expect(plan.leftOut.isEmpty)
        let report = try await restore.run(plan)
        #expect(report.leftOut.isEmpty, "\(report.leftOut)")

        let comparison = try await ManifestComparison(manifest, with: target).run()
        #expect(comparison.differences.isEmpty, "\(comparison.differences)")
        #expect(comparison.tables > 50)
        #expect(report.comparison == comparison, "what was read back on the way is what is read afterwards")
        let structure = try await restore.compareStructure(report)
        #expect(structure.isEmpty, "\(structure)")

        // Within one major the copy's dump is the source's. Another major words many things differently: there it is what
        // stock tools would have made of the source.
        let reference = route.source == route.target ? source : try await Fixture.copyByStockTools(source, route)
        let before = DefinitionTexts(try await Fixture.dump(reference, with: route.target))
        let after = DefinitionTexts(try await Fixture.dump(target, with: route.target))
        if route.source == route.target {
            // Not only the same definitions: the same text, rows and all, byte for byte.
            let texts = (
                try await Fixture.dump(source, with: route.target), try await Fixture.dump(target, with: route.target)
            )
            #expect(texts.0 == texts.1)
        }
        let differences = DefinitionsDiff.differences(expected: before, found: after, form: DefinitionForm(acrossMajors: false))
        #expect(differences.isEmpty, "\(differences)")
    }
}
