import Foundation

/// Reads files that are a page or two long, whole, and refuses longer ones.
enum SmallFile {
    enum Failure: Error, Equatable {
        case missing
        case tooLong(atMost: Int)
        /// The operating system's own words.
        case system(String)
    }

    /// The content, and the permission bits of a regular file (nil for pipes and the like).
    static func read(_ path: String, atMost: Int) throws(Failure) -> (bytes: [UInt8], mode: mode_t?) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .missing : .system(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(String(cString: strerror(errno))) }
        let isRegular = status.st_mode & S_IFMT == S_IFREG
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Foundation.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(String(cString: strerror(errno))) }
            guard count > 0 else { break }
            bytes += piece[..<count]
            guard bytes.count <= atMost else { throw .tooLong(atMost: atMost) }
        }
        return (bytes, isRegular ? status.st_mode & 0o7777 : nil)
    }

    /// Writes a file that must not exist yet, whole or not at all as far as its name goes: it is written beside and linked into
    /// place.
    static func create(_ path: String, _ text: String, mode: mode_t = 0o644) throws(Failure) -> Bool {
        let draft = path + ".\(getpid())-\(UInt32.random(in: 0 ... .max)).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .system(String(cString: strerror(errno))) }
        defer { unlink(draft) }
        var failure: Int32?
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty, failure == nil {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 { failure = errno == EINTR ? nil : errno } else { rest = rest.dropFirst(count) }
        }
        if failure == nil, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == nil { failure = errno }
        if let failure { throw .system(String(cString: strerror(failure))) }
        // A link fails where the name is taken, which a rename would overwrite.
        guard link(draft, path) == 0 else {
            if errno == EEXIST { return false }
            throw .system(String(cString: strerror(errno)))
        }
        return true
    }
}
