import Foundation
public import ObjectStore

/// An object that means nothing to a vault and lies among its packs, so that whoever tries whether it can be tampered with tries
/// what would befall a pack: `packs/decoy-<ulid>`. Everything passes over it, and a prune takes old ones away.
public struct Decoy: Sendable {
    public let key: ObjectKey
    public let bytes: [UInt8]

    static let prefix = PackLayout.prefix + "decoy-"
    /// After so many seconds a decoy's test is over, or was cut off.
    static let lifetime: TimeInterval = 86_400

    private static let magic = "RPRSDCY1"

    /// A new one of this vault.
    public init(of vault: VaultID) {
        let id = ULID(at: Date())
        guard let key = ObjectKey(Self.prefix + id.text) else { preconditionFailure("a valid key") }
        self.key = key
        bytes = Array(Self.magic.utf8) + vault.bytes + id.bytes + randomBytes(256)
    }

    /// Whether an object of that name is one.
    static func isOne(_ name: String) -> Bool { when(name) != nil }

    /// When it was made, by its name; nil for another object.
    static func when(_ name: String) -> Date? {
        name.hasPrefix(prefix) ? ULID(name.dropFirst(prefix.count))?.instant : nil
    }
}
