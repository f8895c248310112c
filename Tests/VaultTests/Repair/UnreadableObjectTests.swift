import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// One small object that cannot be read: who goes on without it, and what gets the vault going again.
@Suite struct UnreadableObjectTests {
    private let a = ["rows": TestBytes.rows(900), "noise": TestBytes.random(60_000)]
    private let b = ["rows": TestBytes.rows(1000), "other": TestBytes.random(50_000, seed: 5)]

    private func spoil(_ name: String, in scene: PruneScene) throws {
        let key = try #require(ObjectKey(name))
        let bytes = try #require(scene.store.contents[key])
        // Cut short, it is read again by who has seen it.
        scene.store.set(key, Array(bytes.dropLast(9)))
    }

    private func repair(
        _ vault: OpenVault, from copies: [OpenVault] = [], givingUp: Set<String> = []
    ) async throws -> (found: CheckReport, report: RepairReport) {
        let found = try await vault.check(.structure)
        let report = try await vault.repair(found, host: "here", from: copies, givingUp: givingUp, probesStore: false)
        return (found, report)
    }

    // MARK: - Other copies

    @Test(arguments: CopyScene.Side.allCases) func aSnapshotComesFromAnotherCopy(side: CopyScene.Side) async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        let harmed = side == .source ? scene.first : scene.second
        // This host has seen what it was.
        #expect(try await scene.vault(side, cache: "repairer").snapshots().count == 3)
        let name = try #require(harmed.names("snapshots/").first)
        let before = try #require(ObjectKey(name).flatMap { harmed.store.contents[$0] })
        try spoil(name, in: harmed)
        let vault = try await scene.vault(side, cache: "repairer")
        #expect(try await vault.survey().snapshots.count == 2)

        let other = try await scene.vault(side == .source ? .target : .source, cache: "other")
        let (found, report) = try await repair(vault, from: [other])

        #expect(found.lacksObjects && found.problems.contains { $0.object == name })
        #expect(report.objectsFetched == 1 && report.unasked.isEmpty && report.vanishedNoted == 0)
        if side == .source { #expect(ObjectKey(name).flatMap { harmed.store.contents[$0] } == before) }
        for each in CopyScene.Side.allCases {
            #expect(try await scene.assets(each) == ["a", "b", "c"])
            try await scene.expectSound(each)
        }
        try await scene.prune(side)
        try await scene.expectSound(side)
    }

    @Test func aRecordComesFromAnotherCopy() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        let before = scene.first.store.contents
        let name = try #require(scene.first.names("records/").first)
        try spoil(name, in: scene.first)
        let other = try await scene.vault(.target, cache: "other")
        let (found, report) = try await repair(try await scene.vault(.source, cache: "repairer"), from: [other])
        #expect(found.lacksObjects && report.objectsFetched == 1)
        let key = try #require(ObjectKey(name))
        #expect(scene.first.store.contents[key] == before[key])
        try await scene.expectSound(.source)
    }

    /// What another copy has is brought, with what it uses, and nobody notes it as vanished.
    @Test func entriesOfLogsThatAreGoneComeFromAnotherCopy() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        let host = try await scene.vault(.source, cache: "repairer")
        let gone = try #require(try await host.snapshots().first { $0.asset == "a" })
        #expect(try await host.records(kind: "evidence").count == 1)
        for name in [SnapshotEnvelope.objectName(gone.id)] + scene.first.names("records/") {
            scene.first.store.set(try #require(ObjectKey(name)), nil)
        }
        await #expect(throws: VaultError.self) { try await prune(scene) }

        let other = try await scene.vault(.target, cache: "other")
        let vault = try await scene.vault(.source, cache: "repairer")
        let (found, report) = try await repair(vault, from: [other])

        #expect(found.problems.contains { $0.object == SnapshotEnvelope.objectName(gone.id) })
        #expect(report.vanishedNoted == 0 && report.objectsFetched >= 2 && report.unasked.isEmpty)
        #expect(try await scene.assets(.source) == ["a", "b", "c"])
        #expect(try await scene.vault(.source, cache: "repairer").check(.everything).problems.map(\.message.description) == [])
        try await prune(scene)
        try await scene.expectSound(.source)
    }

    /// Whoever gives it up lets the one go that a copy has brought again: they bear one id.
    @Test func whatACopyHasBroughtAgainComesBackUnderItsOwnName() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        let name = try #require(scene.first.names("snapshots/").first)
        let key = try #require(ObjectKey(name))
        let before = scene.first.store.contents[key]
        try spoil(name, in: scene.first)
        let source = try await scene.vault(.source, cache: "fresh")
        let target = try await scene.vault(.target, cache: "other")
        let report = try await target.copy(target.snapshots(lackingIn: source), to: source, host: "here")
        #expect(report.copied.count == 1 && scene.first.store.contents[key] != before)

        let (found, done) = try await repair(try await scene.vault(.source, cache: "repairer"), givingUp: [name])

        #expect(found.lacksObjects && done.objectsFetched == 1 && done.givenUp == [])
        #expect(scene.first.store.contents[key] == before)
        #expect(try await scene.assets(.source) == ["a", "b", "c"])
        try await prune(scene)
        try await scene.expectSound(.source)
    }

    @Test func nothingIsGivenUpThatACopyHas() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        let names = [scene.first.names("snapshots/").first, scene.first.names("records/").first].compactMap(\.self)
        for name in names { try spoil(name, in: scene.first) }
        let other = try await scene.vault(.target, cache: "other")
        let vault = try await scene.vault(.source, cache: "repairer")
        let (_, report) = try await repair(vault, from: [other], givingUp: Set(names))
        #expect(report.givenUp == [] && report.objectsFetched == 2)
        #expect(try await scene.assets(.source) == ["a", "b", "c"])
        try await scene.expectSound(.source)
    }

    /// One of those that could not be asked may have it.
    @Test func whileACopyCannotBeAskedNothingIsNotedAsVanished() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        scene.store.set(try #require(ObjectKey(SnapshotEnvelope.objectName(record.id))), nil)
        let vault = try await scene.vault()
        let found = try await vault.check(.structure)
        let away = try await vault.repair(found, host: "here", asksEveryCopy: false, probesStore: false)
        #expect(away.vanishedNoted == 0)
        let asked = try await vault.repair(found, host: "here", probesStore: false)
        #expect(asked.vanishedNoted == 1)
    }

    /// Any writer may sign another snapshot under that name.
    @Test func whatStandsInThePlaceOfASnapshotGivesWayToIt() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        let host = try await scene.vault(.source, cache: "repairer")
        let gone = try #require(try await host.snapshots().first { $0.asset == "a" })
        let key = try #require(ObjectKey(SnapshotEnvelope.objectName(gone.id)))
        let before = scene.first.store.contents[key]
        let envelope = try #require(try await host.envelope(gone.id))
        let keys = scene.first.bench.keys
        let forged = SnapshotEnvelope.seal(
            gone, reach: envelope.reach, body: try envelope.body(with: try #require(keys.reader), vault: host.id), vault: host.id,
            keys: keys, previous: [])
        scene.first.store.set(key, forged)

        let other = try await scene.vault(.target, cache: "other")
        let (_, report) = try await repair(try await scene.vault(.source, cache: "repairer"), from: [other])

        #expect(report.objectsFetched == 1 && report.vanishedNoted == 0)
        #expect(scene.first.store.contents[key] == before)
    }

    @Test func whatIsGivenUpInOneCopyIsNotInAnother() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy()
        let name = try #require(scene.first.names("records/").first)
        try spoil(name, in: scene.first)
        let (_, report) = try await repair(try await scene.vault(.source, cache: "repairer"), givingUp: [name])
        #expect(report.givenUp == [name])
        #expect(try await scene.vault(.source, cache: "new").recordSurvey(kind: "evidence").problems.isEmpty)
        try await scene.copy()

        try spoil(name, in: scene.second)
        #expect(try await scene.vault(.target, cache: "new").recordSurvey(kind: "evidence").problems.count == 1)
        // Nor is what stands there later.
        scene.first.store.set(try #require(ObjectKey(name)), Array("something else".utf8))
        #expect(try await scene.vault(.source, cache: "newer").recordSurvey(kind: "evidence").problems.count == 1)
    }

    /// By the host that has seen everything.
    private func prune(_ scene: CopyScene) async throws {
        var order = PruneOrder(host: "here")
        order.probesStore = false
        _ = try await scene.vault(.source, cache: "repairer").prune(order)
    }

    @Test func aCopyGoesOnWhereTheTargetHasASnapshotThatCannotBeRead() async throws {
        let scene = try await CopyScene.make()
        try await scene.copy(only: ["a"])
        try spoil(try #require(scene.second.names("snapshots/").first), in: scene.second)
        let report = try await scene.copy()
        #expect(Set(report.copied.map(\.asset)) == ["a", "b", "c"], "what cannot be read comes again")
        #expect(try await scene.vault(.target, cache: "fresh").survey().snapshots.map(\.asset) == ["a", "b", "c"])
    }

    /// What opens older packs and snapshots to a reader that was added.
    @Test func aGrantThatCannotBeReadIsNamedAndFetched() async throws {
        let scene = try await CopyScene.make()
        let locked = try await LockedVault(in: scene.first.store)
        let authority = try await locked.open(
            with: locked.keys(from: scene.first.bench.recovery, holder: "recovery"),
            cacheFolder: scene.first.bench.folder + "/authority")
        let added = try await authority.addKey(holder: "new", roles: [.reader]) { _ in }
        #expect(try await authority.grantAll(to: added.id) > 0)
        try await scene.copy()
        let name = try #require(scene.first.names("grants/").first)
        let before = scene.first.store.contents
        try scene.first.harm(try #require(ObjectKey(name)))
        for roles in [[.writer], [.writer, .reader, .keeper]] as [Set<Role>] {
            let found = try await scene.vault(.source, cache: "checker", roles: roles).check(.structure)
            #expect(found.problems.map(\.object) == [name] && found.lacksObjects)
        }

        let other = try await scene.vault(.target, cache: "other")
        let (_, report) = try await repair(try await scene.vault(.source, cache: "repairer"), from: [other])

        #expect(report.objectsFetched == 1)
        #expect(ObjectKey(name).map { scene.first.store.contents[$0] == before[$0] } == true)
        let reader = try await locked.open(with: added, cacheFolder: scene.first.bench.folder + "/added")
        for record in try await reader.snapshots() {
            #expect(try await reader.read(record).contents() == scene.contents[record.asset])
        }
    }

    @Test func aGrantThatNobodyHasIsGivenUp() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        _ = try await scene.bench.add("alice", [.reader])
        let name = try #require(scene.names("grants/").first)
        try scene.harm(try #require(ObjectKey(name)))
        let (found, report) = try await repair(try await scene.vault(cache: "repairer"), givingUp: [name])
        #expect(found.problems.map(\.object) == [name] && report.givenUp == [name])
        try await scene.expect([(record, a)])
    }

    // MARK: - Giving up

    @Test func aPruneRefusesBesideASnapshotThatCannotBeReadUntilItIsGivenUp() async throws {
        let scene = try await PruneScene()
        let first = try await scene.vault().snapshot(a)
        let second = try await scene.vault().snapshot(b)
        let name = SnapshotEnvelope.objectName(first.id)
        try spoil(name, in: scene)
        let packs = scene.names("packs/")
        let error = await #expect(throws: VaultError.self) { try await scene.prune() }
        #expect(error?.object == name && error?.hint?.description.contains("--give-up " + name) == true)
        #expect(scene.names("packs/") == packs)
        // Backups go on.
        let third = try await scene.vault(cache: "writer").snapshot(b)
        // Nothing happens to it unless somebody says so, and to nothing else.
        let keeper = try await scene.vault(cache: "repairer")
        _ = try await repair(keeper)
        #expect(scene.names("snapshots/").contains(name))
        let wrong = await #expect(throws: VaultError.self) {
            _ = try await repair(keeper, givingUp: [SnapshotEnvelope.objectName(second.id)])
        }
        #expect(wrong?.code == .notFound)

        let (_, report) = try await repair(keeper, givingUp: [name])

        #expect(report.givenUp == [name] && !scene.names("snapshots/").contains(name))
        #expect(try await scene.prune().deleted.packs > 0)
        try await scene.expect([(second, b), (third, b)])
    }

    @Test func aRecordIsGivenUpAndStays() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        for _ in 0..<3 { try await scene.vault().append(kind: "evidence", body: Data("{}".utf8)) }
        let name = scene.names("records/")[1]
        try spoil(name, in: scene)
        let stranger = try await scene.vault(cache: "stranger")
        let error = await #expect(throws: VaultError.self) { _ = try await stranger.records(kind: "pin") }
        #expect(error?.hint?.description.contains("--give-up " + name) == true)
        let survey = try await stranger.recordSurvey(kind: "evidence")
        #expect(survey.records.count == 2 && survey.problems.map(\.object) == [name])

        let (_, report) = try await repair(try await scene.vault(cache: "repairer"), givingUp: [name])

        #expect(report.givenUp == [name] && scene.names("records/").contains(name))
        #expect(try await scene.vault(cache: "another").records(kind: "evidence").count == 2)
        try await scene.expect([(record, a)])
    }

    @Test func aCondemnationIsGivenUpOnlyWhereNoKeeperIsAtWork() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a)
        let name = Condemned.objectName(ULID(at: Date()))
        scene.store.set(try #require(ObjectKey(name)), Array("rotten".utf8))
        for work in [
            { _ = try await scene.vault(cache: "writer").snapshot(self.b) }, { _ = try await scene.prune() },
            { _ = try await self.repair(try await scene.vault(cache: "repairer"), givingUp: ["condemned/nothing"]) },
        ] as [@Sendable () async throws -> Void] {
            let error = await #expect(throws: VaultError.self) { try await work() }
            #expect(error?.hint?.description.contains(error?.code == .damaged ? "--give-up " + name : "reprise check") == true)
        }
        let keeper = try await scene.vault(cache: "repairer")
        let found = try await keeper.check(.everything)
        #expect(found.problems.map(\.object) == [name] && found.lacksObjects)
        let other = try await keeper.announce(.prune, asset: nil, host: "there")
        let busy = await #expect(throws: VaultError.self) { _ = try await repair(keeper, givingUp: [name]) }
        #expect(busy?.exitStatus == .busy && scene.names("condemned/") == [name])
        try await keeper.remove(Session.objectName(other))

        let (_, report) = try await repair(keeper, givingUp: [name])

        #expect(report.givenUp == [name] && scene.names("condemned/").isEmpty)
        let second = try await scene.vault(cache: "writer").snapshot(b)
        _ = try await scene.prune()
        try await scene.expect([(record, a), (second, b)])
    }
}
