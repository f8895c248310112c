import Foundation
import Language
import TestBuckets
import TestStores

@testable import ObjectStore

/// Each store that the contract holds. A new kind of store is a new case here, and nothing else.
enum StoreUnderTest: String, CaseIterable, Sendable {
    case directory
    /// Where the file system has no unnamed files.
    case directoryWithLinks
    /// Where it has no links either.
    case directoryWithRenames
    /// The double that other tests use in a real store's place.
    case memory
    /// Ours, strict about everything.
    case bucket
    /// The same over TLS, in many small pages.
    case bucketOverTLS
    /// Of moto.
    case bucketOfMoto
    /// Of rclone, which gives a new name to two as well as to one: used as a vault uses such a store.
    case bucketOfRclone

    /// Whether of many who put a new name one succeeds.
    var createsConditionally: Bool { self != .bucketOfRclone }

    /// Those of whom that is so.
    static let conditional = allCases.filter(\.createsConditionally)

    /// Those who show an object whole while another takes its place. rclone writes over the file that it serves, and gives
    /// readers a part of either under the status 200; no vault replaces an object.
    static let replacingWhole = allCases.filter { $0 != .bucketOfRclone }

    /// Those that take objects piece by piece.
    static let streaming: [StoreUnderTest] = [.directory, .memory]

    /// Whether a folder may be deleted as if it were an object, and what lies in an object as if that were a folder: of rclone
    /// the one fails, the other deletes the object. No vault has such names.
    var deletesWhatNoVaultNames: Bool { self != .bucketOfRclone }

    /// Gives `work` a new, empty store that goes away afterwards.
    func withStore(_ work: (any ObjectStore) async throws -> Void) async throws {
        switch self {
        case .directory: try await withFolder { try await work(DirectoryStore($0)) }
        case .directoryWithLinks: try await withFolder { try await work(DirectoryStore($0, naming: .link)) }
        case .directoryWithRenames: try await withFolder { try await work(DirectoryStore($0, naming: .rename)) }
        case .memory: try await work(MemoryStore(takesPieces: true))
        case .bucket: try await withBucket(.strict) { try await work($0) }
        case .bucketOverTLS: try await withBucket(.encrypted, ["page": 7]) { try await work($0) }
        case .bucketOfMoto: try await withBucket(.moto) { try await work($0) }
        case .bucketOfRclone: try await withBucket(.rclone) { try await work(CheckFirstStore($0)) }
        }
    }

    /// As `withStore`; the store as it is.
    func withPlainStore(_ work: (any ObjectStore) async throws -> Void) async throws {
        guard self == .bucketOfRclone else { return try await withStore(work) }
        try await withBucket(.rclone) { try await work($0) }
    }

    private func withBucket(
        _ kind: BucketServer.Kind, _ options: [String: any Sendable] = [:], _ work: (any ObjectStore) async throws -> Void
    ) async throws {
        let bucket = try await TestBucket.make(kind, options)
        do {
            try await work(bucket.store())
        } catch {
            try? await bucket.remove()
            throw error
        }
        try await bucket.remove()
    }
}

/// Gives `work` a new, empty folder that goes away afterwards: in memory where that can be, since a few thousand forced writes
/// take minutes on some disks and show nothing more.
func withFolder(_ work: (String) async throws -> Void) async throws {
    let memory = "/dev/shm"
    let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path
    let folder = parent + "/reprise-store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await work(folder)
}

func key(_ text: String) throws -> ObjectKey {
    struct NoKey: Error { let text: String }
    guard let key = ObjectKey(text) else { throw NoKey(text: text) }
    return key
}

func pattern(_ count: Int, _ salt: UInt8 = 0) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) ^ salt }
}
