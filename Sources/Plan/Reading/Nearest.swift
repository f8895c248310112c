import Language

/// Finds what somebody probably meant.
public enum Nearest {
    /// The candidate that differs from `text` by a slip or two of the finger, case and punctuation aside; nil where none is near.
    public static func match(_ text: String, among candidates: some Sequence<String>) -> String? {
        guard text.utf8.count <= 60 else { return nil }
        let wanted = plain(text)
        guard !wanted.isEmpty else { return nil }
        let allowed = wanted.count <= 3 ? 1 : wanted.count <= 7 ? 2 : 3
        let ranked = candidates.map { (name: $0, distance: Slips.between(wanted, plain($0))) }
        return ranked.filter { $0.distance <= allowed }.min { $0.distance < $1.distance }?.name
    }

    private static func plain(_ text: String) -> [UInt8] {
        Array(text.lowercased().utf8.filter { ![UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: " ")].contains($0) })
    }
}
