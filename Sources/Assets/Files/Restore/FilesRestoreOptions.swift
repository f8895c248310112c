internal import Glibc
public import Language
public import Vault

/// What a restore of a tree is told besides its target.
public struct FilesRestoreOptions: Sendable {
    /// Paths and patterns as in a `.gitignore`, from the tree's root on; empty: everything.
    public var only: [String]
    /// Requests and writers at once.
    public var jobs: Int
    /// Whether the target may hold files already: those that differ are replaced, the others are left alone.
    public var inPlace: Bool
    /// Whether files of the same size and time are read and compared instead of being taken for equal.
    public var comparesContents: Bool
    /// What of the target the snapshot does not have is deleted; nil: nothing.
    public var deletion: Deletion?
    /// Files and folders that stay as they are where they are met, by absolute path, though a snapshot may hold older ones.
    public var avoided: [String]

    /// What stays when the rest is deleted.
    public struct Deletion: Sendable {
        /// Patterns as in a `.gitignore`, besides those that the snapshot was taken with.
        public var exclude: [String]
        /// Files and folders that stay wherever they are met, by absolute path: the vault, our own files.
        public var avoided: [String]

        public init(exclude: [String] = [], avoided: [String] = []) {
            self.exclude = exclude
            self.avoided = avoided
        }
    }

    public init(
        only: [String] = [], jobs: Int = 2, inPlace: Bool = false, comparesContents: Bool = false, deletion: Deletion? = nil,
        avoided: [String] = []
    ) {
        self.only = only
        self.jobs = jobs
        self.inPlace = inPlace
        self.comparesContents = comparesContents
        self.deletion = deletion
        self.avoided = avoided
    }
}

/// What a restore would do to its target.
public struct FilesRestorePlan: Sendable, Encodable {
    public let snapshot: String
    /// The folder, absolute.
    public let target: String
    /// Entries that were asked for.
    public var entries = 0
    /// Files that would be written where there is nothing.
    public var created = 0
    /// Files, links and the like that would be put in the place of what is there.
    public var replaced = 0
    /// Files that are there already.
    public var equal = 0
    /// Of the files to be written.
    public var bytes: Int64 = 0
    /// The first of what would be replaced, from the tree's root on.
    public var examples: [String] = []
    /// Files and folders that would be deleted, because the snapshot does not have them.
    public var deleted = 0
    /// The first of them; folders end with a slash.
    public var deletedExamples: [String] = []

    public var destroys: Bool { replaced > 0 || deleted > 0 }

    static let mostExamples = 10

    /// The plan as people read it.
    public var lines: [Phrase] {
        var lines: [Phrase] = [
            "Into \(target) from snapshot \(snapshot): \(count: created) {file|files} to write, \(count: replaced) to replace, \(count: equal) there already."
        ]
        for example in examples { lines.append("  \(example) differs and would be replaced.") }
        if replaced > examples.count, !examples.isEmpty { lines.append("  … and \(replaced - examples.count) more.") }
        if deleted > 0 {
            lines.append("Files and folders that the snapshot does not have and that would be deleted: \(deleted).")
        }
        for example in deletedExamples { lines.append("  \(example) would be deleted.") }
        if deleted > deletedExamples.count { lines.append("  … and \(deleted - deletedExamples.count) more.") }
        return lines
    }
}

/// What a restore did.
public struct FilesRestoreReport: Sendable {
    public struct Problem: Sendable, Encodable {
        /// From the tree's root on.
        public let path: String
        public let message: Phrase
    }

    /// Files written, whole or in part.
    public var written = 0
    /// Files that were there already.
    public var equal = 0
    public var folders = 0
    public var links = 0
    /// Files and folders that the snapshot does not have.
    public var deleted = 0
    /// Whether nothing was deleted because not everything could be put back.
    public var keptExtras = false
    /// Of the files that were written.
    public var bytes: Int64 = 0
    /// What could not be put back; at most `mostProblems` are named.
    public var problems: [Problem] = []
    public var problemCount = 0
    /// Of them, files of which the vault holds something damaged or not at all; what stood in their places is as it was.
    public var damaged = 0
    /// What is wrong with the first of these.
    public var damage: VaultError?
    /// Whether something is not in its place, beside what came back with other facts than it had.
    public var isUnfinished = false
    /// Whether owners were left as they are, for which root is needed.
    public var ownersLeft = false

    static let mostProblems = 1000

    mutating func add(_ path: String, _ message: Phrase) {
        problemCount += 1
        if problems.count < Self.mostProblems { problems.append(.init(path: path, message: message)) }
    }
}

/// Which entries somebody asked for.
struct FilesSelection: Sendable {
    private let patterns: [IgnorePattern]
    private let literals: [[UInt8]]
    private let apart: [[UInt8]]
    let isEverything: Bool

    /// - Parameters:
    ///   - only: paths and patterns; a path means what lies below it too.
    ///   - apart: paths, as text, that nobody can ask for, nor for what lies below them.
    init(_ only: [String], apart: [[UInt8]] = []) {
        self.apart = apart
        let trimmed = only.map { text in
            var bytes = Array(text.utf8)
            if bytes.starts(with: "./".utf8) { bytes.removeFirst(2) }
            while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
            return bytes
        }
        isEverything = trimmed.isEmpty
        // A path as it is listed means itself, whatever characters it has.
        literals = trimmed.map { $0.first == UInt8(ascii: "/") ? Array($0.dropFirst()) : $0 }
        // One that takes away is none to ask for.
        patterns = trimmed.compactMap { IgnorePattern($0) }.filter { !$0.isNegated }
    }

    /// - Parameter path: from the tree's root on, as text; empty for the root itself.
    func has(_ path: [UInt8], isFolder: Bool) -> Bool {
        if apart.contains(where: { path.starts(with: $0) && (path.count == $0.count || path[$0.count] == UInt8(ascii: "/")) }) {
            return false
        }
        if isEverything { return true }
        var end = path.count
        var isLast = true
        while end > 0 {
            let part = path[..<end]
            if literals.contains(where: { part.elementsEqual($0) }) { return true }
            let name = part.lastIndex(of: UInt8(ascii: "/")).map { part[($0 + 1)...] } ?? part
            if patterns.contains(where: { $0.matches(part, name: name, isFolder: !isLast || isFolder) }) { return true }
            end = part.lastIndex(of: UInt8(ascii: "/")) ?? 0
            isLast = false
        }
        return false
    }
}

extension FilesSelection {
    /// Where below a folder lies what stands at these absolute paths: as text, from the folder on. Links are resolved, and one
    /// that leads to it has its place as well.
    static func places(of paths: [String], below folder: String) -> [[UInt8]] {
        let slash = UInt8(ascii: "/")
        guard let root = resolved(Array(folder.utf8)) else { return [] }
        let base = root == [slash] ? root : root + [slash]
        return paths.flatMap { path -> [[UInt8]] in
            let raw = Array(path.utf8)
            let (above, name) = TargetTree.split(raw[...])
            guard let place = resolved(raw), var named = resolved(Array(above) + [slash]) else { return [] }
            if named != [slash] { named.append(slash) }
            named.append(contentsOf: name)
            return [place, named]
        }
        .filter { $0.starts(with: base) && $0.count > base.count }
        .map { RawText.escaped(Array($0.dropFirst(base.count))) }
    }

    /// The path without links; nil where nothing is there.
    private static func resolved(_ path: [UInt8]) -> [UInt8]? {
        guard let found = withPath(path, { realpath($0, nil) }) else { return nil }
        defer { free(found) }
        return Array(UnsafeRawBufferPointer(start: found, count: strlen(found)))
    }
}
