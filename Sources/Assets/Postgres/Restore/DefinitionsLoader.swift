internal import Foundation
internal import Language
internal import Postgres
internal import Synchronization
internal import Vault

/// Makes definitions on the target with `pg_restore`, from an archive that lies in a folder of ours meanwhile: it is read by
/// several processes at once.
struct DefinitionsLoader {
    let target: ConnectionString
    let tools: ArchiveTools
    let archive: Archive
    let file: String
    let folder: TemporaryFolder
    let options: RestoreOptions
    let keepsTablespaces: Bool

    /// Makes `numbers` in the archive's order and gives those that the server refused.
    func make(_ numbers: [Int], jobs: Int = 1) async throws -> [RestoreFailure] {
        guard !numbers.isEmpty else { return [] }
        let wanted = Set(numbers)
        let list = try folder.write(archive.list { wanted.contains($0.number) }, as: "list-\(UUID().uuidString)")
        var arguments = ["--use-list=\(list)", "--no-password", "--dbname=dbname=\(Self.quoted(target.database ?? ""))"]
        if options.withoutOwners { arguments.append("--no-owner") }
        if !keepsTablespaces { arguments.append("--no-tablespaces") }
        if jobs > 1 { arguments.append("--jobs=\(jobs)") }
        let result = try await Program.run(
            tools.installation.program("pg_restore"), arguments: arguments + [file],
            environment: SessionSettings.environment(for: target))
        let told = RestoreFailure.all(in: result.errorText, withHarmless: true)
        // Of very many errors only the last are kept: what is not known cannot be taken for harmless. Several jobs count each
        // twice.
        if let count = RestoreFailure.count(in: result.errorText), count > told.count * (jobs > 1 ? 2 : 1) {
            throw AssetError(
                .definitionsRefused,
                "The target refused \(count: count) {definition|definitions}, the last of them: \(told.last?.message ?? "")",
                hint: Self.ownersHint(options))
        }
        let failures = told.filter { !$0.isHarmless }.map { $0.located(in: archive) }
        guard result.status == 0 || !failures.isEmpty || Self.onlyIgnored(result.errorText) else {
            throw AssetError(
                .programFailed,
                "pg_restore could not restore the definitions: \(result.errorText.trimmingCharacters(in: .whitespacesAndNewlines))"
            )
        }
        return failures
    }

    /// Its exit status is 1 also when every error was one that `RestoreFailure` takes for harmless.
    private static func onlyIgnored(_ text: String) -> Bool { text.contains("warning: errors ignored on restore") }

    /// For a connection string of keywords.
    private static func quoted(_ value: String) -> String {
        "'" + value.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }

    /// What was refused, as one error; nil when nothing was.
    func error(_ failures: [RestoreFailure]) -> AssetError? {
        guard let first = failures.first else { return nil }
        let name = first.entry.flatMap { archive[$0]?.title } ?? "a definition"
        let others = failures.count - 1
        let message: Phrase =
            others == 0
            ? "The target refused \(name): \(first.message)" : "The target refused \(name) and \(others) more: \(first.message)"
        return AssetError(.definitionsRefused, message, hint: Self.ownersHint(options))
    }

    private static func ownersHint(_ options: RestoreOptions) -> Phrase? {
        options.withoutOwners ? nil : "If the login may not give objects to other roles, restore with --no-owner."
    }

    /// The SQL of `numbers`, in the archive's order.
    func script(of numbers: [Int]) async throws -> String {
        let wanted = Set(numbers)
        let list = try folder.write(archive.list { wanted.contains($0.number) }, as: "script-list")
        let collected = Mutex<[UInt8]>([])
        let result = try await Program.run(
            tools.installation.program("pg_restore"), arguments: ["--use-list=\(list)", "--no-owner", "--file=-", file],
            environment: ["LC_ALL": "C"]
        ) { piece in collected.withLock { $0.append(contentsOf: piece) } }
        guard result.status == 0 else {
            throw AssetError(.programFailed, "pg_restore could not read the definitions: \(result.errorText)")
        }
        return String(decoding: collected.withLock { $0 }, as: UTF8.self)
    }
}
