import Foundation
import Language
import Plan

/// The plan together with the file it was read from.
struct PlanFile: Sendable {
    static let usualName = "reprise.yaml"

    /// As messages name it.
    let name: String
    /// Absolute; relative paths in the plan start here.
    let folder: String
    let path: String
    let plan: Plan

    /// Reads `given`, else the file that REPRISE_PLAN names, else `reprise.yaml` in `folder` or the nearest folder above it.
    ///
    /// - Throws: `CommandError` where there is none or it cannot be read, `PlanProblems` where it is wrong.
    static func read(_ given: String?, environment: [String: String], folder: String) throws -> PlanFile {
        let name = given ?? environment["REPRISE_PLAN"].flatMap { $0.isEmpty ? nil : $0 }
        let path = name.map { Paths.absolute($0, from: folder) } ?? nearest(to: folder)
        guard let path else {
            throw CommandError(
                .planNotFound, "There is no plan: no file reprise.yaml in this folder or one above it.",
                hint: "`reprise init` writes one to begin with; `--plan FILE` names another file.")
        }
        // A plan found above is named by its path; the usual one by its name alone, as the user knows it.
        let shown = name ?? (path == Paths.absolute(usualName, from: folder) ? usualName : path)
        let text = try text(of: path, shown: shown)
        return PlanFile(name: shown, folder: Paths.folder(of: path), path: path, plan: try Plan.parse(text, file: shown))
    }

    private static func nearest(to folder: String) -> String? {
        var folder = Paths.absolute(folder, from: "/")
        while true {
            let path = Paths.absolute(usualName, from: folder)
            if FileManager.default.fileExists(atPath: path) { return path }
            guard folder != "/" else { return nil }
            folder = Paths.folder(of: folder)
        }
    }

    private static func text(of path: String, shown: String) throws -> String {
        do {
            let bytes = try SmallFile.read(path, atMost: 1024 * 1024).bytes
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandError(.planUnreadable, "The plan \(shown) is not UTF-8 text.", hint: "Is this the right file?")
            }
            return text
        } catch let error as SmallFile.Failure {
            switch error {
            case .missing:
                throw CommandError(
                    .planNotFound, "There is no plan \(shown).",
                    hint: "`reprise init` writes one to begin with; `--plan FILE` names another file.")
            case .tooLong(let most):
                throw CommandError(
                    .planUnreadable, "The plan \(shown) is longer than \(most / 1024) KiB.", hint: "Is this the right file?")
            case .system(let message):
                throw CommandError(
                    .planUnreadable, "The plan \(shown) cannot be read.", cause: SystemMessage(description: message))
            }
        }
    }
}
