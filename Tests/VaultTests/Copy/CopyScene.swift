import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// A small vault with three snapshots that share a part, and another copy of it.
final class CopyScene: Sendable {
    let first: PruneScene
    let second: PruneScene
    /// What was backed up, by the asset.
    let contents: [String: [String: [UInt8]]]
    private let caches = UUID().uuidString

    static func make() async throws -> CopyScene {
        let first = try await PruneScene(packBytes: 1 << 16)
        let noise = TestBytes.random(70_000)
        let contents = [
            "a": ["noise": noise, "rows": TestBytes.rows(60)],
            "b": ["noise": Array(noise.prefix(40_000)), "rows": TestBytes.rows(70)],
            "c": ["noise": Array(noise.prefix(20_000)), "own": TestBytes.random(9000, seed: 8), "empty": []],
        ]
        let vault = try await first.vault()
        for asset in ["a", "b", "c"] { _ = try await vault.snapshot(asset: asset, contents[asset] ?? [:], workers: 1) }
        try await vault.append(kind: "evidence", body: Data("{}".utf8))
        let store = MemoryStore()
        _ = try await LockedVault.makeCopy(of: vault, in: store)
        return CopyScene(first: first, second: PruneScene(bench: first.bench, store: store), contents: contents)
    }

    init(first: PruneScene, second: PruneScene, contents: [String: [String: [UInt8]]]) {
        self.first = first
        self.second = second
        self.contents = contents
    }

    /// The same two copies of the vault, in stores of their own.
    func replica() -> CopyScene {
        CopyScene(
            first: PruneScene(bench: first.bench, store: MemoryStore(first.store.contents)),
            second: PruneScene(bench: first.bench, store: MemoryStore(second.store.contents)), contents: contents)
    }

    enum Side: String, CaseIterable, Sendable { case source, target }

    func vault(
        _ side: Side, _ store: (any ObjectStore)? = nil, cache: String = "cache",
        roles: Set<Role> = [.writer, .reader, .keeper]
    ) async throws -> OpenVault {
        try await (side == .source ? first : second).vault(store, cache: caches + cache, roles: roles)
    }

    /// Copies everything that the second copy lacks.
    @discardableResult
    func copy(
        from source: (any ObjectStore)? = nil, to target: (any ObjectStore)? = nil, only assets: Set<String>? = nil,
        roles: Set<Role> = [.writer], cache: String = "copier"
    ) async throws -> CopyReport {
        let source = try await vault(.source, source, cache: cache, roles: roles)
        let target = try await vault(.target, target, cache: cache, roles: roles)
        let lacking = try await source.snapshots(lackingIn: target).filter { assets?.contains($0.asset) ?? true }
        return try await source.copy(lacking.reversed(), to: target, host: "there")
    }

    func prune(
        _ side: Side, forget assets: Set<String> = [], fences: Bool = false, over store: (any ObjectStore)? = nil
    ) async throws {
        let keeper = try await vault(side, store, cache: "keeper", roles: [.keeper])
        var order = PruneOrder(staleAfter: fences ? -1 : 86_400, host: "here")
        order.forget = try await keeper.snapshots().filter { assets.contains($0.asset) }.map { .init(id: $0.id, rule: "test") }
        order.probesStore = false
        _ = try await keeper.prune(order)
    }

    func assets(_ side: Side) async throws -> [String] {
        try await vault(side, cache: "list-" + UUID().uuidString).snapshots().map(\.asset)
    }

    /// What is listed restores exactly.
    ///
    /// - Parameter deeply: a check finds nothing wrong either.
    func expectSound(_ side: Side, _ comment: Comment? = nil, deeply: Bool = true) async throws {
        let vault = try await vault(side, cache: "fresh-" + UUID().uuidString)
        for record in try await vault.snapshots() {
            #expect(try await vault.read(record).contents() == contents[record.asset], comment)
        }
        guard deeply else { return }
        let problems = try await vault.check(.everything).problems.map { $0.object + " " + $0.message.description }
        #expect(problems == [], comment)
    }
}
