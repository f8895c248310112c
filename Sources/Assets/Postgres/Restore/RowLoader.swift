internal import Language
internal import Postgres
internal import Vault

/// One of the workers that load rows, each over a connection of its own.
struct RowLoader {
    let target: ConnectionString
    let snapshot: SnapshotReader
    let manifest: PostgresManifest
    let survey: TargetSurvey
    let queue: LoadQueue
    let meter: RestoreMeter

    func run() async throws {
        guard let first = await queue.next() else { return }
        try await withConnection(target) { connection in
            // Tables that are there have triggers and keys, which held when the snapshot was taken.
            if survey.maySkipTriggers { try await connection.execute("SET session_replication_role = replica") }
            // Guards the storage service's tables against being emptied by mistake.
            if survey.isSupabase { try await connection.execute("SET storage.allow_delete_query = 'true'") }
            var next: Load? = first
            while let load = next {
                try Task.checkCancellation()
                try await self.load(load, over: connection)
                next = await queue.next()
            }
        }
    }

    private func load(_ load: Load, over connection: Connection) async throws {
        let table = load.table
        do {
            switch load.manner {
            case .frozen:
                // Rows of a table that is emptied in the same transaction need never be visited again.
                try await connection.execute("BEGIN; TRUNCATE ONLY \(table.tableName.sql)")
                try await copy(load, frozen: true, over: connection)
            case .plain:
                try await connection.execute("BEGIN")
                try await copy(load, frozen: false, over: connection)
            case .replacing:
                try await connection.execute("BEGIN")
                try await clear(table, over: connection)
                try await copy(load, frozen: false, over: connection)
            }
            try await connection.execute("COMMIT")
        } catch let error as PostgresError where error.code == .sqlError {
            throw AssetError(.rowsRefused, "The target refused rows of table \(table.tableName).", cause: error)
        }
        meter.change { $0.tablesDone += load.isLastOfTable ? 1 : 0 }
    }

    private func clear(_ table: PostgresManifest.Table, over connection: Connection) async throws {
        let there = survey.tables[table.tableName]
        guard survey.maySkipTriggers || there?.isReferenced != true else {
            throw AssetError(
                .unsuitableTarget,
                "The rows of table \(table.tableName) cannot be replaced: other tables refer to it, and this login may not put key checks off.",
                hint:
                    "Log in as a superuser, or grant the right: GRANT SET ON PARAMETER session_replication_role TO \(survey.login)."
            )
        }
        if table.condition != nil || table.ofExtension != nil || there?.isReferenced == true || there?.rights.truncates == false {
            try await connection.execute("DELETE FROM ONLY \(table.tableName.sql) \(table.condition ?? "")")
        } else {
            try await connection.execute("TRUNCATE ONLY \(table.tableName.sql)")
        }
    }

    private func copy(_ load: Load, frozen: Bool, over connection: Connection) async throws {
        let table = load.table
        let query = RowQuery(table: table.loadThrough ?? table.tableName, columns: table.columns)
        let statement = query.copyIn(frozen: frozen, encoding: manifest.database.encoding)
        let pieces = CountedPieces(snapshot.bytes(of: load.entry, part: load.part)) { [meter] count in
            meter.change { $0.bytes += Int64(count) }
        }
        let rows = try await connection.copyIn(statement, from: pieces)
        let expected = load.part.map { table.parts[$0].rows } ?? table.rows
        guard rows == expected else {
            throw AssetError(
                .damagedSnapshot, "Table \(table.tableName) has \(expected) rows in the manifest, and \(rows) were loaded.")
        }
        meter.change { $0.rows += rows }
    }
}

/// One table, or one part of one.
struct Load: Sendable {
    enum Manner: Sendable {
        case frozen
        case plain
        case replacing
    }
    let table: PostgresManifest.Table
    let entry: Entry
    /// Nil: all parts, in one transaction.
    let part: Int?
    let manner: Manner
    let isLastOfTable: Bool
}

actor LoadQueue {
    private var loads: ArraySlice<Load>

    init(_ loads: [Load]) { self.loads = loads[...] }

    func next() -> Load? { loads.popFirst() }
}

/// Tells how many bytes have been taken.
struct CountedPieces<Base: AsyncSequence & Sendable>: AsyncSequence, Sendable where Base.Element == [UInt8] {
    typealias Element = [UInt8]
    private let base: Base
    private let count: @Sendable (Int) -> Void

    init(_ base: Base, count: @escaping @Sendable (Int) -> Void) {
        self.base = base
        self.count = count
    }

    struct Iterator: AsyncIteratorProtocol {
        var base: Base.AsyncIterator
        let count: @Sendable (Int) -> Void

        mutating func next() async throws -> [UInt8]? {
            guard let piece = try await base.next() else { return nil }
            count(piece.count)
            return piece
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), count: count) }
}
