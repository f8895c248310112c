import Foundation
import Language
import Plan

/// Fetches the values that a plan only points to.
///
/// A value lives in memory only: it is never shown, logged or passed in arguments, and no error repeats it.
struct SecretReader: Sendable {
    /// Longer than any connection string or key file.
    static let longestValue = 64 * 1024

    let environment: [String: String]
    /// The plan's folder, where relative paths start.
    let folder: String
    let warn: @Sendable (Phrase) -> Void

    /// The value without the line ends at its end.
    ///
    /// - Parameter path: where in the plan the source stands, `assets.db.url`, for messages.
    /// - Throws: `CommandError` where the variable or file is missing, empty or unreadable.
    func value(of source: SecretSource, at path: String) throws(CommandError) -> String {
        switch source {
        case .literal(let text): return text
        case .environment(let name): return try variable(name, at: path)
        case .file(let file): return try content(of: file, at: path)
        }
    }

    private func variable(_ name: String, at path: String) throws(CommandError) -> String {
        guard let value = environment[name] else {
            throw CommandError(
                .secretMissing, "The environment variable \(name) is not set; it is needed for \(path).",
                hint: "Set it (`export \(name)=…`), or keep the value in a file and write `file:PATH`.")
        }
        let trimmed = Self.withoutLineEnds(value)
        guard !trimmed.isEmpty else {
            throw CommandError(
                .secretMissing, "The environment variable \(name) is empty; it is needed for \(path).",
                hint: "Set it (`export \(name)=…`), or keep the value in a file and write `file:PATH`.")
        }
        return trimmed
    }

    private func content(of file: String, at path: String) throws(CommandError) -> String {
        let (bytes, mode): ([UInt8], mode_t?)
        do {
            (bytes, mode) = try SmallFile.read(
                Paths.absolute(Paths.expandingHome(file, environment: environment), from: folder), atMost: Self.longestValue)
        } catch {
            switch error {
            case .missing:
                throw CommandError(
                    .secretMissing, "There is no file \(file); it is needed for \(path).",
                    hint: "A relative path starts at the plan's folder, \(folder).")
            case .tooLong(let most):
                throw CommandError(
                    .secretUnreadable, "The file \(file) is longer than \(most / 1024) KiB; it is needed for \(path).")
            case .system(let message):
                throw CommandError(
                    .secretUnreadable, "The file \(file) cannot be read; it is needed for \(path).",
                    cause: SystemMessage(description: message))
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw CommandError(.secretUnreadable, "The file \(file) is not UTF-8 text; it is needed for \(path).")
        }
        let trimmed = Self.withoutLineEnds(text)
        guard !trimmed.isEmpty else {
            throw CommandError(.secretMissing, "The file \(file) is empty; it is needed for \(path).")
        }
        if let mode, mode & 0o077 != 0 {
            warn(
                "Others on this machine may read the secret in \(file) (mode \(Self.octal(mode))). Close it: `chmod 600 \(file)`."
            )
        }
        return trimmed
    }

    private static func withoutLineEnds(_ text: String) -> String {
        var text = text
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }

    private static func octal(_ mode: mode_t) -> String {
        let digits = String(mode & 0o777, radix: 8)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
