internal import Vault

/// An entry on its way into the snapshot.
struct CaptureItem {
    /// As the entry list has it.
    let path: String
    var facts: FileFacts
    var work: Work

    enum Work {
        /// Nothing to read: folders, links, and what is known already.
        case none
        case unchanged(KnownEntries.Known)
        case read(FileToRead)
        case done(StoredContent, remembered: Remembered?)
        case failed(FilesManifest.Problem)
    }

    /// What the next backup will know a file by.
    struct Remembered {
        let stamp: [UInt8]
        let extra: [UInt8]
        let chunks: EntryChunks?
    }
}

/// A file that has to be read.
struct FileToRead {
    let folder: OpenFolder
    let name: [UInt8]
    /// As the walk saw it.
    let status: FileStatus
    /// What was remembered of it, though it has changed since.
    let earlier: FileStamp?
}

/// What tells whether a file is still the one that was stored.
///
/// The device's number is not part of it: it changes when a volume is mounted anew or read through a snapshot of the file system,
/// and no other file has the same path, number, size and times to the nanosecond.
struct FileStamp: Equatable {
    var size: Int64
    var modified: FileFacts.Time
    var changed: FileFacts.Time
    /// 0 in a stamp that fits no file.
    var inode: UInt64
    /// Whether it is cut into pages.
    var isPages = false
    var attributes: [FileFacts.Attribute] = []

    init(_ status: FileStatus) {
        size = status.size
        modified = status.modified
        changed = status.changed
        inode = status.inode
    }

    func fits(_ status: FileStatus) -> Bool {
        inode != 0 && inode == status.inode && size == status.size && modified == status.modified && changed == status.changed
    }

    // MARK: - As bytes

    var stamp: [UInt8] {
        var bytes: [UInt8] = []
        for number in [
            UInt64(bitPattern: size), UInt64(bitPattern: modified.seconds), UInt64(modified.nanoseconds),
            UInt64(bitPattern: changed.seconds), UInt64(changed.nanoseconds), inode,
        ] {
            withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
        }
        return bytes
    }

    var extra: [UInt8] {
        var bytes: [UInt8] = [isPages ? 1 : 0]
        for attribute in attributes {
            for block in [attribute.name, attribute.value] {
                withUnsafeBytes(of: UInt32(block.count).littleEndian) { bytes += $0 }
                bytes += block
            }
        }
        return bytes
    }

    /// Nil where the bytes are no stamp.
    init?(stamp: [UInt8], extra: [UInt8]) {
        guard stamp.count == 48, let flags = extra.first else { return nil }
        func number(_ index: Int) -> UInt64 {
            stamp.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)) }
        }
        guard number(2) < 1_000_000_000, number(4) < 1_000_000_000 else { return nil }
        size = Int64(bitPattern: number(0))
        modified = .init(seconds: Int64(bitPattern: number(1)), nanoseconds: Int32(number(2)))
        changed = .init(seconds: Int64(bitPattern: number(3)), nanoseconds: Int32(number(4)))
        inode = number(5)
        isPages = flags & 1 != 0
        var blocks: [[UInt8]] = []
        var at = 1
        while at < extra.count {
            guard at + 4 <= extra.count else { return nil }
            let size = extra.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: UInt32.self))) }
            guard at + 4 + size <= extra.count else { return nil }
            blocks.append(Array(extra[(at + 4)..<(at + 4 + size)]))
            at += 4 + size
        }
        guard blocks.count.isMultiple(of: 2) else { return nil }
        attributes = stride(from: 0, to: blocks.count, by: 2).map { .init(name: blocks[$0], value: blocks[$0 + 1]) }
    }
}
