import Foundation
import Language

extension Console {
    /// Writes a sentence as a line of data.
    func print(_ phrase: Phrase) { print(phrase.rendered(in: language)) }

    /// How a piece of work is named to whoever listens: `title` to people, `name` to programs.
    func name(_ name: String, _ title: Phrase) -> String { settings.json ? name : title.rendered(in: language) }

    /// Asks a question and reads the answer; nil where nobody is there to answer.
    func ask(_ question: Phrase) -> String? {
        guard isatty(STDIN_FILENO) == 1, error.isTerminal, !settings.json else { return nil }
        try? error.write(question.rendered(in: language) + " ")
        return readLine()
    }
}
