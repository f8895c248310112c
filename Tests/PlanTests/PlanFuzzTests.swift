import Language
@testable import Plan
import TestNumbers
import Testing
// Swift Testing has an `Expectation` too.
import struct Plan.Expectation

/// Random damage to valid plans: whatever comes of it, the parser gives a plan or problems, soon, and each problem has a place.
@Suite struct PlanFuzzTests {
    static let seeds = [
        Examples.full, Examples.small, Plan.template(project: "x", language: .english),
        Plan.template(project: "é", language: .french),
    ]

    static let pieces: [[UInt8]] =
        [
            "&a", "*a", "? ", "- ", ": ", "{", "}", "[", "]", "\"", "'", "|\n", ">-\n", "\t", "\n", "\r\n", "\u{2028}",
            "\u{feff}", "!!binary ", "!<x>", "%YAML 1.1\n",
            "---\n", "...\n", "<<: ", "\\", "\"\\x80\\u0000\\UFFFFFFFF\"", "\0", "~", "null", "version: 1\n",
            "99999999999999999999", "env:", "file:", "1e999", "://", "@", "é", "👩‍👩‍👧", "#",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    static func damaged(_ text: [UInt8], with dice: inout SeededGenerator) -> [UInt8] {
        var text = text
        for _ in 0...Int.random(in: 0..<4, using: &dice) {
            guard !text.isEmpty else { break }
            let start = Int.random(in: 0..<text.count, using: &dice)
            let end = min(text.count, start + Int.random(in: 1...30, using: &dice))
            switch Int.random(in: 0..<7, using: &dice) {
            case 0: text.removeSubrange(start..<end)
            case 1: text.insert(contentsOf: pieces.randomElement(using: &dice)!, at: start)
            case 2: text[start] = UInt8.random(in: 0...255, using: &dice)
            case 3: text.insert(contentsOf: text[start..<end], at: Int.random(in: 0...text.count, using: &dice))
            case 4: text.removeSubrange(start...)
            case 5: text.replaceSubrange(start..<end, with: pieces.randomElement(using: &dice)!)
            default:
                text.insert(contentsOf: Array(repeating: text[start], count: Int.random(in: 1...200, using: &dice)), at: start)
            }
        }
        return text
    }

    @Test(arguments: 0..<8) func damagedPlansGiveAPlanOrProblems(round: Int) {
        var dice = SeededGenerator(seed: UInt64(round))
        let clock = ContinuousClock()
        var plans = 0
        for _ in 0..<500 {
            let bytes = Self.damaged(Array(Self.seeds.randomElement(using: &dice)!.utf8), with: &dice)
            let text = String(decoding: bytes, as: UTF8.self)
            let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            let time = clock.measure {
                do throws(PlanProblems) {
                    let plan = try Plan.parse(text, file: "p")
                    #expect(!plan.vaults.isEmpty && !plan.assets.isEmpty)
                    plans += 1
                } catch {
                    for problem in error.problems {
                        #expect(
                            problem.column >= 1 && (1...lines).contains(problem.line),
                            "\(problem.line):\(problem.column) in \(text)")
                    }
                }
            }
            #expect(time < .seconds(10), "\(text)")
        }
        // Damage that always or never shows would test only half of the parser.
        #expect(plans > 10 && plans < 490)
    }

    @Test func damagedExpectationsAndLengthsOfTimeAreReadOrRefused() {
        var dice = SeededGenerator(seed: 1)
        let seeds = ["between 1 and 5", ">= -1.5e10", "is not empty", "1h30m", "= 'x'", "env:A", "postgres://a@h:1/d?x=%41&y=z"]
            .map { Array($0.utf8) }
        for _ in 0..<5000 {
            let text = String(decoding: Self.damaged(seeds.randomElement(using: &dice)!, with: &dice), as: UTF8.self)
            if let duration = Duration(planText: text) { #expect(Duration(planText: duration.planText) == duration) }
            if let expectation = try? Expectation(text) {
                #expect((try? Expectation(expectation.description)) == expectation)
                _ = expectation.isMet(by: [[text]])
            }
            if let source = try? SecretSource(text, literal: .connectionString) { #expect(source.description == text) }
        }
    }
}
