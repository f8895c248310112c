import Language

/// Finds what somebody meant who typed the words of a share with one mistake: a wrong word, two in each other's place, one left
/// out or one too many. The checksum of 30 bits tells which; of words typed at random about one list in 30,000 passes as a share
/// with one mistake, and then does not fit the others. No message repeats a word: they are secret.
struct ShareRepair {
    let share: RecoveryShare
    /// What was changed, to be told.
    let corrections: [Phrase]

    /// - Parameters:
    ///   - typed: the words as they were typed, lower-case letters.
    ///   - number: how messages call the share: the first, the second that was typed.
    /// - Throws: `.badKey` saying what is wrong, word by word.
    init(_ typed: [String], number: Int) throws(VaultError) {
        var corrections: [Phrase] = []
        var unknown: [Int] = []
        var indices: [Int] = []
        for (position, word) in typed.enumerated() {
            switch ShareWords.read(word) {
            case .exact(let index): indices.append(index)
            case .near(let index):
                corrections.append(
                    "Word \(position + 1) of share \(number) was spelt wrongly; the only word that is near was taken.")
                indices.append(index)
            case .unknown:
                unknown.append(position)
                indices.append(0)
            }
        }
        let wanted = RecoveryShare.wordCount
        let hint: Phrase = "Compare the words with the paper one by one. The first four letters of each are enough."
        guard abs(typed.count - wanted) <= 1 else {
            throw VaultError(.badKey, "Share \(number) has \(count: typed.count) {word|words} instead of \(wanted).", hint: hint)
        }
        guard unknown.count <= 1 else {
            let list = unknown.map { String($0 + 1) }.joined(separator: ", ")
            throw VaultError(.badKey, "These words of share \(number) are in no share: \(list).", hint: hint)
        }
        if typed.count == wanted {
            do throws(RecoveryShare.Flaw) {
                guard unknown.isEmpty else { throw .checksum }
                share = try RecoveryShare(indices: indices)
                self.corrections = corrections
                return
            } catch {
                guard error == .checksum else { throw Self.foreign(number) }
            }
            for (position, index) in Self.replacements(in: indices) where unknown.isEmpty || unknown[0] == position {
                var fixed = indices
                fixed[position] = index
                guard let share = try? RecoveryShare(indices: fixed) else { continue }
                self.share = share
                self.corrections =
                    corrections + ["Word \(position + 1) of share \(number) was another one; the checksum tells which is meant."]
                return
            }
            for (first, second) in unknown.isEmpty ? Self.swaps(in: indices) : [] {
                var fixed = indices
                fixed.swapAt(first, second)
                guard let share = try? RecoveryShare(indices: fixed) else { continue }
                self.share = share
                self.corrections =
                    corrections + ["The words \(first + 1) and \(second + 1) of share \(number) stood in each other's place."]
                return
            }
        } else if typed.count == wanted - 1, unknown.isEmpty {
            for gap in 0..<wanted {
                var fixed = indices
                fixed.insert(0, at: gap)
                let found = Self.replacements(in: fixed, only: gap).first.map(\.index) ?? 0
                fixed[gap] = found
                guard let share = try? RecoveryShare(indices: fixed) else { continue }
                self.share = share
                self.corrections =
                    corrections + ["Word \(gap + 1) of share \(number) was left out; the checksum tells which it is."]
                return
            }
        } else if typed.count == wanted + 1 {
            for extra in unknown.isEmpty ? Array(indices.indices) : unknown {
                var fixed = indices
                fixed.remove(at: extra)
                guard let share = try? RecoveryShare(indices: fixed) else { continue }
                self.share = share
                self.corrections = corrections + ["Word \(extra + 1) of share \(number) was one too many."]
                return
            }
        }
        if typed.count != wanted {
            throw VaultError(.badKey, "Share \(number) has \(count: typed.count) {word|words} instead of \(wanted).", hint: hint)
        }
        throw VaultError(
            .badKey, "Share \(number) is mistyped in more than one word: its checksum does not fit.", hint: hint)
    }

    private static func foreign(_ number: Int) -> VaultError {
        VaultError(
            .badKey, "Share \(number) is a sound share of something else: Reprise makes shares of one group and of 32 bytes.",
            hint: "Is it the share of a wallet? Take one that is headed with the name of the vault.")
    }

    /// Every word that alone, replaced, makes the checksum fit. The bit that says which of two checksums holds stands in the
    /// second word itself, so both are tried.
    private static func replacements(in indices: [Int], only: Int? = nil) -> [(position: Int, index: Int)] {
        let effects = ShareChecksum.effects(count: indices.count)
        var found: [(Int, Int)] = []
        for extendable in [true, false] {
            let syndrome = ShareChecksum.syndrome(indices, extendable: extendable)
            for position in indices.indices where only == nil || only == position {
                for difference in 1..<1024 where ShareChecksum.effect(of: difference, effects[position]) == syndrome {
                    found.append((position, indices[position] ^ difference))
                }
            }
        }
        return found
    }

    private static func swaps(in indices: [Int]) -> [(Int, Int)] {
        let effects = ShareChecksum.effects(count: indices.count)
        var found: [(Int, Int)] = []
        for extendable in [true, false] {
            let syndrome = ShareChecksum.syndrome(indices, extendable: extendable)
            for first in indices.indices {
                for second in indices.indices.dropFirst(first + 1) where indices[first] != indices[second] {
                    let difference = indices[first] ^ indices[second]
                    let effect =
                        ShareChecksum.effect(of: difference, effects[first])
                        ^ ShareChecksum.effect(of: difference, effects[second])
                    if effect == syndrome { found.append((first, second)) }
                }
            }
        }
        return found
    }
}
