import Crypto
import Foundation
import Synchronization

/// When the locks of a vault's objects end, as far as this host has seen or set them, in a file of the local cache: so that a
/// backup asks of a pack once in half a lock's time and not each time.
///
/// A lock only ever gets longer, so what is noted here is at worst too early; but for what somebody with the right to bypass
/// lifts. Authenticated as the catalogue of what was verified is (I14).
///
///     "RPRSLCK1" (8) ‖ HMAC-SHA256 of the rest (32)
///     for each object: its name: a block ‖ seconds since 1970 (8)
final class LockBook: Sendable {
    private let cache: LocalCache
    private let key: SymmetricKey
    private let ends = Mutex<[String: Date]?>(nil)

    private let name: String
    private static let magic = Array("RPRSLCK1".utf8)
    private static let headWidth = 40

    init(cache: LocalCache, vault: VaultID, keys: KeyFile) {
        self.cache = cache
        name = "locks-" + keys.signing.id.description + ".book"
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: keys.signing.raw), salt: vault.bytes, info: Array("reprise/locks/1".utf8),
            outputByteCount: 32)
    }

    /// By the object's name.
    var known: [String: Date] {
        ends.withLock { ends in
            if let ends { return ends }
            let loaded = cache.read(name).flatMap(decode) ?? [:]
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
        cache.write(name, encode(all))
    }

    private func encode(_ ends: [String: Date]) -> [[UInt8]] {
        var body: [UInt8] = []
        for (name, end) in ends {
            body.append(block: Array(name.utf8))
            body.append(little: UInt64(max(0, end.timeIntervalSince1970)))
        }
        return [Self.magic + Array(HMAC<SHA256>.authenticationCode(for: body, using: key)), body]
    }

    /// Nil where the bytes are not what this host wrote.
    private func decode(_ bytes: [UInt8]) -> [String: Date]? {
        guard bytes.count >= Self.headWidth, bytes.starts(with: Self.magic),
            HMAC<SHA256>.isValidAuthenticationCode(
                bytes[Self.magic.count..<Self.headWidth], authenticating: bytes[Self.headWidth...], using: key)
        else { return nil }
        var found: [String: Date] = [:]
        var reader = ByteReader(bytes, in: Self.headWidth..<bytes.count)
        do throws(ByteReader.Truncated) {
            while reader.remaining > 0 {
                let name = String(decoding: try reader.block(), as: UTF8.self)
                found[name] = Date(timeIntervalSince1970: TimeInterval(try reader.number(UInt64.self)))
            }
        } catch { return nil }
        return found
    }
}
