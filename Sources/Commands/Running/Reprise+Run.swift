import ArgumentParser
import Foundation
import Language

extension Reprise {
    /// Runs one command line and says how the process is to end: an `ExitStatus`, or 128 and the number of the signal that
    /// interrupted it.
    public static func run(_ arguments: [String]) async -> Int32 {
        // A helper program that goes away must not take this one with it: writing to it fails instead.
        signal(SIGPIPE, SIG_IGN)
        let surroundings = Surroundings(
            environment: ProcessInfo.processInfo.environment, folder: FileManager.default.currentDirectoryPath,
            output: .standardOutput,
            error: .standardError)
        return await run(arguments, in: surroundings)
    }

    /// Everything that a run gets from outside.
    struct Surroundings: Sendable {
        var environment: [String: String]
        /// Where relative paths start.
        var folder: String
        var output: Output
        var error: Output
    }

    static func run(_ arguments: [String], in surroundings: Surroundings) async -> Int32 {
        let settings = settings(for: arguments, in: surroundings)
        let arguments = GlobalOptions.moved(arguments)
        let console = Console(output: surroundings.output, error: surroundings.error, settings: settings)
        // Programs compare what JSON says: it is English in every language.
        return await Spoken.$language.withValue(settings.json ? .english : settings.language) {
            let command: any Command
            if let problem = UsageProblem.unknownCommand(in: arguments) {
                console.explain(problem.error)
                return ExitStatus.usage.rawValue
            }
            do {
                let parsed = try await asyncParseAsRoot(arguments)
                guard let known = parsed as? any Command else {
                    // A group without a verb, or `help`: it answers by throwing its text.
                    try await answer(parsed)
                    return ExitStatus.done.rawValue
                }
                command = known
            } catch {
                return end(with: error, console)
            }
            console.set(quiet: command.global.quiet, verbose: command.global.verbose, plan: command.global.plan)
            let invocation = Invocation(
                console: console, environment: surroundings.environment,
                options: .init(plan: command.global.plan, recovery: command.global.recovery),
                folder: surroundings.folder)
            return await run(command, invocation)
        }
    }

    private static func run(_ command: any Command, _ invocation: Invocation) async -> Int32 {
        let console = invocation.console
        do {
            switch try await Interruption.run({ try await command.run(invocation) }) {
            case .interrupted(let signal):
                console.interrupted()
                return 128 + signal
            case .finished(let status):
                if let failure = console.failure { throw failure }
                return status.rawValue
            }
        } catch {
            console.explain(error)
            return ErrorReport(error).exitStatus.rawValue
        }
    }

    private static func settings(for arguments: [String], in surroundings: Surroundings) -> Console.Settings {
        let glimpse = GlobalOptions.glimpse(arguments)
        let environment = surroundings.environment
        let given = glimpse.language ?? environment["REPRISE_LANG"].flatMap { Language(rawValue: $0) }
        return Console.Settings(
            language: given ?? Language(environment: environment), languageIsGiven: given != nil, json: glimpse.json,
            outputHasColour: Style.isWanted(on: surroundings.output, noColorOption: glimpse.noColor, environment: environment),
            errorHasColour: Style.isWanted(on: surroundings.error, noColorOption: glimpse.noColor, environment: environment))
    }

    private static func answer(_ parsed: any ParsableCommand) async throws {
        var parsed = parsed
        if var asking = parsed as? any AsyncParsableCommand { try await asking.run() } else { try parsed.run() }
    }

    /// Prints what was asked for (help, a version, completions), or says what is wrong with the arguments.
    private static func end(with error: any Error, _ console: Console) -> Int32 {
        let text = fullMessage(for: error, columns: HelpPage.unwrapped)
        guard exitCode(for: error) != .success else {
            let width = max(60, min(console.output.width() ?? 80, 100))
            console.print(HelpPage(text)?.text(width: width) ?? text)
            return (console.failure?.exitStatus ?? .done).rawValue
        }
        console.explain(UsageProblem(complaint: message(for: error), text: text).error)
        return ExitStatus.usage.rawValue
    }
}

extension Language {
    /// What the POSIX locale variables ask for, in their order of precedence.
    init(environment: [String: String]) {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"]
        self.init(locale: names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "")
    }
}

/// Takes passwords out of texts that repeat what a user typed.
enum Redaction {
    static func withoutPasswords(_ text: String) -> String {
        text.replacing(/(:\/\/[^\s:\/@]*:)[^\s@]*@/) { "\($0.output.1)***@" }
            .replacing(/(?i)(password\s*=\s*)('[^']*'|[^\s'&]+)/) { "\($0.output.1)***" }
    }
}
