/// Finds what somebody probably meant.
public enum Nearest {
    /// The candidate that differs from `text` by a slip or two of the finger, case and punctuation aside; nil where none is near.
    public static func match(_ text: String, among candidates: some Sequence<String>) -> String? {
        guard text.utf8.count <= 60 else { return nil }
        let wanted = plain(text)
        guard !wanted.isEmpty else { return nil }
        let allowed = wanted.count <= 3 ? 1 : wanted.count <= 7 ? 2 : 3
        let ranked = candidates.map { (name: $0, distance: distance(wanted, plain($0))) }
        return ranked.filter { $0.distance <= allowed }.min { $0.distance < $1.distance }?.name
    }

    private static func plain(_ text: String) -> [UInt8] {
        Array(text.lowercased().utf8.filter { ![UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " ")].contains($0) })
    }

    /// Insertions, deletions, replacements and swaps of neighbours.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(last[column] + (byte == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
