import Foundation
import Language
import ObjectStore
import TestNumbers
import TestStores
import Testing

@testable import Vault

/// Groups of parity in a vault: what is lost comes back by itself, and what is gone stays away.
@Suite struct ParityTests {
    private let a = ["rows": TestBytes.rows(900), "noise": TestBytes.random(150_000)]
    private let b = ["rows": TestBytes.rows(1000), "other": TestBytes.random(90_000, seed: 5)]

    @Test func everyTwoObjectsOfAGroupComeBack() async throws {
        let base = try await PruneScene()
        let record = try await base.vault().snapshot(a, workers: 1)
        let made = try await base.vault().protect()
        let names = base.names("packs/") + base.names("parity/").filter { $0.contains(".") }
        #expect(made.added.packs == base.names("packs/").count && base.names("parity/").count == 3)
        let whole = base.store.contents
        for (first, one) in names.enumerated() {
            for other in names[first...] {
                for isLost in [true, false] {
                    let scene = PruneScene(bench: base.bench, store: MemoryStore(whole))
                    let harmed = Set([one, other]).compactMap(ObjectKey.init)
                    for key in harmed { if isLost { scene.store.set(key, nil) } else { try scene.harm(key) } }
                    let comment: Comment = "\(one) and \(other), lost: \(isLost)"
                    let (found, report) = try await scene.repair(.everything, cache: UUID().uuidString)
                    #expect(Set(found.problems.map(\.object)).isSuperset(of: harmed.map(\.text)), comment)
                    #expect(report.recovered.packs == harmed.count { $0.text.hasPrefix("packs/") }, comment)
                    #expect(report.chunksMissing == 0 && report.beyondParity.isEmpty, comment)
                    let vault = try await scene.vault(cache: UUID().uuidString)
                    #expect(try await vault.read(record).contents() == a, comment)
                    let after = try await vault.check(.everything)
                    #expect(after.problems.map(\.message.description) == [], comment)
                    #expect(after.protectedPacks == after.packs - after.condemnedPacks, comment)
                    for key in harmed where isLost && key.text.hasPrefix("packs/") {
                        #expect(scene.store.contents[key] == whole[key], comment)
                    }
                }
            }
        }
    }

    @Test func moreThanTwoAreRefusedAndTold() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a, workers: 1)
        try await scene.vault().protect()
        let packs = scene.names("packs/").prefix(3).compactMap(ObjectKey.init)
        for key in packs { scene.store.set(key, nil) }
        let (_, report) = try await scene.repair(.structure)
        #expect(report.recovered.packs == 0 && Set(report.beyondParity) == Set(packs.map(\.text)))
        #expect(report.lost.packs == 3 && report.chunksMissing > 0)
        let again = try await scene.vault(cache: "writer").snapshot(a)
        #expect(try await scene.vault(cache: "fresh").read(again).contents() == a)
        #expect(again.id != record.id)
    }

    @Test func packsThatArePrunedStayAwayAndTheOthersStayProtected() async throws {
        let scene = try await PruneScene()
        let first = try await scene.vault().snapshot(a, workers: 1)
        let second = try await scene.vault().snapshot(b, workers: 1)
        try await scene.vault().protect()
        let before = Set(scene.names("packs/"))

        let report = try await scene.prune(forget: [first])

        #expect(report.deleted.packs > 0)
        let gone = before.subtracting(scene.names("packs/"))
        let groups = try await scene.vault(cache: "fresh").parityGroups()
        let named = Set(groups.groups.flatMap(\.packs).map(PackLayout.objectName))
        #expect(!gone.isEmpty && named.isDisjoint(with: gone))
        #expect(named.isSuperset(of: before.subtracting(gone)))
        #expect(scene.names("parity/").count == groups.groups.count * 3, "nothing is left of the old group")
        try await scene.expect([(second, b)])
        // Nor does a repair bring them back.
        scene.store.set(try #require(scene.names("packs/").first.flatMap(ObjectKey.init)), nil)
        _ = try await scene.repair(.structure)
        #expect(Set(scene.names("packs/")).isDisjoint(with: gone))
        try await scene.expect([(second, b)])
    }

    @Test func smallGroupsArePutTogetherByKeepersOnly() async throws {
        let scene = try await PruneScene()
        for number in 0..<7 {
            let contents = ["own": TestBytes.random(3000, seed: UInt64(number)), "rows": TestBytes.rows(50 + number)]
            _ = try await scene.vault().snapshot(contents, workers: 1)
            let report = try await scene.vault(cache: "writer", roles: [.writer]).protect()
            #expect(report.protected.packs == scene.names("packs/").count)
        }
        #expect(try await scene.vault().parityGroups().groups.count == 7)
        let report = try await scene.vault().protect()
        #expect(report.protected.packs == scene.names("packs/").count)
        let groups = try await scene.vault().parityGroups().groups
        #expect(groups.count == (scene.names("packs/").count + 15) / 16 && groups.contains { $0.members.count == 16 })
        #expect(scene.names("parity/").count == groups.count * 3)
        #expect(try await scene.vault().protect().added.packs == 0)
    }

    @Test func aDamagedPackIsLeftOutAndTold() async throws {
        let scene = try await PruneScene()
        let record = try await scene.vault().snapshot(a, workers: 1)
        let pack = try await scene.pack(of: "noise", in: record)
        try scene.harm(pack)
        let report = try await scene.vault().protect()
        #expect(report.damaged == [pack.text])
        #expect(
            try await scene.vault().parityGroups().groups.allSatisfy { !$0.packs.map(PackLayout.objectName).contains(pack.text) })
    }

    @Test(arguments: [FaultyStore.Fault.fails, .isUnanswered, .forgets, .tears])
    func aFaultAtAnyOperationLeavesProtectionOrNone(fault: FaultyStore.Fault) async throws {
        let base = try await PruneScene()
        let record = try await base.vault().snapshot(a, workers: 1)
        try await base.vault().protect()
        _ = try await base.vault().snapshot(b, workers: 1)
        let lost = try #require(ObjectKey(PackLayout.objectName(try await base.vault().parityGroups().groups[0].members[0].pack)))
        for operation in 0... {
            let scene = PruneScene(bench: base.bench, store: MemoryStore(base.store.contents))
            let store = FaultyStore(scene.store, operation: operation, fault: fault, aftermath: .dies)
            _ = try? await scene.vault(store, cache: "keeper-\(fault)-\(operation)").protect()
            // What was protected before is, all the time.
            scene.store.set(lost, nil)
            let (_, report) = try await scene.repair(.structure, cache: "repairer-\(fault)-\(operation)")
            #expect(report.recovered.packs == 1, "\(fault) at operation \(operation)")
            #expect(try await scene.vault(cache: "reader").read(record).contents() == a)
            guard store.wasFaulty else { return }
        }
    }

    @Test func theGroupsParserRefusesOrReadsWhatItSays() {
        let group = ParityGroup(
            id: ULID(at: Date()), members: (0..<5 as Range<UInt8>).map { .init(pack: PackID(sha256: [$0]), size: 100 + Int($0)) },
            width: 104, sums: [Digest(sha256: [1]), Digest(sha256: [2])])
        let good = group.encoded
        #expect(ParityGroup.decode(good, id: group.id)?.members == group.members)
        var generator = SeededGenerator(seed: 31)
        for _ in 0..<5000 {
            let bad = Mutation.apply(to: good, with: &generator)
            guard let read = ParityGroup.decode(bad, id: group.id) else { continue }
            #expect((1...ParityGroup.largest).contains(read.members.count) && read.encoded == bad)
            #expect(read.members.allSatisfy { $0.size <= read.width })
        }
        for name in [
            "parity/", "parity/x", "parity/\(group.id).2", "parity/\(group.id).00", "parity/\(group.id).0.1", "packs/\(group.id)",
        ] {
            #expect(ParityGroup.parse(name) == nil, "\(name)")
        }
        #expect(ParityGroup.parse("parity/\(group.id).1")?.sum == 1)
    }
}
