import Foundation
import TestNumbers
import Testing
import Vault

@testable import Assets

/// A walk whose folders are listed ahead meets the same as one that lists each when it comes to it.
@Suite struct TreeWalkTests {
    private struct Met: Equatable {
        let entry: String
        let path: [UInt8]
        let status: FileStatus?
        let problem: Int32?
    }

    private func walk(_ source: String, scouts: Int, descriptors: Int, avoided: [String] = []) throws -> (
        met: [Met], attributes: [String: [FileFacts.Attribute]], excluded: Int64
    ) {
        let root = try #require(OpenFolder.root(source))
        var walk = TreeWalk(
            root: root, rules: IgnoreRules(["*.left"]),
            avoided: avoided.compactMap { OpenFolder.root($0).flatMap { FileStatus.of($0.descriptor) } },
            descriptors: descriptors, scouts: scouts)
        defer { walk.finish() }
        var met: [Met] = []
        var attributes: [String: [FileFacts.Attribute]] = [:]
        while let step = walk.next() {
            switch step {
            case .visit(let visit):
                let entry = String(decoding: visit.entry, as: UTF8.self)
                met.append(Met(entry: entry, path: visit.path, status: visit.status, problem: nil))
                attributes[entry] = visit.attributes
            case .problem(let entry, let number):
                met.append(Met(entry: String(decoding: entry, as: UTF8.self), path: [], status: nil, problem: number))
            }
        }
        return (met, attributes, walk.excluded)
    }

    /// Some hundred folders of names that stand between a folder's own and what lies in it, or are its beginning.
    private func makeTree(_ bench: FilesBench) throws {
        var random = SeededGenerator(seed: 7)
        let pieces = ["a", "a-", "a.", "a/", "b", "a b", "é", "0", "-", "a+", "zz", "z"]
        for number in 0..<900 {
            let depth = Int.random(in: 1...6, using: &random)
            let path = (0..<depth).map { _ in
                pieces.randomElement(using: &random)! + pieces.randomElement(using: &random)!.replacing("/", with: "")
            }.joined(separator: "/")
            try? bench.write("\(path)/f\(number)\(number.isMultiple(of: 9) ? ".left" : "")", [1])
        }
    }

    @Test(arguments: [(1, 4096), (3, 4096), (1, 80), (4, 80)])
    func listingAheadChangesNothing(scouts: Int, descriptors: Int) async throws {
        let bench = try await FilesBench()
        try makeTree(bench)
        try bench.write("aa/avoided/inner", [1])
        let avoided = [bench.source + "/aa/avoided"]
        let plain = try walk(bench.source, scouts: 0, descriptors: descriptors, avoided: avoided)
        let ahead = try walk(bench.source, scouts: scouts, descriptors: descriptors, avoided: avoided)

        #expect(ahead.met == plain.met)
        #expect(ahead.excluded == plain.excluded && plain.excluded > 50)
        #expect(plain.met.count > 1500)
        #expect(!plain.met.contains { $0.entry.hasSuffix("/inner") })
        let entries = plain.met.map { Array($0.entry.utf8) }
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
    }

    @Test func foldersThatAreTooDeepAreNamedBothWays() async throws {
        let bench = try await FilesBench()
        try bench.write((0..<30).map { "d\($0)" }.joined(separator: "/") + "/file", [1])
        try bench.write("z/file", [1])
        let plain = try walk(bench.source, scouts: 0, descriptors: 80)
        let ahead = try walk(bench.source, scouts: 2, descriptors: 80)

        #expect(ahead.met == plain.met)
        #expect(plain.met.contains { $0.problem == EMFILE })
        #expect(plain.met.last?.entry == "files/z/file")
    }

    @Test func attributesOfFoldersAreSeenAhead() async throws {
        let bench = try await FilesBench()
        try makeTree(bench)
        try bench.write("marked/file", [1])
        let folder = try #require(OpenFolder.root(bench.source + "/marked"))
        let wanted = [FileFacts.Attribute(name: Array("user.mark".utf8), value: [1, 2, 3])]
        // A file system without attributes has none to see.
        guard ExtendedAttributes.apply(wanted, to: folder.descriptor).isEmpty else { return }
        let ahead = try walk(bench.source, scouts: 2, descriptors: 4096)

        #expect(ahead.attributes["files/marked"] == wanted)
        #expect(ahead.attributes.count { !$0.value.isEmpty } == 1)
    }
}
