import Foundation
import Language
import Plan

/// Writes the plan file that a project begins with.
enum NewPlan {
    /// Writes the commented template at `path`, whole or not at all, and never over a file that is there.
    ///
    /// - Returns: whether it was written; false where there is a file already, which is left as it is.
    /// - Throws: `CommandError` where it cannot be written.
    static func write(at path: String, project: String, language: Language, timezone: String = TimeZone.current.identifier)
        throws(CommandError) -> Bool
    {
        let text = Plan.template(project: project, language: language, timezone: timezone)
        do {
            return try SmallFile.create(path, text)
        } catch {
            let cause: SystemMessage? = if case .system(let message) = error { SystemMessage(description: message) } else { nil }
            throw CommandError(
                .fileNotWritten, "The plan \(path) cannot be written.", hint: "Is the folder there, and may you write in it?",
                cause: cause)
        }
    }
}
