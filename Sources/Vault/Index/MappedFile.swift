import Foundation

/// A read-only mapping of a whole file, or bytes in its place.
///
/// `@unchecked Sendable`: the bytes never change and go only with the object.
final class MappedFile: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    /// Nil where the file cannot be opened or is empty.
    init?(_ path: String) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_size > 0,
            let address = mmap(nil, Int(facts.st_size), PROT_READ, MAP_PRIVATE, file, 0), address != MAP_FAILED
        else { return nil }
        bytes = UnsafeRawBufferPointer(start: address, count: Int(facts.st_size))
        isMapped = true
    }

    init(copying source: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 16)
        copy.copyBytes(from: source)
        bytes = UnsafeRawBufferPointer(copy)
        isMapped = false
    }

    deinit {
        if isMapped {
            munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        } else {
            bytes.deallocate()
        }
    }

    /// Takes the pages that lie within `part` out of this process; they come back from the file when they are used.
    func forget(_ part: UnsafeRawBufferPointer) {
        guard isMapped, let base = bytes.baseAddress, let start = part.baseAddress else { return }
        let page = 4096
        let first = (start - base + page - 1) / page * page
        let end = (start - base + part.count) / page * page
        if first < end { madvise(UnsafeMutableRawPointer(mutating: base + first), end - first, MADV_DONTNEED) }
    }
}
