import Yams

/// A line and a column of the file, both from 1; the column counts Unicode scalars.
struct Position: Comparable {
    let line: Int
    let column: Int

    static let start = Position(line: 1, column: 1)

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    init?(_ mark: Mark?) {
        guard let mark else { return nil }
        self.init(line: max(mark.line, 1), column: max(mark.column, 1))
    }

    static func < (left: Position, right: Position) -> Bool { (left.line, left.column) < (right.line, right.column) }
}

/// A node of the YAML tree and the keys that lead to it.
struct Place {
    let path: String
    let node: Node
    /// Where its key stands, or its value where it has no key.
    let key: Position

    init(path: String, node: Node, key: Mark?) {
        self.path = path
        self.node = node
        self.key = Position(key) ?? Position(node.mark) ?? .start
    }

    var value: Position { Position(node.mark) ?? key }

    /// The text of a scalar; nil for lists and mappings.
    var text: String? { node.scalar?.string }

    /// `key:` with nothing after it, `~` or `null`.
    var isNull: Bool {
        guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
