internal import Postgres
internal import Synchronization
internal import Vault
internal import Language

extension PostgresRestore {
    /// Compares the definitions of a restored database with those of the snapshot that the restore was to make, object by object,
    /// by the text that `pg_dump` gives for each. Empty means equal.
    ///
    /// What no dump promises to keep, such as the order of rights, is not compared; nor, where the target is of another major,
    /// how that words the same thing.
    public func compareStructure(_ report: RestoreReport) async throws -> [StructureDifference] {
        let (manifest, survey) = try await facts()
        let (archive, bytes, tools) = try await open(report.plan.definitions.archive, manifest, survey)
        let definitions = report.plan.definitions
        let made = Set(definitions.beforeRows + definitions.afterRows + definitions.atTheEnd)
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let list = try folder.write(archive.list { made.contains($0.number) }, as: "list")
        let expected = try await tools.text(of: bytes, arguments: ["--use-list=\(list)", "--file=-"])
        let copy = try await withConnection(target) { connection in
            let snapshot = try await ExportedSnapshot.take(on: connection)
            return try await tools.dump(
                target, snapshot: snapshot.name, encoding: manifest.database.encoding, lockTimeout: 60_000)
        }
        let found = try await tools.text(of: copy, arguments: ["--file=-"])
        let isSameMajor =
            survey.server.major == manifest.server.number / 10_000 && tools.installation.version == manifest.server.dumpedBy
        return DefinitionsDiff.differences(
            expected: DefinitionTexts(expected), found: DefinitionTexts(found),
            form: DefinitionForm(acrossMajors: !isSameMajor, ignoresOwners: options.withoutOwners))
    }
}
