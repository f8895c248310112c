import Foundation
import Testing

/// What a fault leaves of a vault, and faults on purpose.
extension Host {
    static func size(of path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    /// Turns all bits of one byte.
    static func flip(_ path: String, at offset: Int) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(offset))
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: [byte ^ 0xff])
    }

    func snapshots() async throws -> [JSON] { try await run("snapshots", "--json").succeeded().json().list }

    /// Every byte of the vault is read, and nothing is wrong with it.
    func vaultIsIntact(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let report = try await run("check", "--read-data", "all", "--json", sourceLocation: sourceLocation)
        try report.succeeded(sourceLocation: sourceLocation)
        #expect(try report.json()["problems"] == .list([]), sourceLocation: sourceLocation)
    }

    /// Restores a snapshot into a new database and gives back what `pg_dump` says of it.
    func restored(_ snapshot: String = "latest", major: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws
        -> String
    {
        let target = try await Database.empty(major)
        try await run(
            "restore", "db", "--snapshot", snapshot, "--to", "env:RESTORED", environment: ["RESTORED": target.url],
            sourceLocation: sourceLocation
        ).succeeded(sourceLocation: sourceLocation)
        let dump = try await target.dump()
        try await target.drop()
        return dump
    }
}
