import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// Copies that fail at every operation of either side, or meet prunes and other copies there: what is listed restores exactly at
/// every moment, what is reported as copied is there, and the next copy completes.
@Suite struct CopyFaultTests {
    @Test(arguments: FaultyStore.Fault.allCases, FaultyStore.Aftermath.allCases)
    func aFaultAtAnyOperationOfTheTarget(fault: FaultyStore.Fault, aftermath: FaultyStore.Aftermath) async throws {
        try await fail(fault, aftermath, at: .target)
    }

    @Test(arguments: FaultyStore.Fault.allCases, FaultyStore.Aftermath.allCases)
    func aFaultAtAnyOperationOfTheSource(fault: FaultyStore.Fault, aftermath: FaultyStore.Aftermath) async throws {
        try await fail(fault, aftermath, at: .source)
    }

    private func fail(_ fault: FaultyStore.Fault, _ aftermath: FaultyStore.Aftermath, at side: CopyScene.Side) async throws {
        let base = try await CopyScene.make()
        try await base.copy(only: ["b"])
        // Each kind of fault at every fifth operation, and every operation with some kind: trying each everywhere takes a quarter
        // of an hour.
        let kinds = FaultyStore.Fault.allCases.flatMap { fault in
            FaultyStore.Aftermath.allCases.map { [fault.rawValue, $0.rawValue] }
        }
        let first = (kinds.firstIndex(of: [fault.rawValue, aftermath.rawValue]) ?? 0) % 5
        for operation in stride(from: first, to: 100_000, by: 5) {
            let scene = base.replica()
            let comment: Comment = "\(fault), \(aftermath) at operation \(operation) of the \(side)"
            let inner = side == .source ? scene.first.store : scene.second.store
            let store = FaultyStore(inner, operation: operation, fault: fault, aftermath: aftermath)
            var report: CopyReport?
            do {
                report = try await scene.copy(from: side == .source ? store : nil, to: side == .target ? store : nil)
            } catch let error as VaultError {
                #expect(!error.message.description.isEmpty)
            }
            let listed = try await scene.assets(.target)
            for record in report?.copied ?? [] { #expect(listed.contains(record.asset), comment) }
            try await scene.expectSound(.target, comment, deeply: operation % 4 == 0)
            let next = try await scene.copy(cache: "next")
            #expect(next.skipped.isEmpty, comment)
            #expect(try await scene.assets(.target) == ["a", "b", "c"], comment)
            try await scene.prune(.target, fences: true)
            try await scene.expectSound(.target, comment, deeply: operation % 3 == 0)
            #expect(scene.second.names("sessions/").isEmpty && scene.second.names("condemned/").isEmpty, comment)
            if operation % 7 == 0 { try await scene.expectSound(.source, comment) }
            guard store.wasFaulty else { return }
        }
    }

    @Test(arguments: [false, true]) func aPruneOfTheTargetBeforeAnyOperationOfACopy(fences: Bool) async throws {
        let base = try await CopyScene.make()
        try await base.copy(only: ["a", "b"])
        for operation in stride(from: 0, to: 100_000, by: 2) {
            let scene = base.replica()
            // «a» goes, and what only it uses; «c» shares some of that.
            let store = HookedStore(scene.second.store, before: operation) {
                try? await scene.prune(.target, forget: ["a"], fences: fences)
            }
            let comment: Comment = "operation \(operation), fences: \(fences)"
            do {
                let report = try await scene.copy(to: store)
                #expect(report.skipped.isEmpty, comment)
                #expect(try await scene.assets(.target).contains("c"), comment)
            } catch let error as VaultError {
                #expect(fences && error.code == .overtaken, comment)
            }
            try await scene.expectSound(.target, comment)
            try await scene.prune(.target, fences: true)
            try await scene.expectSound(.target, comment)
            try await scene.copy(cache: "next")
            #expect(try await scene.assets(.target).suffix(2) == ["b", "c"], comment)
            try await scene.expectSound(.target, comment)
            guard store.wasHooked else { return }
        }
    }

    @Test func aPruneOfTheSourceBeforeAnyOperationOfACopy() async throws {
        let base = try await CopyScene.make()
        for operation in stride(from: 0, to: 100_000, by: 2) {
            let scene = base.replica()
            let store = HookedStore(scene.first.store, before: operation) {
                try? await scene.prune(.source, forget: ["a"])
            }
            let comment: Comment = "operation \(operation)"
            let report = try await scene.copy(from: store)
            #expect(report.damaged.isEmpty, comment)
            #expect(report.skipped.allSatisfy { $0.snapshot.asset == "a" }, comment)
            #expect(try await scene.assets(.target).suffix(2) == ["b", "c"], comment)
            for side in CopyScene.Side.allCases { try await scene.expectSound(side, comment) }
            guard store.wasHooked else { return }
        }
    }

    @Test func aCopyBeforeAnyOperationOfAnother() async throws {
        let base = try await CopyScene.make()
        for operation in stride(from: 0, to: 100_000, by: 2) {
            let scene = base.replica()
            let store = HookedStore(scene.second.store, before: operation) {
                _ = try? await scene.copy(cache: "other")
            }
            let comment: Comment = "operation \(operation)"
            try await scene.copy(to: store)
            #expect(try await scene.assets(.target) == ["a", "b", "c"], comment)
            try await scene.expectSound(.target, comment)
            // Brought twice it is let go once.
            try await scene.prune(.target, forget: ["a"], fences: true)
            #expect(try await scene.assets(.target) == ["b", "c"], comment)
            try await scene.prune(.target, fences: true)
            #expect(try await scene.assets(.target) == ["b", "c"], comment)
            // Nobody misses what was brought the second time.
            try await scene.prune(.target)
            try await scene.expectSound(.target, comment)
            guard store.wasHooked else { return }
        }
    }

    @Test func aCopyBeforeAnyOperationOfAPruneOfTheTarget() async throws {
        let base = try await CopyScene.make()
        try await base.copy(only: ["a"])
        for operation in stride(from: 0, to: 100_000, by: 2) {
            let scene = base.replica()
            let store = HookedStore(scene.second.store, before: operation) {
                await #expect(throws: Never.self) { try await scene.copy() }
            }
            let comment: Comment = "operation \(operation)"
            try? await scene.prune(.target, forget: ["a"], over: store)
            guard store.wasHooked else { return }
            #expect(try await scene.assets(.target).suffix(2) == ["b", "c"], comment)
            try await scene.expectSound(.target, comment)
            try await scene.prune(.target, fences: true)
            try await scene.expectSound(.target, comment)
        }
    }

    /// A copy that was cut off has brought packs that no segment names: they are not sent again.
    @Test func whatACopyBroughtBeforeItWasCutOffIsFound() async throws {
        let scene = try await CopyScene.make()
        let undisturbed = try await scene.replica().copy(cache: "undisturbed")
        let dead = DeadAtSegments(scene.second.store)
        await #expect(throws: VaultError.self) { try await scene.copy(to: dead) }
        let brought = scene.second.names("packs/")
        #expect(!brought.isEmpty && scene.second.names("index/").isEmpty)
        let report = try await scene.copy(cache: "next")
        #expect(report.found.packs == brought.count && report.copied.count == 3)
        #expect(report.written.packs == undisturbed.written.packs - brought.count, "\(report.written), \(undisturbed.written)")
        try await scene.expectSound(.target)
    }
}

/// A store that takes no index segment.
private final class DeadAtSegments: ObjectStore {
    private let inner: any ObjectStore

    init(_ inner: any ObjectStore) { self.inner = inner }

    var location: String { inner.location }

    func put(_ key: ObjectKey, _ bytes: [UInt8], ifAbsent: Bool) async throws(StoreError) {
        guard !key.text.hasPrefix(IndexSegment.prefix) else {
            throw StoreError(.unreachable, "The store was cut off on purpose.")
        }
        try await inner.put(key, bytes, ifAbsent: ifAbsent)
    }

    func get(_ key: ObjectKey, range: Range<Int>?) async throws(StoreError) -> [UInt8] { try await inner.get(key, range: range) }

    func list(_ prefix: String, after: ObjectKey?, limit: Int) async throws(StoreError) -> [ObjectFacts] {
        try await inner.list(prefix, after: after, limit: limit)
    }

    func head(_ key: ObjectKey) async throws(StoreError) -> ObjectFacts? { try await inner.head(key) }

    func delete(_ key: ObjectKey) async throws(StoreError) { try await inner.delete(key) }
}
