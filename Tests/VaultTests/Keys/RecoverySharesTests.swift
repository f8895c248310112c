import Foundation
import Language
import TestNumbers
import Testing

@testable import Vault

@Suite struct RecoverySharesTests {
    private static let seed = (0..<32).map { UInt8($0 * 7 + 1) }
    private let key = RecoveryKey(seed: seed, fingerprint: (100..<108).map { $0 })

    @Test(arguments: [(2, 2), (2, 3), (3, 5), (5, 8), (16, 16)]) func anyOfThemThatAreEnoughGiveTheSeed(
        threshold: Int, count: Int
    ) throws {
        let shares = key.shares(threshold, of: count)
        #expect(shares.count == count)
        #expect(shares.map(\.number) == Array(1...count))
        for _ in 0..<4 {
            let some = Array(shares.shuffled().prefix(threshold))
            #expect(RecoveryShare.join(some) == Self.seed)
        }
        #expect(RecoveryShare.join(Array(shares.prefix(threshold - 1))) == nil)
        for share in shares {
            #expect(share.words.count == RecoveryShare.wordCount)
            #expect(try RecoveryShare(indices: share.indices) == share)
        }
    }

    @Test func sharesOfTwoSplittingsDoNotMix() throws {
        let (first, second) = (key.shares(2, of: 3), key.shares(2, of: 3))
        #expect(RecoveryShare.join([first[0], second[1]]) == nil)
        var typed = TypedRecovery()
        #expect(try typed.add(first[0].words.joined(separator: " ")) == nil)
        let error = #expect(throws: VaultError.self) { try typed.add(second[1].words.joined(separator: " ")) }
        #expect(error?.message.description == "Share 2 does not belong to the first one.")
        #expect(try typed.add(first[2].words.joined(separator: " "))?.seed == Self.seed)
    }

    @Test func aShareTellsNothingAlone() {
        // The same share index of two splittings of one seed have nothing in common.
        let (first, second) = (key.shares(2, of: 2)[0], key.shares(2, of: 2)[0])
        #expect(zip(first.value, second.value).count(where: ==) < 8)
    }

    @Test func theWordsAreThoseOfTheStandard() {
        #expect(ShareWords.all.count == 1024)
        #expect(ShareWords.all == ShareWords.all.sorted())
        #expect(Set(ShareWords.all.map { $0.prefix(4) }).count == 1024)
        #expect(ShareWords.all.allSatisfy { (4...8).contains($0.count) && $0.allSatisfy(\.isLetter) })
    }

    // MARK: - Typing

    /// However a share is typed, and with one mistake of each kind anywhere, it is read, and the mistake is told by its place
    /// alone.
    @Test func oneMistakeIsMendedAndTold() throws {
        let share = key.shares(2, of: 3)[1]
        let good = share.words
        for position in stride(from: 0, to: good.count, by: 3) {
            var wrong = good
            wrong[position] = good[position] == "academic" ? "zero" : "academic"
            #expect(
                try repaired(wrong) == ["Word \(position + 1) of share 1 was another one; the checksum tells which is meant."])
            var nonsense = good
            nonsense[position] = "qqqqqqq"
            #expect(
                try repaired(nonsense) == ["Word \(position + 1) of share 1 was another one; the checksum tells which is meant."])
            var missing = good
            missing.remove(at: position)
            #expect(try repaired(missing).count == 1)
            var twice = good
            twice.insert(ShareWords.all[100 + position], at: position)
            #expect(try repaired(twice).count == 1)
            if position + 1 < good.count, good[position] != good[position + 1] {
                var swapped = good
                swapped.swapAt(position, position + 1)
                #expect(
                    try repaired(swapped) == [
                        "The words \(position + 1) and \(position + 2) of share 1 stood in each other's place."
                    ])
            }
        }
        func repaired(_ words: [String]) throws -> [String] {
            let repair = try ShareRepair(words, number: 1)
            #expect(repair.share == share)
            return repair.corrections.map(\.description)
        }
    }

    @Test func spellingIsForgiven() throws {
        let share = key.shares(2, of: 2)[0]
        let short = share.words.map { String($0.prefix(4)) }
        #expect(try ShareRepair(short, number: 1).corrections.isEmpty)
        // A letter too much, one left out, two swapped, far enough into the word.
        for word in ["academic", "briefcase", "yelp"] where ShareWords.all.contains(word) {
            for typed in [word + "s", String(word.dropLast()), word.replacing("ie", with: "ei")]
            where typed != word && typed.count > 3 {
                #expect(ShareWords.read(typed) != .unknown, "\(typed)")
            }
        }
        #expect(ShareWords.read("acaedmic") == .near(0))
        #expect(ShareWords.read("xylophone") == .unknown)
    }

    @Test func moreThanOneMistakeIsRefusedAndNamed() throws {
        var words = key.shares(2, of: 2)[0].words
        words[3] = "qqqqq"
        words[20] = "wwwwww"
        let unknown = #expect(throws: VaultError.self) { try ShareRepair(words, number: 2) }
        #expect(unknown?.message.description == "These words of share 2 are in no share: 4, 21.")
        words = key.shares(2, of: 2)[0].words
        for position in [3, 20, 28] { words[position] = words[position] == "academic" ? "zero" : "academic" }
        let wrong = #expect(throws: VaultError.self) { try ShareRepair(words, number: 1) }
        #expect(wrong?.message.description == "Share 1 is mistyped in more than one word: its checksum does not fit.")
        let short = #expect(throws: VaultError.self) { try ShareRepair(Array(words.prefix(20)), number: 1) }
        #expect(short?.message.description == "Share 1 has 20 words instead of 33.")
        for message in [unknown, wrong, short].compactMap({ $0?.message.description }) {
            #expect(!words.contains { message.contains(" \($0) ") })
        }
    }

    @Test func theTextMayHaveNumbersAndComeInAnyOrder() throws {
        let shares = key.shares(3, of: 5)
        let numbered = shares[4].words.enumerated().map { "\($0.offset + 1). \($0.element.uppercased())" }
        let lines = stride(from: 0, to: numbered.count, by: 4).map {
            numbered[$0..<min($0 + 4, numbered.count)].joined(separator: "   ")
        }
        let texts = [
            lines.joined(separator: "\n"), shares[0].words.joined(separator: "\n"), shares[2].words.joined(separator: ", "),
        ]
        for order in [[0, 1, 2], [2, 0, 1]] {
            var typed = TypedRecovery()
            #expect(try typed.add(order.map { texts[$0] }.joined(separator: "\n\n"))?.seed == Self.seed)
            #expect(typed.corrections.isEmpty)
            var oneByOne = TypedRecovery()
            #expect(try oneByOne.add(texts[order[0]]) == nil)
            #expect(oneByOne.progress.map { [$0.have, $0.needed] } == [1, 3])
            #expect(try oneByOne.add(texts[order[0]]) == nil, "the same share twice is one")
            #expect(try oneByOne.add(texts[order[1]]) == nil)
            #expect(try oneByOne.add(texts[order[2]])?.seed == Self.seed)
        }
        // Without empty lines between them, and one of them a word short.
        var run = TypedRecovery()
        #expect(try run.add([0, 2, 1].flatMap { shares[$0].words }.joined(separator: " "))?.seed == Self.seed)
        var short = TypedRecovery()
        let words = shares[0].words + shares[2].words.dropLast() + shares[1].words
        #expect(try short.add(words.joined(separator: " "))?.seed == Self.seed)
        #expect(short.corrections.count == 1)
    }

    @Test func theFingerprintMayBeTypedToo() throws {
        let shares = key.shares(2, of: 2)
        let mark = try #require(key.fingerprintText)
        #expect(RecoveryKey.fingerprint(mark) == key.fingerprint)
        #expect(RecoveryKey.fingerprint(mark.uppercased()) == key.fingerprint)
        var typed = TypedRecovery()
        let text = shares.map { $0.words.joined(separator: " ") }.joined(separator: "\n\n") + "\n\nFingerprint: " + mark
        #expect(try typed.add(text)?.fingerprint == key.fingerprint)
    }

    /// The recovery key itself, with one mistake anywhere.
    @Test func aMistypedGroupOfTheKeyIsMended() throws {
        let digits = Array(key.text.dropFirst("reprise-1-".count).filter { $0 != "-" })
        for position in stride(from: 0, to: 70, by: 5) {
            var wrong = digits
            wrong[position] = wrong[position] == "7" ? "8" : "7"
            var typed = TypedRecovery()
            #expect(try typed.add(String(wrong))?.text == key.text)
            #expect(
                typed.corrections.map(\.description)
                    == ["Group \(position / 5 + 1) of the recovery key was mistyped; the checksum tells what is meant."])
            var missing = digits
            missing.remove(at: position)
            #expect(try typed.add(String(missing))?.text == key.text)
            var twice = digits
            twice.insert("q", at: position)
            #expect(try typed.add(String(twice))?.text == key.text)
            wrong[position + 2] = wrong[position + 2] == "7" ? "8" : "7"
            #expect(throws: VaultError.self) { try typed.add(String(wrong)) }
        }
    }

    /// Nothing that is typed makes the program fall.
    @Test func anyTextIsReadOrRefused() {
        var generator = SeededGenerator(seed: 39)
        let good = key.shares(2, of: 2).map { $0.words.joined(separator: " ") }.joined(separator: "\n\n")
        for _ in 0..<150 {
            let bytes = Mutation.apply(to: Array(good.utf8), with: &generator)
            var typed = TypedRecovery()
            if let found = try? typed.add(String(decoding: bytes, as: UTF8.self)) { #expect(found.seed == Self.seed) }
        }
        for _ in 0..<150 {
            let indices = (0..<Int.random(in: 0...40, using: &generator)).map { _ in Int.random(in: 0..<1024, using: &generator) }
            #expect((try? RecoveryShare(indices: indices)) == nil)
            let words = indices.map { ShareWords.all[$0] }
            var typed = TypedRecovery()
            _ = try? typed.add(words.joined(separator: " "))
        }
        // Sound checksums over anything at all.
        for _ in 0..<300 {
            let values = (0..<30).map { _ in Int.random(in: 0..<1024, using: &generator) }
            for extendable in [true, false] {
                if let share = try? RecoveryShare(indices: values + ShareChecksum.make(values, extendable: extendable)) {
                    #expect(share.indices == values + ShareChecksum.make(values, extendable: extendable))
                    _ = RecoveryShare.join([share])
                }
            }
        }
    }
}

private let python = ProcessInfo.processInfo.environment["REPRISE_PYTHON"]

/// The reference implementation of SLIP-0039 reads our shares, and we read its.
@Suite(.enabled(if: python != nil, "needs the Python of scripts/setup test: run it as scripts/with-tools swift test"))
struct ReferenceSharesTests {
    @Test func theReferenceReadsOurs() async throws {
        for (threshold, count) in [(2, 3), (4, 7), (16, 16)] {
            let seed = randomBytes(32)
            let shares = RecoveryKey(seed: seed, fingerprint: nil).shares(threshold, of: count).shuffled().prefix(threshold)
            let words = shares.map { $0.words.joined(separator: " ") }
            let found = try await run(
                "print(shamir_mnemonic.combine_mnemonics(sys.argv[1:]).hex())", Array(words))
            #expect(found == [seed.hex])
        }
    }

    /// With both checksums, and several exponents of the work.
    @Test(arguments: [(true, 0), (true, 1), (false, 0), (false, 2)]) func weReadThoseOfTheReference(
        extendable: Bool, exponent: Int
    )
        async throws
    {
        let seed = randomBytes(32)
        let lines = try await run(
            """
            secret, extendable, exponent = bytes.fromhex(sys.argv[1]), sys.argv[2] == "true", int(sys.argv[3])
            for share in shamir_mnemonic.generate_mnemonics(1, [(3, 5)], secret, extendable=extendable, iteration_exponent=exponent)[0]:
                print(share)
            """, [seed.hex, String(extendable), String(exponent)])
        #expect(lines.count == 5)
        var typed = TypedRecovery()
        #expect(try typed.add(lines[1]) == nil)
        #expect(try typed.add(lines[4]) == nil)
        #expect(try typed.add(lines[0])?.seed == seed)
    }

    @Test func sharesOfSomethingElseAreCalledThat() async throws {
        let lines = try await run(
            """
            for group in shamir_mnemonic.generate_mnemonics(2, [(2, 3), (2, 3)], bytes(range(32))): print(group[0])
            print(shamir_mnemonic.generate_mnemonics(1, [(2, 3)], bytes(range(16)))[0][0])
            """, [])
        var typed = TypedRecovery()
        let grouped = #expect(throws: VaultError.self) { try typed.add(lines[0]) }
        #expect(
            grouped?.message.description
                == "Share 1 is a sound share of something else: Reprise makes shares of one group and of 32 bytes.")
        let short = #expect(throws: VaultError.self) { try typed.add(lines[2]) }
        #expect(short?.message.description == "Share 1 has 20 words instead of 33.")
    }

    private func run(_ program: String, _ arguments: [String]) async throws -> [String] {
        let python = try #require(python)
        return try await onOwnThread {
            Result {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: python)
                process.arguments =
                    ["-c", "shamir_mnemonic, sys = map(__import__, ('shamir_mnemonic', 'sys'))\n" + program] + arguments
                let output = Pipe()
                process.standardOutput = output
                try process.run()
                let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                process.waitUntilExit()
                return text.split(separator: "\n").map(String.init)
            }
        }.get()
    }
}
