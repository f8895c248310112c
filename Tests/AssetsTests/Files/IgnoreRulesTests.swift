import Foundation
import TestNumbers
import Testing

@testable import Assets

/// Patterns mean what git says they mean.
@Suite struct IgnoreRulesTests {
    private static let paths = [
        "a", "b", "a.tmp", "A.TMP", "foo", "foo/bar", "foo/bar/baz", "foo/foo", "bar", "x/foo", "x/foo/bar", "x/y/z/foo", "x/bar",
        "abc",
        "a.b", "a b", "a ", "trail ", "#hash", "!bang", "[x]", "a]b", "a-b", "a\\b", "*", "a*b", "dir.d/file.c",
        "dir.d/sub/file.h",
        "deep/a/b/c/d", "deep/x", "aXb", "a1", "a9z", "é", "ab/c", "a/b/c", "build", "build/out", "sub/build/out", "log.txt",
        "logs/log.txt",
    ]

    private static let fixed: [[String]] = [
        ["foo"], ["/foo"], ["foo/"], ["foo/bar"], ["/foo/bar"], ["*.tmp"], ["*"], ["*", "!a"], ["*", "!foo/", "!foo/bar"],
        ["foo/*"],
        ["foo/**"], ["**/foo"], ["**/foo/bar"], ["x/**/foo"], ["a?b"], ["a[b-y]b"], ["a[!X]b"], ["a[^X]b"], ["[a-c]"],
        ["[[:digit:]]*"],
        ["a[[:digit:]]"], ["a[[:alpha:]]b"], ["\\#hash"], ["#hash"], ["\\!bang"], ["!bang"], ["a\\ "], ["trail\\ "], ["trail "],
        ["a "],
        ["\\[x\\]"], ["[x]"], ["[]]"], ["a[]]b"], ["a\\*b"], ["a\\\\b"], ["deep/**/d"], ["deep/**"], ["**"], ["**/"], ["/**"],
        ["/*"],
        ["/*/"], ["foo**"], ["**foo"], ["a**b"], ["*/foo"], ["*/*/*"], ["é"], ["?"], ["??"], ["a[.]b"], ["a[a-]b"], ["a[-a]b"],
        ["a[b"],
        ["["], ["dir.d/*.c"], ["dir.d/**/*.h"], ["*.c", "!file.c"], ["/"], ["//"], ["foo//bar"], ["./foo"],
        ["build/", "!build/out"],
        ["x/*", "!x/bar"], ["[[:upper:]]*"], ["[[:nonsense:]]"], ["[[:alpha:]"], ["a[\\]]b"], ["a[\\]-a]b"], ["*b"], ["**/*"],
        ["*/**"],
    ]

    @Test func rulesAreThoseOfGit() async throws {
        let bench = try await FilesBench()
        for path in Self.paths where path != "a" && path != "foo" && path != "foo/bar" && path != "x/foo" && path != "build" {
            guard !Self.paths.contains(where: { $0.hasPrefix(path + "/") }) else { continue }
            try bench.write(path, [1])
        }
        _ = try await bench.sh("git -C \(bench.source) init -q 2>&1")
        var cases = Self.fixed
        var random = SeededGenerator(seed: 3)
        let pieces = [
            "a", "b", "foo", "bar", "*", "**", "/", "/", "?", "[a-c]", "[!a]", "\\", ".", "x", "!", " ", "#", "]", "[", "-", "é",
            ".tmp",
        ]
        for _ in 0..<250 {
            cases.append(
                (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    (0..<Int.random(in: 1...5, using: &random)).map { _ in pieces.randomElement(using: &random)! }.joined()
                })
        }
        // Every path that is there, folders with a slash behind.
        let there = try await bench.sh(
            "cd \(bench.source) && find . -mindepth 1 -path ./.git -prune -o -mindepth 1 -printf '%P|%y\\n'"
        )
        .split(separator: "\n").map { line in
            let parts = line.split(separator: "|")
            return (path: String(parts[0]), isFolder: parts[1] == "d")
        }
        let list = there.map(\.path).joined(separator: "\0") + "\0"
        try Data(list.utf8).write(to: URL(fileURLWithPath: bench.folder + "/list"))
        for patterns in cases {
            let rules = IgnoreRules(patterns)
            // Git leaves out what is in a folder that is left out; here the walk does that.
            func isOut(_ path: String, _ isFolder: Bool) -> Bool {
                let parts = path.split(separator: "/")
                for count in 1...parts.count {
                    let part = parts.prefix(count).joined(separator: "/")
                    if rules.leaveOut(Array(part.utf8), isFolder: count < parts.count || isFolder) { return true }
                }
                return false
            }
            let ours = Set(there.filter { isOut($0.path, $0.isFolder) }.map(\.path))
            try Data((patterns.joined(separator: "\n") + "\n").utf8).write(
                to: URL(fileURLWithPath: bench.source + "/.git/info/exclude"))
            let said = try await bench.sh(
                "cd \(bench.source) && { git -c core.ignorecase=false check-ignore -z --no-index --stdin < ../list || [ $? = 1 ]; }"
            )
            let theirs = Set(said.split(separator: "\0").map(String.init))
            #expect(ours == theirs, "\(patterns): only ours \(ours.subtracting(theirs)), only git's \(theirs.subtracting(ours))")
        }
    }

    @Test func noPatternTakesLong() {
        let clock = ContinuousClock()
        let hostile = [
            "*a*a*a*a*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/a/**/b", String(repeating: "[", count: 3000),
            String(repeating: "*?", count: 300),
        ]
        let text = Array((String(repeating: "a", count: 200) + "/" + String(repeating: "a/", count: 40)).utf8.dropLast())
        for pattern in hostile {
            let time = clock.measure { _ = IgnoreRules([pattern]).leaveOut(text, isFolder: false) }
            #expect(time < .seconds(20), "\(pattern.prefix(30))")
        }
    }
}
