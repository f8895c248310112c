public import Foundation
import Language

/// Whose signatures count in a vault, and for whom a writer seals: what `config` says, and what the recovery key has added and
/// revoked since.
struct Keyring: Sendable {
    /// The recovery key's, the last signer of `config`.
    let authority: VaultConfig.Signer
    private let config: VaultConfig
    let events: [KeyEvent]
    /// Objects under `keys/` that cannot be believed. Nothing is written while there are any: one may be a revocation.
    let problems: [VaultError]
    /// Everybody who ever was one; what of a revoked one still counts, `counts` says.
    let signers: [KeyID: VaultConfig.Signer]
    private let revoked: [KeyID: [KeyEvent.Revoked]]

    init(_ config: VaultConfig, events: [KeyEvent] = [], problems: [VaultError] = []) throws(VaultError) {
        guard let authority = config.signers.last else { throw .damaged(VaultConfig.objectName, "it names no signer.") }
        self.authority = authority
        self.config = config
        self.events = events
        self.problems = problems
        var signers = Dictionary(config.signers.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        var revoked: [KeyID: [KeyEvent.Revoked]] = [:]
        for event in events {
            switch event.act {
            case .add(let added): signers[added.signer.id] = signers[added.signer.id] ?? added.signer
            case .revoke(let revocation) where revocation.key != authority.id:
                revoked[revocation.key, default: []].append(revocation)
            case .revoke: break
            }
        }
        self.signers = signers
        self.revoked = revoked
    }

    func isRevoked(_ key: KeyID) -> Bool { revoked[key] != nil }

    enum Family { case snapshots, records }

    /// Whether a signed object counts: its signer is not revoked, or it was there when the signer was.
    func counts(_ object: VerifiedObject, _ family: Family) -> Bool {
        (revoked[object.signer] ?? []).allSatisfy {
            switch family {
            case .snapshots: $0.snapshots.contains(object.digest)
            case .records: $0.records.contains(object.digest)
            }
        }
    }

    /// For whom the holder of a key file seals (I12): the readers in the file, those that the recovery key named in it has added,
    /// and none that it has revoked. Without that name in the file nothing of the store can be trusted to say so.
    func readers(for keys: KeyFile) -> [ReaderPublicKey] {
        guard keys.authority == Array(authority.publicKey) else { return keys.readers }
        var readers = keys.readers
        for case .add(let added) in events.map(\.act) {
            if let reader = added.reader, !readers.contains(reader) { readers.append(reader) }
        }
        let gone = Set(revoked.values.joined().compactMap(\.reader))
        return readers.filter { !gone.contains($0) }
    }

    /// The public reader key that goes with a signing key: of an added one its event says so; of the one in `config` it is the
    /// reader there that is not the recovery key's.
    func reader(of key: KeyID, recovery: ReaderPublicKey) -> ReaderPublicKey? {
        for case .add(let added) in events.map(\.act) where added.signer.id == key { return added.reader }
        guard let signer = config.signers.first(where: { $0.id == key }), signer.roles.contains(.reader) else { return nil }
        return config.readers.first { $0 != recovery }
    }

    /// Every key, oldest first.
    var all: [VaultKey] {
        var found = config.signers.map { ($0, config.created) }
        for event in events {
            guard case .add(let added) = event.act, !found.contains(where: { $0.0.id == added.signer.id }) else { continue }
            found.append((added.signer, event.instant))
        }
        return found.map { signer, added in
            let ends = events.filter { if case .revoke(let revocation) = $0.act { revocation.key == signer.id } else { false } }
            return VaultKey(
                id: signer.id, holder: signer.holder, roles: signer.roles, isRecovery: signer.id == authority.id, added: added,
                revoked: isRevoked(signer.id) ? ends.map(\.instant).min() : nil)
        }
    }
}

/// A key that a vault knows.
public struct VaultKey: Sendable {
    public let id: KeyID
    public let holder: String
    public let roles: [Role]
    /// The recovery key's own, which adds and revokes the others.
    public let isRecovery: Bool
    public let added: Date
    /// Nil while it is in force.
    public let revoked: Date?
}
