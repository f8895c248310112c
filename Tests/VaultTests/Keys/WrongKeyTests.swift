import Foundation
import Language
import ObjectStore
import TestStores
import Testing

@testable import Vault

/// Every way in which a key does not fit has its own message.
@Suite struct WrongKeyTests {
    @Test func thereIsNoVault() async throws {
        let error = await #expect(throws: VaultError.self) { _ = try await LockedVault(in: MemoryStore()) }
        #expect(error?.code == .noVault)
        #expect(error?.exitStatus == .unreachable)
        #expect(
            error?.description
                == "There is no vault at memory. Run «reprise init» to make one, or correct the vault's url in the plan.")
    }

    @Test func theDirectoryIsGone() async throws {
        let error = await #expect(throws: VaultError.self) { _ = try await LockedVault(in: DirectoryStore("/nowhere/at/all")) }
        #expect(error?.storeCode == .unreachable)
        #expect(error?.exitStatus == .unreachable)
        #expect(
            error?.description == "The directory /nowhere/at/all is not there. Is the disk mounted, and the vault's url right?")
    }

    @Test func thereIsAVaultAlready() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let error = await #expect(throws: VaultError.self) {
            _ = try await LockedVault.make(in: bench.store, holder: "test", roles: [.writer])
        }
        #expect(error?.code == .occupied)
        #expect(error?.exitStatus == .cannotWrite)
        #expect(error?.description == "There is a vault at memory already. Name another place for a new one.")
    }

    @Test func theKeyFileIsAnotherVaults() async throws {
        let (mine, other) = (try await TestVault(in: MemoryStore()), try await TestVault(in: MemoryStore()))
        let error = await #expect(throws: VaultError.self) {
            _ = try await LockedVault(in: mine.store).open(with: other.keys, cacheFolder: mine.folder + "/cache")
        }
        #expect(error?.code == .wrongVault)
        #expect(error?.exitStatus == .notPermitted)
        #expect(
            error?.description
                == "The key file is for the vault \(other.keys.vault); the one at memory is \(mine.keys.vault). "
                + "Use the key file that was made with this vault, or correct the vault's url in the plan.")
    }

    @Test func theRecoveryKeyIsAnotherVaults() async throws {
        let (mine, other) = (try await TestVault(in: MemoryStore()), try await TestVault(in: MemoryStore()))
        let locked = try await LockedVault(in: mine.store)
        let error = #expect(throws: VaultError.self) { _ = try locked.keys(from: other.recovery, holder: "test") }
        #expect(error?.code == .wrongKey)
        #expect(error?.exitStatus == .notPermitted)
        #expect(
            error?.description
                == "The recovery key does not open the vault at memory. It belongs to another vault. The kit names the vault it was made for."
        )
    }

    @Test func aWriterCannotRead() async throws {
        let bench = try await TestVault(roles: [.writer], in: MemoryStore())
        let vault = try await bench.open()
        let record = try await vault.snapshot(["one": [1]])
        let error = await #expect(throws: VaultError.self) { _ = try await vault.read(record) }
        #expect(error?.code == .wrongKey)
        #expect(
            error?.description
                == "This needs a key file with the reader role, which opens snapshots. "
                + "The key file of test has only: writer. Use another one, or the recovery key of the kit.")
    }

    @Test func aReaderCannotWrite() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let locked = try await LockedVault(in: bench.store)
        let vault = try await locked.open(
            with: try locked.keys(from: bench.recovery, holder: "anyone"), cacheFolder: bench.folder + "/c")
        let error = await #expect(throws: VaultError.self) { _ = try await vault.startSnapshot(asset: "db", kind: "test") }
        #expect(
            error?.description
                == "This needs a key file with the writer role, which adds snapshots. "
                + "The key file of anyone has only: keeper, reader. Use another one, or the recovery key of the kit.")
    }

    @Test func theVaultIsNewer() async throws {
        let bench = try await TestVault(in: MemoryStore())
        try bench.rewriteConfig { $0.replacing("\"format\" : 1", with: "\"format\" : 2, \"anything\" : []") }
        let locked = try await LockedVault(in: bench.store)
        #expect(locked.id == nil)
        let withFile = await #expect(throws: VaultError.self) {
            _ = try await locked.open(with: bench.keys, cacheFolder: bench.folder + "/c")
        }
        let withRecoveryKey = #expect(throws: VaultError.self) { _ = try locked.keys(from: bench.recovery, holder: "test") }
        for error in [withFile, withRecoveryKey] {
            #expect(error?.code == .newerFormat)
            #expect(error?.exitStatus == .failed)
            #expect(
                error?.description
                    == "The vault has format 2; this program reads formats up to 1. Update Reprise to the version that wrote it, or a later one."
            )
        }
    }

    @Test func theKeyFileIsNewer() async throws {
        let keys = try await TestVault(in: MemoryStore()).keys
        let text = String(decoding: keys.encoded, as: UTF8.self).replacing("\"reprise_key\" : 1", with: "\"reprise_key\" : 3")
        let document = text.split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
        let error = #expect(throws: VaultError.self) { try KeyFile(summed(document), name: "/etc/key") }
        #expect(error?.code == .newerFormat)
        #expect(
            error?.description
                == "The key file /etc/key is of version 3; this program reads up to 2. Update Reprise to the version that wrote it, or a later one."
        )
    }

    @Test(arguments: [
        ("", "it is not a key file, or its end is missing."),
        ("hello\n", "it is not a key file, or its end is missing."),
        (String(repeating: "x", count: 70_000), "it is longer than any key file."),
    ]) func thisIsNoKeyFile(text: String, reason: String) {
        let error = #expect(throws: VaultError.self) { try KeyFile(Array(text.utf8), name: "/etc/key") }
        #expect(error?.code == .badKey)
        #expect(error?.exitStatus == .damagedData)
        #expect(
            error?.description
                == "The key file /etc/key cannot be used: \(reason) Take another copy of it, or make a new one from the recovery key of the kit."
        )
    }

    /// The recovery key's holder reads and deletes; what it signs is no snapshot (I7).
    @Test func aSnapshotThatAReaderSignedDoesNotCount() async throws {
        let bench = try await TestVault(in: MemoryStore())
        let vault = try await bench.open()
        let record = try await vault.snapshot(["one": [1]])
        let name = SnapshotEnvelope.objectName(record.id)
        let genuine = try await vault.get(name)
        let payload = try SignedObject(
            genuine, name: name, magic: SnapshotEnvelope.magic, vault: vault.id, id: record.id,
            signers: Dictionary(uniqueKeysWithValues: vault.config.signers.map { ($0.id, $0) })
        ).payload
        let forger = bench.recovery.signing
        let header = SignedObject.header(SnapshotEnvelope.magic, vault: vault.id, id: record.id, signer: forger.id, previous: [])
        let store = try #require(bench.store as? MemoryStore)
        store.set(try #require(ObjectKey(name)), SignedObject.sign(header: header, payload: payload, with: forger))

        let error = await #expect(throws: VaultError.self) { _ = try await bench.open(cache: "another").snapshots() }
        #expect(error?.code == .damaged)
        #expect(
            error?.message.description
                == "\(name) is damaged: it is signed by the key of recovery, which may not write such objects.")
    }
}

/// A document with the line that proves it.
func summed(_ document: String) -> [UInt8] {
    SummedText.join(Array(document.utf8), label: "sha256", sum: Digest(sha256: Array(document.utf8)).bytes)
}

extension TestVault {
    /// Changes the config's JSON as one who holds the index key could.
    func rewriteConfig(_ change: (String) -> String) throws {
        let store = try #require(store as? MemoryStore)
        let name = try #require(ObjectKey(VaultConfig.objectName))
        let config = try #require(store.contents[name])
        let outer = try #require(SummedText(config, label: "hmac"))
        let inner = try #require(SummedText(outer.document, label: "sha256"))
        let changed = summed(change(String(decoding: inner.document, as: UTF8.self)))
        let code = IndexBox(indexKey: keys.indexKey).authenticate(changed, context: "reprise/config/1")
        store.set(name, SummedText.join(changed, label: "hmac", sum: code))
    }
}
