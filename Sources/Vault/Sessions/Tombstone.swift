import Foundation
import Language

/// Stands at `snapshots/<id>` where a session ended without a snapshot. It stays for ever: as long as it is there, whoever sleeps
/// with that snapshot ready cannot commit it.
struct Tombstone: Codable, Sendable {
    enum Reason: String, Codable, Sendable {
        /// By the writer itself.
        case givenUp
        /// By a keeper that took the session for dead.
        case fenced
    }

    let reason: Reason
    /// Milliseconds since 1970.
    let at: Int64

    init(_ reason: Reason) {
        self.reason = reason
        at = Int64(Date().timeIntervalSince1970 * 1000)
    }

    static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: SealedNote.tombstone.magic) }
}
