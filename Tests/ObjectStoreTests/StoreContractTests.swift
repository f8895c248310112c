import Language
import ObjectStore
import TestStores
import Testing

/// What every store must honour; the vault relies on each of these facts.
@Suite struct StoreContractTests {
    private static let awkward = ["a-b", "a.b", "a/b", "a/b-c", "a/b.c/d", "a0", "a_b", "aa/x", "b", "b-/x", "c/d/e/f"]

    @Test(arguments: StoreUnderTest.allCases, [0, 1, 4096, 1_000_003])
    func whatIsPutComesBack(store: StoreUnderTest, size: Int) async throws {
        try await store.withStore { store in
            try await store.put(key("packs/4f/x"), pattern(size), ifAbsent: true)
            #expect(try await store.get(key("packs/4f/x")) == pattern(size))
            #expect(try await store.head(key("packs/4f/x")) == ObjectFacts(key: key("packs/4f/x"), size: size))
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func rangesAreReadExactly(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            let bytes = pattern(1000)
            try await store.put(key("x"), bytes, ifAbsent: true)
            for range in [0..<1000, 0..<1, 999..<1000, 100..<900, 0..<0, 500..<500, 1000..<1000] {
                #expect(try await store.get(key("x"), range: range) == Array(bytes[range]), "\(range)")
            }
            for range in [0..<1001, 999..<1001, 1000..<1001, 2000..<2001, 1_000_000_000_000..<1_000_000_000_001] {
                let error = await #expect(throws: StoreError.self) { _ = try await store.get(key("x"), range: range) }
                #expect(error?.code == .short, "\(range)")
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func whatIsNotThereIsMissing(store under: StoreUnderTest) async throws {
        try await under.withStore { store in
            try await store.put(key("folder/x"), [1], ifAbsent: true)
            for absent in ["y", "folder", "folder/y", "folder/x/y", "other/y"] {
                #expect(try await store.head(key(absent)) == nil, "\(absent)")
                for range in [nil, 0..<1] {
                    let error = await #expect(throws: StoreError.self) { _ = try await store.get(key(absent), range: range) }
                    #expect(error?.code == .missing, "\(absent)")
                }
                if under.deletesWhatNoVaultNames || !absent.hasPrefix("folder") { try await store.delete(key(absent)) }
            }
            #expect(try await store.get(key("folder/x")) == [1])
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func aTakenKeyIsKeptWithIfAbsentAndReplacedWithout(store: StoreUnderTest)
        async throws
    {
        try await store.withStore { store in
            try await store.put(key("x"), [1], ifAbsent: true)
            let error = await #expect(throws: StoreError.self) { try await store.put(key("x"), [2], ifAbsent: true) }
            #expect(error?.code == .exists)
            #expect(try await store.get(key("x")) == [1])
            try await store.put(key("x"), [3, 4], ifAbsent: false)
            #expect(try await store.get(key("x")) == [3, 4])
            try await store.put(key("new"), [5], ifAbsent: false)
            #expect(try await store.get(key("new")) == [5])
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func whatIsDeletedIsGone(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            try await store.put(key("f/x"), [1], ifAbsent: true)
            try await store.delete(key("f/x"))
            #expect(try await store.head(key("f/x")) == nil)
            #expect(try await store.list("", after: nil, limit: 10).isEmpty)
            try await store.put(key("f/x"), [2], ifAbsent: true)
            #expect(try await store.get(key("f/x")) == [2])
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func listsAreInOrderOfBytesWhateverTheSeparators(store: StoreUnderTest) async throws
    {
        try await store.withStore { store in
            for (size, name) in Self.awkward.enumerated().reversed() {
                try await store.put(key(name), pattern(size), ifAbsent: true)
            }
            let sorted = Self.awkward.enumerated().sorted { $0.element.utf8.lexicographicallyPrecedes($1.element.utf8) }
            let all = try await store.list("", after: nil, limit: 100)
            #expect(all.map(\.key.text) == sorted.map(\.element))
            #expect(all.map(\.size) == sorted.map(\.offset))
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func aListBeginsBehindAnyKeyAndEndsAtItsLimit(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            for name in Self.awkward { try await store.put(key(name), [], ifAbsent: true) }
            let sorted = Self.awkward.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for after in sorted + ["0", "a", "a/", "a/b.", "a/c", "b-", "c/d/e", "zz"].filter({ ObjectKey($0) != nil }) {
                let behind = sorted.filter { after.utf8.lexicographicallyPrecedes($0.utf8) }
                for limit in [0, 1, 3, 100] {
                    let found = try await store.list("", after: key(after), limit: limit).map(\.key.text)
                    #expect(found == Array(behind.prefix(limit)), "behind \(after), \(limit)")
                }
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func aPrefixIsAnyBeginningOfAKey(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            for name in Self.awkward { try await store.put(key(name), [], ifAbsent: true) }
            for prefix in ["", "a", "a/", "a/b", "a/b.c/", "a/b.c/d", "a-", "b", "c/d/e/f", "c/d/e/f/", "none", "a//", "/"] {
                let expected = Self.awkward.filter { $0.hasPrefix(prefix) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                #expect(try await store.list(prefix, after: nil, limit: 100).map(\.key.text) == expected, "\(prefix)")
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func eachVisitsEveryObjectOnceOverManyPages(store: StoreUnderTest) async throws {
        try await store.withStore { store in
            let names = try (0..<1050).map { try key("p/\($0 % 16)/\($0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        for number in stride(from: lane, to: names.count, by: 8) {
                            try await store.put(names[number], [], ifAbsent: true)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await store.put(key("q"), [], ifAbsent: true)
            var found: [ObjectKey] = []
            try await store.each("p/") { found.append($0.key) }
            #expect(found == names.sorted())
        }
    }

    @Test(arguments: StoreUnderTest.conditional) func ofManyWhoPutANewKeyAtOnceExactlyOneSucceeds(store: StoreUnderTest)
        async throws
    {
        try await store.withStore { store in
            for round in 0..<4 {
                let name = try key("race/\(round)")
                let winners = try await withThrowingTaskGroup(of: UInt8?.self) { group in
                    for writer in 0..<12 as Range<UInt8> {
                        group.addTask {
                            do throws(StoreError) {
                                try await store.put(name, pattern(50_000, writer), ifAbsent: true)
                                return writer
                            } catch {
                                guard error.code == .exists else { throw error }
                                return nil
                            }
                        }
                    }
                    return try await group.reduce(into: [UInt8]()) { if let winner = $1 { $0.append(winner) } }
                }
                try #require(winners.count == 1)
                #expect(try await store.get(name) == pattern(50_000, winners[0]))
            }
        }
    }

    @Test(arguments: StoreUnderTest.replacingWhole) func aReaderSeesAnObjectWholeWhileItIsReplaced(store: StoreUnderTest)
        async throws
    {
        try await store.withStore { store in
            let versions = [pattern(300_000, 1), pattern(200_000, 2)]
            let name = try key("replaced")
            try await store.put(name, versions[0], ifAbsent: true)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 0..<20 { try await store.put(name, versions[round % 2], ifAbsent: false) }
                }
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<20 {
                            let found = try await store.get(name)
                            #expect(versions.contains(found))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func whatWasPutBeforeIsInEveryListThatBeginsAfter(store: StoreUnderTest)
        async throws
    {
        try await store.withStore { store in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<4 {
                    group.addTask {
                        for number in 0..<25 {
                            let name = try key("l\(lane)/\(number)")
                            try await store.put(name, [UInt8(number)], ifAbsent: true)
                            #expect(try await store.list("l\(lane)/", after: nil, limit: 1000).count == number + 1)
                            #expect(try await store.get(name) == [UInt8(number)])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases) func theProbePassesAndLeavesNothing(store: StoreUnderTest) async throws {
        let isConditional = store.createsConditionally
        try await store.withPlainStore { store in
            let found = try await StoreProbe.run(on: store)
            #expect(found == .init(conditionalCreate: isConditional))
            #expect(try await store.list("", after: nil, limit: 10).isEmpty)
        }
    }
}
