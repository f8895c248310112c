import Foundation
import Language
public import ObjectStore

extension OpenVault {
    /// The lock that this vault's objects are put with; nil: none.
    public var lock: ObjectLock? { store.versioned?.lock }

    /// The store's versions, where it keeps any. Where it does not say, one that locks is taken to keep them.
    func keptVersions() async throws(VaultError) -> (any VersionedStore)? {
        guard let versioned = store.versioned else { return nil }
        do throws(StoreError) {
            return try await store.features().versioning ?? (versioned.lock != nil) ? versioned : nil
        } catch { throw VaultError(error) }
    }

    /// Makes sure that all that a snapshot will rely on stays locked: what is written is, by its put; of the rest the locks are
    /// made longer where less than half of their time is left (I20). Called before the snapshot is put, so that what is listed is
    /// locked.
    ///
    /// - Parameters:
    ///   - used: packs that the snapshot uses; nil: too many to be remembered, so every pack is taken for one.
    ///   - written: of those, the ones that were put under this session.
    ///   - started: when that session began, by this host's clock.
    func extendLocks(relyingOn used: Set<PackID>?, written: Set<PackID>, since started: Date) async throws(VaultError) {
        guard let lock else { return }
        let end = lock.end(from: started)
        lockBook.note(Dictionary(uniqueKeysWithValues: written.map { (PackLayout.objectName($0), end) }))
        let segments = index.tables.flatMap(\.segments).filter { $0.instant < started }
        let names =
            (used ?? index.present).subtracting(written).map(PackLayout.objectName) + segments.map(IndexSegment.objectName)
            + keyring.events.map { KeyEvent.objectName($0.object.id) } + [VaultConfig.objectName]
        try await extendLocks(of: names)
    }

    /// Makes the locks of these objects longer where less than half of their time is left. What is not there any more is passed
    /// over. Returns how many were made longer.
    @discardableResult
    func extendLocks(of names: [String]) async throws(VaultError) -> Int {
        guard let versioned = store.versioned, let lock = versioned.lock else { return 0 }
        let now = Date()
        let (limit, end) = (lock.renewalLimit(from: now), lock.end(from: now))
        let known = lockBook.known
        let due = names.filter { known[$0].map { $0 < limit } ?? true }
        let ends = try await concurrently(due, atMost: requestsAtOnce) { name throws(VaultError) -> (end: Date?, isNew: Bool) in
            guard let key = ObjectKey(name) else { preconditionFailure("the vault names its objects with valid keys") }
            do throws(StoreError) {
                let found = try await versioned.retention(of: key, version: nil)
                if let found, found.until >= limit { return (found.until, false) }
                // A lock in force keeps its mode: to change it is not everybody's right.
                let mode = found.flatMap { $0.until > now ? $0.mode : nil } ?? lock.mode
                try await versioned.retain(key, version: nil, Retention(mode, until: end), bypassing: false)
                return (end, true)
            } catch {
                guard error.code == .missing else { throw VaultError(error) }
                return (nil, false)
            }
        }
        var noted: [String: Date] = [:]
        for (name, outcome) in zip(due, ends) { noted[name] = outcome.end }
        lockBook.note(noted)
        return ends.count { $0.isNew }
    }
}
