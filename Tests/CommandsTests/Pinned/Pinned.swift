import Foundation
import Testing

/// Texts that users see, kept in files under `Tests/Fixtures/pinned`: a change of one is seen in review and never by accident.
///
/// Where a change is meant, write them anew and read the difference:
///
///     REPRISE_PIN=1 scripts/with-tools swift test --disable-xctest --filter Pinned
///     git diff Tests/Fixtures/pinned
enum Pinned {
    static let folder =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        + "/Fixtures/pinned"

    static let isWritten = ProcessInfo.processInfo.environment["REPRISE_PIN"] == "1"

    /// Compares `text` with the file of that name, or writes it.
    static func check(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = folder + "/" + name
        if isWritten {
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return
        }
        guard let pinned = try? String(contentsOfFile: path, encoding: .utf8) else {
            Issue.record("\(name) is not pinned yet; REPRISE_PIN=1 writes it", sourceLocation: sourceLocation)
            return
        }
        guard pinned != text else { return }
        let (old, new) = (lines(pinned), lines(text))
        let first = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
        func line(_ lines: [String]) -> String { first < lines.count ? lines[first] : "(nothing more)" }
        Issue.record(
            "\(name):\(first + 1) was:\n\(line(old))\nand is now:\n\(line(new))\nREPRISE_PIN=1 pins what is meant; see Pinned",
            sourceLocation: sourceLocation)
    }

    /// The pinned files below a folder, without the folder; what no test writes any more is found by them.
    static func names(below name: String) -> Set<String> {
        let found = FileManager.default.enumerator(atPath: folder + "/" + name)?.compactMap { $0 as? String } ?? []
        return Set(found.filter { $0.hasSuffix(".txt") })
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
