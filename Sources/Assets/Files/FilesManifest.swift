internal import Foundation
public import Language
public import Vault

/// What a snapshot of a tree says about itself beside its entries: `manifest.json`.
///
/// The tree's root is the entry `files`, everything in it lies below; the manifest is the last entry.
public struct FilesManifest: Codable, Sendable, Equatable {
    public static let path = "manifest.json"
    /// The entry of the tree's root.
    public static let root = "files"
    static let currentFormat = 1

    public var format = FilesManifest.currentFormat
    /// Where the tree stood on its host, as the plan says it, made absolute.
    public var source: String
    /// The patterns of what was left out.
    public var exclude: [String]
    public var counts: Counts
    /// What is not in the snapshot though it should be, or is in it with reservations; at most `mostProblems` of them.
    public var problems: [Problem]

    public struct Counts: Codable, Sendable, Equatable {
        public var files: Int64 = 0
        public var folders: Int64 = 0
        public var links: Int64 = 0
        public var others: Int64 = 0
        /// Bytes of all files.
        public var bytes: Int64 = 0
        /// Of the files, those that were not read because they have not changed since the last snapshot. Stored with the
        /// snapshot's facts and not here: the same tree has the same manifest, and a backup of it adds nothing.
        public var unchanged: Int64 = 0
        public var excluded: Int64 = 0
        /// Everything that could not be read.
        public var unreadable: Int64 = 0
        public var changed: Int64 = 0
        public var vanished: Int64 = 0
    }

    public struct Problem: Codable, Sendable, Equatable {
        public enum Kind: String, Codable, Sendable {
            /// It could not be read and is not in the snapshot.
            case unreadable
            /// It was written to each time it was read, and is in the snapshot as it was read last.
            case changed
            /// It was there when its folder was listed and gone when it was to be read.
            case vanished
        }
        public var kind: Kind
        /// From the tree's root on, as text (`RawText`).
        public var path: String
        /// The system's words.
        public var reason: String?

        public init(kind: Kind, path: String, reason: String? = nil) {
            self.kind = kind
            self.path = path
            self.reason = reason
        }
    }

    public static let mostProblems = 1000

    /// Whether everything that belongs to the tree is in the snapshot.
    public var isComplete: Bool { counts.unreadable == 0 }

    mutating func add(_ problem: Problem) {
        switch problem.kind {
        case .unreadable: counts.unreadable += 1
        case .changed: counts.changed += 1
        case .vanished: counts.vanished += 1
        }
        // What is missing is worth more room than what came and went.
        if problems.count < Self.mostProblems { return problems.append(problem) }
        guard problem.kind == .unreadable, let other = problems.firstIndex(where: { $0.kind != .unreadable }) else { return }
        problems[other] = problem
    }

    func encoded() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        var stored = self
        stored.counts.unchanged = 0
        return String(decoding: try encoder.encode(stored), as: UTF8.self) + "\n"
    }

    /// Fails where the snapshot is none of a tree: the asset of that name may have been a database when it was taken.
    public static func require(_ snapshot: SnapshotRecord) throws(AssetError) {
        guard snapshot.kind != FilesCapture.kind else { return }
        throw AssetError(
            .otherKind,
            "The snapshot \(snapshot.id) of \(snapshot.asset) is of the kind \(snapshot.kind), and in the plan \(snapshot.asset) is of the kind \(FilesCapture.kind). Nothing was touched.",
            hint:
                "Use a plan in which \(snapshot.asset) is of the kind \(snapshot.kind), or name another snapshot with --snapshot."
        )
    }

    /// The manifest of a snapshot of a tree. Throws `AssetError` (`damagedSnapshot`, `newerFormat`) or `VaultError`.
    public static func read(from snapshot: SnapshotReader) async throws -> FilesManifest {
        struct Header: Decodable { var format: Int }
        guard try await snapshot.entry(path) != nil else {
            throw AssetError(
                .damagedSnapshot, "Snapshot \(snapshot.record.id) has no manifest: it is not a snapshot of files.")
        }
        let bytes = Data(try await snapshot.text(of: path).utf8)
        guard let header = try? JSONDecoder().decode(Header.self, from: bytes) else {
            throw AssetError(.damagedSnapshot, "The manifest of this snapshot cannot be read.")
        }
        guard header.format <= currentFormat else {
            throw AssetError(
                .newerFormat,
                "The manifest of this snapshot has format \(header.format); this Reprise reads up to \(currentFormat).",
                hint: "Use a newer Reprise.")
        }
        do {
            return try JSONDecoder().decode(FilesManifest.self, from: bytes)
        } catch {
            throw AssetError(.damagedSnapshot, "The manifest of this snapshot cannot be read.", cause: error)
        }
    }

    /// What may be known of a snapshot without a reader key.
    var facts: [String: String] {
        [
            "files": String(counts.files), "folders": String(counts.folders), "bytes": String(counts.bytes),
            "unchanged": String(counts.unchanged), "unreadable": String(counts.unreadable), "changed": String(counts.changed),
        ]
    }
}

extension FilesManifest.Problem {
    public var message: Phrase {
        switch kind {
        case .unreadable: "\(path) could not be read: \(reason ?? "?")."
        case .changed: "\(path) was written to each time it was read: its bytes may be of more than one instant."
        case .vanished: "\(path) vanished before it was read."
        }
    }
}
