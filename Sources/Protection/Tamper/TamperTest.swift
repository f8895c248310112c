import Foundation
import Language
public import ObjectStore
public import Vault

/// Tries, with the credentials that a vault is written with, to take away or change what is stored: on a decoy that was put as
/// packs are, and on nothing else.
///
/// What counts is not what the store answers but whether the data can be read afterwards as it was. A bucket's own settings
/// (policies, lifecycle rules, default locks) are not touched: no test would be safe, and no writer's rights reach there.
public struct TamperTest: Sendable {
    private let store: any ObjectStore
    private let decoy: Decoy

    /// - Parameter store: with the credentials that are tested.
    public init(_ store: any ObjectStore, of vault: VaultID) {
        self.store = store
        decoy = Decoy(of: vault)
    }

    /// Fails where the decoy cannot be put, or the store does not answer.
    public func run() async throws(StoreError) -> TamperReport {
        let version = try await putDecoy()
        let before = try await retention(version)
        var attempts: [TamperReport.Attempt] = []
        for attack in TamperReport.Attack.allCases where applies(attack, version, before) {
            let attempt = try await attempt(attack, version, before)
            attempts.append(attempt)
            guard attempt.result == .succeeded else { continue }
            // A version that is gone stays gone, and a lock that was lifted holds nothing.
            guard version == nil else { break }
            try await store.put(decoy.key, decoy.bytes, ifAbsent: false)
        }
        // A prune takes away what stays.
        try? await store.delete(decoy.key)
        return TamperReport(decoy: decoy.key, retention: before, isVersioned: version != nil, attempts: attempts)
    }

    /// The name of its version; nil where the place keeps none.
    private func putDecoy() async throws(StoreError) -> String? {
        guard let versioned = store.versioned else {
            try await store.put(decoy.key, decoy.bytes, ifAbsent: true)
            return nil
        }
        return try await versioned.putVersion(decoy.key, decoy.bytes)
    }

    /// Nil too where these credentials may not see it, or the store knows no locks.
    private func retention(_ version: String?) async throws(StoreError) -> Retention? {
        guard let versioned = store.versioned else { return nil }
        do throws(StoreError) {
            return try await versioned.retention(of: decoy.key, version: version)
        } catch {
            guard Self.isRefusal(error) else { throw error }
            return versioned.lock.map { Retention($0.mode, until: $0.end()) }
        }
    }

    private func applies(_ attack: TamperReport.Attack, _ version: String?, _ lock: Retention?) -> Bool {
        switch attack {
        case .overwrite, .delete: true
        // Where the lock cannot be seen it may be lifted all the same.
        case .deleteVersion, .deleteVersionBypassing: version != nil
        case .shortenLock, .shortenLockBypassing: version != nil && lock != nil
        case .weakenLock: version != nil && lock?.mode == .compliance
        }
    }

    private func attempt(
        _ attack: TamperReport.Attack, _ version: String?, _ lock: Retention?
    ) async throws(StoreError) -> TamperReport.Attempt {
        do throws(StoreError) {
            try await perform(attack, version, lock)
        } catch {
            guard Self.isRefusal(error) else { throw error }
            return .init(attack: attack, result: .refused, answer: error.message)
        }
        let result: TamperReport.Result =
            switch attack {
            case .shortenLock, .shortenLockBypassing, .weakenLock: try await whatBecame(of: lock, version)
            default: try await whatBecame(version)
            }
        return .init(attack: attack, result: result, answer: nil)
    }

    private func perform(_ attack: TamperReport.Attack, _ version: String?, _ lock: Retention?) async throws(StoreError) {
        let (key, soon) = (decoy.key, Date().addingTimeInterval(60))
        switch attack {
        case .overwrite: return try await store.put(key, Array(decoy.bytes.reversed()), ifAbsent: false)
        case .delete: return try await store.delete(key)
        default: break
        }
        guard let versioned = store.versioned, let version else { preconditionFailure("it applies to versions alone") }
        switch attack {
        case .overwrite, .delete: break
        case .deleteVersion: try await versioned.delete(key, version: version, bypassing: false)
        case .deleteVersionBypassing: try await versioned.delete(key, version: version, bypassing: true)
        case .shortenLock, .shortenLockBypassing:
            try await versioned.retain(
                key, version: version, Retention(lock?.mode ?? .governance, until: soon),
                bypassing: attack == .shortenLockBypassing)
        case .weakenLock:
            try await versioned.retain(
                key, version: version, Retention(.governance, until: lock?.until ?? soon), bypassing: false)
        }
    }

    /// Whether the lock is still at least what it was. Where it may not be seen, that is not known: what the plan wants says
    /// nothing of what is there.
    private func whatBecame(of lock: Retention?, _ version: String?) async throws(StoreError) -> TamperReport.Result {
        guard let lock, let version, let versioned = store.versioned else { return .succeeded }
        do throws(StoreError) {
            guard let now = try await versioned.retention(of: decoy.key, version: version) else { return .succeeded }
            return now.until >= lock.until && (now.mode == lock.mode || now.mode == .compliance) ? .withstood : .succeeded
        } catch {
            guard Self.isRefusal(error) else { throw error }
            return .unseen
        }
    }

    private func whatBecame(_ version: String?) async throws(StoreError) -> TamperReport.Result {
        do throws(StoreError) {
            let found =
                if let version, let versioned = store.versioned {
                    try await versioned.get(decoy.key, version: version)
                } else {
                    try await store.get(decoy.key, range: nil)
                }
            return found == decoy.bytes ? .withstood : .succeeded
        } catch {
            switch error.code {
            case .missing: return .succeeded
            case .denied: return .unseen
            default: throw error
            }
        }
    }

    /// Whether the store answered, and would not.
    private static func isRefusal(_ error: StoreError) -> Bool {
        switch error.code {
        case .denied, .locked, .exists, .failed: true
        case .missing, .short, .full, .unreachable: false
        }
    }
}
