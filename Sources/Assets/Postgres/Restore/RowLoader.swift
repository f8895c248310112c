internal import Language
internal import Postgres
internal import Synchronization
internal import Vault

/// One of the workers that load rows, make large tables whole, and read everything back, each over a connection of its own.
struct RowLoader {
    let target: ConnectionString
    let snapshot: SnapshotReader
    let manifest: PostgresManifest
    let survey: TargetSurvey
    let queue: RowQueue
    let comparison: RunningComparison?
    let meter: RestoreMeter
    /// Bytes of COPY text from which on rows are loaded in binary form.
    let leastBinaryBytes: Int64
    /// As in `RestoreOptions`.
    let leastBinaryRow: Int64
    let textOnly = TextOnly()
    /// Makes one definition of the archive.
    let make: @Sendable (_ number: Int) async throws -> Void

    /// Bytes of COPY text that rows may have on the average; of binary rows a server holds a thousand.
    private static let longestBinaryRow: Int64 = 192 << 10

    /// Loads what the queue has, then does the rest. Reading back has a connection of its own, in which nothing is set aside.
    func run() async throws {
        do {
            var step = await queue.next()
            if case .load = step { step = try await load(from: step) }
            if step != nil { try await finish(from: step) }
        } catch {
            await queue.stop()
            throw error
        }
    }

    /// Returns the first step that is no load.
    private func load(from first: RowQueue.Step?) async throws -> RowQueue.Step? {
        try await withConnection(target) { connection in
            // Tables that are there have triggers and keys, which held when the snapshot was taken.
            if survey.maySkipTriggers { try await connection.execute("SET session_replication_role = replica") }
            // Guards the storage service's tables against being emptied by mistake.
            if survey.isSupabase { try await connection.execute("SET storage.allow_delete_query = 'true'") }
            var next = first
            while case .load(let load)? = next {
                try Task.checkCancellation()
                try await self.load(load, over: connection)
                await queue.finished(.load(load))
                next = await queue.next()
            }
            return next
        }
    }

    private func finish(from first: RowQueue.Step?) async throws {
        try await withConnection(target) { connection in
            var next = first
            while let step = next {
                try Task.checkCancellation()
                var found: [RunningComparison.Part] = []
                switch step {
                case .load: preconditionFailure("loads come before everything else")
                case .index(let index, _): try await make(index.number)
                // A login that may not analyze somebody's table is warned by the server, not refused.
                case .analyze(let table): try await connection.execute("ANALYZE \(table.sql)")
                case .cut(let group): found = try await comparison?.parts(of: group, on: connection) ?? []
                case .compare(let part):
                    found =
                        try await comparison?.read(part, on: connection) { [meter] count in
                            meter.change { $0.comparedBytes += Int64(count) }
                        } ?? []
                }
                await queue.finished(step, found: found)
                next = await queue.next()
            }
        }
    }

    private func load(_ load: Load, over connection: Connection) async throws {
        do {
            let isLoaded = try await loadInBinaryForm(load, over: connection)
            if !isLoaded { try await self.load(load, binary: nil, over: connection) }
        } catch let error as PostgresError where error.code == .sqlError {
            throw AssetError(.rowsRefused, "The target refused rows of table \(load.table.tableName).", cause: error)
        }
        meter.change { $0.tablesDone += load.isLastOfTable ? 1 : 0 }
    }

    /// False where the rows are to come as text: they are few, or long, or cannot come otherwise.
    private func loadInBinaryForm(_ load: Load, over connection: Connection) async throws -> Bool {
        let average = load.size / max(1, load.rows)
        guard load.size >= leastBinaryBytes, average <= Self.longestBinaryRow,
            average >= leastBinaryRow || connection.serverVersion.major < 16,
            manifest.database.encoding == connection.dataEncoding, !textOnly.has(load.table.tableName),
            let columns = try await binaryColumns(of: load, on: connection)
        else { return false }
        do {
            try await self.load(load, binary: columns, over: connection)
            return true
        } catch is UnsuitableRows {
        } catch let error as PostgresError where error.code == .sqlError {
            // What is wrong with the rows, if anything is, the server tells better of their text.
        }
        textOnly.add(load.table.tableName)
        try await connection.execute("ROLLBACK")
        return false
    }

    /// The types of the columns, where the text of all of them tells their values exactly.
    private func binaryColumns(of load: Load, on connection: Connection) async throws -> [BinaryColumn]? {
        guard let forms = try await ColumnForm.all(of: query(of: load), on: connection), forms.allSatisfy(\.isOwn) else {
            textOnly.add(load.table.tableName)
            return nil
        }
        return forms.map(\.binary)
    }

    /// Loads in one transaction, in binary form where the types of the columns are given.
    private func load(_ load: Load, binary columns: [BinaryColumn]?, over connection: Connection) async throws {
        switch load.manner {
        case .frozen:
            // Rows of a table that is emptied in the same transaction need never be visited again.
            try await connection.execute("BEGIN; TRUNCATE ONLY \(load.table.tableName.sql)")
        case .plain:
            try await connection.execute("BEGIN")
        case .replacing:
            try await connection.execute("BEGIN")
            try await clear(load.table, over: connection)
        }
        try await copy(load, binary: columns, over: connection)
        try await connection.execute("COMMIT")
    }

    private func query(of load: Load) -> RowQuery {
        RowQuery(table: load.table.loadThrough ?? load.table.tableName, columns: load.table.columns)
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

    private func copy(_ load: Load, binary columns: [BinaryColumn]?, over connection: Connection) async throws {
        let table = load.table
        let statement = query(of: load).copyIn(
            frozen: load.manner == .frozen, encoding: columns == nil ? manifest.database.encoding : nil)
        let counted = Mutex<Int64>(0)
        let pieces = CountedPieces(snapshot.bytes(of: load.entry, part: load.part)) { [meter] count in
            counted.withLock { $0 += Int64(count) }
            meter.change { $0.bytes += Int64(count) }
        }
        let rows: Int64
        do {
            rows =
                if let columns {
                    try await connection.copyIn(statement, from: pieces, binary: columns)
                } else {
                    try await connection.copyIn(statement, from: pieces)
                }
        } catch {
            // They may come once more.
            if columns != nil { meter.change { $0.bytes -= counted.withLock { $0 } } }
            throw error
        }
        guard rows == load.rows else {
            throw AssetError(
                .damagedSnapshot,
                "Table \(table.tableName) has \(count: load.rows) {row|rows} in the manifest, and \(count: rows) {was|were} loaded."
            )
        }
        meter.change { $0.rows += rows }
    }
}

/// Tables whose rows have turned out to be unsuitable for the binary form.
final class TextOnly: Sendable {
    private let tables = Mutex<Set<TableName>>([])

    func has(_ table: TableName) -> Bool { tables.withLock { $0.contains(table) } }

    func add(_ table: TableName) { tables.withLock { _ = $0.insert(table) } }
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
