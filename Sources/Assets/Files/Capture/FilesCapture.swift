internal import Foundation
internal import Language
internal import Synchronization
public import Vault

/// What a tree's capture is told besides its place.
public struct FilesCaptureOptions: Sendable {
    /// Patterns as in a `.gitignore` at the tree's root.
    public var exclude: [String]
    /// Threads that read.
    public var jobs: Int
    /// Folders and files that are left out wherever they are met, by absolute path: the vault must not back itself up, nor its
    /// keys.
    public var avoided: [String]

    public init(exclude: [String] = [], jobs: Int = 2, avoided: [String] = []) {
        self.exclude = exclude
        self.jobs = jobs
        self.avoided = avoided
    }
}

/// How far a capture is.
public struct FilesCaptureProgress: Sendable, Equatable {
    public var entries: Int64 = 0
    /// Bytes of the files that are done.
    public var bytes: Int64 = 0
}

/// Takes a snapshot of a folder and everything below it.
///
/// A file that has not changed since the last snapshot of the same asset from this host is not read again. What cannot be read is
/// named and left out, and the snapshot is committed with what could be: one bad file must not cost all the others their backup.
/// Nothing is written to the source, and no link leads out of it.
public struct FilesCapture: Sendable {
    public static let kind = "files"

    private let root: String
    private let options: FilesCaptureOptions

    /// - Parameter root: an absolute path.
    public init(_ root: String, options: FilesCaptureOptions = FilesCaptureOptions()) {
        self.root = root
        self.options = options
    }

    /// Captures into a new snapshot and commits it.
    ///
    /// - Throws: `AssetError.sourceUnreadable` where the root itself cannot be read, `VaultError`, `CancellationError`.
    public func run(
        asset: String, tags: [String] = [], into start: () async throws -> SnapshotWriter,
        progress: @escaping @Sendable (FilesCaptureProgress) -> Void = { _ in }
    ) async throws -> (SnapshotRecord, FilesManifest) {
        let folder = try openRoot()
        let begun = Date()
        let snapshot = try await start()
        let known = snapshot.knownEntries(asset)
        do {
            let run = CaptureRun(
                folder: folder, source: root, options: options, begun: begun, snapshot: snapshot, known: known, report: progress)
            let manifest = try await withTaskCancellationHandler {
                try await onOwnThread { Result { try run.run() } }.get()
            } onCancel: {
                run.cancel()
            }
            let text = try manifest.encoded()
            try await onOwnThread { Result { try snapshot.add(FilesManifest.path, text: text) } }.get()
            let record = try await snapshot.commit(
                instant: begun, tags: manifest.isComplete ? tags : tags + [SnapshotRecord.incompleteTag], facts: manifest.facts)
            await onOwnThread { known.commit() }
            return (record, manifest)
        } catch {
            await snapshot.abandon()
            throw error
        }
    }

    private func openRoot() throws -> OpenFolder {
        if let folder = OpenFolder.root(root) { return folder }
        let number = errno
        throw AssetError(
            .sourceUnreadable, "The folder \(root) cannot be read: \(systemMessage(number)).",
            hint: number == ENOENT || number == ENOTDIR
                ? "Correct the asset's path in the plan; a relative one starts at the plan's folder."
                : "Run the backup as a user who may read it.")
    }
}
