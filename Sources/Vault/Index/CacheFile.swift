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

    /// Writes over what is there already.
    mutating func overwrite(_ bytes: [UInt8], at offset: Int) {
        flush()
        let written = bytes.withUnsafeBytes { pwrite(file, $0.baseAddress!, $0.count, off_t(offset)) }
        if written != bytes.count { isSound = false }
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
