import Foundation
import Language
import Vault

/// The recovery key as somebody types it from the kit: on a terminal at a prompt, elsewhere from standard input.
struct RecoveryInput {
    let console: Console

    /// Longer than sixteen shares with their numbers.
    private static let longest = 64 << 10

    /// Asks until the key is complete. What was mended in it is told as warnings.
    ///
    /// - Throws: `VaultError` where what was typed is no key, `CommandError` where shares are missing or nobody typed anything.
    func read() async throws -> RecoveryKey {
        TerminalInput.isThere && console.error.isTerminal && !console.settings.json ? try await ask() : try await take()
    }

    /// From a pipe or a file: everything at once.
    private func take() async throws -> RecoveryKey {
        guard let text = await TerminalInput.rest(atMost: Self.longest), !text.allSatisfy(\.isWhitespace) else {
            throw CommandError(
                .usage, "The recovery key or its shares are awaited on standard input, and nothing usable came.",
                hint: "Type them on a terminal, or pipe a file in that holds them.")
        }
        return try RecoveryInput.key(in: text) { console.warn($0) }
    }

    /// The key that a text holds: of a file, a variable or standard input.
    static func key(in text: String, warn: (Phrase) -> Void) throws -> RecoveryKey {
        var typed = TypedRecovery()
        let key = try typed.add(text)
        for correction in typed.corrections { warn(correction) }
        guard let key else {
            let progress = typed.progress ?? (0, 0)
            throw CommandError(
                .usage, "\(progress.needed) shares are needed, and there are only \(progress.have).",
                hint: "Put the words of each share behind an empty line.")
        }
        return key
    }

    /// At the terminal: the key on one line or several, or share after share, each ended by an empty line where it needs one.
    private func ask() async throws -> RecoveryKey {
        console.say("Type the recovery key, or the words of one share, from the kit. An empty line ends it.")
        var typed = TypedRecovery()
        var told = 0
        while true {
            guard let text = try await paragraph() else {
                throw CommandError(.usage, "Nobody typed the recovery key. Nothing was touched.")
            }
            do throws(VaultError) {
                let key = try typed.add(text)
                for correction in typed.corrections.dropFirst(told) { console.warn(correction) }
                told = typed.corrections.count
                if let key { return key }
                let progress = typed.progress ?? (0, 0)
                console.say("Share \(progress.have) of \(progress.needed) is right. Now the words of another one.")
            } catch {
                // A mistake costs another try, not what was right before it.
                console.explain(error)
            }
        }
    }

    /// The lines up to an empty one, or as soon as they are a whole key or share. What was typed is wiped from the screen, so
    /// that it does not stay in the terminal's memory.
    private func paragraph() async throws -> String? {
        var lines: [String] = []
        while let line = await TerminalInput.line() {
            try Task.checkCancellation()
            wipe(line)
            if line.allSatisfy(\.isWhitespace) {
                if lines.isEmpty { continue }
                return lines.joined(separator: "\n")
            }
            lines.append(line)
            let words = lines.joined(separator: " ").split(whereSeparator: \.isWhitespace).filter {
                $0.contains(where: \.isLetter)
            }
            if words.count >= RecoveryShare.wordCount || (try? RecoveryKey(lines.joined())) != nil {
                return lines.joined(separator: "\n")
            }
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private func wipe(_ line: String) {
        let rows = max(1, (line.count + (console.error.width() ?? 80) - 1) / max(1, console.error.width() ?? 80))
        try? console.error.write("\u{1b}[\(rows)A\r\u{1b}[J")
    }
}
