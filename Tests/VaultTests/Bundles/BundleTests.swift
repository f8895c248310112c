import Foundation
import ObjectStore
import Synchronization
import TestStores
import Testing

@testable import Vault

/// Bundles make a first listing quick, and nothing that is in them, or wrong with them, changes what is listed (I22).
@Suite struct BundleTests {
    /// A vault of some 20 snapshots and records, pruned, with small bundles of both.
    private struct Scene {
        let bench: TestVault
        let store = MemoryStore()

        static let sizes = ObjectBundle.Sizes(leastObjects: 4, mostObjects: 16, worthwhile: 3)

        init(_ count: Int = 20) async throws {
            bench = try await TestVault(in: store, chunking: .tiny)
            try await add(count)
            _ = try await prune()
        }

        private init(bench: TestVault, objects: [ObjectKey: [UInt8]]) {
            self.bench = bench
            for (key, bytes) in objects { store.set(key, bytes) }
        }

        func copy() -> Scene { Scene(bench: bench, objects: store.contents) }

        func open(_ store: (any ObjectStore)? = nil, cache: String = "fresh-" + UUID().uuidString) async throws -> OpenVault {
            let vault = try await bench.open(store ?? self.store, cache: cache)
            vault.bundleSizes.withLock { $0 = Self.sizes }
            return vault
        }

        /// - Parameter pause: seconds from one to the next, the last of which is now.
        func add(_ count: Int, every pause: Double = 60) async throws {
            let vault = try await open(cache: "writer")
            try await vault.inventSnapshots(
                count, asset: "db", kind: "test", host: "here", every: pause,
                entries: { [.init(path: "note", bytes: Array("note \($0) of \(count)".utf8))] }, progress: { _ in })
            for number in 0..<count { try await vault.append(kind: "evidence", body: Data("{\"number\":\(number)}".utf8)) }
        }

        @discardableResult
        func prune(
            forget: [SnapshotRecord] = [], over store: (any ObjectStore)? = nil, dryRun: Bool = false
        ) async throws -> BundleReport {
            let order = PruneOrder(forget: forget.map { .init(id: $0.id, rule: "test") }, host: "here")
            let vault = try await open(store, cache: "keeper")
            if dryRun {
                _ = try await vault.prunePlan(order)
                return BundleReport()
            }
            return try await vault.prune(order).bundles
        }

        func bundles(_ family: ObjectBundle.Family) -> [ObjectBundle.Name] {
            names(family.bundles).compactMap { ObjectBundle.Name($0, of: family) }
        }

        func names(_ prefix: String) -> [String] { store.contents.keys.map(\.text).filter { $0.hasPrefix(prefix) }.sorted() }

        /// Every object that lies in some bundle, by the object's own name.
        func held() -> [String: [UInt8]] {
            var held: [String: [UInt8]] = [:]
            for family in ObjectBundle.Family.allCases {
                for name in bundles(family) {
                    guard let bytes = bytes(name.text) else { continue }
                    for (entry, range) in ObjectBundle.objects(bytes, of: name, vault: bench.keys.vault) {
                        held[family.prefix + entry.id.text] = Array(bytes[range])
                    }
                }
            }
            return held
        }

        func bytes(_ name: String) -> [UInt8]? { ObjectKey(name).flatMap { store.contents[$0] } }

        func set(_ name: String, _ bytes: [UInt8]?) throws { store.set(try #require(ObjectKey(name)), bytes) }

        /// What a host with an empty cache lists, and which objects of both families it reads for it.
        func listed(over store: (any ObjectStore)? = nil) async throws -> (
            snapshots: [SnapshotRecord], records: [ULID], problems: [String], singles: [String], bundles: [String]
        ) {
            let watched = WatchedStore(store ?? self.store)
            let vault = try await open(watched)
            let survey = try await vault.survey()
            let records = try await vault.recordObjects()
            let families = ObjectBundle.Family.allCases.map(\.prefix)
            return (
                survey.snapshots, records.found.map(\.id), (survey.problems + records.problems).compactMap(\.object),
                watched.gets.filter { name in families.contains { name.hasPrefix($0) } }.sorted(),
                watched.gets.filter { $0.hasPrefix(ObjectBundle.prefix) }.sorted()
            )
        }

        /// The same without any bundle.
        func listedWithout() async throws -> (snapshots: [SnapshotRecord], records: [ULID]) {
            let bare = copy()
            for name in bare.names(ObjectBundle.prefix) { try bare.set(name, nil) }
            let listed = try await bare.listed()
            #expect(listed.problems == [])
            #expect(listed.singles.count == names("snapshots/").count + names("records/").count)
            return (listed.snapshots, listed.records)
        }

        /// A host with an empty cache lists what it lists without bundles.
        func expectTheSame(_ comment: Comment) async throws {
            let wanted = try await listedWithout()
            let found = try await listed()
            #expect(found.snapshots == wanted.snapshots && found.records == wanted.records && found.problems == [], comment)
        }
    }

    @Test func aHostThatHasListedNothingAsksForFewObjects() async throws {
        let scene = try await Scene()
        #expect(scene.bundles(.snapshots).count == 2 && scene.bundles(.records).count == 2)
        // With the tombstone of the session that invented them.
        #expect(scene.held().count == 41 && scene.names("snapshots/").count == 21)
        for (name, bytes) in scene.held() { #expect(scene.bytes(name) == bytes) }
        let listed = try await scene.listed()
        #expect(listed.singles == [] && listed.bundles.count == 4)
        #expect(listed.snapshots.count == 20 && listed.records.count == 20)
        try await scene.expectTheSame("with bundles")
    }

    @Test func aHostThatLacksFewAsksForThose() async throws {
        let scene = try await Scene(16)
        let host = try await scene.open(cache: "host")
        _ = try await host.survey()
        try await scene.add(1)
        let watched = WatchedStore(scene.store)
        #expect(try await scene.open(watched, cache: "host").snapshots().count == 17)
        #expect(watched.lists.allSatisfy { !$0.hasPrefix(ObjectBundle.prefix) })
        #expect(watched.gets.count { $0.hasPrefix("snapshots/") } == 2, "the snapshot and the tombstone of its session")
    }

    @Test func aHostThatLacksTheNewestTakesTheirBundleAlone() async throws {
        let scene = try await Scene(15)
        _ = try await scene.open(cache: "host").survey()
        let old = scene.bundles(.snapshots)
        // So close together that none lies in the range of those before.
        try await scene.add(8, every: 0.0005)
        try await scene.prune()
        #expect(Set(old).isSubset(of: scene.bundles(.snapshots)))
        let watched = WatchedStore(scene.store)
        #expect(try await scene.open(watched, cache: "host").snapshots().count == 23)
        let read = watched.gets.filter { $0.hasPrefix(ObjectBundle.Family.snapshots.bundles) }
        #expect(read.count <= 1 && !old.map(\.text).contains { read.contains($0) }, "\(read)")
    }

    @Test func checksNeverUseThem() async throws {
        let scene = try await Scene()
        let watched = WatchedStore(scene.store)
        #expect(try await scene.open(watched).check(.structure).problems.isEmpty)
        #expect(
            Set(scene.names("snapshots/")).isSubset(of: watched.gets) && Set(scene.names("records/")).isSubset(of: watched.gets))
        // An object whose own bytes are not right is damage, though a bundle has the right ones.
        let name = scene.names("snapshots/")[0]
        try scene.set(name, scene.bytes(name).map { $0.map { _ in 0 } })
        let problems = try await scene.open().check(.structure).problems
        #expect(problems.contains { $0.object == name })
    }

    /// Every object in every bundle is changed in turn, as one would who can write to the store.
    @Test func whatIsNotRightInABundleIsReadFromTheObject() async throws {
        let scene = try await Scene(6)
        let wanted = try await scene.listedWithout()
        for family in ObjectBundle.Family.allCases {
            let name = try #require(scene.bundles(family).first)
            let bundle = try #require(scene.bytes(name.text))
            let objects = ObjectBundle.objects(bundle, of: name, vault: scene.bench.keys.vault)
            #expect(objects.count >= 6)
            for (entry, range) in objects {
                for position in [range.lowerBound, range.lowerBound + 30, range.upperBound - 100, range.upperBound - 1] {
                    let forged = scene.copy()
                    var bytes = bundle
                    bytes[position] ^= 4
                    try forged.set(name.text, bytes)
                    let found = try await forged.listed()
                    #expect(found.snapshots == wanted.snapshots && found.records == wanted.records && found.problems == [])
                    #expect(found.singles == [family.prefix + entry.id.text])
                }
            }
        }
    }

    /// A writer's own signature, and not the object that is listed.
    @Test func anObjectOfAnotherSizeThanListedIsNotBelieved() async throws {
        let scene = try await Scene(6)
        let name = try #require(scene.bundles(.snapshots).first)
        let bundle = try #require(scene.bytes(name.text))
        var objects = ObjectBundle.objects(bundle, of: name, vault: scene.bench.keys.vault).map {
            (id: $0.entry.id, bytes: Array(bundle[$0.range]))
        }
        let place = try #require(objects.firstIndex { !Tombstone.isOne($0.bytes) })
        let id = objects[place].id
        let vault = try await scene.open()
        objects[place].bytes = SealedNote.tombstone.seal(
            OpenVault.json(Tombstone(.givenUp)), id: id, vault: vault.id, keys: scene.bench.keys)
        #expect((try? vault.verifySnapshot(objects[place].bytes, id)) != nil)
        try scene.set(name.text, ObjectBundle.encode(objects, id: name.id, vault: vault.id))
        let found = try await scene.listed()
        #expect(found.snapshots.map(\.id).contains(id) && found.singles == [SnapshotEnvelope.objectName(id)])
    }

    @Test func whatIsNotListedIsNotThere() async throws {
        let scene = try await Scene()
        let gone = try await scene.open().snapshots()[7]
        #expect(scene.held()[SnapshotEnvelope.objectName(gone.id)] != nil)
        try scene.set(SnapshotEnvelope.objectName(gone.id), nil)
        let found = try await scene.listed()
        #expect(found.snapshots.count == 19 && !found.snapshots.contains(gone) && found.singles == [])
    }

    @Test func bundlesThatAreGoneOrNoneChangeNothing() async throws {
        let scene = try await Scene()
        let names = scene.names(ObjectBundle.prefix)
        let (first, second) = (scene.bundles(.snapshots)[0], scene.bundles(.snapshots)[1])
        var changes: [(String, [String: [UInt8]?])] = [
            ("all gone", Dictionary(uniqueKeysWithValues: names.map { ($0, nil) })),
            ("one gone", [names[0]: nil]),
            ("all empty", Dictionary(uniqueKeysWithValues: names.map { ($0, []) })),
            ("in each other's places", [first.text: scene.bytes(second.text), second.text: scene.bytes(first.text)]),
            (
                "names that are none",
                ["bundles/x": [1], "bundles/snapshots/y": [2], "bundles/snapshots/a.b.c": [3], "bundles/others/1.2.3": [4]]
            ),
        ]
        for length in [0, 1, 43, 44, 45, 100, 400, 2000] {
            changes.append(
                (
                    "cut to \(length)",
                    Dictionary(uniqueKeysWithValues: names.map { ($0, scene.bytes($0).map { Array($0.prefix(length)) }) })
                ))
        }
        for (comment, objects) in changes {
            let changed = scene.copy()
            for (name, bytes) in objects { try changed.set(name, bytes) }
            try await changed.expectTheSame("\(comment)")
            // And the next prune mends it.
            try await changed.prune()
            let listed = try await changed.listed()
            #expect(listed.singles == [] && listed.problems == [], "\(comment)")
        }
    }

    /// As many as somebody likes, who can write to the store: a host reads no more than a few times what it lacks.
    @Test func bundlesFullOfNothingCostLittle() async throws {
        let scene = try await Scene()
        let (first, last) = (try #require(scene.names("snapshots/").first), try #require(scene.names("snapshots/").last))
        let size = scene.names("snapshots/").reduce(0) { $0 + (scene.bytes($1)?.count ?? 0) }
        for _ in 0..<50 {
            let name = ObjectBundle.Name(
                .snapshots, first: try #require(ULID(first.dropFirst(10))), last: try #require(ULID(last.dropFirst(10))),
                id: ULID(at: Date()))
            try scene.set(name.text, TestBytes.random(size * 3))
        }
        let listed = try await scene.listed()
        #expect(listed.snapshots.count == 20 && listed.problems == [])
        #expect(listed.bundles.count { $0.hasPrefix("bundles/snapshots/") } <= 2, "\(listed.bundles)")
    }

    @Test func aStoreThatRefusesThemIsUsedWithoutThem() async throws {
        let scene = try await Scene()
        let refusing = WatchedStore(scene.store, refusing: ObjectBundle.prefix)
        let listed = try await scene.listed(over: refusing)
        #expect(listed.snapshots.count == 20 && listed.problems == [] && listed.singles.count == 41)
        try await scene.add(8)
        let report = try await scene.prune(over: refusing)
        #expect(report.problem?.storeCode == .denied && report.written == 0)
        try await scene.expectTheSame("a prune without them")
    }

    @Test func whatWasLetGoIsInNoBundleAfterThePrune() async throws {
        let scene = try await Scene()
        let records = try await scene.open().snapshots()
        for gone in [records[3], records[18]] {
            #expect(scene.held()[SnapshotEnvelope.objectName(gone.id)] != nil)
            let report = try await scene.prune(forget: [gone])
            #expect(report.problem == nil && report.removed > 0)
            #expect(scene.held()[SnapshotEnvelope.objectName(gone.id)] == nil)
            for name in scene.names(ObjectBundle.prefix) {
                let bytes = try #require(scene.bytes(name))
                #expect(!bytes.contains(gone.id.bytes), "its id is in \(name)")
            }
        }
        try await scene.expectTheSame("after two were let go")
        #expect(try await scene.listed().snapshots.count == 18)
        // Whose object comes back is let go all the same.
        let again = scene.copy()
        try again.set(SnapshotEnvelope.objectName(records[5].id), scene.bytes(SnapshotEnvelope.objectName(records[5].id)))
        try await again.prune(forget: Array(records[5...17]))
        #expect(again.held().keys.allSatisfy { name in !records[5...17].contains { SnapshotEnvelope.objectName($0.id) == name } })
        try await again.expectTheSame("after most were let go")
    }

    @Test func aSecondPruneAndADryRunWriteNothing() async throws {
        let scene = try await Scene()
        let before = scene.store.contents
        #expect(try await scene.prune().written == 0)
        #expect(scene.names(ObjectBundle.prefix) == before.keys.map(\.text).filter { $0.hasPrefix(ObjectBundle.prefix) }.sorted())
        try await scene.add(8)
        let grown = scene.store.contents
        try await scene.prune(dryRun: true)
        #expect(scene.store.contents == grown)
        #expect(try await scene.prune().written > 0)
    }

    /// What a keeper puts into a bundle it has verified: else what is wrong once would be copied on and on.
    @Test func aKeeperLeavesOutWhatIsNotRight() async throws {
        let scene = try await Scene(6)
        let name = try #require(scene.bundles(.records).first)
        var bundle = try #require(scene.bytes(name.text))
        let objects = ObjectBundle.objects(bundle, of: name, vault: scene.bench.keys.vault)
        bundle[objects[1].range.upperBound - 70] ^= 1
        try scene.set(name.text, bundle)
        try await scene.add(6)
        let report = try await scene.prune()
        #expect(report.removed > 0 && !scene.bundles(.records).contains(name))
        for (name, bytes) in scene.held() { #expect(scene.bytes(name) == bytes, "\(name)") }
        try await scene.expectTheSame("after a damaged one was merged")
    }

    @Test func keepersBesideEachOtherMakeAtWorstDuplicates() async throws {
        let scene = try await Scene(6)
        try await scene.add(7)
        for operation in 0... {
            let both = scene.copy()
            let store = HookedStore(both.store, before: operation) { _ = try? await both.prune() }
            _ = await BundleUpkeep(vault: try await both.open(store, cache: "first")).run()
            try await both.expectTheSame("operation \(operation)")
            try await both.prune()
            let names = ObjectBundle.Family.allCases.flatMap(both.bundles)
            #expect(names.count <= 4, "operation \(operation): \(names)")
            #expect(try await both.listed().singles.count < 8)
            guard store.wasHooked else { return }
        }
    }

    @Test func namesTellWhatIsInside() throws {
        let (a, b, id) = (ULID(at: Date()), ULID(at: Date().addingTimeInterval(5)), ULID(at: Date()))
        let name = ObjectBundle.Name(.records, first: a, last: b, id: id)
        #expect(name.text == "bundles/records/\(a).\(b).\(id)")
        #expect(ObjectBundle.Name(name.text, of: .records) == name)
        #expect(ObjectBundle.Name(name.text, of: .snapshots) == nil)
        for bad in [
            "bundles/records/\(b).\(a).\(id)", name.text + ".", name.text + ".0", "bundles/records/\(a).\(b)",
            "bundles/records/..",
        ] {
            #expect(ObjectBundle.Name(bad, of: .records) == nil)
        }
        #expect(ObjectKey(name.text) != nil && !LockedObjects.contain(name: name.text))
    }
}

extension [UInt8] {
    fileprivate func contains(_ other: [UInt8]) -> Bool {
        guard count >= other.count else { return false }
        return (0...count - other.count).contains { self[$0] == other[0] && self[$0..<$0 + other.count].elementsEqual(other) }
    }
}
