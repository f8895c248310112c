import Foundation

/// A file of the local cache while it is written, piece by piece; it gets its name only when it is whole.
struct CacheFile: ~Copyable {
    private let file: Int32
    private let temporary: String
    private let target: String
    private var buffer: [UInt8] = []
    private var isSound = true

    private static let bufferSize = 1 << 20

    /// Nil where the cache cannot be written.
    init?(_ name: String, in cache: LocalCache) {
        target = cache.path(name)
        temporary = target + "." + String(UInt64.random(in: .min ... .max), radix: 16)
        file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        buffer.reserveCapacity(Self.bufferSize + 4096)
    }

    deinit {
        close(file)
        unlink(temporary)  // gone already where it got its name
    }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferSize { flush() }
    }

    /// Leaves room that is written over later.
    mutating func skip(_ count: Int) {
        flush()
        if lseek(file, off_t(count), SEEK_CUR) < 0 { isSound = false }
    }

    /// Writes over what is there already, or into room that was left.
    mutating func overwrite(_ bytes: [UInt8], at offset: Int) {
        flush()
        var done = 0
        while isSound, done < bytes.count {
            let written = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress! + done, $0.count - done, off_t(offset + done)) }
            if written > 0 { done += written } else if errno != EINTR { isSound = false }
        }
    }

    /// Gives the file its name. False where something could not be written; then nothing is left of it.
    consuming func finish() -> Bool {
        flush()
        return isSound && rename(temporary, target) == 0
    }

    private mutating func flush() {
        var offset = 0
        while isSound, offset < buffer.count {
            let written = buffer.withUnsafeBytes { write(file, $0.baseAddress! + offset, $0.count - offset) }
            if written > 0 { offset += written } else if errno != EINTR { isSound = false }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
