import CZstd

/// One reused zstd context in each direction; used by one thread at a time.
struct Compressor: ~Copyable {
    private let context: OpaquePointer
    private var scratch = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    init() {
        guard let context = ZSTD_createCCtx() else { preconditionFailure("no memory for a compression context") }
        self.context = context
        set(ZSTD_c_compressionLevel, to: 1)
    }

    deinit {
        ZSTD_freeCCtx(context)
        scratch.deallocate()
    }

    /// The zstd frame of `plain`, which stands until the next call; nil where it would save less than 3 %.
    mutating func compress(_ plain: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard plain.count > 64 else { return nil }
        makeRoom(for: plain.count)
        let isLarge = plain.count >= Self.largeFrom
        set(ZSTD_c_hashLog, to: isLarge ? Self.largeTable : Self.ofLevel)
        set(ZSTD_c_minMatch, to: isLarge ? Self.ofLevel : Self.shortMatch)
        if plain.count >= Self.sampledFrom, looksIncompressible(plain) { return nil }
        let size = ZSTD_compress2(context, scratch.baseAddress, scratch.count, plain.baseAddress, plain.count)
        guard ZSTD_isError(size) == 0, size < plain.count - plain.count * 3 / 100 else { return nil }
        return UnsafeRawBufferPointer(rebasing: scratch[..<size])
    }

    private func set(_ parameter: ZSTD_cParameter, to value: Int32) {
        let status = ZSTD_CCtx_setParameter(context, parameter, value)
        precondition(ZSTD_isError(status) == 0, "a parameter that every zstd since 1.4 takes")
    }

    private mutating func makeRoom(for count: Int) {
        let bound = ZSTD_compressBound(count)
        guard scratch.count < bound else { return }
        scratch.deallocate()
        scratch = .allocate(byteCount: bound, alignment: 64)
    }

    /// Bytes from which on a sample decides whether it is worth trying.
    private static let sampledFrom = 64 << 10
    /// What is stored is less than at level 2, and takes no longer: of chunks from this size on with a larger table than level 1
    /// has, 2 to the power of `largeTable`; of smaller ones, such as pages of databases, with matches from five bytes on.
    private static let largeFrom = 128 << 10
    private static let largeTable: Int32 = 16
    private static let shortMatch: Int32 = 5
    /// Leaves a parameter to the level.
    private static let ofLevel: Int32 = 0

    /// Whether not even a byte in a hundred is saved on any of four samples of a chunk: photos, archives, encrypted files.
    private func looksIncompressible(_ plain: UnsafeRawBufferPointer) -> Bool {
        let width = 4096
        return (0..<4).allSatisfy { part in
            let start = (plain.count - width) / 3 * part
            let size = ZSTD_compress2(context, scratch.baseAddress, scratch.count, plain.baseAddress! + start, width)
            return ZSTD_isError(size) != 0 || size > width - width / 100
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

    /// Whether `frame` was a zstd frame of exactly as many bytes as `target` has; they are there then.
    func decompress(_ frame: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
        ZSTD_decompressDCtx(context, target.baseAddress, target.count, frame.baseAddress, frame.count) == target.count
    }

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
