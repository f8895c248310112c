import Foundation

/// A file's bytes in order, in pieces of up to 1 MiB, read on a thread that may block.
struct FilePieces: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    let path: String

    final class Iterator: AsyncIteratorProtocol {
        private let path: String
        private var file: FileHandle?
        private static let reading = DispatchQueue(label: "reprise.import.read", attributes: .concurrent)

        init(path: String) { self.path = path }

        func next() async throws -> [UInt8]? {
            let open = try file ?? FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            file = open
            let piece: Result<[UInt8], any Error> = await withCheckedContinuation { continuation in
                Self.reading.async {
                    continuation.resume(returning: Result { Array(try open.read(upToCount: 1 << 20) ?? Data()) })
                }
            }
            let bytes = try piece.get()
            return bytes.isEmpty ? nil : bytes
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(path: path) }

    /// Each line without its end; a line longer than `most` bytes is given in part: rows are not looked at.
    ///
    /// - Parameter whole: gets every piece, before its lines.
    func eachLine(
        atMost most: Int = 1 << 16, whole: ([UInt8]) -> Void = { _ in }, _ body: (Substring) -> Void
    ) async throws {
        var line: [UInt8] = []
        var isCut = false
        for try await piece in self {
            whole(piece)
            for part in piece.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
                if part.offset > 0 {
                    body(Substring(decoding: line, as: UTF8.self))
                    line.removeAll(keepingCapacity: true)
                    isCut = false
                }
                guard !isCut else { continue }
                line += part.element.prefix(most - line.count)
                isCut = line.count >= most
            }
        }
        if !line.isEmpty { body(Substring(decoding: line, as: UTF8.self)) }
    }
}
