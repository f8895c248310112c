internal import Vault

/// An entry on its way into the snapshot.
enum CaptureItem {
    /// As the snapshot before has it.
    case unchanged(KnownEntries.Known)
    case entry(CaptureEntry)
}

/// An entry of which the line is to be made.
final class CaptureEntry {
    /// As the entry list has it.
    let path: String
    var facts: FileFacts
    var work: Work
    /// Of another name of a file: how it is read by this one, should its first name be gone.
    var spare: FileToRead?
    /// Whether it is the first of several names of a file.
    var hasOtherNames = false
    /// Whether another file was found under its name than the walk saw.
    var isAnother = false

    init(path: String, facts: FileFacts, work: Work = .none) {
        self.path = path
        self.facts = facts
        self.work = work
    }

    enum Work {
        /// Nothing to read: folders and links.
        case none
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
/// and no other file has the same path, number, size and times to the nanosecond. The names of owner and group are: they may
/// change while the file does not.
struct FileStamp: Equatable {
    var size: Int64
    var modified: FileFacts.Time
    var changed: FileFacts.Time
    /// 0 in a stamp that fits no file.
    var inode: UInt64
    /// Whether it is cut into pages.
    var isPages = false
    var user: String?
    var group: String?

    init(_ status: FileStatus) {
        size = status.size
        modified = status.modified
        changed = status.changed
        inode = status.inode
    }

    func fits(_ status: FileStatus, _ accounts: Accounts) -> Bool {
        inode != 0 && inode == status.inode && size == status.size && modified == status.modified && changed == status.changed
            && user == accounts.user(status.uid) && group == accounts.group(status.gid)
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

    /// Flags (1: it is cut into pages, 2: the owner has a name, 4: the group has one), then the names, each behind its length
    /// (4).
    var extra: [UInt8] {
        var bytes: [UInt8] = [(isPages ? 1 : 0) | (user == nil ? 0 : 2) | (group == nil ? 0 : 4)]
        for name in [user, group].compactMap(\.self) {
            withUnsafeBytes(of: UInt32(name.utf8.count).littleEndian) { bytes += $0 }
            bytes += name.utf8
        }
        return bytes
    }

    /// Nil where the bytes are no stamp.
    init?(stamp: ArraySlice<UInt8>, extra: ArraySlice<UInt8>) {
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
        var rest = extra.dropFirst()
        if flags & 2 != 0 {
            guard let name = Self.name(from: &rest) else { return nil }
            user = name
        }
        if flags & 4 != 0 {
            guard let name = Self.name(from: &rest) else { return nil }
            group = name
        }
        guard rest.isEmpty else { return nil }
    }

    /// Takes a name behind its length off the front.
    private static func name(from rest: inout ArraySlice<UInt8>) -> String? {
        guard rest.count >= 4 else { return nil }
        let size = rest.withUnsafeBytes { Int(UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self))) }
        guard size <= rest.count - 4 else { return nil }
        defer { rest = rest.dropFirst(4 + size) }
        return String(decoding: rest.dropFirst(4).prefix(size), as: UTF8.self)
    }
}
