import Foundation
import Glibc
import Language
import TestStores
import Testing

@testable import ObjectStore

/// What a directory adds to the contract: other people's files, disks that are full, read-only or gone.
@Suite struct DirectoryStoreTests {
    @Test func aNewDirectoryIsForItsOwnerAlone() async throws {
        try await withFolder { folder in
            let store = DirectoryStore(folder + "/a/b/vault")
            try await store.prepare()
            try await store.put(key("packs/x"), [1], ifAbsent: true)
            for path in ["", "/packs", "/packs/x"] {
                var facts = stat()
                #expect(stat(folder + "/a/b/vault" + path, &facts) == 0)
                #expect(facts.st_mode & 0o077 == 0, "\(path)")
            }
        }
    }

    @Test func aDirectoryThatHoldsSomethingIsNoPlaceForANewVault() async throws {
        try await withFolder { folder in
            for harmless in ["lost+found", "tmp", "probe-1-a"] {
                try FileManager.default.createDirectory(atPath: folder + "/" + harmless, withIntermediateDirectories: false)
            }
            try await DirectoryStore(folder).prepare()
            try Data().write(to: URL(fileURLWithPath: folder + "/holiday.jpg"))
            let error = await #expect(throws: StoreError.self) { try await DirectoryStore(folder).prepare() }
            #expect(error?.code == .exists)
            #expect(error?.message.description == "The directory \(folder) is not empty.")
        }
    }

    @Test func filesOfOthersAreNoObjects() async throws {
        try await withFolder { folder in
            let store = DirectoryStore(folder)
            try await store.put(key("index/a"), [1], ifAbsent: true)
            for name in ["lost+found", "tmp", "index/UPPER", "Packs"] {
                try FileManager.default.createDirectory(atPath: folder + "/" + name, withIntermediateDirectories: false)
            }
            for name in [
                "tmp/left-by-a-crash", "README.TXT", "index/.DS_Store", "index/with blank", "index/é", "lost+found/x", "Packs/x",
            ] {
                try Data([1]).write(to: URL(fileURLWithPath: folder + "/" + name))
            }
            #expect(try await store.list("", after: nil, limit: 100).map(\.key.text) == ["index/a"])
        }
    }

    @Test(arguments: DirectoryStore.Naming.allCases) func nothingIsLeftUnderTmp(naming: DirectoryStore.Naming) async throws {
        try await withFolder { folder in
            let store = DirectoryStore(folder, naming: naming)
            try await store.put(key("x"), [1], ifAbsent: true)
            try await store.put(key("x"), [2], ifAbsent: false)
            await #expect(throws: StoreError.self) { try await store.put(key("x"), [3], ifAbsent: true) }
            #expect(((try? FileManager.default.contentsOfDirectory(atPath: folder + "/tmp")) ?? []).isEmpty)
        }
    }

    @Test func whatKilledPutsHaveLeftUnderTmpGoesAfterADay() async throws {
        try await withFolder { folder in
            let store = DirectoryStore(folder)
            #expect(try await store.removeLeftovers() == 0, "there is no tmp/ yet")
            try FileManager.default.createDirectory(atPath: folder + "/tmp/deadbeef", withIntermediateDirectories: true)
            let dayAndMore = Date(timeIntervalSinceNow: -90_000)
            for (name, date) in [
                ("1f0b2c3d4e5f6071", dayAndMore), ("ffffffffffffffff", Date()), ("notes.txt", dayAndMore), ("../x", dayAndMore),
            ] {
                let path = folder + "/tmp/" + name
                try Data([1]).write(to: URL(fileURLWithPath: path))
                try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
            }
            #expect(try await store.removeLeftovers() == 1)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder + "/tmp").sorted()
            #expect(left == ["deadbeef", "ffffffffffffffff", "notes.txt"], "what is being written stays, and what is not ours")
            #expect(FileManager.default.fileExists(atPath: folder + "/x"))
        }
    }

    @Test func aDirectoryThatIsGoneIsUnreachableAndNeverMadeAgain() async throws {
        try await withFolder { parent in
            let folder = parent + "/vault"
            let store = DirectoryStore(folder)
            try await store.prepare()
            try await store.put(key("config"), [1], ifAbsent: true)
            try FileManager.default.removeItem(atPath: folder)
            let verbs: [(String, () async throws -> Void)] = [
                ("put", { try await store.put(key("config"), [1], ifAbsent: true) }),
                ("put below", { try await store.put(key("packs/4f/x"), [1], ifAbsent: true) }),
                ("replace", { try await store.put(key("packs/x"), [1], ifAbsent: false) }),
                ("get", { _ = try await store.get(key("config")) }),
                ("head", { _ = try await store.head(key("config")) }),
                ("list", { _ = try await store.list("packs/", after: nil, limit: 1) }),
                ("delete", { try await store.delete(key("config")) }),
                ("require", { try await store.requirePlace() }),
            ]
            for (name, verb) in verbs {
                let error = await #expect(throws: StoreError.self, "\(name)") { try await verb() }
                #expect(error?.code == .unreachable, "\(name)")
                #expect(error?.message.description == "The directory \(folder) is not there.", "\(name)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder))
        }
    }

    @Test(.enabled(if: Mount.isPermitted, "needs the right to mount, as root has it")) func aFullDiskIsSaidAndHarmsNothing()
        async throws
    {
        try await Mount.withTmpfs(bytes: 1 << 20) { folder, _ in
            for naming in DirectoryStore.Naming.allCases {
                let store = DirectoryStore(folder, naming: naming)
                try await store.put(key("\(naming)".lowercased()), pattern(100_000), ifAbsent: true)
                for ifAbsent in [true, false] {
                    let error = await #expect(throws: StoreError.self) {
                        try await store.put(key("big"), pattern(2_000_000), ifAbsent: ifAbsent)
                    }
                    #expect(error?.code == .full)
                    #expect(error?.message.description == "No space is left to write big in \(folder).")
                }
                #expect(try await store.head(key("big")) == nil)
                #expect(try await store.get(key("\(naming)".lowercased())) == pattern(100_000))
                // What did not fit takes no space.
                try await store.put(key("fits"), pattern(500_000), ifAbsent: true)
                try await store.delete(key("fits"))
            }
        }
    }

    @Test(.enabled(if: Mount.isPermitted, "needs the right to mount, as root has it")) func aReadOnlyDiskIsSaidAndStillReads()
        async throws
    {
        try await Mount.withTmpfs(bytes: 1 << 20) { folder, remount in
            try await DirectoryStore(folder).put(key("packs/x"), [1, 2], ifAbsent: true)
            try remount("ro")
            for naming in DirectoryStore.Naming.allCases {
                let store = DirectoryStore(folder, naming: naming)
                for name in ["packs/y", "index/y", "y"] {
                    let error = await #expect(throws: StoreError.self) { try await store.put(key(name), [1], ifAbsent: true) }
                    #expect(error?.code == .denied, "\(name), \(naming)")
                    #expect(error?.exitStatus == .notPermitted)
                }
                let error = await #expect(throws: StoreError.self) { try await store.delete(key("packs/x")) }
                #expect(error?.code == .denied)
                #expect(try await store.get(key("packs/x")) == [1, 2])
                #expect(try await store.list("", after: nil, limit: 10).count == 1)
            }
            try remount("rw")
            try await DirectoryStore(folder).put(key("packs/y"), [1], ifAbsent: true)
        }
    }
}
