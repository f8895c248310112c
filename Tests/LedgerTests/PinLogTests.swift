import Foundation
import Language
import Ledger
import TestStores
import Testing
import Vault

@Suite struct PinLogTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/reprise-pins-" + UUID().uuidString
    private let store = MemoryStore()

    private func open(_ keys: KeyFile, _ cache: String = "cache") async throws -> OpenVault {
        try await LockedVault(in: store).open(with: keys, cacheFolder: folder + "/" + cache)
    }

    private func snapshot(_ vault: OpenVault) async throws -> SnapshotID {
        let writer = try await vault.startSnapshot(asset: "db", kind: "test", workers: 1)
        try writer.add("one", text: UUID().uuidString)
        return try await writer.commit(instant: Date(), tags: [], facts: [:]).id
    }

    @Test func aPinHoldsUntilItIsLifted() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = try await LockedVault.make(in: store, holder: "host", roles: [.writer, .reader, .keeper])
        let vault = try await open(made.keys)
        let (first, second) = (try await snapshot(vault), try await snapshot(vault))
        let log = PinLog(vault)
        try await log.pin(first, reason: "before the migration")
        try await log.pin(first, reason: nil)
        try await log.pin(second, reason: nil)
        let pins = try await PinLog(open(made.keys, "another")).all()
        #expect(pins.map(\.snapshot) == [first, first, second])
        #expect(pins.map(\.reason) == ["before the migration", nil, nil])
        #expect(pins.map(\.holder) == ["host", "host", "host"])
        #expect(try await log.unpin(first).count == 2)
        #expect(try await log.all().map(\.snapshot) == [second])
        #expect(try await log.unpin(first).isEmpty)
        try await log.pin(first, reason: nil)
        #expect(try await log.all().map(\.snapshot) == [second, first])
    }

    /// Whoever steals a writer's key file cannot let go what others have pinned.
    @Test func aWriterLiftsItsOwnPinsAlone() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = try await LockedVault.make(in: store, holder: "host", roles: [.writer, .reader, .keeper])
        let locked = try await LockedVault(in: store)
        let authority = try await open(locked.keys(from: made.recovery, holder: "recovery"), "recovery")
        let second = try await open(authority.addKey(holder: "second", roles: [.writer]) { _ in }, "second")
        let host = try await open(made.keys)
        let (mine, theirs) = (try await snapshot(host), try await snapshot(second))
        try await PinLog(host).pin(mine, reason: nil)
        try await PinLog(second).pin(theirs, reason: nil)
        let error = await #expect(throws: VaultError.self) { _ = try await PinLog(second).unpin(mine) }
        #expect(error?.code == .wrongKey)
        let pin = try #require(try await PinLog(host).all().first { $0.snapshot == mine })
        try await second.append(kind: "pin", body: Data("{\"lifts\":[\"\(pin.id)\"]}".utf8))
        #expect(try await PinLog(host).all().map(\.snapshot).contains(mine), "somebody else's word does not count")
        #expect(try await PinLog(second).unpin(theirs).count == 1)
        try await PinLog(second).pin(theirs, reason: nil)
        #expect(try await PinLog(authority).unpin(theirs).count == 1, "a keeper lifts every pin")
        #expect(try await PinLog(host).all().map(\.snapshot) == [mine])
    }
}
