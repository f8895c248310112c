/// The name of an object in a store: `packs/4f/4f0c…`, `config`.
///
/// Parts are separated by `/` and made of `a-z 0-9 . _ -`, none of them empty, `.` or `..`; at most 200 bytes in all, so that
/// every store takes every key and no key can lead out of a directory.
public struct ObjectKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    /// Nil where `text` is no valid key.
    public init?(_ text: String) {
        guard (1...200).contains(text.utf8.count) else { return nil }
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            guard !part.isEmpty, part != ".", part != "..", part.utf8.allSatisfy(Self.isAllowed) else { return nil }
        }
        self.text = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    public var description: String { text }

    /// Bytewise, the order in which every store lists.
    public static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

/// What a store tells of an object without its bytes.
public struct ObjectFacts: Hashable, Sendable {
    public let key: ObjectKey
    /// Bytes.
    public let size: Int

    public init(key: ObjectKey, size: Int) {
        self.key = key
        self.size = size
    }
}
