public import Language

/// What somebody types from a kit: the recovery key, or shares of it in any order, with the mistakes that people make.
///
/// One mistake in the key, or in each share, is mended where a checksum tells what was meant, and told in `corrections`. Numbers
/// in front of words, upper or lower case, and punctuation do not matter; the fingerprint may be typed too and is then held
/// against the vault.
public struct TypedRecovery: Sendable {
    /// What was mended, to be told to whoever typed. Without the words themselves.
    public private(set) var corrections: [Phrase] = []
    private var shares: [RecoveryShare] = []
    private var fingerprint: [UInt8]?

    public init() {}

    /// How many shares there are so far, and how many are needed; nil before the first.
    public var progress: (have: Int, needed: Int)? { shares.first.map { (shares.count, $0.threshold) } }

    /// Reads the recovery key, one share, or several.
    ///
    /// - Returns: the key; nil where more shares are needed.
    /// - Throws: `.badKey` saying which word or group is wrong; what was read before stays.
    public mutating func add(_ typed: String) throws(VaultError) -> RecoveryKey? {
        let paragraphs = Self.paragraphs(typed)
        let words = paragraphs.flatMap(\.words)
        guard words.count(where: { ShareWords.read($0) != .unknown }) >= 10 else { return try readKey(typed) }
        if let found = paragraphs.lazy.compactMap(\.fingerprint).first { fingerprint = found }
        for list in Self.lists(of: paragraphs.map(\.words).filter { !$0.isEmpty }) {
            let repaired = try ShareRepair(list, number: shares.count + 1)
            let share = repaired.share
            if let first = shares.first, !share.belongs(with: first) {
                throw VaultError(
                    .badKey, "Share \(shares.count + 1) does not belong to the first one.",
                    hint: "Each making of shares is a set of its own: take shares that were printed together.")
            }
            // The same share typed twice is one.
            guard !shares.contains(where: { $0.index == share.index }) else { continue }
            corrections += repaired.corrections
            shares.append(share)
        }
        guard let threshold = shares.first?.threshold, shares.count >= threshold else { return nil }
        guard let seed = RecoveryShare.join(shares) else {
            throw VaultError(
                .badKey, "The shares do not fit together, although each is sound by itself.",
                hint: "Take shares that were printed together, and compare each with its paper.")
        }
        return RecoveryKey(seed: seed, fingerprint: fingerprint)
    }

    private mutating func readKey(_ typed: String) throws(VaultError) -> RecoveryKey {
        do throws(VaultError) {
            return try RecoveryKey(typed)
        } catch {
            guard let near = RecoveryKey.nearest(to: typed) else { throw error }
            corrections.append("Group \(near.group) of the recovery key was mistyped; the checksum tells what is meant.")
            return near.key
        }
    }

    private struct Paragraph {
        var words: [String] = []
        var fingerprint: [UInt8]?
    }

    /// The words between empty lines, without what is none: numbers, punctuation.
    private static func paragraphs(_ typed: String) -> [Paragraph] {
        var found: [Paragraph] = [Paragraph()]
        for line in typed.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line.allSatisfy(\.isWhitespace) {
                found.append(Paragraph())
                continue
            }
            for token in line.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == ";" }) {
                if let mark = fingerprint(token) {
                    found[found.count - 1].fingerprint = mark
                    continue
                }
                // «12.academic» is a word with its number.
                let word = token.lowercased().drop { !$0.isLetter }.prefix { $0.isLetter }
                if !word.isEmpty { found[found.count - 1].words.append(String(word)) }
            }
        }
        return found
    }

    private static func fingerprint(_ token: Substring) -> [UInt8]? {
        token.contains("-") && token.contains(where: \.isNumber) ? RecoveryKey.fingerprint(String(token)) : nil
    }

    /// The words of each share: by paragraphs where each is as long as a share, else by counting.
    private static func lists(of paragraphs: [[String]]) -> [[String]] {
        let count = RecoveryShare.wordCount
        if paragraphs.allSatisfy({ abs($0.count - count) <= 1 }) { return paragraphs }
        let words = paragraphs.flatMap { $0 }
        guard words.count > count + 1 else { return [words] }
        if words.count.isMultiple(of: count) {
            return stride(from: 0, to: words.count, by: count).map { Array(words[$0..<$0 + count]) }
        }
        // All shares of a set begin with the same two words.
        let starts = words.indices.dropLast().filter {
            $0 == 0 || ($0 >= count - 1 && words[$0] == words[0] && words[$0 + 1] == words[1])
        }
        return zip(starts, starts.dropFirst() + [words.count]).map { Array(words[$0..<$1]) }
    }
}
