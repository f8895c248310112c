import Crypto
import ObjectStore

/// The bytes of a pack as they come: all of them, or the last that an object in the store has not been given yet.
struct PackBytes: ~Copyable {
    private let object: (any StreamedPut)?
    private var held: [UInt8] = []
    private var hash = SHA256()
    private(set) var count = 0

    /// The object is given so many bytes at once, at least.
    private static let piece = 256 << 10

    /// - Parameters:
    ///   - object: takes the bytes; nil: all of them stay in memory.
    ///   - expected: about how many bytes there will be.
    init(_ object: (any StreamedPut)?, expected: Int) {
        self.object = object
        held.reserveCapacity(object == nil ? expected : Self.piece)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        count += bytes.count
        if let object, held.count + bytes.count > Self.piece {
            try held.withUnsafeBufferPointer { bytes throws(StoreError) in try object.append(UnsafeRawBufferPointer(bytes)) }
            hash.update(data: held)
            held.removeAll(keepingCapacity: true)
            if bytes.count > Self.piece {
                hash.update(bufferPointer: bytes)
                return try object.append(bytes)
            }
        }
        held.append(contentsOf: bytes)
    }

    mutating func append(_ bytes: [UInt8]) throws(StoreError) {
        try bytes.withUnsafeBufferPointer { bytes throws(StoreError) in try append(UnsafeRawBufferPointer(bytes)) }
    }

    /// The name that the bytes give, and where they are.
    consuming func finish() throws(StoreError) -> (id: PackID, body: FinishedPack.Body) {
        hash.update(data: held)
        let id = hash.finalize().withUnsafeBytes { PackID($0) }
        guard let object else { return (id, .whole(held)) }
        try held.withUnsafeBufferPointer { bytes throws(StoreError) in try object.append(UnsafeRawBufferPointer(bytes)) }
        return (id, .written(object))
    }
}
