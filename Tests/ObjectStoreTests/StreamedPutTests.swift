import Foundation
import Language
import TestStores
import Testing

@testable import ObjectStore

/// Objects that are written piece by piece: whole and under their key, or not there at all.
@Suite struct StreamedPutTests {
    @Test(arguments: StoreUnderTest.allCases) func aStoreSaysWhetherItTakesPieces(under: StoreUnderTest) async throws {
        try await under.withStore { store in
            let object = try store.beginPut("packs/")
            #expect((object != nil) == StoreUnderTest.streaming.contains(under))
        }
    }

    @Test(arguments: StoreUnderTest.streaming, [[], [0], [1], [4096, 0, 1], [300_000, 12, 700_000, 16]])
    func whatIsCommittedComesBack(under: StoreUnderTest, pieces: [Int]) async throws {
        try await under.withStore { store in
            let object = try #require(try store.beginPut("packs/"))
            var whole: [UInt8] = []
            for (number, size) in pieces.enumerated() {
                let piece = pattern(size, UInt8(number))
                try object.append(piece)
                whole += piece
                #expect(try await store.list("", after: nil, limit: 10).isEmpty, "it has no key yet")
            }
            try await object.commit(key("packs/4f/x"))
            #expect(try await store.get(key("packs/4f/x")) == whole)
            #expect(try await store.list("", after: nil, limit: 10).map(\.key.text) == ["packs/4f/x"])
        }
    }

    @Test(arguments: StoreUnderTest.streaming) func aTakenKeyIsKept(under: StoreUnderTest) async throws {
        try await under.withStore { store in
            try await store.put(key("packs/x"), [1], ifAbsent: true)
            let object = try #require(try store.beginPut("packs/"))
            try object.append([2, 3])
            let error = await #expect(throws: StoreError.self) { try await object.commit(key("packs/x")) }
            #expect(error?.code == .exists)
            #expect(try await store.get(key("packs/x")) == [1])
        }
    }

    @Test(arguments: StoreUnderTest.streaming) func ofManyWhoCommitOneKeyOneSucceeds(under: StoreUnderTest) async throws {
        try await under.withStore { store in
            let succeeded = try await withThrowingTaskGroup(of: UInt8?.self) { group in
                for number in 0..<12 as Range<UInt8> {
                    let object = try #require(try store.beginPut("packs/"))
                    try object.append([number])
                    group.addTask {
                        do {
                            try await object.commit(key("packs/x"))
                            return number
                        } catch let error as StoreError where error.code == .exists { return nil }
                    }
                }
                return try await group.reduce(into: [UInt8]()) { found, number in if let number { found.append(number) } }
            }
            #expect(succeeded.count == 1)
            #expect(try await store.get(key("packs/x")) == succeeded)
        }
    }

    @Test(arguments: StoreUnderTest.streaming) func whatIsLetGoOfIsNotThere(under: StoreUnderTest) async throws {
        try await under.withStore { store in
            try store.beginPut("packs/")?.append(pattern(100_000))
            #expect(try await store.list("", after: nil, limit: 10).isEmpty)
            #expect(try await store.removeLeftovers() == 0)
        }
    }

    // MARK: - Directories

    @Test func whatIsLetGoOfInADirectoryKeepsNoFileOpen() async throws {
        try await withFolder { folder in
            var object = try DirectoryStore(folder).beginPut("packs/")
            try object?.append(pattern(100_000))
            #expect(try openFiles(in: folder) == 1)
            object = nil
            #expect(try openFiles(in: folder) == 0)
            object = try DirectoryStore(folder).beginPut("packs/")
            try object?.append(pattern(100_000))
            try await object?.commit(key("packs/x"))
            object = nil
            #expect(try openFiles(in: folder) == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["packs"])
        }
    }

    /// As where `/proc` is not mounted.
    @Test(arguments: [DirectoryStore.Naming.link, .rename]) func whatCannotBeLinkedIsCopied(naming: DirectoryStore.Naming)
        async throws
    {
        try await withFolder { folder in
            let file = open(folder, O_RDWR | O_CLOEXEC | O_DIRECTORY | 0o20_000_000, 0o600)
            try #require(file >= 0)
            let object = DirectoryPut(DirectoryStore(folder, naming: naming), file: file, prefix: "packs/")
            for salt in 0..<3 as Range<UInt8> { try object.append(pattern(700_000, salt)) }
            try await object.commit(key("packs/4f/x"))
            let store = DirectoryStore(folder)
            #expect(try await store.get(key("packs/4f/x")) == (0..<3).flatMap { pattern(700_000, $0) })
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/tmp").isEmpty)
            let error = await #expect(throws: StoreError.self) { try await object.commit(key("packs/4f/x")) }
            #expect(error?.code == .exists)
        }
    }

    @Test func aDirectoryThatIsGoneIsNeverMadeAgain() async throws {
        try await withFolder { parent in
            let folder = parent + "/vault"
            let store = DirectoryStore(folder)
            try await store.prepare()
            let object = try #require(try store.beginPut("packs/"))
            try FileManager.default.removeItem(atPath: folder)
            try object.append([1])
            let error = await #expect(throws: StoreError.self) { try await object.commit(key("packs/x")) }
            #expect(error?.code == .unreachable)
            #expect(error?.message.description == "The directory \(folder) is not there.")
            #expect(!FileManager.default.fileExists(atPath: folder))
            // Whoever begins is told by the put that follows.
            #expect(try store.beginPut("packs/") == nil)
        }
    }

    @Test(.enabled(if: Mount.isPermitted, "needs the right to mount, as root has it"))
    func aFullDiskIsSaidAndWhatDidNotFitTakesNoSpace()
        async throws
    {
        try await Mount.withTmpfs(bytes: 1 << 20) { folder, _ in
            let store = DirectoryStore(folder)
            var object = try store.beginPut("packs/")
            #expect(object != nil)
            try object?.append(pattern(600_000))
            let error = #expect(throws: StoreError.self) { try object?.append(pattern(600_000)) }
            #expect(error?.code == .full)
            #expect(error?.message.description == "No space is left to write packs/ in \(folder).")
            object = nil
            try await store.put(key("fits"), pattern(900_000), ifAbsent: true)
        }
    }

    /// How many files in a folder this process holds open, with a name or without.
    private func openFiles(in folder: String) throws -> Int {
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        return descriptors.filter {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
            return target?.hasPrefix(folder + "/") == true
        }.count
    }
}

extension StreamedPut {
    fileprivate func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }
}
