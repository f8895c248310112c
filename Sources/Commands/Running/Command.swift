import ArgumentParser
import Language
import Plan

/// One verb of Reprise. It gets everything from outside through `invocation` and returns how the program ends.
///
/// What it throws is said to the user by `Reprise.run`; it never exits and never prints by itself.
protocol Command: AsyncParsableCommand, Sendable {
    var global: GlobalOptions { get }

    func run(_ invocation: Invocation) async throws -> ExitStatus
}

/// What a command may look at besides its own options.
struct Invocation: Sendable {
    let console: Console
    let environment: [String: String]
    let options: Options
    /// The folder that relative paths start at.
    let folder: String

    struct Options: Sendable {
        var plan: String?
        /// The vault is opened with the recovery key or shares of it, which somebody types.
        var recovery = false
    }

    /// Reads the plan, and speaks its language from then on unless another was asked for.
    func plan() throws -> PlanFile {
        let file = try PlanFile.read(options.plan, environment: environment, folder: folder)
        if let language = file.plan.project.language { console.adopt(language) }
        return file
    }
}
