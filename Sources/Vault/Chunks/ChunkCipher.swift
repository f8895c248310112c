import Crypto
import Foundation

/// How a chunk is named, sealed and opened.
///
/// A sealed chunk: codec (1: 0 raw, 1 zstd) ‖ slot of the pack's key table (1) ‖ zero (2) ‖ counter (8) ‖ ciphertext ‖ tag (16).
/// The nonce is four zero bytes and the counter. The associated data is a label, the vault, the kind, the codec and the chunk's
/// id, and never the pack: a sealed chunk can move to another pack, with its slot, without being opened.
struct ChunkCipher: Sendable {
    let vault: VaultID
    let dedupKey: SymmetricKey
    /// HMAC-SHA256 with the dedup key taken in: of a small chunk that is half of the work.
    private let inner: SHA256
    private let outer: SHA256
    private let paired: PairedHash?

    static let headerWidth = 12
    static let overhead = headerWidth + 16
    /// Bytes; a list that names a larger chunk is damaged.
    static let largestChunk = 16 << 20
    private static let label = Array("reprise/chunk/1".utf8)

    init(vault: VaultID, dedupKey: [UInt8]) {
        self.vault = vault
        self.dedupKey = SymmetricKey(data: dedupKey)
        // RFC 2104, for keys that are not longer than a block.
        precondition(dedupKey.count <= SHA256.blockByteCount, "the dedup key has 32 bytes")
        let padded = dedupKey + [UInt8](repeating: 0, count: SHA256.blockByteCount - dedupKey.count)
        func begun(with block: [UInt8]) -> SHA256 {
            var hash = SHA256()
            hash.update(data: block)
            return hash
        }
        let first = padded.map { $0 ^ 0x36 }
        inner = begun(with: first)
        outer = begun(with: padded.map { $0 ^ 0x5c })
        paired = PairedHash(beginning: first)
    }

    /// HMAC-SHA256 under the dedup key of the kind's byte and the plain bytes.
    func id(of plain: some ContiguousBytes, kind: ChunkKind) -> ChunkID {
        var code = inner
        withUnsafeBytes(of: kind.rawValue) { code.update(bufferPointer: $0) }
        plain.withUnsafeBytes { code.update(bufferPointer: $0) }
        return code.finalize().withUnsafeBytes { ended($0) }
    }

    /// As `id`, of several chunks together: that takes less time than of one after the other.
    func ids(of chunks: [UnsafeRawBufferPointer], kind: ChunkKind) -> [ChunkID] {
        guard let paired, chunks.count > 1 else { return chunks.map { id(of: $0, kind: kind) } }
        return paired.digests(of: chunks, prefix: kind.rawValue).map { $0.bytes.withUnsafeBytes { ended($0) } }
    }

    private func ended(_ inner: UnsafeRawBufferPointer) -> ChunkID {
        var whole = outer
        whole.update(bufferPointer: inner)
        return whole.finalize().withUnsafeBytes { ChunkID($0) }
    }

    /// Gives `append` the sealed chunk, in pieces of any length. `body` is `plain` as the codec says.
    func seal<Failure: Error>(
        _ body: some DataProtocol, codec: Codec, id: ChunkID, kind: ChunkKind, slot: UInt8, counter: UInt64, key: SymmetricKey,
        append: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        guard
            let nonce = try? AES.GCM.Nonce(data: Self.nonce(counter)),
            let box = try? AES.GCM.seal(
                body, using: key, nonce: nonce, authenticating: Self.binding(vault, id, kind, codec.rawValue))
        else { preconditionFailure("AES-GCM refused a key of 32 bytes and a nonce of 12") }
        var header: [UInt8] = []
        header.reserveCapacity(Self.headerWidth)
        header.append(codec.rawValue)
        header.append(slot)
        header.append(little: UInt16(0))
        header.append(little: counter)
        try header.withUnsafeBufferPointer { bytes throws(Failure) in try append(UnsafeRawBufferPointer(bytes)) }
        try box.ciphertext.withUnsafeBytes { bytes in Result { () throws(Failure) in try append(bytes) } }.get()
        try box.tag.withUnsafeBytes { bytes in Result { () throws(Failure) in try append(bytes) } }.get()
    }

    enum Codec: UInt8, Sendable {
        case raw = 0
        case zstd = 1
    }

    /// The slot of the pack's key table that a sealed chunk names, without opening it; nil where `sealed` is too short.
    static func slot(of sealed: ArraySlice<UInt8>) -> Int? {
        sealed.count >= overhead ? Int(sealed[sealed.startIndex + 1]) : nil
    }

    /// The plain bytes, or nil where they are not those of `id`.
    func open(
        _ sealed: ArraySlice<UInt8>, id: ChunkID, kind: ChunkKind, plainSize: Int, key: SymmetricKey,
        decompressor: borrowing Decompressor
    ) -> [UInt8]? {
        let plain = Self.unseal(
            sealed, id: id, kind: kind, plainSize: plainSize, key: key, vault: vault, decompressor: decompressor)
        guard let plain, self.id(of: plain, kind: kind) == id else { return nil }
        return plain
    }

    /// Gives `body` the plain bytes that a holder of `key` sealed as `id`, which stand no longer than it runs; nil where they are
    /// not what was sealed. Without memory of its own for each: for who opens many, and compares their ids together.
    ///
    /// - Parameter room: at least `plainSize` bytes.
    func withUnproven<Value>(
        _ sealed: UnsafeRawBufferPointer, id: ChunkID, kind: ChunkKind, plainSize: Int, key: SymmetricKey,
        decompressor: borrowing Decompressor, room: UnsafeMutableRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value? {
        guard let (codec, opened) = Self.unsealed(sealed, id: id, kind: kind, key: key, vault: vault) else { return nil }
        return try opened.withUnsafeBytes { opened in
            var plain = opened
            if codec == .zstd {
                let target = UnsafeMutableRawBufferPointer(rebasing: room[..<plainSize])
                guard decompressor.decompress(opened, into: target) else { return nil }
                plain = UnsafeRawBufferPointer(target)
            }
            return plain.count == plainSize ? try body(plain) : nil
        }
    }

    /// The plain bytes that a holder of `key` sealed as `id`. Whether they give that id only the dedup key can tell; a keeper has
    /// none, and opens nothing but reach lists.
    static func unseal(
        _ sealed: ArraySlice<UInt8>, id: ChunkID, kind: ChunkKind, plainSize: Int, key: SymmetricKey, vault: VaultID,
        decompressor: borrowing Decompressor
    ) -> [UInt8]? {
        let found = sealed.withUnsafeBytes { unsealed($0, id: id, kind: kind, key: key, vault: vault) }
        guard let (codec, body) = found else { return nil }
        switch codec {
        case .raw: return body.count == plainSize ? Array(body) : nil
        case .zstd:
            return body.withUnsafeBytes { decompressor.decompress($0.bindMemory(to: UInt8.self), size: plainSize) }
        }
    }

    /// What was sealed as `id`, still as its codec says.
    private static func unsealed(
        _ sealed: UnsafeRawBufferPointer, id: ChunkID, kind: ChunkKind, key: SymmetricKey, vault: VaultID
    ) -> (Codec, Data)? {
        guard sealed.count >= overhead, let codec = Codec(rawValue: sealed[0]), sealed[2] == 0, sealed[3] == 0,
            let nonce = try? AES.GCM.Nonce(data: [0, 0, 0, 0] + sealed[4..<12]),
            let box = try? AES.GCM.SealedBox(
                nonce: nonce, ciphertext: sealed[headerWidth..<(sealed.count - 16)], tag: sealed[(sealed.count - 16)...]),
            let body = try? AES.GCM.open(box, using: key, authenticating: binding(vault, id, kind, codec.rawValue))
        else { return nil }
        return (codec, body)
    }

    private static func binding(_ vault: VaultID, _ id: ChunkID, _ kind: ChunkKind, _ codec: UInt8) -> [UInt8] {
        var bytes = label
        bytes.reserveCapacity(80)
        bytes += vault.bytes
        bytes.append(kind.rawValue)
        bytes.append(codec)
        bytes += id.bytes
        return bytes
    }

    private static func nonce(_ counter: UInt64) -> [UInt8] {
        var bytes: [UInt8] = [0, 0, 0, 0]
        bytes.append(little: counter)
        return bytes
    }
}
