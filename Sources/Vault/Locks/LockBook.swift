import Foundation
import Synchronization

/// When the locks of a vault's objects end, as far as this host has seen or set them, in a file of the local cache: so that a
/// backup asks of a pack once in half a lock's time and not each time.
///
/// A lock only ever gets longer, so what is noted here is at worst too early; but for what somebody with the right to bypass
/// lifts. Authenticated as the catalogue of what was verified is (I14).
///
///     "RPRSLCK1", as an `AuthenticatedFile`;
///     for each object: its name: a block ‖ seconds since 1970 (8)
final class LockBook: Sendable {
    private let file: AuthenticatedFile
    private let ends = Mutex<[String: Date]?>(nil)

    init(cache: LocalCache, vault: VaultID, keys: KeyFile) {
        file = AuthenticatedFile(
            "locks-" + keys.signing.id.description + ".book", magic: "RPRSLCK1", purpose: "locks/1", cache: cache, vault: vault,
            keys: keys)
    }

    /// By the object's name.
    var known: [String: Date] {
        ends.withLock { ends in
            if let ends { return ends }
            let loaded = file.read(Self.decode) ?? [:]
            ends = loaded
            return loaded
        }
    }

    /// Notes these; forgets those that ended before now. A cache that cannot be written costs time and no more.
    func note(_ new: [String: Date]) {
        guard !new.isEmpty else { return }
        let now = Date()
        let all = known.merging(new) { max($0, $1) }.filter { $0.value > now }
        ends.withLock { $0 = all }
        file.write(Self.encode(all))
    }

    private static func encode(_ ends: [String: Date]) -> [UInt8] {
        var body: [UInt8] = []
        for (name, end) in ends {
            body.append(block: Array(name.utf8))
            body.append(little: UInt64(max(0, end.timeIntervalSince1970)))
        }
        return body
    }

    private static func decode(_ reader: inout ByteReader) throws(ByteReader.Truncated) -> [String: Date]? {
        var found: [String: Date] = [:]
        while reader.remaining > 0 {
            let name = String(decoding: try reader.block(), as: UTF8.self)
            found[name] = Date(timeIntervalSince1970: TimeInterval(try reader.number(UInt64.self)))
        }
        return found
    }
}
