import Foundation
import Language
import ObjectStore
import Plan
import Reporting
import Subprocess
import SystemPackage
import TestStores
import Testing
import Vault

/// What is printed says everything, in both languages, and its codes can be read back.
@Suite struct KitTests {
    private static let plan = "version: 1\nproject: { name: \"Boutique d'été & <b>\" }\n"

    private func kit(
        shares: (Int, Int)? = nil, kinds: Set<AssetPlan.Kind> = [.postgres, .files]
    ) async throws -> (kit: Kit, recovery: RecoveryKey, shares: [RecoveryShare]) {
        let made = try await LockedVault.make(in: MemoryStore(), holder: "host", roles: [.writer])
        let found = shares.map { made.recovery.shares($0.0, of: $0.1) } ?? []
        let secret: Kit.Secret =
            shares == nil ? .key(made.recovery) : .shares(found, fingerprint: made.recovery.fingerprintText ?? "")
        let kit = Kit(
            project: "Boutique d'été & <b>", vaultName: "local", location: "/srv/vault", vault: made.keys.vault, secret: secret,
            made: Date(timeIntervalSince1970: 1_798_761_600), kinds: kinds, plan: Self.plan)
        return (kit, made.recovery, found)
    }

    @Test(arguments: Language.allCases) func theKeyStandsInTheTextAndOnThePage(language: Language) async throws {
        let (kit, recovery, _) = try await kit()
        let (text, page) = (kit.text(in: language), kit.html(in: language))
        for group in recovery.text.split(separator: "-") {
            #expect(text.contains(group) && page.contains(group))
        }
        for words in ["read_vault.py", "2027-01-01", "/srv/vault", "reprise kit test", try #require(recovery.fingerprintText)] {
            #expect(text.contains(words) && page.contains(words), "\(words)")
        }
        let typed = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let lines = typed.drop { !$0.hasPrefix("reprise-1") }.prefix { $0.contains("-") }
        #expect(try RecoveryKey(lines.joined()).text == recovery.text)
        let title = language == .french ? "Trousse de récupération" : "Recovery kit"
        #expect(text.hasPrefix(title) && page.contains("<title>\(title)") && page.contains("<html lang=\"\(language.rawValue)\""))
    }

    @Test(arguments: Language.allCases) func howToBringBackIsSaidOfWhatThereIsAlone(language: Language) async throws {
        let ofDatabases = ["PostgreSQL", "postgresql://", "psql"]
        for shares in [nil, (2, 3)] {
            let files = try await kit(shares: shares, kinds: [.files]).kit.text(in: language)
            for word in ofDatabases { #expect(!files.contains(word), "\(word)") }
            #expect(files.contains("--to NEW_FOLDER") && files.contains("unpack"))
            let databases = try await kit(shares: shares, kinds: [.postgres]).kit.text(in: language)
            for word in ofDatabases { #expect(databases.contains(word), "\(word)") }
            #expect(!databases.contains("NEW_FOLDER"))
            let both = try await kit(shares: shares).kit.text(in: language)
            for word in ofDatabases + ["--to NEW_FOLDER"] { #expect(both.contains(word), "\(word)") }
        }
    }

    /// No script, no address, no file beside it: what is opened on a machine without a network is all there is.
    @Test func thePageNeedsNothingElse() async throws {
        for shares in [nil, (2, 3)] {
            let page = try await kit(shares: shares).kit.html(in: .french)
            for forbidden in ["<script", "src=", "href=", "url(", "@import", "http://", "https://"] {
                #expect(!page.contains(forbidden), "\(forbidden)")
            }
            // What the plan and the project say is text, never markup.
            #expect(page.contains("Boutique d'été &amp; &lt;b&gt;") && !page.contains("<b>"))
        }
    }

    @Test(arguments: Language.allCases) func eachShareHasAPageOfItsOwn(language: Language) async throws {
        let (kit, recovery, shares) = try await kit(shares: (2, 3))
        let text = kit.text(in: language)
        let pages = text.components(separatedBy: "\u{c}")
        #expect(pages.count == 2 + 3)
        #expect(!text.contains(recovery.text.prefix(25)), "the key itself is nowhere")
        for (number, share) in shares.enumerated() {
            let own = pages[2 + number]
            #expect(own.contains(language == .french ? "Part \(number + 1) sur 3" : "Share \(number + 1) of 3"))
            var typed = TypedRecovery()
            #expect(try typed.add(Self.words(of: own)) == nil)
            #expect(typed.progress.map { [$0.have, $0.needed] } == [1, 2])
            // No other share's words beside it.
            for other in shares where other != share {
                #expect(!own.contains(other.words.suffix(3).joined(separator: " ")))
            }
        }
        for page in pages.prefix(2) { #expect(!page.contains(" 33. ")) }
        var typed = TypedRecovery()
        _ = try typed.add(Self.words(of: pages[4]))
        #expect(try typed.add(Self.words(of: pages[2])) != nil)
        let html = kit.html(in: language)
        #expect(html.components(separatedBy: "<section>").count == 1 + 5)
        #expect(html.components(separatedBy: "<svg").count == 1 + 3)
    }

    /// The numbered lines of a share's page, as somebody types them.
    private static func words(of page: String) -> String {
        page.split(separator: "\n").filter { $0.firstMatch(of: /^ +\d+\. [a-z]+/) != nil }.joined(separator: "\n")
    }

    // MARK: - Codes

    /// A reader that is not ours sees in the drawing what stands beside it.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/zbarimg"), "needs zbarimg: scripts/setup test"))
    func theCodesReadBack() async throws {
        let (whole, recovery, _) = try await kit()
        let key = try await Self.read(try Self.drawings(in: whole.html(in: .english)))
        #expect(key.map { try? RecoveryKey($0).text } == [recovery.text])
        let (split, _, shares) = try await kit(shares: (2, 3))
        let read = try await Self.read(try Self.drawings(in: split.html(in: .english)))
        #expect(read == shares.map { $0.words.joined(separator: " ").uppercased() })
        var typed = TypedRecovery()
        #expect(try typed.add(read[2]) == nil)
        #expect(try typed.add(read[0]) != nil)
    }

    /// The squares of every drawing, from its path alone: rows of dark ones.
    private static func drawings(in page: String) throws -> [(side: Int, isDark: [Bool])] {
        try page.matches(of: /viewBox="0 0 (\d+) \d+".*? d="(M[^"]*v1h-[^"]*)"/).map { match in
            let side = try #require(Int(match.output.1))
            var squares = [Bool](repeating: false, count: side * side)
            for run in match.output.2.matches(of: /M(\d+) (\d+)h(\d+)v1h-\d+z/) {
                let (x, y, width) = (Int(run.output.1)!, Int(run.output.2)!, Int(run.output.3)!)
                for column in x..<(x + width) { squares[y * side + column] = true }
            }
            return (side, squares)
        }
    }

    /// Draws them eight times as large and lets zbarimg look.
    private static func read(_ drawings: [(side: Int, isDark: [Bool])]) async throws -> [String] {
        var found: [String] = []
        for drawing in drawings {
            let scale = 8
            let file = FileManager.default.temporaryDirectory.path + "/reprise-code-\(UUID().uuidString).pbm"
            defer { try? FileManager.default.removeItem(atPath: file) }
            var image = "P1\n\(drawing.side * scale) \(drawing.side * scale)\n"
            for row in 0..<drawing.side {
                let line = (0..<drawing.side).map {
                    String(repeating: drawing.isDark[row * drawing.side + $0] ? "1 " : "0 ", count: scale)
                }
                .joined()
                for _ in 0..<scale { image += line + "\n" }
            }
            try Data(image.utf8).write(to: URL(fileURLWithPath: file))
            let result = try await Subprocess.run(
                .path("/usr/bin/zbarimg"), arguments: ["--quiet", "--raw", file], output: .string(limit: 1 << 16),
                error: .discarded)
            found.append(result.standardOutput.trimmingCharacters(in: .newlines))
        }
        return found
    }
}
