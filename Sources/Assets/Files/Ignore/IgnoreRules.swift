/// Which files a snapshot leaves out: patterns as in a `.gitignore` at the root of the tree. The last one that matches decides;
/// what lies in a folder that is left out is left out, whatever a later pattern says.
///
/// Of several lists each leaves out what it does, whatever another one says.
struct IgnoreRules: Sendable {
    private let lists: [[IgnorePattern]]

    init(_ lines: [String]...) {
        lists = lines.map { $0.compactMap { IgnorePattern(Array($0.utf8)) } }.filter { !$0.isEmpty }
    }

    var isEmpty: Bool { lists.isEmpty }

    /// Whether the file or folder at `path` (from the root of the tree on, raw bytes) is left out, taken by itself.
    func leaveOut(_ path: [UInt8], isFolder: Bool) -> Bool {
        guard !lists.isEmpty else { return false }
        let name = path.lastIndex(of: UInt8(ascii: "/")).map { path[($0 + 1)...] } ?? path[...]
        return lists.contains { patterns in
            let decides = patterns.last { $0.matches(path[...], name: name, isFolder: isFolder) }
            return decides.map { !$0.isNegated } ?? false
        }
    }
}

/// One line of a `.gitignore`.
struct IgnorePattern: Sendable {
    let isNegated: Bool
    private let foldersOnly: Bool
    /// Whether it is held against the whole path; else against the last name.
    private let isAnchored: Bool
    private let pattern: [UInt8]
    private let form: Form

    private enum Form: Sendable {
        case literal
        /// A star and a literal end, such as `*.tmp`.
        case ending
        case wild
    }

    /// Nil where the line says nothing: empty, or a comment.
    init?(_ line: [UInt8]) {
        var rest = Self.withoutTrailingBlanks(line)[...]
        guard let first = rest.first, first != UInt8(ascii: "#") else { return nil }
        isNegated = first == UInt8(ascii: "!")
        if isNegated { rest = rest.dropFirst() }
        if rest.last == UInt8(ascii: "/") {
            foldersOnly = true
            rest = rest.dropLast()
        } else {
            foldersOnly = false
        }
        isAnchored = rest.contains(UInt8(ascii: "/"))
        if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        pattern = Array(rest)
        let special = Array("*?[\\".utf8)
        if !pattern.contains(where: special.contains) {
            form = .literal
        } else if !isAnchored, pattern[0] == UInt8(ascii: "*"), !pattern.dropFirst().contains(where: special.contains) {
            form = .ending
        } else {
            form = .wild
        }
    }

    func matches(_ path: ArraySlice<UInt8>, name: ArraySlice<UInt8>, isFolder: Bool) -> Bool {
        if foldersOnly, !isFolder { return false }
        let text = isAnchored ? path : name
        switch form {
        case .literal: return text.elementsEqual(pattern)
        case .ending: return text.count >= pattern.count - 1 && text.suffix(pattern.count - 1).elementsEqual(pattern.dropFirst())
        case .wild: return Wildmatch.matches(pattern[...], text, crossesSlashes: !isAnchored)
        }
    }

    /// Blanks at the end count only behind a backslash.
    private static func withoutTrailingBlanks(_ line: [UInt8]) -> [UInt8] {
        var end = 0
        var at = 0
        while at < line.count {
            if line[at] == UInt8(ascii: "\\"), at + 1 < line.count {
                at += 2
                end = at
            } else {
                if line[at] != UInt8(ascii: " ") { end = at + 1 }
                at += 1
            }
        }
        return Array(line[..<end])
    }
}
