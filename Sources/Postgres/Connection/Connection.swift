internal import Language

/// One connection to a server. Statements run one after the other, on a thread of the connection's own, in the order they are
/// called.
///
/// Cancelling the task that waits for a statement cancels it on the server; the error is then `cancelled`, and the connection
/// stays usable. After `connectionLost` nothing more can be done on it: open another. It closes when the last reference to it
/// goes, or at `close`.
public actor Connection {
    private nonisolated let thread: DedicatedThread
    private let wake: Wake
    private var session: Session?
    private var isCopyingIn = false

    public nonisolated let serverVersion: ServerVersion
    /// The encoding of the bytes that `copyOut` gives and `copyIn` takes, by PostgreSQL's name: the database's own. All other
    /// texts are Unicode.
    public nonisolated let dataEncoding: String
    public nonisolated let target: ConnectionString

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ session: Session, thread: DedicatedThread, wake: Wake, serverVersion: ServerVersion) {
        self.thread = thread
        self.wake = wake
        self.session = session
        self.serverVersion = serverVersion
        dataEncoding = session.dataEncoding
        target = session.target
    }

    deinit { thread.stop() }

    /// The rows of one statement, each value in text format, nil for NULL. For results that fit into memory many times over.
    ///
    /// `parameters` stand for `$1`, `$2` … (extended protocol: exactly one statement). Throws `sqlError`, `lockTimeout`,
    /// `connectionLost`, `cancelled`.
    public func rows(_ sql: String, _ parameters: [String?] = []) async throws(PostgresError) -> [[String?]] {
        try await run { session, cancellation throws(PostgresError) in try session.rows(sql, parameters, cancellation) }
    }

    /// Runs any number of statements separated by semicolons (simple protocol: one transaction unless they say otherwise) and
    /// ignores their rows.
    public func execute(_ sql: String) async throws(PostgresError) {
        try await run { session, cancellation throws(PostgresError) in try session.execute(sql, cancellation) }
    }

    /// Runs `COPY … TO STDOUT` in text format without a header line and hands its bytes on in pieces of at most about 1.3 MB, in
    /// order.
    ///
    /// A piece is valid during the call of `receive` only, and holds rows of which the first and the last may be cut anywhere:
    /// memory is the same for rows of any length. `receive` runs on the connection's own thread and may block; what it throws is
    /// thrown from here once the server has stopped. Counts and checksums are computed as the bytes pass, and the rows that
    /// arrived are compared with the number the server reports.
    public func copyOut(
        _ sql: String, into receive: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> CopyTotals {
        try await attempt { session, cancellation in
            try session.copyOut(sql, cancellation, by: RowHasher()) { piece, _ in try receive(piece) }
        }
    }

    /// Runs `COPY … TO STDOUT (FORMAT binary)`, whose columns are of the types `columns`, and gives what the same rows give as
    /// COPY text: their number, bytes and checksum. That costs the server less, where it would have to write numbers, times or
    /// bytes out.
    ///
    /// `count` gets the bytes of COPY text in turn. Throws `protocolViolation` where the rows are not of these types; the
    /// connection stays usable.
    public func copyOut(
        _ sql: String, binary columns: [BinaryColumn], count: @escaping @Sendable (_ bytes: Int) -> Void
    ) async throws -> CopyTotals {
        try await attempt { session, cancellation in
            var counted: Int64 = 0
            return try session.copyOut(sql, cancellation, by: BinaryRows(columns)) { _, bytes in
                count(Int(bytes - counted))
                counted = bytes
            }
        }
    }

    /// Runs `COPY … FROM STDIN` in text format with the rows of `pieces`, which may be cut anywhere; gives the number of rows.
    ///
    /// When `pieces` throws, or the task is cancelled, the server forgets the rows of this copy. Other statements on this
    /// connection throw `connectionBusy` meanwhile: `pieces` must not come from this same connection.
    public func copyIn<Pieces: AsyncSequence & Sendable>(_ sql: String, from pieces: Pieces) async throws -> Int64
    where Pieces.Element == [UInt8] {
        let session = try usable()
        let cancellation = Cancellation(wake: wake)
        isCopyingIn = true
        defer { isCopyingIn = false }
        let outcome = await watching(cancellation) { await self.copyIn(sql, pieces, session, cancellation) }
        return try outcome.get()
    }

    /// Runs `COPY … FROM STDIN (FORMAT binary)`, whose columns are of the types `columns`, with the rows of COPY text in
    /// `pieces`, brought into that form here; gives the number of rows. That costs the server much less.
    ///
    /// As above; throws `UnsuitableRows` where they cannot be brought into it exactly. The text must be in `dataEncoding`.
    public func copyIn<Pieces: AsyncSequence & Sendable>(
        _ sql: String, from pieces: Pieces, binary columns: [BinaryColumn]
    ) async throws -> Int64 where Pieces.Element == [UInt8] {
        try await copyIn(sql, from: BinaryPieces(base: pieces, columns: columns))
    }

    private func copyIn<Pieces: AsyncSequence & Sendable>(
        _ sql: String, _ pieces: Pieces, _ session: Session, _ cancellation: Cancellation
    ) async -> Result<Int64, any Error> where Pieces.Element == [UInt8] {
        do {
            let copy = try CopyIn(session, sql, cancellation)
            do {
                for try await piece in pieces { try copy.write(piece) }
            } catch {
                try copy.abort("the source of the rows failed")
                throw cancellation.isRequested ? PostgresError.cancelled : error
            }
            return .success(try copy.finish())
        } catch {
            return .failure(error)
        }
    }

    /// Ends the session. What is called afterwards throws `connectionLost`.
    public func close() async {
        session = nil
    }

    // The closures below call a method of this actor: one that does not capture the actor would run elsewhere, and block there.

    private func run<T: Sendable>(
        _ body: (Session, Cancellation) throws(PostgresError) -> T
    ) async throws(PostgresError) -> T {
        let session = try usable()
        let cancellation = Cancellation(wake: wake)
        let outcome = await watching(cancellation) { self.outcome(session, cancellation, body) }
        return try outcome.get()
    }

    private func attempt<T: Sendable>(_ body: (Session, Cancellation) throws -> T) async throws -> T {
        let session = try usable()
        let cancellation = Cancellation(wake: wake)
        let outcome = await watching(cancellation) { self.outcome(session, cancellation, body) }
        return try outcome.get()
    }

    private func outcome<T, Failure: Error>(
        _ session: Session, _ cancellation: Cancellation, _ body: (Session, Cancellation) throws(Failure) -> T
    ) -> Result<T, Failure> {
        Result { () throws(Failure) in try body(session, cancellation) }
    }

    private func usable() throws(PostgresError) -> Session {
        guard let session else {
            throw PostgresError(.connectionLost, "The connection to \(target.description) has been closed.")
        }
        guard !isCopyingIn else {
            throw PostgresError(.connectionBusy, "The connection to \(target.description) is in the middle of a COPY.")
        }
        return session
    }
}
