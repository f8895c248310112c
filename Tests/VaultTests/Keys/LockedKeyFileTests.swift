import Crypto
import Foundation
import Language
import TestNumbers
import TestStores
import Testing

@testable import Vault

@Suite struct LockedKeyFileTests {
    private static let cheap = LockedKeyFile.Cost(n: 1024, r: 8, p: 1)

    @Test func itOpensWithItsPassphraseAlone() async throws {
        let keys = try await TestVault(in: MemoryStore()).keys
        let bytes = await LockedKeyFile.lock(keys, with: "correct horse été", cost: Self.cheap)
        #expect(LockedKeyFile.isOne(bytes))
        #expect(!LockedKeyFile.isOne(keys.encoded))
        let locked = try LockedKeyFile(bytes, name: "/etc/key")
        #expect(locked.holder == "test" && locked.vault == keys.vault)
        #expect(try await locked.open(with: "correct horse été").encoded == keys.encoded)
        // The accents as a Mac composes them.
        #expect(try await locked.open(with: "correct horse e\u{301}te\u{301}").encoded == keys.encoded)
        for wrong in ["correct horse ete", "Correct horse été", "correct horse été ", "x"] {
            let error = await #expect(throws: VaultError.self) { _ = try await locked.open(with: wrong) }
            #expect(error?.code == .wrongPassphrase)
            #expect(error?.exitStatus == .notPermitted)
            #expect(error?.message.description == "The passphrase does not open the key file /etc/key.")
        }
    }

    @Test func nothingSecretStandsInIt() async throws {
        let keys = try await TestVault(in: MemoryStore()).keys
        let text = String(decoding: await LockedKeyFile.lock(keys, with: "correct horse", cost: Self.cheap), as: UTF8.self)
        for secret in [keys.signing.raw, keys.indexKey, keys.dedupKey ?? [], keys.reader?.raw ?? []] {
            #expect(!text.contains(Data(secret).base64EncodedString()))
        }
        #expect(!text.contains("correct"))
    }

    @Test func withoutAPassphraseItIsCalledLocked() async throws {
        let keys = try await TestVault(in: MemoryStore()).keys
        let bytes = await LockedKeyFile.lock(keys, with: "correct horse", cost: Self.cheap)
        let error = #expect(throws: VaultError.self) { _ = try KeyFile(bytes, name: "/etc/key") }
        #expect(error?.code == .wrongPassphrase)
        #expect(error?.message.description == "The key file /etc/key is locked with a passphrase.")
    }

    /// A forged file cannot take all memory, or make the program fall.
    @Test(arguments: [
        (1 << 24, 8, 1), (1 << 22, 32, 1), (1000, 8, 1), (0, 8, 1), (-1024, 8, 1), (1 << 17, 0, 1), (1 << 17, 8, 0),
        (1 << 17, 8, 17), (1 << 16, 1, 1), (1 << 62, 8, 1), (1 << 17, 1 << 40, 1),
    ])
    func costsAreBounded(n: Int, r: Int, p: Int) async throws {
        let keys = try await TestVault(in: MemoryStore()).keys
        let bytes = await LockedKeyFile.lock(keys, with: "correct horse", cost: Self.cheap)
        let text = String(decoding: bytes, as: UTF8.self)
        let document = text.split(separator: "\n").dropLast().joined(separator: "\n").replacing(
            "\"n\" : 1024", with: "\"n\" : \(n)"
        )
        .replacing("\"r\" : 8", with: "\"r\" : \(r)").replacing("\"p\" : 1", with: "\"p\" : \(p)")
        let error = #expect(throws: VaultError.self) { _ = try LockedKeyFile(summed(document + "\n"), name: "/etc/key") }
        #expect(
            error?.message.description
                == "The key file /etc/key cannot be used: opening it would take more memory or time than any key file may ask for."
        )
    }

    @Test func aChangedFileNeverOpens() async throws {
        let keys = try await TestVault(in: MemoryStore()).keys
        let good = await LockedKeyFile.lock(keys, with: "correct horse", cost: Self.cheap)
        let document = String(decoding: good, as: UTF8.self).split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<300 {
            // With a checksum that fits, so that what is inside is looked at.
            let bad = Mutation.apply(toJSON: Array(document.utf8), with: &generator)
            let bytes = SummedText.join(bad, label: "sha256", sum: Array(SHA256.hash(data: bad)))
            guard let locked = try? LockedKeyFile(bytes, name: "key") else { continue }
            if let found = try? await locked.open(with: "correct horse") { #expect(found.encoded == keys.encoded) }
        }
    }
}
