internal import Language
internal import Postgres
internal import Vault

/// Makes the large objects again, under their numbers, and puts their bytes into them.
struct LargeObjectsLoader {
    let target: ConnectionString
    let snapshot: SnapshotReader
    let manifest: PostgresManifest
    let withoutOwners: Bool
    /// On the target: without owners, only these get their rights.
    let roles: Set<String>
    /// Whether objects of the same number that are there give way.
    let replaces: Bool

    func run() async throws {
        guard manifest.largeObjects.count > 0 else { return }
        guard let definitions = try await snapshot.entry(LargeObjectsScript.path),
            let rows = try await snapshot.entry(LargeObjectsScript.rowsPath)
        else { throw AssetError(.damagedSnapshot, "The snapshot lacks its large objects.") }
        try await withConnection(target) { connection in
            try await define(definitions, on: connection)
            try await connection.execute(LargeObjectsScript.receiver)
            // The rows are counted by the trigger's table as none: each goes into its object.
            _ = try await connection.copyIn(
                "COPY pg_temp.reprise_large_objects FROM STDIN WITH (ENCODING \(SQL.literal(manifest.database.encoding)))",
                from: snapshot.bytes(of: rows))
        }
    }

    /// Line by line, some thousand at once: there may be millions.
    private func define(_ entry: Entry, on connection: Connection) async throws {
        var pending: [UInt8] = []
        var batch = ""
        var count = 0
        for try await piece in snapshot.bytes(of: entry) {
            pending += piece
            var start = 0
            while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
                batch += statement(String(decoding: pending[start..<end], as: UTF8.self))
                start = end + 1
                count += 1
                guard count == 2000 else { continue }
                try await connection.execute(batch)
                batch = ""
                count = 0
            }
            pending.removeFirst(start)
        }
        if !batch.isEmpty { try await connection.execute(batch) }
    }

    private func givesToKnownRole(_ line: String) -> Bool {
        line.hasPrefix("GRANT ") && RightsLoader.roles(of: line).allSatisfy(roles.contains)
    }

    private func statement(_ line: String) -> String {
        let isCreation = line.hasPrefix(LargeObjectsScript.createPrefix)
        guard isCreation || line.hasPrefix(LargeObjectsScript.commentPrefix) || !withoutOwners || givesToKnownRole(line) else {
            return ""
        }
        guard isCreation, replaces else { return line + "\n" }
        let number = line.dropFirst(LargeObjectsScript.createPrefix.count).prefix { $0.isNumber }
        return "SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid = \(number);\n\(line)\n"
    }
}
