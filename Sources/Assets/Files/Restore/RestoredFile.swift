internal import Foundation
internal import Vault

/// A file on its way back: written beside its place and put there when it is complete. Of one that is changed in place only what
/// differs is written beside it, piece behind piece, and put into it when every piece is there: until then it is what it was, and
/// cut off behind that it is mended by the next run.
///
/// Several threads write to it. `@unchecked Sendable`: `state` is behind `lock`.
final class RestoredFile: @unchecked Sendable {
    let path: String
    let facts: FileFacts
    let size: Int64
    /// Its folder from the root on, and its name, raw.
    private let folderPath: [UInt8]
    private let name: [UInt8]
    /// The name under which it is written; the same whenever this entry is restored, so that what a run that was cut off left is
    /// used up by the next one.
    private let draft: [UInt8]
    /// Whether the file that is there is changed where it differs.
    let isInPlace: Bool
    private let tree: TargetTree

    /// Of the names under which something is written before it is complete; digits and small letters follow.
    static let draftPrefix = Array(".reprise-part-".utf8)

    private let lock = NSLock()
    private var left: Int64
    private var isMade = false
    private var changed: Int64 = 0
    private var isFailed = false
    private var isResized = false
    /// Of the draft of one that is changed in place: each piece behind its offset and its size (8 bytes each).
    private var draftSize: Int64 = 0
    private static let pieceHead = 16

    struct Failure: Error {
        let message: String
        /// Whether the file is in its place all the same, with its bytes.
        var isPlaced = false
    }

    init(_ entry: Entry, _ facts: FileFacts, raw: [UInt8], number: Int, isInPlace: Bool, in tree: TargetTree) {
        path = entry.path
        self.facts = facts
        size = entry.size
        left = entry.size
        let (folder, name) = TargetTree.split(raw[...])
        folderPath = Array(folder)
        self.name = Array(name)
        draft = Self.draftPrefix + Array(String(number, radix: 36).utf8)
        self.isInPlace = isInPlace
        self.tree = tree
    }

    /// Bytes that were written so far.
    var written: Int64 { lock.withLock { changed } }

    /// Whether the file that was there was not what it is to be.
    var isChanged: Bool { lock.withLock { changed > 0 || isResized } }

    /// Notes that something went wrong and takes away what was written; true the first time.
    func fail() -> Bool {
        lock.withLock {
            guard !isFailed else { return false }
            isFailed = true
            if isMade, let folder = try? tree.folder(folderPath[...]) {
                _ = withPath(draft) { unlinkat(folder.descriptor, $0, 0) }
            }
            return true
        }
    }

    /// Whether the file that is there has these bytes in this place.
    func has(_ target: ScatteredRead.Target, _ proof: ScatteredRead.Proof) -> Bool {
        guard isInPlace, let folder = try? tree.folder(folderPath[...]) else { return false }
        let file = folder.file(name)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard let bytes = Self.bytes(of: file, at: target.offset, target.size) else { return false }
        return proof.fits(bytes)
    }

    /// Nil where there are not as many.
    static func bytes(of file: Int32, at offset: Int64, _ size: Int) -> [UInt8]? {
        var filled = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while filled < size {
                let got = pread(file, buffer.baseAddress! + filled, size - filled, off_t(offset) + off_t(filled))
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { break }
                filled += got
            }
            count = filled
        }
        return filled == size ? bytes : nil
    }

    /// Takes bytes; true when the file was complete with them and stands in its place.
    func take(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws -> Bool {
        if lock.withLock({ isFailed }) { return false }
        let folder = try openFolder()
        let file = try openDraft(folder)
        defer { close(file) }
        if isInPlace { try keep(bytes, for: offset, in: file) } else { try write(bytes, at: offset, to: file) }
        lock.withLock { changed += Int64(bytes.count) }
        guard account(Int64(bytes.count)) else { return false }
        if isInPlace { try finishInPlace(file, folder) } else { try finish(file, folder) }
        return true
    }

    /// Notes bytes that are there already; true when the file is complete with them.
    func skip(_ count: Int64) throws -> Bool {
        if lock.withLock({ isFailed }) { return false }
        guard account(count) else { return false }
        let folder = try openFolder()
        let draft: Int32? = try lock.withLock { isMade } ? openDraft(folder) : nil
        defer { if let draft { close(draft) } }
        try finishInPlace(draft, folder)
        return true
    }

    /// Makes a file without bytes.
    func makeEmpty() throws {
        let folder = try openFolder()
        if isInPlace { return try finishInPlace(nil, folder) }
        let file = try openDraft(folder)
        defer { close(file) }
        try finish(file, folder)
    }

    /// Whether these are the last bytes. In one step: of two who have the last two pieces at once one must have the last.
    private func account(_ count: Int64) -> Bool {
        lock.withLock {
            left -= count
            return left == 0
        }
    }

    private func openFolder() throws -> OpenFolder {
        do {
            return try tree.folder(folderPath[...])
        } catch { throw Failure(message: systemMessage(error.number)) }
    }

    private static let flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK

    /// The file that is changed in place.
    private func openInPlace(_ folder: OpenFolder) throws -> Int32 {
        let flags = Self.flags
        var file = withPath(name) { openat(folder.descriptor, $0, flags) }
        if file < 0, errno == EACCES {
            // Its rights are set again at the end.
            _ = withPath(name) { fchmodat(folder.descriptor, $0, 0o600, 0) }
            file = withPath(name) { openat(folder.descriptor, $0, flags) }
        }
        guard file >= 0 else { throw Failure(message: systemMessage(errno)) }
        guard FileStatus.of(file)?.kind == .file else {
            close(file)
            throw Failure(message: systemMessage(EEXIST))
        }
        return file
    }

    private func openDraft(_ folder: OpenFolder) throws -> Int32 {
        let flags = Self.flags
        return try lock.withLock {
            if isFailed { throw Failure(message: systemMessage(ECANCELED)) }
            if isMade {
                let file = withPath(draft) { openat(folder.descriptor, $0, flags) }
                guard file >= 0 else { throw Failure(message: systemMessage(errno)) }
                return file
            }
            var file = withPath(draft) { openat(folder.descriptor, $0, flags | O_CREAT | O_EXCL, 0o600) }
            if file < 0, errno == EEXIST {
                _ = withPath(draft) { unlinkat(folder.descriptor, $0, 0) }
                file = withPath(draft) { openat(folder.descriptor, $0, flags | O_CREAT | O_EXCL, 0o600) }
            }
            guard file >= 0 else { throw Failure(message: systemMessage(errno)) }
            isMade = true
            return file
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64, to file: Int32) throws {
        var start = 0
        while start < bytes.count {
            var end = bytes.count
            // A new file has zeros where nothing was written.
            if facts.isSparse {
                end = min(bytes.count, start + 4096)
                if bytes[start..<end].allSatisfy({ $0 == 0 }) {
                    start = end
                    continue
                }
            }
            try Self.write(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), at: offset + Int64(start), to: file)
            start = end
        }
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64, to file: Int32) throws {
        var start = 0
        while start < bytes.count {
            let count = pwrite(file, bytes.baseAddress! + start, bytes.count - start, off_t(offset) + off_t(start))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure(message: systemMessage(errno)) }
            start += count
        }
    }

    /// Keeps a piece of a file that is changed in place until all of them are there.
    private func keep(_ bytes: UnsafeRawBufferPointer, for offset: Int64, in draft: Int32) throws {
        let start = lock.withLock { () -> Int64 in
            defer { draftSize += Int64(Self.pieceHead + bytes.count) }
            return draftSize
        }
        try [offset, Int64(bytes.count)].withUnsafeBytes { try Self.write($0, at: start, to: draft) }
        try Self.write(bytes, at: start + Int64(Self.pieceHead), to: draft)
    }

    /// Puts every piece that was kept into the file.
    private func putPieces(of draft: Int32, into file: Int32) throws {
        let end = lock.withLock { draftSize }
        let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { room.deallocate() }
        var place: Int64 = 0
        while place < end {
            try Self.fill(UnsafeMutableRawBufferPointer(rebasing: room[..<Self.pieceHead]), from: draft, at: place)
            place += Int64(Self.pieceHead)
            var offset = room.loadUnaligned(fromByteOffset: 0, as: Int64.self)
            var left = room.loadUnaligned(fromByteOffset: 8, as: Int64.self)
            while left > 0 {
                let part = UnsafeMutableRawBufferPointer(rebasing: room[..<Int(min(left, Int64(room.count)))])
                try Self.fill(part, from: draft, at: place)
                try Self.write(UnsafeRawBufferPointer(part), at: offset, to: file)
                place += Int64(part.count)
                offset += Int64(part.count)
                left -= Int64(part.count)
            }
        }
    }

    private static func fill(_ room: UnsafeMutableRawBufferPointer, from file: Int32, at offset: Int64) throws {
        var filled = 0
        while filled < room.count {
            let got = pread(file, room.baseAddress! + filled, room.count - filled, off_t(offset) + off_t(filled))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw Failure(message: systemMessage(got < 0 ? errno : EIO)) }
            filled += got
        }
    }

    /// Everything is there: the file that stands in the place becomes what it is to be.
    ///
    /// - Parameter draft: the pieces that it has not; nil where it has all of them.
    private func finishInPlace(_ draft: Int32?, _ folder: OpenFolder) throws {
        let file = try openInPlace(folder)
        defer { close(file) }
        guard let status = FileStatus.of(file) else { throw Failure(message: systemMessage(errno)) }
        if let draft { try putPieces(of: draft, into: file) }
        // What is longer than it is to be, or ends with pieces that were there.
        if status.size != size {
            guard ftruncate(file, off_t(size)) == 0 else { throw Failure(message: systemMessage(errno)) }
            lock.withLock { isResized = true }
        }
        let failures = FactsApplying.shared.apply(facts, to: file)
        if draft != nil { _ = withPath(self.draft) { unlinkat(folder.descriptor, $0, 0) } }
        if let first = failures.first { throw Failure(message: first, isPlaced: true) }
    }

    private func finish(_ file: Int32, _ folder: OpenFolder) throws {
        guard let status = FileStatus.of(file) else { throw Failure(message: systemMessage(errno)) }
        if status.size != size, ftruncate(file, off_t(size)) != 0 { throw Failure(message: systemMessage(errno)) }
        let failures = FactsApplying.shared.apply(facts, to: file)
        let isPlaced = withPath(draft) { from in
            withPath(name) { to in renameat(folder.descriptor, from, folder.descriptor, to) == 0 }
        }
        guard isPlaced else { throw Failure(message: systemMessage(errno)) }
        // It is in its place, though something about it is not as it was.
        if let first = failures.first { throw Failure(message: first, isPlaced: true) }
    }
}

extension FactsApplying {
    static let shared = FactsApplying(accounts: Accounts())
}
