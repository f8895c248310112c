import Foundation
import Language
import Reporting
import Synchronization

/// How a command speaks: data to standard output, everything else to standard error.
///
/// With `--json` standard output carries JSON only, one object per line: what happens on the way (`{"progress": …}`, `{"warning":
/// …}`), then the result or `{"error": …}`; standard error stays empty. Colours are used on terminals only and never say anything
/// alone.
///
/// What goes wrong in writing is kept in `failure` rather than thrown: a lost message must not stop a backup, but a lost result
/// fails the command.
final class Console: Sendable {
    struct Settings: Sendable {
        var language = Language.english
        /// Whether `--lang` or REPRISE_LANG said so: then the plan's language changes nothing.
        var languageIsGiven = false
        var json = false
        var quiet = false
        var verbose = false
        /// As `--plan` said.
        var plan: String?
        var outputHasColour = false
        var errorHasColour = false
    }

    private struct State {
        var settings: Settings
        /// The progress line that stands on the terminal, without a line end.
        var status = ""
        var failure: CommandError?
    }

    let output: Output
    let error: Output
    private let state: Mutex<State>

    init(output: Output, error: Output, settings: Settings) {
        self.output = output
        self.error = error
        state = Mutex(State(settings: settings))
    }

    var language: Language { state.withLock(\.settings.language) }
    var settings: Settings { state.withLock(\.settings) }
    var figures: Figures { Figures(language) }
    /// The first thing that could not be written to standard output.
    var failure: CommandError? { state.withLock(\.failure) }
    var style: Style { Style(isOn: state.withLock(\.settings.outputHasColour)) }

    /// Speaks `language` from now on, unless another one was asked for.
    func adopt(_ language: Language) {
        state.withLock { if !$0.settings.languageIsGiven { $0.settings.language = language } }
    }

    func set(quiet: Bool, verbose: Bool, plan: String?) {
        state.withLock {
            $0.settings.plan = plan
            $0.settings.quiet = quiet
            $0.settings.verbose = verbose
        }
    }

    // MARK: data

    /// Writes a line of data; not for use with `--json`.
    func print(_ line: String) { writeData(line + "\n") }

    /// Writes text as it is, such as a file's content.
    func printRaw(_ text: String) { writeData(text) }

    func print(_ table: Table) {
        let style = style
        for line in table.lines(in: language, width: output.width(), heading: style.bold) { print(line) }
    }

    /// Gives the result of a command: `value` as one JSON object with `--json`, what `text` prints without. Keys become
    /// snake_case, dates RFC 3339.
    ///
    /// A person who looks at the object on a terminal sees it laid out; a program gets a line.
    func result(_ value: some Encodable, text: () -> Void) {
        if settings.json { writeData(Self.json(value, laidOut: output.isTerminal)) } else { text() }
    }

    // MARK: messages

    /// Says what a user wants to know in passing.
    func say(_ phrase: Phrase) {
        let settings = settings
        if !settings.quiet, !settings.json { writeMessage(phrase.rendered(in: settings.language)) }
    }

    /// Says what only somebody who looks for a cause wants to know.
    func detail(_ phrase: Phrase) {
        let settings = settings
        if settings.verbose, !settings.json {
            writeMessage(Style(isOn: settings.errorHasColour).dim(phrase.rendered(in: settings.language)))
        }
    }

    /// Says what is amiss although the command goes on.
    func warn(_ phrase: Phrase) {
        let settings = settings
        if settings.json { return writeData(Self.json(["warning": phrase.description], laidOut: false)) }
        let label = ("warning:" as Phrase).rendered(in: settings.language)
        writeMessage(Style(isOn: settings.errorHasColour).yellow(label) + " " + phrase.rendered(in: settings.language))
    }

    /// Says what to type next; the last thing that a command says. It speaks of the same plan.
    ///
    /// - Parameter vault: as `--vault` said; the next command is for the same one.
    func next(_ command: String, _ purpose: Phrase, vault: String? = nil) {
        let settings = settings
        guard !settings.quiet, !settings.json else { return }
        var command = command
        if command.hasPrefix("reprise ") {
            for (option, value) in [("--vault", vault), ("--plan", settings.plan)] {
                if let value { command += " \(option) \(Self.forShell(value))" }
            }
        }
        let style = Style(isOn: settings.errorHasColour)
        writeMessage(
            ("Next:" as Phrase).rendered(in: settings.language) + " " + style.bold(command) + "  "
                + purpose.rendered(in: settings.language))
    }

    /// A word as a shell takes it.
    private static func forShell(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:@%+,".contains($0)) }
        return isPlain ? word : "'" + word.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
    }

    /// Says why the command failed, with the causes underneath and the next useful act.
    func explain(_ failure: any Error) {
        let report = ErrorReport(failure)
        let settings = settings
        if settings.json { return writeData(Self.json(["error": report], laidOut: output.isTerminal)) }
        for line in report.lines(in: settings.language, Style(isOn: settings.errorHasColour)) { writeMessage(line) }
    }

    /// Says that a signal ended the command.
    func interrupted() {
        let error = CommandError(.interrupted, "Interrupted. Nothing that was stored before is touched.")
        if settings.json { explain(error) } else { writeMessage(error.message.rendered(in: language)) }
    }

    // MARK: progress

    /// Puts a line on the terminal that the next one replaces; empty takes it away.
    func show(status: String) {
        state.withLock { state in
            guard state.status != status else { return }
            state.status = status
            try? error.write("\r\u{1b}[K" + status)
        }
    }

    /// One event of long work with `--json`.
    func event(_ value: some Encodable) { writeData(Self.json(value, laidOut: false)) }

    // MARK: writing

    private func writeData(_ text: String) {
        state.withLock { state in
            // On one terminal the data would be written into the progress line.
            if !state.status.isEmpty { try? error.write("\r\u{1b}[K") }
            do {
                try output.write(text)
            } catch {
                state.failure = state.failure ?? CommandError(.outputFailed, "Standard output cannot be written.", cause: error)
            }
            if !state.status.isEmpty { try? error.write(state.status) }
        }
    }

    private func writeMessage(_ line: String) {
        state.withLock { state in
            // Nobody can be told that standard error fails.
            try? error.write((state.status.isEmpty ? "" : "\r\u{1b}[K") + line + "\n" + state.status)
        }
    }

    private static func json(_ value: some Encodable, laidOut: Bool) -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting =
            laidOut ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { preconditionFailure("results are made of what JSON can say") }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
