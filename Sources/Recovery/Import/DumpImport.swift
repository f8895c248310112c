import Assets
public import Foundation
public import Language
import Postgres
import Synchronization
public import SystemPackage
public import Vault

/// Makes a snapshot of a dump that is there already, by loading it into a throw-away server and backing that up.
///
/// What the server refuses ends the import, and nothing is kept, unless `keepsGoing`.
public struct DumpImport: Sendable {
    private let path: String
    private let folder: FilePath
    private let options: Options

    public struct Options: Sendable {
        /// Of several databases in a dump of a whole server, this one.
        public var database: String?
        /// When the dump was made; nil: what it says, else when its file was last written.
        public var instant: Date?
        /// Goes on where the server refuses something.
        public var keepsGoing: Bool
        public var jobs: Int

        public init(database: String? = nil, instant: Date? = nil, keepsGoing: Bool = false, jobs: Int = 2) {
            self.database = database
            self.instant = instant
            self.keepsGoing = keepsGoing
            self.jobs = max(1, jobs)
        }
    }

    public enum Phase: Sendable {
        case unpacking
        case loading
        case backingUp(bytes: Int64)
    }

    public struct Outcome: Sendable {
        public let record: SnapshotRecord
        /// What is not in it, of what the server refused in its own words; empty unless `keepsGoing`.
        public let refused: [Phrase]
    }

    /// - Parameters:
    ///   - path: a script, an archive, or a folder of `pg_dump -Fd`; scripts and archives may be packed.
    ///   - folder: where the throw-away server is made.
    public init(_ path: String, under folder: FilePath, options: Options) {
        self.path = path
        self.folder = folder
        self.options = options
    }

    /// Throws `ImportError`, `PostgresError`, and what a backup throws.
    public func run(
        asset: String, host: String, tags: [String], into vault: OpenVault,
        progress: @escaping @Sendable (Phase) -> Void = { _ in }
    ) async throws -> Outcome {
        try vault.require(.writer)
        let facts = try Self.facts(path)
        // The programs of the newest installation can read every header; what then loads is of the dump's own age or newer.
        let newest = try Installation.forSandbox(atLeast: Installation.all().first?.major ?? 0)
        guard let packing = facts.packing else {
            guard let form = facts.form else { throw Self.unknown(path) }
            return try await load(
                Source(path: path, form: form, written: facts.written), newest, asset, host, tags, vault, progress)
        }
        // Only for its folder, which is removed whatever happens to us.
        let holder = try await Sandbox.start(newest, under: folder)
        do {
            progress(.unpacking)
            let file = holder.scratchFile("dump").string
            guard let form = DumpForm.recognise(try await Self.unpack(path, packing, to: file)) else { throw Self.unknown(path) }
            let outcome = try await load(
                Source(path: file, form: form, written: facts.written), newest, asset, host, tags, vault, progress)
            await holder.stop()
            return outcome
        } catch {
            await holder.stop()
            throw error
        }
    }

    private struct Source {
        let path: String
        let form: DumpForm
        let written: Date
    }

    // MARK: - What it is

    private static func facts(_ path: String) throws -> (form: DumpForm?, packing: DumpForm.Packing?, written: Date) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw ImportError(
                .unreadable, "There is nothing at \(path).", hint: "Name the dump's file, or the folder of a pg_dump -Fd.")
        }
        let written = Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec))
        if status.st_mode & S_IFMT == S_IFDIR {
            guard FileManager.default.isReadableFile(atPath: path + "/toc.dat") else {
                throw ImportError(
                    .unknownForm, "\(path) is a folder without toc.dat: pg_dump -Fd did not write it.",
                    hint: "Name one dump: a .sql file, an archive, or the folder of a pg_dump -Fd.")
            }
            return (.directory, nil, written)
        }
        guard let file = FileHandle(forReadingAtPath: path), let head = try? file.read(upToCount: 4096) ?? Data() else {
            throw ImportError(.unreadable, "\(path) cannot be read.", hint: "Check its owner and mode.")
        }
        guard !head.isEmpty else {
            throw ImportError(
                .damaged, "\(path) is empty.", hint: "The program that should have written it has failed: look for another copy.")
        }
        return (DumpForm.recognise(Array(head)), DumpForm.packing(Array(head)), written)
    }

    private static func unknown(_ path: String) -> ImportError {
        ImportError(
            .unknownForm, "\(path) is no dump of PostgreSQL: neither a script nor an archive of pg_dump.",
            hint: "Scripts (.sql), archives of pg_dump -Fc, -Ft and -Fd are taken, also packed with gzip, zstd, bzip2 or xz.")
    }

    private static func header(_ path: String, _ form: DumpForm, _ tools: Installation) async throws -> DumpHeader {
        guard form != .script else {
            guard let head = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: 8192) else {
                return DumpHeader("")
            }
            return DumpHeader(String(decoding: head, as: UTF8.self))
        }
        let list = Mutex<[UInt8]>([])
        let result = try await Program.run(
            tools.program("pg_restore"), arguments: ["--list", path], environment: ["LC_ALL": "C", "TZ": "UTC"]
        ) { piece in list.withLock { $0.append(contentsOf: piece) } }
        guard result.succeeded else { throw Self.unreadable(path, result) }
        return DumpHeader(String(decoding: list.withLock { $0 }.prefix(8192), as: UTF8.self))
    }

    /// Unpacks into a file of the sandbox's, which is removed with it. Returns the first bytes.
    private static func unpack(_ path: String, _ packing: DumpForm.Packing, to file: String) async throws -> [UInt8] {
        let folders = ["/usr/bin", "/bin", "/usr/local/bin"]
        guard
            let program = folders.map({ FilePath($0).appending(packing.rawValue) }).first(where: { access($0.string, X_OK) == 0 })
        else {
            throw ImportError(
                .notUnpacked, "\(path) is packed with \(packing.rawValue), which is not installed.",
                hint: "Install it, or unpack the file first.")
        }
        guard FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]),
            let output = FileHandle(forWritingAtPath: file)
        else { throw ImportError(.notUnpacked, "\(file) cannot be written.") }
        let failure = Mutex<(any Error)?>(nil)
        let result: ProgramResult
        do {
            result = try await Program.run(program, arguments: ["-dcq", path]) { piece in
                do { try output.write(contentsOf: Data(piece)) } catch {
                    failure.withLock { $0 = error }
                    throw error
                }
            }
        } catch {
            guard let cause = failure.withLock({ $0 }) else { throw error }
            throw Self.noRoom("\(path) cannot be unpacked into \(file).", cause)
        }
        try output.close()
        guard result.succeeded else {
            throw ImportError(
                .notUnpacked, "\(packing.rawValue) cannot unpack \(path): \(result.errorText)",
                hint: "The file is damaged or cut short.")
        }
        return Array(try FileHandle(forReadingFrom: URL(fileURLWithPath: file)).read(upToCount: 4096) ?? Data())
    }

    // MARK: - Loading

    private func load(
        _ source: Source, _ newest: Installation, _ asset: String, _ host: String, _ tags: [String], _ vault: OpenVault,
        _ progress: @escaping @Sendable (Phase) -> Void
    ) async throws -> Outcome {
        let header = try await Self.header(source.path, source.form, newest)
        let sandbox = try await Sandbox.start(
            try Installation.forSandbox(atLeast: min(header.major ?? newest.major, newest.major)), under: folder)
        do {
            progress(.loading)
            let made = try await sandbox.createDatabase()
            let survey = try await survey(source, sandbox)
            try judge(survey, header, newest: newest.major)
            try await makeRoles(survey.roles, on: made)
            var refused = try await fill(made, from: source, sandbox).map { Phrase(verbatim: $0) }
            if !survey.isWhole { refused.append("the end of the script, which is cut short" as Phrase) }
            let target = try await filled(made, sandbox)
            let capture = PostgresCapture(target, options: CaptureOptions(jobs: options.jobs))
            let (record, _) = try await capture.run(
                tags: tags + ["imported"] + (refused.isEmpty ? [] : [SnapshotRecord.incompleteTag]),
                // A clock that was ahead must not make a snapshot of the future: every exposure would be negative.
                instant: min(options.instant ?? header.written ?? source.written, Date()),
                facts: ["imported": (path as NSString).lastPathComponent]
            ) {
                try await vault.startSnapshot(asset: asset, kind: PostgresCapture.kind, host: host)
            } progress: {
                progress(.backingUp(bytes: $0.bytes))
            }
            await sandbox.stop()
            return Outcome(record: record, refused: refused)
        } catch {
            await sandbox.stop()
            throw error
        }
    }

    /// What can be known of a dump before it is loaded.
    private struct Survey {
        var roles: Set<String> = []
        var isWhole = true
        var reaches: [ScriptLexer.Reach] = []
    }

    private func survey(_ source: Source, _ sandbox: Sandbox) async throws -> Survey {
        var scan = RoleScan()
        var lexer = ScriptLexer()
        if source.form == .script {
            try await FilePieces(path: source.path).eachLine {
                _ = lexer.take($0)
            } _: {
                scan.take($0)
            }
            _ = lexer.finish()
            return Survey(roles: scan.roles, isWhole: lexer.isWhole, reaches: lexer.reaches)
        }
        let script = Mutex<[UInt8]>([])
        let result = try await Program.run(
            sandbox.installation.program("pg_restore"), arguments: ["--schema-only", "--file=-", source.path],
            environment: ["LC_ALL": "C"]
        ) { piece in script.withLock { $0.append(contentsOf: piece) } }
        guard result.succeeded else { throw Self.unreadable(source.path, result) }
        let text = script.withLock { $0 }
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") { scan.take(line) }
        _ = lexer.take(text)
        return Survey(roles: scan.roles, reaches: lexer.reaches)
    }

    /// Refuses what must not be loaded.
    private func judge(_ survey: Survey, _ header: DumpHeader, newest: Int) throws {
        if let reach = survey.reaches.first {
            throw ImportError(
                .reachesOut, "Line \(reach.line) of \(path) reaches out of the database: \(reach.statement)",
                hint: "No dump does that by itself. Take the statement out if you know why it is there.")
        }
        guard !options.keepsGoing else { return }
        if !survey.isWhole {
            throw ImportError(
                .damaged, "The script \(path) is cut short: it ends in the middle.",
                hint: "Nothing was saved. Look for another copy; «--keep-going» takes over what is there.")
        }
        if let major = header.major, major > newest {
            throw ImportError(
                .tooNew, "The dump is of PostgreSQL \(major), and the newest here is \(newest).",
                hint: "Install PostgreSQL \(major); «--keep-going» takes over what the older one understands.")
        }
    }

    private func makeRoles(_ roles: Set<String>, on target: ConnectionString) async throws {
        let connection = try await Connection.open(target)
        let there = Set(try await connection.rows("SELECT rolname FROM pg_catalog.pg_roles").map { $0[0] ?? "" })
        for role in roles.subtracting(there).sorted() { try await connection.execute("CREATE ROLE \(SQL.identifier(role))") }
        await connection.close()
    }

    /// Returns what was refused.
    private func fill(_ target: ConnectionString, from source: Source, _ sandbox: Sandbox) async throws -> [String] {
        let loaded: (succeeded: Bool, errorText: String)
        if source.form == .script {
            loaded = try await ScriptLoad(path: source.path, sandbox: sandbox).run(into: target.database ?? "postgres")
        } else {
            var arguments = ["--dbname=\(target.database ?? "postgres")", "--no-password"]
            if !options.keepsGoing { arguments.append("--exit-on-error") }
            if source.form != .tar { arguments.append("--jobs=\(options.jobs)") }
            let result = try await Program.run(
                sandbox.installation.program("pg_restore"), arguments: arguments + [source.path],
                environment: target)
            loaded = (result.succeeded, result.errorText)
        }
        let errors = LoadErrors.relevant(in: loaded.errorText)
        let failed = source.form == .script ? !loaded.succeeded : !loaded.succeeded && errors.isEmpty
        // A server that cannot write its journal is gone before it can answer.
        let lines = errors + sandbox.log.split(separator: "\n").map(String.init)
        if !loaded.succeeded || !errors.isEmpty, let full = lines.first(where: { $0.contains("No space left on device") }) {
            throw Self.noRoom("The dump could not be loaded: \(full)", nil)
        }
        if !options.keepsGoing, let broken = LoadErrors.damage(in: loaded.errorText) {
            throw ImportError(
                .damaged, "\(path) is damaged or cut short: \(broken)",
                hint: "Nothing was saved. Look for another copy; «--keep-going» takes over what can be read.")
        }
        if failed || (!errors.isEmpty && !options.keepsGoing) {
            throw ImportError(
                .refused, "The dump could not be loaded: \(errors.first ?? loaded.errorText)",
                hint:
                    "Nothing was saved. Where an extension is missing, install it; «--keep-going» takes over the rest and says what is missing."
            )
        }
        return errors
    }

    private static func unreadable(_ path: String, _ result: ProgramResult) -> ImportError {
        if let broken = LoadErrors.damage(in: result.errorText) {
            return ImportError(
                .damaged, "\(path) is damaged or cut short: \(broken)", hint: "Nothing was saved. Look for another copy.")
        }
        if result.errorText.contains("unsupported version") {
            return ImportError(
                .tooNew, "\(path) was written by a newer pg_dump than there is here: \(result.errorText)",
                hint: "Install the PostgreSQL that it is from.")
        }
        return ImportError(.unknownForm, "pg_restore cannot read \(path): \(result.errorText)")
    }

    private static func noRoom(_ message: Phrase, _ cause: (any Error)?) -> ImportError {
        ImportError(
            .noRoom, message, hint: "Nothing was saved. Name a folder with more room in REPRISE_SANDBOXES.", cause: cause)
    }

    /// The database that holds something: a script may have made its own.
    private func filled(_ made: ConnectionString, _ sandbox: Sandbox) async throws -> ConnectionString {
        let connection = try await Connection.open(sandbox.connection())
        let names = try await connection.rows(
            "SELECT datname FROM pg_catalog.pg_database WHERE NOT datistemplate AND datallowconn ORDER BY 1"
        ).compactMap { $0[0] }
        await connection.close()
        if let wanted = options.database {
            guard names.contains(wanted) else {
                throw ImportError(
                    .noSuchDatabase, "The dump has no database \(wanted).",
                    hint: "It has: \(names.filter { $0 != made.database }.joined(separator: ", ")).")
            }
            return sandbox.connection(database: wanted)
        }
        var filled: [String] = []
        for name in names {
            let inside = try await Connection.open(sandbox.connection(database: name))
            let count = try await inside.rows(
                """
                SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
                """
            ).first?[0]
            await inside.close()
            if count != "0" { filled.append(name) }
        }
        guard filled.count == 1, let name = filled.first else {
            throw ImportError(
                .noSuchDatabase,
                filled.isEmpty
                    ? "The dump was loaded and there is nothing in it: no table, view or sequence."
                    : "The dump holds several databases: \(filled.joined(separator: ", ")).",
                hint: filled.isEmpty ? nil : "Say which one with --database; import the file once for each.")
        }
        return sandbox.connection(database: name)
    }
}
