import CZstd

/// One reused zstd context in each direction; used by one thread at a time.
struct Compressor: ~Copyable {
    private let context: OpaquePointer
    private var scratch: [UInt8] = []

    init() {
        guard let context = ZSTD_createCCtx() else { preconditionFailure("no memory for a compression context") }
        self.context = context
    }

    deinit { ZSTD_freeCCtx(context) }

    /// The zstd frame of `plain`, or nil where it would save less than 3 %.
    mutating func compress(_ plain: [UInt8], level: Int32) -> [UInt8]? {
        guard plain.count > 64 else { return nil }
        if plain.count >= Self.sampledFrom, looksIncompressible(plain, level) { return nil }
        let bound = ZSTD_compressBound(plain.count)
        if scratch.count < bound { scratch = [UInt8](repeating: 0, count: bound) }
        let size = scratch.withUnsafeMutableBytes { target in
            plain.withUnsafeBytes { source in
                ZSTD_compressCCtx(context, target.baseAddress, target.count, source.baseAddress, source.count, level)
            }
        }
        guard ZSTD_isError(size) == 0, size < plain.count - plain.count * 3 / 100 else { return nil }
        return Array(scratch[..<size])
    }

    /// Bytes from which on a sample decides whether it is worth trying.
    private static let sampledFrom = 64 << 10

    /// Whether not even a byte in a hundred is saved on any of four samples of a chunk: photos, archives, encrypted files.
    private mutating func looksIncompressible(_ plain: [UInt8], _ level: Int32) -> Bool {
        let width = 4096
        let bound = ZSTD_compressBound(width)
        if scratch.count < bound { scratch = [UInt8](repeating: 0, count: bound) }
        return scratch.withUnsafeMutableBytes { target in
            plain.withUnsafeBytes { source in
                (0..<4).allSatisfy { part in
                    let start = (plain.count - width) / 3 * part
                    let size = ZSTD_compressCCtx(
                        context, target.baseAddress, target.count, source.baseAddress! + start, width, level)
                    return ZSTD_isError(size) != 0 || size > width - width / 100
                }
            }
        }
    }
}

/// One reused zstd context for reading.
struct Decompressor: ~Copyable {
    private let context: OpaquePointer

    init() {
        guard let context = ZSTD_createDCtx() else { preconditionFailure("no memory for a decompression context") }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Nil where `frame` is no zstd frame of exactly `size` bytes.
    func decompress(_ frame: some Collection<UInt8>, size: Int) -> [UInt8]? {
        var written = 0
        let plain = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            let target = UnsafeMutableRawBufferPointer(buffer)
            written =
                frame.withContiguousStorageIfAvailable { source in
                    ZSTD_decompressDCtx(context, target.baseAddress, target.count, source.baseAddress, source.count)
                } ?? 0
            count = ZSTD_isError(written) == 0 ? written : 0
        }
        guard ZSTD_isError(written) == 0, written == size else { return nil }
        return plain
    }
}
